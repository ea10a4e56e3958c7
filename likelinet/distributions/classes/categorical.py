"""The categorical distribution over unordered classes."""

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.arrays import Array, namespace
from likelinet.core.domains import class_codes, extended_real
from likelinet.core.errors import ParameterError, UndefinedError
from likelinet.core.lazy import scipy
from likelinet.core.wording import called
from likelinet.distributions.base.by_rows import all_inside, in_blocks, in_small_blocks, sample_in_blocks
from likelinet.distributions.base.distribution import Distribution
from likelinet.distributions.base.parameter import Backward, Parameter
from likelinet.distributions.base.plain import check_plain
from likelinet.distributions.base.shapes import Rng, generator_of, shape_of
from likelinet.distributions.classes.labelled import Labelled
from likelinet.distributions.numerics.divergences import categorical
from likelinet.distributions.numerics.estimates import LEAST


class Categorical(Distribution):
    r"""The categorical distribution over the classes 0, 1, …, K - 1.

    .. math:: P(y = k) = p_k = \frac{e^{z_k}}{\sum_j e^{z_j}}

    Its negative log-likelihood is the softmax cross-entropy, and the gradient in the logits z is exactly p minus
    the one-hot y. Classes have no order, so cdf, quantiles, mean and CRPS raise `UndefinedError`.

    Parameters
    ----------
    logits : array_like, shape (..., K)
        z, unnormalised log-probabilities; -inf is a class that cannot occur. Give either this or `probs`.
    probs : array_like, shape (..., K)
        p, non-negative; normalised to sum to one.

    Raises
    ------
    ParameterError
        If not exactly one of `logits` and `probs` is given, or no class has a positive probability.

    References
    ----------
    Bishop, *Pattern Recognition and Machine Learning* (2006), section 4.3.4.

    Examples
    --------
    >>> import likelinet as ll
    >>> ll.Categorical(probs=[0.2, 0.3, 0.5]).log_prob([0, 2]).round(4)
    array([-1.6094, -0.6931])
    """

    other_names = called("softmax multiclass classification classes classifier multinomial_logit cross_entropy")
    purpose = "one of several"
    support_in_words = "a class, 0 to K − 1, or your own labels"
    _sees_to_support = True
    y = "class"
    stable_in_float32 = True
    parameters = (Parameter("logits", extended_real, event_ndim=1, symbol="z"),)
    logits: np.ndarray

    def __init__(self, logits: ArrayLike | None = None, *, probs: ArrayLike | None = None) -> None:
        self._set({"logits": class_logits(logits, probs, "Categorical")})
        self.support = class_codes(self.logits.shape[-1])

    @property
    def probs(self) -> np.ndarray:
        """Probabilities, shape (..., K), summing to one."""
        weights = np.exp(self.logits - self.logits.max(-1, keepdims=True))
        weights /= weights.sum(-1, keepdims=True)
        return weights

    def class_marginals(self) -> Distribution:
        return self

    def class_probabilities(self) -> np.ndarray:
        return self.probs

    def labelled(self, classes: np.ndarray) -> Distribution:
        return Labelled(self, classes)

    def mixed(self, log_weights: np.ndarray) -> Distribution:
        log_p = scipy.special.log_softmax(self.logits, axis=-1) + log_weights[..., None]
        return Categorical(scipy.special.logsumexp(log_p, axis=-2))

    @classmethod
    def fisher_information(cls, params: tuple[Array, ...]) -> Array:
        (z,) = params
        xp = namespace(z)
        p = xp.exp(z - z.max(axis=-1, keepdims=True))
        p = p / xp.sum(p, axis=-1, keepdims=True)
        return p[..., None] * (xp.eye(z.shape[-1]) - p[..., None, :])

    @classmethod
    def loss(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        """Return the softmax cross-entropy of integer codes y, and its backward function."""
        (z,) = params
        xp = namespace(z)
        one_hot = (y[..., None] == xp.arange(z.shape[-1])).astype(z.dtype)
        shifted = z - z.max(axis=-1, keepdims=True)
        at_y = xp.sum(shifted, axis=-1, where=one_hot > 0.0)
        others = xp.exp(shifted)
        others -= others * one_hot
        rest = xp.sum(others, axis=-1)  # not by BLAS, whose bits differ from row to row
        # The sum of exponentials less one; with it nothing cancels where y is nearly certain.
        above_one = rest + xp.expm1(at_y)

        def backward(d: Array) -> tuple[Array, ...]:
            factor = d / (1.0 + above_one)
            return (factor[..., None] * others - (factor * rest)[..., None] * one_hot,)

        return xp.log1p(above_one) - at_y, backward

    @in_blocks
    def log_prob(self, y: ArrayLike) -> np.ndarray:
        y = self._aligned(y)
        shape = self._shape_with(y)
        inside = self.support.contains(y.astype(np.float64))
        missing = np.where(np.isnan(y.astype(np.float64)), np.nan, -np.inf)
        codes = np.broadcast_to(np.where(inside, y, 0).astype(np.int64), shape)
        log_p = np.broadcast_to(scipy.special.log_softmax(self.logits, axis=-1), (*shape, self.logits.shape[-1]))
        return np.where(inside, np.take_along_axis(log_p, codes[..., None], -1)[..., 0], missing)[()]

    @in_small_blocks
    def mode(self) -> np.ndarray:
        return self.logits.argmax(-1)

    @in_small_blocks
    def entropy(self) -> np.ndarray:
        return scipy.special.entr(self.probs).sum(-1)

    @in_small_blocks
    def kl_divergence(self, other: Distribution) -> np.ndarray:
        if not isinstance(other, Categorical) or other.support != self.support:
            raise UndefinedError("kl_divergence of a Categorical needs another Categorical over the same classes.")
        return categorical(self.logits, other.logits)

    @sample_in_blocks
    def sample(self, sample_shape: int | tuple[int, ...] = (), rng: Rng = None) -> np.ndarray:
        shape = shape_of(sample_shape) + self.batch_shape
        u = generator_of(rng).random(shape)
        return choose(self.probs, u)

    @classmethod
    def estimate_of_shape(
        cls, y: np.ndarray, weight: np.ndarray, shapes: tuple[tuple[int, ...], ...]
    ) -> tuple[np.ndarray | None, ...]:
        return (cls.frequencies(y, weight, shapes[0][-1]),)

    @staticmethod
    def frequencies(y: np.ndarray, weight: np.ndarray, n_classes: int) -> np.ndarray:
        """Return the logits of the weighted class frequencies, over the first axis of y; finite for absent classes."""
        shares = np.stack([np.average(y == k, axis=0, weights=weight) for k in range(n_classes)], axis=-1)
        return np.log(np.maximum(shares, LEAST))


def choose(probs: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Return class codes by inverting the cumulative probabilities (..., K) at uniform numbers u."""
    steps = np.moveaxis(probs.cumsum(-1), -1, 0)
    code = np.zeros(u.shape, dtype=np.int64)
    for step in steps[:-1] / steps[-1]:
        code += u >= step
    return code


def _possible(logits: np.ndarray) -> np.ndarray:
    top = logits.max(-1)
    return (top > -np.inf) & (top < np.inf)


def class_logits(logits: ArrayLike | None, probs: ArrayLike | None, of: str) -> np.ndarray:
    """Return logits of classes from whichever of the two was given to the distribution called `of`."""
    if (logits is None) == (probs is None):
        raise ParameterError(f"{of} takes either logits or probs.")
    if probs is not None:
        check_plain(probs, f"{of}: probs", ParameterError)
        p = np.asarray(probs, dtype=np.float64)
        if not ((p >= 0.0) & (p < np.inf)).all():
            raise ParameterError(f"{of}: probs must be finite and not negative.")
        with np.errstate(divide="ignore"):
            logits = np.log(p)
    check_plain(logits, f"{of}: logits", ParameterError)
    z = np.asarray(logits, dtype=np.float64)
    if z.ndim and (z.shape[-1] == 0 or not all_inside(_possible, np.atleast_2d(z))):
        raise ParameterError(f"{of}: every row needs a class of positive probability, and no logit may be +inf.")
    return z
