"""Cells of text as numbers: parsed once, in plain Python, so that Ctrl-C is never swallowed."""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np

MISSING = {"", "nan", "na", "n/a", "null", "none"}  # what numbers that are not there are written as, in lower case
BOOLS = {"true": 1.0, "false": 0.0}
COMMAS = re.compile(r"[-+]?\d+(,\d+)+(\.\d*)?([eE][-+]?\d+)?|[-+]?\d{1,3}(\.\d{3})+,\d+")


@dataclass(frozen=True)
class Parsed:
    """Cells as floats (NaN where there is no number), and where they are missing, or text that is no number."""

    numbers: np.ndarray
    missing: np.ndarray
    stray: np.ndarray


def parse(cells: np.ndarray) -> Parsed:
    """Return cells of text as numbers."""
    numbers, missing, stray = np.full(len(cells), np.nan), np.zeros(len(cells), bool), np.zeros(len(cells), bool)
    for i, cell in enumerate(cells.tolist()):
        try:
            if "_" in cell:  # Python would read 1_5 as 15
                raise ValueError
            numbers[i] = float(cell)
        except ValueError:
            absent = cell.lower() in MISSING
            missing[i], stray[i] = absent, not absent
    missing |= np.isnan(numbers) & ~stray
    return Parsed(numbers, missing, stray)


def bools(cells: np.ndarray) -> np.ndarray | None:
    """Return True and False in any case as 1 and 0; None if any cell is something else."""
    found = [BOOLS.get(cell.lower()) for cell in cells.tolist()]
    return None if None in found else np.array(found, dtype=np.float64)


def with_commas(cells: np.ndarray, stray: np.ndarray) -> np.ndarray:
    """Return where text is a number with thousands separators or a decimal comma."""
    return np.array([s and COMMAS.fullmatch(c) is not None for c, s in zip(cells.tolist(), stray, strict=True)], bool)


def has_leading_zeros(cells: np.ndarray) -> bool:
    """Whether text holds whole numbers with leading zeros, like 007: codes, which parsing would spoil."""
    return any(len(c) > 1 and c[0] == "0" and c.isdigit() for c in cells.tolist())


def is_missing(value: Any) -> bool:
    """Whether a cell is None, NaN, NaT or pandas' NA: those are not equal to themselves."""
    same = value == value
    return value is None or not (isinstance(same, bool | np.bool_) and bool(same))
