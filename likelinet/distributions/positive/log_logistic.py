"""The log-logistic distribution."""

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.arrays import Array, namespace, sigmoid, softplus_and_sigmoid
from likelinet.core.domains import positive
from likelinet.core.lazy import scipy
from likelinet.core.wording import called
from likelinet.distributions.base.distribution import Distribution
from likelinet.distributions.base.other_objectives import symmetric
from likelinet.distributions.base.parameter import Backward, Parameter, TailsBackward
from likelinet.distributions.base.protocol import LogDensity
from likelinet.distributions.base.shapes import parameters_on
from likelinet.distributions.base.univariate import Univariate
from likelinet.distributions.numerics.divergences import logistic
from likelinet.distributions.numerics.estimates import log_moments
from likelinet.distributions.numerics.grids import POWER_SCORES
from likelinet.distributions.numerics.special import expm1_over, log_ratio, through_pole


class LogLogistic(Univariate):
    r"""The log-logistic (Fisk) distribution: log y is logistic.

    .. math:: p(y) = \frac{(\beta/\alpha) (y/\alpha)^{\beta-1}}{\left(1 + (y/\alpha)^\beta\right)^2}, \qquad y > 0

    Parameters
    ----------
    scale : array_like
        Scale α > 0, the median; as SciPy's ``fisk``.
    concentration : array_like
        Shape β > 0, SciPy's ``c``: 1/β is the scale of log y. The mean is infinite for β ≤ 1, the variance for β ≤ 2.

    Raises
    ------
    ParameterError
        If a parameter is not a positive finite number.

    References
    ----------
    Johnson, Kotz & Balakrishnan, *Continuous Univariate Distributions* vol. 2 (1995), section 23.11; the CRPS is from
    Jordan, Krüger & Lerch, *J. Stat. Software* 90(12), 2019.

    Examples
    --------
    >>> import likelinet as ll
    >>> float(ll.LogLogistic(scale=2.0, concentration=3.0).sf(4.0).round(4))
    0.1111
    """

    parameters = (
        Parameter("scale", positive, role="scale", symbol="α"),
        Parameter("concentration", positive, symbol="β"),
    )
    support = positive
    scores = POWER_SCORES
    other_names = called("fisk loglogistic")
    purpose = "times and incomes, heavy tail, simple cdf"
    scale: np.ndarray
    concentration: np.ndarray

    def __init__(self, scale: ArrayLike, concentration: ArrayLike) -> None:
        self._set({"scale": scale, "concentration": concentration})

    @classmethod
    def loss(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        scale, b = params
        v = log_ratio(y, scale)
        xp, u = namespace(v), b * v

        def backward(d: Array) -> tuple[Array, ...]:
            excess = xp.tanh(0.5 * u)
            return -d * excess * (b / scale), d * (excess * v - 1.0 / b)

        size = xp.abs(u)
        return size + 2.0 * xp.log1p(xp.exp(-size)) + xp.log(y) - xp.log(b), backward

    @classmethod
    def fisher_information(cls, params: tuple[Array, ...]) -> Array:
        scale, b = params
        return symmetric((b / scale) ** 2 / 3.0, 0.0, (3.0 + np.pi**2) / 9.0 / b**2)

    def log_density(self) -> LogDensity:
        scale, b = parameters_on(self, self.batch_shape)
        log_unit = np.log(b) - np.log(scale)

        def log_density(y: np.ndarray, x: np.ndarray) -> np.ndarray:
            v = y / scale
            np.log(v, out=v)
            fall = b * v
            np.abs(fall, out=fall)
            v += fall
            np.exp(np.negative(fall, out=fall), out=fall)
            np.log1p(fall, out=fall)
            fall *= 2.0
            v += fall
            v -= log_unit
            return np.negative(v, out=v)

        return log_density

    @classmethod
    def tails(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Array, TailsBackward]:
        scale, b = params
        v = log_ratio(y, scale)
        minus_log_sf, cdf = softplus_and_sigmoid(b * v)
        minus_log_cdf, sf = softplus_and_sigmoid(-b * v)

        def backward(d_log_cdf: Array, d_log_sf: Array) -> tuple[Array, ...]:
            s = d_log_cdf * sf - d_log_sf * cdf
            return -s * (b / scale), s * v

        return -minus_log_cdf, -minus_log_sf, backward

    def _ppf(self, q: np.ndarray) -> np.ndarray:
        return self.scale * np.exp(scipy.special.logit(q) / self.concentration)

    def _isf(self, q: np.ndarray) -> np.ndarray:
        return self.scale * np.exp(-scipy.special.logit(q) / self.concentration)

    def _mean(self) -> np.ndarray:
        x = np.pi / self.concentration
        return np.where(x < np.pi, self.scale * x / np.sin(x), np.inf)

    def _var(self) -> np.ndarray:
        # x / sin²x · (tan x - x) with x = π/β; tan x - x by its series (DLMF 4.19.3) where β is large.
        x = np.pi / self.concentration
        x2 = x * x
        series = x * x2 * (1 / 3 + x2 * (2 / 15 + x2 * (17 / 315 + x2 * (62 / 2835 + x2 * 1382 / 155925))))
        rise = np.where(x < 0.05, series, np.tan(x) - x)
        return np.where(x < 0.5 * np.pi, (self.scale / np.sin(x)) ** 2 * x * rise, np.inf)

    def _mode(self) -> np.ndarray:
        b = self.concentration
        return self.scale * (np.maximum(b - 1.0, 0.0) / (b + 1.0)) ** (1.0 / b)

    def _entropy(self) -> np.ndarray:
        return 2.0 + np.log(self.scale) - np.log(self.concentration)

    def _kl_divergence(self, other: Distribution) -> np.ndarray:
        if not isinstance(other, LogLogistic):
            return super()._kl_divergence(other)
        # That of the logarithms, which are logistic: a change of variable leaves it as it is.
        b, b2 = self.concentration, other.concentration
        values, near = logistic(b2 / b, (b2 - b) / b, b2 * log_ratio(other.scale, self.scale))
        return values if near.all() else np.where(near, values, super()._kl_divergence(other))

    def _crps(self, y: np.ndarray) -> np.ndarray:
        # It is finite for β > ½: y (2F - 1) - 2α B + α Γ(1+x) Γ(2-x) with x = 1/β and the incomplete beta function
        # B = B_F(1+x, 1-x), by its recurrence (DLMF 8.17.21) to the parameters 1+x and 2-x, which is 0/0 at x = 1.
        inside, x = np.maximum(y, 0.0), np.minimum(1.0 / self.concentration, 2.0)
        log_odds = self.concentration * log_ratio(inside, self.scale)
        cdf, minus_log_sf = sigmoid(log_odds), softplus_and_sigmoid(log_odds)[0]
        log_cdf = -softplus_and_sigmoid(-log_odds)[0]

        def smooth(x: np.ndarray) -> np.ndarray:
            whole = scipy.special.betainc(1.0 + x, 2.0 - x, cdf) * np.exp(scipy.special.betaln(1.0 + x, 2.0 - x))
            return (2.0 * whole - np.exp((1.0 + x) * log_cdf)) / (1.0 - x)

        x = np.broadcast_to(x, cdf.shape)
        safe = np.where(x < 2.0, x, 1.5)
        beta = through_pole(smooth, safe, 1.0) - np.exp((1.0 + safe) * log_cdf) * expm1_over(1.0 - safe, -minus_log_sf)
        last = np.exp(scipy.special.gammaln(1.0 + safe) + scipy.special.gammaln(2.0 - safe))
        finite = inside * (2.0 * cdf - 1.0) + self.scale * (last - 2.0 * beta) + np.maximum(-y, 0.0)
        return np.where(x < 2.0, finite, np.where(np.isnan(y), np.nan, np.inf))

    def _gini_mean_difference(self) -> np.ndarray:
        # Its Gini coefficient is 1/β.
        return 2.0 * self._mean() / self.concentration

    def _sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
        return self.scale * np.exp(rng.logistic(size=shape) / self.concentration)

    @classmethod
    def estimate(cls, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return estimates of (scale, concentration) by the moments of log y: a start, not yet the maximum."""
        mean, spread = log_moments(y, weight)
        return np.exp(mean), np.pi / (np.sqrt(3.0) * spread)
