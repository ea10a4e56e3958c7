"""The logistic distribution."""

import numpy as np

from likelinet.core.arrays import Array, namespace, softplus_and_sigmoid
from likelinet.core.lazy import scipy
from likelinet.distributions.base.distribution import Distribution
from likelinet.distributions.base.location_scale import LocationScale, Slopes
from likelinet.distributions.numerics.divergences import logistic
from likelinet.distributions.numerics.estimates import deviation, quantile
from likelinet.distributions.numerics.short_tails import ShortTails


class Logistic(LocationScale):
    r"""The logistic distribution: its cdf is the sigmoid function.

    .. math:: p(y) = \frac{e^{-z}}{\sigma (1 + e^{-z})^2}, \qquad z = \frac{y - \mu}{\sigma}

    Parameters
    ----------
    loc : array_like
        Mean and median μ, any finite number.
    scale : array_like
        Scale σ > 0, as in SciPy and NumPyro; the standard deviation is σ π / √3.

    Raises
    ------
    ParameterError
        If `scale` is not positive or a value is not finite.

    References
    ----------
    Johnson, Kotz & Balakrishnan, *Continuous Univariate Distributions* vol. 2 (1995), chapter 23; the CRPS is from
    Jordan, Krüger & Lerch, *J. Stat. Software* 90(12), 2019.

    Examples
    --------
    >>> import likelinet as ll
    >>> float(ll.Logistic(loc=1.0, scale=2.0).cdf(3.0).round(4))
    0.7311
    """

    symmetric = True
    purpose = "slightly heavier tails"
    peak_density = 0.25
    _standard_var = np.pi**2 / 3.0
    _standard_entropy = 2.0
    _standard_difference = 2.0
    _standard_information = 1.0 / 3.0, 0.0, (3.0 + np.pi**2) / 9.0

    @staticmethod
    def _standard_loss(z: Array) -> tuple[Array, Slopes]:
        xp = namespace(z)
        distance = xp.abs(z)

        def slopes() -> tuple[Array, Array]:
            slope = xp.tanh(0.5 * z)
            return slope, 1.0 - z * slope

        return distance + 2.0 * xp.log1p(xp.exp(-distance)), slopes

    @staticmethod
    def _standard_tails(z: Array) -> tuple[Array, Array, Slopes]:
        minus_log_sf, cdf = softplus_and_sigmoid(z)
        minus_log_cdf, sf = softplus_and_sigmoid(-z)
        return -minus_log_cdf, -minus_log_sf, lambda: (sf, cdf)

    def _cdf(self, y: np.ndarray) -> np.ndarray:
        return scipy.special.expit(self._z(y))

    def _sf(self, y: np.ndarray) -> np.ndarray:
        return scipy.special.expit(-self._z(y))

    def short_tails(self) -> list[ShortTails]:
        return self._as_short_tails(_sf, 18.5)

    def _standard_ppf(self, q: np.ndarray) -> np.ndarray:
        return scipy.special.logit(q)

    @staticmethod
    def _standard_crps(z: Array) -> Array:
        xp = namespace(z)
        distance = xp.abs(z)
        return distance + 2.0 * xp.log1p(xp.exp(-distance)) - 1.0

    def _kl_divergence(self, other: Distribution) -> np.ndarray:
        if not isinstance(other, Logistic):
            return super()._kl_divergence(other)
        shift = (other.loc - self.loc) / other.scale
        values, near = logistic(self.scale / other.scale, (self.scale - other.scale) / other.scale, shift)
        return values if near.all() else np.where(near, values, super()._kl_divergence(other))

    def _sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
        return rng.logistic(self.loc, self.scale, shape)

    @classmethod
    def estimate(cls, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return (loc, scale) over the first axis of y, from its median and mean absolute deviation: a start."""
        loc = quantile(y, weight, 0.5)
        return loc, deviation(y, weight, loc) / (2.0 * np.log(2.0))


def _sf(z: np.ndarray) -> np.ndarray:
    """Return P(Z > z), in place of z."""
    odds = np.exp(z, out=z)
    odds += 1.0
    return np.divide(1.0, odds, out=odds)
