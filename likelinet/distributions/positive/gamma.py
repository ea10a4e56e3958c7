"""The gamma distribution."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.arrays import HALF_LOG_2PI, Array, log_minus_digamma, namespace, stirling_error
from likelinet.core.domains import positive
from likelinet.core.lazy import scipy
from likelinet.distributions.base.distribution import Distribution
from likelinet.distributions.base.other_objectives import symmetric, trigamma
from likelinet.distributions.base.parameter import Backward, Parameter
from likelinet.distributions.base.protocol import LogDensity
from likelinet.distributions.base.shapes import parameters_on
from likelinet.distributions.base.univariate import Univariate
from likelinet.distributions.numerics.divergences import itakura_saito
from likelinet.distributions.numerics.gammas import log_gamma_above_tangent
from likelinet.distributions.numerics.grids import FINE_SCORES, Grid, column, extra, from_end, joined, logits
from likelinet.distributions.numerics.incomplete_gamma import gammainc, gammaincc, gammainccinv, gammaincinv
from likelinet.distributions.numerics.special import log1pmx_of_ratio
from likelinet.distributions.numerics.tails import log_incomplete_gamma

_MODERATE = 1e3  # α up to which little cancels


class Gamma(Univariate):
    r"""The gamma distribution.

    .. math:: p(y) = \frac{\beta^\alpha}{\Gamma(\alpha)} y^{\alpha-1} e^{-\beta y}, \qquad y > 0

    Parameters
    ----------
    concentration : array_like
        Shape α > 0.
    rate : array_like
        Rate β > 0, as in torch; SciPy's ``scale`` is 1/β. The mean is α/β.

    Raises
    ------
    ParameterError
        If a parameter is not a positive finite number.

    References
    ----------
    Johnson, Kotz & Balakrishnan, *Continuous Univariate Distributions* vol. 1 (1994), chapter 17; the CRPS is from
    Jordan, Krüger & Lerch, *J. Stat. Software* 90(12), 2019.

    Examples
    --------
    >>> import likelinet as ll
    >>> float(ll.Gamma(concentration=3.0, rate=0.5).mean())
    6.0
    """

    parameters = (
        Parameter("concentration", positive, symbol="α"),
        Parameter("rate", positive, role="rate", symbol="β"),
    )
    support = positive
    scores = FINE_SCORES
    purpose = "amounts; the spread grows with the mean"
    concentration: np.ndarray
    rate: np.ndarray

    def __init__(self, concentration: ArrayLike, rate: ArrayLike) -> None:
        self._set({"concentration": concentration, "rate": rate})

    @classmethod
    def loss(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        a, b = params
        xp = namespace(a)
        # With r = βy/α: -log p = α(r - 1 - log r) + ½ log(2π/α) + stirling_error(α) + log y; no large terms cancel.
        excess = b * y / a - 1.0
        values = -a * log1pmx_of_ratio(excess, b, y, a) + HALF_LOG_2PI - 0.5 * xp.log(a) + stirling_error(a) + xp.log(y)

        def backward(d: Array) -> tuple[Array, ...]:
            # ψ(α) - log(βy) = -(log α - ψ(α)) - log r
            return d * (-log_minus_digamma(a) - log_ratio(excess, b, y, a)), d * (excess * (a / b))

        return values, backward

    @classmethod
    def fisher_information(cls, params: tuple[Array, ...]) -> Array:
        a, b = params
        return symmetric(trigamma(a), -1.0 / b, a / b**2)

    def _cdf(self, y: np.ndarray) -> np.ndarray:
        return gammainc(self.concentration, self.rate * y)

    def _sf(self, y: np.ndarray) -> np.ndarray:
        return gammaincc(self.concentration, self.rate * y)

    def _log_cdf(self, y: np.ndarray) -> np.ndarray:
        return log_incomplete_gamma(self._cdf(y), self._sf(y), self.concentration, self.rate * y)

    def _log_sf(self, y: np.ndarray) -> np.ndarray:
        return log_incomplete_gamma(self._sf(y), self._cdf(y), self.concentration, self.rate * y)

    def _ppf(self, q: np.ndarray) -> np.ndarray:
        return gammaincinv(self.concentration, q) / self.rate

    def _isf(self, q: np.ndarray) -> np.ndarray:
        return gammainccinv(self.concentration, q) / self.rate

    def log_density(self) -> LogDensity:
        of_logs = self.log_density_by_logs()
        return lambda y, x: of_logs(y, np.log(y), -1.0)

    def log_density_by_logs(self) -> Callable[[np.ndarray, np.ndarray, float], np.ndarray]:
        """Return log p(y) + (1 + power) log y as a function of y, log y and the power."""
        a, b = parameters_on(self, self.batch_shape)
        log_norm, log_unit = HALF_LOG_2PI - 0.5 * np.log(a) + stirling_error(a), np.log(b) - np.log(a)
        plain = np.all(a < _MODERATE)
        log_scale = a * (log_unit + 1.0) - log_norm

        def log_density(y: np.ndarray, log_y: np.ndarray, power: float) -> np.ndarray:
            if plain:
                values = (a + power) * log_y
                values -= b * y
                values += log_scale
                return values
            excess = b * y / a - 1.0
            log_r = np.where(excess < -0.5, log_y + log_unit, np.log1p(excess))
            return a * (log_r - excess) - log_norm + power * log_y

        return log_density

    def grid(self) -> Grid:
        y, bends, some = gamma_cuts(self.concentration, self.batch_shape, self.scores)
        further = extra(bends / self.rate, np.full(self.batch_shape, np.inf)).where(some)
        return joined(from_end(y / self.rate, scores=self.scores), further)

    def _mean(self) -> np.ndarray:
        return self.concentration / self.rate

    def _var(self) -> np.ndarray:
        return self.concentration / self.rate**2

    def _mode(self) -> np.ndarray:
        return np.maximum(self.concentration - 1.0, 0.0) / self.rate

    def _entropy(self) -> np.ndarray:
        a = self.concentration
        # By Stirling's formula for log Γ and ψ, so that a huge α does not cancel.
        rest = stirling_error(a) + (a - 1.0) * log_minus_digamma(a)
        return HALF_LOG_2PI + 0.5 * np.log(a) + rest - np.log(self.rate)

    def _kl_divergence(self, other: Distribution) -> np.ndarray:
        if not isinstance(other, Gamma):
            return super()._kl_divergence(other)
        a, a2, b, b2 = self.concentration, other.concentration, self.rate, other.rate
        # With r = b₂a / (b a₂): a₂ (r - 1 - log r), and what log Γ(a₂) is above its tangent at a beyond that.
        x, ratio = (a2 - a) / a, (b2 - b) / b
        close = np.maximum(np.abs(x), np.abs(ratio)) < 0.5
        excess = np.where(close, (ratio - x) * (a / a2), b2 / b * (a / a2) - 1.0)
        log_r = np.log(b2) - np.log(b) + np.log(a) - np.log(a2)
        return a2 * itakura_saito(excess, log_r) + log_gamma_above_tangent(a2, a, x)

    def _crps(self, y: np.ndarray) -> np.ndarray:
        a, b = self.concentration, self.rate
        below = y * (2.0 * gammainc(a, b * np.maximum(y, 0.0)) - 1.0)
        mean = (2.0 * gammainc(a + 1.0, b * np.maximum(y, 0.0)) - 1.0) * a / b
        return below - mean - np.exp(-scipy.special.betaln(0.5, a)) / b

    def _gini_mean_difference(self) -> np.ndarray:
        return 2.0 * np.exp(-scipy.special.betaln(0.5, self.concentration)) / self.rate

    def _sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
        return rng.standard_gamma(np.broadcast_to(self.concentration, shape)) / self.rate

    @classmethod
    def estimate(cls, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return moment estimates of (concentration, rate) over the first axis of y: a start, not yet the maximum."""
        mean = np.average(y, axis=0, weights=weight)
        var = np.maximum(np.average((y - mean) ** 2, axis=0, weights=weight), 1e-6 * mean**2)
        return mean**2 / var, mean / var


def log_ratio(excess: Array, b: Array, y: Array, a: Array) -> Array:
    """Return log(by/a): by log1p of the excess near 1, by a sum of logarithms where the ratio would underflow."""
    xp = namespace(a)
    near = xp.abs(excess) < 0.5
    return xp.where(near, xp.log1p(xp.where(near, excess, 0.0)), xp.log(b) + xp.log(y) - xp.log(a))


def gamma_cuts(a: np.ndarray, batch: tuple[int, ...], scores: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return about the quantiles at scores, of a rate of 1, where else the density bends, and if it does.

    The density of log y falls by a (x - 1 + e⁻ˣ) at x below its peak; of a small a it is level from there to 1.
    """
    u = column(scores, batch)
    fall = 0.5 * u * u / a
    out = fall + np.sqrt(2.0 * fall)
    bends, some = logits(np.broadcast_to(a, batch))
    return a * np.where(u < 0.0, np.exp(-out), 1.0 + out), np.exp(bends), some & (a < 1.0)
