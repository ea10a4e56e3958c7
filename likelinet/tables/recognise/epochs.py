"""Moments as computers count them: seconds, or thousandths and so on of them, since 1970."""

import re

import numpy as np

from likelinet.tables.cells import parse
from likelinet.tables.columns import Column
from likelinet.tables.text import Text

EPOCHS = {  # by the name of the form, how many there are in a second
    "seconds since 1970": 1,
    "milliseconds since 1970": 1_000,
    "microseconds since 1970": 1_000_000,
    "nanoseconds since 1970": 1_000_000_000,
}
_FIRST, _LAST = 1e8, 4.2e9  # seconds, from 1973 to 2103: no number is one in two of the units
_CALLED = re.compile(r"(?i)(?:^|[^a-z])(?:ts|time|date)(?:$|[^a-z])|timestamp|epoch|unix|_at$")


def epoch_of(low: float, high: float) -> str | None:
    """Return the form in which numbers that lie between two ends may be moments."""
    fits = (form for form, many in EPOCHS.items() if _FIRST * many <= low and high <= _LAST * many)
    return next(fits, None)


def is_called_time(name: str) -> bool:
    """Whether a column is called so that its numbers may be moments."""
    return _CALLED.search(name) is not None


def read_epoch(column: Column, form: str) -> tuple[np.ndarray, np.ndarray]:
    """Return numbers as datetime64[us], and which cells are something else that is not missing."""
    parsed = parse(column) if isinstance(column, Text) else None
    numbers = np.asarray(column, dtype=np.float64) if parsed is None else parsed.numbers
    missing = np.isnan(numbers) if parsed is None else parsed.missing
    seconds = numbers / EPOCHS[form]
    good = (seconds >= _FIRST) & (seconds <= _LAST)
    values = np.full(len(numbers), np.datetime64("NaT"), "datetime64[us]")
    values[good] = np.round(1e6 * seconds[good]).astype(np.int64).astype("datetime64[us]")
    return values, ~good & ~missing


def epoch_in(column: Column) -> tuple[str, np.ndarray, np.ndarray] | None:
    """Return the form of numbers most of which are moments, and these as `read_epoch` returns them."""
    for form in EPOCHS:
        values, stray = read_epoch(column, form)
        if stray.sum() < (~np.isnat(values)).sum():
            return form, values, stray
    return None
