"""The log-normal distribution."""

import math

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.arrays import HALF_LOG_2PI, Array, namespace, special
from likelinet.core.domains import positive
from likelinet.core.lazy import scipy
from likelinet.core.wording import called
from likelinet.distributions.base.distribution import Distribution
from likelinet.distributions.base.parameter import Backward, Parameter, TailsBackward
from likelinet.distributions.base.protocol import LogDensity
from likelinet.distributions.base.univariate import Univariate
from likelinet.distributions.numerics.estimates import log_moments
from likelinet.distributions.real.gaussian import Gaussian

_LARGE = 300.0  # logarithm of a mean that may be no number, or nearly so


class LogNormal(Univariate):
    r"""The log-normal distribution: log y is Gaussian.

    .. math:: p(y) = \frac{1}{y \sigma \sqrt{2\pi}} \exp\left(-\frac{(\log y - \mu)^2}{2\sigma^2}\right), \qquad y > 0

    Parameters
    ----------
    loc : array_like
        Mean μ of log y, any finite number, as in torch; the median of y is exp(μ), SciPy's ``scale``.
    scale : array_like
        Standard deviation σ > 0 of log y, as in torch; SciPy's ``s``.

    Raises
    ------
    ParameterError
        If `scale` is not positive or a value is not finite.

    References
    ----------
    Johnson, Kotz & Balakrishnan, *Continuous Univariate Distributions* vol. 1 (1994), chapter 14; the CRPS is from
    Baran & Lerch, *Q. J. R. Meteorol. Soc.* 141, 2015.

    Examples
    --------
    >>> import likelinet as ll
    >>> float(ll.LogNormal(loc=1.0, scale=0.5).median().round(4))
    2.7183
    """

    parameters = (
        Parameter("loc", role="log_location", symbol="μ"),
        Parameter("scale", positive, role="log_scale", symbol="σ"),
    )
    support = positive
    other_names = called("lognormal lognorm log_gaussian")
    purpose = "products of many effects"
    loc: np.ndarray
    scale: np.ndarray

    def __init__(self, loc: ArrayLike, scale: ArrayLike) -> None:
        self._set({"loc": loc, "scale": scale})

    @classmethod
    def loss(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        log_y = namespace(params[0]).log(y)
        values, backward = Gaussian.loss(params, log_y)
        return values + log_y, backward

    @classmethod
    def mean_and_variance(cls, params: tuple[Array, ...]) -> tuple[Array, Array]:
        loc, scale = params
        xp, square = namespace(loc), scale**2
        return xp.exp(loc + 0.5 * square), xp.expm1(square) * xp.exp(2.0 * loc + square)

    @classmethod
    def crps_loss(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        loc, scale = params
        xp, ndtr = namespace(loc), special(loc).ndtr
        z = (xp.log(y) - loc) / scale
        from_mean = 2.0 * xp.exp(loc + 0.5 * scale**2) * (ndtr(z - scale) - ndtr(-scale / math.sqrt(2.0)))

        def backward(d: Array) -> tuple[Array, ...]:
            # What y itself moves cancels, since E[Y] φ(z - σ) = y φ(z).
            at_y = 2.0 * y * xp.exp(-0.5 * z * z - HALF_LOG_2PI)
            pairs = math.sqrt(2.0) * xp.exp(loc + 0.25 * scale**2 - HALF_LOG_2PI)
            return -d * from_mean, d * (at_y - pairs - scale * from_mean)

        return y * (2.0 * ndtr(z) - 1.0) - from_mean, backward

    @classmethod
    def fisher_information(cls, params: tuple[Array, ...]) -> Array:
        return Gaussian.fisher_information(params)

    def log_density(self) -> LogDensity:
        of_log = Gaussian(self.loc, self.scale).log_density()

        def log_density(y: np.ndarray, x: np.ndarray) -> np.ndarray:
            log_y = np.log(y)
            values = of_log(log_y, x)
            values -= log_y
            return values

        return log_density

    @classmethod
    def tails(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Array, TailsBackward]:
        return Gaussian.tails(params, namespace(params[0]).log(y))

    def _z(self, y: np.ndarray) -> np.ndarray:
        return (np.log(y) - self.loc) / self.scale

    def _cdf(self, y: np.ndarray) -> np.ndarray:
        return scipy.special.ndtr(self._z(y))

    def _sf(self, y: np.ndarray) -> np.ndarray:
        return scipy.special.ndtr(-self._z(y))

    def _ppf(self, q: np.ndarray) -> np.ndarray:
        return np.exp(self.loc + self.scale * scipy.special.ndtri(q))

    def _isf(self, q: np.ndarray) -> np.ndarray:
        return np.exp(self.loc - self.scale * scipy.special.ndtri(q))

    def _mean(self) -> np.ndarray:
        return np.exp(self.loc + 0.5 * self.scale**2)

    def _var(self) -> np.ndarray:
        return np.expm1(self.scale**2) * self._mean() ** 2

    def _mode(self) -> np.ndarray:
        return np.exp(self.loc - self.scale**2)

    def _entropy(self) -> np.ndarray:
        return 0.5 + HALF_LOG_2PI + np.log(self.scale) + self.loc

    def _kl_divergence(self, other: Distribution) -> np.ndarray:
        if not isinstance(other, LogNormal):
            return super()._kl_divergence(other)
        return Gaussian(self.loc, self.scale).kl_divergence(Gaussian(other.loc, other.scale))

    def _crps(self, y: np.ndarray) -> np.ndarray:
        inside = np.maximum(y, 0.0)
        z, ndtr = self._z(inside), scipy.special.ndtr
        log_mean, below, half = self.loc + 0.5 * self.scale**2, z - self.scale, -self.scale / np.sqrt(2.0)
        # A mean that is no number may have a part that is one.
        part, other = (np.exp(log_mean + scipy.special.log_ndtr(v)) for v in (below, half))
        from_mean = np.where(log_mean > _LARGE, part - other, np.exp(log_mean) * (ndtr(below) - ndtr(half)))
        return inside * (2.0 * ndtr(z) - 1.0) - 2.0 * from_mean + np.maximum(-y, 0.0)

    def _gini_mean_difference(self) -> np.ndarray:
        return 2.0 * self._mean() * scipy.special.erf(0.5 * self.scale)

    def _sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
        return np.exp(self.loc + self.scale * rng.standard_normal(shape))

    @classmethod
    def estimate(cls, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return the weighted maximum-likelihood (loc, scale) over the first axis of y; the scale at least 1e-6."""
        return log_moments(y, weight)
