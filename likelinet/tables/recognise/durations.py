"""Durations as people and programs write them: 1:23:45, 2h 30m, 90 min, 1 days 02:03:04, PT1H30M."""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from likelinet.core.wording import shown
from likelinet.tables.arrow import pa, pc
from likelinet.tables.recognise.distinct import Distinct, distinct, forms_of
from likelinet.tables.text import Text

_NUMBER = r"[0-9]+(?:[.,][0-9]+)?"
_SECONDS = {"w": 604800.0, "d": 86400.0, "H": 3600.0, "M": 60.0, "S": 1.0, "L": 0.001}  # by the names of the parts
_UNITS = {
    "w": "weeks?|wks?|w",
    "d": "days?|d",
    "H": "hours?|hrs?|h",
    "M": "minutes?|mins?|m|'|′",
    "S": 'seconds?|secs?|s|"|″',
    "L": "milliseconds?|msecs?|ms",
}
_IN_WORDS = "".join(rf"(?:(?P<{part}>{_NUMBER}) ?(?i:{units})\.?(?:,? (?:and )?)?)?" for part, units in _UNITS.items())
_DAYS = r"(?:(?P<d>[0-9]+) days?(?P<apart>, ?\+?| \+?))?"
_SECOND = r"(?P<S>[0-5][0-9](?:[.,][0-9]+)?)"
# Regular expressions (RE2) by the names of the forms; the first that all of a column fits is taken.
DAYS = "day"  # as the unit of a dress, of numbers that are durations
CLOCK = "H:MM:SS"  # with days before it where there are any, as pandas writes them
FORMS = {
    CLOCK: rf"(?P<minus>-)?{_DAYS}(?P<H>[0-9]+):(?P<M>[0-5][0-9]):{_SECOND}",
    "M:SS": rf"(?P<minus>-)?(?P<M>[0-9]+):{_SECOND}",
    "ISO 8601": rf"(?P<minus>-)?P(?:(?P<w>{_NUMBER})W)?(?:(?P<d>{_NUMBER})D)?"
    rf"(?:T(?:(?P<H>{_NUMBER})H)?(?:(?P<M>{_NUMBER})M)?(?:(?P<S>{_NUMBER})S)?)?",
    "2h 30m": rf"(?P<minus>-)? ?{_IN_WORDS}",
}


@dataclass(frozen=True)
class Durations:
    """A column of text as durations.

    Parameters
    ----------
    seconds : ndarray
        NaN where a cell is missing or stray.
    stray : ndarray of bool
        Where a cell is text that is no such duration.
    form : str
        The key in `FORMS`, by which other cells of the column are read alike.
    words : str
        How it was read, with an example.
    """

    seconds: np.ndarray
    stray: np.ndarray
    form: str
    words: str


def durations_in(text: Text, agree: float = 1.0) -> Durations | None:
    """Return a column as durations in seconds, if its cells are written alike; None if they are not.

    Parameters
    ----------
    text : Text
        The column, which holds no times of day: those look alike, and are to be looked for first.
    agree : float
        Share of the cells which are not missing that must be such durations.
    """
    likely = forms_of(text, FORMS, agree)
    if not likely:
        return None
    found = distinct(text)
    rows = found.rows()
    for form in likely:
        each = in_form(found.cells, form)
        fits = rows[~np.isnan(each)].sum()
        if fits > 0 and fits >= agree * rows.sum() and _is_meant(found, form):
            return Durations(*found.read(each, np.nan), form, _words(found, each))
    return None


def read_durations(text: Text, form: str) -> tuple[np.ndarray, np.ndarray]:
    """Return a column of a known form in seconds, and where it has something else that is not missing.

    Cells of other forms are read beside it, but for M:SS, which may as well be hours and minutes.
    """
    found = distinct(text)
    each = in_form(found.cells, form)
    for other in FORMS:
        if other not in (form, "M:SS") and np.isnan(each).any():
            each = np.where(np.isnan(each), in_form(found.cells, other), each)
    return found.read(each, np.nan)


def in_form(cells: Any, form: str) -> np.ndarray:
    """Return strings of pyarrow as seconds, NaN where one is no duration of this form.

    The sign of "-1 day, 23:00:00" and "-1 days +23:00:00" is that of the day alone, as Python and pandas mean it.
    """
    found = pc.extract_regex(cells, f"^(?:{FORMS[form]})$")
    names = re.findall(r"\(\?P<(\w+)>", FORMS[form])
    seconds, parts = {"d": np.zeros(len(cells))}, np.zeros(len(cells), int)
    for name in (name for name in names if name in _SECONDS):
        part = pc.replace_substring(pc.struct_field(found, name), ",", ".")
        given = pc.not_equal(part, "")
        parts += np.asarray(pc.fill_null(given, False))
        number = pc.cast(pc.if_else(given, part, "0"), pa.float64())
        seconds[name] = _SECONDS[name] * np.asarray(pc.fill_null(number, np.nan))
    minus = np.asarray(pc.fill_null(pc.equal(pc.struct_field(found, "minus"), "-"), False))
    total, sign = sum(seconds.values()), np.where(minus, -1.0, 1.0)
    if "apart" in names:
        apart = pc.match_substring_regex(pc.struct_field(found, "apart"), "[,+]")
        alone = np.asarray(pc.fill_null(apart, False))
        total = np.where(alone, sign * seconds["d"] + (total - seconds["d"]), sign * total)
    else:
        total = sign * total
    return np.where(parts > 0, total, np.nan)


def _is_meant(found: Distinct, form: str) -> bool:
    """Whether units alone say that it is time: m alone are metres."""
    return form != "2h 30m" or bool(pc.any(pc.match_substring_regex(found.cells, "(?i)[hwdsu]|min|sec|ms")).as_py())


def _words(found: Distinct, each: np.ndarray) -> str:
    """Return how durations were read, with an example."""
    i = int((~np.isnan(each)).argmax())
    return f"durations ('{shown(found.cells[i].as_py())}' is {each[i]:.15g} seconds)"
