"""A continuous family seen as whole numbers."""

from dataclasses import dataclass

import numpy as np

from likelinet.core.arrays import Array, namespace
from likelinet.core.domains import Domain
from likelinet.distributions import Discretised, Distribution
from likelinet.distributions.base.distribution import Backward
from likelinet.distributions.numerics.interval_probability import anchor
from likelinet.heads.family import Standardisation, WrapperFamily


@dataclass(frozen=True)
class DiscretisedFamily(WrapperFamily):
    """The whole number nearest to a value of `base`.

    Parameters
    ----------
    base : Family
        A continuous family.
    """

    @property
    def support(self) -> Domain:
        base = self.base.support
        low, high = np.ceil(base.low - 0.5) + 0.0, np.floor(base.high + 0.5)
        return Domain("a whole number" + (f" from {low:g}" if np.isfinite(low) else ""), low, high, (True, True), True)

    @property
    def standardisation(self) -> Standardisation:
        return "none"

    def loss(self, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        values, backward = self.base.log_interval(params, y - 0.5, y + 0.5)
        return -values, lambda d: backward(-d)

    def log_interval(self, params: tuple[Array, ...], low: Array, high: Array) -> tuple[Array, Backward]:
        xp = namespace(params[0])
        return self.base.log_interval(params, xp.floor(low) + 0.5, xp.floor(high) + 0.5)

    def distribution(self, params: tuple[np.ndarray, ...]) -> Distribution:
        return Discretised(self.base.distribution(params))

    def start(self, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray | None, ...]:
        base = self.base.support
        # Zero is where positive values below one half go.
        inside = np.where(base.contains(y), y, np.clip(y, base.low + 0.25, base.high - 0.25))
        return self.base.start(np.where(base.contains(inside), inside, anchor(base)), weight)
