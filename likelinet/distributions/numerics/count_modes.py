"""Where masses of whole numbers are highest, which may be beside or between the peaks of what is mixed."""

from typing import TYPE_CHECKING

import numpy as np

from likelinet.distributions.numerics.mass_tables import LONGEST, cells_of

if TYPE_CHECKING:
    from likelinet.distributions.base.distribution import Distribution

TIE = 2e-12  # difference of log probabilities of counts that is rounding
_HIGH = 0.5  # difference of log probabilities that a way up from a lower point of a grid may well make up for
_STEPS = 400  # at most: they double, and are halved


def most_probable(d: "Distribution", grid: np.ndarray) -> np.ndarray:
    """Return the most probable whole number from the least to the largest one of `grid`, whose first axis is points.

    Where these are few, it is that of all; else the highest one to which a way leads up from a point.
    """
    flat, grid = d.flattened(d.batch_shape), grid.reshape(len(grid), -1)
    low, high = grid.min(axis=0), grid.max(axis=0)
    short, best = high - low < LONGEST, np.empty(len(low))
    for rows, cells in cells_of(np.flatnonzero(short), low, high):
        values = flat[rows].mass_table(cells).values
        # Of numbers that are as probable as each other up to rounding, which may lie far apart, the last one.
        top = values >= (1.0 - TIE) * values.max(axis=1, keepdims=True)
        best[rows] = np.minimum(low[rows] + (cells.many - 1.0 - top[:, ::-1].argmax(axis=1)), high[rows])
    rows = np.flatnonzero(~short)
    if len(rows):
        best[rows] = _highest_top(flat[rows], grid[:, rows])
    # Of two neighbours that are as probable as each other, the larger one, as every family says.
    two = np.stack([np.maximum(best - 1.0, low), best, np.minimum(best + 1.0, high)])
    log_p = flat.log_prob(two)
    return np.where(log_p >= log_p.max(axis=0) - TIE, two, -np.inf).max(axis=0).reshape(d.batch_shape)


def _highest_top(d: "Distribution", grid: np.ndarray) -> np.ndarray:
    """Return the most probable one of the numbers that are reached by steps that rise, from the high ones of a grid."""
    log_p = d.log_prob(grid)
    beside = np.pad(log_p, ((1, 1), (0, 0)), constant_values=-np.inf)
    high = ((log_p > beside[:-2]) & (log_p >= beside[2:])) | (log_p > log_p.max(axis=0) - _HIGH)
    high[1:] &= grid[1:] > grid[:-1]
    at = np.nonzero(high)
    grid, going = grid.copy(), np.arange(len(at[0]))
    k, top, step = grid[at], log_p[at], np.ones(len(going))
    for _ in range(_STEPS):
        part, here, by = d[at[1][going]], k[going], step[going]
        before, after = part.log_prob(here - by), part.log_prob(here + by)
        better = np.maximum(before, after) > top[going]
        k[going] = np.where(better, np.where(after >= before, here + by, here - by), here)
        top[going] = np.where(better, np.maximum(before, after), top[going])
        step[going] = np.where(better, 2.0 * by, np.maximum(0.5 * by, 1.0))
        going = going[better | (by > 1.0)]
        if not len(going):
            break
    grid[at], log_p[at] = k, top
    return np.take_along_axis(grid, log_p.argmax(axis=0)[None], axis=0)[0]
