"""Identifiers: names and numbers of rows, which say nothing of other rows."""

import re

import numpy as np

from likelinet.core.wording import counted
from likelinet.tables.arrow import pa, pc
from likelinet.tables.recognise.codes import LONG
from likelinet.tables.recognise.distinct import Distinct, distinct, whole_numbers
from likelinet.tables.text import Text

_ENOUGH = 20  # rows below which nothing is an identifier
MANY = 50  # different texts above which half of the rows being different is enough
_NEARLY = 0.95  # share of the rows that are different numbers
MOSTLY = 0.8  # and different texts, however few
_EXPECTED = 5.0  # repeated numbers to expect by chance, whose absence says that they were counted out
_YEARS = (1500, 2200)
_SECONDS = ((10**9, 2 * 10**9), (10**12, 2 * 10**12))  # and milliseconds since 1970, from 2001 to 2033
_HEX = "[0-9a-fA-F]"
_MADE = {
    "UUIDs": rf"\{{?{_HEX}{{8}}-?(?:{_HEX}{{4}}-?){{3}}{_HEX}{{12}}\}}?",
    "hashes": rf"{_HEX}{{40}}|{_HEX}{{64}}|{_HEX}{{24}}|{_HEX}{{96}}|{_HEX}{{128}}",
}
_OF_TIME = re.compile(
    r"(?:^|[^a-z])(?:year|yr|quarter|month|week|day|hour|minute|second|date|time|period|trend|age|epoch|step)s?$"
)
_NAMES = re.compile(
    r"(?:^|[^a-z])(?i:id|ids|uuid|guid|key|idx|index|row|rows|rownames?|row_?num(?:ber)?|record|serial)$|[a-z](?:Id|ID)$"
)


def is_called_id(name: str) -> bool:
    """Whether a column is called an identifier."""
    return bool(_NAMES.search(name.strip()))


def mostly_different(different: int, rows: int) -> bool:
    """Whether so many different texts in so many rows are names of rows rather than categories."""
    return different > MANY and 2 * different > rows


def looks_like_identifier(column: np.ndarray | Text, name: str = "") -> str | None:
    """Return why a column looks like an identifier, in words, or None if it does not.

    Text that is nearly all different, UUIDs and hashes; whole numbers without repetition that run from the lowest to
    the highest, in any order and with gaps, as after rows were dropped, and so close together that measurements would
    repeat; long ones of the same length; and different whole numbers in a column which is called an id.

    Parameters
    ----------
    column : ndarray or Text
        The column; numbers in floating point are no identifiers, unless they are whole and some cell is missing.
    name : str
        What it is called.
    """
    if isinstance(column, np.ndarray):
        numbers = whole_numbers(column)
        return None if numbers is None else _numbers(numbers, len(numbers), name)
    found = distinct(column)
    rows = int((found.codes >= 0).sum())
    if rows < _ENOUGH or 2 * len(found) <= rows:
        return None
    point = r"(?:\.0)?" if rows < len(column) else ""  # which pandas writes beside missing cells
    if _all_match(found, f"(?:0|[1-9][0-9]{{0,17}}){point}"):
        whole = pc.replace_substring_regex(found.cells, r"\.0$", "")
        return _numbers(np.asarray(pc.cast(whole, pa.int64())), rows, name)
    made = next((what for what, pattern in _MADE.items() if _all_match(found, pattern)), None)
    if made is not None:
        return f"{made}, {counted(len(found), 'different one')} in {rows} rows"
    if _all_match(found, r"-?(?:0|[1-9][0-9]*)?(?:[.,][0-9]*)?(?:[eE][-+]?[0-9]+)?") and not _are_long(found):
        return None  # numbers
    if mostly_different(len(found), rows) or len(found) >= MOSTLY * rows:
        return f"text, {len(found)} different ones in {rows} rows"
    return None


def _all_match(found: Distinct, pattern: str) -> bool:
    return bool(pc.all(pc.match_substring_regex(found.cells, f"^(?:{pattern})$")).as_py())


def _are_long(found: Distinct) -> bool:
    """Whether all cells are of more digits than double precision has."""
    return _all_match(found, "[0-9]{17,}")


def _numbers(numbers: np.ndarray, rows: int, name: str) -> str | None:
    """Return why whole numbers of so many rows look like identifiers."""
    if rows < _ENOUGH:
        return None
    different = np.unique(numbers)
    n, low, high = len(different), int(different[0]), int(different[-1])
    span = high - low + 1
    timed = _YEARS[0] <= low <= high <= _YEARS[1] or _OF_TIME.search(name.strip().lower())  # in which things change
    if n == rows and not timed:
        if span == n:
            return f"whole numbers from {low} to {high}, each once"
        if span <= 3 * n and n * (n - 1) / 2 / span >= _EXPECTED:
            return f"whole numbers from {low} to {high}, none of them twice in {rows} rows"
    nearly = n >= _NEARLY * rows
    digits = len(str(high))
    if nearly and low >= 0 and len(str(low)) == digits >= LONG and not any(a <= low <= high < b for a, b in _SECONDS):
        return f"whole numbers of {digits} digits, {n} different ones in {rows} rows"
    if is_called_id(name) and (nearly or mostly_different(n, rows)):
        return f"whole numbers in a column called '{name}', {n} different ones in {rows} rows"
    return None
