"""The time of one training step, from the time of whole epochs."""

import time
from collections.abc import Callable

from speed.workloads import TIMINGS, Workload


def per_step(run: Callable[[int], object], workload: Workload) -> float:
    """Return the least seconds per step of a few timings of `run(epochs)`, after one that does not count."""
    run(workload.epochs)
    times = []
    for _ in range(TIMINGS):
        start = time.perf_counter()
        run(workload.epochs)
        times.append(time.perf_counter() - start)
    return min(times) / (workload.epochs * workload.steps)
