"""Dates of new rows that are written in another form than those of training, where they mean one thing only."""

from typing import Any

import numpy as np

from likelinet.tables.recognise.forms import FORMS, TIMES, in_form, turned

EARLIEST, LATEST = np.datetime64("1900-01-01"), np.datetime64("2101-01-01")  # of dates written as whole numbers
_OFTEN_ELSE = {"%Y", "%Y%m", "%b %y", "%d-%m-%y", "%m-%d-%y"}  # what is written so is often something else
_NONE = np.datetime64("NaT")


def in_any_form(cells: Any, each: np.ndarray, form: str, since: int) -> np.ndarray:
    """Return moments, with those that are NaT read in any form that leaves no doubt.

    Parameters
    ----------
    cells : pyarrow.Array
        Strings, none of them missing.
    each : ndarray of datetime64
        What they are in the known form.
    form : str
        This form, as `FORMS` names it; whether the day or the month comes first in it decides where both may.
    since : int
        The first of the hundred years that those of two digits are among.
    """
    if form in TIMES:
        others = [other for other in TIMES if other != form]
    else:
        others = [other for other in FORMS if other not in TIMES and other not in _OFTEN_ELSE - {form, turned(form)}]
    for other in others:
        back = turned(other)
        if not np.isnat(each).any():
            break
        if back is None:
            new = in_form(cells, other, since)
            new = np.where((new >= EARLIEST) & (new < LATEST), new, _NONE) if other == "%Y%m%d" else new
            each = np.where(np.isnat(each), new, each)
        elif _day_first(other):  # once for both
            day, month = in_form(cells, other, since), in_form(cells, back, since)
            of_either = ~(np.isnat(day) & np.isnat(month))
            ruling = other if "." in other and turned(form) is None else form  # between points it is the day, usually
            each = np.where(of_either, _in_one_order(day, month, ruling), each)
    return each


def _day_first(form: str) -> bool:
    return 0 <= form.find("%d") < form.find("%m")


def _in_one_order(day: np.ndarray, month: np.ndarray, form: str) -> np.ndarray:
    """Return moments from both ways to read them, the day first or the month; NaT where both may be meant.

    The form decides, unless the cells that can be read in one way only speak against it.
    """
    only_day = bool((np.isnat(month) & ~np.isnat(day)).any())
    only_month = bool((np.isnat(day) & ~np.isnat(month)).any())
    if turned(form) is None:
        by_day, by_month = only_day and not only_month, only_month and not only_day
    else:
        by_day = _day_first(form) and (only_day or not only_month)
        by_month = not _day_first(form) and (only_month or not only_day)
    usual = day if by_day else month if by_month else np.where(day == month, day, _NONE)
    return np.where(np.isnat(day), month, np.where(np.isnat(month), day, usual))
