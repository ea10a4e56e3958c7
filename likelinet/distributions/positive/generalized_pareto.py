"""The generalized Pareto distribution."""

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.arrays import Array, log1pmx, namespace
from likelinet.core.domains import nonnegative, positive
from likelinet.core.wording import called
from likelinet.distributions.base.parameter import Backward, Parameter, TailsBackward
from likelinet.distributions.base.protocol import LogDensity
from likelinet.distributions.base.shapes import parameters_on
from likelinet.distributions.base.univariate import Univariate
from likelinet.distributions.numerics.grids import POWER_SCORES
from likelinet.distributions.numerics.special import expm1_over, exponential_tails

_LEAST = 1e-200  # for a shape of 0: the logarithm of 1 + 1e-200 z is 1e-200 z


class GeneralizedPareto(Univariate):
    r"""The generalized Pareto distribution of excesses over a high threshold.

    .. math:: p(y) = \frac{1}{\sigma} \left(1 + \xi \frac{y}{\sigma}\right)^{-1/\xi - 1}, \qquad y \ge 0

    Parameters
    ----------
    scale : array_like
        Scale σ > 0.
    concentration : array_like
        Shape ξ ≥ 0, SciPy's ``c``; ξ = 0 is the exponential distribution with mean σ. The mean is infinite for ξ ≥ 1,
        the variance for ξ ≥ ½.

    Raises
    ------
    ParameterError
        If `scale` is not positive, `concentration` is negative or a value is not finite.

    References
    ----------
    Coles, *An Introduction to Statistical Modeling of Extreme Values* (2001), chapter 4; the CRPS is from Friederichs &
    Thorarinsdottir, *Environmetrics* 23, 2012; the moments of `estimate` are those of Hosking & Wallis,
    *Technometrics* 29, 1987.

    Examples
    --------
    >>> import likelinet as ll
    >>> float(ll.GeneralizedPareto(scale=2.0, concentration=0.25).sf(8.0).round(4))
    0.0625
    """

    parameters = (
        Parameter("scale", positive, role="scale", symbol="σ"),
        Parameter("concentration", nonnegative, symbol="ξ"),
    )
    support = nonnegative
    scores = POWER_SCORES
    other_names = called("gpd genpareto")
    purpose = "excesses over a threshold"
    scale: np.ndarray
    concentration: np.ndarray

    def __init__(self, scale: ArrayLike, concentration: ArrayLike) -> None:
        self._set({"scale": scale, "concentration": concentration})

    @classmethod
    def loss(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        scale, shape = params
        w, log_1_x, _, _, slope = hazard_parts(params, y)
        xp, z = namespace(w), y / scale
        x = shape * z
        far = ~(x < _largest(x))
        # (1 - z)/(1 + x) and z/(1 + x), which tend to -1/ξ and 1/ξ
        divided = 1.0 / xp.where(far, shape, 1.0 + x)
        fall, part = (xp.where(far, limit, v) for limit, v in ((-1.0, 1.0 - z), (1.0, z)))

        def backward(d: Array) -> tuple[Array, ...]:
            return d * (fall * divided / scale), d * (w * slope + part * divided)

        return w + log_1_x + xp.log(scale), backward

    def log_density(self) -> LogDensity:
        scale, shape = parameters_on(self, self.batch_shape)
        shape, log_scale = np.maximum(shape, _LEAST), np.log(scale)
        fall = -1.0 - 1.0 / shape

        def log_density(y: np.ndarray, x: np.ndarray) -> np.ndarray:
            values = y / scale
            values *= shape
            np.minimum(values, 1e308, out=values)
            np.log1p(values, out=values)
            values *= fall
            values -= log_scale
            return values

        return log_density

    @classmethod
    def tails(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Array, TailsBackward]:
        scale, _ = params
        w, _, log_rate, share, slope = hazard_parts(params, y)
        log_cdf, log_sf, to_log_w = exponential_tails(w, namespace(w).log(y) + log_rate)

        def backward(d_log_cdf: Array, d_log_sf: Array) -> tuple[Array, ...]:
            s = to_log_w(d_log_cdf, d_log_sf)
            return -s * (share / scale), s * slope

        return log_cdf, log_sf, backward

    def _w(self, y: np.ndarray) -> np.ndarray:
        return hazard_parts((self.scale, self.concentration), y)[0]

    def _cdf(self, y: np.ndarray) -> np.ndarray:
        return -np.expm1(-self._w(y))

    def _inverse(self, w: np.ndarray) -> np.ndarray:
        x = self.concentration * w
        some, far = x > 0.0, x > 500.0  # where the exponential may overflow though y does not
        near = self.scale * w * np.where(some, np.expm1(x) / np.where(some, x, 1.0), 1.0)
        log_unit = np.log(self.scale) - np.log(np.where(far, self.concentration, 1.0))
        return np.where(far, np.exp(np.where(far, x + log_unit, 0.0)), near)

    def _ppf(self, q: np.ndarray) -> np.ndarray:
        return self._inverse(-np.log1p(-q))

    def _isf(self, q: np.ndarray) -> np.ndarray:
        return self._inverse(-np.log(q))

    def _mean(self) -> np.ndarray:
        return np.where(self.concentration < 1.0, self.scale / (1.0 - self.concentration), np.inf)

    def _var(self) -> np.ndarray:
        c = self.concentration
        return np.where(c < 0.5, (self.scale / (1.0 - c)) ** 2 / (1.0 - 2.0 * c), np.inf)

    def _mode(self) -> np.ndarray:
        return np.zeros_like(self.scale)

    def _entropy(self) -> np.ndarray:
        return 1.0 + self.concentration + np.log(self.scale)

    def _crps(self, y: np.ndarray) -> np.ndarray:
        # It is finite for ξ < 2.
        c, w = self.concentration, self._w(np.maximum(y, 0.0))
        finite = np.abs(y) + self.scale * (1.0 / (2.0 - c) - 2.0 * expm1_over(c - 1.0, w))
        return np.where(c < 2.0, finite, np.where(np.isnan(y), np.nan, np.inf))

    def _gini_mean_difference(self) -> np.ndarray:
        c = np.minimum(self.concentration, 1.0)  # from there on it is infinite
        return 2.0 * self.scale / ((1.0 - c) * (2.0 - c))

    def _sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
        return self._inverse(rng.standard_exponential(shape))

    @classmethod
    def estimate(cls, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return estimates of (scale, concentration) over the first axis of y by probability-weighted moments.

        They are robust to heavy tails; the concentration is kept within 0.01 and 0.9.
        """
        unit = np.maximum(np.max(y, axis=0), 1e-300)
        order = np.argsort(y, axis=0)
        ordered, w = np.take_along_axis(y, order, 0) / unit, weight.reshape((-1,) + (1,) * (y.ndim - 1))
        w = np.take_along_axis(np.broadcast_to(w, y.shape), order, 0) / weight.sum()
        above = 1.0 - w.cumsum(axis=0) + 0.5 * w
        mean, lesser = (w * ordered).sum(0), (w * ordered * above).sum(0)
        gap = np.maximum(mean - 2.0 * lesser, 1e-6 * mean)
        shape = np.clip(2.0 - mean / np.where(gap > 0.0, gap, 1.0), 0.01, 0.9)
        return unit * np.maximum(mean, 1e-15) * (1.0 - shape), shape


def hazard_parts(params: tuple[Array, ...], y: Array) -> tuple[Array, ...]:
    """Return the cumulative hazard w = log(1 + x)/ξ with x = ξy/σ, log(1 + x), log w/y, and the slopes of log w.

    These are ∂ log w/∂ log y and ∂ log w/∂ξ. All are smooth through ξ = 0, and go on where x overflows.
    """
    scale, shape = params
    z = y / scale
    x = shape * z
    xp = namespace(x)
    far = ~(x < _largest(x)) & (shape > 0.0)
    z, x = xp.where(far, 1.0, z), xp.where(far, 1.0, xp.where(shape == 0.0, 0.0, x))
    log_scale, log_y = xp.log(scale), xp.log(xp.where(far, y, 1.0))
    log_far = log_y - log_scale + xp.log(xp.where(far, shape, 1.0))
    safe = xp.where(x == 0.0, 1.0, x)
    g = xp.where(x == 0.0, 1.0, xp.log1p(safe) / safe)
    large, tiny = x > 1.0, xp.abs(x) < 1e-10
    safe = xp.where(large | tiny, 1.0, x)
    second = xp.where(tiny, x / 3.0 - 0.5, log1pmx(safe) / (safe * safe))
    near = -(1.0 / (1.0 + xp.where(large, 0.0, x)) + second) / g
    share = xp.where(far, 1.0 / xp.where(far, log_far, 1.0), 1.0 / ((1.0 + x) * g))
    over = xp.where(far, shape, xp.where(large, x, 1.0))
    slope = xp.where(far, (share - 1.0) / over, z * xp.where(large, (share - 1.0) / over, near))
    w = xp.where(far, log_far / over, z * g)
    log_rate = xp.where(far, xp.log(xp.where(far, w, 1.0)) - log_y, xp.log(g) - log_scale)
    return w, xp.where(far, log_far, xp.log1p(x)), log_rate, share, slope


def _largest(x: Array) -> float:
    """Return the size from which 1 + x is as good as x, and products of it may overflow."""
    return float(namespace(x).finfo(x.dtype).max) ** 0.5
