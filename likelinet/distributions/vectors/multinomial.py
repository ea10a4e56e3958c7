"""The multinomial distribution of counts over classes."""

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.arrays import HALF_LOG_2PI, Array, namespace, stirling_error
from likelinet.core.domains import extended_real, nonnegative_integer
from likelinet.core.lazy import scipy
from likelinet.distributions.base.multivariate import Multivariate
from likelinet.distributions.base.parameter import Backward, Parameter
from likelinet.distributions.classes.categorical import class_logits
from likelinet.distributions.counts.binomial import Binomial, whole_trials
from likelinet.distributions.numerics import counts
from likelinet.distributions.numerics.divergences import categorical
from likelinet.distributions.numerics.estimates import LEAST


class Multinomial(Multivariate):
    r"""The multinomial distribution: how often each of K classes occurs among n independent draws.

    .. math:: P(y) = \frac{n!}{\prod_k y_k!} \prod_{k=1}^{K} p_k^{y_k}, \qquad p_k = \frac{e^{z_k}}{\sum_j e^{z_j}}

    A y whose entries do not sum to n has probability 0. The entry k by itself is Binomial(n, pₖ), which cdf, quantiles
    and crps are those of.

    Parameters
    ----------
    total_count : array_like
        n, a whole number, known for each row and never learned; it may differ between rows, unlike in torch.
    logits : array_like, shape (..., K)
        z, unnormalised log-probabilities; -inf is a class that cannot occur. Give either this or `probs`.
    probs : array_like, shape (..., K)
        p, non-negative; normalised to sum to one.

    Raises
    ------
    ParameterError
        If not exactly one of `logits` and `probs` is given, no class has a positive probability, or n is no whole
        number.

    References
    ----------
    Johnson, Kotz & Balakrishnan, *Discrete Multivariate Distributions* (1997), chapter 35; the mode: Finucan,
    *Biometrika* 51, 1964; Stirling's formula against cancellation: Loader, *Fast and Accurate Computation of Binomial
    Probabilities* (2000).

    Examples
    --------
    >>> import likelinet as ll
    >>> d = ll.Multinomial(4, probs=[0.5, 0.25, 0.25])
    >>> d.mean().tolist(), float(d.log_prob([2, 1, 1]).round(4))
    ([2.0, 1.0, 1.0], -1.674)
    """

    constraint = "its counts must sum to total_count"
    parameters = (
        Parameter("total_count", nonnegative_integer, symbol="n", learned=False),
        Parameter("logits", extended_real, event_ndim=1, symbol="z"),
    )
    support = nonnegative_integer
    purpose = "counts over classes"
    support_in_words = "K whole numbers from 0 on that sum to n"
    total_count: np.ndarray
    logits: np.ndarray

    def __init__(
        self, total_count: ArrayLike, logits: ArrayLike | None = None, *, probs: ArrayLike | None = None
    ) -> None:
        self._set({"total_count": total_count, "logits": class_logits(logits, probs, "Multinomial")})
        self.event_shape = self.logits.shape[-1:]

    @property
    def probs(self) -> np.ndarray:
        """Probabilities, shape (..., K), summing to one."""
        return scipy.special.softmax(self.logits, axis=-1)

    @classmethod
    def loss(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        """Return -log P(y) and its backward function; n is the sum of y, so it has no gradient."""
        total_count, z = params
        xp = namespace(z)
        n = xp.sum(y, axis=-1, keepdims=True)
        shifted = z - xp.max(z, axis=-1, keepdims=True)
        e = xp.exp(shifted)
        weight = xp.sum(e, axis=-1, keepdims=True)
        seen = y > 0.0
        share = xp.where(seen, y, 1.0) / xp.where(n > 0.0, n, 1.0)
        # Σ yₖ log((yₖ/n)/pₖ) and what Stirling's formula leaves of the factorials: no large terms cancel.
        each = y * (xp.log(share) - xp.where(seen, shifted - xp.log(weight), 0.0)) + rest_of_factorial(y)

        def backward(d: Array) -> tuple[Array, ...]:
            return xp.zeros_like(total_count * d), d[..., None] * (n * (e / weight) - y)

        return xp.sum(each, axis=-1) - rest_of_factorial(n)[..., 0], backward

    def marginals(self) -> Binomial:
        z = self.logits
        others = np.where(np.eye(z.shape[-1], dtype=bool), -np.inf, z[..., None, :])
        # A class that cannot or must occur: the logit of a p that is 0 or 1 in double precision.
        logits = np.clip(z - scipy.special.logsumexp(others, axis=-1), -800.0, 800.0)
        return Binomial(self.total_count[..., None], logits)

    def mean(self) -> np.ndarray:
        return self.total_count[..., None] * self.probs

    def covariance(self) -> np.ndarray:
        p = self.probs
        centred = np.eye(p.shape[-1]) * p[..., None] - p[..., :, None] * p[..., None, :]
        return self.total_count[..., None, None] * centred

    def _inside(self, y: np.ndarray) -> np.ndarray:
        return self.support.contains(y).all(-1) & (y.sum(-1) == self.total_count)

    def _mode(self) -> np.ndarray:
        n = np.broadcast_to(self.total_count, self.batch_shape)
        p = np.broadcast_to(self.probs, self.batch_shape + self.event_shape)
        y = np.floor(n[..., None] * p)  # no entry of the mode is less
        for _ in range(p.shape[-1]):
            best = (p / (y + 1.0)).argmax(-1)[..., None] == np.arange(p.shape[-1])
            y = y + (best & (y.sum(-1) < n)[..., None])
        return y

    def _entropy(self) -> np.ndarray:
        each = self.marginals()
        log_factorials = counts.expectation(each, lambda row, k: scipy.special.gammaln(k + 1.0)).sum(-1)
        n = self.total_count
        return n * scipy.special.entr(self.probs).sum(-1) - scipy.special.gammaln(n + 1.0) + log_factorials

    def _kl_divergence(self, other: Multivariate) -> np.ndarray:
        assert isinstance(other, Multinomial)
        n = self.total_count
        each_draw = categorical(self.logits, other.logits)
        return np.where(n == other.total_count, np.where(n > 0.0, n * each_draw, 0.0), np.inf)

    def _sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
        n = whole_trials(self.total_count, type(self).__name__)
        return rng.multinomial(np.broadcast_to(n, shape), self.probs)

    @classmethod
    def estimate(cls, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray | None, ...]:
        """Return no total_count, which is known, and the logits of the shares of all counts; finite for unseen ones."""
        seen = np.maximum(np.average(y, axis=0, weights=weight), LEAST)
        return None, np.log(seen / seen.sum(-1, keepdims=True))


def rest_of_factorial(y: Array) -> Array:
    """Return log y! - (y log y - y), which is 0 for y = 0."""
    xp = namespace(y)
    safe = xp.where(y > 0.0, y, 1.0)
    return xp.where(y > 0.0, 0.5 * xp.log(safe) + HALF_LOG_2PI + stirling_error(safe), 0.0)
