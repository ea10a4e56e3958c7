"""The Gumbel distribution."""

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.arrays import Array, log1mexp, namespace
from likelinet.core.domains import positive
from likelinet.core.lazy import scipy
from likelinet.distributions.base.distribution import Distribution
from likelinet.distributions.base.parameter import Backward, Parameter, TailsBackward
from likelinet.distributions.base.univariate import Univariate
from likelinet.distributions.numerics.estimates import deviation, quantile

LOG_LOG_2 = np.log(np.log(2.0))
_FAR = 40.0  # z beyond which 1 - exp(-exp(-z)) is exp(-z)


class Gumbel(Univariate):
    r"""The Gumbel distribution of a maximum (type I extreme value distribution).

    .. math:: p(y) = \frac{1}{\sigma} \exp\left(-z - e^{-z}\right), \qquad z = \frac{y - \mu}{\sigma}

    Parameters
    ----------
    loc : array_like
        Mode μ, any finite number; the mean is μ + γσ with Euler's constant γ = 0.5772….
    scale : array_like
        Scale σ > 0; the standard deviation is σ π / √6. As in torch and SciPy's ``gumbel_r``; for minima
        (``gumbel_l``) model -y.

    Raises
    ------
    ParameterError
        If `scale` is not positive or a value is not finite.

    References
    ----------
    Johnson, Kotz & Balakrishnan, *Continuous Univariate Distributions* vol. 2 (1995), chapter 22; the CRPS is from
    Friederichs & Thorarinsdottir, *Environmetrics* 23(7), 2012.

    Examples
    --------
    >>> import likelinet as ll
    >>> float(ll.Gumbel(loc=0.0, scale=1.0).mean().round(4))
    0.5772
    """

    purpose = "maxima"
    parameters = (Parameter("loc", role="location", symbol="μ"), Parameter("scale", positive, role="scale", symbol="σ"))
    loc: np.ndarray
    scale: np.ndarray

    def __init__(self, loc: ArrayLike, scale: ArrayLike) -> None:
        self._set({"loc": loc, "scale": scale})

    @classmethod
    def loss(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        loc, scale = params
        z = (y - loc) / scale
        x = _exp_minus(z)

        def backward(d: Array) -> tuple[Array, ...]:
            s = d / scale
            dz = s * (1.0 - x)
            return -dz, s - dz * z

        return z + x + namespace(z).log(scale), backward

    @classmethod
    def tails(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Array, TailsBackward]:
        loc, scale = params
        xp = namespace(scale)
        z = (y - loc) / scale
        x, far = _exp_minus(z), z > _FAR
        near = xp.where(far, 1.0, x)

        def backward(d_log_cdf: Array, d_log_sf: Array) -> tuple[Array, ...]:
            hazard = xp.where(far, 1.0, near * xp.exp(-near) / -xp.expm1(-near))
            s = (d_log_sf * hazard - d_log_cdf * x) / scale
            return s, s * z

        return -x, xp.where(far, -z, log1mexp(near)), backward

    def _z(self, y: np.ndarray) -> np.ndarray:
        return (y - self.loc) / self.scale

    def _ppf(self, q: np.ndarray) -> np.ndarray:
        return self.loc - self.scale * np.log(-np.log(q))

    def _isf(self, q: np.ndarray) -> np.ndarray:
        return self.loc - self.scale * np.log(-np.log1p(-q))

    def _mean(self) -> np.ndarray:
        return self.loc + np.euler_gamma * self.scale

    def _var(self) -> np.ndarray:
        return (np.pi * self.scale) ** 2 / 6.0

    def _mode(self) -> np.ndarray:
        return self.loc

    def _entropy(self) -> np.ndarray:
        return 1.0 + np.euler_gamma + np.log(self.scale)

    def _kl_divergence(self, other: Distribution) -> np.ndarray:
        if not isinstance(other, Gumbel):
            return super()._kl_divergence(other)
        # exp(-Z) is exponential, so that E[exp(-rZ)] = Γ(1 + r).
        ratio, gap = self.scale / other.scale, (self.loc - other.loc) / other.scale
        power = np.exp(scipy.special.gammaln(1.0 + ratio) - gap)
        return np.euler_gamma * (ratio - 1.0) + gap + power - 1.0 - np.log(ratio)

    def _crps(self, y: np.ndarray) -> np.ndarray:
        z = self._z(y)
        near = 2.0 * scipy.special.exp1(_exp_minus(np.minimum(z, _FAR))) - z + np.euler_gamma
        return self.scale * (np.where(z > _FAR, z - np.euler_gamma, near) - np.log(2.0))

    def _sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
        return rng.gumbel(self.loc, self.scale, shape)

    @classmethod
    def estimate(cls, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return (loc, scale) over the first axis of y, from its median and mean absolute deviation: a start."""
        median = quantile(y, weight, 0.5)
        scale = deviation(y, weight, median) / 0.968046  # E|Z - median of Z|
        return median + scale * LOG_LOG_2, scale


def _exp_minus(z: Array) -> Array:
    """Return exp(-z), kept finite, times z too: an impossible y in one component of a mixture must not give 0 · ∞."""
    xp = namespace(z)
    return xp.exp(-xp.maximum(z, -0.7 * float(np.log(xp.finfo(z.dtype).max))))
