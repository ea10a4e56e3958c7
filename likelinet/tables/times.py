"""Dates and times as arrays of NumPy in microseconds: of Python's objects, as seconds, and as text."""

import datetime
from typing import Any

import numpy as np

from likelinet.tables.arrow import pa, pc
from likelinet.tables.cells import is_missing
from likelinet.tables.text import Text

MOMENT, DURATION = np.dtype("datetime64[us]"), np.dtype("timedelta64[us]")
_MIDNIGHT = r".{10} 00:00:00(?:\.0+)?"


def of_objects(values: list[Any]) -> np.ndarray | None:
    """Return Python's dates, or its durations, as an array with NaT for missing ones; None if any is something else.

    A moment in a time zone becomes what a clock there shows.
    """
    filled = [v for v in values if not is_missing(v)]
    if filled and all(isinstance(v, datetime.date) for v in filled):  # a datetime is one
        return np.array([None if is_missing(v) else _wall(v) for v in values], MOMENT)
    if filled and all(isinstance(v, datetime.timedelta) for v in filled):
        return np.array([None if is_missing(v) else v for v in values], DURATION)
    return None


def _wall(value: datetime.date) -> datetime.date:
    return value.replace(tzinfo=None) if isinstance(value, datetime.datetime) else value


def seconds(durations: np.ndarray) -> np.ndarray:
    """Return durations as seconds, NaN for NaT."""
    return durations / np.timedelta64(1, "s")


def as_text(moments: np.ndarray) -> Text:
    """Return moments as ISO writes them, without the time where all are midnight, "" for NaT."""
    cells = pc.fill_null(pc.cast(pa.chunked_array([pa.array(moments)]), pa.string()), "")
    filled = cells.filter(pc.not_equal(cells, ""))
    if Text(filled).matches(_MIDNIGHT).all():
        return Text(pc.utf8_slice_codeunits(cells, 0, 10))
    return Text(pc.replace_substring_regex(cells, r"\.0+$", ""))
