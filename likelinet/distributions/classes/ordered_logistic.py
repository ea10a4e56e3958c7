"""The ordered logistic distribution over ordered classes."""

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.arrays import Array, log1mexp, namespace, softplus_and_sigmoid
from likelinet.core.domains import class_codes, increasing, nonnegative_integer
from likelinet.core.errors import ParameterError
from likelinet.core.lazy import scipy
from likelinet.core.wording import called
from likelinet.distributions.base.distribution import Distribution
from likelinet.distributions.base.parameter import Backward, Parameter, TailsBackward
from likelinet.distributions.base.univariate import Univariate
from likelinet.distributions.classes.categorical import Categorical
from likelinet.distributions.classes.labelled import Labelled
from likelinet.distributions.classes.numeric_levels import Levels
from likelinet.distributions.numerics.estimates import LEAST


class OrderedLogistic(Univariate):
    r"""The ordered logistic distribution over the classes 0 < 1 < … < K - 1: the cumulative logit model.

    .. math:: P(Y \le k) = \frac{1}{1 + e^{-(c_k - \eta)}}, \qquad k = 0, 1, \dots, K - 2

    It is the class between whose cutpoints η plus logistic noise falls: a larger η makes higher classes more
    probable. The classes have an order but no distances: mean, variance and standard deviation raise
    `UndefinedError`; the CRPS is the ranked probability score, in steps from class to class.

    Parameters
    ----------
    loc : array_like
        Predictor η, any finite number; NumPyro's `predictor`.
    cutpoints : array_like, shape (..., K - 1)
        c, strictly increasing.

    Raises
    ------
    ParameterError
        If a value is not finite, or the cutpoints of a row do not increase.

    References
    ----------
    McCullagh, *J. R. Stat. Soc. B* 42, 1980; Agresti, *Analysis of Ordinal Categorical Data* (2010), section 3.2; the
    ranked probability score is from Epstein, *J. Appl. Meteorol.* 8, 1969.

    Examples
    --------
    >>> import likelinet as ll
    >>> d = ll.OrderedLogistic(loc=0.5, cutpoints=[-1.0, 1.0])
    >>> d.probs.round(4)
    array([0.1824, 0.44  , 0.3775])
    """

    y = "class"
    parameters = (Parameter("loc", symbol="η"), Parameter("cutpoints", increasing, event_ndim=1, symbol="c"))
    support = nonnegative_integer
    ordered = True
    other_names = called(
        "ordinal ordered ordered_logit ordinal_regression proportional_odds cumulative_logit polr",
        "",
    )
    purpose = "one of several, in an order"
    support_in_words = "a class, 0 to K − 1, or your own labels in order"
    offset = "loc"
    loc: np.ndarray
    cutpoints: np.ndarray

    def __init__(self, loc: ArrayLike, cutpoints: ArrayLike) -> None:
        self._set({"loc": loc, "cutpoints": cutpoints})
        if not (np.diff(self.cutpoints, axis=-1) > 0.0).all():
            raise ParameterError("OrderedLogistic: the cutpoints of every row must increase.")
        self.support = class_codes(self.cutpoints.shape[-1] + 1)

    @property
    def probs(self) -> np.ndarray:
        """Probabilities of the classes, shape (..., K), summing to one."""
        k = np.arange(self.cutpoints.shape[-1] + 1.0)
        params = self.loc[..., None], self.cutpoints[..., None, :]
        return np.exp(log_between(params, k - 1.0, k)[0])

    def as_numbers(self) -> Distribution:
        probs = self.probs
        return Levels(np.arange(probs.shape[-1]), probs)

    def class_marginals(self) -> Distribution:
        return self

    def class_probabilities(self) -> np.ndarray:
        return self.probs

    def labelled(self, classes: np.ndarray) -> Distribution:
        return Labelled(self, classes)

    def mixed_classes(self, log_weights: np.ndarray) -> Distribution:
        return Categorical(probs=self.probs).mixed(log_weights)

    @classmethod
    def loss(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        values, backward = log_between(params, y - 1.0, y)
        return -values, lambda d: backward(-d)

    @classmethod
    def tails(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Array, TailsBackward]:
        end = namespace(y).full_like(y, np.inf)
        (log_cdf, back_cdf), (log_sf, back_sf) = log_between(params, -end, y), log_between(params, y, end)

        def backward(d_log_cdf: Array, d_log_sf: Array) -> tuple[Array, ...]:
            return tuple(g + h for g, h in zip(back_cdf(d_log_cdf), back_sf(d_log_sf), strict=True))

        return log_cdf, log_sf, backward

    @classmethod
    def log_interval(cls, params: tuple[Array, ...], low: Array, high: Array) -> tuple[Array, Backward]:
        xp = namespace(params[0])
        return log_between(params, *(xp.floor(xp.asarray(e, dtype=params[0].dtype)) for e in (low, high)))

    def _mean(self) -> np.ndarray:
        self._undefined("mean")

    def _var(self) -> np.ndarray:
        self._undefined("var")

    def _near(self, z: np.ndarray) -> np.ndarray:
        return np.zeros(self._shape_with(z))

    def _mode(self) -> np.ndarray:
        return self.probs.argmax(-1).astype(np.float64)

    def _entropy(self) -> np.ndarray:
        return scipy.special.entr(self.probs).sum(-1)

    def _sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
        return np.sum(self.cutpoints < (self.loc + rng.logistic(size=shape))[..., None], axis=-1)

    @classmethod
    def estimate(cls, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return `frequencies` of the classes up to the largest y."""
        return cls.frequencies(y, weight, max(int(np.max(y)) + 1, 2))

    @classmethod
    def estimate_of_shape(
        cls, y: np.ndarray, weight: np.ndarray, shapes: tuple[tuple[int, ...], ...]
    ) -> tuple[np.ndarray | None, ...]:
        return cls.frequencies(y, weight, shapes[1][-1] + 1)

    @classmethod
    def shape_of_parameter(cls, parameter: Parameter, size: int) -> tuple[int, ...]:
        return (size - 1,) * parameter.event_ndim

    @staticmethod
    def frequencies(y: np.ndarray, weight: np.ndarray, n_classes: int) -> tuple[np.ndarray, np.ndarray]:
        """Return loc = 0 and the cutpoints that give the weighted class frequencies, over the first axis of y.

        An absent class gets a tiny share, so that the cutpoints are finite and increase.
        """
        shares = np.stack([np.average(y == k, axis=0, weights=weight) for k in range(n_classes)], axis=-1)
        shares = np.maximum(shares, LEAST)
        below, above = shares.cumsum(-1)[..., :-1], shares[..., ::-1].cumsum(-1)[..., -2::-1]
        return np.zeros(y.shape[1:]), np.log(below) - np.log(above)


def log_between(params: tuple[Array, ...], low: Array, high: Array) -> tuple[Array, Backward]:
    """Return log P(low < Y ≤ high) for whole or infinite ends, and its backward function; -inf for no class."""
    loc, cutpoints = params
    xp = namespace(loc)
    codes = xp.arange(cutpoints.shape[-1])
    last = float(cutpoints.shape[-1])
    is_low, is_high = low[..., None] == codes, high[..., None] == codes
    starts, ends = low < 0.0, high >= last
    empty = (low >= high) | (high < 0.0) | (low >= last)
    # log(σ(u) - σ(v)) = log σ(u) + log σ(-v) + log(1 - exp(v - u)), of which no term cancels.
    upper, lower = (xp.sum(xp.where(at, cutpoints, 0.0), axis=-1) for at in (is_high, is_low))
    inner = ~(starts | ends | empty)
    gap = xp.where(inner, upper - lower, 1.0)
    (minus_log_upper, p_above), (minus_log_lower, p_below) = (
        softplus_and_sigmoid(loc - upper),
        softplus_and_sigmoid(lower - loc),
    )
    minus_log_upper, p_above = (xp.where(ends | empty, 0.0, v) for v in (minus_log_upper, p_above))
    minus_log_lower, p_below = (xp.where(starts | empty, 0.0, v) for v in (minus_log_lower, p_below))
    values = xp.where(empty, -xp.inf, xp.where(inner, log1mexp(gap), 0.0) - minus_log_upper - minus_log_lower)

    def backward(d: Array) -> tuple[Array, ...]:
        between = xp.where(inner, 1.0 / xp.expm1(gap), 0.0)
        d_u, d_l = (d * (p_above + between))[..., None], (d * (p_below + between))[..., None]
        return d * (p_below - p_above), xp.where(is_high, d_u, 0.0) - xp.where(is_low, d_l, 0.0)

    return values, backward
