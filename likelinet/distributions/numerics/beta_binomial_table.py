"""All masses of beta-binomials and their sums from either end, one row of a table for each distribution."""

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from likelinet.core.lazy import scipy
from likelinet.distributions.numerics.mass_tables import relative

_LONGEST = 2**16  # trials; more of them are summed by panels
_CELLS = 2**14  # of a table, so that what is computed of it stays in a cache
SHALLOW = 1e-200  # concentration below which the masses between two peaks underflow
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
        sums = np.zeros_like(self.mass)
        self.mass[:, :0:-1].cumsum(axis=1, out=sums[:, -2::-1])
        return sums

    def cdf(self, y: np.ndarray) -> np.ndarray:
        """Return P(Y ≤ y) at whole numbers y of shape (m, rows)."""
        return _by_smaller(_at(self.below, y), _at(self.above, y))

    def sf(self, y: np.ndarray) -> np.ndarray:
        """Return P(Y > y) at whole numbers y of shape (m, rows)."""
        return _by_smaller(_at(self.above, y), _at(self.below, y))

    def ppf(self, q: np.ndarray) -> np.ndarray:
        """Return the smallest k with cdf(k) ≥ q, shape (m, rows) like q."""
        return _first(q, lambda p: self.below < p, lambda p: (self.below <= 0.5) | (1.0 - self.above < p))

    def isf(self, q: np.ndarray) -> np.ndarray:
        """Return the smallest k with sf(k) ≤ q, shape (m, rows) like q."""
        return _first(q, lambda p: self.above > p, lambda p: (self.above > 0.5) & (1.0 - self.below > p))

    def entropy(self) -> np.ndarray:
        """Return -Σ p log p."""
        return scipy.special.entr(self.mass).cumsum(axis=1)[:, -1]

    def crps(self, y: np.ndarray) -> np.ndarray:
        """Return ∫ F² dt below y plus ∫ (1 - F)² dt above it, for y within the trials, shape (m, rows)."""
        k = np.floor(y)
        below, above = self.below**2, self.above**2
        before, after = below.cumsum(axis=1), above[:, ::-1].cumsum(axis=1)[:, ::-1]
        before, after, step = _at(before, k) - _at(below, k), _at(after, k), _at(below, k) - _at(above, k)
        return before + after + (y - k) * step


def tables(n: np.ndarray, a: np.ndarray, b: np.ndarray) -> Iterator[tuple[np.ndarray, Table]]:
    """Return the rows of each block and their table, for those that `fit`; all parameters have one axis."""
    rows = np.flatnonzero(fit(n, a, b))
    rows = rows[np.argsort(n[rows], kind="stable")]
    start = 0
    while start < len(rows):
        # Rows of about as many trials each: the least power of 2 that holds those of the first.
        most = 2.0 ** np.ceil(np.log2(n[rows[start]] + 1.0))
        end = start + max(int(_CELLS // most), 1)
        block = rows[start:end]
        block = block[n[block] <= most]
        yield block, _table(*(p[block, None] for p in (n, a, b)))
        start += len(block)


def fit(n: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return which rows have a table."""
    return (n <= _LONGEST) & (np.minimum(a, b) >= SHALLOW)


def ratio(k: np.ndarray, n: np.ndarray, a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return two numbers that are to each other as P(k) to P(k - 1)."""
    left = np.maximum(n - k, -1.0)  # past n there is nothing
    return (a + (k - 1.0)) * ((left + 1.0) / k), b + np.maximum(left, 0.0)


def _table(n: np.ndarray, a: np.ndarray, b: np.ndarray) -> Table:
    """Return the table of a block."""
    mass, zero = np.empty((len(n), int(n.max()) + 1)), np.zeros_like(n)
    relative(ratio, [n, a, b], zero, zero, n, out=mass)
    mass /= mass.cumsum(axis=1)[:, -1:]
    return Table(mass)


def _at(values: np.ndarray, y: np.ndarray) -> np.ndarray:
    return values[np.arange(len(values)), np.minimum(y, values.shape[1] - 1.0).astype(np.int64)]


def _by_smaller(p: np.ndarray, rest: np.ndarray) -> np.ndarray:
    """Return p, by the rest where that is the smaller of the two."""
    return np.where(p <= 0.5, p, np.maximum(1.0 - rest, _MORE_THAN_HALF))


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
