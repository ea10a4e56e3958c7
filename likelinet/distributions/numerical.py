"""Numerical defaults for what a family does not have in closed form: inversion, expectations, CRPS."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from likelinet.distributions import counts

if TYPE_CHECKING:
    from likelinet.distributions.base import Distribution

Function = Callable[[np.ndarray], np.ndarray]

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(20)
# The squares in the CRPS make its tails short: fewer panels than for an expectation do.
_SQUARED_CUTS = np.array([1e-11, 1e-8, 1e-6, 1e-4, 3e-3, 0.04, 0.2, 0.5])


def invert(d: "Distribution", q: np.ndarray, low: np.ndarray, high: np.ndarray, *, upper: bool) -> np.ndarray:
    """Return y in [low, high] with cdf(y) = q, or sf(y) = q if `upper`, by Chandrupatla's method."""
    from scipy.optimize import elementwise

    # SciPy drops rows as they converge, so each evaluation picks the rows that are left.
    flat = d._flat(q.shape)
    log_q = np.log(q).reshape(-1)

    def gap(y: np.ndarray, row: np.ndarray) -> np.ndarray:
        rows = row.astype(np.int64)
        return log_q[rows] - flat[rows].log_sf(y) if upper else flat[rows].log_cdf(y) - log_q[rows]

    width = 1e-9 * (np.abs(low) + np.abs(high) + (high - low)) + 1e-300
    ends = [np.broadcast_to(e, q.shape).reshape(-1) for e in (low - width, high + width)]
    with np.errstate(all="ignore"):
        found = elementwise.find_root(gap, ends, args=(np.arange(q.size, dtype=float),), tolerances={"xrtol": 4e-16}).x
    return np.where((q > 0.0) & (q < 1.0), found.reshape(q.shape), low)


def smallest_integer(enough: Function, shape: tuple[int, ...]) -> np.ndarray:
    """Return the smallest k = 0, 1, … with enough(k), which must stay true from there on, by doubling and halving."""
    low, high = np.full(shape, -1.0), np.zeros(shape)
    while not (done := enough(high)).all() and high.max(initial=0.0) < 2.0**62:
        low, high = np.where(done, low, high), np.where(done, high, 2.0 * high + 1.0)
    while (wide := high - low > 1.0).any():
        middle = np.floor(0.5 * (low + high))
        done = enough(middle)
        low, high = np.where(wide & ~done, middle, low), np.where(wide & done, middle, high)
    return high


def highest(d: "Distribution", candidates: np.ndarray) -> np.ndarray:
    """Return the most probable y of a mixture, which lies among or between the modes of its components."""
    from scipy.optimize import elementwise

    low, high = candidates.min(-1), candidates.max(-1)
    steps = np.linspace(0.0, 1.0, 65).reshape((-1,) + (1,) * low.ndim)
    grid = low + (high - low) * steps
    if d.support.integer:
        grid = np.floor(grid)
    grid = np.sort(
        np.concatenate([grid, np.broadcast_to(np.moveaxis(candidates, -1, 0), (candidates.shape[-1], *low.shape))]), 0
    )
    best = d.log_prob(grid).argmax(0)[None]
    y = np.take_along_axis(grid, best, 0)[0]
    if d.support.integer:
        return y
    # The nearest points on either side bracket the mode; at an end of the grid, as far out as the other one.
    left, right = np.where(grid < y, grid, -np.inf).max(0), np.where(grid > y, grid, np.inf).min(0)
    outer = (
        np.maximum(2.0 * y - right, 0.5 * (y + d.support.low)),
        np.minimum(2.0 * y - left, 0.5 * (y + d.support.high)),
    )
    left, right = np.where(left > -np.inf, left, outer[0]), np.where(right < np.inf, right, outer[1])
    inside = np.isfinite(left) & np.isfinite(right) & (left < y) & (y < right)
    flat = d._flat(d.batch_shape)
    ends = [np.where(inside, e, y + k).reshape(-1) for e, k in ((left, -1.0), (y, 0.0), (right, 1.0))]
    rows = np.arange(y.size, dtype=float)
    with np.errstate(all="ignore"):
        found = elementwise.find_minimum(lambda t, row: flat[row.astype(np.int64)].nll(t), ends, args=(rows,))
    return np.where(inside & (found.status.reshape(y.shape) == 0), found.x.reshape(y.shape), y)


def integrate(f: Function, edges: np.ndarray, anchor: np.ndarray | float) -> np.ndarray:
    """Return ∫ f between neighbouring `edges`, shape (number of edges, *batch_shape), one value per panel.

    Where the distance from `anchor` grows by a large factor along a panel, its logarithm is the variable.
    """
    a, b = edges[:-1] - anchor, edges[1:] - anchor
    side = np.where(b > 0.0, 1.0, -1.0)
    near, far = np.where(side > 0.0, a, -b), np.where(side > 0.0, b, -a)
    log = (near > 0.0) & (far > 4.0 * near)
    low = np.where(log, np.log(np.where(log, near, 1.0)), near)
    half = 0.5 * (np.where(log, np.log(np.where(log, far, 1.0)), far) - low)
    t = low + half * (1.0 + _NODES.reshape((-1,) + (1,) * half.ndim))
    distance = np.where(log, np.exp(t), t)
    values = np.nan_to_num(f(anchor + side * distance), nan=0.0, posinf=0.0, neginf=0.0)
    return np.tensordot(_WEIGHTS, values * np.where(log, distance, 1.0), 1) * half


def _anchor(d: "Distribution") -> np.ndarray | float:
    """Return where a density may be singular, or what its heavy tails are around."""
    return d.support.low if np.isfinite(d.support.low) else d.ppf(0.5)


def expectation(d: "Distribution", f: Function) -> np.ndarray:
    """Return E[f(Y)] with Y from the continuous `d`: an integral of f times the density."""
    return integrate(lambda y: np.exp(d.log_prob(y)) * f(y), d._cuts(), _anchor(d)).sum(0)


def entropy(d: "Distribution") -> np.ndarray:
    """Return -E[log p(Y)] with Y from `d`."""
    if not d.support.integer:
        return expectation(d, d.nll)
    flat = d._flat(d.batch_shape)
    return counts.expectation(d, lambda row, k: flat[row].nll(k))


def kl_divergence(d: "Distribution", other: "Distribution") -> np.ndarray:
    """Return E[log p(Y) - log q(Y)] with Y from `d`: infinite where `other` excludes values that `d` can take."""
    shape = np.broadcast_shapes(d.batch_shape, other.batch_shape)
    if other.support.low > d.support.low or other.support.high < d.support.high:
        return np.full(shape, np.inf)
    d = d._map(lambda a, n: np.broadcast_to(a, shape + a.shape[a.ndim - n :]))
    if d.support.integer:
        mine, theirs = d._flat(shape), other._flat(shape)
        return counts.expectation(d, lambda row, k: mine[row].log_prob(k) - theirs[row].log_prob(k))

    def weighted(y: np.ndarray) -> np.ndarray:
        return np.exp(d.log_prob(y)) * (d.log_prob(y) - other.log_prob(y))

    mine, theirs = d._cuts(), other._cuts()
    theirs = np.broadcast_to(
        theirs.reshape((-1,) + (1,) * (len(shape) + 1 - theirs.ndim) + theirs.shape[1:]), (len(theirs), *shape)
    )
    edges = np.sort(np.concatenate([mine, np.clip(theirs, mine[0], mine[-1])]), axis=0)
    anchor = _anchor(d)
    total = integrate(weighted, edges, anchor).sum(0)
    # What the last decades of either tail contribute tells the rest beyond them: a geometric series, or no limit.
    q = np.array([1e-16, 1e-15, 1e-14]).reshape((-1,) + (1,) * len(shape))
    lower, upper = integrate(weighted, d.ppf(q), anchor), integrate(weighted, d.isf(q)[::-1], anchor)
    return total + _beyond(lower[0], lower[1]) + _beyond(upper[1], upper[0])


def _beyond(last: np.ndarray, previous: np.ndarray) -> np.ndarray:
    """Return the sum of all further terms after two, which fall by a constant ratio; infinite if they do not fall."""
    ratio = np.where(previous > 0.0, last / np.where(previous > 0.0, previous, 1.0), 0.0)
    ratio = np.where(last > 1e-12, np.maximum(ratio, 0.0), 0.0)  # terms of rounding errors have no ratio
    return np.where(ratio < 0.95, last * ratio / (1.0 - np.minimum(ratio, 0.95)), np.inf)


def crps(d: "Distribution", y: np.ndarray) -> np.ndarray:
    """Return ∫ F(t)² dt below y plus ∫ (1 - F(t))² dt above it (Gneiting & Raftery 2007, equation 20)."""
    if d.support.integer:
        return counts.crps(d, y)
    shape = np.broadcast_shapes(d.batch_shape, y.shape)
    edges = d._cuts(_SQUARED_CUTS)
    edges = edges.reshape(edges.shape[:1] + (1,) * (len(shape) - edges.ndim + 1) + edges.shape[1:])
    edges = np.sort(
        np.concatenate([np.broadcast_to(edges, edges.shape[:1] + shape), np.broadcast_to(y, (1, *shape))]), 0
    )

    def squared(t: np.ndarray) -> np.ndarray:
        cdf = d.cdf(t)
        return np.where(t < y, cdf, 1.0 - cdf) ** 2

    return integrate(squared, edges, _anchor(d)).sum(0)
