"""Dates and times of day as people and programs write them."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from likelinet.core.errors import DataError
from likelinet.core.wording import shown
from likelinet.tables.arrow import pa, pc
from likelinet.tables.coded import Coded
from likelinet.tables.columns import Column
from likelinet.tables.recognise.centuries import hundred_around, in_form_of_column
from likelinet.tables.recognise.distinct import Distinct, distinct, forms_of
from likelinet.tables.recognise.epochs import EPOCHS, epoch_in, read_epoch
from likelinet.tables.recognise.forms import FORMS, ISO, SINCE, TIMES, in_form, turned
from likelinet.tables.recognise.other_forms import EARLIEST, LATEST, in_any_form
from likelinet.tables.text import Text

_MONTHS = 6  # different ones that are no mere numbers
_ZONED = r":.*(?:Z|UTC|GMT|[-+][0-9]{2}(?::?[0-9]{2})?)$"


@dataclass(frozen=True)
class Moments:
    """A column as moments.

    Parameters
    ----------
    values : ndarray of datetime64[us]
        NaT where a cell is missing or stray; a time without a date is one of 1970-01-01.
    stray : ndarray of bool
        Where a cell is text that is no such moment.
    form : str
        The key in `FORMS`, by which other cells of the column are read alike.
    words : str
        How it was read, with an example.
    """

    values: np.ndarray
    stray: np.ndarray
    form: str
    words: str

    @property
    def since(self) -> int:
        """The first of the hundred years that those of two digits are among, here and in other cells of the column."""
        return hundred_around(self.values)


def moments_in(text: Text, agree: float = 1.0) -> Moments | None:
    """Return a column as dates, times or both, if its cells are written alike; None if they are not.

    Whether the day or the month comes first shows in all of the column. Where both orders fit, it is the day between
    points; otherwise the order in which the rows go up or down; else that with the first of a month in every row; else
    that which spans less time; else the month first between slashes, as in the United States, and the day otherwise.

    Parameters
    ----------
    text : Text
        The column.
    agree : float
        Share of the cells which are not missing that must be such moments.
    """
    likely = forms_of(text, FORMS, agree)
    if not likely:
        return None
    found = distinct(text)
    rows = found.rows()
    for enough in sorted({1.0, agree}, reverse=True):
        for form in likely:
            each = _fitting(found, form, rows, enough)
            if each is None or not _is_meant(found, form, each):
                continue
            why, other = "", turned(form)
            if other is not None and (way := _fitting(found, other, rows, enough)) is not None and (way != each).any():
                form, each, why = _either(found, (form, each), (other, way))
            return Moments(*found.read(each, np.datetime64("NaT")), form, _words(found, form, each) + why)
    return None


def moments_among(column: Column, agree: float = 1.0) -> Moments | None:
    """Return a column as moments if it is declared or read as such; whole numbers like 20240229 may be dates."""
    if isinstance(column, Coded):
        return None
    if isinstance(column, Text):
        return moments_in(column, agree)
    if column.dtype.kind == "M":
        return Moments(column, np.zeros(len(column), bool), "", "")
    return moments_in_numbers(column) if column.dtype.kind in "iuf" else None


def moments_of(column: Column, name: str) -> Moments:
    """Return a column as the moments that a user says it holds; numbers may be years, or seconds since 1970, as well.

    Raises
    ------
    DataError
        If less than half of its cells look like moments of one form.
    """
    cells = column.plain() if isinstance(column, Coded) else column
    found = moments_among(cells)
    if found is None:
        text = cells if isinstance(cells, Text) else _whole_numbers(cells)
        found = moments_in(text, 0.5) or _in_years(text) or _since_1970(cells)
    if found is None:
        raise DataError(
            f"Column '{name}' of data.datetime has no dates or times of one form, such as 2024-02-29, 29.02.2024 14:30 "
            f"or Feb 29, 2024, but cells like '{shown(str(cells[0]))}'."
        )
    return found


def _in_years(text: Text) -> Moments | None:
    """Return years as moments, if most cells are such."""
    values, stray = read_moments(text, "%Y")
    some = int((~np.isnat(values)).sum())
    return Moments(values, stray, "%Y", "years") if some > stray.sum() else None


def _since_1970(column: np.ndarray | Text) -> Moments | None:
    """Return seconds, or parts of them, since 1970 as moments, if most cells are such."""
    found = epoch_in(column)
    if found is None:
        return None
    form, values, stray = found
    i = int((~np.isnat(values)).argmax())
    when = str(values[i].astype("datetime64[s]")).replace("T", " ")
    return Moments(values, stray, form, f"{form} ({shown(str(column[i]))} is {when})")


def read_moments(column: np.ndarray | Text, form: str, since: int = SINCE) -> tuple[np.ndarray, np.ndarray]:
    """Return a column of a known form as datetime64[us], and where it has something else that is not missing.

    Moments of other forms are read beside it where they mean one thing only, as dates do that ISO writes. Years of two
    digits are among the hundred from `since` on.
    """
    if isinstance(column, np.ndarray) and column.dtype.kind == "M":
        return column.astype("datetime64[us]"), np.zeros(len(column), bool)
    if form in EPOCHS:
        return read_epoch(column, form)
    if isinstance(column, np.ndarray):
        column = _whole_numbers(column)
    found = distinct(column)
    each = _in_form_or_iso(found.cells, form, since)
    if np.isnat(each).any():
        each = in_any_form(found.cells, each, form, since)
    return found.read(each, np.datetime64("NaT"))


def of_other_form(column: Text, form: str) -> np.ndarray:
    """Return which cells are neither of a known form nor dates as ISO writes them; missing ones may be among them."""
    if form in EPOCHS:
        return np.zeros(len(column), bool)
    if turned(form) is None:  # then the look of a cell tells, without reading it
        iso = False if form in TIMES else column.matches(FORMS[ISO])
        return ~(column.matches(FORMS[form]) | iso)
    found = distinct(column)
    return found.spread(np.isnat(_in_form_or_iso(found.cells, form)), missing=True)


def in_doubt(column: np.ndarray | Text) -> tuple[np.ndarray, np.ndarray]:
    """Return which cells are dates whose day could be their month, and which are bare numbers."""
    if isinstance(column, np.ndarray):
        return np.zeros(len(column), bool), np.full(len(column), column.dtype.kind in "biuf")
    found = distinct(column)
    either = np.zeros(len(found), bool)
    for form in FORMS:
        if (other := turned(form)) is not None and form < other:  # once for both
            either |= ~(np.isnat(in_form(found.cells, form)) | np.isnat(in_form(found.cells, other)))
    return found.spread(either, missing=False), column.matches("[-+]?[0-9]+(?:[.,][0-9]*)?")


def _in_form_or_iso(cells: Any, form: str, since: int = SINCE) -> np.ndarray:
    each = in_form(cells, form, since)
    if form not in TIMES and np.isnat(each).any():
        each = np.where(np.isnat(each), in_form(cells, ISO), each)
    return each


def moments_in_numbers(values: np.ndarray) -> Moments | None:
    """Return whole numbers like 20240229, or 202402, as dates if each of them is one from 1900 to 2100."""
    filled = values[values == values]
    if len(filled) == 0:
        return None
    low, high = float(filled.min()), float(filled.max())
    if not any(low // part >= 1900 and high // part <= 2100 for part in (100, 10_000)):
        return None
    if (filled != np.floor(filled)).any():
        return None
    return moments_in(_whole_numbers(values))


def _whole_numbers(values: np.ndarray) -> Text:
    """Return numbers as text, "" for NaN."""
    cells = pa.chunked_array([pa.array(values, from_pandas=True)])
    if pa.types.is_floating(cells.type):
        whole = pc.and_(pc.equal(pc.floor(cells), cells), pc.less(pc.abs(cells), 2.0**53))
        numbers = pc.cast(pc.if_else(whole, cells, None), pa.int64())
        return Text(pc.fill_null(pc.coalesce(pc.cast(numbers, pa.string()), pc.cast(cells, pa.string())), ""))
    return Text(pc.fill_null(pc.cast(cells, pa.string()), ""))


def _fitting(found: Distinct, form: str, rows: np.ndarray, agree: float) -> np.ndarray | None:
    """Return the different cells as moments of a form, if such a share of the rows fits it."""
    each = in_form_of_column(found.cells, form)
    fits = rows[~np.isnat(each)].sum()
    return each if fits > 0 and fits >= agree * rows.sum() else None


def _is_meant(found: Distinct, form: str, each: np.ndarray) -> bool:
    """Whether cells that are written like moments are such, and no numbers, seasons or durations."""
    each = each[~np.isnat(each)]
    if form in ("%Y%m%d", "%Y%m"):
        enough = form == "%Y%m%d" or len(each) >= _MONTHS
        return bool(enough and ((each >= EARLIEST) & (each < LATEST)).all())
    if form == "%Y":
        return False  # a number
    if form == "%Y-%m":  # 2010-11, 2011-12 are seasons
        months = each.astype("datetime64[M]").astype(int)
        return bool((months % 12 + 1 != (months // 12 + 1971) % 100).any())
    if form == "%H:%M":  # 3:45, 4:12 last so long
        padded = pc.any(pc.match_substring_regex(found.cells, "^[0-9]{2}|[AaPp]")).as_py()
        return bool(padded)
    return True


def _either(found: Distinct, one: tuple[str, np.ndarray], other: tuple[str, np.ndarray]) -> tuple[str, np.ndarray, str]:
    """Return the form and the values of one of two ways to read dates, and why it is that."""
    usual = next(w for w in (one, other) if w[0].startswith("%m") == ("/" in w[0]))
    ways, why = [usual] if "." in usual[0] else [], "as is usual"
    if len(ways) != 1:
        ways = [w for w in (one, other) if _goes_one_way(found.spread(w[1], np.datetime64("NaT")))]
        why = "since the rows are in its order"
    if len(ways) != 1:
        ways = [w for w in (one, other) if _are_firsts(w[1])]
        why = "since all are then the first of a month"
    if len(ways) != 1:
        spans = [np.nanmax(w[1]) - np.nanmin(w[1]) for w in (one, other)]
        ways = [(one, other)[int(np.argmin(spans))]] if spans[0] != spans[1] else []
        why = "since it spans less time"
    if len(ways) != 1:
        ways, why = [usual], "as is usual"
    form, each = ways[0]
    first = "month" if form.startswith("%m") else "day"
    return form, each, f"; day and month could be the other way round, the {first} is taken to be first, {why}"


def _goes_one_way(values: np.ndarray) -> bool:
    """Whether moments never go back, or always do."""
    steps = np.diff(values[~np.isnat(values)]).astype(np.int64)
    return bool((steps >= 0).all() or (steps <= 0).all())


def _are_firsts(values: np.ndarray) -> bool:
    days = values[~np.isnat(values)].astype("datetime64[D]")
    return bool((days == days.astype("datetime64[M]")).all())


def _words(found: Distinct, form: str, each: np.ndarray) -> str:
    """Return how moments were read, with an example that shows it."""
    filled = (~np.isnat(each)).nonzero()[0]
    i = int(filled[int((each[filled].astype("datetime64[D]") - each[filled].astype("datetime64[M]")).argmax())])
    days = each.astype("datetime64[D]")
    timed = bool((days != each)[filled].any())
    iso = str(each[i].astype("datetime64[s]") if timed else days[i])
    what = "times" if form in TIMES else "dates with times" if timed else "dates"
    iso = iso.partition("T")[2] if form in TIMES else iso.replace("T", " ")
    local = " in local time" if pc.any(pc.match_substring_regex(found.cells, _ZONED)).as_py() else ""
    cell = found.cells[i].as_py()
    since = hundred_around(each)
    years = f", years are {since} to {since + 99}" if "%y" in form else ""
    return f"{what}{local}" + (f" ('{shown(cell)}' is {iso}{years})" if cell != iso else "")
