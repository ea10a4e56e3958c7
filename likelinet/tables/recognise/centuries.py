"""Years of two digits: which hundred years a column of them means."""

from typing import Any

import numpy as np

from likelinet.tables.recognise.forms import in_form

_GAP = 10  # years that no row has, which is where the years of a column begin and end
_BEGINS, _ENDS = 2029, 2049  # by when they have begun and ended: dates are rarely ahead, births never
_FULL = 1930  # where they begin if all of a hundred are there, as spreadsheets have it


def in_form_of_column(cells: Any, form: str) -> np.ndarray:
    """Return strings of pyarrow, those of a whole column, as datetime64[us], NaT where one is no date of this form.

    Years of two digits are taken to lie as close together as they can, in the last century in which they begin by 2029
    and end by 2049: 98, 99, 00 and 01 are 1998 to 2001, and 31 to 64 are 1931 to 1964. Where no gap of ten years says
    where they begin, they are 1930 to 2029.
    """
    each = in_form(cells, form)
    if "%y" not in form or np.isnat(each).all():
        return each
    return in_form(cells, form, _first_of_hundred(_years(each) % 100))


def hundred_around(moments: np.ndarray) -> int:
    """Return the first of the hundred years in the middle of which moments lie, some of which may be NaT."""
    if np.isnat(moments).all():
        return _FULL
    years = _years(moments)
    return int(years.min() + years.max() + 1) // 2 - 50


def _years(moments: np.ndarray) -> np.ndarray:
    return moments[~np.isnat(moments)].astype("datetime64[Y]").astype(np.int64) + 1970


def _first_of_hundred(short: np.ndarray) -> int:
    """Return the first of the hundred years that two digits stand for."""
    used = np.unique(short)
    unused = (np.roll(used, -1) - used - 1) % 100  # between each and the next one
    widest = int(unused.argmax())
    if unused[widest] < _GAP:
        return _FULL
    first, many = int(np.roll(used, -1)[widest]), 99 - int(unused[widest])
    ahead = 2000 + first > _BEGINS or 2000 + first + many > _ENDS
    return first + (1900 if ahead else 2000)
