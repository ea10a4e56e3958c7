"""Columns: numbers and bools as arrays of NumPy, everything else as text."""

from dataclasses import dataclass

import numpy as np

from likelinet.tables.cells import is_missing
from likelinet.tables.text import Text

Column = np.ndarray | Text


@dataclass(frozen=True)
class Unusable:
    """A column of n cells that are not one value each, and what to say to those who ask for it."""

    why: str
    n: int

    def __len__(self) -> int:
        return self.n


def column_of(values: np.ndarray) -> Column:
    """Return numbers and bools as they are, and text, with "" for what is missing, for everything else."""
    if values.dtype.kind in "fiu":
        return values
    if values.dtype.kind == "b" or (len(values) and all(isinstance(v, bool | np.bool_) for v in values)):
        return values.astype(bool)
    if values.dtype.kind in "mM":
        return Text.of(np.where(np.isnat(values), "", values.astype(str)).tolist())
    return Text.of("" if is_missing(v) else str(v) for v in values.tolist())
