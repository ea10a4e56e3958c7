"""Sums over whole numbers, row by row, within a fixed amount of memory."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.polynomial.polynomial import polyvander

if TYPE_CHECKING:
    from likelinet.distributions.base.distribution import Distribution

# Of the row, one axis, and whole numbers k: one for each row, or with an axis of many before that of the rows.
Term = Callable[[np.ndarray, np.ndarray], np.ndarray]

LEFT_OUT = 1e-18  # mass that a sum may leave out on either side
_EXACT = 4096  # rows with no more whole numbers than this are summed one by one
_PADDED = 1.25  # how much longer than the shortest one the longest row of a table may be
_SHORT = 128  # and so are panels of a longer row
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)
TERMS_AT_ONCE = 2**18  # terms held in memory


def total(
    d: "Distribution",
    term: Term,
    low: np.ndarray,
    high: np.ndarray,
    seen: np.ndarray | None = None,
    jumps: np.ndarray | None = None,
) -> np.ndarray:
    """Return Σ term(row, k) over k = low, …, high for every row; nan where one of these is not finite.

    Parameters
    ----------
    d : Distribution
        Of one batch axis; its quantiles cut long rows into panels on which the terms are smooth.
    term : callable
        Of the arrays row and k, which broadcast.
    low, high : ndarray, shape (n,)
        First and last k of each row.
    seen : ndarray, shape (n,), optional
        A k between which and the next the terms may jump.
    jumps : ndarray, shape (many, n), optional
        Further k from which on they may be others; by default those of `d`.

    Returns
    -------
    ndarray, shape (n,)
    """
    known = np.isfinite(low) & np.isfinite(high)  # a row without ends does not take the others with it
    low, high = np.where(known, low, 0.0), np.where(known, high, -1.0)
    count = high - low + 1.0
    sums, wide = np.zeros(len(low)), np.flatnonzero(count > _EXACT)
    jumps = d.jumps() if jumps is None and len(wide) else jumps
    for rows, k, inside in _tables(np.flatnonzero((count > 0.0) & (count <= _EXACT)), low, count):
        values = np.where(inside, np.nan_to_num(term(rows, k), nan=0.0), 0.0)
        sums[rows] = values.cumsum(axis=0)[-1]  # one by one, whatever rows are beside
    for rows in np.array_split(wide, max(-(-len(wide) * _EXACT // TERMS_AT_ONCE), 1)) if len(wide) else []:
        assert jumps is not None
        edges = _edges(d[rows], low[rows], high[rows], None if seen is None else seen[rows], jumps[:, rows])
        pieces = _panels(rows, edges)
        for row, k, weight in (part for piece in pieces for part in _parts(piece)):
            values = weight * np.nan_to_num(term(row, k), nan=0.0)
            sums += np.bincount(row, weights=values, minlength=len(low))
    return np.where(known, sums, np.nan)


def _tables(
    rows: np.ndarray, low: np.ndarray, count: np.ndarray
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Return rows of about the same count, every k of each along a first axis, and which of these are its own."""
    rows = rows[np.argsort(count[rows], kind="stable")]
    while len(rows):
        most = np.floor(_PADDED * count[rows[0]]) + 1.0
        n = min(int(np.searchsorted(count[rows], most, side="right")), max(int(TERMS_AT_ONCE // most), 1))
        block, rows = rows[:n], rows[n:]
        k = np.arange(count[block].max(initial=0.0))[:, None]
        yield block, low[block] + np.minimum(k, count[block] - 1.0), k < count[block]


def _edges(
    d: "Distribution", low: np.ndarray, high: np.ndarray, seen: np.ndarray | None, jumps: np.ndarray
) -> np.ndarray:
    """Return increasing whole numbers per row, shape (many, n), from low to high + 1."""
    # Near 0 a density may fall like a power of k: there the panels grow by a constant factor.
    far = max(high.max(), -low.min(), 2.0)
    powers = _SHORT * 4.0 ** np.arange(np.ceil(np.log2(far) / 2.0))
    powers = np.concatenate([-powers, powers]) if low.min() < 0.0 else powers
    # Each of these is a panel of its own: all that there is for thousands of numbers around may be on one.
    grid = np.floor(d.quantile_grid())
    inner = [jumps, grid, grid + 1.0, np.broadcast_to(powers[:, None], (len(powers), len(low)))]
    if seen is not None:
        # Far out in a tail the terms fall away from there within a few numbers.
        away = 0.5 * _SHORT * 2.0 ** np.arange(np.ceil(np.log2(far)))[:, None]
        inner += [seen[None], seen[None] + 1.0, seen - away, seen + 1.0 + away]
    return np.sort(np.concatenate([low[None], np.clip(np.concatenate(inner), low, high + 1.0), high[None] + 1.0]), 0)


def _one_by_one(row: np.ndarray, start: np.ndarray, count: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (row, k, weight) of every k = start, …, start + count - 1."""
    n = count.astype(np.int64)
    within = np.arange(n.sum()) - np.repeat(np.cumsum(n) - n, n)
    return np.repeat(row, n), np.repeat(start, n) + within, np.ones(len(within))


def _panels(rows: np.ndarray, edges: np.ndarray) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Return (row, k, weight) whose weighted sum is that over all whole numbers of the panels."""
    start, count = edges[:-1].reshape(-1), np.diff(edges, axis=0).reshape(-1)
    row = np.tile(rows, len(edges) - 1)
    short = count < _SHORT
    pieces = [_one_by_one(row[short], start[short], count[short])]
    if short.all():
        return pieces
    row, start, n = row[~short], start[~short], count[~short]
    k = np.clip(np.floor(0.5 * n[:, None] * (1.0 + _NODES)), 0.0, n[:, None] - 1.0)
    t = (2.0 * k + 1.0) / n[:, None] - 1.0
    # The weights that make the sum of every polynomial up to degree 15 exact.
    powers = np.arange(len(_NODES))
    of_t = np.swapaxes(polyvander(t, powers[-1]), 1, 2)  # by products, in a tenth of the time of powers
    weight = np.linalg.solve(of_t, _power_sums(n, powers)[..., None])[..., 0]
    return [*pieces, (np.repeat(row, len(_NODES)), (start[:, None] + k).reshape(-1), weight.reshape(-1))]


def _power_sums(n: np.ndarray, j: np.ndarray) -> np.ndarray:
    """Return Σ tʲ over the n midpoints t of [-1, 1], by the Euler-Maclaurin formula."""
    h = (2.0 / n)[:, None]
    first, third = 2.0 * j, 2.0 * j * (j - 1) * (j - 2)
    fifth = third * (j - 3) * (j - 4)
    mean = 2.0 / (j + 1) - h**2 / 24 * first + 7 * h**4 / 5760 * third - 31 * h**6 / 967680 * fifth
    return np.where(j % 2 == 0, mean / h, 0.0)


def _parts(piece: tuple[np.ndarray, ...]) -> Iterator[tuple[np.ndarray, ...]]:
    for i in range(0, len(piece[0]), TERMS_AT_ONCE):
        yield tuple(a[i : i + TERMS_AT_ONCE] for a in piece)
