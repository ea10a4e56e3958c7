"""The Poisson distribution."""

import numpy as np
import scipy
from numpy.typing import ArrayLike

from likelinet.arrays import Array, namespace, special
from likelinet.distributions.base import Backward, Distribution, Parameter
from likelinet.distributions.univariate import Univariate
from likelinet.domains import nonnegative_integer, positive


class Poisson(Univariate):
    r"""The Poisson distribution of counts.

    .. math:: P(y) = \frac{\lambda^y e^{-\lambda}}{y!}, \qquad y = 0, 1, 2, \dots

    Parameters
    ----------
    rate : array_like
        Mean λ > 0.

    Raises
    ------
    ParameterError
        If `rate` is not a positive finite number.

    References
    ----------
    Johnson, Kemp & Kotz, *Univariate Discrete Distributions* (2005), chapter 4; the CRPS is from Wei & Held,
    *Test* 23, 2014.

    Examples
    --------
    >>> import likelinet as ll
    >>> float(ll.Poisson(rate=2.0).cdf(1).round(4))
    0.406
    """

    parameters = (Parameter("rate", positive, symbol="λ"),)
    support = nonnegative_integer
    rate: np.ndarray

    def __init__(self, rate: ArrayLike) -> None:
        self._set({"rate": rate})

    @classmethod
    def loss(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        (rate,) = params
        values = rate - y * namespace(rate).log(rate) + special(rate).gammaln(y + 1.0)
        return values, lambda d: (d * (1.0 - y / rate),)

    def _cdf(self, y: np.ndarray) -> np.ndarray:
        return scipy.special.gammaincc(y + 1.0, self.rate)

    def _sf(self, y: np.ndarray) -> np.ndarray:
        return scipy.special.gammainc(y + 1.0, self.rate)

    def _mean(self) -> np.ndarray:
        return self.rate

    def _var(self) -> np.ndarray:
        return self.rate

    def _mode(self) -> np.ndarray:
        return np.floor(self.rate)

    def _kl_divergence(self, other: Distribution) -> np.ndarray:
        if not isinstance(other, Poisson):
            return super()._kl_divergence(other)
        return self.rate * np.log(self.rate / other.rate) - self.rate + other.rate

    def _crps(self, y: np.ndarray) -> np.ndarray:
        k = np.floor(y)
        signed = (y - self.rate) * (2.0 * self.cdf(k) - 1.0) + 2.0 * self.rate * np.exp(self.log_prob(k))
        return signed - self.rate * (scipy.special.i0e(2.0 * self.rate) + scipy.special.i1e(2.0 * self.rate))

    def _sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
        return rng.poisson(self.rate, shape)

    @classmethod
    def marginal(cls, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return the weighted maximum-likelihood (rate,) over the first axis of y."""
        mean = np.average(y, axis=0, weights=weight)
        return (np.maximum(mean, 0.5 / len(y)),)
