"""Where masses of whole numbers are highest, which may be beside or between the peaks of what is mixed."""

from typing import TYPE_CHECKING

import numpy as np

from likelinet.distributions.numerics.mass_tables import cells_of

if TYPE_CHECKING:
    from likelinet.distributions.base.distribution import Distribution

TIE = 2e-12  # difference of log probabilities of counts that is rounding
_SHORT = 512  # numbers that are all tried
_STEPS = 400  # at most: they double, and are halved


def most_probable(d: "Distribution", grid: np.ndarray) -> np.ndarray:
    """Return the most probable whole number from the least to the largest one of `grid`, whose first axis is points.

    Where these are few, it is that of all; else the highest one to which a way leads up from a point.
    """
    flat, grid = d.flattened(d.batch_shape), grid.reshape(len(grid), -1)
    low, high = grid.min(axis=0), grid.max(axis=0)
    short, best = high - low < _SHORT, np.empty(len(low))
    for rows, cells in cells_of(np.flatnonzero(short), low, high):
        best[rows] = low[rows] + flat[rows].mass_table(cells).values.argmax(axis=1)
    rows = np.flatnonzero(~short)
    if len(rows):
        best[rows] = _highest_top(flat[rows], grid[:, rows])
    # Of two numbers that are as probable as each other, the larger one, as every family says.
    grid = np.concatenate([grid, [best, np.minimum(best + 1.0, high)]])
    log_p = flat.log_prob(grid)
    return np.where(log_p >= log_p.max(axis=0) - TIE, grid, -np.inf).max(axis=0).reshape(d.batch_shape)


def _highest_top(d: "Distribution", k: np.ndarray) -> np.ndarray:
    """Return the most probable one of the numbers that are reached from k, shape (many, rows), by steps that rise."""
    log_p, step = d.log_prob(k), np.ones(k.shape)
    for _ in range(_STEPS):
        before, after = d.log_prob(k - step), d.log_prob(k + step)
        to = np.where(after >= before, k + step, k - step)
        better = np.maximum(before, after) > log_p
        k, log_p = np.where(better, to, k), np.where(better, np.maximum(before, after), log_p)
        if not np.any(better | (step > 1.0)):
            break
        step = np.where(better, 2.0 * step, np.maximum(0.5 * step, 1.0))
    return np.take_along_axis(k, log_p.argmax(axis=0)[None], axis=0)[0]
