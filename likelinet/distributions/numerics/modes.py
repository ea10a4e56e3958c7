"""Where densities are highest."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from likelinet.distributions.base.by_rows import innermost
from likelinet.distributions.numerics.count_modes import most_probable

if TYPE_CHECKING:
    from likelinet.distributions.base.distribution import Distribution

Function = Callable[[np.ndarray], np.ndarray]
RowFunction = Callable[[np.ndarray, np.ndarray], np.ndarray]  # of rows of the flat batch and one point for each

_POINTS, _PER_GAP = 16, 3  # into which the way between candidates is divided, that between neighbours at least
_STEPS = 60  # from there on, at most
_CLOSE = 1e-8  # a step no longer than this, against the bracket at first, is the last
_GOLDEN = 0.381966
_INWARD = 1e-6  # share of the bracket at which it is seen whether f falls from an end
_RISE = 1e-6  # of a log density over a factor of 2¹⁰ in distance; less is rounding


def highest(d: "Distribution", candidates: np.ndarray) -> np.ndarray:
    """Return the most probable y of `d`, which lies among or between the candidates, along their last axis.

    Where the density has no bound it is the highest: such points, and open ends, must be candidates themselves.
    """
    points = np.moveaxis(np.broadcast_to(candidates, d.batch_shape + candidates.shape[-1:]), -1, 0)
    points = np.sort(points, 0)
    many = max(-(-_POINTS // max(len(points) - 1, 1)), _PER_GAP)
    steps = np.arange(1, many).reshape((-1,) + (1,) * points.ndim) / many
    between = points[:-1] + np.diff(points, axis=0) * steps
    grid = np.sort(np.concatenate([points, between.reshape(len(steps) * len(between[0]), *points.shape[1:])]), 0)
    with np.errstate(all="ignore"):
        if d.support.integer:
            return most_probable(d, np.floor(grid))
        flat = d.flattened(d.batch_shape)
        y = peak(d.log_prob, _density_of_rows(flat), grid)
        # Some parts may end where others go on.
        if any(np.isfinite([s.low, s.high]).any() for s in (d.support, *innermost(d)[1].supports)):
            y = _beside(d, flat, points, y)
        if d.atoms:  # no density has a chance against a probability
            log_p = np.stack([np.broadcast_to(d.log_prob(at), y.shape) for at in d.atoms])
            y = np.where(log_p.max(0) > -np.inf, np.array(d.atoms)[log_p.argmax(0)], y)
    return y


def _density_of_rows(d: "Distribution") -> RowFunction:
    """Return the log density of rows inside the support, which is the same function while the rows stay the same."""
    known: tuple[np.ndarray | None, Any] = None, None

    def of_rows(rows: np.ndarray, y: np.ndarray) -> np.ndarray:
        nonlocal known
        if rows is not known[0]:
            known = rows, d[rows].log_density()
        return known[1](y, np.broadcast_to(np.inf, y.shape))

    return of_rows


def _beside(d: "Distribution", flat: "Distribution", points: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the point beside which the density is higher than at y, or has no bound; y where there is none."""
    unit = np.maximum(np.spacing(np.abs(points)), 1e-300)
    sides = np.stack([points - unit, points + unit])
    near = d.log_prob(sides.reshape(2 * len(points), *y.shape)).reshape(sides.shape)
    value, order = near.max(0), np.zeros(sides.shape)
    rises = np.argwhere((near > d.log_prob(points) + _RISE).reshape(2, len(points), y.size))
    if len(rises):
        # Like a power of the distance it grows by the same factor again and again; a smooth one does not.
        row, place = rises[:, 2], tuple(rises.T)
        at, step = (np.stack([v, v]).reshape(2, len(points), y.size)[place] for v in (points, unit))
        step = np.where(rises[:, 0] == 0, -step, step)
        far = [flat[row].log_prob(at + step * times) for times in (2.0**10, 2.0**20)]
        rise = near.reshape(2, len(points), y.size)[place] - far[0]
        singular = (rise > _RISE) & (rise > 0.5 * (far[0] - far[1]))
        order.reshape(2, len(points), y.size)[place] = np.where(singular, rise, 0.0)
    order = order.max(0)
    unbounded = order.max(0) > 0.0
    best = np.where(unbounded, order.argmax(0), value.argmax(0))[None]
    higher = unbounded | (np.take_along_axis(value, best, 0)[0] >= d.log_prob(y))
    return np.where(higher, np.take_along_axis(points, best, 0)[0], y)


def peak(f: Function, of_rows: RowFunction, grid: np.ndarray) -> np.ndarray:
    """Return where f is highest around the best point of an increasing `grid`, whose first axis is the points.

    `of_rows` takes the rows of the flat batch to evaluate f for, and one point for each.
    """
    values = f(grid)
    best = values.argmax(0)[None]
    y, top = np.take_along_axis(grid, best, 0), np.take_along_axis(values, best, 0)
    # The nearest points on either side bracket the mode, but for the first and the last one.
    before, after = (grid < y).sum(0)[None], len(grid) - (grid > y).sum(0)[None]
    sides = []
    for none, i in ((before == 0, before - 1), (after == len(grid), after)):
        i = np.clip(i, 0, len(grid) - 1)
        points, heights = np.take_along_axis(grid, i, 0), np.take_along_axis(values, i, 0)
        sides.append((none, points, np.where(none, -np.inf, heights)))
    (no_left, left, at_left), (no_right, right, at_right) = sides
    left, y, right, at_left, top, at_right = (a.reshape(-1) for a in (left, y, right, at_left, top, at_right))
    no_left, no_right = no_left.reshape(-1), no_right.reshape(-1)
    # At an end of the grid f falls away from it, or the mode is next to it.
    rows = np.flatnonzero(no_left != no_right)
    if rows.size:
        other = np.where(no_left, right, left)[rows]
        to = y[rows] + _INWARD * (other - y[rows])
        value = of_rows(rows, to)
        better = value > top[rows]
        rows, to, value = rows[better], to[better], value[better]
        left[rows], right[rows] = np.where(no_left, y, left)[rows], np.where(no_left, right, y)[rows]
        at_left[rows] = np.where(no_left, top, at_left)[rows]
        at_right[rows] = np.where(no_left, at_right, top)[rows]
        y[rows], top[rows], no_left[rows], no_right[rows] = to, value, False, False
    rows = np.flatnonzero(~(no_left | no_right) & (left < y) & (y < right))
    if rows.size:
        y[rows] = _climb(of_rows, rows, *(a[rows] for a in (left, y, right, at_left, top, at_right)))
    return y.reshape(grid.shape[1:])


def _climb(
    of_rows: RowFunction,
    rows: np.ndarray,
    left: np.ndarray,
    y: np.ndarray,
    right: np.ndarray,
    at_left: np.ndarray,
    top: np.ndarray,
    at_right: np.ndarray,
) -> np.ndarray:
    """Return where f is highest between left and right, from y with f(y) = top, by parabolas and golden sections."""
    found, at, over = y.copy(), np.arange(len(y)), np.zeros(len(y), dtype=bool)
    least = _CLOSE * (right - left) + 2.0 * np.spacing(np.abs(y))
    for turn in range(_STEPS):
        up, down = (y - left) * (top - at_right), (right - y) * (top - at_left)
        # The top of the parabola through the three points; or a part of the longer side.
        to = y - 0.5 * ((y - left) * up - (right - y) * down) / (up + down)
        longer = right - y > y - left
        section = y + _GOLDEN * np.where(longer, right - y, left - y)
        good = (left < to) & (to < right) & (np.abs(to - y) < 0.5 * (right - left))
        to = np.where(good & (turn % 3 < 2), to, section)
        close = np.abs(to - y) < least
        to = np.where(close, y + np.where(longer, least, -least), to)
        value = of_rows(rows, to)
        better, above = value > top, to > y
        done = (close & ~better) | (right - left < 4.0 * least)
        # Of the point that was the best and the new one, the lower one is an end from now on.
        end, at_end = np.where(better, y, to), np.where(better, top, value)
        is_left = above == better
        left, at_left = np.where(is_left, end, left), np.where(is_left, at_end, at_left)
        right, at_right = np.where(is_left, right, end), np.where(is_left, at_right, at_end)
        y, top = np.where(better, to, y), np.where(better, value, top)
        done &= ~over  # whatever the steps that it takes along with other rows
        found[at[done]], over = y[done], over | done
        if 2 * over.sum() > len(y):
            going = ~over
            if not going.any():
                return found
            at, rows, over = at[going], rows[going], over[going]
            least, left, y, right = (a[going] for a in (least, left, y, right))
            top, at_left, at_right = top[going], at_left[going], at_right[going]
    found[at[~over]] = y[~over]
    return found
