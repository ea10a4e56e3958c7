"""The half-normal distribution."""

import math

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.arrays import HALF_LOG_2PI, Array, namespace, special
from likelinet.core.domains import nonnegative, positive
from likelinet.core.lazy import scipy
from likelinet.core.wording import called
from likelinet.distributions.base.distribution import Distribution
from likelinet.distributions.base.other_objectives import symmetric
from likelinet.distributions.base.parameter import Backward, Parameter, TailsBackward
from likelinet.distributions.base.univariate import Univariate
from likelinet.distributions.numerics.divergences import itakura_saito
from likelinet.distributions.numerics.special import hazard

ROOT_HALF = math.sqrt(0.5)
MEAN = math.sqrt(2.0 / math.pi)


class HalfNormal(Univariate):
    r"""The half-normal distribution: that of the absolute value of a Gaussian with mean 0.

    .. math:: p(y) = \frac{\sqrt 2}{\sigma \sqrt\pi} \exp\left(-\frac{y^2}{2\sigma^2}\right), \qquad y \ge 0

    Parameters
    ----------
    scale : array_like
        Standard deviation σ > 0 of the Gaussian, as in torch and SciPy; that of y itself is σ √(1 - 2/π).

    Raises
    ------
    ParameterError
        If `scale` is not a positive finite number.

    References
    ----------
    Johnson, Kotz & Balakrishnan, *Continuous Univariate Distributions* vol. 1 (1994), section 13.10.1.

    Examples
    --------
    >>> import likelinet as ll
    >>> float(ll.HalfNormal(scale=2.0).cdf(2.0).round(4))
    0.6827
    """

    parameters = (Parameter("scale", positive, role="scale", symbol="σ"),)
    support = nonnegative
    other_names = called("halfnorm half_gaussian")
    purpose = "absolute values"
    scale: np.ndarray

    def __init__(self, scale: ArrayLike) -> None:
        self._set({"scale": scale})

    @classmethod
    def loss(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        (scale,) = params
        z = y / scale
        z2 = z * z
        values = 0.5 * z2 + namespace(z).log(scale) + (HALF_LOG_2PI - math.log(2.0))
        return values, lambda d: (d / scale * (1.0 - z2),)

    @classmethod
    def fisher_information(cls, params: tuple[Array, ...]) -> Array:
        (scale,) = params
        return symmetric(2.0 * scale**-2.0)

    @classmethod
    def tails(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Array, TailsBackward]:
        (scale,) = params
        z = y / scale
        xp, functions = namespace(z), special(z)
        # Three stretches of z, so that neither logarithm is that of a number close to 1, nor of an underflow.
        tiny, small = z < 1e-18, z < 1.0
        near, far = xp.where(tiny | ~small, 1.0, z), xp.where(small, 1.0, z)
        cdf = functions.erf(ROOT_HALF * near)
        log_cdf = xp.where(small, xp.log(cdf), xp.log1p(-functions.erfc(ROOT_HALF * far)))
        log_cdf = xp.where(tiny, xp.log(y) - xp.log(scale) + math.log(MEAN), log_cdf)
        log_sf = xp.where(small, xp.log1p(-cdf), math.log(2.0) + functions.log_ndtr(-far))
        log_sf = xp.where(tiny, -MEAN * z, log_sf)

        def backward(d_log_cdf: Array, d_log_sf: Array) -> tuple[Array, ...]:
            inner = near * MEAN * xp.exp(-0.5 * near * near) / cdf
            outer = far * MEAN * xp.exp(-0.5 * far * far) / functions.erf(ROOT_HALF * far)
            slope = xp.where(tiny, 1.0, xp.where(small, inner, outer))
            return ((d_log_sf * z * hazard(z) - d_log_cdf * slope) / scale,)

        return log_cdf, log_sf, backward

    def _cdf(self, y: np.ndarray) -> np.ndarray:
        return scipy.special.erf(ROOT_HALF * (y / self.scale))

    def _sf(self, y: np.ndarray) -> np.ndarray:
        return scipy.special.erfc(ROOT_HALF * (y / self.scale))

    def _ppf(self, q: np.ndarray) -> np.ndarray:
        return self.scale * scipy.special.erfinv(q) / ROOT_HALF

    def _isf(self, q: np.ndarray) -> np.ndarray:
        return -self.scale * scipy.special.ndtri(0.5 * q)

    def _mean(self) -> np.ndarray:
        return MEAN * self.scale

    def _var(self) -> np.ndarray:
        return (1.0 - 2.0 / np.pi) * self.scale**2

    def _mode(self) -> np.ndarray:
        return np.zeros_like(self.scale)

    def _entropy(self) -> np.ndarray:
        return 0.5 + HALF_LOG_2PI - math.log(2.0) + np.log(self.scale)

    def _kl_divergence(self, other: Distribution) -> np.ndarray:
        if not isinstance(other, HalfNormal):
            return super()._kl_divergence(other)
        a, b = self.scale, other.scale
        return 0.5 * itakura_saito((a - b) / b * ((a + b) / b), 2.0 * (np.log(a) - np.log(b)))

    def _crps(self, y: np.ndarray) -> np.ndarray:
        # E|Y - y| - E|Y - Y'|/2; with X = ±Y, ±X' Gaussians, | |X| - |X'| | is the lesser of |X - X'| and |X + X'|,
        # which are independent and half-normal with √2 σ: so E|Y - Y'|/2 = (√2 - 1) E[Y].
        z = np.maximum(y, 0.0) / self.scale
        inside = z * (2.0 * scipy.special.erf(ROOT_HALF * z) - 1.0) + MEAN * (2.0 * np.exp(-0.5 * z * z) - 2.0**0.5)
        return self.scale * inside + np.maximum(-y, 0.0)

    def _gini_mean_difference(self) -> np.ndarray:
        return 2.0 * (2.0**0.5 - 1.0) * MEAN * self.scale

    def _sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
        return self.scale * np.abs(rng.standard_normal(shape))

    @classmethod
    def estimate(cls, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return the weighted maximum-likelihood (scale,) over the first axis of y; positive where all y are zero."""
        unit = np.maximum(np.max(y, axis=0), 1e-300)
        return (unit * np.sqrt(np.maximum(np.average((y / unit) ** 2, axis=0, weights=weight), 1e-30)),)
