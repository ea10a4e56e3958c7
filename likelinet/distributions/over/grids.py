"""Where the mass of a mixture is, and that of a truncation: from where that of its components or its base is."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from likelinet.distributions.base.distribution import Distribution
from likelinet.distributions.base.shapes import on_batch
from likelinet.distributions.numerics.grids import Grid, column, joined, ladder, points, room_of

# Steps from a bound in units of how fast the density falls there, or the logarithm of the mass, and lengths among which
# the former is sought.
_LADDER = np.array([0.25, 1.0, 2.5, 5.0, 9.0, 15.0, 24.0, 40.0])
_STEP = 1e-3  # share of a distance over which a slope is seen
_MIDDLE = 3.0  # score up to which the quantiles of the base are close enough to each other for a bound among them
_LEAST, _LARGEST = 1e-300, 1e300
_DECADES = 10.0 ** -np.arange(0.0, 25.0, 1.5)


def grid_of_mixture(components: Distribution, low: np.ndarray, high: np.ndarray) -> Grid:
    """Return the grid of a mixture over the last batch axis, whose support is from `low` to `high`."""
    batch = components.batch_shape
    first_axis = components.map_arrays(lambda a, n: np.moveaxis(on_batch(a, batch, n), -1 - n, 0).copy())
    each, (least, most) = first_axis.grid().on(first_axis.batch_shape), first_axis.endpoints()
    if np.any(most != high):
        each = replace(each, x=np.where(most == high, each.x, high - each.y))
    # The outermost cuts of a component count where they are outermost in the mixture.
    far = each.far
    near, y, x = each.y[~far], each.y[far], each.x[far]
    upper = y[:, 0] > 0.5 * np.fmin.reduce(near[:, 0]) + 0.5 * np.fmax.reduce(near[:, 0])
    first, last = (f.reduce(f.reduce(near)) for f in (np.fmin, np.fmax))
    out = Grid(
        np.where(upper, np.maximum(y.max(1), last), np.minimum(y.min(1), first)),
        np.where(upper, x.min(1), x.max(1)),
        each.room[far].max(1),
        each.anchors[:0, 0],
        each.cores[:0, 0],
        each.scores[far],
    )
    cuts, gaps, room, anchors, cores = (
        a.reshape(-1, *batch[:-1]) for a in (near, each.x[~far], each.room[~far], each.anchors, each.cores)
    )
    middle = Grid(cuts, gaps, room, anchors, cores, np.repeat(each.scores[~far], batch[-1]))
    inner = ((e, ~((e == low) | (e == high))) for e in (*least, *most))  # where components begin and end
    return joined(middle, out, points([np.where(i, e, np.nan) for e, i in inner if i.any()], high))


def grid_of_parts(parts: Sequence[Distribution], low: np.ndarray, high: np.ndarray) -> Grid:
    """Return the grid of a mixture of distributions of one batch shape, whose support is from `low` to `high`.

    It has all the cuts of each, which may be at other quantiles than those of the others.
    """
    grids, inner = [], []
    for part in parts:
        (least, most), grid = part.endpoints(), part.grid().on(low.shape)
        grids.append(grid if np.all(most == high) else replace(grid, x=np.where(most == high, grid.x, high - grid.y)))
        inner += [np.where((e == low) | (e == high), np.nan, e) for e in (least, most)]  # where it begins and ends
    return joined(*grids, points([e for e in inner if not np.isnan(e).all()], high))


def grid_of_truncation(base: Distribution, shape: tuple[int, ...], low: np.ndarray, high: np.ndarray) -> Grid:
    """Return the grid of a truncation of this batch shape, whose support is from `low` to `high`."""
    grid, (least, most) = base.grid().on(shape), (np.broadcast_to(e, shape) for e in base.endpoints())
    near = np.where(column(grid.far, shape), np.nan, grid.y)
    first, last = np.fmin.reduce(near, axis=0), np.fmax.reduce(near, axis=0)
    cuts = [np.where(inside & np.isfinite(b), b, np.nan) for b, inside in ((low, low > least), (high, high < most))]
    # Around a bound beyond which there was nothing anyway, nothing needs to be looked at closely.
    seen = (low > np.fmin.reduce(grid.y), high < np.fmax.reduce(grid.y))
    bounds = [np.where(s, b, np.nan) for b, s in zip(cuts, seen, strict=True)]
    # Next to a bound the density falls as fast as at the bound, far out in a tail much faster than anywhere.
    middle = np.where(column(np.abs(grid.scores) < _MIDDLE, shape), grid.y, np.nan)
    beyond = (low > np.fmax.reduce(middle, axis=0), high < np.fmin.reduce(middle, axis=0))
    ladders = []
    for bound, side, deep in zip(bounds, (1.0, -1.0), beyond, strict=True):
        span = np.minimum(high - low, np.maximum(last, bound) - np.minimum(first, bound))
        steps = column(_LADDER, shape) * _reach(base, bound, side * span * column(_DECADES, shape))
        # All of what is left deep in a tail may be beyond the cuts that the base has near its middle.
        near = ladder(bound, side * np.minimum(steps, np.where(deep, high - low, 0.5 * span)), high)
        ladders.append(_along_tail(near, base, grid, np.where(deep, bound, np.nan), side, low, high))
    # The bound is no anchor: the density is smooth up to it.
    return joined(grid.within(low, high, most), *ladders, points(cuts, high))


def _reach(base: Distribution, bound: np.ndarray, steps: np.ndarray) -> np.ndarray:
    """Return over what distance from a bound the log density changes by about 1, at most the first of the steps."""
    with np.errstate(all="ignore"):
        change = np.abs(base.log_prob(bound + steps) - base.log_prob(bound))
    known, sizes = (change <= 1.0) & (change > 1e-3), np.abs(steps)
    return np.minimum(np.where(known, sizes / np.where(known, change, 1.0), np.inf).min(0), sizes[0])


def _along_tail(
    steps: Grid, base: Distribution, grid: Grid, bound: np.ndarray, side: float, low: np.ndarray, high: np.ndarray
) -> Grid:
    """Return the cuts along the power law that a tail or a singular end of the base is, from a bound in it on.

    Its mass, in the distance from the nearest anchor, falls by as much from each cut to the next. Where there is no
    bound, or the mass does not fall, they stay the `steps`.
    """
    if np.isnan(bound).all():
        return steps
    distances = np.where(grid.cores < np.abs(bound - grid.anchors), np.abs(bound - grid.anchors), np.inf)
    nearest = distances.argmin(0)[None]
    anchor, distance = (np.take_along_axis(v, nearest, 0)[0] for v in (grid.anchors, distances))
    out = np.where(anchor < bound, 1.0, -1.0)  # the way in which the distance grows
    grows = out * side
    with np.errstate(all="ignore"):
        change = base.log_prob(bound + side * _STEP * distance) - base.log_prob(bound)
        rate = -change / np.log1p(grows * _STEP) * grows - grows
        reach = distance * np.exp(grows * column(_LADDER, bound.shape) / rate)
    falls = (rate > 0.0) & np.isfinite(distance)  # and the bound is not within a core
    reach = np.clip(reach, _LEAST, _LARGEST)
    y = np.clip(anchor + out * reach, low, high)
    x = np.where((anchor == high) & (out < 0.0), reach, np.where(np.isfinite(high), high - y, np.inf))
    return replace(
        steps,
        **{
            name: np.where(falls, new, getattr(steps, name)) for name, new in (("y", y), ("x", x), ("room", room_of(y)))
        },
    )
