"""Quantiles of whole numbers, on all rows at once."""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from likelinet.core.blocks import blocks
from likelinet.distributions.numerics.mass_tables import cells_of, longest
from likelinet.distributions.numerics.root_finding import halfway

if TYPE_CHECKING:
    from likelinet.distributions.base.distribution import Distribution

_SURE = 1e-11  # relative difference of a level and a sum of masses that is no rounding
_DEEP = 1e-6  # level beside which the mass that a table may leave out does not matter
_SHORT = 128  # numbers of which a table takes less time than a search by tails
_ROWS = 1024  # at once
_LEAP = 8.0
_STEPS = 400  # at most: every third halves what is left, of the floats or of the numbers
_MOST = float(np.finfo(np.float64).max)
_LARGEST_EXACT = 2.0**53  # a number from which on a search outwards goes by powers, as the next ones cannot be told


def quantile(
    d: "Distribution",
    q: np.ndarray,
    guess: Callable[["Distribution", np.ndarray, bool], np.ndarray],
    *,
    upper: bool,
) -> np.ndarray:
    """Return the smallest whole number k of the support with cdf(k) ≥ q, or with sf(k) ≤ q if `upper`.

    By a table of masses where one holds nearly all of them; where its sums are next to q, and where there is none, from
    what `guess` returns of rows, their q and `upper`.

    Parameters
    ----------
    d : Distribution
        Of whole numbers.
    q : ndarray
        Probabilities in (0, 1), whose shape broadcasts with the batch.
    guess : callable
        What a search starts from.
    upper : bool
        Whether q is the probability above k.

    Returns
    -------
    ndarray
    """
    shape = np.broadcast_shapes(d.batch_shape, q.shape)
    own = shape[len(shape) - len(d.batch_shape) :]
    flat = d.flattened(own)
    q = np.broadcast_to(q, shape).reshape(math.prod(shape[: len(shape) - len(own)]), math.prod(own))
    with np.errstate(all="ignore"):
        k = _by_tables(flat, q, upper)
        rest = np.nonzero(np.isnan(k))
        if len(rest[0]):
            part = flat[rest[1]]
            k[rest] = _search(part, q[rest], guess(part, q[rest], upper), upper)
    return k.reshape(shape) + 0.0  # never -0


def both_ends(d: "Distribution", q: float) -> tuple[np.ndarray, np.ndarray]:
    """Return ppf(q) and isf(q), of the same tables of masses: those of a few rows after another."""
    if q < _DEEP:
        return d.ppf(q), d.isf(q)
    levels, shape = np.reshape([q, 1.0 - q], (2,) + (1,) * len(d.batch_shape)), d.batch_shape
    if not shape:
        return tuple(d.ppf(levels))
    size = max(_ROWS * shape[0] // max(math.prod(shape), 1), 1)
    return tuple(np.concatenate([d[rows].ppf(levels) for rows in blocks(shape[0], size)], axis=1))


def _by_tables(d: "Distribution", q: np.ndarray, upper: bool) -> np.ndarray:
    """Return the quantiles of rows of one axis, q of shape (many, rows); nan where a table does not tell them."""
    (low, high), (least, most) = d.bulk(), d.endpoints()
    low, high = np.maximum(np.floor(low), least), np.minimum(np.ceil(high), most)
    whole = (low <= least), (high >= most)
    target, from_below = np.minimum(q, 1.0 - q), (q <= 0.5) != upper
    k = np.full(q.shape, np.nan)
    for rows, cells in cells_of(np.flatnonzero(high - low < longest(d, _SHORT)), low, high):
        masses = d[rows].mass_table(cells).probabilities()
        for side, complete in zip((True, False), whole, strict=True):
            some = (from_below[:, rows] == side).any(axis=0)
            if not some.any():
                continue
            at, p = rows[some], masses[some]
            if side:
                sums = p.cumsum(axis=1)
            else:  # beyond each
                sums = np.zeros_like(p)
                p[:, :0:-1].cumsum(axis=1, out=sums[:, -2::-1])
            for i in range(len(q)):
                t = target[i, at, None]
                before = np.count_nonzero(sums < t * (1.0 - _SURE) if side else sums > t * (1.0 + _SURE), axis=1)
                there = sums[np.arange(len(at)), np.minimum(before, cells.many - 1)]
                sure = there > t[:, 0] * (1.0 + _SURE) if side else there < t[:, 0] * (1.0 - _SURE)
                sure &= (from_below[i, at] == side) & (complete[at] | (t[:, 0] > _DEEP))
                k[i, at] = np.where(sure, low[at] + before, k[i, at])
    return k


def least_count(d: "Distribution", q: np.ndarray, start: np.ndarray, *, upper: bool) -> np.ndarray:
    """Return what `quantile` does, from the guess `start`, whose shape broadcasts with those of q and the batch.

    By steps of Newton's method, with the mass as the slope, and halving; k is known once k - 1 has been tried.
    """
    shape = np.broadcast_shapes(d.batch_shape, q.shape, start.shape)
    with np.errstate(all="ignore"):
        flat = d.flattened(shape)
        q, start = (np.broadcast_to(a, shape).reshape(-1) for a in (q, start))
        return _search(flat, q, start, upper).reshape(shape) + 0.0


def _search(d: "Distribution", q: np.ndarray, start: np.ndarray, upper: bool) -> np.ndarray:
    least = d.support.low
    k = np.where(np.isnan(start), least, np.clip(np.ceil(start), max(least, -_MOST), _MOST))
    k = np.where(np.isfinite(k), k, 0.0)
    found, rows = k.copy(), np.arange(len(k))
    below, above = np.full(len(k), least - 1.0), np.full(len(k), np.inf)
    span = np.ones(len(k))
    for turn in range(_STEPS):
        tail = d.sf(k) if upper else d.cdf(k)
        enough = tail <= q if upper else tail >= q
        below, above = np.where(enough, below, k), np.where(enough, k, above)
        # In a valley between two peaks the slope is next to nothing: no leap past many times k.
        most = _LEAP * (np.abs(k) + span)
        move = np.clip(_newton(tail, q, np.exp(d.log_prob(k)), upper), -most, most)
        to = np.clip(np.ceil(k + move), below + 1.0, above - 1.0)
        finite = np.isfinite(below) & np.isfinite(above)
        middle = np.floor(0.5 * below + 0.5 * above)
        known = (finite & ~((below < middle) & (middle < above))) | (below >= _MOST) | (above <= -_MOST)
        if turn % 2 == 1:  # k and the ends may be many powers of 2 apart
            ends = (
                np.where(below < 0.0, below, np.maximum(below, 1.0)),
                np.where(above > 0.0, above, np.minimum(above, -1.0)),
            )
            far = np.floor(halfway(*ends))
            middle = np.where((below < far) & (far < above), far, middle)
        sign = np.where(np.isfinite(above), -1.0, 1.0)
        further = np.floor(halfway(k, sign * np.inf))
        outward = np.where(np.abs(k) < _LARGEST_EXACT, sign * (span + 2.0 * np.abs(k)) + k, further)
        newton = (below < to) & (to < above) & np.isfinite(to) & ((turn % 3 < 2) | (np.abs(move) < 1.0))
        span = np.where(newton | finite, span, 2.0 * span)
        k = np.where(known, above, np.where(newton, to, np.where(finite, middle, outward)))
        if 2 * known.sum() > len(k):
            found[rows[known]], going = above[known], ~known
            if not going.any():
                return found
            d, rows = d[going], rows[going]
            q, k, below, above, span = (a[going] for a in (q, k, below, above, span))
    found[rows] = above
    return found


def _newton(tail: np.ndarray, q: np.ndarray, mass: np.ndarray, upper: bool) -> np.ndarray:
    """Return the step to where a tail is q, on the logarithm of the smaller of the two tails."""
    small = q <= 0.5
    here, there = np.where(small, tail, 1.0 - tail), np.where(small, q, 1.0 - q)
    step = (np.log(here) - np.log(there)) * (here / mass)
    return np.where(small == upper, step, -step)
