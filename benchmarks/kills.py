"""Fits that are killed at random moments, again and again, and go on: they come to the bits of one that was not.

    python benchmarks/kills.py [CASE ...] [--kills 100] [--every 0.05] [--longer 1] [--seed 0] [--folder DIR]

Each fit is the command `likelinet fit … --checkpoint … --resume` in a process of its own, which SIGKILL ends. The model
file that was there must stay whole, and that of a fit that has come to its end be the one of the whole fit, but for the
seconds that it took. What a kill loses is what has passed since the state was taken that the latest checkpoint holds,
or since the process began to train: at most an interval, or ten times what writing takes where that is more, and the
longest from one look at the clock to the next. Of a fit in several processes a random one is killed; the others must
then end with exit code 2 and one sentence each. Exits with 1 if a model is another one, more is lost, or an end is not
such.
"""

import argparse
import contextlib
import json
import os
import signal
import socket
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, NoReturn

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
from likelinet.training.record import SHARE, Record

JAX = {"quality": "plain", "engine": "jax", "ensemble": "2", "network": "{hidden: [16], dropout: 0.2}"}
ALL = {**JAX, "devices": "all"}
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
            **JAX,
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
        {**JAX, "training": "{epochs: 100, batch_size: 32, average: 0.9, early_stopping: null}"},
    ),
    "two processes": (600, {**ALL, "training": "{epochs: 40, batch_size: 32, average: 0.9, early_stopping: null}"}),
    "stream in two processes": (3000, {**ALL, "training": "{epochs: 6, batch_size: 32, early_stopping: null}"}),
}
STREAMED = {"stream", "stream on jax", "stream in two processes"}
SEVERAL = {"two processes": 2, "stream in two processes": 2}
LATE = 30.0  # seconds after which those are ended that still wait for one that was killed before it came
SENTENCE = "cannot reach another one"  # of a process whose others have been killed
stream.CELLS, stream.LEAST = 1 << 11, 1 << 9  # so that small tables have several windows
SLACK = 0.05  # seconds in which a process that is killed may not have told what it did
# What a process tells: that a training begins, looks at the clock and ends; beside these, that it has written.
TOLD = {"go_on": "begins", "write_if_due": "looks", "ended": "ends", "close": "closes"}


@dataclass
class Lost:
    """Seconds of training that a kill has lost; the longest from look to look, and between what; and writing."""

    seconds: float = 0.0
    longest: float = 0.0
    between: str = ""
    writing: float = 0.0

    def beyond(self, every: float) -> float:
        """Return how much more it is than it may be: from one writing to a look that is due, and one cut off."""
        return self.seconds - max(every, self.writing / SHARE) - 2.0 * self.longest - self.writing


@dataclass
class Found:
    """What came of a case: kills, fits that came to their end, those that were other than the whole one."""

    kills: int = 0
    fits: int = 0
    wrong: int = 0
    beyond: int = 0  # kills at which more was lost than there may be
    later: int = 0  # kills of processes that had written a checkpoint
    ends: int = 0  # other processes that did not end as they should when one was killed
    most: Lost = field(default_factory=Lost)


def table(path: Path, rows: int) -> Path:
    """Write a table of positive numbers and text."""
    rng = np.random.default_rng(rows)
    x = rng.standard_normal((rows, 2))
    y = np.exp(0.5 * x[:, 0] + 0.3 * rng.standard_normal(rows))
    lines = [f"{a:.6g},{b:.6g},{'pqr'[i % 3]},{c:.6g}" for i, (a, b, c) in enumerate(zip(*x.T, y, strict=True))]
    path.write_text("\n".join(["a,b,kind,y", *lines, ""]))
    return path


def telling(told: Path) -> None:
    """Have this process write down when it does what is in `TOLD`, and when a checkpoint has been written."""
    file = told.open("w", buffering=1)

    def observed(method: Any, before: str, after: str = "") -> Any:
        def call(*args: Any, **options: Any) -> Any:
            if before:
                file.write(f"{time.monotonic()} {before}\n")
            given = method(*args, **options)
            if after:
                file.write(f"{time.monotonic()} {after}\n")
            return given

        return call

    for name, what in TOLD.items():
        setattr(Record, name, observed(getattr(Record, name), what))
    Record._write = observed(Record._write, "", "has written")


def lost(told: Path, at: float) -> Lost:
    """Return what a kill at a moment has lost of what a process has told."""
    lines = [line.split(" ", 1) for line in told.read_text().splitlines()] if told.exists() else []
    moments = [(float(when), what) for when, what in lines]
    if not moments or any(what == "closes" for _, what in moments):
        return Lost()
    found, (kept, _) = Lost(), moments[0]
    for (before, what), (after, then) in pairwise([*moments, (at, "is killed")]):
        if then == "has written":
            kept, found.writing = before, max(found.writing, after - before)
        elif after - before > found.longest:
            found.longest, found.between = after - before, f"{what}, {then}"
    found.seconds = at - kept
    return found


def started(arguments: list[str], log: Path, told: Path, count: int = 1) -> list[int]:
    """Start a command in so many processes, each the first of a group of its own, and return their numbers."""
    told.unlink(missing_ok=True)
    with socket.socket() as s:
        s.bind(("localhost", 0))
        address = f"localhost:{s.getsockname()[1]}"
    numbers = []
    for rank in range(count):
        one = ["--processes", str(count), "--process-id", str(rank), "--coordinator", address] if count > 1 else []
        number = os.fork()
        if not number:
            run([*arguments, *one], log, None if rank else told)
        numbers.append(number)
    return numbers


def run(arguments: list[str], log: Path, told: Path | None) -> NoReturn:
    """Run a command in this process and end it."""
    os.setpgid(0, 0)
    code = 1
    with contextlib.suppress(BaseException), log.open("a") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
        if told is not None:
            telling(told)
        try:
            command(arguments)
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
    os._exit(code)


def killed(numbers: list[int], seconds: float, one: int = 0) -> tuple[float, list[int]]:
    """Kill one of some processes after so many seconds, unless it has ended; return when, and all exit codes."""
    until, codes = time.monotonic() + seconds, dict[int, int]()
    while len(codes) < len(numbers) and time.monotonic() < until:
        for number in numbers:
            if number not in codes and (found := os.waitpid(number, os.WNOHANG))[0]:
                codes[number] = os.waitstatus_to_exitcode(found[1])
        time.sleep(0.002)
    at = time.monotonic()
    if numbers[one] not in codes:
        os.killpg(numbers[one], signal.SIGKILL)
    late = threading.Timer(LATE, lambda: [os.kill(number, signal.SIGTERM) for number in numbers if number not in codes])
    late.start()
    for number in numbers:
        if number not in codes:
            codes[number] = os.waitstatus_to_exitcode(os.waitpid(number, 0)[1])
    late.cancel()
    return at, [codes[number] for number in numbers]


def as_they_should(codes: list[int], said: str, told: Path) -> bool:
    """Whether those that were not killed ended so: with one sentence each, or waiting for one that never came."""
    if 128 + signal.SIGTERM in codes:
        return not told.exists() or not told.read_text()
    lines = [line for line in said.splitlines() if not line.startswith("likelinet: note: ")]
    sentences = sum(SENTENCE in line for line in lines)
    return set(codes) <= {-signal.SIGKILL, 0, 2} and len(lines) == sentences == codes.count(2)


def timeless(data: Any) -> Any:
    """Return plain data without the seconds in it."""
    if isinstance(data, dict):
        return {key: timeless(value) for key, value in data.items() if key != "seconds"}
    return [timeless(value) for value in data] if isinstance(data, list) else data


def model(path: Path) -> tuple[dict[str, bytes], Any]:
    """Return all that a model file holds, but for the seconds that the fit took."""
    arrays, metadata = container.load(path)
    return {name: a.tobytes() for name, a in arrays.items()}, timeless(metadata)


def tried(name: str, asked: argparse.Namespace, kills: int, seed: int, folder: Path) -> Found:
    """Kill fits of a case so often, at moments that are spread evenly over the time that a whole one takes."""
    rows, declared = CASES[name]
    rng, found, log, told = np.random.default_rng(seed), Found(), folder / "log.txt", folder / "told.txt"
    given = ["fit", str(table(folder / "t.csv", rows * asked.longer)), "--target", "y", "--quiet"]
    given += ["--stream"] if name in STREAMED else []
    given += [part for key, value in declared.items() for part in ("--set", f"{key}={value}")]
    count, began = SEVERAL.get(name, 1), time.monotonic()
    _, codes = killed(started([*given, "-o", str(folder / "whole.safetensors")], log, told, count), 600.0)
    whole = time.monotonic() - began
    if any(codes):
        raise SystemExit(f"{name}: the whole fit ended with {codes}: {log.read_text()}")
    want, output = model(folder / "whole.safetensors"), folder / "m.safetensors"
    Model.load(folder / "whole.safetensors").save(output)
    while found.kills < kills:
        checkpoints = folder / f"checkpoints-{found.fits}"
        options = ["--checkpoint", str(checkpoints), "--every", str(asked.every), "--resume", "-o", str(output)]
        codes = [-signal.SIGKILL]
        while -signal.SIGKILL in codes:
            limit = rng.uniform(0.0, whole) if found.kills < kills else 600.0
            log.write_text("")
            numbers = started([*given, *options], log, told, count)
            at, codes = killed(numbers, limit, int(rng.integers(count)) if count > 1 else 0)
            if -signal.SIGKILL in codes:
                found.kills += 1
                own = lost(told, at)
                found.later += own.writing > 0.0
                found.beyond += own.beyond(asked.every) > SLACK
                found.most = max(found.most, own, key=lambda each: each.seconds)
                if count > 1 and not as_they_should(codes, log.read_text(), told):
                    found.ends += 1
                    print(f"{name}: exit codes {codes} after {limit:.2f} s: {log.read_text()}", file=sys.stderr)
            model(output)  # whole, whether it is the old one or the new one
        found.fits += 1
        if any(codes) or model(output) != want:
            found.wrong += 1
            print(f"{name}: fit {found.fits} is another one (exit codes {codes}): {log.read_text()}", file=sys.stderr)
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
    parser.add_argument("--every", type=float, default=0.05, help="seconds from one checkpoint to the next")
    parser.add_argument("--longer", type=int, default=1, help="times as many rows")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    names, wrong = asked.cases or [*CASES], 0
    root = asked.folder or Path(tempfile.mkdtemp(prefix="kills-"))
    for i, name in enumerate(names):
        folder = root / name.replace(" ", "-")
        folder.mkdir(parents=True)
        share = asked.kills * (i + 1) // len(names) - asked.kills * i // len(names)
        found = tried(name, asked, share, asked.seed + i, folder)
        wrong += found.wrong + found.beyond + found.ends
        print(json.dumps({"case": name, **asdict(found)}), flush=True)
    print(writing())
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
