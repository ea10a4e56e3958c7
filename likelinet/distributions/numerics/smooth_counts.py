"""Sums of many masses of whole numbers as integrals, also under wrappers: of mixtures, truncations and extra zeros."""

from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from likelinet.core.blocks import blocks
from likelinet.distributions.numerics.smooth_sums import END_WEIGHTS, HEAD, NODES, STENCIL, WEIGHTS

if TYPE_CHECKING:
    from likelinet.distributions.base.distribution import Distribution

# Of the row, a number, and whether that must be whole.
Term = Callable[[np.ndarray, np.ndarray, bool], np.ndarray]
Piece = tuple[np.ndarray, np.ndarray, np.ndarray, bool]

PANELS = 10  # of one family
_FAR = 25.0  # logarithm of how many times the first number the last one is, at most
_ROWS = 64  # at once


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


def total(d: "Distribution", term: Term, low: np.ndarray, high: np.ndarray, *others: "Distribution") -> np.ndarray:
    """Return Σ term over all whole numbers from low to high, of a term that is as smooth as `d` and the others are.

    At both ends of the support, where masses may be powers, they are summed one by one.
    """
    least, most = d.endpoints()
    return _total((d, *others), term, low, high, (low <= least, high >= most))


def squares(d: "Distribution", low: np.ndarray, high: np.ndarray, *, upper: bool) -> np.ndarray:
    """Return Σ P(Y > k)² if `upper`, else Σ P(Y ≤ k)², over many k from low to high, of `d` that is smooth there."""

    def term(row: np.ndarray, x: np.ndarray, whole: bool) -> np.ndarray:
        return (d[row].sf(x) if upper else d[row].cdf(x)) ** 2 if whole else d[row].tail_at(x, upper) ** 2

    least, most = d.endpoints()
    # Where the other tail begins, the squares end as suddenly as at an end of the support.
    ends = (upper | (low <= least), ~np.full(len(low), upper) | (high >= most))
    return _total((d,), term, low, high, ends, gaps=True)


def _total(
    all_of: tuple["Distribution", ...],
    term: Term,
    low: np.ndarray,
    high: np.ndarray,
    ends: tuple[np.ndarray, np.ndarray],
    *,
    gaps: bool = False,
) -> np.ndarray:
    sums = np.zeros(len(low))
    for part in blocks(len(low), _ROWS):
        rows = np.arange(part.start, part.stop)
        sets = np.concatenate([e[part].cuts() for e in all_of], axis=1)
        for row, x, weight, whole in _pieces(rows, sets, low[part], high[part], [e[part] for e in ends], gaps):
            values = weight * np.nan_to_num(term(row, x, whole), nan=0.0, posinf=0.0, neginf=0.0)
            sums += np.bincount(row, weights=values.cumsum(axis=0)[-1], minlength=len(low))
    return sums


def log_mass(d: "Distribution", row: np.ndarray, x: np.ndarray, whole: bool) -> np.ndarray:
    """Return the log mass of a number, which need not be whole, of shape (…, n) for n rows."""
    return d[row].log_prob(x) if whole else d[row].log_density()(x, np.full(x.shape, np.inf))


def _pieces(
    rows: np.ndarray, sets: np.ndarray, low: np.ndarray, high: np.ndarray, ends: list[np.ndarray], gaps: bool
) -> list[Piece]:
    """Return rows, numbers and weights whose weighted sum is that over all whole numbers, and which must be whole."""
    at_low, at_high = ends
    a, b = np.where(at_low, low + HEAD, low) - 0.5, np.where(at_high, high - HEAD, high) + 0.5
    pieces = [_panels(rows, np.clip(sets, a, b), a, b, gaps)]
    k = np.arange(float(HEAD))[:, None]
    for some, first, sign in ((at_low, low, 1.0), (at_high, high, -1.0)):
        if some.any():
            own, start = rows[some], first[some]
            pieces.append((own, start + sign * k, np.ones((HEAD, len(own))), True))
            beside = start + sign * (HEAD + STENCIL[:, None])
            pieces.append((own, beside, np.broadcast_to(END_WEIGHTS[:, None], beside.shape), False))
    return pieces


def _panels(rows: np.ndarray, sets: np.ndarray, low: np.ndarray, high: np.ndarray, gaps: bool) -> Piece:
    """Return Gauss-Legendre nodes in panels no longer than those of any set of cuts, shape (many, sets, rows).

    Gaps between these, where there is next to no mass, have panels of their own, or none.
    """
    points = np.sort(np.concatenate([sets.reshape(-1, len(rows)), low[None], high[None]]), axis=0)
    middle, gap = 0.5 * (points[1:] + points[:-1]), np.diff(points, axis=0)
    share = np.zeros(gap.shape)  # of the shortest panel around
    for one in np.moveaxis(sets, 1, 0):
        for left, right in pairwise(one):
            inside = (middle > left) & (middle < right)
            share = np.maximum(share, np.where(inside, gap / np.where(right > left, right - left, 1.0), 0.0))
    kept, since = np.ones(points.shape, dtype=bool), np.zeros(len(rows))
    for i in range(len(gap) - 1):
        since = since + share[i]
        # Where there is next to nothing between two panels, they are not joined.
        kept[i + 1] = (since + share[i + 1] > 1.0) | ((share[i] > 0.0) != (share[i + 1] > 0.0))
        since = np.where(kept[i + 1], 0.0, since)
    row, i = np.nonzero(kept.T)
    start, end = points[i[:-1], row[:-1]], points[i[1:], row[1:]]
    good = (row[:-1] == row[1:]) & (end > start)
    if not gaps:
        good &= share[np.minimum(i[:-1], len(share) - 1), row[:-1]] > 0.0
    row, start, half = row[:-1][good], start[good], 0.5 * (end - start)[good]
    return rows[row], start + half * (1.0 + NODES[:, None]), half * WEIGHTS[:, None], False
