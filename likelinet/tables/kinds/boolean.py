"""Columns of yes and no, in one of the usual spellings, as one input."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from likelinet.tables.cells import is_missing_word
from likelinet.tables.coded import Coded, coded
from likelinet.tables.columns import Column
from likelinet.tables.kinds.kind import USUAL, Kind, Strange, with_indicator

_PAIRS = (("false", "true"), ("f", "t"), ("no", "yes"), ("n", "y"), ("0", "1"))  # in lower case
VALUES = {word: float(j) for pair in _PAIRS for j, word in enumerate(pair)}
_TOGETHER = ({"false", "true", "f", "t"}, {"no", "yes", "n", "y"})  # which may be mixed


@dataclass(frozen=True)
class Boolean(Kind):
    """False and True as x = 0 and 1, coded as z = (x - loc) / scale; what is neither is filled.

    Parameters
    ----------
    loc, scale : float
        Mean and standard deviation.
    median : float
        What a missing cell is filled with before other numbers tell more (`networks.filling`).
    indicator : bool
        Whether training had missing cells, so that an input says where they are.
    """

    loc: float = 0.0
    scale: float = 1.0
    median: float = 0.0
    indicator: bool = False

    tag: ClassVar[str] = "boolean"
    of_amounts: ClassVar[bool] = True

    @property
    def inputs(self) -> list[str]:
        return with_indicator([self.name], self.name, self.indicator)

    def encode(self, cells: Column, out: np.ndarray) -> Strange:
        if isinstance(cells, np.ndarray):
            values, unseen = cells.astype(np.float64), None
            missing = np.isnan(values)
            outside = (values < 0.0) | (values > 1.0)
            values = np.clip(values, 0.0, 1.0)
        else:
            values, unseen, missing = truths(coded(cells))
            outside = np.zeros(len(cells), bool)
        values = np.where(np.isnan(values), self.median, values)
        out[0] = (values - self.loc) / self.scale
        if self.indicator:
            out[1] = missing
        if not (outside.any() or missing.any() or (unseen is not None and unseen.any())):
            return USUAL
        return Strange(
            outside=outside if outside.any() else None,
            unseen=unseen if unseen is not None and unseen.any() else None,
            missing=missing if missing.any() and not self.indicator else None,
        )

    @property
    def seen(self) -> str:
        return "False, True"

    def describe(self) -> str:
        return f"yes or no{', with missing cells' if self.indicator else ''}"


def truths(found: Coded) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return cells as 0 and 1, NaN for any other, and which of these are text, and which are missing."""
    words = [level.lower() for level in found.levels]
    values = np.array([*(VALUES.get(word, np.nan) for word in words), np.nan])[found.codes]
    missing = np.array([*(is_missing_word(word) for word in words), True])[found.codes]
    return values, np.isnan(values) & ~missing, missing


def are_truths(found: Coded, both: bool = True) -> bool:
    """Whether the levels that are there say yes and no, both of them, in spellings that belong together."""
    words = {word for word in map(str.lower, found.levels) if not is_missing_word(word)}
    return any(words <= pair for pair in _TOGETHER) and (not both or {VALUES[word] for word in words} == {0.0, 1.0})
