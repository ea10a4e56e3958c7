"""The Poisson distribution."""

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.arrays import HALF_LOG_2PI, Array, namespace, special, stirling_error
from likelinet.core.domains import nonnegative_integer, positive
from likelinet.core.lazy import scipy
from likelinet.core.wording import called
from likelinet.distributions.base.distribution import Distribution
from likelinet.distributions.base.other_objectives import symmetric
from likelinet.distributions.base.parameter import Backward, Parameter
from likelinet.distributions.base.protocol import LogDensity
from likelinet.distributions.base.univariate import Univariate
from likelinet.distributions.numerics import large_counts
from likelinet.distributions.numerics.estimates import LEAST
from likelinet.distributions.numerics.incomplete_gamma import gammainc, gammaincc
from likelinet.distributions.numerics.mass_tables import Cells, Masses, by_ratios
from likelinet.distributions.numerics.smooth_sums import FAR_OUT, SIGMAS
from likelinet.distributions.numerics.special import log1pmx_of_ratio
from likelinet.distributions.numerics.tails import log_incomplete_gamma

_HUGE = 1e15  # rates whose counts are about as far apart as floats are
_LARGE = 16.0  # counts above which Stirling's formula is exact to double precision


class Poisson(Univariate):
    r"""The Poisson distribution of counts.

    .. math:: P(y) = \frac{\lambda^y e^{-\lambda}}{y!}, \qquad y = 0, 1, 2, \dots

    Parameters
    ----------
    rate : array_like
        Mean λ > 0.

    Raises
    ------
    ParameterError
        If `rate` is not a positive finite number.

    References
    ----------
    Johnson, Kemp & Kotz, *Univariate Discrete Distributions* (2005), chapter 4; the CRPS is from Wei & Held,
    *Test* 23, 2014.

    Examples
    --------
    >>> import likelinet as ll
    >>> float(ll.Poisson(rate=2.0).cdf(1).round(4))
    0.406
    """

    parameters = (Parameter("rate", positive, symbol="λ", link="exp"),)
    support = nonnegative_integer
    exposure = "rate"
    other_names = called("count counts pois")
    purpose = "variance equal to the mean"
    rate: np.ndarray

    def __init__(self, rate: ArrayLike) -> None:
        self._set({"rate": rate})

    @classmethod
    def loss(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        (rate,) = params
        xp = namespace(rate)
        # For large y by Stirling's formula: y (r - 1 - log r) + ½ log(2πy) + … with r = λ/y; no large terms cancel.
        large = y > _LARGE
        t, few = xp.where(large, y, 2.0 * _LARGE), xp.where(large, 0.0, y)
        many = -t * log1pmx_of_ratio((rate - t) / t, rate, xp.ones_like(t), t)
        many = many + HALF_LOG_2PI + 0.5 * xp.log(t) + stirling_error(t)
        values = xp.where(large, many, rate - few * xp.log(rate) + special(rate).gammaln(few + 1.0))
        return values, lambda d: (d * (1.0 - y / rate),)

    @classmethod
    def fisher_information(cls, params: tuple[Array, ...]) -> Array:
        (rate,) = params
        return symmetric(1.0 / rate)

    def _cdf(self, y: np.ndarray) -> np.ndarray:
        return gammaincc(y + 1.0, self.rate)

    def _sf(self, y: np.ndarray) -> np.ndarray:
        return gammainc(y + 1.0, self.rate)

    def _log_cdf(self, y: np.ndarray) -> np.ndarray:
        return log_incomplete_gamma(self._cdf(y), self._sf(y), y + 1.0, self.rate)

    def _log_sf(self, y: np.ndarray) -> np.ndarray:
        return log_incomplete_gamma(self._sf(y), self._cdf(y), y + 1.0, self.rate)

    def _ppf(self, q: np.ndarray) -> np.ndarray:
        huge = self.rate > _HUGE
        return np.where(huge, self._of_huge(q, -1.0), super()._ppf(q)) if huge.any() else super()._ppf(q)

    def _isf(self, q: np.ndarray) -> np.ndarray:
        huge = self.rate > _HUGE
        return np.where(huge, self._of_huge(q, 1.0), super()._isf(q)) if huge.any() else super()._isf(q)

    def _of_huge(self, q: np.ndarray, sign: float) -> np.ndarray:
        """Return the quantile by the expansion of Cornish & Fisher, the next term of which is far below one count."""
        z = -sign * scipy.special.ndtri(q)
        return np.ceil(self.rate + (np.sqrt(self.rate) * z + ((z * z - 1.0) / 6.0 - 0.5)))

    def _cdf_slopes(self, y: np.ndarray) -> dict[str, np.ndarray]:
        return {"rate": -np.ones_like(y)}

    def _mean(self) -> np.ndarray:
        return self.rate

    def _var(self) -> np.ndarray:
        return self.rate

    def mass_table(self, cells: Cells) -> Masses:
        return by_ratios(self, cells, lambda k, out, rate: np.divide(rate, k, out=out))

    def log_density(self) -> LogDensity:
        def of_large(y: np.ndarray) -> np.ndarray:
            return -large_counts.divergence(y, self.rate, self.rate - y) - large_counts.half_log(y)

        return large_counts.log_density(self, of_large)

    def reach(self) -> tuple[np.ndarray, np.ndarray]:
        spread = SIGMAS * np.sqrt(self.rate)
        return np.maximum(self.rate - spread, 0.0), self.rate + spread + FAR_OUT

    def _mode(self) -> np.ndarray:
        return np.floor(self.rate)

    def _kl_divergence(self, other: Distribution) -> np.ndarray:
        if not isinstance(other, Poisson):
            return super()._kl_divergence(other)
        excess = (other.rate - self.rate) / self.rate
        return -self.rate * log1pmx_of_ratio(excess, other.rate, np.ones_like(excess), self.rate)

    def _crps(self, y: np.ndarray) -> np.ndarray:
        k = np.floor(y)
        signed = (y - self.rate) * (2.0 * self.cdf(k) - 1.0) + 2.0 * self.rate * np.exp(self.log_prob(k))
        return signed - self.rate * (scipy.special.i0e(2.0 * self.rate) + scipy.special.i1e(2.0 * self.rate))

    def _gini_mean_difference(self) -> np.ndarray:
        return 2.0 * self.rate * (scipy.special.i0e(2.0 * self.rate) + scipy.special.i1e(2.0 * self.rate))

    def _sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
        return poisson(rng, np.broadcast_to(self.rate, shape))

    @classmethod
    def estimate(cls, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return the weighted maximum-likelihood (rate,) over the first axis of y."""
        mean = np.average(y, axis=0, weights=weight)
        return (np.maximum(mean, LEAST),)


def poisson(rng: np.random.Generator, rate: np.ndarray | float) -> np.ndarray:
    """Return Poisson draws; rounded Gaussian ones of a huge rate, where NumPy's integers end soon."""
    huge = rate > _HUGE
    drawn = np.asarray(rng.poisson(np.where(huge, 1.0, rate)), dtype=np.float64)
    if not np.any(huge):
        return drawn
    return np.where(huge, np.floor(rate + np.sqrt(rate) * rng.standard_normal(np.shape(rate))), drawn)
