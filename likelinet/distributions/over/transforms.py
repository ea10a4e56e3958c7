"""Increasing maps of y, their slopes, and what they make of a domain."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.arrays import Array, namespace, special
from likelinet.core.domains import Domain
from likelinet.core.errors import ParameterError
from likelinet.core.wording import range_in_words
from likelinet.distributions.base.family import Standardisation, Unit
from likelinet.distributions.base.plain import check_plain
from likelinet.distributions.numerics.grids import Grid, column, extra, joined, known, rest


class Transform(ABC):
    """An increasing map y = f(x), in array code that runs on any engine."""

    features: tuple[float, ...] = ()  # x between which the map is as smooth as a polynomial or a power
    shape: tuple[int, ...] = ()

    @abstractmethod
    def forward(self, x: ArrayLike) -> Array:
        """Return y."""

    @abstractmethod
    def inverse(self, y: ArrayLike) -> Array:
        """Return x, infinite for a y past the end of the image."""

    @abstractmethod
    def log_slope(self, x: ArrayLike) -> Array:
        """Return log dy/dx at x."""

    def inverse_at(self, y: np.ndarray, x: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the preimage of y, which lies x below the largest one, `high`; and how far that lies below its own."""
        return self.inverse(y), np.broadcast_to(np.inf, x.shape)

    def grid(self, inner: Grid, low: np.ndarray, high: np.ndarray) -> Grid:
        """Return the grid of y between `low` and `high` from that of x."""
        y, x = self.forward(inner.y), self._below(inner, high)
        room = np.minimum(y - self.forward(inner.y - inner.room), self.forward(inner.y + inner.room) - y)
        return Grid(y, x, room, *self._anchors(inner, low, high), inner.scores)

    def _below(self, inner: Grid, high: np.ndarray) -> np.ndarray:
        """Return how far below the largest y the image of each cut lies."""
        return np.where(np.isfinite(high), high - self.forward(inner.y), np.inf)

    def _anchors(self, inner: Grid, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return np.stack([low, np.where(np.isfinite(high), high, low)]), np.zeros((2, *low.shape))

    def same(self, other: Any) -> bool:
        """Return whether `other` is the same map."""
        return type(self) is type(other)

    def image(self, support: Domain) -> Domain:
        """Return the domain of y for x in `support`."""
        with np.errstate(over="ignore"):
            low = float(np.min(self.forward(support.low), initial=np.inf))
            high = float(np.max(self.forward(support.high), initial=-np.inf))
        words = f"a number {range_in_words(low, high, support.closed)}".strip()
        return Domain(words, low, high, support.closed)

    # ---- under affine maps of y ------------------------------------------------------------------------------

    @abstractmethod
    def standardisation(self, base: Standardisation) -> Standardisation:
        """Return how y may be scaled, given how x may be."""

    def moved_origin(self, origin: float) -> float:
        """Return the y that stays where it is when y is only scaled, given that of x."""
        return 0.0

    @abstractmethod
    def inner(self, unit: Unit, base: Standardisation, origin: float) -> tuple[Unit, "Transform | None"]:
        """Return the unit of x where y is standardised to `unit`, and the map from x to y that is left, if any.

        Parameters
        ----------
        unit : Unit
            Of y.
        base : str
            How the family of x may be scaled.
        origin : float
            The x that stays where it is then.
        """

    def step_of_x(self, step: np.ndarray | float) -> np.ndarray | float:
        """Return the distance of neighbours in x where those in y have the same distance everywhere, else 0."""
        return 0.0

    def map(self, f: Callable[[np.ndarray, int], np.ndarray]) -> "Transform":
        """Return the map with f(array, 0) in place of every array of its own."""
        return self


@dataclass(frozen=True)
class Affine(Transform):
    r"""The map y = loc + scale · x, with scale > 0.

    .. math:: y = a + b x, \qquad \frac{dy}{dx} = b

    Parameters
    ----------
    loc, scale : array_like
        a and b. Shapes broadcast with the batch of the distribution; `scale` is positive.

    Raises
    ------
    ParameterError
        If `scale` is not a positive finite number.

    Examples
    --------
    >>> float(Affine(1.0, 2.0).forward(3.0))
    7.0
    """

    loc: ArrayLike
    scale: ArrayLike

    def __post_init__(self) -> None:
        check_plain(self.loc, "Affine: loc", ParameterError)
        check_plain(self.scale, "Affine: scale", ParameterError)
        if not (
            np.all(np.asarray(self.scale) > 0.0) and np.all(np.isfinite(self.scale)) and np.all(np.isfinite(self.loc))
        ):
            raise ParameterError("Affine: loc must be finite and scale positive and finite.")
        object.__setattr__(self, "shape", np.broadcast_shapes(np.shape(self.loc), np.shape(self.scale)))

    def forward(self, x: ArrayLike) -> Array:
        return np.asarray(self.loc) + np.asarray(self.scale) * _array(x)

    def inverse(self, y: ArrayLike) -> Array:
        return (_array(y) - np.asarray(self.loc)) / np.asarray(self.scale)

    def inverse_at(self, y: np.ndarray, x: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return self.inverse(y), x / np.asarray(self.scale)

    def step_of_x(self, step: np.ndarray | float) -> np.ndarray | float:
        return step / np.asarray(self.scale)

    def _below(self, inner: Grid, high: np.ndarray) -> np.ndarray:
        return inner.x * np.asarray(self.scale)

    def _anchors(self, inner: Grid, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return self.forward(inner.anchors), inner.cores * np.asarray(self.scale)

    def log_slope(self, x: ArrayLike) -> Array:
        return np.log(self.scale) + 0.0 * _array(x)

    def same(self, other: Any) -> bool:
        return (
            isinstance(other, Affine)
            and bool(np.all(np.equal(self.loc, other.loc)))
            and bool(np.all(np.equal(self.scale, other.scale)))
        )

    def standardisation(self, base: Standardisation) -> Standardisation:
        return base

    def moved_origin(self, origin: float) -> float:
        return float(self.forward(origin))

    def inner(self, unit: Unit, base: Standardisation, origin: float) -> tuple[Unit, Transform | None]:
        """Return the unit of x, which is standardised as far as its family allows."""
        (loc, scale, spread), a, b = unit, np.asarray(self.loc), np.asarray(self.scale)
        match base:
            case "location-scale":
                return Unit((loc - a) / b, scale / b, spread), None
            case "scale":
                left = (a + b * origin - loc) / scale
                remains = None if np.all(left == 0.0) else Affine(left, 1.0)
                return Unit(np.zeros_like(loc) + origin, scale / b, spread), remains
            case _:
                same = Unit(np.zeros_like(loc), np.ones_like(scale), spread * scale / b)
                return same, Affine((a - loc) / scale, b / scale)

    def map(self, f: Callable[[np.ndarray, int], np.ndarray]) -> Transform:
        return Affine(f(np.asarray(self.loc), 0), f(np.asarray(self.scale), 0))


@dataclass(frozen=True)
class Log(Transform):
    r"""The map under which log y has the distribution given.

    .. math:: y = e^x, \qquad \frac{dy}{dx} = y

    Examples
    --------
    >>> import likelinet as ll
    >>> d = ll.Transformed(ll.Gaussian(0.0, 1.0), Log())
    >>> float(d.median()), float(d.mean().round(4))
    (1.0, 1.6487)
    """

    def forward(self, x: ArrayLike) -> Array:
        x = _array(x)
        return namespace(x).exp(x)

    def inverse(self, y: ArrayLike) -> Array:
        t = _array(y)
        xp = namespace(t)
        return xp.log(xp.where(t < 0.0, 0.0, t))

    def log_slope(self, x: ArrayLike) -> Array:
        return _array(x)

    def standardisation(self, base: Standardisation) -> Standardisation:
        # To scale y is to shift its logarithm.
        return "scale" if base == "location-scale" else "none"

    def inner(self, unit: Unit, base: Standardisation, origin: float) -> tuple[Unit, Transform | None]:
        one = np.ones_like(unit.scale)
        return Unit(np.log(unit.scale), one, one), self


@dataclass(frozen=True)
class Logit(Transform):
    r"""The map under which logit y = log(y / (1 - y)) has the distribution given.

    .. math:: y = \frac{1}{1 + e^{-x}}, \qquad \frac{dy}{dx} = y (1 - y)

    Examples
    --------
    >>> import likelinet as ll
    >>> d = ll.Transformed(ll.Gaussian(0.0, 1.0), Logit())
    >>> float(d.median()), float(d.cdf(0.75).round(4))
    (0.5, 0.864)
    """

    features = (-36.0, -18.0, -9.0, -4.0, -1.5, 0.0, 1.5, 4.0, 9.0, 18.0, 36.0)

    def forward(self, x: ArrayLike) -> Array:
        x = _array(x)
        return special(x).expit(x)

    def inverse(self, y: ArrayLike) -> Array:
        t = _array(y)
        xp = namespace(t)
        return special(t).logit(xp.where(t < 0.0, 0.0, xp.where(t > 1.0, 1.0, t)))

    def inverse_at(self, y: np.ndarray, x: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return np.log(y) - np.log(rest(y, known(x, high == 1.0))), np.broadcast_to(np.inf, x.shape)

    def grid(self, inner: Grid, low: np.ndarray, high: np.ndarray) -> Grid:
        bends = np.clip(column(np.array(self.features), low.shape), np.fmin.reduce(inner.y), np.fmax.reduce(inner.y))
        return super().grid(joined(inner, extra(bends, np.full(low.shape, np.inf))), low, high)

    def _below(self, inner: Grid, high: np.ndarray) -> np.ndarray:
        return np.where(high == 1.0, self.forward(-inner.y), high - self.forward(inner.y))

    def log_slope(self, x: ArrayLike) -> Array:
        x = _array(x)
        xp = namespace(x)
        return -xp.abs(x) - 2.0 * xp.log1p(xp.exp(-xp.abs(x)))

    def standardisation(self, base: Standardisation) -> Standardisation:
        return "none"

    def inner(self, unit: Unit, base: Standardisation, origin: float) -> tuple[Unit, Transform | None]:
        return unit, self


def _array(x: ArrayLike) -> Array:
    """Return x as an array of its own engine, NumPy for plain numbers."""
    return x if hasattr(x, "__array_namespace__") else np.asarray(x, dtype=np.float64)
