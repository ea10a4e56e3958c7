"""Links: raw network outputs on the real line, mapped into the domain of a parameter, and back.

A link is named after the map it applies to the raw output, as in the deep-learning literature (`exp` is the
inverse of the log link of generalised linear models; McCullagh & Nelder 1989, chapter 2).
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from likelinet.core.arrays import Array, namespace, softplus_and_sigmoid
from likelinet.core.domains import Domain, positive, real, unit_interval

_NO_DIRECTION = 1e-12  # squared distance from the origin below which the slope of an angle no longer grows
_LINEAR = 40.0  # raw from which softplus(raw) - raw, exp(-raw), is less than half a unit in its last place


class Link(ABC):
    """A smooth, increasing map from the real line onto `domain`."""

    domain: Domain

    @abstractmethod
    def forward(self, raw: Array) -> tuple[Array, Callable[[Array], Array]]:
        """Return the parameter and the function that takes its gradient back to the raw output."""

    @abstractmethod
    def inverse(self, parameter: np.ndarray) -> np.ndarray:
        """Return the raw output that gives `parameter`."""

    def raw_size(self, shape: tuple[int, ...]) -> int:
        """Return how many raw outputs a parameter of this shape takes."""
        return math.prod(shape)

    def raised(self, floor: float | np.ndarray) -> "Link":
        """Return the link onto what lies above `floor`, which is not negative."""
        return Above(self, floor)


@dataclass(frozen=True)
class Above(Link):
    """parameter = floor + that of another link."""

    link: Link
    floor: float | np.ndarray
    domain: Domain = positive

    def raw_size(self, shape: tuple[int, ...]) -> int:
        return self.link.raw_size(shape)

    def forward(self, raw: Array) -> tuple[Array, Callable[[Array], Array]]:
        value, back = self.link.forward(raw)
        return value + self.floor, back

    def inverse(self, parameter: np.ndarray) -> np.ndarray:
        return self.link.inverse(over(self.floor, parameter))


@dataclass(frozen=True)
class Identity(Link):
    """parameter = raw."""

    domain: Domain = real

    def forward(self, raw: Array) -> tuple[Array, Callable[[Array], Array]]:
        return raw, lambda d: d

    def inverse(self, parameter: np.ndarray) -> np.ndarray:
        return parameter


@dataclass(frozen=True)
class Exp(Link):
    """parameter = exp(raw), which neither underflows to 0 nor overflows."""

    domain: Domain = positive

    def forward(self, raw: Array) -> tuple[Array, Callable[[Array], Array]]:
        xp, numbers = namespace(raw), np.finfo(raw.dtype)
        value = xp.maximum(xp.exp(xp.minimum(raw, np.floor(np.log(numbers.max)))), numbers.tiny)
        return value, lambda d: d * value  # at the ends too: a gradient of 0 would never lead back from there

    def inverse(self, parameter: np.ndarray) -> np.ndarray:
        return np.log(parameter)


@dataclass(frozen=True)
class Softplus(Link):
    """parameter = floor + log(1 + exp(raw)); the floor keeps a likelihood bounded without stopping its gradient."""

    floor: float | np.ndarray = 0.0
    domain: Domain = positive

    def forward(self, raw: Array) -> tuple[Array, Callable[[Array], Array]]:
        xp, tiny = namespace(raw), np.finfo(raw.dtype).tiny
        # Vectorised, which logaddexp is not; from _LINEAR on, where exp may overflow, it is raw to the last digit.
        value = xp.maximum(raw, xp.log1p(xp.exp(xp.minimum(raw, _LINEAR))))
        # The slope is the sigmoid of raw, as exp(raw - softplus(raw)). Where exp underflows neither of them is 0: the
        # parameter stays positive, and its gradient, which may be large there, leads back.
        return xp.maximum(value + self.floor, tiny), lambda d: d * xp.maximum(xp.exp(raw - value), tiny)

    def inverse(self, parameter: np.ndarray) -> np.ndarray:
        above = over(self.floor, parameter)
        return above + np.log(-np.expm1(-above))

    def raised(self, floor: float | np.ndarray) -> Link:
        return Softplus(higher(self.floor, floor))


@dataclass(frozen=True)
class Sigmoid(Link):
    """parameter = 1 / (1 + exp(-raw)), onto (0, 1), of which it never reaches the ends."""

    domain: Domain = unit_interval

    def forward(self, raw: Array) -> tuple[Array, Callable[[Array], Array]]:
        _, p = softplus_and_sigmoid(raw)
        _, q = softplus_and_sigmoid(-raw)
        xp, numbers = namespace(raw), np.finfo(p.dtype)
        # Where it saturates it stays inside the open interval, which parameters may need, and has a slope still.
        return xp.clip(p, numbers.tiny, 1.0 - numbers.epsneg), lambda d: d * xp.maximum(p * q, numbers.tiny)

    def inverse(self, parameter: np.ndarray) -> np.ndarray:
        return np.log(parameter) - np.log1p(-parameter)


@dataclass(frozen=True)
class Angle(Link):
    """parameter = the direction of the point (raw₁, raw₂), from -π to π: two raw numbers, and no cut in their way."""

    domain: Domain = real

    def raw_size(self, shape: tuple[int, ...]) -> int:
        return 2 * super().raw_size(shape)

    def forward(self, raw: Array) -> tuple[Array, Callable[[Array], Array]]:
        xp = namespace(raw)
        x, y = raw[..., 0], raw[..., 1]
        square = xp.maximum(x * x + y * y, _NO_DIRECTION)
        return xp.arctan2(y, x), lambda d: xp.stack([-d * y / square, d * x / square], axis=-1)

    def inverse(self, parameter: np.ndarray) -> np.ndarray:
        return np.stack([np.cos(parameter), np.sin(parameter)], axis=-1)


@dataclass(frozen=True)
class Cholesky(Link):
    """From d(d+1)/2 raw numbers on the last axis to a lower-triangular (d, d) matrix with a positive diagonal.

    The raw numbers are those of the lower half, row by row: floor + softplus on the diagonal, any number below it.
    """

    floor: float | np.ndarray = 0.0
    domain: Domain = real

    def raw_size(self, shape: tuple[int, ...]) -> int:
        *outer, d, _ = shape
        return math.prod(outer) * d * (d + 1) // 2

    def forward(self, raw: Array) -> tuple[Array, Callable[[Array], Array]]:
        xp = namespace(raw)
        d = math.isqrt(2 * raw.shape[-1])
        rows, cols = np.tril_indices(d)
        place = np.zeros((d, d), dtype=np.int64)
        place[rows, cols] = np.arange(len(rows))
        floor = xp.asarray(np.broadcast_to(self.floor, d)[rows], dtype=raw.dtype)
        diagonal, backward = Softplus(floor).forward(raw)
        matrix = xp.tril(xp.where(rows == cols, diagonal, raw)[..., place])

        def back(g: Array) -> Array:
            g = g[..., rows, cols]
            return xp.where(rows == cols, backward(g), g)

        return matrix, back

    def inverse(self, parameter: np.ndarray) -> np.ndarray:
        rows, cols = np.tril_indices(parameter.shape[-1])
        floor = np.broadcast_to(self.floor, parameter.shape[-1])[rows]
        values = parameter[..., rows, cols]
        on = rows == cols
        return np.where(on, Softplus(floor).inverse(np.where(on, values, 1.0 + floor)), values)

    def raised(self, floor: float | np.ndarray) -> Link:
        return Cholesky(higher(self.floor, np.asarray(floor)[..., 0]))  # of a matrix, each entry of y has a row


@dataclass(frozen=True)
class Ordered(Link):
    """Increasing numbers along the last axis: the first one is raw[0], each step to the next is floor + softplus(raw).

    The floor keeps neighbours apart; where numbers are so large that it is lost in rounding, a few units in their last
    place do.
    """

    floor: float | np.ndarray = 0.0
    domain: Domain = real

    def forward(self, raw: Array) -> tuple[Array, Callable[[Array], Array]]:
        xp = namespace(raw)
        steps, backward = Softplus(self.floor).forward(raw[..., 1:])

        def back(d: Array) -> Array:
            beyond = xp.flip(xp.cumsum(xp.flip(d, axis=-1), axis=-1), axis=-1)
            return xp.concatenate([beyond[..., :1], backward(beyond[..., 1:])], axis=-1)

        first = raw[..., :1]
        # This much is rounding, of which the slope is nothing: the gradient is that of the exact sums.
        apart = least_gap(xp.abs(first) + xp.sum(steps, axis=-1, keepdims=True), raw.shape[-1])
        return xp.cumsum(xp.concatenate([first, xp.maximum(steps, apart)], axis=-1), axis=-1), back

    def inverse(self, parameter: np.ndarray) -> np.ndarray:
        steps = Softplus(self.floor).inverse(np.diff(parameter, axis=-1))
        return np.concatenate([parameter[..., :1], steps], axis=-1)


def over(floor: float | np.ndarray, parameter: np.ndarray) -> np.ndarray:
    """Return how far a parameter lies over a floor, at least a thousandth of it, or of 1."""
    return np.maximum(parameter - floor, 1e-3 * np.minimum(parameter, 1.0))


def higher(floor: float | np.ndarray, other: float | np.ndarray) -> float | np.ndarray:
    """Return the higher one of two floors."""
    both = np.maximum(floor, other)
    return both if both.ndim else float(both)


def least_gap(size: Array, many: int) -> Array:
    """Return steps that sums of so many numbers, none of them above `size`, keep apart, in whatever order they add."""
    return 4.0 * many * float(np.finfo(size.dtype).eps) * size
