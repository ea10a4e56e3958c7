"""Student's t distribution with a location and a scale."""

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.arrays import HALF_LOG_2PI, Array, log1pmx, log_minus_digamma, namespace, stirling_error
from likelinet.core.domains import positive
from likelinet.core.lazy import scipy
from likelinet.distributions.base.parameter import Backward, Parameter
from likelinet.distributions.base.univariate import Univariate
from likelinet.distributions.numerics.estimates import positive_spread
from likelinet.distributions.numerics.grids import BENDS, POWER_SCORES, Grid, column, with_bends, within_bulk
from likelinet.distributions.numerics.special import expm1_over, through_pole
from likelinet.distributions.numerics.tails import log_of

_GAUSSIAN = 1e7  # ν above which a transformed Gaussian is exact, and the incomplete beta function is not
_FAR = 1e100  # |z| / √ν beyond which z² may overflow


class StudentT(Univariate):
    r"""Student's t distribution: a Gaussian with heavier tails.

    .. math:: p(y) = \frac{\Gamma(\frac{\nu+1}{2})}{\Gamma(\frac{\nu}{2})\sqrt{\nu\pi}\,\sigma}
              \left(1 + \frac{z^2}{\nu}\right)^{-\frac{\nu+1}{2}}, \qquad z = \frac{y - \mu}{\sigma}

    Parameters
    ----------
    df : array_like
        Degrees of freedom ν > 0. The mean exists for ν > 1 and the variance for ν > 2.
    loc : array_like
        Location μ.
    scale : array_like
        Scale σ > 0; not the standard deviation, which is σ √(ν / (ν - 2)).

    Raises
    ------
    ParameterError
        If `df` or `scale` is not positive or a value is not finite.

    References
    ----------
    Johnson, Kotz & Balakrishnan, *Continuous Univariate Distributions* vol. 2 (1995), chapter 28; the CRPS is from
    Jordan, Krüger & Lerch, *J. Stat. Software* 90(12), 2019.

    Examples
    --------
    >>> import likelinet as ll
    >>> float(ll.StudentT(df=3.0, loc=0.0, scale=1.0).ppf(0.975).round(4))
    3.1824
    """

    scores = POWER_SCORES
    purpose = "heavy tails, of which `df` says how heavy"
    parameters = (
        Parameter("df", positive, symbol="ν"),
        Parameter("loc", role="location", symbol="μ"),
        Parameter("scale", positive, role="scale", symbol="σ"),
    )
    df: np.ndarray
    loc: np.ndarray
    scale: np.ndarray

    def __init__(self, df: ArrayLike, loc: ArrayLike, scale: ArrayLike) -> None:
        self._set({"df": df, "loc": loc, "scale": scale})

    @classmethod
    def loss(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        df, loc, scale = params
        xp = namespace(df)
        z = (y - loc) / scale
        u = z * z / df
        v = z * (z / (df + z * z))  # u / (1 + u), finite for every u
        log1pu = xp.log1p(u)
        # log Γ(ν/2) - log Γ((ν+1)/2) + ½ log(ν/2), by Stirling's formula so that huge ν do not cancel.
        half = 0.5 * df
        constant = 0.5 - half * xp.log1p(0.5 / half) + stirling_error(half) - stirling_error(half + 0.5)
        values = constant + HALF_LOG_2PI + xp.log(scale) + 0.5 * (df + 1.0) * log1pu

        def backward(d: Array) -> tuple[Array, ...]:
            # log(1+u) - u/(1+u), by log1pmx where the two nearly cancel.
            tail = xp.where(u < 0.5, log1pmx(xp.minimum(u, 0.5)) + u * v, log1pu - v)
            slope = log_minus_digamma(half + 0.5) - log_minus_digamma(half) - log1pmx(0.5 / half)
            ddf = 0.5 * (slope + tail - v / df)
            dz = (df + 1.0) * z / (df + z * z)
            s = d / scale
            return d * ddf, -s * dz, s * (1.0 - dz * z)

        return values, backward

    def _z(self, y: np.ndarray) -> np.ndarray:
        return (y - self.loc) / self.scale

    def _tail(self, z: np.ndarray) -> np.ndarray:
        """Return P(T > |z|) by the incomplete beta function, accurate where it is tiny."""
        half = 0.5 * np.minimum(self.df, _GAUSSIAN)
        r = np.abs(z) / np.sqrt(self.df)
        if np.any(self.df > _GAUSSIAN):
            # Wallace, Ann. Math. Stat. 30, 1959.
            u = np.sqrt(self.df * np.log1p(r * r)) * (1.0 - 0.25 / self.df)
            return np.where(self.df > _GAUSSIAN, scipy.special.ndtr(-u), self._beta_tail(half, r))
        return self._beta_tail(half, r)

    def _beta_tail(self, half: np.ndarray, r: np.ndarray) -> np.ndarray:
        far = np.exp(-self.df * np.log(r) - np.log(self.df) - scipy.special.betaln(half, 0.5))
        return np.where(r > _FAR, far, 0.5 * scipy.special.betainc(half, 0.5, 1.0 / (1.0 + r * r)))

    def _cdf(self, y: np.ndarray) -> np.ndarray:
        z = self._z(y)
        tail = self._tail(z)
        return np.where(z < 0.0, tail, 1.0 - tail)

    def _sf(self, y: np.ndarray) -> np.ndarray:
        z = self._z(y)
        tail = self._tail(z)
        return np.where(z > 0.0, tail, 1.0 - tail)

    def _log_cdf(self, y: np.ndarray) -> np.ndarray:
        return log_of(self._cdf(y), self._sf(y))

    def _log_sf(self, y: np.ndarray) -> np.ndarray:
        return log_of(self._sf(y), self._cdf(y))

    def _ppf(self, q: np.ndarray) -> np.ndarray:
        return self.loc - self.scale * self._upper(q)

    def _isf(self, q: np.ndarray) -> np.ndarray:
        return self.loc + self.scale * self._upper(q)

    def grid(self) -> Grid:
        u = column(self.scores, self.batch_shape)
        # The quantile of a Gaussian seen through the density of this one; around √ν it bends.
        z = np.sign(u) * np.sqrt(-self.df * np.expm1(-u * u / self.df)) * np.exp(0.5 * u * u / self.df)
        z = np.clip(z, -1e150, 1e150)  # a number's square is one too
        bends = np.where(self.df < 2.0, np.sqrt(self.df), 0.0) * column(BENDS, self.batch_shape)
        return with_bends(
            self.loc + self.scale * z,
            self.loc,
            self.scale * np.sqrt(self.df),
            self.loc + self.scale * within_bulk(bends, z),
            self.scores,
        )

    def log_prob_at(self, y: np.ndarray, x: np.ndarray) -> np.ndarray:
        half, z = 0.5 * self.df, self._z(y)
        constant = _log_ratio(half) - HALF_LOG_2PI - np.log(self.scale)
        return constant - (half + 0.5) * np.log1p(z * (z / self.df))

    def _upper(self, q: np.ndarray) -> np.ndarray:
        """Return z with P(T > z) = q; near the middle by the complement, which keeps the digits of z."""
        p = np.minimum(q, 1.0 - q)
        x = scipy.special.betaincinv(0.5 * self.df, 0.5, 2.0 * p)
        w = scipy.special.betaincinv(0.5, 0.5 * self.df, 1.0 - 2.0 * p)
        z = np.sqrt(self.df * np.where(p < 0.25, (1.0 - x) / x, w / (1.0 - w)))
        # Where x would underflow, the tail is its leading power of z.
        log_far = -(np.log(self.df * p) + scipy.special.betaln(0.5 * self.df, 0.5)) / self.df
        z = np.where(log_far > np.log(_FAR), np.sqrt(self.df) * np.exp(log_far), z)
        u = -scipy.special.ndtri(p) / (1.0 - 0.25 / self.df)
        z = np.where(self.df > _GAUSSIAN, np.sqrt(self.df * np.expm1(u * u / self.df)), z)
        return np.where(q < 0.5, z, -z)

    def _mean(self) -> np.ndarray:
        return np.where(self.df > 1.0, self.loc, np.inf)

    def _var(self) -> np.ndarray:
        var = self.scale**2 * self.df / (self.df - 2.0)
        return np.where(self.df > 2.0, var, np.where(self.df > 1.0, np.inf, np.nan))

    def _mode(self) -> np.ndarray:
        return self.loc

    def _entropy(self) -> np.ndarray:
        half = 0.5 * self.df
        digammas = np.log1p(0.5 / half) + log_minus_digamma(half) - log_minus_digamma(half + 0.5)
        return (half + 0.5) * digammas + 0.5 * np.log(2.0 * np.pi) - _log_ratio(half) + np.log(self.scale)

    def _crps(self, y: np.ndarray) -> np.ndarray:
        # It is finite for ν > ½: z (F - S) + 2 (C (1 + z²/ν)^((1-ν)/2) - L) / (ν - 1), with C and L of ν alone, is 0/0
        # at ν = 1.
        df, z = np.maximum(self.df, 0.5), self._z(y)

        def constant(df: np.ndarray) -> np.ndarray:
            return df * np.exp(_log_ratio(0.5 * df) - HALF_LOG_2PI)

        def smooth(df: np.ndarray) -> np.ndarray:
            # √ν B(½, ν-½) / B(½, ν/2)², with B(½, b) = √(π/b) exp(-_log_ratio(b)).
            log_ratios = 2.0 * _log_ratio(0.5 * df) - _log_ratio(df - 0.5)
            last = 0.5 * df * np.exp(log_ratios) / np.sqrt(np.pi * (1.0 - 0.5 / df))
            return (constant(df) - last) / (df - 1.0)

        log = np.where(np.abs(z) < 1e150, np.log1p(z * z / df), 2.0 * np.log(np.abs(z)) - np.log(df))
        power = constant(df) * expm1_over(df - 1.0, -0.5 * log)
        value = z * (self.cdf(y) - self.sf(y)) + 2.0 * (power + through_pole(smooth, df, 1.0))
        return np.where(self.df > 0.5, self.scale * value, np.where(np.isnan(y), np.nan, np.inf))

    def _sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
        return self.loc + self.scale * rng.standard_t(np.broadcast_to(self.df, shape))

    @classmethod
    def estimate(cls, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return moment estimates of (df, loc, scale) over the first axis of y: a start, not yet the maximum."""
        loc = np.average(y, axis=0, weights=weight)
        spread = positive_spread(np.sqrt(np.average((y - loc) ** 2, axis=0, weights=weight)), loc)
        df = np.full_like(spread, 5.0)
        return df, loc, spread * np.sqrt((df - 2.0) / df)


def _log_ratio(b: np.ndarray) -> np.ndarray:
    """Return log Γ(b+½) - log Γ(b) - ½ log b, by Stirling's formula so that a huge b does not cancel."""
    return b * np.log1p(0.5 / b) - 0.5 + stirling_error(b + 0.5) - stirling_error(b)
