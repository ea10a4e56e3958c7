"""Columns of yes and no, in one of the usual spellings, as one input."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from pydantic import PositiveFloat

from likelinet.tables.cells import is_missing_word, parse
from likelinet.tables.coded import Coded, coded
from likelinet.tables.columns import Column
from likelinet.tables.kinds.kind import USUAL, Kind, Strange, with_indicator
from likelinet.tables.text import Text

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
        What a missing cell is filled with where an input says that it is missing, before other numbers tell more
        (`networks.filling`).
    indicator : bool
        Whether training had missing cells, so that an input says where they are.
    mean : float, optional
        What stands for a cell of which nothing was learned: another word or number, or a missing one where training
        had none. None for the median, as in files of earlier versions.
    """

    loc: float = 0.0
    scale: PositiveFloat = 1.0
    median: float = 0.0
    indicator: bool = False
    mean: float | None = None

    tag: ClassVar[str] = "boolean"
    of_amounts: ClassVar[bool] = True

    @property
    def inputs(self) -> list[str]:
        return with_indicator([self.name], self.name, self.indicator)

    def encode(self, cells: Column, out: np.ndarray) -> Strange:
        if isinstance(cells, np.ndarray):
            values = cells.astype(np.float64)
            missing = np.isnan(values)
            neither = ~missing & (values != 0.0) & (values != 1.0)
            values = np.where(neither, np.nan, values)
        else:
            values, neither, missing = truths(coded(cells))
        unknown = self.median if self.mean is None else self.mean
        values[missing] = self.median if self.indicator else unknown
        values[np.isnan(values)] = unknown
        out[0] = (values - self.loc) / self.scale
        if self.indicator:
            out[1] = missing
        if not (missing.any() or neither.any()):
            return USUAL
        return Strange(
            neither=neither if neither.any() else None,
            missing=missing if missing.any() and not self.indicator else None,
        )

    @property
    def seen(self) -> str:
        return "False, True"

    def describe(self) -> str:
        return f"yes or no{', with missing cells' if self.indicator else ''}"


def truths(found: Coded) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return cells as 0 and 1, NaN for any others, and which cells are such others, and which are missing."""
    words = [level.lower() for level in found.levels]
    numbers = parse(Text.of(words)).numbers.tolist()  # 1.0 says yes as well
    each = [VALUES.get(word, x if x in (0.0, 1.0) else np.nan) for word, x in zip(words, numbers, strict=True)]
    values = np.array([*each, np.nan])[found.codes]
    missing = np.array([*(is_missing_word(word) for word in words), True])[found.codes]
    return values, np.isnan(values) & ~missing, missing


def are_truths(found: Coded, both: bool = True) -> bool:
    """Whether the levels that are there say yes and no, both of them, in spellings that belong together."""
    words = {word for word in map(str.lower, found.levels) if not is_missing_word(word)}
    return any(words <= pair for pair in _TOGETHER) and (not both or {VALUES[word] for word in words} == {0.0, 1.0})
