"""The Cauchy distribution."""

import numpy as np

from likelinet.core.arrays import Array, namespace
from likelinet.core.domains import positive
from likelinet.core.wording import called
from likelinet.distributions.base.distribution import Distribution
from likelinet.distributions.base.location_scale import LocationScale, Slopes
from likelinet.distributions.base.parameter import Parameter
from likelinet.distributions.numerics.estimates import median_and_quartiles
from likelinet.distributions.numerics.grids import POWER_SCORES

LOG_PI = np.log(np.pi)


class Cauchy(LocationScale):
    r"""The Cauchy distribution: Student's t with one degree of freedom, which has no mean.

    .. math:: p(y) = \frac{1}{\pi \gamma (1 + z^2)}, \qquad z = \frac{y - \mu}{\gamma}

    Parameters
    ----------
    loc : array_like
        Median and mode μ, any finite number.
    scale : array_like
        Half the distance between the quartiles, γ > 0. Mean and variance do not exist and are given as nan.

    Raises
    ------
    ParameterError
        If `scale` is not positive or a value is not finite.

    References
    ----------
    Johnson, Kotz & Balakrishnan, *Continuous Univariate Distributions* vol. 1 (1994), chapter 16; the KL divergence is
    from Chyzak & Nielsen, arXiv:1905.10965, 2019.

    Examples
    --------
    >>> import likelinet as ll
    >>> float(ll.Cauchy(loc=1.0, scale=2.0).ppf(0.75).round(4))
    3.0
    """

    scores = POWER_SCORES
    other_names = called("lorentz lorentzian")
    purpose = "so heavy that there is no mean"
    parameters = (Parameter("loc", role="location", symbol="μ"), Parameter("scale", positive, role="scale", symbol="γ"))
    peak_density = float(1.0 / np.pi)
    _log_norm = float(LOG_PI)
    _standard_mean = _standard_var = np.nan
    _standard_entropy = np.log(4.0 * np.pi)
    _standard_difference = np.inf
    _standard_information = 0.5, 0.0, 0.5

    @staticmethod
    def _standard_loss(z: Array) -> tuple[Array, Slopes]:
        xp = namespace(z)

        def slopes() -> tuple[Array, Array]:
            sine = 1.0 / xp.hypot(xp.ones_like(z), z)  # z is the cotangent of an angle
            cosine = z * sine
            return 2.0 * sine * cosine, (sine - cosine) * (sine + cosine)

        return _log1p_square(z), slopes

    @classmethod
    def _standard_values(cls, z: np.ndarray) -> np.ndarray:
        values = z * z
        np.log1p(values, out=values)
        far = ~(values < np.inf)
        if far.any():
            values[far] = 2.0 * np.log(np.abs(z[far]))
        return values

    @staticmethod
    def _standard_tails(z: Array) -> tuple[Array, Array, Slopes]:
        xp = namespace(z)
        one = xp.ones_like(z)
        below, above = xp.arctan2(one, -z), xp.arctan2(one, z)  # angles: π times the cdf and the survival function
        rest = xp.log1p(-xp.minimum(below, above) / np.pi)
        log_cdf = xp.where(z > 0.0, rest, xp.log(below / np.pi))
        log_sf = xp.where(z < 0.0, rest, xp.log(above / np.pi))

        def rates() -> tuple[Array, Array]:
            sine = 1.0 / xp.hypot(one, z)
            return sine * (sine / below), sine * (sine / above)

        return log_cdf, log_sf, rates

    def _cdf(self, y: np.ndarray) -> np.ndarray:
        return np.arctan2(1.0, -self._z(y)) / np.pi

    def _sf(self, y: np.ndarray) -> np.ndarray:
        return np.arctan2(1.0, self._z(y)) / np.pi

    def _standard_ppf(self, q: np.ndarray) -> np.ndarray:
        return -_upper(q)

    def _kl_divergence(self, other: Distribution) -> np.ndarray:
        if not isinstance(other, Cauchy):
            return super()._kl_divergence(other)
        gaps = (self.loc - other.loc) ** 2 + (self.scale - other.scale) ** 2
        return np.log1p(gaps / (4.0 * self.scale * other.scale))

    @staticmethod
    def _standard_crps(z: Array) -> Array:
        # ∫ F² by parts, with E[log(1 + Z²)] = log 4.
        return (2.0 * z * namespace(z).arctan(z) - _log1p_square(z) + np.log(4.0)) / np.pi

    def _sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
        return self.loc + self.scale * rng.standard_cauchy(shape)

    @classmethod
    def estimate(cls, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return (loc, scale) over the first axis of y, from its quartiles: a start, not yet the maximum."""
        return median_and_quartiles(y, weight)


def _log1p_square(z: Array) -> Array:
    """Return log(1 + z²), for every finite z."""
    xp = namespace(z)
    size = xp.maximum(xp.abs(z), 1.0)
    small = xp.minimum(xp.abs(z), 1.0) / size  # |z| or 1/|z|
    return 2.0 * xp.log(size) + xp.log1p(small * small)


def _upper(q: np.ndarray) -> np.ndarray:
    """Return z with P(Z > z) = q; near the middle by the tangent, which is 0 at ½."""
    p = np.minimum(q, 1.0 - q)
    z = np.where(p < 0.25, 1.0 / np.tan(np.pi * p), np.tan(np.pi * (0.5 - p)))
    return np.where(q < 0.5, z, -z)
