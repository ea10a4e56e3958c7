"""The skew-normal distribution."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.arrays import HALF_LOG_2PI, Array, namespace, special
from likelinet.core.domains import positive
from likelinet.core.lazy import scipy
from likelinet.core.wording import called
from likelinet.distributions.base.parameter import Backward, Parameter, TailsBackward
from likelinet.distributions.base.protocol import LogDensity
from likelinet.distributions.base.shapes import parameters_on
from likelinet.distributions.base.standardised import Standardised
from likelinet.distributions.base.univariate import Univariate
from likelinet.distributions.numerics import quadrature
from likelinet.distributions.numerics.estimates import positive_spread
from likelinet.distributions.numerics.grids import RISING, SCORES, Grid, column, extra, joined, on_line
from likelinet.distributions.numerics.panels import nodes_and_weights, picked
from likelinet.distributions.numerics.root_finding import invert
from likelinet.distributions.numerics.special import hazard

_LOG_2 = float(np.log(2.0))
_STEPS = 100  # of Newton's method at most
_UNDERFLOW = 37.0  # standard deviations from which on a probability is none
_SEEN = 1e-3  # a probability of which an error of 1e-16 takes no digit that counts
_MOST_SKEWED = 0.98  # the sample skewness is cut here; that of the distribution stays below 0.9953

Function = Callable[[np.ndarray], np.ndarray]


class SkewNormal(Standardised, Univariate):
    r"""Azzalini's skew-normal distribution.

    .. math:: p(y) = \frac{2}{\sigma} \varphi(z) \Phi(\alpha z), \qquad z = \frac{y - \mu}{\sigma}

    φ and Φ are the standard Gaussian density and cdf.

    Parameters
    ----------
    loc : array_like
        Location μ (Azzalini's ξ); the mean only if α = 0.
    scale : array_like
        Scale σ > 0 (Azzalini's ω); the standard deviation only if α = 0.
    alpha : array_like
        Shape α, any finite number: positive skews to the right, 0 is the Gaussian. SciPy's ``a``.

    Raises
    ------
    ParameterError
        If `scale` is not positive or a value is not finite.

    References
    ----------
    Azzalini, *The Skew-Normal and Related Families* (2014), chapter 2.

    Examples
    --------
    >>> import likelinet as ll
    >>> float(ll.SkewNormal(loc=0.0, scale=1.0, alpha=4.0).cdf(0.0).round(4))
    0.078
    """

    other_names = called("skewnormal skewnorm skew_gaussian")
    purpose = "skewed, light tails"
    peak_density = float(2.0 * np.exp(-HALF_LOG_2PI))  # of half a Gaussian, which the most skewed one is
    temporaries = 32  # its tails are integrals
    parameters = (
        Parameter("loc", role="location", symbol="μ"),
        Parameter("scale", positive, role="scale", symbol="σ"),
        Parameter("alpha", symbol="α"),
    )
    loc: np.ndarray
    scale: np.ndarray
    alpha: np.ndarray

    def __init__(self, loc: ArrayLike, scale: ArrayLike, alpha: ArrayLike) -> None:
        self._set({"loc": loc, "scale": scale, "alpha": alpha})

    @classmethod
    def loss(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        loc, scale, alpha = params
        xp = namespace(loc)
        z = _held((y - loc) / scale)
        values = xp.log(scale) - _log_density(z, alpha)

        def backward(d: Array) -> tuple[Array, ...]:
            h = hazard(-alpha * z)  # φ / Φ at αz
            s, dz = d / scale, z - alpha * h
            return -s * dz, s * (1.0 - z * dz), -d * z * h

        return values, backward

    def log_density(self) -> LogDensity:
        loc, scale, alpha = parameters_on(self, self.batch_shape)
        log_norm = _LOG_2 - HALF_LOG_2PI - np.log(scale)

        def log_density(y: np.ndarray, x: np.ndarray) -> np.ndarray:
            z = y - loc
            z /= scale
            t = alpha * z
            far = t < -_UNDERFLOW
            of_far = scipy.special.log_ndtr(t[far])
            log_share = np.log(scipy.special.ndtr(t, out=t), out=t)  # in half the time of log_ndtr
            log_share[far] = of_far
            z *= z
            z *= -0.5
            z += log_norm
            z += log_share
            return z

        return log_density

    @classmethod
    def tails(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Array, TailsBackward]:
        loc, scale, alpha = params
        z = (y - loc) / scale
        log_cdf, log_sf, cdf_rate, sf_rate = standard_tails(z, alpha)

        def backward(d_log_cdf: Array, d_log_sf: Array) -> tuple[Array, ...]:
            dz = d_log_cdf * cdf_rate - d_log_sf * sf_rate
            # ∂F/∂α = -φ(z) φ(αz) 2 / (1 + α²), and p(z) = 2 φ(z) Φ(αz).
            return -dz / scale, -dz * z / scale, -dz * (hazard(-alpha * z) / (1.0 + alpha * alpha))

        return log_cdf, log_sf, backward

    def _cdf(self, y: np.ndarray) -> np.ndarray:
        return _cdf(self._z(y), self.alpha, lambda p: p, lambda log_p: np.exp(log_p), high=1.0)

    def _sf(self, y: np.ndarray) -> np.ndarray:
        return _cdf(-self._z(y), -self.alpha, lambda p: p, lambda log_p: np.exp(log_p), high=1.0)

    def _log_cdf(self, y: np.ndarray) -> np.ndarray:
        return _cdf(self._z(y), self.alpha, np.log, lambda log_p: log_p, high=1.0 - _SEEN)

    def _log_sf(self, y: np.ndarray) -> np.ndarray:
        return _cdf(-self._z(y), -self.alpha, np.log, lambda log_p: log_p, high=1.0 - _SEEN)

    def _plain_cdf(self, y: np.ndarray) -> np.ndarray:
        return np.clip(_by_owen(self._z(y), self.alpha), 0.0, 1.0)

    def _ppf(self, q: np.ndarray) -> np.ndarray:
        low, high = _around(q, self.alpha)
        return invert(self, q, self.loc + self.scale * low, self.loc + self.scale * high, upper=False)

    def _isf(self, q: np.ndarray) -> np.ndarray:
        low, high = _around(q, -self.alpha)
        return invert(self, q, self.loc - self.scale * high, self.loc - self.scale * low, upper=True)

    def grid(self) -> Grid:
        heavy = np.where(self.alpha < 0.0, -1.0, 1.0) * self.scale
        u, light = column(SCORES, self.batch_shape), np.hypot(1.0, self.alpha)
        # The lighter tail is a narrower Gaussian, and Φ(αz) rises as fast.
        rise = self.loc + heavy * column(RISING, self.batch_shape) / light
        main = on_line(self.loc + heavy * np.where(u < 0.0, u / light, u), self.loc, self.scale)
        return joined(main, extra(rise, np.full(self.batch_shape, np.inf)))

    def _delta(self) -> np.ndarray:
        return self.alpha / np.hypot(1.0, self.alpha)

    def _mean(self) -> np.ndarray:
        return self.loc + self.scale * np.sqrt(2.0 / np.pi) * self._delta()

    def _var(self) -> np.ndarray:
        return self.scale**2 * (1.0 - 2.0 / np.pi * self._delta() ** 2)

    def _mode(self) -> np.ndarray:
        # The slope z - α φ/Φ is concave in z on the side of the mode: Newton's steps from 0 never overshoot.
        z = np.zeros(self.batch_shape)
        for _ in range(_STEPS):
            h = hazard(-self.alpha * z)
            z = z - (z - self.alpha * h) / (1.0 + self.alpha**2 * h * (self.alpha * z + h))
        return self.loc + self.scale * z

    def _entropy(self) -> np.ndarray:
        zero, one = np.zeros(self.batch_shape), np.ones(self.batch_shape)
        return quadrature.entropy(SkewNormal(zero, one, self.alpha)) + np.log(self.scale)

    def _crps_of_z(self, z: np.ndarray) -> np.ndarray:
        # E|Y - y| - ½ E|Y - Y'|, both by parts; the second has the orthant probabilities of a Gaussian pair.
        a = self.alpha
        mean = np.sqrt(2.0 / np.pi) * self._delta()
        density = np.exp(_log_density(_held(z), a))
        log_cdf, log_sf, _, _ = standard_tails(z, a)
        apart = z * (np.exp(log_cdf) - np.exp(log_sf)) + 2.0 * density
        apart = apart - mean * scipy.special.erf(np.hypot(1.0, a) * z / np.sqrt(2.0))
        angle = np.arcsin(1.0 / (1.0 + 2.0 / np.maximum(a * a, 1e-300)))
        pair = (1.0 + 2.0 / np.pi * angle) / np.sqrt(np.pi) - 2.0 / np.pi * mean * np.arctan(a / np.sqrt(2.0))
        return apart - pair

    def _sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
        folded, free = np.abs(rng.standard_normal(shape)), rng.standard_normal(shape)
        return self.loc + self.scale * (self.alpha * folded + free) / np.hypot(1.0, self.alpha)

    @classmethod
    def estimate(cls, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return moment estimates of (loc, scale, alpha) over the first axis of y: a start, not yet the maximum."""
        mean = np.average(y, axis=0, weights=weight)
        spread = np.sqrt(np.average((y - mean) ** 2, axis=0, weights=weight))
        spread = positive_spread(spread, mean)
        skewness = np.average(((y - mean) / spread) ** 3, axis=0, weights=weight)
        ratio = np.abs(np.clip(skewness, -_MOST_SKEWED, _MOST_SKEWED)) ** (2.0 / 3.0)
        delta = np.sign(skewness) * np.sqrt(0.5 * np.pi * ratio / (ratio + (2.0 - 0.5 * np.pi) ** (2.0 / 3.0)))
        scale = spread / np.sqrt(1.0 - 2.0 / np.pi * delta**2)
        return mean - scale * delta * np.sqrt(2.0 / np.pi), scale, delta / np.sqrt(1.0 - delta**2)


def standard_tails(z: Array, alpha: Array) -> tuple[Array, Array, Array, Array]:
    """Return log F, log (1 - F), p / F and p / (1 - F) at z, with location 0 and scale 1.

    All follow without cancellation from L = P(Y ≤ -h), h = |z|, of the distribution with |α|, its lighter tail:
    the heavier one is P(Y > h) = 2 Φ(-h) - L ≥ L, and what lies below it is erf(h/√2) + L.
    """
    xp = namespace(z)
    log_ndtr, erf = special(z).log_ndtr, special(z).erf
    z = _held(z)
    h, a = xp.abs(z), xp.minimum(xp.abs(alpha), _finite(z) ** 0.5)  # from which on it is a half-normal
    log_light, light_rate = _light_tail(h, a)
    light = xp.exp(log_light)
    # Of the light tail in both, as a quotient of hazards: far out the two logarithms would cancel.
    share = xp.exp(log_ndtr(-a * h)) * (hazard(h) / light_rate)
    rest = erf(h * 0.5**0.5) + light
    log_heavy = xp.where(rest < 0.5, xp.log1p(-xp.minimum(rest, 0.5)), _LOG_2 + log_ndtr(-h) + xp.log1p(-share))
    heavy_rate = hazard(h) * xp.exp(log_ndtr(a * h)) / (1.0 - share)
    log_rest = xp.where(rest < 0.5, xp.log(rest), xp.log1p(-xp.exp(log_heavy)))

    in_light = (z < 0.0) == (alpha >= 0.0)
    log_tail, tail_rate = xp.where(in_light, log_light, log_heavy), xp.where(in_light, light_rate, heavy_rate)
    log_other = xp.where(in_light, xp.log1p(-light), log_rest)
    other_rate = xp.exp(_log_density(z, alpha) - log_other)
    below = z < 0.0
    return (
        xp.where(below, log_tail, log_other),
        xp.where(below, log_other, log_tail),
        xp.where(below, tail_rate, other_rate),
        xp.where(below, other_rate, tail_rate),
    )


def _log_density(z: Array, alpha: Array) -> Array:
    return special(z).log_ndtr(alpha * z) - 0.5 * z * z - (HALF_LOG_2PI - _LOG_2)


def _light_tail(h: Array, a: Array) -> tuple[Array, Array]:
    """Return log L and p(-h) / L with L = P(Y ≤ -h), for h and a = |α| not negative.

    L / p(-h) is the integral over s > 0 of p(-h-s) / p(-h), a quotient whose squares are completed: nothing cancels.
    """
    xp, most = namespace(h), _finite(h)
    first = hazard(xp.minimum(a * h, most))
    t, weights = nodes_and_weights(first)
    s = t / (1.0 + h + a * first)  # in units of how fast the density falls
    quotient = xp.exp(-(1.0 + a * a) * s * (h + 0.5 * s)) * (first / hazard(xp.minimum(a * (h + s), most)))
    ratio = (weights * quotient).sum(0) / (1.0 + h + a * first)
    return _log_density(-h, a) + xp.log(ratio), 1.0 / ratio


def _held(z: Array) -> Array:
    """Return z, but finite: α z is 0 for α = 0 however far out z is."""
    most = _finite(z)
    return namespace(z).clip(z, -most, most)


def _finite(z: Array) -> float:
    """Return a size from which squares are infinite for certain, and which itself is not."""
    return float(namespace(z).finfo(z.dtype).max) ** 0.9


def _cdf(z: np.ndarray, alpha: np.ndarray, of: Function, of_log: Function, high: float) -> np.ndarray:
    """Return `of` the cdf, by Owen's T; `of_log` of its logarithm outside [_SEEN, high], where T has too few digits."""
    z, alpha = np.broadcast_arrays(z, alpha)
    p = _by_owen(z, alpha)
    values = np.asarray(of(p))
    rough = ~((p >= _SEEN) & (p <= high))
    if rough.any():
        values, rows = values.copy(), picked(rough)
        values[rows] = of_log(standard_tails(z[rows], alpha[rows])[0])
    return values


def _by_owen(z: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    return scipy.special.ndtr(z) - 2.0 * scipy.special.owens_t(z, alpha)


def _around(p: np.ndarray, alpha: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return bounds of z with F(z) = p: the Gaussian, and the two half-normals to which F tends for large α."""
    c, ndtri = np.hypot(1.0, alpha), scipy.special.ndtri
    right, gaussian, light = alpha > 0.0, ndtri(p), ndtri(np.minimum(p * c, 0.5)) / c
    low = np.where(right, np.maximum(light, gaussian), ndtri(0.5 * p))
    return low, np.where(right, -ndtri(0.5 - 0.5 * p), gaussian)
