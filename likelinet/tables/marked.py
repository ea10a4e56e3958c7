"""Cells that a config says are missing, such as -200, as missing ones."""

from collections.abc import Sequence, Set

import numpy as np

from likelinet.tables.arrow import pa, pc
from likelinet.tables.cells import MISSING, parse
from likelinet.tables.coded import Coded, coded
from likelinet.tables.columns import Column, is_time
from likelinet.tables.text import Text


def marked(cells: Column, missing: Sequence[float | str]) -> Column:
    """Return a column in which cells that are equal to one of some values are missing: NaN, "" or the code -1."""
    numbers = [float(word) for word in map(str, missing) if _is_number(word)]
    if isinstance(cells, Coded):
        drop = _meant(Text.of(cells.levels), numbers, missing)
        return Coded(np.where(np.append(drop, True)[cells.codes], -1, cells.codes), *_levels(cells))
    if isinstance(cells, Text):
        kept = pc.if_else(pa.array(_meant(cells, numbers, missing)), "", cells.cells)
        return Text(kept, cells.declared)
    if cells.dtype.kind not in "iuf":
        return cells
    found = np.isin(cells, numbers)
    return np.where(found, np.nan, cells) if found.any() else cells


def _meant(cells: Text, numbers: list[float], missing: Sequence[float | str]) -> np.ndarray:
    """Return where text is one of the values, or a number of the same value."""
    return np.isin(parse(cells).numbers, numbers) | (cells.codes([str(value) for value in missing]) >= 0)


def _levels(cells: Coded) -> tuple[tuple[str, ...], np.ndarray, bool]:
    return cells.levels, cells.values, cells.ordered


def _is_number(word: str) -> bool:
    try:
        return np.isfinite(float(word))
    except ValueError:
        return False


def absent(cells: Column, words: Set[str] = MISSING) -> np.ndarray:
    """Return where a cell is missing, of text where it is one of some words in lower case."""
    if isinstance(cells, Text | Coded):
        found = coded(cells)
        return np.array([*(level.lower() in words for level in found.levels), True])[found.codes]
    if cells.dtype.kind in "fmM":
        return np.isnat(cells) if is_time(cells) else np.isnan(cells)
    return np.zeros(len(cells), bool)
