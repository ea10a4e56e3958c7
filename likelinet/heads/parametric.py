"""One distribution class as a family."""

from dataclasses import dataclass, replace

import numpy as np

from likelinet.core.arrays import Array
from likelinet.core.domains import Domain
from likelinet.distributions import (
    Bernoulli,
    Categorical,
    Distribution,
    MultivariateGaussian,
    OrderedLogistic,
)
from likelinet.distributions.base.distribution import Backward
from likelinet.distributions.over.affine import closed_under_affine
from likelinet.heads.family import Family, Slot, Standardisation


@dataclass(frozen=True)
class Parametric(Family):
    """A distribution class with a slot for each of its parameters.

    Parameters
    ----------
    distribution_class : type
        One of likelinet's own, or a user's subclass of Distribution.
    own : tuple of Slot
        In the order of the parameters of the class.
    """

    distribution_class: type[Distribution]
    own: tuple[Slot, ...]

    @property
    def name(self) -> str:
        return self.distribution_class.__name__

    @property
    def slots(self) -> tuple[Slot, ...]:
        return self.own

    @property
    def event_ndim(self) -> int:
        return int(self.distribution_class.y == "vector")

    @property
    def support(self) -> Domain:
        return self.distribution_class.support

    @property
    def standardisation(self) -> Standardisation:
        cls, support = self.distribution_class, self.distribution_class.support
        if cls is MultivariateGaussian:
            # A fixed factor is in the user's units, which differ from output to output.
            return "location-scale" if all(isinstance(s.source, str) for s in self.slots) else "none"
        if support.integer or cls.y != "number":
            return "none"
        if not closed_under_affine(cls, shifted=bool(np.isinf(support.low))):
            return "none"  # the family of the scaled y would be another one
        if np.isinf(support.low) and np.isinf(support.high):
            return "location-scale"
        return "scale" if support.low == 0.0 and np.isinf(support.high) else "none"

    @property
    def stable_in_float32(self) -> bool:
        return self.distribution_class in (Bernoulli, Categorical)

    def loss(self, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        return self.distribution_class.loss(params, y)

    def log_interval(self, params: tuple[Array, ...], low: Array, high: Array) -> tuple[Array, Backward]:
        return self.distribution_class.log_interval(params, low, high)

    def distribution(self, params: tuple[np.ndarray, ...]) -> Distribution:
        return self.distribution_class(**{s.parameter.name: p for s, p in zip(self.slots, params, strict=True)})

    def start(self, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray | None, ...]:
        cls = self.distribution_class
        if issubclass(cls, Categorical):
            return (cls.frequencies(y, weight, self.slots[0].shape[-1]),)
        if issubclass(cls, OrderedLogistic):
            return cls.frequencies(y, weight, self.slots[1].shape[-1] + 1)
        return cls.estimate(y, weight)

    def standardised(self, loc: np.ndarray, scale: np.ndarray, spread: np.ndarray) -> Family:
        return replace(self, own=tuple(s.standardised(loc, scale, spread) for s in self.slots))
