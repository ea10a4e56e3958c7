"""The affine layer."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from likelinet.core.arrays import Array, product
from likelinet.networks.layer import Arrays, Layer, LayerBackward, Weight


@lru_cache
def _ones(n: int, dtype: np.dtype) -> np.ndarray:
    return np.ones(n, dtype)


@dataclass(frozen=True)
class Dense(Layer):
    r"""The affine map y = x W + b.

    .. math:: \partial W = x^\top \partial y, \quad \partial b = \sum_i \partial y_i, \quad
              \partial x = \partial y\, W^\top

    Parameters
    ----------
    inputs, outputs : int
        Widths.
    std : float
        Standard deviation of the initial W; b starts at 0.
    input_gradient : bool
        False for the first layer, whose ∂x nobody needs: it is then None and costs nothing.
    """

    inputs: int
    outputs: int
    std: float
    input_gradient: bool = True

    def weights(self) -> tuple[Weight, ...]:
        return Weight((self.inputs, self.outputs), std=self.std, decayed=True), Weight((self.outputs,))

    def forward(self, params: Arrays, x: Array) -> tuple[Array, LayerBackward]:
        w, b = params
        y = product(x, w)
        y += b[..., None, :]

        def backward(dy: Array, out: Arrays = ()) -> tuple[Array | None, Arrays]:
            dx = product(dy, w.mT) if self.input_gradient else None
            if not out:
                return dx, (x.mT @ dy, dy.sum(axis=-2))
            product(x.mT, dy, out[0])
            product(_ones(dy.shape[-2], dy.dtype), dy, out[1])  # faster than a sum
            return dx, out

        return y, backward

    def values(self, params: Arrays) -> Callable[[Array], Array]:
        w, b = params
        turned = np.ascontiguousarray(w.mT)

        def of(x: Array) -> Array:  # y lies in memory as x does
            by_row = x.shape[-1] > 1 and x.strides[-1] == x.itemsize
            y = product(x, w) if by_row else product(turned, x.mT).mT
            y += b[..., None, :]
            return y

        return of
