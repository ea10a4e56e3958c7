"""A buffer for the distributions of many rows, filled from those of row blocks."""

from collections.abc import Iterator

import numpy as np

from likelinet.distributions.base.distribution import Distribution
from likelinet.distributions.base.shapes import arrays_of


class Assembly:
    """A buffer for the parameters of n rows, which row blocks are written into.

    Parameters
    ----------
    first : Distribution
        One of the blocks: all have its structure.
    n : int
        Number of rows of all blocks together.
    """

    def __init__(self, first: Distribution, n: int) -> None:
        rows = first.batch_shape[0]
        self._first = first
        self._arrays: list[np.ndarray] = []
        self._by_row: list[bool] = []
        for a, event_ndim in arrays_of(first):
            with_rows = a.ndim > event_ndim and a.shape[0] == rows
            same = with_rows and rows > 1 and a.strides[0] == 0  # broadcast from one number: it stays one
            self._by_row.append(with_rows and not same)
            shape = (n, *a.shape[1:])
            self._arrays.append(np.broadcast_to(a[:1], shape) if same else np.empty(shape, a.dtype) if with_rows else a)

    def put(self, rows: slice, block: Distribution) -> None:
        """Write the distributions of a block to their rows."""
        for whole, by_row, (a, _) in zip(self._arrays, self._by_row, arrays_of(block), strict=True):
            if by_row:
                whole[rows] = a

    def distribution(self) -> Distribution:
        """Return the distributions of all rows."""
        arrays: Iterator[np.ndarray] = iter(self._arrays)
        return self._first.map_arrays(lambda a, n: next(arrays))
