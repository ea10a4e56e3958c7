"""Two columns that are one moment together: a date, and a time of day."""

from collections.abc import Mapping

import numpy as np

from likelinet.tables.recognise.forms import TIMES
from likelinet.tables.recognise.moments import Moments


def date_and_time(columns: Mapping[str, Moments]) -> dict[str, str]:
    """Return for each column of dates, by its name, the column with the times of day that belongs to it.

    They are called the same but for the words, as `start_date` and `start_time` are; or they are the only ones.

    Parameters
    ----------
    columns : mapping
        Moments of the columns of a table by name.
    """
    days = [name for name, column in columns.items() if column.form not in TIMES and not _has_clock(column)]
    times = [name for name, column in columns.items() if column.form in TIMES]
    if len(days) == len(times) == 1:
        return {days[0]: times[0]}
    called = {name.lower().replace("time", "").strip(" _-."): name for name in times}
    pairs = ((name, called.get(name.lower().replace("date", "").strip(" _-."))) for name in days)
    return {name: time for name, time in pairs if time is not None}


def joined(days: np.ndarray, times: np.ndarray) -> np.ndarray:
    """Return moments from days and times of 1970-01-01; NaT where either is."""
    return days + (times - np.datetime64(0, "us"))


def _has_clock(column: Moments) -> bool:
    values = column.values[~np.isnat(column.values)]
    return bool((values != values.astype("datetime64[D]")).any())
