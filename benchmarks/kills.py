"""Fits that are killed at random moments, again and again, and go on: they come to the bits of one that was not.

    python benchmarks/kills.py [CASE ...] [--kills 100] [--seed 0] [--folder DIR]

Each fit is the command `likelinet fit … --checkpoint … --resume` in a process of its own, which SIGKILL ends. The model
file that was there must stay whole, and that of a fit that has come to its end be the one of the whole fit, but for the
seconds that it took. Exits with 1 if any is not.
"""

import argparse
import contextlib
import json
import os
import signal
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import jax  # noqa: F401 - here, where no process has begun to use it
import numpy as np

from likelinet.cli.main import main as command
from likelinet.core.container import Content
from likelinet.core.writing import replacing
from likelinet.model import container
from likelinet.model.model import Model
from likelinet.tables import stream
from likelinet.training.checkpoint import CONTENT

# What is declared of each fit, and how many rows it has.
CASES: dict[str, tuple[int, dict[str, str]]] = {
    "good": (
        240,
        {
            "quality": "good",
            "ensemble": "2",
            "training": "{steps: 120, folds: 2}",
            "distribution": "{kind: auto}",
        },
    ),
    "jax": (
        600,
        {
            "quality": "plain",
            "engine": "jax",
            "ensemble": "2",
            "network": "{hidden: [16], dropout: 0.2}",
            "training": "{epochs: 60, batch_size: 32, average: 0.9, schedule: {kind: hold_then_anneal}}",
        },
    ),
    "groups on jax": (
        300,
        {
            "quality": "plain",
            "engine": "jax",
            "ensemble": "2",
            "groups": "[{}, {network: {hidden: [4]}}]",
            "training": "{epochs: 30, batch_size: 32, folds: 2}",
            "distribution.kind": "gamma",
        },
    ),
    "lbfgs": (
        3000,
        {
            "quality": "plain",
            "ensemble": "2",
            "network": "{hidden: [6]}",
            "training": "{optimizer: {kind: lbfgs}, epochs: 60}",
            "distribution.kind": "log_normal",
        },
    ),
    "stream": (
        3000,
        {
            "quality": "plain",
            "ensemble": "2",
            "network": "{hidden: [8], dropout: 0.2}",
            "training": "{epochs: 12, batch_size: 32}",
            "distribution.kind": "gamma",
        },
    ),
    "stream on jax": (
        3000,
        {
            "quality": "plain",
            "engine": "jax",
            "ensemble": "2",
            "network": "{hidden: [16], dropout: 0.2}",
            "training": "{epochs: 100, batch_size: 32, average: 0.9, early_stopping: null}",
        },
    ),
}
STREAMED = {"stream", "stream on jax"}
stream.CELLS, stream.LEAST = 1 << 11, 1 << 9  # so that small tables have several windows
EVERY = 0.05  # seconds


@dataclass
class Found:
    """What came of a case: kills, fits that came to their end, those that were other than the whole one."""

    kills: int = 0
    fits: int = 0
    wrong: int = 0
    lost: float = 0.0  # seconds at most from the last checkpoint of a process to its kill


def table(path: Path, rows: int) -> Path:
    """Write a table of positive numbers and text."""
    rng = np.random.default_rng(rows)
    x = rng.standard_normal((rows, 2))
    y = np.exp(0.5 * x[:, 0] + 0.3 * rng.standard_normal(rows))
    lines = [f"{a:.6g},{b:.6g},{'pqr'[i % 3]},{c:.6g}" for i, (a, b, c) in enumerate(zip(*x.T, y, strict=True))]
    path.write_text("\n".join(["a,b,kind,y", *lines, ""]))
    return path


def started(arguments: list[str], log: Path) -> int:
    """Start a command in a process of its own and return its number."""
    number = os.fork()
    if number:
        return number
    code = 1
    with contextlib.suppress(BaseException), log.open("a") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
        try:
            command(arguments)
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
    os._exit(code)


def killed(number: int, seconds: float) -> int | None:
    """Kill a process after so many seconds; return its exit code if it has come to its end before."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        done, status = os.waitpid(number, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.002)
    os.kill(number, signal.SIGKILL)
    status = os.waitpid(number, 0)[1]
    return None if os.WIFSIGNALED(status) else os.waitstatus_to_exitcode(status)


def timeless(data: Any) -> Any:
    """Return plain data without the seconds in it."""
    if isinstance(data, dict):
        return {key: timeless(value) for key, value in data.items() if key != "seconds"}
    return [timeless(value) for value in data] if isinstance(data, list) else data


def model(path: Path) -> tuple[dict[str, bytes], Any]:
    """Return all that a model file holds, but for the seconds that the fit took."""
    arrays, metadata = container.load(path)
    return {name: a.tobytes() for name, a in arrays.items()}, timeless(metadata)


def tried(name: str, kills: int, seed: int, folder: Path) -> Found:
    """Kill fits of a case so often, at moments that are spread evenly over the time that a whole one takes."""
    rows, declared = CASES[name]
    rng, found, log = np.random.default_rng(seed), Found(), folder / "log.txt"
    given = ["fit", str(table(folder / "t.csv", rows)), "--target", "y", "--quiet"]
    given += ["--stream"] if name in STREAMED else []
    given += [part for key, value in declared.items() for part in ("--set", f"{key}={value}")]
    began = time.monotonic()
    code = killed(started([*given, "-o", str(folder / "whole.safetensors")], log), 600.0)
    whole = time.monotonic() - began
    if code != 0:
        raise SystemExit(f"{name}: the whole fit ended with {code}: {log.read_text()}")
    want, output = model(folder / "whole.safetensors"), folder / "m.safetensors"
    Model.load(folder / "whole.safetensors").save(output)
    while found.kills < kills:
        checkpoints = folder / f"checkpoints-{found.fits}"
        options = ["--checkpoint", str(checkpoints), "--every", str(EVERY), "--resume", "-o", str(output)]
        code = None
        while code is None:
            limit = rng.uniform(0.0, whole) if found.kills < kills else 600.0
            began = time.time()
            code = killed(started([*given, *options], log), limit)
            if code is None:
                found.kills += 1
                files = [path.stat().st_mtime for path in checkpoints.glob("*.checkpoint")]
                own = [found.lost, *(time.time() - at for at in [max(files, default=0.0)] if at > began)]
                found.lost = max(own)
            model(output)  # whole, whether it is the old one or the new one
        found.fits += 1
        if code != 0 or model(output) != want:
            found.wrong += 1
            print(f"{name}: fit {found.fits} is another one (exit code {code}): see {log}", file=sys.stderr)
    return found


def writing(members: int = 20, width: int = 128) -> str:
    """Return how long it takes to write a checkpoint of so many networks with two hidden layers of a width."""
    weights = 20 * width + width * width + 2 * width + 2 * width
    arrays = {f"a{i}": np.zeros((members, weights), np.float32) for i in range(10)}  # of a run, and the best ones
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        _save(CONTENT, Path(folder) / "1", arrays)
        seconds, size = time.perf_counter() - began, (Path(folder) / "1").stat().st_size
    return (
        f"{members} networks of {weights:,} weights: {size / 1e6:.0f} MB in {seconds:.3f} s, {seconds / 60:.2%} of 60 s"
    )


def _save(content: Content, path: Path, arrays: dict[str, np.ndarray]) -> None:
    with replacing(path) as new:
        content.save(new, arrays, {})


def main() -> None:
    """Run the cases and print what came of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"default: all of {', '.join(CASES)}")
    parser.add_argument("--kills", type=int, default=100, help="of all cases together")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    names, wrong = asked.cases or [*CASES], 0
    root = asked.folder or Path(tempfile.mkdtemp(prefix="kills-"))
    for i, name in enumerate(names):
        folder = root / name.replace(" ", "-")
        folder.mkdir(parents=True)
        share = asked.kills * (i + 1) // len(names) - asked.kills * i // len(names)
        found = tried(name, share, asked.seed + i, folder)
        wrong += found.wrong
        print(json.dumps({"case": name, **vars(found)}), flush=True)
    print(writing())
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
