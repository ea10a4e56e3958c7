"""Coded columns: categories as whole numbers, with the levels that these stand for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self, overload

import numpy as np

from likelinet.tables.text import Text


@dataclass(frozen=True)
class Coded:
    """A column of categories.

    Parameters
    ----------
    codes : ndarray of int
        Position of each cell among the levels, -1 where it is missing.
    levels : tuple of str
        All that there are, whether they occur or not.
    values : ndarray
        The levels as the user gave them: numbers, say.
    ordered : bool
        Whether the levels go from the lowest to the highest.
    """

    codes: np.ndarray
    levels: tuple[str, ...]
    values: np.ndarray
    ordered: bool = False

    def __len__(self) -> int:
        return len(self.codes)

    @overload
    def __getitem__(self, rows: int) -> str: ...
    @overload
    def __getitem__(self, rows: slice | np.ndarray) -> Self: ...
    def __getitem__(self, rows: int | slice | np.ndarray) -> str | Self:
        """Return one cell as text, or the column of the rows of a slice, of a mask or of an array of positions."""
        if isinstance(rows, slice | np.ndarray):
            return replace(self, codes=self.codes[rows])
        code = self.codes[rows]
        return "" if code < 0 else self.levels[code]

    def tolist(self) -> list:
        """Return the cells as Python's values."""
        return self.plain().tolist()

    def plain(self) -> np.ndarray | Text:
        """Return the cells as they are without codes: numbers, or bools, with NaN where one is missing, or text."""
        missing = self.codes < 0
        if self.values.dtype.kind not in "biuf":
            return Text.of([*self.levels, ""])[self.codes % (len(self.levels) + 1)]
        if missing.any():
            return np.append(self.values.astype(np.float64), np.nan)[self.codes]
        return self.values[self.codes]


def coded(cells: np.ndarray | Text | Coded) -> Coded:
    """Return any column as categories, with its different cells as levels, sorted; those of numbers by size."""
    match cells:
        case Coded():
            return cells
        case Text():
            codes, levels = cells.coded()
            return Coded(codes, tuple(levels), np.array(levels, dtype=object))
    values, codes = np.unique(cells, return_inverse=True)
    missing = values != values  # NaN, which is sorted to the end
    codes = np.where(missing[codes], -1, codes).astype(np.int32)
    values = values[~missing]
    return Coded(codes, tuple(map(word_of, values.tolist())), values)


def word_of(value: Any) -> str:
    """Return a number or a bool as text; whole numbers without a decimal point, as integers have none."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def of_levels(codes: np.ndarray, values: Sequence[Any], ordered: bool) -> Coded:
    """Return a column of categories from their codes and levels as a DataFrame declares them."""
    words = [word_of(value).strip() for value in values]
    levels = list(dict.fromkeys(words))
    once = len(levels) == len(words)
    known = np.array([*values]) if once else np.array([])
    if not once or known.dtype.kind not in "biuf" or known.ndim != 1:
        known = np.array(levels, dtype=object)
    codes = codes if once else np.array([*(levels.index(word) for word in words), -1], np.int32)[codes]
    return Coded(codes.astype(np.int32, copy=False), tuple(levels), known, ordered)


def joined(above: Coded, below: Coded) -> Coded:
    """Return the categories of one column with those of another below it."""
    new = [level for level in below.levels if level not in above.levels]
    levels = (*above.levels, *new)
    to = np.array([*(levels.index(level) for level in below.levels), -1], np.int32)
    values = np.concatenate([above.values, below.values[[below.levels.index(level) for level in new]]])
    return Coded(np.concatenate([above.codes, to[below.codes]]), levels, values, above.ordered and not new)
