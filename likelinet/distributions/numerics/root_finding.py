"""Inversion of distributions without quantiles in closed form, and where densities are highest."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

if TYPE_CHECKING:
    from likelinet.distributions.base.distribution import Distribution

Function = Callable[[np.ndarray], np.ndarray]


def invert(d: "Distribution", q: np.ndarray, low: np.ndarray, high: np.ndarray, *, upper: bool) -> np.ndarray:
    """Return y in [low, high] with cdf(y) = q, or sf(y) = q if `upper`, by Chandrupatla's method.

    Of a q above one half by the other tail, which does not round to 1.
    """
    from scipy.optimize import elementwise

    q = np.broadcast_to(q, np.broadcast_shapes(d.batch_shape, q.shape))
    inner = (q > 0.0) & (q < 1.0)
    if not inner.any():
        return np.broadcast_to(low, q.shape)
    # SciPy drops rows as they converge, so each evaluation picks the rows that are left.
    flat = d.flattened(q.shape)
    log_p = np.log(np.where(q > 0.5, 1.0 - q, q)).reshape(-1)
    by_sf = (q > 0.5).reshape(-1) ^ upper
    settled = np.broadcast_to((low >= high) | ~inner, q.shape).reshape(-1)

    def gap(y: np.ndarray, row: np.ndarray) -> np.ndarray:
        rows = row.astype(np.int64)
        part, p, upper_tail = flat[rows], log_p[rows], by_sf[rows]
        rising = -np.inf if upper_tail.all() else part.log_cdf(y) - p
        falling = np.inf if not upper_tail.any() else part.log_sf(y) - p
        return np.where(settled[rows], 0.0, np.where(upper_tail, -falling, rising))

    width = 1e-9 * (np.abs(low) + np.abs(high) + (high - low)) + 1e-300
    ends = [np.broadcast_to(e, q.shape).reshape(-1) for e in (low - width, high + width)]
    with np.errstate(all="ignore"):
        found = elementwise.find_root(gap, ends, args=(np.arange(q.size, dtype=float),), tolerances={"xrtol": 4e-16}).x
    return np.where(inner & (low < high), found.reshape(q.shape), low)


def halfway(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Return the middle one of the numbers from low to high, all that float64 has: 64 halvings reach any of them."""
    a, b = _order(low), _order(high)
    middle = (a >> 1) + (b >> 1) + (a & b & 1)
    return _order_to_float(middle)


def _order(y: np.ndarray) -> np.ndarray:
    """Return whole numbers in the order of the floats y, without gaps."""
    bits = (np.asarray(y, dtype=np.float64) + 0.0).view(np.int64)  # not -0.0
    return np.where(bits < 0, np.iinfo(np.int64).min - bits, bits)


def _order_to_float(order: np.ndarray) -> np.ndarray:
    return np.asarray(np.where(order < 0, np.iinfo(np.int64).min - order, order)).view(np.float64)


def smallest_integer(
    enough: Function, shape: tuple[int, ...], least: ArrayLike = 0.0, start: ArrayLike | None = None
) -> np.ndarray:
    """Return the smallest whole number k ≥ least with enough(k), which must stay true from there on.

    By steps that double, away from `start`, and halving; `least` may be -inf.
    """
    below = np.broadcast_to(np.asarray(least, dtype=np.float64) - 1.0, shape)
    first = np.where(np.isfinite(below), below + 1.0, 0.0) if start is None else np.asarray(start, dtype=np.float64)
    high = np.broadcast_to(np.maximum(first, below + 1.0), shape)
    done, step = enough(high), 1.0
    low = np.where(done, np.maximum(high - 1.0, below), high)
    unknown = done
    while not done.all() and step < 2.0**62:
        low, high = np.where(done, low, high), np.where(done, high, high + step)
        done, step = enough(high), 2.0 * step
    step = 1.0
    while (unknown := unknown & (low > below)).any() and step < 2.0**62:
        unknown = unknown & enough(low)
        low, high, step = (
            np.where(unknown, np.maximum(low - step, below), low),
            np.where(unknown, low, high),
            2.0 * step,
        )
    while True:
        middle = np.floor(0.5 * (low + high))
        wide = (high - low > 1.0) & (low < middle) & (middle < high)
        if not wide.any():
            break
        done = enough(middle)
        low, high = np.where(wide & ~done, middle, low), np.where(wide & done, middle, high)
    return high


def highest(d: "Distribution", candidates: np.ndarray) -> np.ndarray:
    """Return the most probable y of a mixture, which lies among or between the modes of its components."""
    low, high = candidates.min(-1), candidates.max(-1)
    steps = np.linspace(0.0, 1.0, 65).reshape((-1,) + (1,) * low.ndim)
    grid = low + (high - low) * steps
    if d.support.integer:
        grid = np.floor(grid)
    grid = np.sort(
        np.concatenate([grid, np.broadcast_to(np.moveaxis(candidates, -1, 0), (candidates.shape[-1], *low.shape))]), 0
    )
    if d.support.integer:
        return np.take_along_axis(grid, d.log_prob(grid).argmax(0)[None], 0)[0]
    flat = d.flattened(d.batch_shape)
    y = peak(d.log_prob, lambda rows, t: flat[rows].log_prob(t), grid, d.support.low, d.support.high)
    for at in d.atoms:  # no density has a chance against a probability
        y = np.where(d.log_prob(at) > -np.inf, at, y)
    return y


def peak(
    f: Function, of_rows: Callable[[np.ndarray, np.ndarray], np.ndarray], grid: np.ndarray, low: float, high: float
) -> np.ndarray:
    """Return where f is highest around the best point of an increasing `grid`, whose first axis is the points.

    `of_rows` takes the rows of the flat batch to evaluate f for, and one point for each; low and high are where f ends.
    """
    from scipy.optimize import elementwise

    best = f(grid).argmax(0)[None]
    y = np.take_along_axis(grid, best, 0)[0]
    # The nearest points on either side bracket the mode; at an end of the grid, as far out as the other one.
    left, right = np.where(grid < y, grid, -np.inf).max(0), np.where(grid > y, grid, np.inf).min(0)
    outer = np.maximum(2.0 * y - right, 0.5 * (y + low)), np.minimum(2.0 * y - left, 0.5 * (y + high))
    left, right = np.where(left > -np.inf, left, outer[0]), np.where(right < np.inf, right, outer[1])
    inside = np.isfinite(left) & np.isfinite(right) & (left < y) & (y < right)
    ends = [np.where(inside, e, y + k).reshape(-1) for e, k in ((left, -1.0), (y, 0.0), (right, 1.0))]
    rows = np.arange(y.size, dtype=float)
    with np.errstate(all="ignore"):
        found = elementwise.find_minimum(lambda t, row: -of_rows(row.astype(np.int64), t), ends, args=(rows,))
    return np.where(inside & (found.status.reshape(y.shape) == 0), found.x.reshape(y.shape), y)
