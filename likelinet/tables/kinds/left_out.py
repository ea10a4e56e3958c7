"""Columns that nothing can be learned from, and which make no input: constants and identifiers."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from likelinet.tables.columns import Column
from likelinet.tables.kinds.kind import USUAL, Kind, Strange


@dataclass(frozen=True)
class LeftOut(Kind):
    """A column without inputs.

    Parameters
    ----------
    why : str
        What it has in the training rows.
    """

    why: str = ""

    @property
    def inputs(self) -> list[str]:
        return []

    def encode(self, cells: Column, out: np.ndarray) -> Strange:
        return USUAL


@dataclass(frozen=True)
class Constant(LeftOut):
    """The same in every training row, or missing in all of them: whatever comes later has no influence."""

    tag: ClassVar[str] = "constant"

    def describe(self) -> str:
        return f"left out: {self.why}"


@dataclass(frozen=True)
class Identifier(LeftOut):
    """Names or numbers of the rows, which say nothing of others."""

    tag: ClassVar[str] = "identifier"

    def describe(self) -> str:
        return f"left out as an identifier: {self.why}"
