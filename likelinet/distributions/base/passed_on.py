"""Methods of which the answer is that of another distribution."""

from abc import abstractmethod

import numpy as np
from numpy.typing import ArrayLike

from likelinet.distributions.base.distribution import Distribution


class TailsPassedOn(Distribution):
    """A distribution whose tails are those of another one, at a y as that one sees it."""

    _sees_to_support = True

    @abstractmethod
    def _answering(self) -> Distribution:
        """Return the distribution that answers."""

    @abstractmethod
    def _seen(self, y: ArrayLike) -> ArrayLike:
        """Return y, checked, as the one that answers takes it."""

    def cdf(self, y: ArrayLike) -> np.ndarray:
        return self._answering().cdf(self._seen(y))

    def sf(self, y: ArrayLike) -> np.ndarray:
        return self._answering().sf(self._seen(y))

    def log_cdf(self, y: ArrayLike) -> np.ndarray:
        return self._answering().log_cdf(self._seen(y))

    def log_sf(self, y: ArrayLike) -> np.ndarray:
        return self._answering().log_sf(self._seen(y))


class PassedOn(TailsPassedOn):
    """A distribution of which each number by itself is distributed as the one that answers."""

    def crps(self, y: ArrayLike) -> np.ndarray:
        return self._answering().crps(self._seen(y))

    def gini_mean_difference(self) -> np.ndarray:
        return self._answering().gini_mean_difference()

    def ppf(self, q: ArrayLike) -> np.ndarray:
        return self._answering().ppf(q)

    def isf(self, q: ArrayLike) -> np.ndarray:
        return self._answering().isf(q)

    def mean(self) -> np.ndarray:
        return self._answering().mean()

    def var(self) -> np.ndarray:
        return self._answering().var()
