"""d outputs, independent given x."""

from dataclasses import dataclass, replace

import numpy as np

from likelinet.arrays import Array, namespace
from likelinet.distributions import Distribution, Independent
from likelinet.distributions.base import Backward
from likelinet.domains import Domain
from likelinet.families.family import Family, Slot, Standardisation


@dataclass(frozen=True)
class IndependentFamily(Family):
    """d copies of `base`, each with parameters of its own; y has shape (n, d).

    Parameters
    ----------
    base : Family
        The family of each output.
    slots : tuple of Slot
        The slots of `base` with a leading output axis.
    """

    base: Family
    slots: tuple[Slot, ...]

    @staticmethod
    def of(base: Family, outputs: int) -> "IndependentFamily":
        """Return `outputs` independent copies of `base`."""
        return IndependentFamily(base, tuple(replace(s, shape=(outputs, *s.shape)) for s in base.slots))

    @property
    def event_ndim(self) -> int:
        return 1

    @property
    def support(self) -> Domain:
        return self.base.support

    @property
    def standardisation(self) -> Standardisation:
        return self.base.standardisation

    @property
    def stable_in_float32(self) -> bool:
        return self.base.stable_in_float32

    def loss(self, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        values, backward = self.base.loss(params, y)
        return namespace(values).sum(values, axis=-1), lambda d: backward(d[..., None])

    def distribution(self, params: tuple[np.ndarray, ...]) -> Distribution:
        return Independent(self.base.distribution(params))

    def start(self, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray | None, ...]:
        return self.base.start(y, weight)

    def with_slots(self, slots: tuple[Slot, ...]) -> Family:
        return replace(self, slots=slots)
