"""Missing numbers of x, filled by what the other numbers of their row say."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from likelinet.core.arrays import Array, namespace
from likelinet.networks.layer import Arrays, Layer, LayerBackward, Weight

ROUNDS = 2  # the second one has better numbers to go by, where several of a row are missing
RIDGE = 1e-3  # of the rows: inputs that say the same share what they explain
ROWS = 8192  # that a regression is learned from, at most


@dataclass(frozen=True, eq=False)
class Filling(Layer):
    """Put a linear function of all inputs in the place of each one whose indicator is 1, within the range of training.

    A few dense layers do not find it by themselves, since it takes the product of the indicator and other inputs.

    Parameters
    ----------
    amounts : sequence of (int, int)
        Which inputs are filled, and which ones are their indicators.
    matrix : ndarray, shape (inputs + 3, many)
        The coefficients of each of these, its constant, and its least and largest value. It is no weight: training
        does not change it.
    """

    amounts: Sequence[tuple[int, int]]
    matrix: np.ndarray

    def weights(self) -> tuple[Weight, ...]:
        return ()

    def forward(self, params: Arrays, x: Array) -> tuple[Array, LayerBackward]:
        xp, (value, place, indicator) = namespace(x), self._inputs
        told, held = self._told(x)
        missing = (place >= 0) & (x[..., indicator] > 0.5)

        def backward(dy: Array | None, out: Arrays = ()) -> tuple[Array | None, Arrays]:
            if dy is None:
                return None, ()
            lost = xp.where(missing, dy, dy.dtype.type(0.0))
            return dy - lost + (lost[..., value] * (told == held)) @ self.matrix[:-3].T.astype(dy.dtype), ()

        return xp.where(missing, held[..., place], x), backward

    def values(self, params: Arrays) -> Callable[[Array], Array]:
        def filled(x: Array) -> Array:
            (_, held), y = self._told(x), x.copy(order="K")  # with rows side by side in memory, as they are
            for j, (value, indicator) in enumerate(self.amounts):
                np.copyto(y[..., value], held[..., j], where=x[..., indicator] > 0.5)
            return y

        return filled

    def _told(self, x: Array) -> tuple[Array, Array]:
        """Return what all inputs say of each amount, and that within its range."""
        matrix = self.matrix.astype(x.dtype)
        told = x @ matrix[:-3] + matrix[-3]
        return told, namespace(x).clip(told, matrix[-2], matrix[-1])

    @cached_property
    def _inputs(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The inputs that are filled; and for each input the column of the matrix, or -1, and the indicator."""
        value, indicators = np.array(self.amounts).T
        place, indicator = np.full(len(self.matrix) - 3, -1), np.zeros(len(self.matrix) - 3, int)
        place[value], indicator[value] = np.arange(len(value)), indicators
        return value, place, indicator


def learn_filling(
    amounts: Sequence[tuple[int, int]], by: Sequence[int], x: np.ndarray, weight: np.ndarray
) -> np.ndarray:
    """Return the matrices of as many layers as there are rounds, shape (rounds, inputs + 3, many).

    Each column is the ridge regression on some inputs, as filled so far, of the rows where an amount is there.

    Parameters
    ----------
    amounts : sequence of (int, int)
        Which inputs are filled, and which ones are their indicators.
    by : sequence of int
        The inputs that an amount may depend on.
    x : ndarray, shape (n, inputs)
        The training rows, where each amount is there in some.
    weight : ndarray, shape (n,)
        Of these.

    References
    ----------
    van Buuren & Groothuis-Oudshoorn, *mice: multivariate imputation by chained equations in R*, 2011.
    """
    matrices = np.zeros((ROUNDS if amounts else 0, x.shape[1] + 3, len(amounts)))
    for k in range(len(matrices)):
        for j, (value, indicator) in enumerate(amounts):
            there = np.flatnonzero(x[:, indicator] <= 0.5)
            rows = there[:: -(-len(there) // ROWS)]
            known = np.asarray(x[rows], np.float64)
            for matrix in matrices[:k]:
                known, _ = Filling(amounts, matrix).forward((), known)
            others, y = [i for i in by if i not in (value, indicator)], known[:, value]
            matrices[k, [*others, -3], j] = _regression(known[:, others], y, weight[rows])
            matrices[k, -2:, j] = y.min(), y.max()
    return matrices


def _regression(x: np.ndarray, y: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Return the coefficients of y on the columns of x, and the constant."""
    share = weight / weight.sum()
    mean, middle = share @ x, share @ y
    spread = np.sqrt(share @ (x - mean) ** 2)
    spread[spread <= 1e-9 * np.abs(mean)] = np.inf  # constant columns tell nothing
    z = (x - mean) / spread
    product = z.T @ (share[:, None] * z) + RIDGE * np.eye(len(mean))
    slope = np.linalg.solve(product, z.T @ (share * (y - middle))) / spread
    return np.append(slope, middle - mean @ slope)
