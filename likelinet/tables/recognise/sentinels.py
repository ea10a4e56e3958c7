"""Sentinels: numbers like -999 that may stand for missing ones."""

import re

import numpy as np

_TIMES = 3  # how often a number occurs before it is suspected without being all nines
_VARIED = 10  # different other numbers that make it an outlier rather than one of a few values


def suspected_sentinels(values: np.ndarray) -> dict[float, int]:
    """Return numbers that look as if they stood for missing ones, and how often each occurs.

    They are the lowest or the highest, far from all others, and made of nines, or repeated.

    Parameters
    ----------
    values : ndarray
        Numbers, NaN where one is missing.
    """
    numbers, counts = np.unique(values[np.isfinite(values)].astype(np.float64), return_counts=True)
    found: dict[float, int] = {}
    while len(numbers) > 2:
        ends = [-1] if _is_sentinel(numbers[::-1], counts[-1]) else [0] if _is_sentinel(numbers, counts[0]) else []
        if not ends:
            break
        found[float(numbers[ends[0]])] = int(counts[ends[0]])
        numbers, counts = np.delete(numbers, ends[0]), np.delete(counts, ends[0])
    return dict(sorted(found.items()))


def _is_sentinel(numbers: np.ndarray, times: int) -> bool:
    """Whether the first of sorted numbers, which occurs so often, is far from all others and looks like a sentinel."""
    first, second, last = numbers[0], numbers[1], numbers[-1]
    gap, span = abs(second - first), abs(last - second)
    only = first < 0.0 <= second  # the only negative one
    if _is_nines(first) and abs(first) > 9.0:
        return bool(gap > 0.5 * span or (gap > 0.1 * span and times > 1) or only)
    if gap > span and _is_nines(first):
        return bool(times > 1)
    often = first == np.floor(first) and len(numbers) > _VARIED and times >= _TIMES
    return bool(often and (gap > span or (only and first % 100 == 0)))


def _is_nines(number: float) -> bool:
    """Whether a number is written in nines, or in nines but for the last digit as -9998, or fills a float's range."""
    return bool(re.fullmatch("9|9+[6-9]", f"{abs(number):.10g}".replace(".", ""))) or abs(number) > 1e30
