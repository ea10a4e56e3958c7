"""Columns of numbers: scaled by what is usual, with a soft limit, and held at the ends of the range of training."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from likelinet.tables.columns import Column
from likelinet.tables.kinds.kind import USUAL, Kind, Strange, with_indicator
from likelinet.tables.table import Table
from likelinet.tables.text import Text

LINEAR = 5.0  # scales from the middle up to which the soft limit changes nothing


@dataclass(frozen=True)
class Number(Kind):
    """A number x as z = (x - loc) / scale, of log x where `log`.

    Parameters
    ----------
    loc, scale : float
        Of what is usual: mean and standard deviation, or median and quartiles where outliers make those.
    low, high : float, optional
        What smaller and larger numbers are held at; None for no end.
    median : float
        What a missing cell is filled with.
    indicator : bool
        Whether training had missing cells, so that an input says where they are.
    log : bool
        Whether the logarithm is what is scaled.
    limited : bool
        Whether z grows like a logarithm beyond ±5.
    """

    loc: float = 0.0
    scale: float = 1.0
    low: float | None = None
    high: float | None = None
    median: float = 0.0
    indicator: bool = False
    log: bool = False
    limited: bool = False

    tag: ClassVar[str] = "number"

    @property
    def inputs(self) -> list[str]:
        return with_indicator([self.name], self.name, self.indicator)

    def read(self, table: Table) -> Column | None:
        return None if isinstance(table.columns[self.name], np.ndarray) else table.numbers(self.name)

    def encode(self, cells: Column, out: np.ndarray) -> Strange:
        return self.fill(cells, out)

    def fill(self, numbers: np.ndarray | Text, out: np.ndarray) -> Strange:
        """Fill the inputs of numbers, NaN where one is missing."""
        assert isinstance(numbers, np.ndarray)
        z, strange = out[0], USUAL
        z[:] = numbers
        low, high = -np.inf if self.low is None else self.low, np.inf if self.high is None else self.high
        missing = None
        if not (z.min() >= low and z.max() <= high):  # or some are NaN
            missing, outside = np.isnan(z), (z < low) | (z > high)
            z[missing] = self.median
            np.clip(z, low, high, out=z)
            strange = Strange(
                outside=outside if outside.any() else None,
                missing=missing if missing.any() and not self.indicator else None,
            )
        with np.errstate(over="ignore"):  # what is too large is said where it is too large for the network
            if self.log:
                np.log(z, out=z)
            z -= self.loc
            z /= self.scale
        if self.limited:
            softly_limited(z)
        if self.indicator:
            out[1] = 0.0 if missing is None else missing
        return strange

    def describe(self) -> str:
        how = "the logarithm of a number" if self.log else "number"
        seen = "" if self.low is None or self.high is None else f", {self.low:g} … {self.high:g}"
        return f"{how}{seen}{', with missing cells' if self.indicator else ''}"


def softly_limited(z: np.ndarray) -> None:
    """Let z beyond ±5 grow like a logarithm, in place; the slope is 1 on both sides of ±5."""
    far = np.abs(z) > LINEAR
    if far.any():
        beyond = z[far]
        z[far] = np.copysign(LINEAR + np.log1p(np.abs(beyond) - LINEAR), beyond)
