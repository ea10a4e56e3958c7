"""The asymmetric Laplace distribution: quantile regression as a likelihood."""

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.arrays import Array, log1mexp, namespace
from likelinet.core.domains import open_unit_interval, positive
from likelinet.core.wording import called
from likelinet.distributions.base.distribution import Distribution
from likelinet.distributions.base.parameter import Backward, Parameter, TailsBackward
from likelinet.distributions.base.protocol import LogDensity
from likelinet.distributions.base.shapes import parameters_on
from likelinet.distributions.base.standardised import Standardised
from likelinet.distributions.base.univariate import Univariate
from likelinet.distributions.numerics.estimates import deviation, quantile
from likelinet.distributions.numerics.grids import Grid, joined, points

_MOST = 1e308  # scales that the ends of an interval are apart: infinity times 0 would be nan


class AsymmetricLaplace(Standardised, Univariate):
    r"""The asymmetric Laplace distribution; with a fixed τ and a constant scale, quantile regression.

    .. math:: p(y) = \frac{\tau (1 - \tau)}{\sigma} e^{-\rho_\tau(z)}, \qquad z = \frac{y - \mu}{\sigma},
              \qquad \rho_\tau(z) = z\,(\tau - 1\{z < 0\})

    Its loss is the pinball loss ρ of the τ-quantile, which is `loc`.

    Parameters
    ----------
    loc : array_like
        The τ-quantile and mode μ, any finite number.
    scale : array_like
        Scale σ > 0, the mean pinball loss; SciPy's ``laplace_asymmetric`` has the scale σ / √(τ(1 - τ)).
    tau : array_like
        Quantile level 0 < τ < 1: P(Y ≤ μ) = τ; SciPy's ``kappa`` is √(τ / (1 - τ)). At ½ it is a Laplace with
        scale 2σ.

    Raises
    ------
    ParameterError
        If `scale` is not positive, `tau` not between 0 and 1, or a value is not finite.

    References
    ----------
    Yu & Moyeed, *Statistics & Probability Letters* 54(4), 2001; Kotz, Kozubowski & Podgórski, *The Laplace
    Distribution and Generalizations* (2001), chapter 3.

    Examples
    --------
    >>> import likelinet as ll
    >>> d = ll.AsymmetricLaplace(loc=3.0, scale=1.0, tau=0.9)
    >>> float(d.cdf(3.0).round(4))
    0.9
    """

    other_names = called("ald") | called(
        "quantile quantile_regression pinball",
        "did you mean {kind: asymmetric_laplace, tau: 0.9}, whose loc is that quantile? any other family has quantiles "
        "too: predict_dist(X).ppf(0.9)",
    )
    purpose = "quantile regression"
    peak_density = 0.25  # of the symmetric one
    parameters = (
        Parameter("loc", role="location", symbol="μ"),
        Parameter("scale", positive, role="scale", symbol="σ"),
        Parameter("tau", open_unit_interval, symbol="τ"),
    )
    loc: np.ndarray
    scale: np.ndarray
    tau: np.ndarray

    def __init__(self, loc: ArrayLike, scale: ArrayLike, tau: ArrayLike) -> None:
        self._set({"loc": loc, "scale": scale, "tau": tau})

    @classmethod
    def loss(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        loc, scale, tau = params
        xp = namespace(scale)
        z = (y - loc) / scale
        slope = xp.where(z > 0.0, tau, xp.where(z < 0.0, tau - 1.0, tau - 0.5))
        pinball = z * slope

        def backward(d: Array) -> tuple[Array, ...]:
            s = d / scale
            return -s * slope, s * (1.0 - pinball), d * (z - 1.0 / tau + 1.0 / (1.0 - tau))

        return pinball + xp.log(scale) - xp.log(tau) - xp.log1p(-tau), backward

    def log_density(self) -> LogDensity:
        loc, scale, tau = parameters_on(self, self.batch_shape)
        log_norm = np.log(scale) - np.log(tau) - np.log1p(-tau)
        above, below = -tau, 1.0 - tau

        def log_density(y: np.ndarray, x: np.ndarray) -> np.ndarray:
            z = y - loc
            z /= scale
            values = above * z
            z *= below
            np.minimum(values, z, out=values)
            values -= log_norm
            return values

        return log_density

    @classmethod
    def tails(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Array, TailsBackward]:
        loc, scale, tau = params
        z = (y - loc) / scale
        log_sf, sf_hazard, sf_tau = _upper_tail(tau, 1.0 - tau, z)
        log_cdf, cdf_hazard, cdf_tau = _upper_tail(1.0 - tau, tau, -z)

        def backward(d_log_cdf: Array, d_log_sf: Array) -> tuple[Array, ...]:
            s = (d_log_sf * sf_hazard - d_log_cdf * cdf_hazard) / scale
            return s, s * z, d_log_sf * sf_tau - d_log_cdf * cdf_tau

        return log_cdf, log_sf, backward

    @classmethod
    def log_interval(cls, params: tuple[Array, ...], low: Array, high: Array) -> tuple[Array, Backward]:
        """Return log P(low < Y ≤ high) and its backward function.

        In closed form on either side of the kink and across it, where an integral over a short interval is no good.
        """
        with np.errstate(all="ignore"):  # of branches that are not taken
            return _log_interval(params, low, high)

    def _ppf(self, q: np.ndarray) -> np.ndarray:
        return self.loc - self.scale * _upper_quantile(1.0 - self.tau, self.tau, q)

    def _isf(self, q: np.ndarray) -> np.ndarray:
        return self.loc + self.scale * _upper_quantile(self.tau, 1.0 - self.tau, q)

    def grid(self) -> Grid:
        return joined(super().grid(), points([self.loc], np.full(self.batch_shape, np.inf)))  # at its kink

    def _mean(self) -> np.ndarray:
        return self.loc + self.scale * self._skew()

    def _skew(self) -> np.ndarray:
        return (1.0 - 2.0 * self.tau) / (self.tau * (1.0 - self.tau))

    def _var(self) -> np.ndarray:
        return (self.scale / self.tau) ** 2 + (self.scale / (1.0 - self.tau)) ** 2

    def _mode(self) -> np.ndarray:
        return self.loc

    def _entropy(self) -> np.ndarray:
        return 1.0 + np.log(self.scale) - np.log(self.tau) - np.log1p(-self.tau)

    def _shortfall(self, z: np.ndarray) -> np.ndarray:
        """Return E[max(z - Z, 0)] of the standardised Z: the integral of its cdf up to z."""
        tau = self.tau
        above = z - self._skew() + (1.0 - tau) / tau * np.exp(-tau * np.maximum(z, 0.0))
        return np.where(z > 0.0, above, tau / (1.0 - tau) * np.exp((1.0 - tau) * np.minimum(z, 0.0)))

    def _kl_divergence(self, other: Distribution) -> np.ndarray:
        if not isinstance(other, AsymmetricLaplace):
            return super()._kl_divergence(other)
        z = (other.loc - self.loc) / self.scale
        pinball = self.scale / other.scale * (other.tau * (self._skew() - z) + self._shortfall(z))
        return other.entropy() - self._entropy() + pinball - 1.0

    def _crps_of_z(self, z: np.ndarray) -> np.ndarray:
        tau = self.tau
        half_spread = (tau * (1.0 - 0.5 * tau)) / (1.0 - tau) + 0.5 * (1.0 - tau) * (1.0 + tau) / tau
        return 2.0 * self._shortfall(z) + self._skew() - z - half_spread

    def _sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
        up, down = rng.standard_exponential((2, *shape))
        return self.loc + self.scale * (up / self.tau - down / (1.0 - self.tau))

    @classmethod
    def estimate(cls, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return (loc, scale, tau) over the first axis of y: the median, and what is most likely with it."""
        loc = quantile(y, weight, 0.5)
        spread = deviation(y, weight, loc)
        above = np.average(np.maximum(y - loc, 0.0) / spread, axis=0, weights=weight)
        below = np.average(np.maximum(loc - y, 0.0) / spread, axis=0, weights=weight)
        tau = np.clip(1.0 / (1.0 + np.sqrt(above / np.maximum(below, 1e-6))), 0.05, 0.95)
        pinball = tau * above + (1.0 - tau) * below
        return loc, spread * np.where(pinball > 0.0, pinball, 1.0), tau


def _log_interval(params: tuple[Array, ...], low: Array, high: Array) -> tuple[Array, Backward]:
    loc, scale, tau = params
    xp = namespace(scale)
    low, high = (xp.asarray(e, dtype=scale.dtype) for e in (low, high))
    a, b = (low - loc) / scale, (high - loc) / scale
    empty, upper = ~(high > low), a >= 0.0
    across = ~empty & (a < 0.0) & (b > 0.0)

    # On one side: P = o exp(-r near) (1 - exp(-r width)), with the rate r of that side and its probability o.
    rate, share = xp.where(upper, tau, 1.0 - tau), xp.where(upper, 1.0 - tau, tau)
    one = empty | across
    near = xp.where(one, 0.0, xp.where(upper, a, -b))
    width = xp.where(one, 1.0, xp.where(one, 1.0, high - low) / scale)
    side = xp.log(share) - rate * near + log1mexp(rate * width)

    # Across loc: P = τ (1 - exp((1-τ) a)) + (1-τ) (1 - exp(-τ b)).
    a, b = (xp.clip(xp.where(across, e, f), -_MOST, _MOST) for e, f in ((a, -1.0), (b, 1.0)))
    below, above = (1.0 - tau) * a, -tau * b
    outer = tau * xp.exp(below) + (1.0 - tau) * xp.exp(above)
    inner = -tau * xp.expm1(below) - (1.0 - tau) * xp.expm1(above)
    middle = xp.where(outer < 0.5, xp.log1p(-xp.where(outer < 0.5, outer, 0.0)), xp.log(inner))
    values = xp.where(empty, -xp.inf, xp.where(across, middle, side))

    @np.errstate(all="ignore")
    def backward(d: Array) -> tuple[Array, ...]:
        x = xp.minimum(rate * width, 700.0)
        fall = x / xp.expm1(x)
        sign = xp.where(upper, 1.0, -1.0)
        at_a, at_b = xp.exp(below), xp.exp(above)
        gap = xp.where(outer < 0.5, at_a - at_b, xp.expm1(below) - xp.expm1(above))
        density = tau * (1.0 - tau)
        dloc = xp.where(across, density * gap / inner, sign * rate)
        dscale = xp.where(across, density * (a * at_a - b * at_b) / inner, rate * near - fall)
        dtau = xp.where(
            across,
            (tau * a * at_a + (1.0 - tau) * b * at_b - gap) / inner,
            sign * (fall / rate - near - 1.0 / share),
        )
        kept = xp.where(empty, 0.0, d)
        return kept * dloc / scale, kept * dscale / scale, kept * dtau

    return values, backward


def _upper_tail(tau: Array, above: Array, z: Array) -> tuple[Array, Array, Array]:
    """Return log P(Z > z), the density over it, and its derivative in τ, where `above` is 1 - τ."""
    xp = namespace(z)
    low = xp.minimum(z, 0.0)
    u = xp.exp(above * low)
    sf = above * u - xp.expm1(above * low)
    log_rest = xp.where(sf < 0.5, xp.log(sf), xp.log1p(-xp.where(sf < 0.5, 0.0, tau * u)))
    log_sf = xp.where(z < 0.0, log_rest, xp.log(above) - tau * z)
    hazard = xp.where(z < 0.0, tau * above * u / sf, tau)
    dtau = xp.where(z < 0.0, u * (tau * low - 1.0) / sf, -1.0 / above - z)
    return log_sf, hazard, dtau


def _upper_quantile(tau: np.ndarray, above: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Return z with P(Z > z) = q, where `above` is 1 - τ."""
    return np.where(q < above, -np.log(q / above) / tau, np.log((1.0 - q) / tau) / above)
