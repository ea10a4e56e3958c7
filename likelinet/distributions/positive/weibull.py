"""The Weibull distribution."""

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.arrays import Array, namespace
from likelinet.core.domains import positive
from likelinet.core.lazy import scipy
from likelinet.core.wording import called
from likelinet.distributions.base.distribution import Distribution
from likelinet.distributions.base.other_objectives import symmetric
from likelinet.distributions.base.parameter import Backward, Parameter, TailsBackward
from likelinet.distributions.base.protocol import LogDensity
from likelinet.distributions.base.shapes import parameters_on
from likelinet.distributions.base.univariate import Univariate
from likelinet.distributions.numerics.divergences import extreme_value
from likelinet.distributions.numerics.estimates import log_moments
from likelinet.distributions.numerics.incomplete_gamma import gammainc
from likelinet.distributions.numerics.special import exponential_tails, log_ratio

_MOST = 1e300


class Weibull(Univariate):
    r"""The Weibull distribution.

    .. math:: p(y) = \frac{k}{\lambda} \left(\frac{y}{\lambda}\right)^{k-1} e^{-(y/\lambda)^k}, \qquad y > 0

    Parameters
    ----------
    scale : array_like
        Scale λ > 0, as in torch and SciPy.
    concentration : array_like
        Shape k > 0: the hazard falls with y below 1, is constant at 1 and rises above. SciPy calls it ``c``.

    Raises
    ------
    ParameterError
        If a parameter is not a positive finite number.

    References
    ----------
    Johnson, Kotz & Balakrishnan, *Continuous Univariate Distributions* vol. 1 (1994), chapter 21.

    Examples
    --------
    >>> import likelinet as ll
    >>> float(ll.Weibull(scale=2.0, concentration=1.5).sf(2.0).round(4))
    0.3679
    """

    parameters = (
        Parameter("scale", positive, role="scale", symbol="λ"),
        Parameter("concentration", positive, symbol="k"),
    )
    support = positive
    other_names = called("weibull_min")
    purpose = "times to an event"
    scale: np.ndarray
    concentration: np.ndarray

    def __init__(self, scale: ArrayLike, concentration: ArrayLike) -> None:
        self._set({"scale": scale, "concentration": concentration})

    @classmethod
    def loss(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        scale, k = params
        v = log_ratio(y, scale)
        xp = namespace(v)
        u = xp.minimum(k * v, _MOST)  # an infinite one would be taken from an infinite w
        w = xp.exp(u)

        def backward(d: Array) -> tuple[Array, ...]:
            excess = d * xp.expm1(u)
            return -excess * (k / scale), excess * v - d / k

        return w - u + xp.log(y) - xp.log(k), backward

    @classmethod
    def fisher_information(cls, params: tuple[Array, ...]) -> Array:
        scale, k = params
        gap = 1.0 - np.euler_gamma
        return symmetric((k / scale) ** 2, -gap / scale, (np.pi**2 / 6.0 + gap**2) / k**2)

    def log_density(self) -> LogDensity:
        scale, k = parameters_on(self, self.batch_shape)
        log_unit = np.log(k) - np.log(scale)

        def log_density(y: np.ndarray, x: np.ndarray) -> np.ndarray:
            v = y / scale
            np.log(v, out=v)
            u = k * v
            v -= u
            v -= log_unit
            v += np.exp(u, out=u)
            return np.negative(v, out=v)

        return log_density

    @classmethod
    def tails(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Array, TailsBackward]:
        scale, k = params
        v = log_ratio(y, scale)
        u = k * v
        log_cdf, log_sf, slope = exponential_tails(namespace(v).exp(u), u)

        def backward(d_log_cdf: Array, d_log_sf: Array) -> tuple[Array, ...]:
            s = slope(d_log_cdf, d_log_sf)
            return -s * (k / scale), s * v

        return log_cdf, log_sf, backward

    def _w(self, y: np.ndarray) -> np.ndarray:
        return np.exp(self.concentration * log_ratio(y, self.scale))

    def _cdf(self, y: np.ndarray) -> np.ndarray:
        return -np.expm1(-self._w(y))

    def _ppf(self, q: np.ndarray) -> np.ndarray:
        return self.scale * (-np.log1p(-q)) ** (1.0 / self.concentration)

    def _isf(self, q: np.ndarray) -> np.ndarray:
        return self.scale * (-np.log(q)) ** (1.0 / self.concentration)

    def _mean(self) -> np.ndarray:
        return self.scale * scipy.special.gamma(1.0 + 1.0 / self.concentration)

    def _var(self) -> np.ndarray:
        # log E[Y²]/E[Y]² as the series of log Γ about 1 (DLMF 5.7.3) where k is large and the two would cancel.
        x = 1.0 / self.concentration
        n = np.arange(2.0, 20.0).reshape((-1,) + (1,) * x.ndim)
        series = (scipy.special.zeta(n) / n * (2.0**n - 2.0) * (-np.minimum(x, 0.1)) ** n).sum(0)
        gammas = scipy.special.gammaln(1.0 + 2.0 * x) - 2.0 * scipy.special.gammaln(1.0 + x)
        return self._mean() ** 2 * np.expm1(np.where(x < 0.1, series, gammas))

    def _mode(self) -> np.ndarray:
        return self.scale * np.maximum(1.0 - 1.0 / self.concentration, 0.0) ** (1.0 / self.concentration)

    def _entropy(self) -> np.ndarray:
        k = self.concentration
        return 1.0 + np.euler_gamma * (1.0 - 1.0 / k) + np.log(self.scale) - np.log(k)

    def _kl_divergence(self, other: Distribution) -> np.ndarray:
        if not isinstance(other, Weibull):
            return super()._kl_divergence(other)
        # That of the logarithms, which are Gumbel distributed but for the sign.
        k, k2 = self.concentration, other.concentration
        return extreme_value(k2 / k, (k2 - k) / k, k2 * log_ratio(self.scale, other.scale))

    def _crps(self, y: np.ndarray) -> np.ndarray:
        # E|Y - y| - E|Y - Y'|/2, and the lesser of Y and Y' is again Weibull, with the mean E[Y] / 2^(1/k).
        inside, x = np.maximum(y, 0.0), 1.0 / self.concentration
        w = self._w(inside)
        below = 2.0 * gammainc(1.0 + x, w)
        return np.abs(y) - 2.0 * inside * np.exp(-w) + self._mean() * (2.0**-x - below)

    def _gini_mean_difference(self) -> np.ndarray:
        return 2.0 * self._mean() * -np.expm1(-np.log(2.0) / self.concentration)

    def _sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
        return self.scale * rng.standard_exponential(shape) ** (1.0 / self.concentration)

    @classmethod
    def estimate(cls, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return estimates of (scale, concentration) by the moments of log y, a Gumbel variable: a start."""
        mean, spread = log_moments(y, weight)
        k = np.pi / (np.sqrt(6.0) * spread)
        return np.exp(np.clip(mean + np.euler_gamma / k, -690.0, 700.0)), k
