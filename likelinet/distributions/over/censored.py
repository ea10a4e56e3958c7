"""The likelihood of values of which only an interval is known."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from likelinet.distributions.base.distribution import CUTS, Distribution, Rng
from likelinet.distributions.base.interval import Interval
from likelinet.distributions.over.mixture import Mixture
from likelinet.distributions.over.wrapper import Wrapper, open_end


class Censored(Wrapper):
    r"""A distribution whose values may be seen as intervals: its likelihood is then their probability.

    .. math:: \log L = \begin{cases} \log p_0(y) & \text{where } y = l = u \\
        \log P_0(l \le Y \le u) & \text{where } l < u \end{cases}

    The censoring itself is no part of it: every other method is that of the uncensored y, the base's.

    Parameters
    ----------
    base : Distribution
        A univariate distribution p₀, continuous or of whole numbers.

    Raises
    ------
    ParameterError
        If `base` is not a distribution of one number, or is Censored itself.

    References
    ----------
    Klein & Moeschberger, *Survival Analysis* (2003), section 3.5.

    Examples
    --------
    >>> import likelinet as ll
    >>> d = ll.Censored(ll.Gamma(1.0, rate=0.5))
    >>> y = ll.Interval.right_censored([2.0, 3.0], event=[1, 0])
    >>> d.log_prob(y).round(4).tolist()
    [-1.6931, -1.5]
    """

    purpose = "of some y only an interval is known"
    support_in_words = "that of its `base`; or an interval"

    def __init__(self, base: Distribution) -> None:
        self._wrap(base)
        self.support, self.atoms = base.support, base.atoms

    def log_prob(self, y: ArrayLike | Interval) -> np.ndarray:
        """Return the log density or mass of a number, and the log probability of an interval, both ends included."""
        if not isinstance(y, Interval):
            return self.base.log_prob(self._values(y))
        lower, upper = self._values(y.lower), self._values(y.upper)
        exact = self.base.log_prob(np.where(y.exact, lower, np.nan))
        between = self.base.log_prob_between(open_end(self.base, lower), upper)
        return np.where(y.exact, exact, between)[()]

    def nll(self, y: ArrayLike | Interval) -> np.ndarray:
        """Return -log p(y), the loss that training minimises."""
        return -self.log_prob(y)

    def endpoints(self) -> tuple[np.ndarray, np.ndarray]:
        return self.base.endpoints()

    def log_prob_between(self, low: ArrayLike, high: ArrayLike) -> np.ndarray:
        return self.base.log_prob_between(low, high)

    def cdf(self, y: ArrayLike) -> np.ndarray:
        return self.base.cdf(y)

    def sf(self, y: ArrayLike) -> np.ndarray:
        return self.base.sf(y)

    def log_cdf(self, y: ArrayLike) -> np.ndarray:
        return self.base.log_cdf(y)

    def log_sf(self, y: ArrayLike) -> np.ndarray:
        return self.base.log_sf(y)

    def ppf(self, q: ArrayLike) -> np.ndarray:
        return self.base.ppf(q)

    def isf(self, q: ArrayLike) -> np.ndarray:
        return self.base.isf(q)

    def mean(self) -> np.ndarray:
        return self.base.mean()

    def var(self) -> np.ndarray:
        return self.base.var()

    def mode(self) -> np.ndarray:
        return self.base.mode()

    def entropy(self) -> np.ndarray:
        return self.base.entropy()

    def kl_divergence(self, other: Distribution) -> np.ndarray:
        return self.base.kl_divergence(other.base if isinstance(other, Censored) else other)

    def crps(self, y: ArrayLike) -> np.ndarray:
        return self.base.crps(y)

    def sample(self, sample_shape: int | tuple[int, ...] = (), rng: Rng = None) -> np.ndarray:
        return self.base.sample(sample_shape, rng)

    def map_arrays(self, f: Callable[[np.ndarray, int], np.ndarray]) -> Distribution:
        return Censored(self.base.map_arrays(f))

    def quantile_grid(self, below: np.ndarray = CUTS) -> np.ndarray:
        return self.base.quantile_grid(below)

    def __repr__(self) -> str:
        return f"Censored({self.base!r})"


def as_censored(d: Distribution) -> Distribution:
    """Return a mixture of censored distributions of one number as the censored mixture that it is."""
    if isinstance(d, Mixture) and isinstance(d.components, Censored):
        return Censored(Mixture(d.components.base, d.logits))
    return d
