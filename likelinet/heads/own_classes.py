"""Several outputs that are classes, of which each has a number of classes of its own."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from likelinet.core.arrays import Array, namespace
from likelinet.core.domains import Domain, extended_real, increasing, real
from likelinet.core.links import Link, least_gap
from likelinet.heads.slot import Slot

FAR = 800.0  # from cutpoint to cutpoint: exp(-FAR) is 0 in double precision


@dataclass(frozen=True)
class Present(Link):
    """What another link makes, of which each output has the first few only.

    Parameters
    ----------
    base : Link
        Of all, whether an output has them or not.
    present : ndarray of bool, shape (d, K)
        Which each output has.
    """

    base: Link
    present: np.ndarray

    def inverse(self, parameter: np.ndarray) -> np.ndarray:
        return self.base.inverse(parameter)


@dataclass(frozen=True)
class OwnLogits(Present):
    """Logits, and -inf, probability 0, for the classes that an output lacks."""

    domain: Domain = extended_real

    def forward(self, raw: Array) -> tuple[Array, Callable[[Array], Array]]:
        value, backward = self.base.forward(raw)
        xp = namespace(raw)
        return xp.where(self.present, value, -xp.inf), lambda d: backward(xp.where(self.present, d, 0.0))


@dataclass(frozen=True)
class OwnCutpoints(Present):
    """Increasing cutpoints, K - 1 of them; those above the last class of an output lie where nothing comes."""

    domain: Domain = real

    def forward(self, raw: Array) -> tuple[Array, Callable[[Array], Array]]:
        value, backward = self.base.forward(raw)
        xp = namespace(raw)
        beyond = xp.asarray(np.cumsum(~self.present, axis=-1), dtype=raw.dtype)  # 0 where there is a cutpoint
        last = self.present & (np.cumsum(self.present, axis=-1) == self.present.sum(-1, keepdims=True))
        highest = xp.sum(xp.where(last, value, 0.0), axis=-1, keepdims=True)

        def back(d: Array) -> Array:
            of_others = xp.sum(xp.where(self.present, 0.0, d), axis=-1, keepdims=True)
            return backward(xp.where(self.present, d, 0.0) + xp.where(last, of_others, 0.0))

        step = xp.maximum(FAR, least_gap(xp.abs(highest), self.present.shape[-1]))
        return xp.where(self.present, value, highest + step * beyond), back


def with_own_classes(slot: Slot, counts: tuple[int, ...]) -> Slot:
    """Return the slot of a parameter of all outputs as it is where output j has `counts[j]` classes."""
    if slot.parameter.event_ndim != 1:
        return slot
    ordered = slot.parameter.domain == increasing  # between K classes lie K - 1 cutpoints
    present = np.arange(slot.shape[-1]) < np.array(counts)[:, None] - ordered
    return replace(slot, link=(OwnCutpoints if ordered else OwnLogits)(slot.link, present))
