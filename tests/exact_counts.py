"""Geometric, binomial, beta-binomial and ordered logistic in mpmath; oracles where scipy has none or a coarse one."""

from collections.abc import Callable

import numpy as np
import scipy.special
import scipy.stats
from mpmath import mp

from tests.exact import Exact, Real, sigmoid, softplus

geometric = Exact(
    nll=lambda z, y: softplus(-z) + y * softplus(z),
    cdf=lambda z, y: 1 - sigmoid(-z) ** (y + 1),
    sf=lambda z, y: sigmoid(-z) ** (y + 1),
)


def _log_choose(n: Real, y: Real) -> Real:
    return mp.loggamma(n + 1) - mp.loggamma(y + 1) - mp.loggamma(n - y + 1)


binomial = Exact(
    nll=lambda n, z, y: y * softplus(-z) + (n - y) * softplus(z) - _log_choose(n, y),
    cdf=lambda n, z, y: mp.betainc(n - y, y + 1, 0, sigmoid(-z), regularized=True) if y < n else mp.mpf(1),
    sf=lambda n, z, y: mp.betainc(y + 1, n - y, 0, sigmoid(z), regularized=True) if y < n else mp.mpf(0),
)


def _log_beta(a: Real, b: Real) -> Real:
    return mp.loggamma(a) + mp.loggamma(b) - mp.loggamma(a + b)


def _beta_binomial_nll(n: Real, a: Real, b: Real, y: Real) -> Real:
    return _log_beta(a, b) - _log_beta(a + y, b + n - y) - _log_choose(n, y)


def _beta_binomial_sum(n: Real, a: Real, b: Real, low: int, high: int) -> Real:
    """Return Σ P(k) over k = low, …, high, each mass from the one before."""
    if low > high:
        return mp.mpf(0)
    total = mass = mp.exp(-_beta_binomial_nll(n, a, b, mp.mpf(low)))
    for k in range(low, high):
        mass = mass * (n - k) * (a + k) / ((k + 1) * (b + n - k - 1))
        total += mass
    return total


beta_binomial = Exact(
    nll=_beta_binomial_nll,
    cdf=lambda n, a, b, y: _beta_binomial_sum(n, a, b, 0, int(y)),
    sf=lambda n, a, b, y: _beta_binomial_sum(n, a, b, int(y) + 1, int(n)),
)


def _below(loc: Real, cutpoints: tuple[Real, ...], y: Real) -> Real:
    return mp.mpf(0) if y < 0 else mp.mpf(1) if y >= len(cutpoints) else sigmoid(cutpoints[int(y)] - loc)


def _beyond(loc: Real, cutpoints: tuple[Real, ...], y: Real) -> Real:
    return mp.mpf(1) if y < 0 else mp.mpf(0) if y >= len(cutpoints) else sigmoid(loc - cutpoints[int(y)])


def _ordered_logistic_nll(loc: Real, *cutpoints_and_y: Real) -> Real:
    *cutpoints, y = cutpoints_and_y
    # Far above loc, differences of P(Y ≤ y) would cancel more digits than any precision has.
    if y >= len(cutpoints) or cutpoints[int(y)] > loc:
        return -mp.log(_beyond(loc, tuple(cutpoints), y - 1) - _beyond(loc, tuple(cutpoints), y))
    return -mp.log(_below(loc, tuple(cutpoints), y) - _below(loc, tuple(cutpoints), y - 1))


ordered_logistic = Exact(
    nll=_ordered_logistic_nll,
    cdf=lambda loc, *rest: _below(loc, rest[:-1], rest[-1]),
    sf=lambda loc, *rest: _beyond(loc, rest[:-1], rest[-1]),
)


def ordered_link(first: Real, *rest: Real) -> list[Real]:
    """Return increasing numbers that start at `first` and are at least 0.001 apart."""
    values = [first]
    for raw in rest:
        values.append(values[-1] + mp.mpf(1e-3) + softplus(raw))
    return values


class Steps:
    """What the tests ask of a distribution over 0, …, top, from tables of P(Y ≤ k) and P(Y > k), k on axis 0.

    A mass is a difference of whichever of the two is smaller.
    """

    def __init__(self, cdf: np.ndarray, sf: np.ndarray) -> None:
        self._cdf, self._sf = cdf, sf
        from_cdf, from_sf = np.diff(cdf, axis=0, prepend=0.0), -np.diff(sf, axis=0, prepend=1.0)
        self._pmf = np.where(cdf < sf, from_cdf, from_sf)

    def _at(self, table: np.ndarray, k: np.ndarray, before: float) -> np.ndarray:
        k = np.minimum(np.asarray(k), len(table) - 1)
        shape = np.broadcast_shapes(k.shape, table.shape[1:])
        full = np.broadcast_to(
            table.reshape((len(table),) + (1,) * (len(shape) - table.ndim + 1) + table.shape[1:]), (len(table), *shape)
        )
        index = np.broadcast_to(np.maximum(k, 0).astype(np.int64), shape)
        return np.where(k < 0, before, np.take_along_axis(full, index[None], axis=0)[0])

    def pmf(self, k: np.ndarray) -> np.ndarray:
        return np.where(np.asarray(k) < len(self._cdf), self._at(self._pmf, k, 0.0), 0.0)

    def logpmf(self, k: np.ndarray) -> np.ndarray:
        with np.errstate(divide="ignore"):
            return np.log(self.pmf(k))

    def cdf(self, k: np.ndarray) -> np.ndarray:
        return self._at(self._cdf, k, 0.0)

    def sf(self, k: np.ndarray) -> np.ndarray:
        return self._at(self._sf, k, 1.0)

    def ppf(self, q: np.ndarray) -> np.ndarray:
        return (self._cdf < q).sum(axis=0).astype(np.float64)

    def isf(self, q: np.ndarray) -> np.ndarray:
        return (self._sf > q).sum(axis=0).astype(np.float64)

    def median(self) -> np.ndarray:
        return self.ppf(np.float64(0.5))

    def entropy(self) -> np.ndarray:
        return scipy.special.entr(self._pmf).sum(axis=0)


def ordered_classes(loc: np.ndarray, cutpoints: np.ndarray) -> Steps:
    """Return the cumulative logit model from its table of cumulative probabilities."""
    z = np.moveaxis(cutpoints - np.asarray(loc)[..., None], -1, 0)
    end = np.ones((1, *z.shape[1:]))
    return Steps(np.concatenate([scipy.special.expit(z), end]), np.concatenate([scipy.special.expit(-z), 0.0 * end]))


geometric_oracle: Callable = lambda logits: scipy.stats.geom(scipy.special.expit(logits), loc=-1)  # noqa: E731
binomial_oracle: Callable = lambda n, logits: scipy.stats.binom(n, scipy.special.expit(logits))  # noqa: E731
