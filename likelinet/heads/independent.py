"""d outputs, independent given x."""

from dataclasses import dataclass

import numpy as np

from likelinet.core.arrays import Array, namespace
from likelinet.distributions import Distribution, Independent
from likelinet.distributions.base.distribution import Backward
from likelinet.heads.family import Slot, WrapperFamily


@dataclass(frozen=True)
class IndependentFamily(WrapperFamily):
    """d copies of `base`, each with parameters of its own; y has shape (n, d).

    Parameters
    ----------
    base : Family
        The family of each output.
    outputs : int
        d.
    """

    outputs: int

    @property
    def slots(self) -> tuple[Slot, ...]:
        return tuple(s.within(self.outputs) for s in self.base.slots)

    @property
    def event_ndim(self) -> int:
        return 1 + self.base.event_ndim

    @property
    def stable_in_float32(self) -> bool:
        return self.base.stable_in_float32

    def loss(self, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        values, backward = self.base.loss(params, y)
        return namespace(values).sum(values, axis=-1), lambda d: backward(d[..., None])

    def log_interval(self, params: tuple[Array, ...], low: Array, high: Array) -> tuple[Array, Backward]:
        values, backward = self.base.log_interval(params, low, high)
        return namespace(values).sum(values, axis=-1), lambda d: backward(d[..., None])

    def distribution(self, params: tuple[np.ndarray, ...]) -> Distribution:
        return Independent(self.base.distribution(params))

    def start(self, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray | None, ...]:
        each = [self.base.start(y[:, j], weight) for j in range(self.outputs)]
        return tuple(None if p[0] is None else np.stack(p) for p in zip(*each, strict=True))
