"""The beta-binomial distribution."""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.arrays import Array, log_minus_digamma, namespace, never, special, stirling_error
from likelinet.core.domains import nonnegative_integer, positive
from likelinet.core.errors import UndefinedError
from likelinet.core.wording import called
from likelinet.distributions.base.parameter import Backward, Parameter, TailsBackward
from likelinet.distributions.base.protocol import CUTS
from likelinet.distributions.base.univariate import Univariate
from likelinet.distributions.counts.binomial import countable, divergence, stirling_of_choices, whole_trials
from likelinet.distributions.numerics import quadrature, sums
from likelinet.distributions.numerics.beta_binomial_table import SHALLOW, Table, fit, masses, ratio, tables
from likelinet.distributions.numerics.count_quantiles import both_ends, least_count
from likelinet.distributions.numerics.estimates import LEAST
from likelinet.distributions.numerics.mass_tables import Cells, Masses, by_log_prob, by_ratios, cells_of, row_sums
from likelinet.distributions.numerics.special import share_apart
from likelinet.distributions.numerics.tails import log_of

_TINY = 1e-280  # of which a table has no digits
LEAST_CONCENTRATION = 1e-300
_SMALL = 0.02  # α/β below which -log P(0) is summed up from small parts
_UNIT_RULE = tuple((0.5 + 0.5 * x, 0.5 * w) for x, w in zip(*np.polynomial.legendre.leggauss(4), strict=True))


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
    other_names = called("betabinom")
    purpose = "overdispersed successes among n"
    support_in_words = "a whole number from 0 to n"
    smooth_tails = False
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
        shift = share_apart(m, a, y, b, s2)
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
        params = params[0], *(np.maximum(v, LEAST_CONCENTRATION) for v in params[1:])
        shape = np.broadcast_shapes(np.shape(y), *(np.shape(p) for p in params))
        # Of parameters that have fewer axes than y there is one table for all y.
        own = shape[len(shape) - max(np.ndim(p) for p in params) :]
        n, a, b = (np.broadcast_to(p, own).reshape(-1) for p in params)
        log_cdf, log_sf = _log_tails(
            n, a, b, np.broadcast_to(y, shape).reshape(math.prod(shape[: len(shape) - len(own)]), len(n))
        )
        log_cdf, log_sf = log_cdf.reshape(-1), log_sf.reshape(-1)
        n, a, b, y = (np.broadcast_to(v, shape).reshape(-1) for v in (*params, y))
        sides = [(log_cdf, *_sides(n, y)[0]), (log_sf, *_sides(n, y)[1])]

        def backward(d_log_cdf: Array, d_log_sf: Array) -> tuple[Array, ...]:
            # Of a log sum: the mean, by mass, of the gradients of the log masses.
            rows = cls(n, a, b)
            grads = [np.zeros(shape), np.zeros(shape), np.zeros(shape)]
            for d, (log_sum, low, high) in zip((d_log_cdf, d_log_sf), sides, strict=True):
                if not np.any(d):
                    continue
                some, low = low <= high, np.minimum(low, high)

                def term(row: np.ndarray, k: np.ndarray, i: int, log_sum: np.ndarray = log_sum) -> np.ndarray:
                    values, mass_backward = cls.loss((n[row], a[row], b[row]), k)
                    return mass_backward(-np.exp(-log_sum[row] - values))[i]

                for i in (1, 2):
                    mean = sums.total(rows, lambda row, k, i=i, term=term: term(row, k, i), low, high, y)
                    grads[i] = grads[i] + d * np.where(some, mean, 0.0).reshape(shape)
            return tuple(grads)

        return log_cdf.reshape(shape), log_sf.reshape(shape), backward

    def quantile_grid(self, below: np.ndarray = CUTS) -> np.ndarray:
        """Return points between which the masses have no narrow features, from moments: quantiles would need sums."""
        n, sides = self.total_count, np.concatenate([np.arange(11.0), 10.0 * 1.25 ** np.arange(1.0, 16.0)])
        steps = np.concatenate([-sides[:0:-1], sides]).reshape((-1,) + (1,) * len(self.batch_shape))
        powers = (4.0 ** np.arange(3.0, 0.5 * np.log2(n.max(initial=1.0) + 64.0))).reshape((-1, *steps.shape[1:]))
        around, near_n = self.mean() + steps * self.std(), np.broadcast_to(n - powers, (len(powers), *self.batch_shape))
        return np.sort(np.clip(np.concatenate([around, near_n]), 0.0, n), axis=0)

    def mass_table(self, cells: Cells) -> Masses:
        if self._whole(cells):
            n, a, b = (self._full(getattr(self, p.name)).reshape(-1, self.batch_shape[-1]) for p in self.parameters)
            values = masses(n, a, b, cells.many).reshape(*self.batch_shape, cells.many)
            return Masses(values, -np.log(row_sums(values)))
        quick = by_ratios(self, cells, ratio)
        deep = np.broadcast_to(np.minimum(self.concentration1, self.concentration0) < SHALLOW, quick.log_scale.shape)
        if not deep.any():
            return quick
        exact = by_log_prob(self, cells)
        values = np.where(deep[..., None], exact.values, quick.values)
        return Masses(values, np.where(deep, exact.log_scale, quick.log_scale))

    def _whole(self, cells: Cells) -> bool:
        """Return whether cells begin with 0 and are all that there are, of ordinary parameters."""
        whole = fit(self) & (cells.first == 0.0) & (cells.low <= 0.0) & (cells.high >= self.total_count)
        return np.broadcast_shapes(self.batch_shape, cells.first.shape) == self.batch_shape != () and bool(whole.all())

    def bulk(self) -> tuple[np.ndarray, np.ndarray]:
        return np.zeros(self.batch_shape), self._full(self.total_count)

    def cuts(self) -> np.ndarray:
        # Next to either end the masses may be a power of the distance.
        grid, n = self.quantile_grid(), self.total_count
        powers = 4.0 ** np.arange(3.0, 0.5 * np.log2(n.max(initial=1.0) + 64.0)).reshape((-1,) + (1,) * (grid.ndim - 1))
        near = np.broadcast_to(np.minimum(powers, n), (len(powers), *grid.shape[1:]))
        return np.sort(np.concatenate([grid, near]), axis=0)[:, None]

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

    def peaks(self) -> np.ndarray:
        # With a valley it has two; what is made of several may be highest at the end where none of them is.
        mode, valley = self.mode(), np.maximum(self.concentration1, self.concentration0) < 1.0
        return np.stack([np.where(valley, end, mode) for end in (0.0, self.total_count)], axis=-1)

    def _cdf(self, y: np.ndarray) -> np.ndarray:
        return self._from_tables(Table.cdf, y, lambda d, k: np.exp(d.log_cdf(k)))

    def _sf(self, y: np.ndarray) -> np.ndarray:
        return self._from_tables(Table.sf, y, lambda d, k: np.exp(d.log_sf(k)))

    def _plain_cdf(self, y: np.ndarray) -> np.ndarray:
        """Return the sum of the masses on that side of y on which there are fewer of them."""
        shape = np.broadcast_shapes(self.batch_shape, y.shape)
        flat: BetaBinomial = self.flattened(shape)  # type: ignore[assignment]
        y = np.broadcast_to(y, shape).reshape(-1)
        n, below = flat.total_count, 2.0 * y < flat.total_count
        low, high = np.where(below, 0.0, y + 1.0), np.where(below, np.minimum(y, n), n)
        short = fit(flat) & (high >= low)
        p, rest = np.where(below, 0.0, 1.0), np.flatnonzero(~short & (y < n))
        for rows, cells in cells_of(np.flatnonzero(short), low, high):
            table = flat[rows].mass_table(cells)
            part = np.minimum(row_sums(table.values) * np.exp(table.log_scale), 1.0)
            p[rows] = np.where(below[rows], part, 1.0 - part)
        if len(rest):
            p[rest] = flat[rest].cdf(y[rest])
        return p.reshape(shape)

    def _ppf(self, q: np.ndarray) -> np.ndarray:
        return self._from_tables(Table.ppf, q, lambda d, p: least_count(d, p, d.mean(), upper=False))

    def _isf(self, q: np.ndarray) -> np.ndarray:
        return self._from_tables(Table.isf, q, lambda d, p: least_count(d, p, d.mean(), upper=True))

    def both_ends(self, q: float) -> tuple[np.ndarray, np.ndarray]:
        return both_ends(self, q)

    def _entropy(self) -> np.ndarray:
        y = np.zeros(self.batch_shape)  # of which it does not depend
        return self._from_tables(lambda t, _: t.entropy(), y, lambda d, _: quadrature.entropy(d)[None])

    def _crps(self, y: np.ndarray) -> np.ndarray:
        at = np.clip(np.nan_to_num(y), 0.0, countable(self.total_count, "BetaBinomial"))
        return self._from_tables(Table.crps, at, quadrature.crps) + np.abs(y - at)

    def _from_tables(
        self,
        f: Callable[[Table, np.ndarray], np.ndarray],
        x: np.ndarray,
        otherwise: Callable[["BetaBinomial", np.ndarray], np.ndarray],
    ) -> np.ndarray:
        """Return f(table, x) of every row, and `otherwise` of rows without a table; x may have axes before the rows."""
        shape = np.broadcast_shapes(self.batch_shape, x.shape)
        own = shape[len(shape) - len(self.batch_shape) :]
        flat = self.flattened(own)
        assert isinstance(flat, BetaBinomial)
        x = np.broadcast_to(x, shape).reshape(math.prod(shape[: len(shape) - len(own)]), math.prod(own))
        values, rest = np.empty(x.shape), np.flatnonzero(~fit(flat))
        for rows, table in tables(flat):
            values[:, rows] = f(table, x[:, rows])
        if len(rest):
            part = flat[rest]
            assert isinstance(part, BetaBinomial)
            values[:, rest] = otherwise(part, x[:, rest])
        return values.reshape(shape)

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
        correlation = np.clip(excess / np.maximum(n - 1.0, 1.0), np.minimum(0.02, 1.0 / n), 0.9)
        total = 1.0 / correlation - 1.0
        return n, p * total, (1.0 - p) * total


def _log_tails(n: np.ndarray, a: np.ndarray, b: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return log P(Y ≤ y) and log P(Y > y), shape (m, rows) like y: by tables, or sums where these have no digits."""
    y = np.minimum(y, countable(n, "BetaBinomial"))
    cdf, sf = np.zeros(y.shape), np.zeros(y.shape)
    for rows, table in tables(BetaBinomial(n, a, b)):
        cdf[:, rows], sf[:, rows] = table.cdf(y[:, rows]), table.sf(y[:, rows])
    with np.errstate(all="ignore"):
        lower, upper = log_of(cdf, sf), log_of(sf, cdf)
    deep = np.nonzero((cdf < _TINY) | (sf < _TINY) & (y < n))
    if len(deep[0]):
        lower[deep], upper[deep] = _log_sums(n[deep[1]], a[deep[1]], b[deep[1]], y[deep])
    return lower, upper


def _sides(n: np.ndarray, y: np.ndarray) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Return the first and the last k up to y, and those beyond it."""
    y = np.minimum(y, n)
    return (np.zeros(len(y)), y), (y + 1.0, n)


def _log_sums(n: np.ndarray, a: np.ndarray, b: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    rows, logs = BetaBinomial(n, a, b), []
    for low, high in _sides(n, y):
        some, low = low <= high, np.minimum(low, high)
        # The largest mass of a sum is at one of its ends or at the mode.
        top = np.min([rows.loss((n, a, b), k)[0] for k in (low, high, np.clip(rows.mode(), low, high))], axis=0)

        def term(row: np.ndarray, k: np.ndarray, top: np.ndarray = top) -> np.ndarray:
            return np.exp(top[row] - BetaBinomial.loss((n[row], a[row], b[row]), k)[0])

        logs.append(np.where(some, np.log(sums.total(rows, term, low, high, y)) - top, -np.inf))
    lower, upper = logs
    # The sum of all masses is 1: the larger of two sums follows from the smaller.
    return (
        np.where(lower < -1.0, lower, np.log1p(-np.minimum(np.exp(upper), 0.99))),
        np.where(upper < -1.0, upper, np.log1p(-np.minimum(np.exp(lower), 0.99))),
    )


def _rise(c: Array, n: Array) -> Array:
    """Return ψ(c + n) - ψ(c)."""
    return namespace(c).log1p(n / c) + log_minus_digamma(c) - log_minus_digamma(c + n)
