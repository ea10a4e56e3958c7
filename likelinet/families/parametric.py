"""One distribution class as a family."""

from dataclasses import dataclass, replace

import numpy as np

from likelinet.arrays import Array
from likelinet.distributions import Bernoulli, Categorical, Distribution, Univariate
from likelinet.distributions.base import Backward
from likelinet.domains import Domain
from likelinet.families.differences import loss_by_differences
from likelinet.families.family import Family, Slot, Standardisation


@dataclass(frozen=True)
class Parametric(Family):
    """A distribution class with a slot for each of its parameters.

    Parameters
    ----------
    distribution_class : type
        One of likelinet's own, or a user's subclass of Distribution.
    slots : tuple of Slot
        In the order of the parameters of the class.
    """

    distribution_class: type[Distribution]
    slots: tuple[Slot, ...]

    @property
    def event_ndim(self) -> int:
        return 0

    @property
    def support(self) -> Domain:
        return self.distribution_class.support

    @property
    def standardisation(self) -> Standardisation:
        support = self.distribution_class.support
        if support.integer or self.distribution_class is Categorical:
            return "none"
        if np.isinf(support.low) and np.isinf(support.high):
            return "location-scale"
        return "scale" if support.low == 0.0 and np.isinf(support.high) else "none"

    @property
    def stable_in_float32(self) -> bool:
        return self.distribution_class is Bernoulli

    def loss(self, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        cls = self.distribution_class
        if issubclass(cls, Univariate | Categorical):
            return cls.loss(params, y)
        return loss_by_differences(cls, params, y)

    def distribution(self, params: tuple[np.ndarray, ...]) -> Distribution:
        return self.distribution_class(**{s.parameter.name: p for s, p in zip(self.slots, params, strict=True)})

    def start(self, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray | None, ...]:
        cls = self.distribution_class
        if issubclass(cls, Categorical):
            return cls.marginal(y, weight, self.slots[0].shape[-1])
        if issubclass(cls, Univariate):
            return cls.marginal(y, weight)
        return (None,) * len(self.slots)

    def with_slots(self, slots: tuple[Slot, ...]) -> Family:
        return replace(self, slots=slots)
