"""Cells of text as numbers: what is a number, what is missing, what is neither."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from likelinet.tables.arrow import pa, pc
from likelinet.tables.text import Text

# What a cell that is not there is written as, in lower case.
MISSING = {"", "nan", "na", "n/a", "#n/a", "<na>", "null", "none", ".", "-", "?", r"\n"}
NO_LABELS = MISSING - {"none", ".", "-", "?"}  # which may be classes
BOOLS = {"true": 1.0, "false": 0.0}
# As Python's float takes it, but in plain digits: neither 1_5 nor digits of other scripts.
NUMBER = r"(?i)[-+]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[-+]?[0-9]+)?|inf|infinity|nan)"
COMMAS = r"[-+]?[0-9]+(?:,[0-9]+)+(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?|[-+]?[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+"


@dataclass(frozen=True)
class Parsed:
    """Cells as floats (NaN where there is no number), and where they are missing, or text that is no number."""

    numbers: np.ndarray
    missing: np.ndarray
    stray: np.ndarray


def parse(column: Text) -> Parsed:
    """Return cells of text as numbers, those of `float(cell)`."""
    try:
        numbers = np.asarray(pc.cast(column.cells, pa.float64()))
        if not np.isnan(numbers).any():  # pyarrow takes nan(x) for a number
            return Parsed(numbers, np.zeros(len(column), bool), np.zeros(len(column), bool))
    except pa.ArrowInvalid:
        pass  # not all are numbers
    number = column.matches(NUMBER)
    cells = pc.if_else(pa.array(number), column.cells, pa.scalar(None, column.cells.type))
    numbers = np.asarray(pc.fill_null(pc.cast(cells, pa.float64()), np.nan))
    missing = (np.isnan(numbers) & number) | (column.lowered().codes(sorted(MISSING)) >= 0)
    return Parsed(numbers, missing, ~number & ~missing)


def bools(column: Text) -> np.ndarray | None:
    """Return True and False in any case as 1 and 0; None if any cell is something else."""
    codes = column.lowered().codes([*BOOLS])
    return None if (codes < 0).any() else np.array([*BOOLS.values()])[codes]


def with_commas(column: Text, stray: np.ndarray) -> np.ndarray:
    """Return where text is a number with thousands separators or a decimal comma."""
    return stray & column.matches(COMMAS)


def has_leading_zeros(column: Text) -> bool:
    """Whether text holds whole numbers with leading zeros, like 007: codes, which parsing would spoil."""
    return bool(column.matches("0[0-9]+").any())


def spellings(level: str) -> tuple[str, ...]:
    """Return a level, and where it is a whole number also without and with .0, as it is written beside missing cells.

    Examples
    --------
    >>> spellings("8001.0"), spellings("a")
    (('8001.0', '8001'), ('a',))
    """
    bare = level.removesuffix(".0")
    digits = bare.removeprefix("-")
    whole = digits.isascii() and digits.isdecimal()
    return (level, f"{level}.0" if bare is level else bare) if whole else (level,)


def is_missing_word(cell: str) -> bool:
    """Whether text stands for a missing cell."""
    return cell.lower() in MISSING


def is_missing(value: Any) -> bool:
    """Whether a cell is None, NaN, NaT or pandas' NA: those are not equal to themselves."""
    same = value == value
    return value is None or not (isinstance(same, bool | np.bool_) and bool(same))
