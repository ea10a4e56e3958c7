"""The generalized Pareto distribution."""

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.arrays import Array, log1pmx, namespace
from likelinet.core.domains import nonnegative, positive
from likelinet.core.wording import called
from likelinet.distributions.base.parameter import Backward, Parameter, TailsBackward
from likelinet.distributions.base.univariate import Univariate
from likelinet.distributions.numerics.grids import POWER_SCORES
from likelinet.distributions.numerics.special import expm1_over, exponential_tails


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
        scale, _ = params
        z, x, g, _, slope = hazard_parts(params, y)
        w = z * g

        def backward(d: Array) -> tuple[Array, ...]:
            return d * ((1.0 - z) / (1.0 + x) / scale), d * (w * slope + z / (1.0 + x))

        xp = namespace(z)
        return w + xp.log1p(x) + xp.log(scale), backward

    @classmethod
    def tails(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Array, TailsBackward]:
        scale, _ = params
        z, _, g, share, slope = hazard_parts(params, y)
        xp = namespace(z)
        log_cdf, log_sf, to_log_w = exponential_tails(z * g, xp.log(y) - xp.log(scale) + xp.log(g))

        def backward(d_log_cdf: Array, d_log_sf: Array) -> tuple[Array, ...]:
            s = to_log_w(d_log_cdf, d_log_sf)
            return -s * (share / scale), s * slope

        return log_cdf, log_sf, backward

    def _w(self, y: np.ndarray) -> np.ndarray:
        z, _, g, _, _ = hazard_parts((self.scale, self.concentration), y)
        return z * g

    def _cdf(self, y: np.ndarray) -> np.ndarray:
        return -np.expm1(-self._w(y))

    def _inverse(self, w: np.ndarray) -> np.ndarray:
        x = self.concentration * w
        return self.scale * w * np.where(x > 0.0, np.expm1(x) / np.where(x > 0.0, x, 1.0), 1.0)

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
    """Return z = y/σ, x = ξz, and of the cumulative hazard w = log(1 + ξz)/ξ what is smooth through ξ = 0.

    These are g = w/z = log(1 + x)/x; z ∂ log w/∂z = 1/((1 + x) g); and ∂ log w/∂ξ = z (1/((1 + x) g) - 1)/x.
    """
    scale, shape = params
    z = y / scale
    x = shape * z
    xp = namespace(x)
    safe = xp.where(x == 0.0, 1.0, x)
    g = xp.where(x == 0.0, 1.0, xp.log1p(safe) / safe)
    share = 1.0 / ((1.0 + x) * g)
    large, tiny = x > 1.0, xp.abs(x) < 1e-10
    safe = xp.where(large | tiny, 1.0, x)
    second = xp.where(tiny, x / 3.0 - 0.5, log1pmx(safe) / (safe * safe))
    near = -(1.0 / (1.0 + xp.where(large, 0.0, x)) + second) / g
    return z, x, g, share, z * xp.where(large, (share - 1.0) / xp.where(large, x, 1.0), near)
