"""Piecewise-linear codes of numbers: learned functions that bend at many places, beside the numbers themselves."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from likelinet.core.arrays import Array, clipped, namespace, product, repeated
from likelinet.networks.layer import Arrays, Layer, LayerBackward, Weight

# One for each hidden unit was no better, and so many weights take an optimiser longer than all else of a step; nor were
# 32, and a few for each column by itself cost more.
FUNCTIONS = 16
SIZE = 0.6  # of the functions at the start, where a standardised number has 1
OPEN = 0.5  # widths by which the first and the last bin go on

Numbers = Sequence[float] | np.ndarray


@dataclass(frozen=True, eq=False)
class PiecewiseLinear(Layer):
    r"""Append `FUNCTIONS` learned sums of continuous, piecewise-linear functions of some inputs to all inputs.

    An input x with edges :math:`e_0 < \dots < e_T` has a code of T numbers (Gorishniy, Rubachev & Babenko 2022), all
    but one of which are 0 or 1. The codes :math:`\phi` of all of them, side by side, are multiplied by a matrix W:

    .. math:: \phi_t(x) = \operatorname{clip}\left(\frac{x - e_{t-1}}{e_t - e_{t-1}}, 0, 1\right) - \bar\phi_t, \quad
              f = W^\top \phi, \quad \partial W = \phi^\top\, \partial f

    The first number of a code goes on down to -½, the last one up to 1½.

    Parameters
    ----------
    columns : sequence of int
        Which inputs have codes; at least one.
    edges : sequence of sequence of float
        Of each of them, at least two, ascending.
    means : sequence of sequence of float
        What is taken off each code, so that its mean is 0; one number fewer than there are edges.
    input_gradient : bool
        False for the first layer, whose ∂x nobody needs: it is then None and costs nothing.
    """

    columns: Sequence[int]
    edges: Sequence[Numbers]
    means: Sequence[Numbers]
    input_gradient: bool = True

    def weights(self) -> tuple[Weight, ...]:
        many = int(self._many.sum())
        # Of the T numbers of a code all are 1 below x: their sum varies by T / 6 where x is evenly spread.
        return (Weight((many, FUNCTIONS), std=SIZE * math.sqrt(6.0 / many), decayed=True),)

    def forward(self, params: Arrays, x: Array) -> tuple[Array, LayerBackward]:
        xp, (start, low, high, slope) = namespace(x), self._bins[np.dtype(x.dtype)]
        inputs, w = x.shape[-1], params[0] * slope  # which takes over the widths of the bins
        code = repeated(x[..., self._at], self._many)
        code -= start
        code = clipped(code, low, high)
        made = product(code, w)

        def backward(dy: Array, out: Arrays = ()) -> tuple[Array | None, Arrays]:
            dmade = dy[..., inputs:]
            dw = product(code.mT, dmade, *out[:1])
            dw *= slope
            if not self.input_gradient:
                return None, (dw,)
            dcode = (dmade @ w.mT) * ((code > low) & (code < high))
            places = (np.repeat(self._at, self._many)[:, None] == np.arange(inputs)).astype(dy.dtype)
            return dy[..., :inputs] + dcode @ places, (dw,)

        return xp.concatenate([xp.broadcast_to(x, (*made.shape[:-1], inputs)), made], axis=-1), backward

    @cached_property
    def _at(self) -> np.ndarray:
        return np.array(self.columns)

    @cached_property
    def _many(self) -> np.ndarray:
        """How many numbers each code has."""
        return np.array([*map(len, self.means)])

    @cached_property
    def _bins(self) -> dict[np.dtype, tuple[np.ndarray, ...]]:
        """Where bins start, what x is then clipped to, and one over their widths, in either precision."""
        width = np.concatenate([np.diff(edges) for edges in self.edges])
        start, mean = np.concatenate([edges[:-1] for edges in self.edges]), np.concatenate(self.means)
        low, high, ends = np.zeros(len(mean)), np.ones(len(mean)), np.cumsum(self._many)
        low[[0, *ends[:-1]]], high[ends - 1] = -OPEN, 1.0 + OPEN
        # The means come off for nothing, since they move the start and what x is clipped to.
        each = (start + mean * width, (low - mean) * width, (high - mean) * width, 1.0 / width[:, None])
        return {np.dtype(t): tuple(a.astype(t) for a in each) for t in ("float32", "float64")}
