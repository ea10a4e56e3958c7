"""The different cells of a column of text, since what holds for these holds for all rows."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from likelinet.tables.arrow import pa, pc
from likelinet.tables.cells import MISSING
from likelinet.tables.text import Text

_GLANCE = 1000  # rows that are looked at first
_FEW = 100  # cells that every form is tried on
_LONG = 40  # characters, more than any number or time has


@dataclass(frozen=True)
class Distinct:
    """Different cells of a column, without the missing ones.

    Parameters
    ----------
    cells : pyarrow.Array
        Strings, in the order in which they come.
    codes : ndarray of int
        Position of each row's cell among them, -1 where it is missing.
    """

    cells: Any
    codes: np.ndarray

    def __len__(self) -> int:
        return len(self.cells)

    def rows(self) -> np.ndarray:
        """Return how many rows have each of them."""
        return np.bincount(self.codes[self.codes >= 0], minlength=len(self))

    def spread(self, values: np.ndarray, missing: Any) -> np.ndarray:
        """Return for each row the value of its cell, or `missing`."""
        return np.append(values, np.array([missing], values.dtype))[self.codes]

    def read(self, values: np.ndarray, missing: Any) -> tuple[np.ndarray, np.ndarray]:
        """Return the same, and which cells have the value `missing` although they are there."""
        each = self.spread(values, missing)
        return each, (each != each) & (self.codes >= 0)  # as NaN and NaT are


def distinct(text: Text) -> Distinct:
    """Return the different cells of a column, and which row has which."""
    each = pc.dictionary_encode(text.cells.cast(pa.string())).combine_chunks()
    if len(text) == 0:
        return Distinct(text.cells.cast(pa.string()).combine_chunks(), np.zeros(0, np.int32))
    cells, codes = each.dictionary, np.asarray(each.indices)
    filled = np.asarray(pc.invert(missing_words(cells))).astype(bool)
    if filled.all():
        return Distinct(cells, codes)
    place = np.where(filled, np.cumsum(filled) - 1, -1).astype(np.int32)
    return Distinct(cells.filter(filled), place[codes])


def whole_numbers(values: np.ndarray) -> np.ndarray | None:
    """Return the cells of an array that are not missing if they are whole numbers by their type; None if they are not.

    Floating point is such a type only beside missing cells, of which pandas makes it.
    """
    if values.dtype.kind in "iu":
        return values
    if values.dtype.kind != "f" or not (missing := np.isnan(values)).any():
        return None
    filled = values[~missing]
    whole = (filled == np.floor(filled)) & (np.abs(filled) < 2.0**53)
    return filled.astype(np.int64) if len(filled) and whole.all() else None


def missing_words(cells: Any) -> Any:
    """Return where cells of pyarrow stand for missing ones."""
    return pc.is_in(pc.utf8_lower(cells), value_set=pa.array(sorted(MISSING), cells.type))


def may_be_numbers(text: Text, agree: float = 1.0) -> bool:
    """Whether the first rows could be numbers or times, by their digits: a quick look that spares a long one."""
    first = text.cells.slice(0, _GLANCE)
    filled = first.filter(pc.invert(missing_words(first)))
    odd = pc.or_(pc.invert(pc.match_substring_regex(filled, "[0-9]")), pc.greater(pc.utf8_length(filled), _LONG))
    return (pc.sum(odd).as_py() or 0) <= 2.0 * (1.0 - agree) * len(filled)


def first_cells(text: Text) -> Any:
    """Return the first cells that are not missing, a few of them."""
    first = text.cells.slice(0, _GLANCE)
    return first.filter(pc.invert(missing_words(first))).slice(0, _FEW).combine_chunks()


def forms_of(text: Text, forms: Mapping[str, str], agree: float = 1.0) -> list[str]:
    """Return the names of the forms that the first cells may have: a quick look that spares a long one.

    Parameters
    ----------
    text : Text
        The column.
    forms : mapping
        Regular expressions that Python and RE2 both know, by name.
    agree : float
        Share of the cells which are not missing that must be of one form.
    """
    if not may_be_numbers(text, agree):
        return []
    few = first_cells(text).to_pylist()
    odd = int(2.0 * (1.0 - agree) * len(few))  # so many may be others

    def fits(form: str) -> bool:
        matches = re.compile(form).fullmatch
        return next(islice((cell for cell in few if not matches(cell)), odd, None), None) is None

    return [name for name, form in forms.items() if fits(form)]
