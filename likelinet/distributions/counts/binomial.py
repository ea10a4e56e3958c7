"""The binomial distribution."""

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.arrays import HALF_LOG_2PI, Array, log1pmx, namespace, never, softplus_and_sigmoid, stirling_error
from likelinet.core.domains import nonnegative_integer, open_unit_interval, real
from likelinet.core.errors import UndefinedError
from likelinet.core.lazy import scipy
from likelinet.core.wording import called
from likelinet.distributions.base.checks import logits_from
from likelinet.distributions.base.distribution import Distribution
from likelinet.distributions.base.other_objectives import symmetric
from likelinet.distributions.base.parameter import Backward, Parameter, TailsBackward
from likelinet.distributions.base.protocol import LogDensity
from likelinet.distributions.base.univariate import Univariate
from likelinet.distributions.numerics import large_counts
from likelinet.distributions.numerics.divergences import bernoulli
from likelinet.distributions.numerics.estimates import LEAST
from likelinet.distributions.numerics.mass_tables import Cells, Masses, by_ratios
from likelinet.distributions.numerics.smooth_sums import FAR_OUT, SIGMAS
from likelinet.distributions.numerics.tails import UNDERFLOW, beta_fraction, incomplete_beta

_COUNTABLE = 2.0**64  # beyond which sums over counts lose their digits
_MOST = 2.0**63  # trials that NumPy's integers do not reach


class Binomial(Univariate):
    r"""The binomial distribution of the number of successes among a known number of trials.

    .. math:: P(y) = \binom{n}{y} p^y (1 - p)^{n-y}, \qquad y = 0, 1, \dots, n, \qquad p = \frac{1}{1 + e^{-z}}

    Parameters
    ----------
    total_count : array_like
        Number of trials n, a whole number 0, 1, 2, …, known for each row: it is not learned.
    logits : array_like
        z = log p - log(1 - p), any finite number. Give either this or `probs`.
    probs : array_like
        Probability p of a success in one trial, in (0, 1).

    Raises
    ------
    ParameterError
        If `total_count` is no whole number, or not exactly one of `logits` and `probs` is given and valid.

    References
    ----------
    Johnson, Kemp & Kotz, *Univariate Discrete Distributions* (2005), chapter 3; the masses are computed as in Loader,
    *Fast and accurate computation of binomial probabilities* (2000).

    Examples
    --------
    >>> import likelinet as ll
    >>> float(ll.Binomial(total_count=10, probs=0.5).cdf(3).round(4))
    0.1719
    """

    parameters = (
        Parameter("total_count", nonnegative_integer, symbol="n", learned=False),
        Parameter("logits", real, symbol="z"),
    )
    support = nonnegative_integer
    other_names = called("binom")
    purpose = "successes among n"
    support_in_words = "a whole number from 0 to n"
    offset = "logits"
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
        """Probability p of a success in one trial."""
        return scipy.special.expit(self.logits)

    @classmethod
    def loss(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        n, z = params
        xp = namespace(z)
        possible = y <= n
        y = xp.where(possible, y, 0.0)
        m = n - y
        minus_log_q, p = softplus_and_sigmoid(z)
        minus_log_p, q = softplus_and_sigmoid(-z)
        shift = xp.where(z < 0.0, n * p - y, m - n * q)  # the same number, by the smaller of p and q
        # n times the divergence of y/n from p, whose two parts are not negative: nothing cancels.
        log_n, log_y, log_m = (xp.log(xp.maximum(v, 1.0)) for v in (n, y, m))
        values = divergence(y, shift, log_n - log_y - minus_log_p) + divergence(m, -shift, log_n - log_m - minus_log_q)
        values = xp.where(possible, values + stirling_of_choices(n, y, m), xp.inf)
        return values, lambda d: (xp.zeros_like(d * n), xp.where(possible, d * shift, 0.0))

    @classmethod
    def fisher_information(cls, params: tuple[Array, ...]) -> Array:
        n, z = params
        return symmetric(0.0 * n, 0.0, n * softplus_and_sigmoid(z)[1] * softplus_and_sigmoid(-z)[1])

    @classmethod
    def tails(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Array, TailsBackward]:
        n, z = params
        xp = namespace(z)
        last = y >= n
        m = xp.where(last, 1.0, n - y)
        n = y + m
        (minus_log_q, p), (minus_log_p, q) = softplus_and_sigmoid(z), softplus_and_sigmoid(-z)
        log_mass, log_next = (-cls.loss((n, z), k)[0] for k in (y, y + 1.0))
        cdf, sf = incomplete_beta(m, y + 1.0, q, p), incomplete_beta(y + 1.0, m, p, q)
        # The smaller tail tells the other; where its incomplete beta function underflows: a mass times a fraction.
        lower = cdf < sf
        smaller = xp.where(lower, cdf, sf)
        tiny = smaller < UNDERFLOW
        log_smaller = xp.log(xp.where(tiny, 1.0, smaller))
        if not never(tiny):
            a, b, x, rest = (xp.where(lower, v, w) for v, w in ((m, y + 1.0), (y + 1.0, m), (q, p), (p, q)))
            fraction = beta_fraction(a, b, xp.where(tiny, x, 0.0), xp.where(tiny, rest, 1.0))
            lead = xp.where(lower, log_mass - minus_log_p, log_next - minus_log_q)
            log_smaller = xp.where(tiny, lead + xp.log(xp.where(tiny, fraction, 1.0)), log_smaller)
        log_larger = xp.log1p(-xp.exp(log_smaller))
        log_cdf, log_sf = xp.where(lower, log_smaller, log_larger), xp.where(lower, log_larger, log_smaller)

        def backward(d_log_cdf: Array, d_log_sf: Array) -> tuple[Array, ...]:
            slope = d_log_sf * xp.exp(log_mass - log_sf) - d_log_cdf * xp.exp(log_mass - log_cdf)
            return xp.zeros_like(slope), xp.where(last, 0.0, slope * m * p)

        return xp.where(last, 0.0, log_cdf), xp.where(last, -xp.inf, log_sf), backward

    def _cdf(self, y: np.ndarray) -> np.ndarray:
        m = self.total_count - y
        return np.where(m <= 0.0, 1.0, self._tail(m, y + 1.0, -self.logits))

    def _sf(self, y: np.ndarray) -> np.ndarray:
        m = self.total_count - y
        return np.where(m <= 0.0, 0.0, self._tail(y + 1.0, m, self.logits))

    def _tail(self, a: np.ndarray, b: np.ndarray, logits: np.ndarray) -> np.ndarray:
        return incomplete_beta(a, b, scipy.special.expit(logits), scipy.special.expit(-logits))

    def _top(self) -> np.ndarray:
        return self.total_count

    def mass_table(self, cells: Cells) -> Masses:
        return by_ratios(self, cells, self._ratio)

    @staticmethod
    def _ratio(k: np.ndarray, out: np.ndarray, n: np.ndarray, z: np.ndarray) -> None:
        np.multiply(np.maximum(n + 1.0 - k, 0.0) / k, scipy.special.expit(z) / scipy.special.expit(-z), out=out)

    def log_density(self) -> LogDensity:
        n, p, q = self.total_count, self.probs, scipy.special.expit(-self.logits)
        of_n = large_counts.half_log(np.maximum(n, 1.0))

        def of_large(y: np.ndarray) -> np.ndarray:
            m = n - y
            shift = np.where(self.logits < 0.0, n * p - y, m - n * q)
            values = large_counts.divergence(y, n * p, shift) + large_counts.divergence(m, n * q, -shift)
            return (of_n - values) - large_counts.half_log(y) - large_counts.half_log(m)

        return large_counts.log_density(self, of_large, n)

    def bulk(self) -> tuple[np.ndarray, np.ndarray]:
        mean, spread = self.mean(), SIGMAS * self.std() + FAR_OUT
        return np.maximum(mean - spread, 0.0), np.minimum(mean + spread, self.total_count)

    def _mean(self) -> np.ndarray:
        return self.total_count * self.probs

    def _var(self) -> np.ndarray:
        return self.total_count * self.probs * scipy.special.expit(-self.logits)

    def _mode(self) -> np.ndarray:
        return np.minimum(np.floor((self.total_count + 1.0) * self.probs), self.total_count)

    def _kl_divergence(self, other: Distribution) -> np.ndarray:
        if not isinstance(other, Binomial):
            return super()._kl_divergence(other)
        n = self.total_count
        closed, same = n * bernoulli(self.logits, other.logits), n == other.total_count
        return closed if same.all() else np.where(same, closed, super()._kl_divergence(other))

    def _sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
        return rng.binomial(whole_trials(self.total_count, type(self).__name__), self.probs, shape)

    @classmethod
    def estimate(cls, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return the largest y as total_count, and the logits of the mean share of it, over the first axis of y."""
        n = np.maximum(np.max(y, axis=0), 1.0)
        return n, scipy.special.logit(np.clip(np.average(y, axis=0, weights=weight) / n, LEAST, 1.0 - LEAST))


def whole_trials(total_count: np.ndarray, name: str) -> np.ndarray:
    """Return the numbers of trials as NumPy's integers, with which its generators draw."""
    if np.any(total_count >= _MOST):
        raise UndefinedError(f"{name}: total_count must be below 2^63 for draws, got {np.max(total_count):g}.")
    return total_count.astype(np.int64)


def countable(total_count: np.ndarray, name: str) -> np.ndarray:
    """Return the numbers of trials, if none is so large that sums over counts lose their digits."""
    if np.any(total_count > _COUNTABLE):
        most = np.max(total_count)
        raise UndefinedError(
            f"{name}: total_count must be at most 2^64 for sums over counts, as its cdf, got {most:g}."
        )
    return total_count


def divergence(y: Array, shift: Array, log_ratio: Array) -> Array:
    """Return shift - y log r ≥ 0 with r = 1 + shift/y; close to r = 1 by log1pmx, where the two would cancel."""
    xp = namespace(log_ratio)
    excess = shift / xp.where(y > 0.0, y, 1.0)
    near = (y > 0.0) & (xp.abs(excess) < 0.5)
    return xp.where(near, -y * log1pmx(xp.where(near, excess, 0.0)), shift - y * log_ratio)


def stirling_of_choices(n: Array, y: Array, m: Array) -> Array:
    """Return y log(y/n) + m log(m/n) - log(n! / (y! m!)), where y + m = n, by Stirling's formula."""
    xp = namespace(n)
    inner = (y > 0.0) & (m > 0.0)
    n, y, m = xp.where(inner, n, 2.0), xp.where(inner, y, 1.0), xp.where(inner, m, 1.0)
    rest = 0.5 * (xp.log(y) + xp.log(m) - xp.log(n)) + HALF_LOG_2PI
    return xp.where(inner, rest + stirling_error(y) + stirling_error(m) - stirling_error(n), 0.0)
