"""The beta distribution."""

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.arrays import HALF_LOG_2PI, Array, log1pmx, log_minus_digamma, namespace, stirling_error
from likelinet.core.domains import open_unit_interval, positive
from likelinet.core.lazy import scipy
from likelinet.core.wording import called
from likelinet.distributions.base.distribution import Distribution
from likelinet.distributions.base.other_objectives import symmetric, trigamma
from likelinet.distributions.base.parameter import Backward, Parameter
from likelinet.distributions.base.protocol import LogDensity
from likelinet.distributions.base.shapes import parameters_on
from likelinet.distributions.base.univariate import Univariate
from likelinet.distributions.numerics.divergences import itakura_saito
from likelinet.distributions.numerics.gammas import log_gamma_above_tangent
from likelinet.distributions.numerics.grids import FINE_SCORES, Grid, column, logits, logs, of_logit, rest
from likelinet.distributions.numerics.near import mended
from likelinet.distributions.numerics.root_finding import invert
from likelinet.distributions.numerics.tails import UNDERFLOW, beta_fraction, log_of

_OFF, _ROUNDING = 1e-10, 1e-15  # of log probabilities, and of y
_LEAST = 1e-300  # y from which on numbers have all of their digits
_MODERATE = 1e3  # α + β up to which little cancels


class Beta(Univariate):
    r"""The beta distribution of a share strictly between 0 and 1.

    .. math:: p(y) = \frac{y^{\alpha-1} (1 - y)^{\beta-1}}{B(\alpha, \beta)}, \qquad 0 < y < 1

    Parameters
    ----------
    concentration1 : array_like
        α > 0, as in torch: the exponent at y, SciPy's ``a``. The mean is α/(α+β).
    concentration0 : array_like
        β > 0, the exponent at 1 - y, SciPy's ``b``.

    Raises
    ------
    ParameterError
        If a parameter is not a positive finite number.

    References
    ----------
    Johnson, Kotz & Balakrishnan, *Continuous Univariate Distributions* vol. 2 (1995), chapter 25; the CRPS is from
    Jordan, Krüger & Lerch, *J. Stat. Software* 90(12), 2019.

    Examples
    --------
    >>> import likelinet as ll
    >>> float(ll.Beta(concentration1=3.0, concentration0=1.0).mean())
    0.75
    """

    parameters = (
        Parameter("concentration1", positive, symbol="α"),
        Parameter("concentration0", positive, symbol="β"),
    )
    support = open_unit_interval
    other_names = called("proportion share")
    purpose = "shares"
    concentration1: np.ndarray
    concentration0: np.ndarray

    def __init__(self, concentration1: ArrayLike, concentration0: ArrayLike) -> None:
        self._set({"concentration1": concentration1, "concentration0": concentration0})

    @classmethod
    def loss(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        xp = namespace(y)
        return cls._loss_at(params, y, 1.0 - y, xp.log(y), xp.log1p(-y))

    @classmethod
    def fisher_information(cls, params: tuple[Array, ...]) -> Array:
        a, b = params
        both = trigamma(a + b)
        return symmetric(trigamma(a) - both, -both, trigamma(b) - both)

    @staticmethod
    def _loss_at(params: tuple[Array, ...], y: Array, x: Array, log_y: Array, log_x: Array) -> tuple[Array, Backward]:
        """Return the loss from y and x = 1 - y, either of which may be tiny, and their logarithms."""
        a, b = params
        xp, n = namespace(a), a + b
        # With r = ny/α and s = n(1-y)/β, by Stirling's formula: -log p = α(r - 1 - log r) + β(s - 1 - log s) + … ;
        # α(r - 1) + β(s - 1) = 0, and both terms are positive: no large terms cancel.
        excess = b * y - a * x
        log_r, minus_r = _log_ratio(excess / a, xp.log(n) + log_y - xp.log(a))
        log_s, minus_s = _log_ratio(-excess / b, xp.log(n) + log_x - xp.log(b))
        values = HALF_LOG_2PI + _stirling(a, b) - 0.5 * (xp.log(a) + xp.log(b) - xp.log(n)) + log_y + log_x

        def backward(d: Array) -> tuple[Array, ...]:
            all_ = log_minus_digamma(n)
            return d * (all_ - log_minus_digamma(a) - log_r), d * (all_ - log_minus_digamma(b) - log_s)

        return values - a * minus_r - b * minus_s, backward

    def log_density(self) -> LogDensity:
        a, b = parameters_on(self, self.batch_shape)
        log_norm = scipy.special.betaln(a, b) if np.all(a + b < _MODERATE) else None
        lower, upper = a - 1.0, b - 1.0

        def log_density(y: np.ndarray, x: np.ndarray) -> np.ndarray:
            if log_norm is None:
                return -self._loss_at((a, b), y, np.where(x < 0.5, x, 1.0 - y), *logs(y, x))[0]
            values = lower * np.log(y)
            values += upper * np.log(rest(y, x))
            values -= log_norm
            return values

        return log_density

    def grid(self) -> Grid:
        a, b = self.concentration1, self.concentration0
        fall = 0.5 * column(FINE_SCORES[FINE_SCORES > 0.0], self.batch_shape) ** 2
        out = np.concatenate([-_out(b, a, fall)[::-1], np.zeros((1, *self.batch_shape)), _out(a, b, fall)])
        bends, some = logits(*(np.broadcast_to(c, self.batch_shape) for c in (a, b)))
        bends = bends + np.where(bends < 0.0, -np.log(np.maximum(b, 1.0)), np.log(np.maximum(a, 1.0)))
        return of_logit(np.log(a) - np.log(b) + out, bends, some, FINE_SCORES)

    def _cdf(self, y: np.ndarray) -> np.ndarray:
        cdf = scipy.special.betainc(self.concentration1, self.concentration0, y)
        return mended(cdf, cdf < UNDERFLOW, lambda *v: np.exp(_deep(*v)), *self._of_cdf(y))

    def _sf(self, y: np.ndarray) -> np.ndarray:
        sf = scipy.special.betaincc(self.concentration1, self.concentration0, y)
        return mended(sf, sf < UNDERFLOW, lambda *v: np.exp(_deep(*v)), *self._of_sf(y))

    def _log_cdf(self, y: np.ndarray) -> np.ndarray:
        cdf = scipy.special.betainc(self.concentration1, self.concentration0, y)
        return mended(log_of(cdf, self._sf(y)), cdf < UNDERFLOW, _deep, *self._of_cdf(y))

    def _log_sf(self, y: np.ndarray) -> np.ndarray:
        sf = scipy.special.betaincc(self.concentration1, self.concentration0, y)
        return mended(log_of(sf, self._cdf(y)), sf < UNDERFLOW, _deep, *self._of_sf(y))

    def _of_cdf(self, y: np.ndarray) -> tuple[np.ndarray, ...]:
        return self.concentration1, self.concentration0, y, 1.0 - y, self.log_prob(y) + np.log(y) + np.log1p(-y)

    def _of_sf(self, y: np.ndarray) -> tuple[np.ndarray, ...]:
        return self.concentration0, self.concentration1, 1.0 - y, y, self.log_prob(y) + np.log(y) + np.log1p(-y)

    def _ppf(self, q: np.ndarray) -> np.ndarray:
        lead = _quantile_near_0(self.concentration1, self.concentration0, q)
        inverse = scipy.special.betaincinv(self.concentration1, self.concentration0, q)
        return self._mended(q, np.where(np.isnan(lead), inverse, lead), upper=False)

    def _isf(self, q: np.ndarray) -> np.ndarray:
        lead = _quantile_near_0(self.concentration0, self.concentration1, q)
        inverse = scipy.special.betainccinv(self.concentration1, self.concentration0, q)
        return self._mended(q, np.where(np.isnan(lead), inverse, 1.0 - lead), upper=True)

    def _mended(self, q: np.ndarray, y: np.ndarray, upper: bool) -> np.ndarray:
        """Return quantiles, by Newton's method where SciPy's inverse is off, or has not even found the mass."""
        log_tail = self._log_sf(y) if upper else self._log_cdf(y)
        # The rounding of y tells as much as that there is no better one.
        least = _OFF + _ROUNDING * y * np.exp(self.log_prob(y) - log_tail)
        off = ~(np.abs(log_tail - np.log(q)) <= least) & (y > _LEAST) & (y < 1.0)
        if not off.any():
            return y
        y, rows = np.array(y), np.flatnonzero(off)
        part = self.flattened(y.shape)[rows]
        y.reshape(-1)[rows] = invert(
            part, q.reshape(-1)[rows], np.zeros(1), np.ones(1), upper=upper, start=y.reshape(-1)[rows]
        )
        return y

    def _mean(self) -> np.ndarray:
        return self.concentration1 / (self.concentration1 + self.concentration0)

    def _var(self) -> np.ndarray:
        n = self.concentration1 + self.concentration0
        return self.concentration1 / n * (self.concentration0 / n) / (n + 1.0)

    def _mode(self) -> np.ndarray:
        a, b = self.concentration1, self.concentration0
        return np.where((a > 1.0) & (b > 1.0), (a - 1.0) / (a + b - 2.0), a > b)  # else the higher of the two ends

    def _entropy(self) -> np.ndarray:
        a, b = self.concentration1, self.concentration0
        n = a + b
        # By Stirling's formula for log Γ and ψ, so that huge parameters do not cancel.
        digammas = (a - 1.0) * log_minus_digamma(a) + (b - 1.0) * log_minus_digamma(b)
        logs = 0.5 * (np.log(a) + np.log(b)) - 1.5 * np.log(n)
        return HALF_LOG_2PI + logs + _stirling(a, b) + digammas - (n - 2.0) * log_minus_digamma(n)

    def _kl_divergence(self, other: Distribution) -> np.ndarray:
        if not isinstance(other, Beta):
            return super()._kl_divergence(other)
        a, b, a2, b2 = self.concentration1, self.concentration0, other.concentration1, other.concentration0
        n, n2, up, down = a + b, a2 + b2, (a2 - a) / a, (b2 - b) / b
        # n₂ times the divergence of the means, b/n from b₂/n₂, and what log Γ is above its tangents beyond that.
        apart, log_n = (down - up) * (a / n) * b, np.log(n2) - np.log(n)
        means = a2 * itakura_saito(apart / a2, log_n + np.log(a) - np.log(a2))
        means = means + b2 * itakura_saito(-apart / b2, log_n + np.log(b) - np.log(b2))
        bends = [
            log_gamma_above_tangent(*each)
            for each in ((a2, a, up), (b2, b, down), (n2, n, up * (a / n) + down * (b / n)))
        ]
        return means + (bends[0] + bends[1] - bends[2])

    def _crps(self, y: np.ndarray) -> np.ndarray:
        # Of 1 - Y where most of the mass is next to 1, from which y and the mean would be the same but for rounding.
        mirrored = self.concentration1 > self.concentration0
        a, b = (f(self.concentration1, self.concentration0) for f in (np.minimum, np.maximum))
        density = np.exp(self.log_prob(y))
        y = np.where(mirrored, 1.0 - y, y)
        inside, mean = np.clip(y, 0.0, 1.0), a / (a + b)
        # log B(2α, 2β) - 2 log B(α, β) by Stirling's formula
        logs = 0.5 * (np.log(a) + np.log(b) - np.log(a + b)) - HALF_LOG_2PI - 0.5 * np.log(2.0)
        spread = 2.0 * np.exp(logs + _stirling(2.0 * a, 2.0 * b) - 2.0 * _stirling(a, b)) / a
        cdf, share = scipy.special.betainc(a, b, inside), scipy.special.betainc(a + 1.0, b, inside)
        rise = 2.0 * cdf - 1.0
        # E|Y - y| from the mean where the mass is close to it, elsewhere from 0.
        near = (y - mean) * rise + 2.0 * inside * (1.0 - inside) * density / (a + b) - mean * spread
        far = y * rise + mean * (1.0 - 2.0 * share - spread)
        # The square of ∫ F below y is at most y ∫ F²: of a y next to 0 the sum above has fewer digits.
        area = inside * cdf - mean * share
        return np.where(a > 1.0, near, np.maximum(far, area * (area / np.maximum(inside, _LEAST))))

    def _sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
        return rng.beta(self.concentration1, self.concentration0, shape)

    @classmethod
    def estimate(cls, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return moment estimates of both parameters over the first axis of y: a start, not yet the maximum."""
        mean = np.clip(np.average(y, axis=0, weights=weight), 1e-12, 1.0 - 1e-12)
        most = mean * (1.0 - mean)  # the variance of 0 and 1 alone
        var = np.clip(np.average((y - mean) ** 2, axis=0, weights=weight), 1e-6 * most, 0.99 * most)
        n = most / var - 1.0
        return n * mean, n * (1.0 - mean)


def _deep(a: np.ndarray, b: np.ndarray, x: np.ndarray, rest: np.ndarray, log_rise: np.ndarray) -> np.ndarray:
    """Return log I(a, b) at x, the distance of y from the end, where the incomplete beta function underflows.

    `log_rise` is the log density of the logit.
    """
    return log_rise - np.log(a) + np.log(beta_fraction(a, b, x, rest))


def _out(a: np.ndarray, b: np.ndarray, fall: np.ndarray) -> np.ndarray:
    """Return how far above its peak the log density of logit y has fallen by `fall`, by Newton's method."""
    n, rise = a + b, fall / a
    x = np.where(b > a, np.log1p(rise + np.sqrt(2.0 * rise)), fall / b + np.sqrt(2.0 * fall * n / a / b))
    for _ in range(2):  # two digits are as many as a cut needs
        less = np.expm1(-x)
        x = x + (b * x + n * np.log1p(b / n * less) - fall) * (n + b * less) / (a * b * less)
    return x


def _stirling(a: Array, b: Array) -> Array:
    """Return what Stirling's formula leaves out of log B(a, b)."""
    return stirling_error(a) + stirling_error(b) - stirling_error(a + b)


def _quantile_near_0(a: np.ndarray, b: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Return the quantile where it is so small that the cdf is yᵃ / (a B(a, b)) (SciPy's inverse fails); else nan."""
    y = np.exp((np.log(q) + np.log(a) + scipy.special.betaln(a, b)) / a)
    return np.where(y * (1.0 + b) < 1e-17, y, np.nan)


def _log_ratio(excess: Array, log_r: Array) -> tuple[Array, Array]:
    """Return log r and log r - (r - 1), from r - 1 where r is near 1, elsewhere from `log_r`."""
    xp = namespace(excess)
    near = xp.abs(excess) < 0.5
    safe = xp.where(near, excess, 0.0)
    return xp.where(near, xp.log1p(safe), log_r), xp.where(near, log1pmx(safe), log_r - excess)
