"""The Gaussian (normal) distribution."""

import numpy as np

from likelinet.core.arrays import HALF_LOG_2PI, Array, namespace, special
from likelinet.core.lazy import scipy
from likelinet.core.wording import called
from likelinet.distributions.base.distribution import Distribution
from likelinet.distributions.base.location_scale import LocationScale, Slopes
from likelinet.distributions.base.parameter import Backward
from likelinet.distributions.numerics.divergences import itakura_saito
from likelinet.distributions.numerics.estimates import positive_spread
from likelinet.distributions.numerics.panels import nodes_and_weights
from likelinet.distributions.numerics.short_tails import ShortTails
from likelinet.distributions.numerics.special import hazard

_PAIRED = 64  # components of a mixture; the pairs of more take longer than an integral over them


class Gaussian(LocationScale):
    r"""The Gaussian distribution.

    .. math:: p(y) = \frac{1}{\sigma \sqrt{2\pi}} \exp\left(-\tfrac12 \left(\frac{y - \mu}{\sigma}\right)^2\right)

    Parameters
    ----------
    loc : array_like
        Mean μ, any finite number.
    scale : array_like
        Standard deviation σ > 0 (not the variance).

    Raises
    ------
    ParameterError
        If `scale` is not positive or a value is not finite.

    References
    ----------
    Johnson, Kotz & Balakrishnan, *Continuous Univariate Distributions* vol. 1 (1994), chapter 13.

    Examples
    --------
    >>> import likelinet as ll
    >>> d = ll.Gaussian(loc=32.0, scale=2.5)
    >>> float((d.cdf(34.0) - d.cdf(32.0)).round(4))
    0.2881
    """

    other_names = called("normal norm gauss regression mse least_squares ols")
    symmetric = True
    purpose = "the place to begin"
    _broadcasts_q = True
    peak_density = float(np.exp(-HALF_LOG_2PI))
    _log_norm = HALF_LOG_2PI
    _standard_var = 1.0
    _standard_entropy = 0.5 + HALF_LOG_2PI
    _standard_difference = 2.0 * np.pi**-0.5
    _standard_information = 1.0, 0.0, 2.0

    @staticmethod
    def _standard_loss(z: Array) -> tuple[Array, Slopes]:
        z2 = z * z
        return 0.5 * z2, lambda: (z, 1.0 - z2)

    @classmethod
    def _standard_values(cls, z: np.ndarray) -> np.ndarray:
        z *= z
        z *= 0.5
        return z

    @staticmethod
    def _standard_tails(z: Array) -> tuple[Array, Array, Slopes]:
        log_ndtr = special(z).log_ndtr
        return log_ndtr(z), log_ndtr(-z), lambda: (hazard(-z), hazard(z))

    def _cdf(self, y: np.ndarray) -> np.ndarray:
        return scipy.special.ndtr(self._z(y))

    def _sf(self, y: np.ndarray) -> np.ndarray:
        return scipy.special.ndtr(-self._z(y))

    def short_tails(self) -> list[ShortTails]:
        return self._as_short_tails(_sf, 5.7)

    def _standard_ppf(self, q: np.ndarray) -> np.ndarray:
        return scipy.special.ndtri(q)

    def _kl_divergence(self, other: Distribution) -> np.ndarray:
        if not isinstance(other, Gaussian):
            return super()._kl_divergence(other)
        excess = (self.scale - other.scale) / other.scale * ((self.scale + other.scale) / other.scale)
        scales = itakura_saito(excess, 2.0 * (np.log(self.scale) - np.log(other.scale)))
        return 0.5 * (scales + ((self.loc - other.loc) / other.scale) ** 2)

    @staticmethod
    def _standard_crps(z: Array) -> Array:
        density = namespace(z).exp(-0.5 * z * z - HALF_LOG_2PI)
        return z * (2.0 * special(z).ndtr(z) - 1.0) + 2.0 * density - np.pi**-0.5

    def moments_of_exp(self) -> tuple[np.ndarray, np.ndarray]:
        mean = np.exp(self.loc + 0.5 * self.scale**2)
        return mean, mean**2 * np.expm1(self.scale**2)

    def moments_between(self, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        a, b = (low - self.loc) / self.scale, (high - self.loc) / self.scale
        mirrored = b < 0.0
        first, last = np.where(mirrored, -b, a), np.where(mirrored, -a, b)
        # Seen from the peak, or from the bound next to it: nothing cancels, however far out that is.
        start = np.maximum(first, 0.0)
        upper, lower = (
            _moments_beyond(s, w) for s, w in ((start, last - start), (0.0 * start, np.maximum(-first, 0.0)))
        )
        mass, mean = upper[0] + lower[0], upper[1] - lower[1]
        mean = mean / mass
        var = (upper[2] + lower[2]) / mass - mean**2
        side = np.where(mirrored, -1.0, 1.0)
        origin = np.where(first > 0.0, np.where(mirrored, high, low), self.loc)
        return origin + side * self.scale * mean, self.scale**2 * var

    @classmethod
    def crps_loss_of_mixture(cls, weights: Array, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        """Return E|Y - y| - E|Y - Y'| / 2 (Grimit et al., *Q. J. R. Meteorol. Soc.* 132, 2006), and its gradient."""
        loc, scale = params
        xp = namespace(loc)
        spread = xp.hypot(scale[..., :, None], scale[..., None, :])
        to_y, (by_away, by_scale) = _mean_abs(y[..., None] - loc, scale)
        pairs, (by_gap, by_spread) = _mean_abs(loc[..., :, None] - loc[..., None, :], spread)
        others = weights[..., None, :]
        half = 0.5 * xp.sum(weights[..., :, None] * others * pairs, axis=(-2, -1))

        def backward(d: Array) -> tuple[Array, ...]:
            share = d[..., None] * weights  # each pair stands there twice, once from either side
            return (
                d[..., None] * (to_y - xp.sum(others * pairs, axis=-1)),
                -share * (by_away + xp.sum(others * by_gap, axis=-1)),
                share * (by_scale - xp.sum(others * by_spread * (scale[..., :, None] / spread), axis=-1)),
            )

        return xp.sum(weights * to_y, axis=-1) - half, backward

    def crps_of_mixture(self, weights: np.ndarray, y: np.ndarray) -> np.ndarray | None:
        loc, scale = np.broadcast_arrays(self.loc, self.scale)
        if loc.shape[-1] > _PAIRED:
            return None
        return self.crps_loss_of_mixture(weights, (loc, scale), y)[0]

    def _sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
        return self.loc + self.scale * rng.standard_normal(shape)

    @classmethod
    def estimate(cls, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return the weighted maximum-likelihood (loc, scale), over the first axis of y; positive for constant y."""
        loc = np.average(y, axis=0, weights=weight)
        return loc, positive_spread(np.sqrt(np.average((y - loc) ** 2, axis=0, weights=weight)), loc)


def _sf(z: np.ndarray) -> np.ndarray:
    """Return P(Z > z), in place of z."""
    return scipy.special.ndtr(np.negative(z, out=z), out=z)


def _mean_abs(loc: Array, scale: Array) -> tuple[Array, tuple[Array, Array]]:
    """Return E|Z| for a Gaussian Z, and its slopes in loc and scale."""
    z = loc / scale
    by_loc = 2.0 * special(z).ndtr(z) - 1.0
    by_scale = np.sqrt(2.0 / np.pi) * namespace(z).exp(-0.5 * z * z)
    return loc * by_loc + scale * by_scale, (by_loc, by_scale)


def _moments_beyond(start: np.ndarray, length: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return ∫ sᵏ exp(-start s - s²/2) ds over 0 < s < length for k = 0, 1, 2."""
    rate = 1.0 + start
    t, weights = nodes_and_weights(start, length * rate)
    s = t / rate
    density = weights / rate * np.exp(-s * (start + 0.5 * s))
    zeroth, first, second = (np.sum(s**k * density, axis=0) for k in range(3))
    return zeroth, first, second
