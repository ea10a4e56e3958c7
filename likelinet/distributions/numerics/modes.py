"""Where densities are highest."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from likelinet.distributions.base.distribution import Distribution

Function = Callable[[np.ndarray], np.ndarray]


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
