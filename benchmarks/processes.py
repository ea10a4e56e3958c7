"""Rows per second of a fit that processes of one core each compute together, beside one process of one core.

    python benchmarks/processes.py [--batch 8192] [--hidden 128 128] [--processes 2] [--rounds 3]

Each process is bound to a core of its own, and the others are found on the loopback. What counts is the time from the
end of the second epoch to that of the last but one: XLA compiles before, which the clock that several processes share
tells one call late, and all rows are evaluated after the last. Rounds of one process and of several take turns, and the
best of each is compared.
"""

import argparse
import json
import os
import socket
import subprocess
import sys
from typing import Any

ROWS, INPUTS, EPOCHS = 1 << 18, 20, 16


def config(batch: int, hidden: list[int]) -> dict[str, Any]:
    """Return what is fitted."""
    training = {"batch_size": batch, "epochs": EPOCHS, "validation_fraction": 0.0, "early_stopping": None}
    return {
        "quality": "plain",
        "engine": "jax",
        "devices": "all",
        "network": {"hidden": hidden},
        "training": training,
    }


def measure(rank: int, count: int, address: str, batch: int, hidden: list[int]) -> None:
    """Print rows per second, and the sum of the weights' magnitudes, by which fits are seen to be the same."""
    os.sched_setaffinity(0, {sorted(os.sched_getaffinity(0))[rank]})
    import jax
    import numpy as np

    if count > 1:
        jax.distributed.initialize(address, count, rank)
    import likelinet as ll

    rng = np.random.default_rng(0)
    x = rng.standard_normal((ROWS, INPUTS)).astype(np.float32)
    y = np.sin(x[:, 0]) + 0.5 * x[:, 1] * x[:, 2] + 0.3 * rng.standard_normal(ROWS)
    model = ll.Model(config(batch, hidden)).fit(x, y, progress=False)
    seconds = [epoch.seconds for epoch in model.history.epochs]
    if not rank:
        found = {"rows per second": ROWS * (EPOCHS - 3) / (seconds[-2] - seconds[1])}
        print(json.dumps({**found, "nll": model.history.epochs[-1].train_nll[0]}))


def run(count: int, options: list[str]) -> dict[str, float]:
    """Return what so many processes measure."""
    with socket.socket() as s:
        s.bind(("localhost", 0))
        address = f"localhost:{s.getsockname()[1]}"
    started = [
        subprocess.Popen(
            [sys.executable, __file__, "--rank", str(rank), "--count", str(count), "--address", address, *options],
            stdout=subprocess.PIPE,
            text=True,
        )
        for rank in range(count)
    ]
    said = [each.communicate()[0] for each in started]
    return json.loads(said[0].splitlines()[-1])


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--batch", type=int, default=8192)
    parser.add_argument("--hidden", type=int, nargs="*", default=[128, 128])
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rank", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--count", type=int, default=1, help=argparse.SUPPRESS)
    parser.add_argument("--address", default="", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.rank is not None:
        measure(options.rank, options.count, options.address, options.batch, options.hidden)
        return
    own = ["--batch", str(options.batch), "--hidden", *map(str, options.hidden)]
    best: dict[int, dict[str, float]] = {}
    for _ in range(options.rounds):
        for count in (1, options.processes):
            found = run(count, own)
            best[count] = max(best.get(count, found), found, key=lambda each: each["rows per second"])
    one, many = best[1], best[options.processes]
    for count, each in best.items():
        print(f"{count} of one core: {each['rows per second']:,.0f} rows/s, training NLL {each['nll']:.7f}")
    print(f"ratio {many['rows per second'] / one['rows per second']:.2f}")


if __name__ == "__main__":
    main()
