"""The Bernoulli distribution."""

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.arrays import Array, namespace, softplus_and_sigmoid
from likelinet.core.domains import binary, extended_real
from likelinet.core.lazy import scipy
from likelinet.core.wording import called
from likelinet.distributions.base.checks import logits_from
from likelinet.distributions.base.distribution import Distribution
from likelinet.distributions.base.other_objectives import symmetric
from likelinet.distributions.base.parameter import Backward, Parameter, TailsBackward
from likelinet.distributions.base.univariate import Univariate
from likelinet.distributions.classes.labelled import Labelled
from likelinet.distributions.numerics.divergences import bernoulli
from likelinet.distributions.numerics.estimates import LEAST


class Bernoulli(Univariate):
    r"""The Bernoulli distribution of a single yes (1) or no (0).

    .. math:: P(y) = p^y (1 - p)^{1-y}, \qquad p = \frac{1}{1 + e^{-z}}

    Its negative log-likelihood is the binary cross-entropy, and the gradient in the logits z is exactly p - y.

    Parameters
    ----------
    logits : array_like
        z = log p - log(1 - p), any number. Give either this or `probs`.
    probs : array_like
        Probability p of y = 1, in [0, 1].

    Raises
    ------
    ParameterError
        If not exactly one of `logits` and `probs` is given, or it is outside its domain.

    References
    ----------
    Bishop, *Pattern Recognition and Machine Learning* (2006), section 2.1 and 4.3.2.

    Examples
    --------
    >>> import likelinet as ll
    >>> float(ll.Bernoulli(probs=0.25).nll(1).round(4))
    1.3863
    """

    y = "class"
    stable_in_float32 = True
    numeric = True
    parameters = (Parameter("logits", extended_real, symbol="z"),)
    support = binary
    other_names = called("logit logistic_regression binary binary_classification sigmoid binary_crossentropy")
    purpose = "one of two"
    offset = "logits"
    logits: np.ndarray

    def __init__(self, logits: ArrayLike | None = None, *, probs: ArrayLike | None = None) -> None:
        self._set({"logits": logits_from(logits, probs, type(self).__name__)})

    @property
    def probs(self) -> np.ndarray:
        """Probability of y = 1, in the shape of `logits`: it is the parameter itself.

        All others, and a Bernoulli that bears labels or is one of several outputs, have both classes on a last axis.
        """
        return scipy.special.expit(self.logits)

    def class_marginals(self) -> Distribution:
        return self

    def class_probabilities(self) -> np.ndarray:
        return scipy.special.expit(np.stack([-self.logits, self.logits], axis=-1))

    def labelled(self, classes: np.ndarray) -> Distribution:
        return Labelled(self, classes)

    def mixed(self, log_weights: np.ndarray) -> Distribution:
        yes, no = (
            scipy.special.logsumexp(scipy.special.log_expit(s * self.logits) + log_weights, axis=-1) for s in (1, -1)
        )
        return Bernoulli(yes - no)

    @classmethod
    def fisher_information(cls, params: tuple[Array, ...]) -> Array:
        (z,) = params
        return symmetric(softplus_and_sigmoid(z)[1] * softplus_and_sigmoid(-z)[1])

    @classmethod
    def loss(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        (z,) = params
        xp = namespace(z)
        sign = 1 - 2 * y
        against = z * sign  # the logit of the other outcome than y
        e = xp.exp(-xp.abs(z))
        values = xp.maximum(against, 0)
        values += xp.log1p(e)

        def backward(d: Array) -> tuple[Array, ...]:
            # p - y, as ± the probability of the other outcome: no digits are lost where p is close to y.
            missed = xp.exp(xp.minimum(against, 0))
            missed /= 1 + e
            missed *= sign
            missed *= d
            return (missed,)

        return values, backward

    @classmethod
    def tails(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Array, TailsBackward]:
        (z,) = params
        xp = namespace(z)
        minus_log_q, p = softplus_and_sigmoid(z)
        minus_log_p, q = softplus_and_sigmoid(-z)
        least = y < 1.0
        log_cdf, log_sf = xp.where(least, -minus_log_q, 0.0), xp.where(least, -minus_log_p, -xp.inf)
        return log_cdf, log_sf, lambda d_cdf, d_sf: (xp.where(least, d_sf * q - d_cdf * p, 0.0),)

    def _mean(self) -> np.ndarray:
        return self.probs

    def _var(self) -> np.ndarray:
        return self.probs * scipy.special.expit(-self.logits)

    def _mode(self) -> np.ndarray:
        return (self.logits > 0.0).astype(np.float64)

    def _entropy(self) -> np.ndarray:
        return scipy.special.entr(self.probs) + scipy.special.entr(scipy.special.expit(-self.logits))

    def _kl_divergence(self, other: Distribution) -> np.ndarray:
        if not isinstance(other, Bernoulli):
            return super()._kl_divergence(other)
        return bernoulli(self.logits, other.logits)

    def _crps(self, y: np.ndarray) -> np.ndarray:
        inside = np.clip(y, 0.0, 1.0)
        p, q = self.probs, scipy.special.expit(-self.logits)
        return np.abs(y - inside) + inside * q**2 + (1.0 - inside) * p**2

    def _gini_mean_difference(self) -> np.ndarray:
        return 2.0 * self._var()

    def _sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
        return rng.random(shape) < self.probs

    @classmethod
    def estimate(cls, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return the weighted maximum-likelihood (logits,) over the first axis of y; finite where y is constant."""
        p = np.clip(np.average(y, axis=0, weights=weight), LEAST, 1.0 - LEAST)
        return (scipy.special.logit(p),)
