"""All masses of beta-binomials and their sums from either end, one row of a table for each distribution."""

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from likelinet.distributions.numerics.mass_tables import (
    RANGE,
    cells_of,
    multiply,
    row_sums,
    squares_of_steps,
    sums_beyond,
)

if TYPE_CHECKING:
    from likelinet.distributions.counts.beta_binomial import BetaBinomial

_LONGEST = 2**16  # trials; more of them are summed by panels
_CELLS = 2**16  # of the tables of a block of rows
SHALLOW = 1e-200  # concentration below which the masses between two peaks underflow
_LEAST = 1e-300  # mass, of which p log p is none
_MORE_THAN_HALF = np.nextafter(0.5, 1.0)


@dataclass(frozen=True)
class Table:
    """Masses of each k by itself, shape (rows, trials + 1), and their sums from either end.

    Parameters
    ----------
    mass : ndarray
        P(Y = k).
    """

    mass: np.ndarray

    @functools.cached_property
    def below(self) -> np.ndarray:
        """P(Y ≤ k); of this and the next the smaller one knows the larger one."""
        return self.mass.cumsum(axis=1)

    @functools.cached_property
    def above(self) -> np.ndarray:
        """P(Y > k)."""
        return sums_beyond(self.mass)

    def cdf(self, y: np.ndarray) -> np.ndarray:
        """Return P(Y ≤ y) at whole numbers y of shape (m, rows)."""
        lower, upper = self._tails(y)
        return np.where(lower <= 0.5, lower, np.maximum(1.0 - upper, _MORE_THAN_HALF))

    def sf(self, y: np.ndarray) -> np.ndarray:
        """Return P(Y > y) at whole numbers y of shape (m, rows)."""
        lower, upper = self._tails(y)
        return np.where(lower <= 0.5, 1.0 - lower, upper)

    def _tails(self, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return P(Y ≤ y), and P(Y > y) where that is the smaller one."""
        lower, upper = _at(self.below, y), np.full(y.shape, np.nan)
        rows = np.flatnonzero((lower > 0.5).any(axis=0))
        if len(rows):
            upper[:, rows] = _at(sums_beyond(self.mass[rows]), y[:, rows])
        return lower, upper

    def ppf(self, q: np.ndarray) -> np.ndarray:
        """Return the smallest k with cdf(k) ≥ q, shape (m, rows) like q."""
        return _first(q, lambda p: self.below < p, lambda p: (self.below <= 0.5) | (1.0 - self.above < p))

    def isf(self, q: np.ndarray) -> np.ndarray:
        """Return the smallest k with sf(k) ≤ q, shape (m, rows) like q."""
        return _first(q, lambda p: self.above > p, lambda p: (self.above > 0.5) & (1.0 - self.below > p))

    def entropy(self) -> np.ndarray:
        """Return -Σ p log p."""
        return -row_sums(self.mass * np.log(np.maximum(self.mass, _LEAST)))

    def crps(self, y: np.ndarray) -> np.ndarray:
        """Return ∫ F² dt below y plus ∫ (1 - F)² dt above it, for y within the trials, shape (m, rows)."""
        k = np.floor(y)
        if len(y) == 1:
            return squares_of_steps(self.below, self.above, k[0], y[0] - k[0])[None]
        below, above = self.below**2, self.above**2
        before, after = below.cumsum(axis=1), above[:, ::-1].cumsum(axis=1)[:, ::-1]
        before, after, step = _at(before, k) - _at(below, k), _at(after, k), _at(below, k) - _at(above, k)
        return before + after + (y - k) * step


def tables(d: "BetaBinomial") -> Iterator[tuple[np.ndarray, Table]]:
    """Return the rows of each block of distributions of one axis and their table, for those that `fit`."""
    n, a, b = d.total_count, d.concentration1, d.concentration0
    for rows, cells in cells_of(np.flatnonzero(fit(d)), np.zeros(len(n)), n, _CELLS):
        mass = masses(n[rows, None], a[rows, None], b[rows, None], cells.many)[:, 0]
        mass /= row_sums(mass)[:, None]
        yield rows, Table(mass)


def masses(n: np.ndarray, a: np.ndarray, b: np.ndarray, many: int) -> np.ndarray:
    """Return the masses of 0, 1, … up to a factor for each distribution, from parameters of shape (rows, parts)."""
    # No mass is so many times that of 0: P(0) is the product of (b + j) / (a + b + j) over j < n.
    far = a * (1.0 / b + np.log1p(n / b)) > RANGE
    out, zero = np.empty((*n.shape, many)), np.zeros((1, 1))
    multiply(ratio, [zero, zero, n, zero + 1.0, n, a, b], far, out=out)
    return out


def fit(d: "BetaBinomial") -> np.ndarray:
    """Return which rows have a table."""
    return (d.total_count <= _LONGEST) & (np.minimum(d.concentration1, d.concentration0) >= SHALLOW)


def ratio(k: np.ndarray, out: np.ndarray, n: np.ndarray, a: np.ndarray, b: np.ndarray) -> None:
    """Write P(k) / P(k - 1) into `out`."""
    left = np.maximum(n - k, -1.0)  # past n there is nothing
    np.add(a, k - 1.0, out=out)
    out *= (left + 1.0) / k
    out /= b + np.maximum(left, 0.0)


def _at(values: np.ndarray, y: np.ndarray) -> np.ndarray:
    return values[np.arange(len(values)), np.minimum(y, values.shape[1] - 1.0).astype(np.int64)]


def _first(
    q: np.ndarray, before: Callable[[np.ndarray], np.ndarray], before_high: Callable[[np.ndarray], np.ndarray]
) -> np.ndarray:
    """Return how many k lie before that of each level q, shape (m, rows), by the one of q ≤ ½ or the other one."""
    k = np.empty(q.shape)
    for i, level in enumerate(q):
        high = level > 0.5
        for some, f in ((high, before_high), (~high, before)):
            if some.any():
                k[i, some] = np.count_nonzero(f(level[:, None]), axis=1)[some]
    return k
