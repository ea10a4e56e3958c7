"""Streams: peak memory and rows per second of `fit`, `evaluate` and `predict` on a large Parquet file.

    python benchmarks/streams.py --rows 5 --folder /tmp/streams

makes a file of so many million rows × 20 columns, 16 of numbers and 3 of text beside y, and runs each command in a
process of its own, whose peak of resident memory the system tells. Training is two numbers: rows per second of the
steps from a stream, reading, decoding and encoding included, and of the same steps on as many rows in memory as make a
window, both at batches of 4096.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

NUMBERS, GROUP, BATCH = 16, 1 << 18, 4096
CONFIG: dict[str, Any] = {
    "quality": "plain",
    "data": {"target": "y"},
    "distribution": {"kind": "gaussian"},
    "network": {"hidden": [64, 64]},
}


def rows(n: int, rng: np.random.Generator) -> Any:
    """Return n rows as a table of Arrow."""
    import pyarrow as pa

    x = rng.standard_normal((NUMBERS, n))
    columns: dict[str, Any] = {f"x{j}": column for j, column in enumerate(x)}
    for name, levels in (("colour", 3), ("city", 20), ("shop", 40)):
        codes = rng.integers(0, levels, n, np.int32)
        words = pa.array([f"{name}{i}" for i in range(levels)])
        columns[name] = pa.DictionaryArray.from_arrays(pa.array(codes), words).cast(pa.string())
    columns["y"] = np.sin(x[0]) + 0.5 * x[1] * x[2] + np.exp(0.3 * x[3]) * rng.standard_normal(n)
    return pa.table(columns)


def make(path: Path, millions: float) -> None:
    """Write the file, a row group at a time."""
    import pyarrow.parquet as pq

    left, rng, file = int(millions * 1e6), np.random.default_rng(0), None
    while left:
        table = rows(min(GROUP, left), rng)
        file = file or pq.ParquetWriter(path, table.schema)
        file.write_table(table)
        left -= table.num_rows
    assert file is not None
    file.close()


def model(engine: str, **training: Any) -> Any:
    """Return an untrained model."""
    import likelinet as ll

    settings = {"batch_size": BATCH, "early_stopping": None, "epochs": 1, **training}
    return ll.Model({**CONFIG, "engine": engine, "training": settings})


def timed(fit: Callable[[Any], Any], rows_of_epoch: int) -> dict[str, float]:
    """Return the rows per second of the epochs from the second on, by the clock, and per second of a processor.

    The second one is of all threads together: on a machine that others use it is the one that can be told, and of a
    stream it counts what a further core would do beside the steps.
    """
    ends: list[tuple[float, float]] = []
    fit(lambda _: ends.append((time.perf_counter(), time.process_time())))
    spent = np.subtract(ends[-1], ends[0])
    by_clock, by_processor = rows_of_epoch * (len(ends) - 1) / spent
    return {"rows_per_second": float(by_clock), "rows_per_cpu_second": float(by_processor)}


def fit_stream(path: Path, engine: str) -> dict[str, float]:
    """Fit one pass."""
    import likelinet as ll

    stream, began = ll.Stream(path), time.perf_counter()
    found = model(engine)
    windows = -(-len(stream) // stream.rows_in_memory)
    rate = timed(lambda told: found.fit(stream, callbacks=[told], progress=False), len(stream) // windows)
    found.save(path.with_suffix(f".{engine}.safetensors"))
    return {**rate, "seconds": time.perf_counter() - began}


def fit_memory(path: Path, engine: str) -> dict[str, float]:
    """Fit a window of rows, many times."""
    import likelinet as ll

    n = ll.Stream(path).rows_in_memory
    table, held = rows(n, np.random.default_rng(1)), rows(n // 8, np.random.default_rng(2))
    fit = model(engine, epochs=8).fit
    return timed(lambda told: fit(table, validation=(held,), callbacks=[told], progress=False), n)


def evaluate(path: Path, engine: str) -> dict[str, float]:
    """Score all rows."""
    import likelinet as ll

    began, found = time.perf_counter(), ll.Model.load(path.with_suffix(f".{engine}.safetensors"))
    scores = found.evaluate(ll.Stream(path))
    return {"seconds": time.perf_counter() - began, "nll": scores["nll"]}


def predict(path: Path, engine: str) -> dict[str, float]:
    """Write predictions of all rows as Parquet, by the command line."""
    from likelinet.cli.main import main

    began, files = time.perf_counter(), [str(path.with_suffix(f".{engine}.safetensors")), str(path)]
    main(["predict", *files, "--stream", "-o", str(path.with_suffix(".predicted.parquet"))])
    return {"seconds": time.perf_counter() - began}


TASKS = {task.__name__: task for task in (fit_stream, fit_memory, evaluate, predict)}


def run(task: str, path: Path, engine: str) -> dict[str, float]:
    """Return what a task has measured in a process of its own, with its peak of memory in MB."""
    command = [sys.executable, __file__, "--task", task, "--file", str(path), "--engine", engine]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=float, default=5.0, help="millions of rows")
    parser.add_argument("--folder", type=Path, default=Path("streams"))
    parser.add_argument("--engines", default="numpy,jax")
    parser.add_argument("--task", choices=TASKS)
    parser.add_argument("--file", type=Path)
    parser.add_argument("--engine", default="numpy")
    given = parser.parse_args()
    if given.task:
        found = TASKS[given.task](given.file, given.engine)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
        print(json.dumps({**found, "peak_mb": peak}))
        return
    given.folder.mkdir(parents=True, exist_ok=True)
    path = given.folder / f"{given.rows:g}m.parquet"
    if not path.exists():
        make(path, given.rows)
    print(f"{path}: {path.stat().st_size / 1e9:.2f} GB")
    for engine in given.engines.split(","):
        found = {task: run(task, path, engine) for task in TASKS}
        for task, numbers in found.items():
            print(f"{engine:6s} {task:11s} " + ", ".join(f"{k} {v:,.4g}" for k, v in numbers.items()))
        for name in ("rows_per_second", "rows_per_cpu_second"):
            ratio = found["fit_stream"][name] / found["fit_memory"][name]
            print(f"{engine:6s} {name}, of a stream to in memory: {ratio:.2f}")


if __name__ == "__main__":
    main()
