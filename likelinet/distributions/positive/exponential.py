"""The exponential distribution, and the tails that it shares with whatever is a power or a stretch of it."""

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.arrays import Array, namespace
from likelinet.core.domains import nonnegative, positive
from likelinet.core.wording import called
from likelinet.distributions.base.distribution import Distribution
from likelinet.distributions.base.other_objectives import symmetric
from likelinet.distributions.base.parameter import Backward, Parameter, TailsBackward
from likelinet.distributions.base.univariate import Univariate
from likelinet.distributions.numerics.divergences import itakura_saito
from likelinet.distributions.numerics.special import exponential_tails


class Exponential(Univariate):
    r"""The exponential distribution of a waiting time.

    .. math:: p(y) = \lambda e^{-\lambda y}, \qquad y \ge 0

    Parameters
    ----------
    rate : array_like
        Rate λ > 0, as in torch; SciPy's ``scale`` is 1/λ, which is the mean.

    Raises
    ------
    ParameterError
        If `rate` is not a positive finite number.

    References
    ----------
    Johnson, Kotz & Balakrishnan, *Continuous Univariate Distributions* vol. 1 (1994), chapter 19; the CRPS is from
    Jordan, Krüger & Lerch, *J. Stat. Software* 90(12), 2019.

    Examples
    --------
    >>> import likelinet as ll
    >>> float(ll.Exponential(rate=0.5).sf(2.0).round(4))
    0.3679
    """

    parameters = (Parameter("rate", positive, role="rate", symbol="λ"),)
    support = nonnegative
    other_names = called("exp expon")
    purpose = "constant hazard"
    rate: np.ndarray

    def __init__(self, rate: ArrayLike) -> None:
        self._set({"rate": rate})

    @classmethod
    def loss(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        (rate,) = params
        w = rate * y
        return w - namespace(w).log(rate), lambda d: (d * ((w - 1.0) / rate),)

    @classmethod
    def mean_and_variance(cls, params: tuple[Array, ...]) -> tuple[Array, Array]:
        (rate,) = params
        return 1.0 / rate, rate**-2.0

    @classmethod
    def crps_loss(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        (rate,) = params
        xp = namespace(rate)
        below = -xp.expm1(-rate * y)  # P(Y ≤ y)
        values = y + (0.5 - 2.0 * below) / rate
        return values, lambda d: (d * ((2.0 * below - 0.5) / rate - 2.0 * y * (1.0 - below)) / rate,)

    @classmethod
    def fisher_information(cls, params: tuple[Array, ...]) -> Array:
        (rate,) = params
        return symmetric(rate**-2.0)

    @classmethod
    def tails(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Array, TailsBackward]:
        (rate,) = params
        xp, w = namespace(rate), rate * y
        log_cdf, log_sf, slope = exponential_tails(w, xp.log(rate) + xp.log(y))
        return log_cdf, log_sf, lambda d_cdf, d_sf: (slope(d_cdf, d_sf) / rate,)

    def _cdf(self, y: np.ndarray) -> np.ndarray:
        return -np.expm1(-self.rate * y)

    def _ppf(self, q: np.ndarray) -> np.ndarray:
        return -np.log1p(-q) / self.rate

    def _isf(self, q: np.ndarray) -> np.ndarray:
        return -np.log(q) / self.rate

    def _mean(self) -> np.ndarray:
        return 1.0 / self.rate

    def _var(self) -> np.ndarray:
        return self.rate**-2

    def _mode(self) -> np.ndarray:
        return np.zeros_like(self.rate)

    def _entropy(self) -> np.ndarray:
        return 1.0 - np.log(self.rate)

    def _kl_divergence(self, other: Distribution) -> np.ndarray:
        if not isinstance(other, Exponential):
            return super()._kl_divergence(other)
        return itakura_saito((other.rate - self.rate) / self.rate, np.log(other.rate) - np.log(self.rate))

    def _crps(self, y: np.ndarray) -> np.ndarray:
        return np.abs(y) + (0.5 + 2.0 * np.expm1(-self.rate * np.maximum(y, 0.0))) / self.rate

    def _gini_mean_difference(self) -> np.ndarray:
        return 1.0 / self.rate

    def _sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
        return rng.standard_exponential(shape) / self.rate

    @classmethod
    def estimate(cls, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return the weighted maximum-likelihood (rate,) over the first axis of y; finite where all y are zero."""
        return (1.0 / np.maximum(np.average(y, axis=0, weights=weight), 1e-300),)
