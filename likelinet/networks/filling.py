"""Missing numbers of x, filled by what the other inputs of their row say."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from likelinet.core.arrays import Array, namespace
from likelinet.networks.layer import Arrays, Layer, LayerBackward, Weight

ROUNDS = 2  # the second one has better numbers to go by, where several of a row are missing
RIDGE = 1e-3  # of the rows: inputs that say the same share what they explain
ROWS = 20_000  # that a regression is learned from


@dataclass(frozen=True, eq=False)
class Filling(Layer):
    """Put a linear function of all inputs in the place of each one whose indicator is 1.

    A network cannot do so by itself with few layers, since it takes the product of the indicator and the other inputs.

    Parameters
    ----------
    amounts : sequence of (int, int)
        Which inputs are filled, and which ones are their indicators.
    matrix : ndarray, shape (inputs + 1, many)
        The coefficients of each of these, and its constant; no weights: training does not change them.
    """

    amounts: Sequence[tuple[int, int]]
    matrix: np.ndarray

    def weights(self) -> tuple[Weight, ...]:
        return ()

    def forward(self, params: Arrays, x: Array) -> tuple[Array, LayerBackward]:
        xp, matrix = namespace(x), self.matrix.astype(x.dtype)
        filled = (x @ matrix[:-1] + matrix[-1])[..., self._place]
        missing = self._fills & (x[..., self._indicator] > 0.5)

        def backward(dy: Array | None, out: Arrays = ()) -> tuple[Array | None, Arrays]:
            if dy is None:
                return None, ()
            lost = xp.where(missing, dy, dy.dtype.type(0.0))
            return dy - lost + lost[..., [v for v, _ in self.amounts]] @ matrix[:-1].T, ()

        return xp.where(missing, filled, x), backward

    def values(self, params: Arrays) -> Callable[[Array], Array]:
        def filled(x: Array) -> Array:
            matrix, y = self.matrix.astype(x.dtype), x.copy(order="K")  # rows stay side by side in memory
            each = x @ matrix[:-1] + matrix[-1]
            for j, (value, indicator) in enumerate(self.amounts):
                np.copyto(y[..., value], each[..., j], where=x[..., indicator] > 0.5)
            return y

        return filled

    @cached_property
    def _fills(self) -> np.ndarray:
        """Which inputs are filled."""
        return np.isin(np.arange(len(self.matrix) - 1), [v for v, _ in self.amounts])

    @cached_property
    def _place(self) -> np.ndarray:
        """For each input that is filled, the column of the matrix."""
        return self._of_inputs([*range(len(self.amounts))])

    @cached_property
    def _indicator(self) -> np.ndarray:
        return self._of_inputs([i for _, i in self.amounts])

    def _of_inputs(self, values: list[int]) -> np.ndarray:
        each = np.zeros(len(self.matrix) - 1, int)
        each[[v for v, _ in self.amounts]] = values
        return each


def learn_filling(amounts: Sequence[tuple[int, int]], x: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Return the matrices of as many layers as there are rounds, shape (rounds, inputs + 1, many).

    Each is the ridge regression on all other inputs, as filled so far, of the rows where an amount is there
    (van Buuren & Groothuis-Oudshoorn, *mice*, 2011).

    Parameters
    ----------
    amounts : sequence of (int, int)
        Which inputs are filled, and which ones are their indicators.
    x : ndarray, shape (n, inputs)
        The training rows, where each amount is there in some.
    weight : ndarray, shape (n,)
        Of these.
    """
    matrices = np.zeros((ROUNDS if amounts else 0, x.shape[1] + 1, len(amounts)))
    for k in range(len(matrices)):
        for j, (value, indicator) in enumerate(amounts):
            there = np.flatnonzero(x[:, indicator] <= 0.5)
            rows = there[:: -(-len(there) // ROWS)]
            known = np.asarray(x[rows], np.float64)
            for matrix in matrices[:k]:
                known, _ = Filling(amounts, matrix).forward((), known)
            matrices[k, :, j] = _regression(known, weight[rows], value, indicator)
    return matrices


def _regression(x: np.ndarray, weight: np.ndarray, value: int, indicator: int) -> np.ndarray:
    """Return the coefficients of an input on all others but its own indicator, and the constant."""
    share = weight / weight.sum()
    mean = share @ x
    spread = np.sqrt(share @ (x - mean) ** 2)
    others = spread > 1e-9 * np.abs(mean)
    others[[value, indicator]] = False
    z = (x[:, others] - mean[others]) / spread[others]
    product = z.T @ (share[:, None] * z)
    product[np.diag_indices_from(product)] += RIDGE
    found = np.zeros(x.shape[1] + 1)
    found[:-1][others] = np.linalg.solve(product, z.T @ (share * (x[:, value] - mean[value]))) / spread[others]
    found[-1] = mean[value] - mean @ found[:-1]
    return found
