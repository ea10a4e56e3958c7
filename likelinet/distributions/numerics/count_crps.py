"""The CRPS and mean deviations of counts, by tables of masses or sums by panels."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from likelinet.distributions.base.by_rows import innermost
from likelinet.distributions.numerics import smooth_counts
from likelinet.distributions.numerics.counts import window
from likelinet.distributions.numerics.mass_tables import (
    any_between,
    cells_of,
    longest,
    short_rows,
    squares_of_steps,
    sums_beyond,
)
from likelinet.distributions.numerics.smooth_squares import long_enough, squares
from likelinet.distributions.numerics.sums import total

if TYPE_CHECKING:
    from likelinet.distributions.base.distribution import Distribution

_SMOOTH = 1e6  # from here on a sum over whole numbers is an integral, and a tail that has not vanished is long
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)
_SHARES, _LAST = np.array([0.0, 3e-3, 9e-3, 0.02, 0.043, 0.09, 0.18, 0.36, 1.0]), 680.0  # of log k up to the last one
_NO_FALL = 1e-9  # what falls no faster than by this power has no integral


def crps(d: "Distribution", y: np.ndarray) -> np.ndarray:
    """Return ∫ F(t)² dt below y plus ∫ (1 - F(t))² dt above it, summed over the unit steps of F."""
    shape = np.broadcast_shapes(d.batch_shape, y.shape)
    flat, y = d.flattened(shape), np.broadcast_to(y, shape).reshape(-1)
    finite = np.isfinite(y)
    low, high = window(flat)
    at = np.where(finite, y, low)
    short = (high - low < longest(d)) | short_rows(low, high, flat)
    values, wide = np.empty(len(y)), np.flatnonzero(~short)
    for rows, cells in cells_of(np.flatnonzero(short), low, high):
        # What is left out on either side does not count: F and 1 - F are sums of masses from the two ends.
        mass = flat[rows].mass_table(cells).probabilities()
        below, above = mass.cumsum(axis=1), sums_beyond(mass)
        inside = np.clip(at[rows], low[rows], high[rows] + 1.0)
        before = np.minimum(np.floor(inside), high[rows]) - low[rows]  # whole steps below y
        values[rows] = squares_of_steps(below, above, before, inside - low[rows] - before) + np.abs(at[rows] - inside)
    if len(wide):
        values[wide] = _crps_of_wide(flat[wide], at[wide], low[wide], high[wide])
    return np.where(finite, values, np.where(np.isnan(y), np.nan, np.inf)).reshape(shape)


def mean_deviation(d: "Distribution", at: np.ndarray) -> np.ndarray:
    """Return E|Y - k| at a whole number k of each row: E[Y] - k and twice the sum of F below k."""
    flat, at = d.flattened(d.batch_shape), np.broadcast_to(at, d.batch_shape).reshape(-1)
    low, mean = window(flat)[0], flat.linear_moments()[0]
    below = total(flat, lambda row, k: flat[row].cdf(k), low, np.maximum(at, low) - 1.0)
    return np.where(np.isfinite(mean), mean - at + 2.0 * below, np.inf).reshape(d.batch_shape)


def _crps_of_wide(d: "Distribution", y: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    easy = smooth_counts.smooth(d, low, high) & innermost(d)[1].smooth_tails & ~any_between(d.jumps(), low, high)
    values = np.empty(len(y))
    for rows, f in ((np.flatnonzero(easy), _crps_of_smooth), (np.flatnonzero(~easy), _crps_by_panels)):
        if len(rows):
            values[rows] = f(d[rows], y[rows], low[rows], high[rows])
    return values


def _crps_of_smooth(d: "Distribution", y: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    inside = np.clip(y, low, high + 1.0)
    k = np.minimum(np.floor(inside), high)
    values = np.abs(y - inside) + (inside - k) * (d.cdf(k) ** 2 - d.sf(k) ** 2)
    for upper, first, last in ((False, low, k - 1.0), (True, k, high)):
        many = long_enough(d, first, last, upper=upper)
        for rows, f in ((np.flatnonzero(many), squares), (np.flatnonzero(~many), _squares)):
            if len(rows):
                values[rows] += f(d[rows], first[rows], last[rows], upper=upper)
    return values


def _squares(d: "Distribution", low: np.ndarray, high: np.ndarray, *, upper: bool) -> np.ndarray:
    return total(d, lambda row, k: (d[row].sf(k) if upper else d[row].cdf(k)) ** 2, low, high)


def _crps_by_panels(d: "Distribution", y: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    least = d.support.low
    seen = np.maximum(np.floor(y), least)

    def term(row: np.ndarray, k: np.ndarray) -> np.ndarray:
        rows = d[row]
        below = np.clip(y[row] - k, 0.0, 1.0)
        return below * rows.cdf(k) ** 2 + (1.0 - below) * rows.sf(k) ** 2

    low, high = np.minimum(low, seen), np.maximum(high, seen)
    values = total(d, term, low, high, seen) + np.maximum(least - y, 0.0)
    return values + _beyond(d, high + 1.0, d.log_sf) + _beyond(d, -low, lambda k: d.log_cdf(-k))


def _beyond(d: "Distribution", start: np.ndarray, log_tail: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """Return the sum of a squared tail from `start` on, where that is so far out that it is an integral; else 0.

    In log k, where a power law is an exponential; beyond all numbers it goes on as one, or has no integral.
    """
    if not np.any(start > _SMOOTH):
        return np.zeros(start.shape)
    first = np.log(np.maximum(start, _SMOOTH))
    edges = first + (_LAST - first) * _SHARES[:, None]
    half = 0.5 * np.diff(edges, axis=0)
    t = edges[:-1] + half * (1.0 + _NODES[:, None, None])
    log_p = log_tail(np.exp(t).reshape(-1, len(start))).reshape(t.shape)
    log_p = np.where(np.isnan(log_p), -np.inf, log_p)  # of a tail that has long ended
    sums = (_WEIGHTS[:, None, None] * np.exp(2.0 * log_p + t)).sum(0)
    rate = -2.0 * (log_p[-1, -1] - log_p[0, -1]) / (t[-1, -1] - t[0, -1]) - 1.0
    last = np.exp(2.0 * log_p[-1, -1] + t[-1, -1])
    rest = np.where(last > 0.0, np.where(rate > _NO_FALL, last / np.where(rate > _NO_FALL, rate, 1.0), np.inf), 0.0)
    return np.where(start > _SMOOTH, (sums * half).sum(0) + rest, 0.0)
