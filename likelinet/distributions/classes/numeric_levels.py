"""Ordered classes that are numbers, as a distribution over these numbers."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.domains import Domain
from likelinet.distributions.base.distribution import Distribution

ROUNDING = 1e-12  # of sums of probabilities, relative, which must not decide about a level that is reached exactly


class Levels(Distribution):
    """A distribution over increasing numbers, as grades from 1 to 5.

    Parameters
    ----------
    values : array_like, shape (K,)
        The numbers, increasing.
    probs : array_like, shape (..., K)
        The probability of each, which sum to 1.

    Examples
    --------
    >>> d = Levels([1, 2, 5], [0.2, 0.3, 0.5])
    >>> float(d.mean()), float(d.ppf(0.4)), float(d.cdf(3.5))
    (3.3, 2.0, 0.5)
    """

    _sees_to_support = True

    def __init__(self, values: ArrayLike, probs: ArrayLike) -> None:
        self.values, self.probs = np.asarray(values, dtype=np.float64), np.asarray(probs, dtype=np.float64)
        low, high = float(self.values[0]), float(self.values[-1])
        whole = bool(np.all(self.values == np.floor(self.values)))
        self.support = Domain("one of its levels", low=low, high=high, closed=(True, True), integer=whole)
        self.batch_shape = self.probs.shape[:-1]

    def log_prob(self, y: ArrayLike) -> np.ndarray:
        with np.errstate(divide="ignore"):
            return np.log(self._sum(np.equal, y))

    def cdf(self, y: ArrayLike) -> np.ndarray:
        return self._sum(np.less_equal, y)

    def sf(self, y: ArrayLike) -> np.ndarray:
        return self._sum(np.greater, y)

    def log_prob_between(self, low: ArrayLike, high: ArrayLike) -> np.ndarray:
        low, high = self._numbers(low), self._numbers(high)
        within = (self.values > low[..., None]) & (self.values <= high[..., None])
        with np.errstate(divide="ignore"):
            found = np.log(np.minimum(np.sum(self.probs * within, axis=-1), 1.0))
        return np.where(np.isnan(low) | np.isnan(high), np.nan, found)[()]

    def ppf(self, q: ArrayLike) -> np.ndarray:
        return self._first(np.cumsum(self.probs, axis=-1), np.greater_equal, self._floats(q, "q"), 1.0 - ROUNDING)

    def isf(self, q: ArrayLike) -> np.ndarray:
        beyond = np.cumsum(self.probs[..., :0:-1], axis=-1)[..., ::-1]
        beyond = np.concatenate([beyond, np.zeros_like(self.probs[..., :1])], axis=-1)
        return self._first(beyond, np.less_equal, self._floats(q, "q"), 1.0 + ROUNDING)

    def mean(self) -> np.ndarray:
        return np.sum(self.probs * self.values, axis=-1)

    def var(self) -> np.ndarray:
        return np.sum(self.probs * (self.values - self.mean()[..., None]) ** 2, axis=-1)

    def mode(self) -> np.ndarray:
        return self.values[self.probs.argmax(-1)]

    def map_arrays(self, f: Callable[[np.ndarray, int], np.ndarray]) -> Distribution:
        return Levels(self.values, f(self.probs, 1))

    def _sum(self, holds: np.ufunc, y: ArrayLike) -> np.ndarray:
        """Return the probability of the levels of which holds(level, y)."""
        y = self._numbers(y)
        found = np.sum(self.probs * holds(self.values, y[..., None]), axis=-1)
        return np.where(np.isnan(y), np.nan, np.minimum(found, 1.0))[()]

    def _first(self, sums: np.ndarray, holds: np.ufunc, q: np.ndarray, room: float) -> np.ndarray:
        """Return the least level of which holds(sum, q), the largest one where none is left by rounding."""
        found = holds(sums, room * q[..., None])
        at = np.where(found.any(-1), found.argmax(-1), len(self.values) - 1)
        outside = ~((q >= 0.0) & (q <= 1.0))  # so is nan
        return np.where(outside, np.nan, self.values[at])[()]
