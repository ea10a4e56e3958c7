"""Cells of x that go missing at random in training, so that a network learns to do without any of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from likelinet.core.arrays import Array, namespace
from likelinet.networks.layer import Arrays, Layer, LayerBackward, Weight

TELLING = 3.0  # standard errors, from which on missing cells and y go together


@dataclass(frozen=True)
class Masking(Layer):
    """Let cells go missing in each step of training, at the rate of their column; do nothing without a mask.

    A network that is only shown the cells that are missing in its training rows learns these rows by heart, and is far
    too sure of others. The mask is drawn outside and handed over like a parameter.

    Parameters
    ----------
    column : tuple of int
        For each input, the position of its column among those that have missing cells; any where the rate is 0.
    rate : tuple of float
        For each input, how often its cell goes missing.
    absent : tuple of float
        For each input, what a missing cell makes of it.
    """

    column: tuple[int, ...]
    rate: tuple[float, ...]
    absent: tuple[float, ...]

    def weights(self) -> tuple[Weight, ...]:
        return ()

    def noise(self) -> tuple[int, ...]:
        return (max(self.column) + 1,)

    def forward(self, params: Arrays, x: Array) -> tuple[Array, LayerBackward]:
        if not params:
            return x, lambda dy, out=(): (dy, ())
        xp, (uniform,), (column, rate, absent) = namespace(x), params, self._inputs
        kept = uniform[..., column] >= rate.astype(x.dtype)
        return xp.where(kept, x, absent.astype(x.dtype)), lambda dy, out=(): (None if dy is None else dy * kept, ())

    @cached_property
    def _inputs(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return np.array(self.column), np.array(self.rate), np.array(self.absent)


def learn_masking(columns: Sequence[slice], x: np.ndarray, y: np.ndarray, weight: np.ndarray) -> Masking:
    """Return the layer that lets cells go missing nearly as often as those of the training rows do.

    Those of a column stay where a missing one tells something of y, as "no answer" may: among others made at random it
    would tell less.

    Parameters
    ----------
    columns : sequence of slice
        The inputs of each column that has missing cells; the last of them says where these are. At least one.
    x : ndarray, shape (n, inputs)
        The training rows.
    y : ndarray, shape (n, ...)
        What is learned.
    weight : ndarray, shape (n,)
        Of the rows.
    """
    column, rate, absent = np.zeros(x.shape[1], int), np.zeros(x.shape[1]), np.zeros(x.shape[1])
    ranks, share = np.apply_along_axis(_ranks, 0, y.reshape(len(y), -1)), weight / weight.sum()
    ranks -= share @ ranks
    spread, many = np.sqrt(share @ ranks**2), 1.0 / (share @ share)
    for j, inputs in enumerate(columns):
        missing = x[:, inputs.stop - 1].astype(np.float64)
        often = share @ missing
        chance = spread * np.sqrt(often * (1.0 - often) / many)  # by which ranks and missing cells go together
        column[inputs], absent[inputs] = j, x[missing.argmax(), inputs]  # all missing cells of a column are alike
        if (np.abs((share * missing) @ ranks) <= TELLING * chance).all():
            rate[inputs] = often * (1.0 - often)
    return Masking(tuple(column.tolist()), tuple(rate.tolist()), tuple(absent.tolist()))


def _ranks(y: np.ndarray) -> np.ndarray:
    """Return the ranks of numbers, equal ones at their middle; SciPy's takes a second to import."""
    _, place, many = np.unique(y, return_inverse=True, return_counts=True)
    return (np.cumsum(many) - 0.5 * (many - 1.0))[place]
