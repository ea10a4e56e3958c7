"""The geometric distribution."""

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.arrays import Array, log1mexp, namespace, softplus_and_sigmoid
from likelinet.core.domains import nonnegative_integer, open_unit_interval, real
from likelinet.core.lazy import scipy
from likelinet.core.wording import called
from likelinet.distributions.base.checks import logits_from
from likelinet.distributions.base.distribution import Distribution
from likelinet.distributions.base.other_objectives import symmetric
from likelinet.distributions.base.parameter import Backward, Parameter, TailsBackward
from likelinet.distributions.base.univariate import Univariate
from likelinet.distributions.numerics.divergences import bernoulli
from likelinet.distributions.numerics.estimates import LEAST
from likelinet.distributions.numerics.mass_tables import Cells, Masses, by_ratios
from likelinet.distributions.numerics.smooth_sums import FAR_OUT


class Geometric(Univariate):
    r"""The geometric distribution of the number of failures before the first success.

    .. math:: P(y) = p\, (1 - p)^y, \qquad y = 0, 1, 2, \dots, \qquad p = \frac{1}{1 + e^{-z}}

    The convention is torch's: y counts the failures and starts at 0, while SciPy's ``geom`` counts the trials and
    starts at 1. The mean is (1 - p) / p.

    Parameters
    ----------
    logits : array_like
        z = log p - log(1 - p) of a success, any finite number. Give either this or `probs`.
    probs : array_like
        Probability p of a success, in (0, 1).

    Raises
    ------
    ParameterError
        If not exactly one of `logits` and `probs` is given, or it is outside its domain.

    References
    ----------
    Johnson, Kemp & Kotz, *Univariate Discrete Distributions* (2005), section 5.2.

    Examples
    --------
    >>> import likelinet as ll
    >>> float(ll.Geometric(probs=0.25).mean().round(4))
    3.0
    """

    parameters = (Parameter("logits", real, symbol="z"),)
    support = nonnegative_integer
    other_names = called("geom")
    purpose = "failures before the first success"
    offset = "logits"
    logits: np.ndarray

    def __init__(self, logits: ArrayLike | None = None, *, probs: ArrayLike | None = None) -> None:
        self._set({"logits": logits_from(logits, probs, type(self).__name__, open_unit_interval)})

    @property
    def probs(self) -> np.ndarray:
        """Probability p of a success."""
        return scipy.special.expit(self.logits)

    @classmethod
    def loss(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        (z,) = params
        minus_log_q, p = softplus_and_sigmoid(z)
        minus_log_p, q = softplus_and_sigmoid(-z)
        return minus_log_p + y * minus_log_q, lambda d: (d * (y * p - q),)

    @classmethod
    def fisher_information(cls, params: tuple[Array, ...]) -> Array:
        (z,) = params
        return symmetric(softplus_and_sigmoid(-z)[1])

    @classmethod
    def tails(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Array, TailsBackward]:
        (z,) = params
        xp = namespace(z)
        minus_log_q, p = softplus_and_sigmoid(z)
        trials = y + 1.0
        t = trials * minus_log_q

        def backward(d_log_cdf: Array, d_log_sf: Array) -> tuple[Array, ...]:
            return (trials * p * (d_log_cdf * xp.exp(-t) / -xp.expm1(-t) - d_log_sf),)

        return log1mexp(t), -t, backward

    def _ppf(self, q: np.ndarray) -> np.ndarray:
        return self._smallest(-np.log1p(-q), lambda k: self.cdf(k) >= q)

    def _isf(self, q: np.ndarray) -> np.ndarray:
        return self._smallest(-np.log(q), lambda k: self.sf(k) <= q)

    def _smallest(self, minus_log_sf: np.ndarray, enough) -> np.ndarray:
        """Return the smallest k with enough(k), from what -log P(Y > k) should be; the rounding is put right."""
        k = np.maximum(np.ceil(minus_log_sf / np.logaddexp(0.0, self.logits)) - 1.0, 0.0)
        k = np.where((k > 0.0) & enough(k - 1.0), k - 1.0, k)
        return np.where(enough(k), k, k + 1.0)

    def mass_table(self, cells: Cells) -> Masses:
        return by_ratios(self, cells, lambda k, out, z: np.copyto(out, scipy.special.expit(-z)))

    def bulk(self) -> tuple[np.ndarray, np.ndarray]:
        return np.zeros(self.batch_shape), FAR_OUT / np.logaddexp(0.0, self.logits)

    def _mean(self) -> np.ndarray:
        return np.exp(-self.logits)

    def _var(self) -> np.ndarray:
        return np.exp(-self.logits) * (1.0 + np.exp(-self.logits))

    def _mode(self) -> np.ndarray:
        return np.zeros_like(self.logits)

    def _entropy(self) -> np.ndarray:
        return np.logaddexp(0.0, -self.logits) + self._mean() * np.logaddexp(0.0, self.logits)

    def _kl_divergence(self, other: Distribution) -> np.ndarray:
        if not isinstance(other, Geometric):
            return super()._kl_divergence(other)
        # That of each trial, 1/p of which are made in the mean.
        return bernoulli(self.logits, other.logits) * (1.0 + self._mean())

    def _crps(self, y: np.ndarray) -> np.ndarray:
        # E|Y - y| less half of E|Y - Y'| = 2 q / (p (1 + q)).
        mean, k = self._mean(), np.clip(np.floor(y), -1.0, 1e300)
        distance = (y - mean) * (2.0 * self.cdf(k) - 1.0) + 2.0 * (k + 1.0) * self.sf(k)
        return distance - mean / (1.0 + scipy.special.expit(-self.logits))

    def _gini_mean_difference(self) -> np.ndarray:
        return 2.0 * self._mean() / (1.0 + scipy.special.expit(-self.logits))

    def _sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
        return np.floor(rng.standard_exponential(shape) / np.logaddexp(0.0, self.logits))

    @classmethod
    def estimate(cls, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return the weighted maximum-likelihood (logits,) over the first axis of y; finite where all y are 0."""
        return (-np.log(np.maximum(np.average(y, axis=0, weights=weight), LEAST)),)
