"""A mixture of K components of one family, with weights that are a parameter like any other."""

from dataclasses import dataclass, replace

import numpy as np

from likelinet.core.arrays import Array
from likelinet.distributions import Distribution, Mixture, Parameter
from likelinet.distributions.base.distribution import Backward
from likelinet.heads.family import Family, Slot, WrapperFamily

WEIGHT_LOGITS = Parameter("logits", event_ndim=1, symbol="z")


@dataclass(frozen=True)
class MixtureFamily(WrapperFamily):
    """K components of `base`, weighted by the softmax of the first slot.

    Parameters
    ----------
    base : Family
        The family of each component.
    logits : Slot
        Those of the weights.
    """

    logits: Slot

    @property
    def slots(self) -> tuple[Slot, ...]:
        return (self.logits, *(s.within(self.components) for s in self.base.slots))

    @property
    def components(self) -> int:
        """K."""
        return self.logits.shape[-1]

    def loss(self, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        return Mixture.loss_of(self.base.loss, self.event_ndim)(params, y)

    def log_interval(self, params: tuple[Array, ...], low: Array, high: Array) -> tuple[Array, Backward]:
        return Mixture.log_interval_of(self.base.log_interval, self.event_ndim)(params, low, high)

    def distribution(self, params: tuple[np.ndarray, ...]) -> Distribution:
        logits, *inner = params
        return Mixture(self.base.distribution(tuple(inner)), logits)

    def start(self, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray | None, ...]:
        """Components start at the estimates from K slices of the sorted y, of equal weight: no two are the same."""
        order = np.argsort(y if y.ndim == 1 else y[:, 0], kind="stable")
        before = np.cumsum(weight[order]) - 0.5 * weight[order]
        slices = np.floor(self.components * before / weight.sum())
        parts = [order[slices == k] if (slices == k).any() else order for k in range(self.components)]
        inner = [self.base.start(y[part], weight[part]) for part in parts]
        stacked: list[np.ndarray | None] = []
        for slot, whole, *each in zip(self.base.slots, self.base.start(y, weight), *inner, strict=True):
            if whole is None:
                stacked.append(None)
                continue
            values = np.stack([np.broadcast_to(p, slot.shape) for p in each])
            stacked.append(np.maximum(values, 0.2 * np.asarray(whole)) if slot.parameter.role == "scale" else values)
        return (np.zeros(self.components), *stacked)

    def standardised(self, loc: np.ndarray, scale: np.ndarray, spread: np.ndarray) -> Family:
        # One for each output, and the same for all components.
        moved = (v[..., None] if np.ndim(v) and not self.event_ndim else v for v in (loc, scale, spread))
        return replace(self, base=self.base.standardised(*moved))
