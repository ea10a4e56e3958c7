"""A family of which some y are known only to lie in an interval."""

from dataclasses import dataclass

import numpy as np

from likelinet.core.arrays import Array, namespace, never
from likelinet.core.domains import Domain
from likelinet.distributions import Censored, Distribution
from likelinet.distributions.base.distribution import Backward
from likelinet.distributions.numerics.interval_probability import anchor
from likelinet.heads.family import WrapperFamily, before


@dataclass(frozen=True)
class CensoredFamily(WrapperFamily):
    """`base` with y of shape (..., 2): the ends of an interval, equal where y is known exactly.

    Parameters
    ----------
    base : Family
        The family of y itself.
    """

    @property
    def event_ndim(self) -> int:
        return 1

    def loss(self, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        xp = namespace(params[0])
        lower, upper = y[..., 0], y[..., 1]
        exact = lower == upper
        parts = []
        if not never(exact):
            values, backward = self.base.loss(params, xp.where(exact, lower, anchor(self.support)))
            parts.append((exact, values, backward))
        if not never(~exact):
            # The lower end belongs to the interval: it is what the number before it is not.
            open_lower = xp.where(exact, -xp.inf, before(lower))
            log_p, backward = self.base.log_interval(params, open_lower, xp.where(exact, xp.inf, upper))
            parts.append((~exact, -log_p, lambda d, back=backward: back(-d)))

        def total(d: Array) -> tuple[Array, ...]:
            grads = [back(xp.where(rows, d, 0.0)) for rows, _, back in parts]
            return tuple(sum(g[1:], start=g[0]) for g in zip(*grads, strict=True))

        return sum(xp.where(rows, values, 0.0) for rows, values, _ in parts), total

    def log_interval(self, params: tuple[Array, ...], low: Array, high: Array) -> tuple[Array, Backward]:
        return self.base.log_interval(params, low, high)

    def has_density(self, y: np.ndarray) -> np.ndarray:
        return (y[..., 0] == y[..., 1]) & self.base.has_density(y[..., 0])

    def distribution(self, params: tuple[np.ndarray, ...]) -> Distribution:
        return Censored(self.base.distribution(params))

    def start(self, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray | None, ...]:
        """As if every y were the middle of its interval, or its only finite end."""
        middle = middle_of(y[:, 0], y[:, 1], self.support)
        known = np.isfinite(middle)
        middle = middle[known]
        return self.base.start(np.round(middle) if self.support.integer else middle, weight[known])


def middle_of(lower: np.ndarray, upper: np.ndarray, support: Domain) -> np.ndarray:
    """Return the middle of each interval within a support, or its only finite end; nan where it tells nothing."""
    nothing = (lower <= support.low) & (upper >= support.high) & (lower < upper)
    lower, upper = np.where(nothing, np.nan, np.maximum(lower, support.low)), np.minimum(upper, support.high)
    lower, upper = np.where(np.isinf(lower), upper, lower), np.where(np.isinf(upper), lower, upper)
    return 0.5 * lower + 0.5 * upper
