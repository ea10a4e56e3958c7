"""The peers of `streams.py` on the same Parquet: rows per second of a processor, and peak memory.

    pip install torch ngboost lightgbm
    python benchmarks/stream_peers.py --file /tmp/streams/5m.parquet --rows 0.5,1,2

The file is one of `streams.py`, which is made if it is not there. Each peer has a process of its own with one thread:

- likelinet, on either engine, fits one pass of the file, at batches of 4096;
- torch does the same steps (one-hot categories, Gaussian NLL, 64-64, Adam, 4096) on what `iter_batches` of pyarrow
  reads, each batch of it shuffled, and scaled as the first one says;
- LightGBM boosts three quantiles, and NGBoost a Gaussian, on the first so many million rows, which they have in memory,
  categories as codes.

A row counts once for each step that takes it: a pass of a network, a round of boosting. What comes before the steps is
left out: a first sample, and LightGBM's bins.
"""

import argparse
import importlib
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import streams

LEVELS = {"colour": 3, "city": 20, "shop": 40}
NUMBERS = [f"x{j}" for j in range(streams.NUMBERS)]
READ = 1 << 16  # rows of a batch of pyarrow
ROUNDS = {"lightgbm": 20, "ngboost": 2}


def batches(path: Path) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Yield numbers, codes of categories and y of some rows at a time."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    pc: Any = importlib.import_module("pyarrow.compute")  # whose functions are made as it is loaded
    words = {name: pa.array([f"{name}{i}" for i in range(many)]) for name, many in LEVELS.items()}
    for rows in pq.ParquetFile(path).iter_batches(READ, use_threads=False):
        numbers = np.column_stack([rows.column(name).to_numpy() for name in NUMBERS]).astype(np.float32)
        codes = [pc.index_in(rows.column(name), words[name]).to_numpy() for name in LEVELS]
        yield numbers, np.column_stack(codes), rows.column("y").to_numpy().astype(np.float32)


def likelinet(path: Path, engine: str) -> dict[str, float]:
    return {"rate": streams.fit_stream(path, engine)["rows_per_cpu_second"]}


def torch(path: Path) -> dict[str, float]:
    import torch
    from torch.nn import Linear, ReLU, Sequential
    from torch.nn.functional import gaussian_nll_loss, one_hot, softplus

    torch.set_num_threads(1)
    inputs = len(NUMBERS) + sum(LEVELS.values())
    net = Sequential(Linear(inputs, 64), ReLU(), Linear(64, 64), ReLU(), Linear(64, 2))
    adam = torch.optim.Adam(net.parameters())
    first, _, first_y = next(batches(path))
    loc, scale, y_loc, y_scale = first.mean(0), first.std(0), first_y.mean(), first_y.std()
    done, began = 0, time.process_time()
    for numbers, codes, y in batches(path):
        hot = [
            one_hot(torch.from_numpy(code).long(), many) for code, many in zip(codes.T, LEVELS.values(), strict=True)
        ]
        x = torch.cat([torch.from_numpy((numbers - loc) / scale), *(h.float() for h in hot)], 1)
        target = torch.from_numpy((y - y_loc) / y_scale)
        for rows in torch.randperm(len(y)).split(streams.BATCH):
            mean, raw = net(x[rows]).unbind(1)
            adam.zero_grad(set_to_none=True)
            gaussian_nll_loss(mean, target[rows], softplus(raw) + 1e-6).backward()
            adam.step()
        done += len(y)
    return {"rate": done / (time.process_time() - began)}


def in_memory(path: Path, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return x and y of the first n rows."""
    x, y, done = np.empty((n, len(NUMBERS) + len(LEVELS)), np.float32), np.empty(n, np.float32), 0
    for numbers, codes, own in batches(path):
        to = min(done + len(own), n)
        x[done:to, : len(NUMBERS)], x[done:to, len(NUMBERS) :] = numbers[: to - done], codes[: to - done]
        y[done:to], done = own[: to - done], to
        if done == n:
            return x, y
    raise SystemExit(f"{path} has only {done} rows.")


def lightgbm(path: Path, n: int) -> dict[str, float]:
    import lightgbm

    x, y = in_memory(path, n)
    own = {"num_threads": 1, "verbosity": -1, "objective": "quantile"}
    places = [len(NUMBERS) + i for i in range(len(LEVELS))]
    data = lightgbm.Dataset(x, y, categorical_feature=places, params=own, free_raw_data=True).construct()
    del x
    began = time.process_time()
    for alpha in (0.05, 0.5, 0.95):
        lightgbm.train({**own, "alpha": alpha}, data, ROUNDS["lightgbm"])
    return {"rate": n * ROUNDS["lightgbm"] / (time.process_time() - began)}


def ngboost(path: Path, n: int) -> dict[str, float]:
    from ngboost import NGBRegressor

    x, y = in_memory(path, n)
    began = time.process_time()
    NGBRegressor(n_estimators=ROUNDS["ngboost"], verbose=False, random_state=0).fit(x, y)
    return {"rate": n * ROUNDS["ngboost"] / (time.process_time() - began)}


TASKS: dict[str, Any] = {
    "likelinet, NumPy": lambda path, _: likelinet(path, "numpy"),
    "likelinet, JAX": lambda path, _: likelinet(path, "jax"),
    "torch": lambda path, _: torch(path),
    "LightGBM": lightgbm,
    "NGBoost": ngboost,
}
IN_MEMORY = ("LightGBM", "NGBoost")


def run(peer: str, path: Path, millions: float) -> dict[str, float]:
    """Return what a peer has measured in a process of its own, with its peak of memory in MB."""
    command = [sys.executable, __file__, "--task", peer, "--file", str(path), "--rows", str(millions)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--file", type=Path, required=True)
    parser.add_argument("--rows", default="0.5,1,2", help="millions of rows of those that have them in memory")
    parser.add_argument("--peers", nargs="+", choices=TASKS, default=list(TASKS))
    parser.add_argument("--task", choices=TASKS)
    given = parser.parse_args()
    sizes = [float(size) for size in given.rows.split(",")]
    if given.task:
        found = TASKS[given.task](given.file, int(sizes[0] * 1e6))
        print(json.dumps({**found, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3}))
        return
    if not given.file.exists():
        streams.make(given.file, 5.0)
    own = None
    print(f"{'':18s} {'rows':>6s} {'rows/s':>11s} {'peak MB':>8s} {'× rows/s':>9s} {'× peak':>7s}")
    for peer in given.peers:
        for size in sizes if peer in IN_MEMORY else sizes[:1]:
            found = run(peer, given.file, size)
            own = own or found
            ratios = f"{found['rate'] / own['rate']:9.2f} {found['peak'] / own['peak']:7.2f}"
            which = f"{size:g}m" if peer in IN_MEMORY else "all"
            print(f"{peer:18s} {which:>6s} {found['rate']:11,.0f} {found['peak']:8,.0f} {ratios}", flush=True)


if __name__ == "__main__":
    main()
