"""The negative binomial distribution."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.arrays import (
    HALF_LOG_2PI,
    Array,
    log1pmx,
    log_minus_digamma,
    namespace,
    softplus_and_sigmoid,
    special,
    stirling_error,
)
from likelinet.core.domains import nonnegative_integer, open_unit_interval, positive, real
from likelinet.core.lazy import scipy
from likelinet.core.wording import called
from likelinet.distributions.base.checks import logits_from
from likelinet.distributions.base.parameter import Backward, Parameter
from likelinet.distributions.base.protocol import LogDensity
from likelinet.distributions.base.univariate import Univariate
from likelinet.distributions.counts.binomial import divergence
from likelinet.distributions.counts.poisson import poisson
from likelinet.distributions.numerics import large_counts, quadrature
from likelinet.distributions.numerics.estimates import LEAST
from likelinet.distributions.numerics.incomplete_gamma import gammainccinv, gammaincinv
from likelinet.distributions.numerics.mass_tables import Cells, Masses, by_ratios
from likelinet.distributions.numerics.smooth_sums import FAR_OUT, SIGMAS
from likelinet.distributions.numerics.tails import UNDERFLOW, beta_fraction, incomplete_beta, log_of

_HUGE = 36.0  # logits above which the counts themselves add nothing to the variance of a large rate
_LARGEST_EXACT = 2.0**53
_LARGEST = 2.0**62  # a count beyond all that occur, yet finite
_LARGE = 16.0  # counts above which Stirling's formula is exact to double precision
_TINY = 1e-300  # a rate below which nothing but its own logarithm changes, and a quotient by it may overflow
_FAR = 700.0  # log odds whose exponential is finite


class NegativeBinomial(Univariate):
    r"""The negative binomial distribution of counts, overdispersed against the Poisson.

    .. math:: P(y) = \frac{\Gamma(r + y)}{\Gamma(r)\, y!} (1 - p)^r p^y, \qquad y = 0, 1, 2, \dots

    The convention is torch's: `probs` is the probability p of one more count, so SciPy's ``nbinom`` takes
    1 - `probs`. The mean is r p / (1 - p) and the variance r p / (1 - p)².

    Parameters
    ----------
    total_count : array_like
        Number of failures r > 0 at which counting stops; any positive number.
    logits : array_like
        log p - log(1 - p), any finite number. Give either this or `probs`.
    probs : array_like
        p in (0, 1).

    Raises
    ------
    ParameterError
        If `total_count` is not positive, or not exactly one of `logits` and `probs` is given and valid.

    References
    ----------
    Johnson, Kemp & Kotz, *Univariate Discrete Distributions* (2005), chapter 5; the CRPS is from Wei & Held,
    *Test* 23, 2014.

    Examples
    --------
    >>> import likelinet as ll
    >>> float(ll.NegativeBinomial(total_count=2.0, probs=0.75).mean().round(4))
    6.0
    """

    parameters = (Parameter("total_count", positive, symbol="r"), Parameter("logits", real, symbol="log p/(1-p)"))
    support = nonnegative_integer
    exposure = "logits"
    other_names = called("nb nb2 negbin negbinom nbinom neg_binomial")
    purpose = "overdispersed"
    total_count: np.ndarray
    logits: np.ndarray

    def __init__(
        self, total_count: ArrayLike, logits: ArrayLike | None = None, *, probs: ArrayLike | None = None
    ) -> None:
        self._set(
            {"total_count": total_count, "logits": logits_from(logits, probs, type(self).__name__, open_unit_interval)}
        )

    @property
    def probs(self) -> np.ndarray:
        """The probability p of one more count."""
        return scipy.special.expit(self.logits)

    @classmethod
    def loss(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        rate, logits = params
        xp = namespace(rate)
        r = xp.maximum(rate, _TINY)
        t = y / r
        minus_log_q, p = softplus_and_sigmoid(logits)
        minus_log_p, q = softplus_and_sigmoid(-logits)
        # log Γ(r+y) - log Γ(r) by Stirling's formula: the large terms are combined before they are computed.
        large = y > _LARGE
        u = xp.where(large, 0.0, y)
        gammas = u * xp.log(r + u) + r * log1pmx(u / r) - 0.5 * xp.log1p(u / r)
        few = special(r).gammaln(u + 1.0) - gammas + rate * minus_log_q + u * minus_log_p
        # So is log y!: what is left of them is r + y times the divergence of y / (r + y) from p, in two parts.
        v = xp.where(large, y, 2.0 * _LARGE)
        shift, log_v, log_n, log_r = r * p - v * q, xp.log(v), xp.log(r + v), xp.log(r)
        many = divergence(v, shift, log_n - log_v - minus_log_p) + divergence(r, -shift, log_n - log_r - minus_log_q)
        many = many + 0.5 * (log_v + log_n - log_r) + HALF_LOG_2PI + stirling_error(v) - (r - rate) * minus_log_q
        values = xp.where(large, many, few) + (stirling_error(r) - stirling_error(r + y))
        tiny = (rate < _TINY) & (y > 0.0)  # there P(y) is in proportion to the rate
        values = values + xp.where(tiny, xp.log(r) - xp.log(xp.where(tiny, rate, r)), 0.0)

        def backward(d: Array) -> tuple[Array, ...]:
            digammas = xp.log1p(t) + log_minus_digamma(r) - log_minus_digamma(r + y)
            return d * (minus_log_q - digammas), d * (r * p - y * q)

        return values, backward

    def _cdf(self, y: np.ndarray) -> np.ndarray:
        q = scipy.special.expit(-self.logits)
        cdf = incomplete_beta(self.total_count, y + 1.0, q, self.probs)
        return np.where(q > 0.0, cdf, np.exp(self._log_cdf_of_vast(y))) if np.any(q == 0.0) else cdf

    def _sf(self, y: np.ndarray) -> np.ndarray:
        q = scipy.special.expit(-self.logits)
        sf = incomplete_beta(y + 1.0, self.total_count, self.probs, q)
        return np.where(q > 0.0, sf, -np.expm1(self._log_cdf_of_vast(y))) if np.any(q == 0.0) else sf

    def _log_cdf_of_vast(self, y: np.ndarray) -> np.ndarray:
        """Return log P(Y ≤ y) for logits so large that 1 - p is no number: (1 - p)ʳ / (r B(r, y + 1))."""
        r = self.total_count
        linear = r * (scipy.special.digamma(y + 1.0) - scipy.special.digamma(1.0))  # where the other has no digits
        beta = np.where(r < 1e-9, linear, -np.log(r) - scipy.special.betaln(r, y + 1.0))
        return np.minimum(beta - r * self.logits, 0.0)

    def _log_cdf(self, y: np.ndarray) -> np.ndarray:
        # P(Y ≤ y) = I(r, y+1) at 1 - p, of which P(y) is a factor.
        r, log_p = self.total_count, -np.logaddexp(0.0, -self.logits)
        cdf = self._cdf(y)
        values, deep = log_of(cdf, self._sf(y)), cdf < UNDERFLOW
        if not deep.any():
            return values
        fraction = beta_fraction(r, y + 1.0, scipy.special.expit(-self.logits), self.probs)
        return np.where(deep, self.log_prob(y) + log_p + np.log1p(y / r) + np.log(fraction), values)

    def _log_sf(self, y: np.ndarray) -> np.ndarray:
        # SciPy's betainc loses its digits early, and underflows; there log P(Y > y) = log P(y+1) + log of a fraction
        # near 1.
        sf = self._sf(y)
        values, deep = log_of(sf, self._cdf(y)), sf < UNDERFLOW
        if not deep.any():
            return values
        fraction = beta_fraction(y + 1.0, self.total_count, self.probs, scipy.special.expit(-self.logits))
        return np.where(deep, self.log_prob(y + 1.0) + np.log(fraction), values)

    def _ppf(self, q: np.ndarray) -> np.ndarray:
        counts = super()._ppf(q)
        return self._of_huge(counts, gammaincinv, q) if np.any(self.logits > _HUGE) else counts

    def _isf(self, q: np.ndarray) -> np.ndarray:
        counts = super()._isf(q)
        return self._of_huge(counts, gammainccinv, q) if np.any(self.logits > _HUGE) else counts

    def _of_huge(self, counts: np.ndarray, inverse: Callable[..., np.ndarray], q: np.ndarray) -> np.ndarray:
        """Return `counts`, or the quantiles of the gamma distribution of the rate where these are far larger."""
        rate = inverse(self.total_count, q) * np.exp(self.logits)
        return np.where((self.logits > _HUGE) & (rate > _LARGEST_EXACT), np.floor(rate), counts)

    def _cdf_slopes(self, y: np.ndarray) -> dict[str, np.ndarray]:
        return {"logits": -self.probs * (self.total_count + y)}

    def _mean(self) -> np.ndarray:
        return self.total_count * np.exp(self.logits)

    def _var(self) -> np.ndarray:
        return self._mean() * (1.0 + np.exp(self.logits))

    def mass_table(self, cells: Cells) -> Masses:
        return by_ratios(self, cells, _ratio)

    def log_density(self) -> LogDensity:
        r, p, q = self.total_count, self.probs, scipy.special.expit(-self.logits)
        of_r = 0.5 * np.log(r) - stirling_error(r)

        def of_large(y: np.ndarray) -> np.ndarray:
            shift, n = r * p - y * q, r + y
            values = large_counts.divergence(y, p * n, shift) + large_counts.divergence(r, q * n, -shift)
            return (of_r - values) - (large_counts.half_log(y) + (0.5 * np.log(n) - large_counts.stirling(n)))

        return large_counts.log_density(self, of_large)

    def reach(self) -> tuple[np.ndarray, np.ndarray]:
        r, theta = self.total_count, np.exp(self.logits)
        mean, std = self._mean(), np.sqrt(self._var())
        # Y is Poisson around a gamma variable, of which P(G ≤ g) ≤ (g/θ)ʳ / Γ(r + 1).
        low = np.exp(self.logits + (scipy.special.gammaln(r + 1.0) - FAR_OUT) / r)
        low = np.maximum(low - SIGMAS * np.sqrt(low), mean - SIGMAS * std)
        return np.maximum(low, 0.0), mean + SIGMAS * std + FAR_OUT * (1.0 + theta)

    def _mode(self) -> np.ndarray:
        return np.floor(np.maximum(self.total_count - 1.0, 0.0) * np.exp(self.logits))

    def _crps(self, y: np.ndarray) -> np.ndarray:
        r, p, k = self.total_count, self.probs, np.floor(np.clip(y, -1.0, _LARGEST))
        mean, cdf = self._mean(), self.cdf(k)
        distance = (y - mean) * (2.0 * cdf - 1.0) + 2.0 * np.exp(self.logits) * (r + k) * np.exp(self.log_prob(k))
        # E|Y - Y'| / 2, after Pfaff's transformation (DLMF 15.8.1) of Wei & Held's 2F1, which would overflow.
        half = scipy.special.hyp2f1(1.0 - r, 0.5, 2.0, 4.0 * p / (1.0 + p) ** 2) * mean / (1.0 + p)
        values = distance - half
        # SciPy's 2F1 fails for a large total_count; where y is nearly always 0, the difference would cancel.
        bad = (r > 1e3) | (values < 1e-3 * mean)
        if np.any(bad & np.isfinite(y)):
            bad = np.broadcast_to(bad, values.shape).reshape(-1)
            flat, rest = self.flattened(values.shape), values.reshape(-1)
            rest[bad] = quadrature.crps(flat[bad], np.broadcast_to(y, values.shape).reshape(-1)[bad])
            values = rest.reshape(values.shape)
        return values

    def _sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
        odds = np.exp(np.minimum(self.logits, _FAR))
        return poisson(rng, rng.standard_gamma(np.broadcast_to(self.total_count, shape)) * odds)

    @classmethod
    def estimate(cls, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return moment estimates of (total_count, logits) over the first axis of y: a start, not yet the maximum."""
        mean = np.maximum(np.average(y, axis=0, weights=weight), LEAST)
        excess = np.maximum(np.average((y - mean) ** 2, axis=0, weights=weight) - mean, 0.02 * mean)
        total_count = mean**2 / excess
        return total_count, np.log(mean) - np.log(total_count)


def _ratio(k: np.ndarray, out: np.ndarray, r: np.ndarray, logits: np.ndarray) -> None:
    np.add(r, k - 1.0, out=out)
    out *= scipy.special.expit(logits)
    out /= k
