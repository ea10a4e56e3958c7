"""Two columns that are one moment together: a date, and a time of day."""

from collections.abc import Iterable

import numpy as np


def are_days(moments: np.ndarray) -> bool:
    """Whether moments have no time of day."""
    filled = moments[~np.isnat(moments)]
    return bool(len(filled) > 0 and (filled == filled.astype("datetime64[D]")).all())


def are_times(moments: np.ndarray) -> bool:
    """Whether moments are times of a day that nobody names, which are those of 1970-01-01."""
    filled = moments[~np.isnat(moments)]
    return bool(len(filled) > 0 and (filled.astype("datetime64[D]") == np.datetime64(0, "D")).all())


def belonging(days: Iterable[str], times: Iterable[str]) -> dict[str, str]:
    """Return for columns of days, by their names, the column of times of day that belongs to each.

    They are called the same but for the words, as `start_date` and `start_time` are; or they are the only ones.
    """
    days, times = list(days), list(times)
    if len(days) == len(times) == 1:
        return {days[0]: times[0]}
    called = {name.lower().replace("time", "").strip(" _-."): name for name in times}
    pairs = ((name, called.get(name.lower().replace("date", "").strip(" _-."))) for name in days)
    return {name: time for name, time in pairs if time is not None}


def joined(days: np.ndarray, times: np.ndarray) -> np.ndarray:
    """Return moments from days and times of 1970-01-01; NaT where either is."""
    return days + (times - np.datetime64(0, "us"))
