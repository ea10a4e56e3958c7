"""The Laplace distribution."""

import numpy as np

from likelinet.core.arrays import Array, namespace
from likelinet.core.domains import positive
from likelinet.core.wording import called
from likelinet.distributions.base.distribution import Distribution
from likelinet.distributions.base.location_scale import LocationScale, Slopes
from likelinet.distributions.base.parameter import Backward, Parameter
from likelinet.distributions.numerics.divergences import expm1mx, itakura_saito
from likelinet.distributions.numerics.estimates import deviation, quantile
from likelinet.distributions.numerics.grids import Grid, joined, points
from likelinet.distributions.numerics.panels import NODES, WEIGHTS
from likelinet.distributions.real.asymmetric_laplace import AsymmetricLaplace

LOG_2 = np.log(2.0)


class Laplace(LocationScale):
    r"""The Laplace (double exponential) distribution; with a constant scale its loss is the absolute error.

    .. math:: p(y) = \frac{1}{2b} \exp\left(-\frac{|y - \mu|}{b}\right)

    Parameters
    ----------
    loc : array_like
        Mean and median μ, any finite number.
    scale : array_like
        Mean absolute deviation b > 0, as in torch and SciPy; the standard deviation is b √2.

    Raises
    ------
    ParameterError
        If `scale` is not positive or a value is not finite.

    References
    ----------
    Johnson, Kotz & Balakrishnan, *Continuous Univariate Distributions* vol. 2 (1995), chapter 24; the CRPS is from
    Jordan, Krüger & Lerch, *J. Stat. Software* 90(12), 2019.

    Examples
    --------
    >>> import likelinet as ll
    >>> float(ll.Laplace(loc=1.0, scale=2.0).sf(5.0).round(4))
    0.0677
    """

    other_names = called("double_exponential mae l1 absolute_error")
    symmetric = True
    purpose = "peaked, heavier tails; absolute error"
    parameters = (Parameter("loc", role="location", symbol="μ"), Parameter("scale", positive, role="scale", symbol="b"))
    peak_density = 0.5
    _log_norm = float(LOG_2)
    _standard_var = 2.0
    _standard_entropy = 1.0 + LOG_2
    _standard_difference = 1.5
    _standard_information = 1.0, 0.0, 1.0

    @staticmethod
    def _standard_loss(z: Array) -> tuple[Array, Slopes]:
        xp = namespace(z)
        return xp.abs(z), lambda: (xp.sign(z), 1.0 - xp.abs(z))

    @staticmethod
    def _standard_tails(z: Array) -> tuple[Array, Array, Slopes]:
        xp = namespace(z)
        e = xp.exp(-xp.abs(z))
        outer, rest = -xp.abs(z) - LOG_2, xp.log1p(-0.5 * e)

        def rates() -> tuple[Array, Array]:
            other = e / (2.0 - e)  # density over the larger tail; over the smaller one it is 1
            return xp.where(z < 0.0, 1.0, other), xp.where(z > 0.0, 1.0, other)

        return xp.where(z < 0.0, outer, rest), xp.where(z > 0.0, outer, rest), rates

    @classmethod
    def log_interval(cls, params: tuple[Array, ...], low: Array, high: Array) -> tuple[Array, Backward]:
        """Return log P(low < Y ≤ high) and its backward function: the asymmetric one's at τ = ½."""
        loc, scale = params
        values, inner = AsymmetricLaplace.log_interval((loc, 0.5 * scale, 0.5 + 0.0 * scale), low, high)

        def backward(d: Array) -> tuple[Array, ...]:
            dloc, dscale, _ = inner(d)
            return dloc, 0.5 * dscale

        return values, backward

    def grid(self) -> Grid:
        return joined(super().grid(), points([self.loc], np.full(self.batch_shape, np.inf)))  # at its kink

    def _standard_ppf(self, q: np.ndarray) -> np.ndarray:
        return -_upper(q)

    def _kl_divergence(self, other: Distribution) -> np.ndarray:
        if not isinstance(other, Laplace):
            return super()._kl_divergence(other)
        ratio, gap = self.scale / other.scale, np.abs(self.loc - other.loc) / self.scale
        scales = itakura_saito((self.scale - other.scale) / other.scale, np.log(self.scale) - np.log(other.scale))
        return scales + ratio * expm1mx(-gap)

    @staticmethod
    def _standard_crps(z: Array) -> Array:
        xp = namespace(z)
        distance = xp.abs(z)
        return distance + xp.exp(-distance) - 0.75

    def crps_of_mixture(self, weights: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return E|Y - y| - E|Y - Y'| / 2, both of them in closed form."""
        loc, scale = np.broadcast_arrays(self.loc, self.scale)
        away = np.abs(y[..., None] - loc)
        # E|Y - Y'| is the distance of the locations plus, with g(b) = b³ exp(-distance / b), the difference of g at the
        # squared scales over that of these: by an integral of its slope, which does not cancel.
        gap, (b, c) = np.abs(loc[..., :, None] - loc[..., None, :]), (scale[..., :, None], scale[..., None, :])
        pairs, low, width = gap.copy(), np.minimum(b, c), np.abs(b - c)
        close = width < 0.2 * low
        for node, w in zip(NODES, WEIGHTS, strict=True):
            at = low + np.where(close, 0.5 * (1.0 + node), 0.0) * width
            pairs += np.where(close, 0.5 * w * at * (3.0 * at + gap) * np.exp(-gap / at) / (b + c), 0.0)
        apart = np.where(close, 1.0, b - c) * (b + c)
        pairs += np.where(close, 0.0, (b**3 * np.exp(-gap / b) - c**3 * np.exp(-gap / c)) / apart)
        half = 0.5 * np.sum(weights[..., :, None] * weights[..., None, :] * pairs, axis=(-2, -1))
        return np.sum(weights * (away + scale * np.exp(-away / scale)), axis=-1) - half

    def _sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
        return rng.laplace(self.loc, self.scale, shape)

    @classmethod
    def estimate(cls, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return the weighted maximum-likelihood (loc, scale), over the first axis of y."""
        loc = quantile(y, weight, 0.5)
        return loc, deviation(y, weight, loc)


def _upper(q: np.ndarray) -> np.ndarray:
    """Return z with P(Z > z) = q."""
    return np.where(q < 0.5, -np.log(2.0 * q), np.log1p(1.0 - 2.0 * q))
