"""The beta-binomial distribution."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.arrays import Array, log_minus_digamma, namespace, never, special, stirling_error
from likelinet.core.domains import nonnegative_integer, positive
from likelinet.core.errors import UndefinedError
from likelinet.distributions.base.parameter import Backward, Parameter, TailsBackward
from likelinet.distributions.base.protocol import CUTS
from likelinet.distributions.base.univariate import Univariate
from likelinet.distributions.counts.binomial import divergence, stirling_of_choices, whole_trials
from likelinet.distributions.numerics import sums as row_sums
from likelinet.distributions.numerics.estimates import LEAST

LEAST_CONCENTRATION = 1e-300
_SMALL = 0.02  # α/β below which -log P(0) is summed up from small parts
_UNIT_RULE = tuple((0.5 + 0.5 * x, 0.5 * w) for x, w in zip(*np.polynomial.legendre.leggauss(4), strict=True))
_LONG = 4096  # whole numbers whose masses are not held in memory all at once


class BetaBinomial(Univariate):
    r"""The beta-binomial distribution: successes among n trials, overdispersed against the binomial.

    .. math:: P(y) = \binom{n}{y} \frac{B(y + \alpha, n - y + \beta)}{B(\alpha, \beta)}, \qquad y = 0, 1, \dots, n

    It is a binomial whose probability of a success is Beta(α, β) distributed. The mean is n α / (α + β).

    Parameters
    ----------
    total_count : array_like
        Number of trials n, a whole number 0, 1, 2, …, known for each row: it is not learned.
    concentration1 : array_like
        α > 0, that of the successes, as in torch's Beta; SciPy's ``a``.
    concentration0 : array_like
        β > 0, that of the failures; SciPy's ``b``.

    Raises
    ------
    ParameterError
        If `total_count` is no whole number or a concentration is not positive.

    References
    ----------
    Johnson, Kemp & Kotz, *Univariate Discrete Distributions* (2005), section 6.2.2.

    Examples
    --------
    >>> import likelinet as ll
    >>> float(ll.BetaBinomial(total_count=10, concentration1=2.0, concentration0=6.0).mean())
    2.5
    """

    parameters = (
        Parameter("total_count", nonnegative_integer, symbol="n", learned=False),
        Parameter("concentration1", positive, symbol="α"),
        Parameter("concentration0", positive, symbol="β"),
    )
    support = nonnegative_integer
    purpose = "overdispersed successes among n"
    support_in_words = "a whole number from 0 to n"
    total_count: np.ndarray
    concentration1: np.ndarray
    concentration0: np.ndarray

    def __init__(self, total_count: ArrayLike, concentration1: ArrayLike, concentration0: ArrayLike) -> None:
        self._set({"total_count": total_count, "concentration1": concentration1, "concentration0": concentration0})

    @classmethod
    def loss(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        xp = namespace(params[1])
        n, a, b = params[0], *(xp.maximum(v, LEAST_CONCENTRATION) for v in params[1:])  # a link may underflow
        possible = y <= n
        y = xp.where(possible, y, 0.0)
        m, s = n - y, a + b
        a2, b2, s2 = a + y, b + m, s + n
        log_n, log_y, log_m = (xp.log(xp.maximum(v, 1.0)) for v in (n, y, m))
        log_a, log_b, log_s, log_a2, log_b2, log_s2 = (xp.log(v) for v in (a, b, s, a2, b2, s2))
        # By Stirling's formula the large terms are n KL(y/n ‖ a2/s2) + s KL(a/s ‖ a2/s2): four parts, none negative.
        shift = (m * a - y * b) / s2
        values = (
            divergence(y, shift, log_n + log_a2 - log_y - log_s2)
            + divergence(m, -shift, log_n + log_b2 - log_m - log_s2)
            + divergence(a, -shift, log_s + log_a2 - log_a - log_s2)
            + divergence(b, shift, log_s + log_b2 - log_b - log_s2)
            + 0.5 * ((log_a2 - log_a) + (log_b2 - log_b) - (log_s2 - log_s))
            + (stirling_error(a) - stirling_error(a2))
            + (stirling_error(b) - stirling_error(b2))
            - (stirling_error(s) - stirling_error(s2))
            + stirling_of_choices(n, y, m)
        )

        def backward(d: Array) -> tuple[Array, ...]:
            common = log_minus_digamma(s) - log_minus_digamma(s2)

            def slope(c: Array, c2: Array, excess: Array, log_ratio: Array) -> Array:
                near = xp.abs(excess) < 0.5
                log_ratio = xp.where(near, xp.log1p(xp.where(near, excess, 0.0)), log_ratio)
                return xp.where(possible, d * (log_minus_digamma(c2) - log_minus_digamma(c) + common - log_ratio), 0.0)

            d_a = slope(a, a2, -shift / a, log_s + log_a2 - log_a - log_s2)
            return xp.zeros_like(d_a), d_a, slope(b, b2, shift / b, log_s + log_b2 - log_b - log_s2)

        return xp.where(possible, values, xp.inf), backward

    @classmethod
    def nll_of_zero(cls, params: tuple[Array, ...], like: Array) -> tuple[Array, Backward]:
        """Return Σ log(1 + α / (β + j)) over j < n, as an integral from 0 to α where that is much less than β."""
        xp = namespace(params[1])
        n, a, b = params[0], *(xp.maximum(v, LEAST_CONCENTRATION) for v in params[1:])
        values, plain = cls.loss((n, a, b), xp.zeros_like(like))
        small = a < _SMALL * b
        if never(small):
            return values, plain
        t = xp.where(small, a, 0.0)
        nodes = [(xp.where(small, b, 1.0) + x * t, w * t) for x, w in _UNIT_RULE]

        def backward(d: Array) -> tuple[Array, ...]:
            trigamma = special(b).polygamma
            d_b = sum(weight * (trigamma(1, c + n) - trigamma(1, c)) for c, weight in nodes)
            zero, d_a, rest = plain(xp.where(small, 0.0, d))
            near = xp.where(small, d, 0.0)
            return zero, d_a + near * _rise(xp.where(small, a + b, 1.0), n), rest + near * d_b

        return xp.where(small, sum(weight * _rise(c, n) for c, weight in nodes), values), backward

    @classmethod
    def tails(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Array, TailsBackward]:
        if not isinstance(params[1], np.ndarray | np.generic):
            raise UndefinedError("BetaBinomial: its cdf is a sum that takes the engine 'numpy'.")
        shape = np.broadcast_shapes(np.shape(y), *(np.shape(p) for p in params))
        n, a, b, y = (np.tile(np.broadcast_to(v, shape).reshape(-1), 2) for v in (*params, y))
        rows = cls(n, a, b)
        first = np.arange(len(y)) < len(y) // 2  # the sums up to y; then those beyond it
        y = np.minimum(y, n)
        low, high = np.where(first, 0.0, y + 1.0), np.where(first, y, n)
        some = low <= high
        low = np.minimum(low, high)
        # The largest mass of a sum is at one of its ends or at the mode.
        top = np.min([cls.loss((n, a, b), k)[0] for k in (low, high, np.clip(rows.mode(), low, high))], axis=0)

        def total(f: Callable[[tuple[np.ndarray, Backward]], np.ndarray]) -> np.ndarray:
            def term(row: np.ndarray, k: np.ndarray) -> np.ndarray:
                values, backward = cls.loss((n[row], a[row], b[row]), k)
                return f((np.exp(top[row] - values), backward))

            return row_sums.total(rows, term, low, high, y)

        sums = total(lambda mass: mass[0])

        def backward(d_log_cdf: Array, d_log_sf: Array) -> tuple[Array, ...]:
            # Of a log sum: the mean, by mass, of the gradients of the log masses.
            d = np.stack([np.broadcast_to(v, shape) for v in (d_log_cdf, d_log_sf)])
            means = [total(lambda mass, i=i: mass[1](-mass[0])[i]) / sums for i in (1, 2)]
            grads = ((d * np.where(some, m, 0.0).reshape(2, *shape)).sum(0) for m in means)
            return np.zeros(shape), *grads

        lower, upper = np.where(some, np.log(sums) - top, -np.inf).reshape(2, *shape)
        # The sum of all masses is 1: the larger of two sums follows from the smaller.
        log_cdf = np.where(lower < -1.0, lower, np.log1p(-np.minimum(np.exp(upper), 0.99)))
        log_sf = np.where(upper < -1.0, upper, np.log1p(-np.minimum(np.exp(lower), 0.99)))
        return log_cdf, log_sf, backward

    def quantile_grid(self, below: np.ndarray = CUTS) -> np.ndarray:
        """Return points between which the masses have no narrow features, from moments: quantiles would need sums."""
        n, sides = self.total_count, np.concatenate([np.arange(11.0), 10.0 * 1.25 ** np.arange(1.0, 16.0)])
        steps = np.concatenate([-sides[:0:-1], sides]).reshape((-1,) + (1,) * len(self.batch_shape))
        powers = (4.0 ** np.arange(3.0, 0.5 * np.log2(n.max(initial=1.0) + 64.0))).reshape((-1, *steps.shape[1:]))
        around, near_n = self.mean() + steps * self.std(), np.broadcast_to(n - powers, (len(powers), *self.batch_shape))
        return np.sort(np.clip(np.concatenate([around, near_n]), 0.0, n), axis=0)

    def _top(self) -> np.ndarray:
        return self.total_count

    def _mean(self) -> np.ndarray:
        return self.total_count * (self.concentration1 / (self.concentration1 + self.concentration0))

    def _var(self) -> np.ndarray:
        n, s = self.total_count, self.concentration1 + self.concentration0
        return n * (self.concentration1 / s) * (self.concentration0 / s) * ((s + n) / (s + 1.0))

    def _mode(self) -> np.ndarray:
        n, a, b = self.total_count, self.concentration1, self.concentration0
        # P(k + 1) ≥ P(k) up to k = (n(α-1) + 1 - β) / (α + β - 2); for α + β ≤ 2 from there on.
        one_peak = a + b > 2.0
        turn = (n * (a - 1.0) + 1.0 - b) / np.where(one_peak, a + b - 2.0, 1.0)
        return np.where(one_peak, np.clip(np.floor(turn) + 1.0, 0.0, n), np.where(a > b, n, 0.0))

    def _crps(self, y: np.ndarray) -> np.ndarray:
        shape = np.broadcast_shapes(self.batch_shape, y.shape)
        flat, y = self.flattened(shape), np.broadcast_to(y, shape).reshape(-1, 1)
        params = [getattr(flat, p.name)[:, None] for p in self.parameters]
        k = np.arange(params[0].max(initial=0.0) + 1.0)
        if len(k) > _LONG:
            return super()._crps(y.reshape(shape))
        sums = np.empty(len(y))
        for part in np.array_split(np.arange(len(y)), len(y) * len(k) // row_sums.TERMS_AT_ONCE + 1):
            mass = np.exp(-self.loss(tuple(p[part] for p in params), k)[0])
            cdf, from_here = mass.cumsum(axis=1), mass[:, ::-1].cumsum(axis=1)[:, ::-1]
            below = np.clip(y[part] - k, 0.0, 1.0)  # how much of the step from k to k + 1 lies below y
            terms = below * cdf**2 + (1.0 - below) * (from_here - mass) ** 2
            sums[part] = terms.cumsum(axis=1)[:, -1]  # one by one: the trials of other rows add zeros alone
        return (sums + np.maximum(-y, 0.0)[:, 0] + np.maximum(y - len(k), 0.0)[:, 0]).reshape(shape)

    def _sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
        p = rng.beta(self.concentration1, self.concentration0, shape)
        return rng.binomial(whole_trials(self.total_count, type(self).__name__), p)

    @classmethod
    def estimate(cls, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return the largest y as total_count, and moment estimates of the concentrations, over the first axis of y."""
        n = np.maximum(np.max(y, axis=0), 1.0)
        mean = np.average(y, axis=0, weights=weight)
        p = np.clip(mean / n, LEAST, 1.0 - LEAST)
        excess = np.average((y - mean) ** 2, axis=0, weights=weight) / (n * p * (1.0 - p)) - 1.0
        correlation = np.clip(excess / np.maximum(n - 1.0, 1.0), 0.02, 0.9)
        total = 1.0 / correlation - 1.0
        return n, p * total, (1.0 - p) * total


def _rise(c: Array, n: Array) -> Array:
    """Return ψ(c + n) - ψ(c)."""
    return namespace(c).log1p(n / c) + log_minus_digamma(c) - log_minus_digamma(c + n)
