"""A family given that y lies between two bounds."""

from dataclasses import dataclass, replace

import numpy as np

from likelinet.core.arrays import Array, namespace
from likelinet.core.domains import Domain
from likelinet.distributions import Distribution, Truncated
from likelinet.distributions.base.distribution import Backward
from likelinet.heads.family import Family, WrapperFamily, before


@dataclass(frozen=True)
class TruncatedFamily(WrapperFamily):
    """`base` given low ≤ y ≤ high.

    Parameters
    ----------
    base : Family
        The family without bounds.
    low, high : array
        The bounds; their shapes broadcast with those of the parameters.
    """

    low: np.ndarray | np.float64
    high: np.ndarray | np.float64

    @property
    def support(self) -> Domain:
        base, low, high = self.base.support, float(np.min(self.low)), float(np.max(self.high))
        ends = [f"{word} {end:g}" for word, end in (("from", low), ("up to", high)) if np.isfinite(end)]
        return Domain(
            f"{base.description}, {' '.join(ends)} as truncated",
            max(base.low, low),
            min(base.high, high),
            (base.closed[0] or low > base.low, base.closed[1] or high < base.high),
            base.integer,
        )

    @property
    def _open_low(self) -> np.ndarray:
        """What y is greater than."""
        return np.ceil(self.low) - 1.0 if self.base.support.integer else before(self.low)

    def loss(self, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        values, backward = self.base.loss(params, y)
        mass, mass_backward = self.base.log_interval(params, self._open_low, self.high)
        outside = (y < self.low) | (y > self.high)
        values = namespace(y).where(outside, np.inf, values + mass)
        return values, lambda d: tuple(a + b for a, b in zip(backward(d), mass_backward(d), strict=True))

    def log_interval(self, params: tuple[Array, ...], low: Array, high: Array) -> tuple[Array, Backward]:
        xp = namespace(params[0])
        values, backward = self.base.log_interval(
            params, xp.maximum(low, xp.asarray(self._open_low)), xp.minimum(high, xp.asarray(self.high))
        )
        mass, mass_backward = self.base.log_interval(params, self._open_low, self.high)
        return values - mass, lambda d: tuple(a - b for a, b in zip(backward(d), mass_backward(d), strict=True))

    def distribution(self, params: tuple[np.ndarray, ...]) -> Distribution:
        return Truncated(self.base.distribution(params), self.low, self.high)

    def standardised(self, loc: np.ndarray, scale: np.ndarray, spread: np.ndarray) -> Family:
        low, high = (self.low - loc) / scale, (self.high - loc) / scale
        return replace(self, base=self.base.standardised(loc, scale, spread), low=low, high=high)
