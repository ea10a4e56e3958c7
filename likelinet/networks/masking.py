"""Cells of x that go missing at random in training, so that a network learns to do without any of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from likelinet.core.arrays import Array, namespace
from likelinet.networks.layer import Arrays, Layer, LayerBackward, Weight


@dataclass(frozen=True)
class Masking(Layer):
    """A network of which cells go missing in each step of training, at the rate of their column; else as it is.

    A network that only knows the cells that are missing in its training rows learns these rows by heart, and is far
    too sure of others. The mask is drawn outside and handed over like a parameter, before those of the network.

    Parameters
    ----------
    network : Layer
        What takes x.
    column : tuple of int
        For each input, the position of its column among those that have missing cells; any where its rate is 0.
    rate : tuple of float
        For each input, how often its cell goes missing.
    absent : tuple of float
        For each input, what a missing cell makes of it.
    """

    network: Layer
    column: tuple[int, ...]
    rate: tuple[float, ...]
    absent: tuple[float, ...]

    @property
    def penalised(self) -> bool:  # type: ignore[override]
        return self.network.penalised

    def weights(self) -> tuple[Weight, ...]:
        return self.network.weights()

    def noise(self) -> tuple[int, ...]:
        return (max(self.column) + 1, *self.network.noise())

    def forward(self, params: Arrays, x: Array) -> tuple[Array, LayerBackward]:
        n = len(self.weights())
        if not params[n:]:
            return self.network.forward(params, x)
        xp, uniform = namespace(x), params[n]
        column, rate, absent = self._inputs
        hidden = uniform[..., column] < rate.astype(x.dtype)
        y, network_backward = self.network.forward(
            params[:n] + params[n + 1 :], xp.where(hidden, absent.astype(x.dtype), x)
        )

        def backward(dy: Array, out: Arrays = ()) -> tuple[Array | None, Arrays]:
            dx, grads = network_backward(dy, out)
            return None if dx is None else xp.where(hidden, dx.dtype.type(0.0), dx), grads

        return y, backward

    @cached_property
    def _inputs(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return np.array(self.column), np.array(self.rate), np.array(self.absent)


def masking(network: Layer, columns: Sequence[slice], x: np.ndarray, weight: np.ndarray) -> Layer:
    """Return the network with cells that go missing as often as those of the training rows do.

    Parameters
    ----------
    network : Layer
        What takes x.
    columns : sequence of slice
        The inputs of each column that has missing cells; the last of them says where these are.
    x : ndarray, shape (n, inputs)
        The training rows.
    weight : ndarray, shape (n,)
        Of these.
    """
    column, rate, absent = np.zeros(x.shape[1], int), np.zeros(x.shape[1]), np.zeros(x.shape[1])
    for j, inputs in enumerate(columns):
        missing = x[:, inputs.stop - 1]
        column[inputs], rate[inputs] = j, np.average(missing, weights=weight)
        absent[inputs] = x[missing.argmax(), inputs]  # all missing cells of a column are alike
    return Masking(network, *map(tuple, (column.tolist(), rate.tolist(), absent.tolist()))) if columns else network
