"""Sentinels: numbers like -999 that may stand for missing ones."""

import re

import numpy as np

from likelinet.core.wording import readable, rows_of

_TIMES = 3  # how often a number occurs before it is suspected without being all nines
_VARIED = 10  # different other numbers that make it an outlier rather than one of a few values
_APART = 2.0  # how much wider than any gap among the others the one beside it is


def sentinels_of(values: np.ndarray, index: np.ndarray | None) -> str:
    """Return the numbers of a column that may stand for missing ones, and in which rows; "" if there are none.

    Parameters
    ----------
    values : ndarray
        Numbers, NaN where one is missing.
    index : ndarray or None
        Positions of the rows in the user's table; without it, the rows are all of them.
    """
    return ", ".join(f"{readable(value)} ({rows_of(values == value, index)})" for value in suspected(values))


def suspected(values: np.ndarray) -> dict[float, int]:
    """Return the same as `suspected_sentinels`, in most columns after a quick look."""
    return suspected_sentinels(values) if _has_far_ends(values) else {}


def _has_far_ends(numbers: np.ndarray) -> bool:
    """Whether the lowest or the highest number lies apart from the others: a quick look that spares a long one."""
    finite = numbers[np.isfinite(numbers)]
    if not len(finite):
        return False
    low, high = finite.min(), finite.max()
    others = finite[(finite > low) & (finite < high)]
    if not len(others):
        return False
    second, last = others.min(), others.max()
    if second - low > 0.1 * (high - second) or high - last > 0.1 * (last - low) or low < 0.0 <= second:
        return True
    return (_is_nines(low) or _is_nines(high)) and _has_far_ends(others)  # 99 beside 98


def suspected_sentinels(values: np.ndarray) -> dict[float, int]:
    """Return numbers that look as if they stood for missing ones, and how often each occurs.

    They are the lowest or the highest, far from all others, and made of nines, or repeated.

    Parameters
    ----------
    values : ndarray
        Numbers, NaN where one is missing.
    """
    numbers, counts = np.unique(values[np.isfinite(values)].astype(np.float64), return_counts=True)
    if not len(numbers) or np.median(np.abs(numbers)) > 1e20:  # in units in which all of them are huge
        return {}
    low = _at_the_end(numbers, counts)
    high = _at_the_end(numbers[::-1], counts[::-1]) if low < len(numbers) else 0
    ends = [*range(low), *range(len(numbers) - high, len(numbers))]
    return {float(numbers[i]): int(counts[i]) for i in ends}


def _at_the_end(numbers: np.ndarray, counts: np.ndarray) -> int:
    """Return how many of the first of sorted numbers look like sentinels, of which -9999, -999 and -998 may be some."""
    nines = next((k for k, number in enumerate(numbers) if not _is_nines(number)), 0)
    for many in range(max(nines, 1), 0, -1):
        rest = numbers[many:]
        if len(rest) < 2:
            continue
        first = numbers[many - 1]
        gap, span, times = abs(rest[0] - first), abs(rest[-1] - rest[0]), counts[:many].sum()
        only = first < 0.0 <= rest[0]  # no other one is negative
        if not only and gap <= _APART * np.abs(np.diff(rest)).max():
            continue  # one of numbers that lie so, as 97 of the years 95, 96, 97
        if nines == 0:
            often = first == np.floor(first) and len(rest) >= _VARIED and times >= _TIMES
            found = often and (gap > span or (only and first % 100 == 0))
        elif abs(first) > 9.0:
            found = gap > 0.5 * span or (gap > 0.1 * span and times > 1) or only
        else:
            found = gap > span and times > 1
        if found:
            return many
    return 0


def _is_nines(number: float) -> bool:
    """Whether a number is written in nines, but for the last digit if whole as -9998, or fills a float's range."""
    return bool(re.fullmatch(r"9|9+[6-9]|9+\.9+", f"{abs(number):.10g}")) or abs(number) > 1e30
