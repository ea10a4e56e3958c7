"""Numerical defaults for what a family does not have in closed form: inversion, expectations, CRPS."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from likelinet.distributions.base import Distribution

Function = Callable[[np.ndarray], np.ndarray]

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(20)
_LEFT_OUT = 1e-18  # mass of a discrete distribution that a sum may leave out on either side


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


def _per_row(values: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Return each of the values for every row: shape (len(values), *shape)."""
    return np.broadcast_to(values.reshape((-1,) + (1,) * len(shape)), (len(values), *shape))


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


def integrate(f: Function, edges: np.ndarray) -> np.ndarray:
    """Return ∫ f from the first to the last of `edges`, shape (number of edges, *batch_shape), panel by panel."""
    half, middle = 0.5 * np.diff(edges, axis=0), 0.5 * (edges[1:] + edges[:-1])
    t = _NODES.reshape((-1,) + (1,) * half.ndim)
    values = np.nan_to_num(f(middle + half * t), nan=0.0, posinf=0.0, neginf=0.0)
    return (np.tensordot(_WEIGHTS, values, 1) * half).sum(0)


def expectation(d: "Distribution", f: Function) -> np.ndarray:
    """Return E[f(Y)] with Y from `d`: a sum over whole numbers, or an integral of f times the density."""

    def weighted(y: np.ndarray) -> np.ndarray:
        return np.exp(d.log_prob(y)) * f(y)

    if not d.support.integer:
        return integrate(weighted, d._cuts())
    k = np.arange(np.min(d.ppf(_LEFT_OUT)), np.max(d.isf(_LEFT_OUT)) + 1.0)
    return np.nan_to_num(weighted(_per_row(k, d.batch_shape)), nan=0.0).sum(0)


def kl_divergence(d: "Distribution", other: "Distribution") -> np.ndarray:
    """Return E[log p(Y) - log q(Y)] with Y from `d`: infinite where `other` excludes values that `d` can take."""
    shape = np.broadcast_shapes(d.batch_shape, other.batch_shape)
    if other.support.low > d.support.low or other.support.high < d.support.high:
        return np.full(shape, np.inf)
    d = d._map(lambda a, n: np.broadcast_to(a, shape + a.shape[a.ndim - n :]))
    if d.support.integer:
        return expectation(d, lambda y: d.log_prob(y) - other.log_prob(y))
    mine, theirs = d._cuts(), other._cuts()
    theirs = np.broadcast_to(
        theirs.reshape((-1,) + (1,) * (len(shape) + 1 - theirs.ndim) + theirs.shape[1:]), (len(theirs), *shape)
    )
    edges = np.sort(np.concatenate([mine, np.clip(theirs, mine[0], mine[-1])]), axis=0)
    return integrate(lambda y: np.exp(d.log_prob(y)) * (d.log_prob(y) - other.log_prob(y)), edges)


def crps(d: "Distribution", y: np.ndarray) -> np.ndarray:
    """Return ∫ F(t)² dt below y plus ∫ (1 - F(t))² dt above it (Gneiting & Raftery 2007, equation 20)."""
    shape = np.broadcast_shapes(d.batch_shape, y.shape)
    if d.support.integer:
        finite = np.isfinite(y)
        seen = np.floor(np.where(finite, y, d.support.low))
        top = max(np.max(d.isf(_LEFT_OUT)), np.max(seen))
        t = _per_row(np.arange(max(d.support.low, min(np.min(d.ppf(_LEFT_OUT)), np.min(seen))), top + 1.0), shape)
        below = np.clip(y - t, 0.0, 1.0)  # how much of the step from t to t + 1 lies below y
        total = (below * d.cdf(t) ** 2 + (1.0 - below) * d.sf(t) ** 2).sum(0) + np.maximum(d.support.low - y, 0.0)
        return np.where(finite, total, np.where(np.isnan(y), np.nan, np.inf))
    edges = d._cuts()
    edges = edges.reshape(edges.shape[:1] + (1,) * (len(shape) - edges.ndim + 1) + edges.shape[1:])
    edges = np.sort(
        np.concatenate([np.broadcast_to(edges, edges.shape[:1] + shape), np.broadcast_to(y, (1, *shape))]), 0
    )
    return integrate(lambda t: np.where(t < y, d.cdf(t), d.sf(t)) ** 2, edges)


def beta_fraction(a: np.ndarray, b: np.ndarray, x: np.ndarray, steps: int = 60) -> np.ndarray:
    """Return I_x(a, b) · a B(a, b) / (xᵃ (1 - x)ᵇ) by its continued fraction (DLMF 8.17.22), by Lentz's method.

    It converges fast for x well below a / (a + b): where the incomplete beta function itself underflows.
    """
    c, d = 1.0, 1.0 / (1.0 - (a + b) * x / (a + 1.0))
    value = d
    for m in range(1, steps + 1):
        even = m * (b - m) * x / ((a + 2 * m - 1.0) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1.0))
        for term in (even, odd):
            d, c = 1.0 / (1.0 + term * d), 1.0 + term / c
            value = value * c * d
    return value
