"""Student's t distribution with a location and a scale."""

import numpy as np
from numpy.polynomial.polynomial import polyval
from numpy.typing import ArrayLike

from likelinet.core.arrays import HALF_LOG_2PI, Array, log1pmx, log_minus_digamma, namespace, never, stirling_error
from likelinet.core.domains import positive
from likelinet.core.lazy import scipy
from likelinet.core.wording import called
from likelinet.distributions.base.other_objectives import symmetric, trigamma
from likelinet.distributions.base.parameter import Backward, Parameter
from likelinet.distributions.base.protocol import LogDensity
from likelinet.distributions.base.shapes import parameters_on
from likelinet.distributions.base.standardised import Standardised
from likelinet.distributions.base.univariate import Univariate
from likelinet.distributions.numerics.estimates import median_and_quartiles
from likelinet.distributions.numerics.gammas import ZETA, log_gamma_ratio
from likelinet.distributions.numerics.grids import BENDS, POWER_SCORES, Grid, column, with_bends
from likelinet.distributions.numerics.student_t_tail import LARGE, log_tail, tail

_GAUSSIAN = 1e14  # ν above which its middle is a Gaussian's to double precision
_FAR = 1e100  # |z| / √ν beyond which z² may overflow
_OVERFLOW = 1e300  # z²/ν from which its square root takes its place
_NEWTON = 3  # steps for a quantile of many degrees of freedom, from one that is off by 1/ν² or so
_QUARTILE_OF_FIVE = 0.7266868438004226  # the upper quartile with five degrees of freedom, in scales
_NEAR_ONE = 0.05  # |ν - 1| below which the CRPS takes a power series
# (log B(½, ν/2) - log B(½, ν-½)) / (ν - 1) in powers of 1 - ν, from those of log Γ (DLMF 5.7.3).
_K = np.arange(2.0, 20.0)
_SERIES_AT_ONE = np.array([np.log(2.0), *((1.0 - 0.5**_K) * (2.0**_K - 2.0) * ZETA[2:20] / _K)])


class StudentT(Standardised, Univariate):
    r"""Student's t distribution: a Gaussian with heavier tails.

    .. math:: p(y) = \frac{\Gamma(\frac{\nu+1}{2})}{\Gamma(\frac{\nu}{2})\sqrt{\nu\pi}\,\sigma}
              \left(1 + \frac{z^2}{\nu}\right)^{-\frac{\nu+1}{2}}, \qquad z = \frac{y - \mu}{\sigma}

    Parameters
    ----------
    df : array_like
        Degrees of freedom ν > 0. The mean exists for ν > 1, and is nan otherwise; the variance is finite for ν > 2.
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
    other_names = called("t student students_t studentt t_distribution robust huber")
    symmetric = True
    purpose = "heavy tails, of which `df` says how heavy"
    peak_density = float(np.exp(-HALF_LOG_2PI))  # of infinitely many degrees of freedom
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
    def fisher_information(cls, params: tuple[Array, ...]) -> Array:
        df, _, scale = params
        of_df = 0.25 * (trigamma(0.5 * df) - trigamma(0.5 * (df + 1.0))) - 0.5 * (df + 5.0) / (
            df * (df + 1.0) * (df + 3.0)
        )
        with_scale = -2.0 / ((df + 1.0) * (df + 3.0) * scale)
        rest = 1.0 / ((df + 3.0) * scale**2)
        return symmetric(of_df, 0.0, (df + 1.0) * rest, with_scale, 0.0, 2.0 * df * rest)

    @classmethod
    def loss(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        df, loc, scale = params
        xp = namespace(df)
        z = (y - loc) / scale
        u = z * z / df
        log1pu, v = xp.log1p(u), z * (z / (df + z * z))  # and u / (1 + u)
        far = ~(u < _OVERFLOW)
        if not never(far):
            log1pu, v = (
                xp.where(far, 2.0 * xp.log(xp.where(far, xp.abs(z), 1.0)) - xp.log(df), log1pu),
                xp.where(far, 1.0, v),
            )
        # log Γ(ν/2) - log Γ((ν+1)/2) + ½ log(ν/2), by Stirling's formula so that huge ν do not cancel.
        half = 0.5 * df
        constant = 0.5 - half * xp.log1p(0.5 / half) + stirling_error(half) - stirling_error(half + 0.5)
        values = constant + HALF_LOG_2PI + xp.log(scale) + 0.5 * (df + 1.0) * log1pu

        def backward(d: Array) -> tuple[Array, ...]:
            # log(1+u) - u/(1+u), by log1pmx where the two nearly cancel.
            gap = xp.where(u < 0.5, log1pmx(xp.minimum(u, 0.5)) + xp.minimum(u, 0.5) * v, log1pu - v)
            slope = log_minus_digamma(half + 0.5) - log_minus_digamma(half) - log1pmx(0.5 / half)
            ddf = 0.5 * (slope + gap - v / df)
            dz = (df + 1.0) * xp.where(far, 1.0 / xp.where(far, z, 1.0), z / (df + z * z))
            s = d / scale
            return d * ddf, -s * dz, s * (1.0 - (df + 1.0) * v)

        return values, backward

    def _cdf(self, y: np.ndarray) -> np.ndarray:
        z = self._z(y)
        beyond = tail(self.df, z)
        return np.where(z < 0.0, beyond, 1.0 - beyond)

    def _sf(self, y: np.ndarray) -> np.ndarray:
        z = self._z(y)
        beyond = tail(self.df, z)
        return np.where(z > 0.0, beyond, 1.0 - beyond)

    def _log_cdf(self, y: np.ndarray) -> np.ndarray:
        return self._log_lower(self._z(y))

    def _log_sf(self, y: np.ndarray) -> np.ndarray:
        return self._log_lower(-self._z(y))

    def _log_lower(self, z: np.ndarray) -> np.ndarray:
        """Return log P(T ≤ z)."""
        log_beyond = log_tail(self.df, z)
        return np.where(z < 0.0, log_beyond, np.log1p(-np.exp(log_beyond)))

    def _ppf(self, q: np.ndarray) -> np.ndarray:
        return self.loc - self.scale * self._upper(q)

    def _isf(self, q: np.ndarray) -> np.ndarray:
        return self.loc + self.scale * self._upper(q)

    def grid(self) -> Grid:
        u = column(self.scores, self.batch_shape)
        # The quantile of a Gaussian seen through the density of this one; around √ν it bends.
        z = np.sign(u) * np.sqrt(-self.df * np.expm1(-u * u / self.df)) * np.exp(0.5 * u * u / self.df)
        z = np.clip(z, -1e150, 1e150)  # a number's square is one too
        width = self.scale * np.sqrt(self.df)
        bends = self.loc + width * column(BENDS, self.batch_shape)
        return with_bends(self.loc + self.scale * z, self.loc, width, bends, self.df < 2.0, self.scores)

    def log_density(self) -> LogDensity:
        df, loc, scale = parameters_on(self, self.batch_shape)
        constant = log_gamma_ratio(0.5 * df) - HALF_LOG_2PI - np.log(scale)
        power, width = -0.5 * df - 0.5, scale * np.sqrt(df)

        def log_density(y: np.ndarray, x: np.ndarray) -> np.ndarray:
            z = y - loc
            z /= width
            z *= z
            np.log1p(z, out=z)
            z *= power
            z += constant
            return z

        return log_density

    def _upper(self, q: np.ndarray) -> np.ndarray:
        """Return z with P(T > z) = q; near the middle by the complement, which keeps the digits of z."""
        p = np.minimum(q, 1.0 - q)
        df = np.minimum(self.df, _GAUSSIAN)
        # Of heavy tails nearly all is beyond √ν, where 1 - x has few digits.
        outer = p < np.maximum(0.25, 0.5 * scipy.special.betainc(0.5 * df, 0.5, 0.5))
        many = (df > LARGE) & outer  # there x is close to 1
        half, level = np.where(many, 1.0, 0.5 * df), np.where(outer, 2.0 * p, 1.0 - 2.0 * p)
        x = scipy.special.betaincinv(np.where(outer, half, 0.5), np.where(outer, 0.5, half), level)
        z = np.sqrt(df * np.where(outer, (1.0 - x) / x, x / (1.0 - x)))
        # Where x would underflow, the tail is its leading power of z.
        log_far = -(np.log(df * p) + scipy.special.betaln(0.5 * df, 0.5)) / df
        z = np.where(log_far > np.log(_FAR), np.sqrt(df) * np.exp(log_far), z)
        if many.any():
            z = np.asarray(z)
            z[many] = _upper_of_many(np.broadcast_to(self.df, many.shape)[many], p[many])
        return np.where(q < 0.5, z, -z)

    def _mean(self) -> np.ndarray:
        return np.where(self.df > 1.0, self.loc, np.nan)

    def _var(self) -> np.ndarray:
        var = self.scale**2 * self.df / (self.df - 2.0)
        return np.where(self.df > 2.0, var, np.where(self.df > 1.0, np.inf, np.nan))

    def _mode(self) -> np.ndarray:
        return self.loc

    def _entropy(self) -> np.ndarray:
        half = 0.5 * self.df
        digammas = np.log1p(0.5 / half) + log_minus_digamma(half) - log_minus_digamma(half + 0.5)
        return (half + 0.5) * digammas + 0.5 * np.log(2.0 * np.pi) - log_gamma_ratio(half) + np.log(self.scale)

    def _crps(self, y: np.ndarray) -> np.ndarray:
        return np.where(self.df > 0.5, super()._crps(y), np.inf)  # it is finite for ν > ½

    def _crps_of_z(self, z: np.ndarray) -> np.ndarray:
        # 2 (p(z) (ν + z²) - c) / (ν - 1) is 0/0 at ν = 1: p(z) (ν + z²) = c exp((ν - 1) t).
        df, excess, size = self.df, self.df - 1.0, np.abs(z)
        log_square = np.log1p(z * z / df)
        log_square = np.where(size / np.sqrt(df) > _FAR, 2.0 * np.log(size) - np.log(df), log_square)
        near = np.abs(excess) < _NEAR_ONE
        series = polyval(np.where(near, -excess, 0.0), _SERIES_AT_ONE)
        apart = log_gamma_ratio(df - 0.5) - log_gamma_ratio(0.5 * df) + 0.5 * np.log((2.0 * df - 1.0) / df)
        t = np.where(near, series, apart / np.where(near, 1.0, excess)) - 0.5 * log_square
        # c = √ν B(½, ν-½) / B(½, ν/2)²
        log_c = 2.0 * log_gamma_ratio(0.5 * df) - log_gamma_ratio(df - 0.5)
        c = 0.5 * df * np.exp(log_c) / np.sqrt(np.pi * (1.0 - 0.5 / df))
        return size * (1.0 - 2.0 * tail(df, z)) + 2.0 * c * t * scipy.special.exprel(excess * t)

    def _sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
        return self.loc + self.scale * rng.standard_t(np.broadcast_to(self.df, shape))

    @classmethod
    def estimate(cls, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return (5, loc, scale) over the first axis of y, by median and quartiles: a start, not yet the maximum."""
        loc, half = median_and_quartiles(y, weight)
        return np.full_like(half, 5.0), loc, half / _QUARTILE_OF_FIVE


def _upper_of_many(df: np.ndarray, p: np.ndarray) -> np.ndarray:
    """Return z with P(T > z) = p for many degrees of freedom, by Newton's method from a transformed Gaussian.

    That of Wallace, Ann. Math. Stat. 30, 1959.
    """
    u = scipy.special.ndtri(p) / (1.0 - 0.25 / df)
    z = np.sqrt(df * np.expm1(u * u / df))
    for _ in range(_NEWTON):
        log_p = log_tail(df, z)
        log_density = log_gamma_ratio(0.5 * df) - HALF_LOG_2PI - 0.5 * (df + 1.0) * np.log1p(z * z / df)
        z = z + (log_p - np.log(p)) * np.exp(log_p - log_density)
    return z
