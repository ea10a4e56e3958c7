"""The Gumbel distribution."""

import numpy as np

from likelinet.core.arrays import Array, log1mexp, namespace, special
from likelinet.core.wording import called
from likelinet.distributions.base.distribution import Distribution
from likelinet.distributions.base.location_scale import LocationScale, Slopes
from likelinet.distributions.numerics.divergences import extreme_value
from likelinet.distributions.numerics.estimates import deviation, quantile

LOG_LOG_2 = np.log(np.log(2.0))
_FAR = 40.0  # z beyond which 1 - exp(-exp(-z)) is exp(-z)


class Gumbel(LocationScale):
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

    other_names = called("gumbel_r extreme_value")
    purpose = "maxima"
    peak_density = float(np.exp(-1.0))
    _standard_mean = np.euler_gamma
    _standard_var = np.pi**2 / 6.0
    _standard_entropy = 1.0 + np.euler_gamma
    _standard_difference = 2.0 * np.log(2.0)
    _standard_information = 1.0, np.euler_gamma - 1.0, np.pi**2 / 6.0 + (1.0 - np.euler_gamma) ** 2

    @staticmethod
    def _standard_loss(z: Array) -> tuple[Array, Slopes]:
        x = _exp_minus(z)

        def slopes() -> tuple[Array, Array]:
            slope = 1.0 - x
            return slope, 1.0 - z * slope

        # Far below 0 the exponential, which is kept finite, still outweighs z.
        return namespace(z).maximum(z, -0.5 * x) + x, slopes

    @classmethod
    def _standard_values(cls, z: np.ndarray) -> np.ndarray:
        x = _exp_minus(z)
        np.maximum(z, -0.5 * x, out=z)
        z += x
        return z

    @staticmethod
    def _standard_tails(z: Array) -> tuple[Array, Array, Slopes]:
        xp = namespace(z)
        x, far = _exp_minus(z), z > _FAR
        near = xp.where(far, 1.0, x)
        return (
            -x,
            xp.where(far, -z, log1mexp(near)),
            lambda: (x, xp.where(far, 1.0, near * xp.exp(-near) / -xp.expm1(-near))),
        )

    def _standard_ppf(self, q: np.ndarray) -> np.ndarray:
        return -np.log(-np.log(q))

    def _standard_isf(self, q: np.ndarray) -> np.ndarray:
        return -np.log(-np.log1p(-q))

    def _kl_divergence(self, other: Distribution) -> np.ndarray:
        if not isinstance(other, Gumbel):
            return super()._kl_divergence(other)
        # exp(-Z) is exponential, so that E[exp(-rZ)] = Γ(1 + r).
        shift = (other.loc - self.loc) / other.scale
        return extreme_value(self.scale / other.scale, (self.scale - other.scale) / other.scale, shift)

    @staticmethod
    def _standard_crps(z: Array) -> Array:
        xp = namespace(z)
        near = 2.0 * special(z).exp1(_exp_minus(xp.minimum(z, _FAR))) - z + np.euler_gamma
        return xp.where(z > _FAR, z - np.euler_gamma, near) - np.log(2.0)

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
