"""Columns: numbers, bools and times as arrays of NumPy, declared categories as codes, everything else as text."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from likelinet.tables.cells import is_missing
from likelinet.tables.coded import Coded
from likelinet.tables.text import Text
from likelinet.tables.times import DURATION, MOMENT, of_objects

Column = np.ndarray | Text | Coded


@dataclass(frozen=True)
class Unusable:
    """A column of n cells that are not one value each, and what to say to those who ask for it."""

    why: str
    n: int

    def __len__(self) -> int:
        return self.n


def column_of(values: np.ndarray, name: str = "") -> Column | Unusable:
    """Return numbers and bools as they are, dates and durations in microseconds, and all else as text.

    What is missing is NaT among dates and durations, and "" in text. A moment in a time zone becomes what a clock there
    shows. Unusable if the numbers are complex, or a cell is not one value but a list or a dict of them.
    """
    if values.dtype.kind in "fiu":
        return values
    if values.dtype.kind == "c":
        why = f"Column '{name}' holds complex numbers: make columns of their parts, or leave it out."
        return Unusable(why, len(values))
    if values.dtype.kind == "b" or (len(values) and all(isinstance(v, bool | np.bool_) for v in values)):
        return values.astype(bool)
    if values.dtype.kind in "mM":
        return values.astype(MOMENT if values.dtype.kind == "M" else DURATION)
    cells = values.tolist()
    if values.dtype == object and (several := next(filter(is_several, cells), None)) is not None:
        return of_several(name, type(several).__name__, len(cells))
    times = of_objects(cells) if values.dtype == object else None
    return Text.of("" if is_missing(v) else str(v) for v in cells) if times is None else times


def is_several(cell: Any) -> bool:
    """Whether a cell holds several values, as a list does."""
    return isinstance(cell, list | tuple | set | frozenset | dict) or (isinstance(cell, np.ndarray) and cell.ndim > 0)


def of_several(name: str, of: Any, n: int) -> Unusable:
    """Return the column that has several values in a cell."""
    what = f"Column '{name}' has cells of several values (of type {of})"
    return Unusable(f"{what}: spread it over columns of its own, or leave it out.", n)


def is_time(column: Column | Unusable) -> bool:
    """Whether a column holds dates and times, or durations, declared as such."""
    return isinstance(column, np.ndarray) and column.dtype.kind in "mM"
