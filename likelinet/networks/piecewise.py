"""Piecewise-linear codes of numbers: a few learned functions of each one, beside the number itself."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from likelinet.core.arrays import Array, namespace
from likelinet.networks.layer import Arrays, Layer, LayerBackward, Weight

# Eight functions of a number were as good as one for each hidden unit, whose many weights take an optimiser longer than
# all the rest of a step; four were worse.
FUNCTIONS = 8
SIZE = 0.3  # of the functions at the start, where a standardised number has 1; 0.1 and 1 were worse
OPEN = 0.5  # widths by which the first and the last piece go on


@dataclass(frozen=True, eq=False)
class PiecewiseLinear(Layer):
    r"""Append `FUNCTIONS` learned, continuous, piecewise-linear functions of some inputs to all of them.

    Input x with edges :math:`e_0 < \dots < e_T` has a code of T numbers (Gorishniy, Rubachev & Babenko 2022), all but
    one of which are 0 or 1, and its functions are what a matrix W makes of it:

    .. math:: \phi_t(x) = \operatorname{clip}\left(\frac{x - e_{t-1}}{e_t - e_{t-1}}, 0, 1\right) - \bar\phi_t, \quad
              f(x) = W^\top \phi(x), \quad \partial W = \phi^\top\, \partial f

    The first number goes on down to -½, the last one up to 1½.

    Parameters
    ----------
    columns : sequence of int
        Which inputs have functions; at least one.
    edges : sequence of sequence of float
        Of each of them, at least two, ascending.
    means : sequence of sequence of float
        What is taken off each code, so that its mean is 0; one number fewer than there are edges.
    input_gradient : bool
        False for the first layer, whose ∂x nobody needs: it is then None and costs nothing.
    """

    columns: Sequence[int]
    edges: Sequence[Sequence[float]]
    means: Sequence[Sequence[float]]
    input_gradient: bool = True

    @property
    def functions(self) -> int:
        """How many numbers come behind the inputs."""
        return FUNCTIONS * len(self.columns)

    def weights(self) -> tuple[Weight, ...]:
        pieces = sum(map(len, self.means))
        # A sum of T steps, of which the lower ones are 1, varies by T / 6 where x is evenly spread.
        return (Weight((pieces, FUNCTIONS), std=SIZE * math.sqrt(6.0 * len(self.columns) / pieces), decayed=True),)

    def forward(self, params: Arrays, x: Array) -> tuple[Array, LayerBackward]:
        xp, (start, low, high, slope) = namespace(x), self._pieces[np.dtype(x.dtype)]
        # Shape (M, columns, n, pieces), with the widths of pieces left to W.
        code = xp.minimum(xp.maximum(x.mT[..., self._at, :, None] - start, low), high)
        w = params[0][..., self._place, :]
        w = w.reshape((*w.shape[:-2], len(self.columns), -1, FUNCTIONS)) * slope
        made = _side_by_side(code @ w)
        inputs = x.shape[-1]

        def backward(dy: Array, out: Arrays = ()) -> tuple[Array | None, Arrays]:
            dmade = dy[..., inputs:].reshape((*dy.shape[:-1], len(self.columns), FUNCTIONS)).swapaxes(-2, -3)
            dw = (code.mT @ dmade) * slope
            dw = dw.reshape((*dw.shape[:-3], -1, FUNCTIONS))[..., self._kept, :]
            if not self.input_gradient:
                return None, (dw,)
            dz = ((dmade @ w.mT) * ((code > low) & (code < high))).sum(axis=-1).mT
            return dy[..., :inputs] + dz @ self._places(inputs).astype(dy.dtype), (dw,)

        return xp.concatenate([xp.broadcast_to(x, (*made.shape[:-1], inputs)), made], axis=-1), backward

    @cached_property
    def _at(self) -> np.ndarray:
        return np.array(self.columns)

    @cached_property
    def _pieces(self) -> dict[np.dtype, tuple[np.ndarray, ...]]:
        """Where pieces start, what they are clipped to, and one over their widths; as many for each column."""
        most = max(map(len, self.means))
        start, low, high, slope = np.zeros((4, len(self.columns), 1, most))  # those that are not there stay 0
        for j, (edges, means) in enumerate(zip(self.edges, self.means, strict=True)):
            many, width, means = len(means), np.diff(edges), np.array(means)
            least, greatest = np.zeros(many), np.ones(many)
            least[0], greatest[-1] = -OPEN, 1.0 + OPEN
            start[j, 0, :many] = np.array(edges[:-1]) + means * width  # the means come off for nothing
            low[j, 0, :many], high[j, 0, :many] = (least - means) * width, (greatest - means) * width
            slope[j, 0, :many] = 1.0 / width
        both = (start, low, high, slope.mT)
        return {np.dtype(t): tuple(np.ascontiguousarray(a, t) for a in both) for t in ("float32", "float64")}

    @cached_property
    def _kept(self) -> np.ndarray | slice:
        """Which of the pieces, as many for each input, are there."""
        many = np.array([*map(len, self.means)])
        if (many == many[0]).all():
            return slice(None)
        return (np.arange(many.max()) < many[:, None]).ravel().nonzero()[0]

    @cached_property
    def _place(self) -> np.ndarray | slice:
        """Where in W the pieces are; anywhere for those that are not there."""
        if isinstance(self._kept, slice):
            return self._kept
        place = np.zeros(len(self.columns) * max(map(len, self.means)), int)
        place[self._kept] = np.arange(len(self._kept))
        return place

    def _places(self, inputs: int) -> np.ndarray:
        """Return the matrix that puts gradients of the columns where these are among all inputs."""
        return self._at[:, None] == np.arange(inputs)


def _side_by_side(made: Array) -> Array:
    """Return (..., columns, n, functions) as (..., n, columns times functions)."""
    *leading, columns, n, functions = made.shape
    return made.swapaxes(-2, -3).reshape((*leading, n, columns * functions))
