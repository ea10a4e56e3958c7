"""One distribution class as a family, and one distribution as a family without parameters."""

from dataclasses import dataclass
from typing import Literal, NoReturn

import numpy as np

from likelinet.core.arrays import Array, log1mexp, namespace
from likelinet.core.domains import Domain
from likelinet.distributions.base.distribution import Distribution
from likelinet.distributions.base.family import Family, Opening, Standardisation, Unit
from likelinet.distributions.base.parameter import Backward


@dataclass(frozen=True)
class Leaf(Family):
    """A distribution class with all its parameters open.

    Parameters
    ----------
    distribution_class : type
        One of likelinet's own, or a user's subclass of Distribution.
    own : tuple of Opening
        Its parameters, in the order of the class.
    """

    distribution_class: type[Distribution]
    own: tuple[Opening, ...]

    @staticmethod
    def of(distribution_class: type[Distribution], size: int) -> "Leaf":
        """Return the family of a class, for so many classes, or entries of a vector."""
        shapes = ((p, distribution_class.shape_of_parameter(p, size)) for p in distribution_class.parameters)
        return Leaf(distribution_class, tuple(Opening(*each) for each in shapes))

    @property
    def name(self) -> str:
        return self.distribution_class.__name__

    @property
    def openings(self) -> tuple[Opening, ...]:
        return self.own

    @property
    def y(self) -> Literal["number", "class", "vector"]:
        return self.distribution_class.y

    @property
    def event_ndim(self) -> int:
        return int(self.y == "vector")

    @property
    def support(self) -> Domain:
        return self.distribution_class.support

    @property
    def atoms(self) -> tuple[float, ...]:
        return self.distribution_class.atoms

    @property
    def stable_in_float32(self) -> bool:
        return self.distribution_class.stable_in_float32

    @property
    def standardisation(self) -> Standardisation:
        cls, support = self.distribution_class, self.support
        # Without closure under the map, the family of the scaled y would be another one.
        if support.integer or not cls.closed_under_affine(shifted=bool(np.isinf(support.low))):
            return "none"
        if np.isinf(support.low) and np.isinf(support.high):
            return "location-scale"
        return "scale" if support.low == 0.0 and np.isinf(support.high) else "none"

    def loss(self, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        return self.distribution_class.loss(params, y)

    def log_interval(self, params: tuple[Array, ...], low: Array, high: Array) -> tuple[Array, Backward]:
        return self.distribution_class.log_interval(params, low, high)

    def log_not_zero(self, params: tuple[Array, ...], like: Array) -> tuple[Array, Backward]:
        """Return log(1 - P(0)): the gradient of P(0) is known, where that of a tail may be by differences."""
        xp = namespace(like)
        nll, backward = self.distribution_class.nll_of_zero(params, like)
        return log1mexp(nll), lambda d: backward(xp.where(d == 0.0, 0.0, d / xp.expm1(nll)))

    def mean_and_variance(self, params: tuple[Array, ...]) -> tuple[Array, Array]:
        return self.distribution_class.mean_and_variance(params)

    def crps_loss(self, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        return self.distribution_class.crps_loss(params, y)

    def crps_loss_of_mixture(self, weights: Array, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        return self.distribution_class.crps_loss_of_mixture(weights, params, y)

    def fisher_information(self, params: tuple[Array, ...]) -> Array:
        return self.distribution_class.fisher_information(params)

    def distribution(self, params: tuple[np.ndarray, ...]) -> Distribution:
        return self.distribution_class(**{o.parameter.name: p for o, p in zip(self.openings, params, strict=True)})

    def estimate(self, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray | None, ...]:
        return self.distribution_class.estimate_of_shape(y, weight, tuple(o.shape for o in self.openings))

    def floors(self, step: np.ndarray | float) -> tuple[np.ndarray | float, ...]:
        least = self.distribution_class.peak_density * np.asarray(step)
        return tuple(
            0.0
            if o.parameter.role != "scale"
            else least[..., None]  # of a matrix, each output has a row
            if o.parameter.event_ndim > self.event_ndim
            else least
            for o in self.openings
        )

    def units(self, loc: np.ndarray, scale: np.ndarray, spread: np.ndarray) -> tuple[Unit, ...]:
        # Of a matrix, each output has a row.
        by_row = Unit(*(np.asarray(v)[..., None] for v in (loc, scale, spread)))
        return tuple(
            by_row if o.parameter.event_ndim > self.event_ndim else Unit(loc, scale, spread) for o in self.openings
        )


@dataclass(frozen=True, eq=False)
class Closed(Family):
    """A distribution, whose parameters are all known, as a family without any: its log_prob says what is impossible.

    So the formula of a wrapper, written once for families, serves distributions as well.

    Parameters
    ----------
    closed : Distribution
        What it is.
    """

    closed: Distribution

    @property
    def name(self) -> str:
        return type(self.closed).__name__

    @property
    def openings(self) -> tuple[Opening, ...]:
        return ()

    @property
    def y(self) -> Literal["number", "class", "vector"]:
        return self.closed.y

    @property
    def event_ndim(self) -> int:
        return len(self.closed.event_shape)

    @property
    def support(self) -> Domain:
        return self.closed.support

    @property
    def atoms(self) -> tuple[float, ...]:
        return self.closed.atoms

    @property
    def bounds(self) -> tuple[np.ndarray | float, np.ndarray | float]:
        return self.closed.row_bounds()

    def possible(self, y: np.ndarray) -> np.ndarray:
        return ~np.isnan(y)

    def loss(self, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        return -self.closed.log_prob(self._for_each(y)), no_gradient

    def log_interval(self, params: tuple[Array, ...], low: Array, high: Array) -> tuple[Array, Backward]:
        return self.closed.log_prob_between(self._for_each(low), self._for_each(high)), no_gradient

    def distribution(self, params: tuple[np.ndarray, ...]) -> Distribution:
        return self.closed

    def estimate(self, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray | None, ...]:
        return ()

    def _for_each(self, y: Array) -> np.ndarray:
        """Return y repeated over the batch, whose last axis may be that of components: not a forgotten index."""
        y, batch, event = np.asarray(y), self.closed.batch_shape, self.closed.event_shape
        try:
            return np.broadcast_to(y, np.broadcast_shapes(y.shape, batch + event))
        except ValueError:
            return y  # of which the distribution says what is wrong


def no_gradient(d: Array) -> NoReturn:
    """Refuse a gradient in parameters that are closed."""
    raise AssertionError("A distribution has no open parameters.")
