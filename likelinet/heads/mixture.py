"""A mixture of K components of one family, with weights that are a parameter like any other."""

from dataclasses import dataclass, replace

import numpy as np

from likelinet.core.arrays import Array
from likelinet.core.domains import positive
from likelinet.distributions import Distribution, Mixture, Parameter
from likelinet.distributions.base.distribution import Backward
from likelinet.heads.family import Family, Slot, WrapperFamily

LEAST_SCALE, LEAST_COUNT = 0.2, 0.01  # of those of all y, which a slice of y that are all the same would not have
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
        shares = slices(y if y.ndim == 1 else y[:, 0], weight, self.components)
        inner = [self.base.start(y[part > 0.0], (weight * part)[part > 0.0]) for part in shares]
        stacked: list[np.ndarray | None] = []
        for slot, whole, *each in zip(self.base.slots, self.base.start(y, weight), *inner, strict=True):
            if whole is None:
                stacked.append(None)
                continue
            values = np.stack([np.broadcast_to(p, slot.shape) for p in each])
            if slot.parameter.role == "scale":
                values = np.maximum(values, LEAST_SCALE * np.asarray(whole))
            elif self.base.support.integer and slot.parameter.domain == positive:
                values = np.maximum(values, LEAST_COUNT * np.asarray(whole))
            stacked.append(values)
        return (np.zeros(self.components), *stacked)

    def standardised(self, loc: np.ndarray, scale: np.ndarray, spread: np.ndarray) -> Family:
        # One for each output, and the same for all components.
        moved = (v[..., None] if np.ndim(v) and not self.event_ndim else v for v in (loc, scale, spread))
        return replace(self, base=self.base.standardised(*moved))


def slices(y: np.ndarray, weight: np.ndarray, many: int) -> np.ndarray:
    """Return how much of each row falls into each of the slices of the sorted y of equal weight, shape (many, n).

    Rows of the same y are divided alike, so that one of weight 2 counts as two of weight 1.
    """
    _, group = np.unique(y, return_inverse=True)
    mass = np.bincount(group, weights=weight)
    mass /= mass.sum()
    ends = np.cumsum(mass)
    cuts = np.arange(many + 1)[:, None] / many
    inside = np.minimum(ends, cuts[1:]) - np.maximum(ends - mass, cuts[:-1])
    return np.where(inside > 1e-9 * mass, inside / mass, 0.0)[:, group]
