"""Sums of many masses of whole numbers as integrals, also under wrappers: of mixtures, truncations and extra zeros."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import numpy as np

from likelinet.core.blocks import blocks
from likelinet.distributions.numerics.refinement import last_coefficients, seen
from likelinet.distributions.numerics.smooth_sums import END_WEIGHTS, HEAD, NODES, STENCIL, WEIGHTS

if TYPE_CHECKING:
    from likelinet.distributions.base.distribution import Distribution

# Of the row, a number, and whether that must be whole.
Term = Callable[[np.ndarray, np.ndarray, bool], np.ndarray]
Where = Literal["own", "all", "gaps"]  # panels of the first family alone, of all of them, and also between these
Piece = tuple[np.ndarray, np.ndarray, np.ndarray, bool]

PANELS = 10  # of one family
_FAR = 25.0  # logarithm of how many times the first number the last one is, at most
_ROWS = 160  # at once
_TIMES, _PARTS, _SHORT = 6, 4, 4.0  # how often panels are looked at, into how many one is split, and which is not
_ROUGH = 5e-12  # share of a sum: next to where one part takes over from another, the error is more than it seems
_SHARES = np.arange(_PARTS + 1.0)[:, None] / _PARTS
_LAST = last_coefficients(NODES, WEIGHTS)


def smooth(d: "Distribution", low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Return which rows of long sums from low to high are of smooth masses whose place is known."""
    span = np.log(np.maximum(high, 1.0)) - np.log(np.maximum(low, 1.0))
    return ~np.isnan(d.bulk()[0]) & (low >= 0.0) & (span < _FAR)


def cuts(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Return the ends of panels on which the masses of one family between two numbers are polynomials, or nearly.

    The variable is the logarithm if that spans several powers of 2.
    """
    start = np.maximum(low, HEAD - 0.5)
    power, share = high > 4.0 * start, (np.arange(PANELS + 1.0) / PANELS).reshape((-1,) + (1,) * low.ndim)
    ratio = np.where(power, high / start, 1.0)
    return np.where(power, start * ratio**share, start + (high - start) * share)


def total(
    d: "Distribution",
    term: Term,
    low: np.ndarray,
    high: np.ndarray,
    *others: "Distribution",
    everywhere: bool,
) -> np.ndarray:
    """Return Σ term over all whole numbers from low to high, of a term that is as smooth as `d` and the others are.

    At both ends of the support, where masses may be powers, they are summed one by one. The term is 0 where `d` has no
    mass, unless it counts `everywhere`.
    """
    least, most = d.endpoints()
    ends = _End(low, low <= least, 1.0), _End(high, high >= most, -1.0)
    return _total((d, *others), term, ends, "all" if everywhere else "own")


@dataclass(frozen=True)
class _End:
    """The last number of a sum on one side, in rows where it ends there suddenly.

    Parameters
    ----------
    last : ndarray, shape (rows,)
        The number.
    sudden : ndarray of bool, shape (rows,)
        Where the terms have not vanished there.
    inwards : float
        1 for the lower end, -1 for the upper one.
    """

    last: np.ndarray
    sudden: np.ndarray
    inwards: float

    def __getitem__(self, rows: slice) -> "_End":
        return _End(self.last[rows], self.sudden[rows], self.inwards)

    def edge(self) -> np.ndarray:
        """Return where the integral begins."""
        return np.where(self.sudden, self.last + self.inwards * HEAD, self.last) - 0.5 * self.inwards

    def pieces(self, rows: np.ndarray) -> list[Piece]:
        """Return the terms next to the end, and those that correct the integral there."""
        some = self.sudden
        if not some.any():
            return []
        k = self.last[some] + self.inwards * np.arange(float(HEAD))[:, None]
        beside = self.last[some] + self.inwards * (HEAD + STENCIL[:, None])
        weights = np.broadcast_to(END_WEIGHTS[:, None], beside.shape)
        return [(rows[some], k, np.ones(k.shape), True), (rows[some], beside, weights, False)]


def _total(all_of: tuple["Distribution", ...], term: Term, ends: tuple[_End, _End], where: Where) -> np.ndarray:
    sums = np.zeros(len(ends[0].last))
    for part in blocks(len(sums), _ROWS):
        rows, (lower, upper) = np.arange(part.start, part.stop), (e[part] for e in ends)
        a, b = lower.edge(), upper.edge()
        sets = [np.clip(e[part].cuts(), a, b) for e in all_of]
        sums += _by_panels(term, *panels(rows, sets, a, b, where), len(sums))
        for row, x, weight, whole in (*lower.pieces(rows), *upper.pieces(rows)):
            values = weight * np.nan_to_num(term(row, x, whole), nan=0.0, posinf=0.0, neginf=0.0)
            sums += np.bincount(row, weights=values.cumsum(axis=0)[-1], minlength=len(sums))
    return sums


def _by_panels(term: Term, row: np.ndarray, start: np.ndarray, end: np.ndarray, many: int) -> np.ndarray:
    """Return the integrals over the panels of each of so many rows; panels where the term bends are split."""
    sums, size = np.zeros(many), np.zeros(many)
    for i in range(_TIMES):
        x, weight = nodes(start, end)
        found = seen(weight * np.nan_to_num(term(row, x, False), nan=0.0, posinf=0.0, neginf=0.0), _LAST)
        size = size if i else np.bincount(row, weights=found.size, minlength=many)
        bends = found.rough(size[row], _ROUGH) & (end - start > _SHORT) & (i < _TIMES - 1)
        sums += np.bincount(row[~bends], weights=found.total[~bends], minlength=many)
        if not bends.any():
            break
        row, edges = np.tile(row[bends], _PARTS), start[bends] + (end - start)[bends] * _SHARES
        start, end = edges[:-1].reshape(-1), edges[1:].reshape(-1)
    return sums


def log_mass(d: "Distribution", row: np.ndarray, x: np.ndarray, whole: bool, *, everywhere: bool = True) -> np.ndarray:
    """Return the log mass of a number, which need not be whole, of shape (…, n) for n rows.

    Where it does not count everywhere, it may be -inf where there is next to nothing of a part.
    """
    if whole:
        return d[row].log_prob(x)
    return d[row].log_density()(x, np.full(x.shape, np.inf)) if everywhere else d[row].log_bulk_at(x)


def panels(
    rows: np.ndarray, sets: list[np.ndarray], low: np.ndarray, high: np.ndarray, where: Where
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the rows, starts and ends of panels no longer than those of any of the sets of cuts.

    These have the shape (many, sets, rows). Gaps between them, where there is next to no mass, have panels of their
    own, or none, and so has what only other sets than the first cover.
    """
    points = np.sort(np.concatenate([s.reshape(-1, len(rows)) for s in sets] + [low[None], high[None]]), axis=0)
    middle, gap = 0.5 * (points[1:] + points[:-1]), np.diff(points, axis=0)
    own, *others = (_shares(s, middle, gap) for s in sets)  # of the shortest panel around
    share = functools.reduce(np.maximum, others, own)
    kept, since = np.ones(points.shape, dtype=bool), np.zeros(len(rows))
    for i in range(len(gap) - 1):
        since = since + share[i]
        # Where there is next to nothing between two panels, they are not joined.
        apart = ((share[i] > 0.0) != (share[i + 1] > 0.0)) | ((own[i] > 0.0) != (own[i + 1] > 0.0))
        kept[i + 1] = (since + share[i + 1] > 1.0) | apart
        since = np.where(kept[i + 1], 0.0, since)
    row, i = np.nonzero(kept.T)
    start, end = points[i[:-1], row[:-1]], points[i[1:], row[1:]]
    good = (row[:-1] == row[1:]) & (end > start)
    if where != "gaps":
        of = own if where == "own" else share
        good &= of[np.minimum(i[:-1], len(share) - 1), row[:-1]] > 0.0
    return rows[row[:-1][good]], start[good], end[good]


def nodes(start: np.ndarray, end: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the nodes of Gauss's rule in panels, and their weights, shape (nodes, panels)."""
    half = 0.5 * (end - start)
    return start + half * (1.0 + NODES[:, None]), half * WEIGHTS[:, None]


def _shares(sets: np.ndarray, middle: np.ndarray, gap: np.ndarray) -> np.ndarray:
    """Return the share of each gap between points in the shortest panel around it."""
    share = np.zeros(gap.shape)
    for one in np.moveaxis(sets, 1, 0):
        for left, right in pairwise(one):
            inside = (middle > left) & (middle < right)
            share = np.maximum(share, np.where(inside, gap / np.where(right > left, right - left, 1.0), 0.0))
    return share
