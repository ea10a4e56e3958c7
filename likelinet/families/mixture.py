"""A mixture of K components of one family, with weights that are a parameter like any other."""

from dataclasses import dataclass, replace

import numpy as np

from likelinet.arrays import Array
from likelinet.distributions import Distribution, Mixture, Parameter
from likelinet.distributions.base import Backward
from likelinet.domains import Domain
from likelinet.families.family import Family, Slot, Standardisation


@dataclass(frozen=True)
class MixtureFamily(Family):
    """K components of `base`, weighted by the softmax of the first slot.

    Parameters
    ----------
    base : Family
        The family of each component.
    slots : tuple of Slot
        The logits of the weights, then the slots of `base` with a leading component axis.
    """

    base: Family
    slots: tuple[Slot, ...]

    @staticmethod
    def of(base: Family, logits: Slot) -> "MixtureFamily":
        """Return the mixture of len(logits) components of `base`."""
        inner = tuple(replace(s, shape=logits.shape + s.shape) for s in base.slots)
        return MixtureFamily(base, (logits, *inner))

    @property
    def event_ndim(self) -> int:
        return self.base.event_ndim

    @property
    def support(self) -> Domain:
        return self.base.support

    @property
    def standardisation(self) -> Standardisation:
        return self.base.standardisation

    @property
    def stable_in_float32(self) -> bool:
        return False

    def loss(self, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        return Mixture.loss_of(self.base.loss, self.event_ndim)(params, y)

    def distribution(self, params: tuple[np.ndarray, ...]) -> Distribution:
        logits, *inner = params
        return Mixture(self.base.distribution(tuple(inner)), logits)

    def start(self, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray | None, ...]:
        """Components start at the estimates from K slices of the sorted y, so that no two are the same."""
        k = self.slots[0].shape[0]
        order = np.argsort(y, axis=0, kind="stable")
        inner = []
        for part in np.array_split(np.arange(len(y)), k):
            part = part if len(part) else np.arange(len(y))
            rows = order[part]
            inner.append(self.base.start(np.take_along_axis(y, rows, axis=0), np.ones(len(part))))
        whole = self.base.start(y, weight)
        stacked: list[np.ndarray | None] = []
        for slot, all_rows, *parts in zip(self.base.slots, whole, *inner, strict=True):
            if all_rows is None:
                stacked.append(None)
                continue
            values = np.stack([np.asarray(p) for p in parts], axis=-1 - len(slot.shape))
            if slot.parameter.role == "scale":
                values = np.maximum(values, 0.2 * np.expand_dims(all_rows, -1 - len(slot.shape)))
            stacked.append(values)
        return (np.zeros((*y.shape[1:], k)), *stacked)

    def with_slots(self, slots: tuple[Slot, ...]) -> Family:
        return replace(self, slots=slots)


WEIGHT_LOGITS = Parameter("logits", event_ndim=1, symbol="z")
