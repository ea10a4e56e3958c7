"""Where the mass of a distribution is, cheaply: points that cut an integral over it into smooth panels."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from likelinet.core.lazy import scipy

# Gaussian quantiles at which a family cuts: not far apart, to a mass of 1e-18; beyond it, as far as numbers go, only
# tails that are long need more.
_NEAR = np.array([0.9, 1.9, 3.0, 4.2, 5.6, 7.1, 8.8])
_FAR = np.array([10.7, 12.8, 15.2, 18.5, 23.0, 29.0, 37.0])
RISING = _NEAR  # and where a Gaussian distribution function rises
SCORES = np.concatenate([-_FAR[::-1], -_NEAR[::-1], [0.0], _NEAR, _FAR])  # in increasing order
_POWER = np.array([13.0, 23.0, 37.0])  # few are enough far out where tails are powers of y
POWER_SCORES = np.concatenate([-_POWER[::-1], -_NEAR[::-1], [0.0], _NEAR, _POWER])
BENDS = np.array([-50.0, -12.0, -4.0, -1.5, -0.5, 0.5, 1.5, 4.0, 12.0, 50.0])  # in units of where a power law sets in
LOGITS = np.array(
    [-20.0, -14.0, -9.0, -4.0, -1.5, 1.5, 4.0, 9.0, 14.0, 20.0]
)  # between which the logarithm of y is nearly its logit, or not
_FLAT = 0.05  # a power of y that hardly falls: what lies next to the end is felt much farther from it
_LEAST = 1e-300  # distance of a cut from an end at which a density may be singular
_LONG = 1e4  # a tail is long whose 1e-300 quantile is so many times as far out as its 1e-18 quantile


@dataclass(frozen=True)
class Grid:
    """Cuts between which the density has no narrow features, and what it has power laws around.

    Neither need be exact, in order, or of the same number for every family.

    Parameters
    ----------
    y : ndarray, shape (many, *batch)
        The cuts.
    x : ndarray, shape (many, *batch)
        The distance of each to the largest y, which is finer next to it; infinite where there is none.
    room : ndarray, shape (many, *batch)
        How close to its neighbours each cut is in the grid that it comes from; 0 for one that must stay.
    anchors : ndarray, shape (few, *batch)
        Ends where a density may be singular, and centres that heavy tails fall away from.
    cores : ndarray, shape (few, *batch)
        Distances from the anchors within which the density is smooth: 0 for ends.
    beyond : ndarray of bool, shape (many,)
        Which cuts are so far out that only a long tail has anything there.
    """

    y: np.ndarray
    x: np.ndarray
    room: np.ndarray
    anchors: np.ndarray
    cores: np.ndarray
    beyond: np.ndarray

    def on(self, shape: tuple[int, ...]) -> "Grid":
        """Return the grid broadcast to a batch."""
        y, x, room, anchors, cores = (_on(a, shape) for a in (self.y, self.x, self.room, self.anchors, self.cores))
        return Grid(y, x, room, anchors, cores, self.beyond)

    def within(self, low: np.ndarray, high: np.ndarray, top: np.ndarray) -> "Grid":
        """Return the grid between two bounds, with distances to `high` in place of those to the former `top`."""
        y = np.clip(self.y, low, high)
        x = np.where(high == top, self.x, np.where(np.isfinite(high), high - y, np.inf))
        return replace(self, y=y, x=np.clip(x, 0.0, high - low))

    def without_short_tails(self, low: np.ndarray, high: np.ndarray) -> "Grid":
        """Return the grid without the outermost cuts of tails that are not long, and next to finite ends."""
        far = self.beyond.reshape((-1,) + (1,) * (self.y.ndim - 1))
        least, most = np.fmin.reduce(np.where(far, np.inf, self.y)), np.fmax.reduce(np.where(far, -np.inf, self.y))
        nearest, farthest = (
            np.fmin.reduce(np.where(far, np.inf, self.x)),
            np.fmax.reduce(np.where(far, -np.inf, self.x)),
        )
        bounded = np.isfinite(low), np.isfinite(high)
        centre = np.where(bounded[0], low, np.where(bounded[1], high, 0.5 * least + 0.5 * most))
        upper = ~bounded[1] & (np.fmax.reduce(self.y) - centre > _LONG * np.maximum(most - centre, 1e-300))
        lower = ~bounded[0] & (centre - np.fmin.reduce(self.y) > _LONG * np.maximum(centre - least, 1e-300))
        y = np.clip(self.y, np.where(lower, -np.inf, least), np.where(upper, np.inf, most))
        x = np.clip(self.x, nearest, np.where(lower, np.inf, farthest))
        return replace(self, y=y, x=x)


def joined(*grids: Grid) -> Grid:
    """Return the union of grids of one batch."""
    fields = ("y", "x", "room", "anchors", "cores", "beyond")
    return Grid(*(np.concatenate([getattr(g, name) for g in grids]) for name in fields))


def points(at: Sequence[np.ndarray | float], high: np.ndarray) -> Grid:
    """Return a grid of points that must be cuts, nan for none, of a batch whose largest y is `high`."""
    y = np.stack([np.broadcast_to(p, high.shape) for p in at]) if at else np.empty((0, *high.shape))
    x, none = np.where(np.isfinite(high), high - y, np.inf), y[:0]
    return Grid(y, x, np.zeros(y.shape), none, none, np.zeros(len(y), dtype=bool))


def ladder(end: np.ndarray, steps: np.ndarray, high: np.ndarray) -> Grid:
    """Return a grid at steps from a bound, of a batch whose largest y is `high`."""
    y = end + steps
    x = np.where(end == high, -steps, np.where(np.isfinite(high), high - y, np.inf))
    return Grid(y, x, room_of(steps), y[:0], y[:0], np.zeros(len(y), dtype=bool))


def on_line(
    y: np.ndarray,
    centre: np.ndarray | float | None = None,
    core: np.ndarray | None = None,
    scores: np.ndarray = SCORES,
) -> Grid:
    """Return the grid of a density on the whole line, whose tails are around a centre, by default the middle cut."""
    room, middle = room_of(y), len(y) // 2
    anchor = y[middle] if centre is None else np.broadcast_to(centre, y.shape[1:])
    radius = room[middle] if core is None else np.broadcast_to(core, y.shape[1:])
    return Grid(y, np.full(y.shape, np.inf), room, anchor[None], radius[None], beyond(scores))


def with_bends(
    y: np.ndarray, centre: np.ndarray, core: np.ndarray, bends: np.ndarray, scores: np.ndarray = SCORES
) -> Grid:
    """Return the grid of a density whose tails are powers of the distance from a centre, from a core on."""
    return joined(on_line(y, centre, core, scores), extra(bends, np.full(y.shape[1:], np.inf)))


def extra(y: np.ndarray, high: np.ndarray) -> Grid:
    """Return a grid of further cuts, in order, of a batch whose largest y is `high`."""
    return replace(points(list(y), high), room=room_of(y))


def from_end(y: np.ndarray, low: float = 0.0, scores: np.ndarray = SCORES) -> Grid:
    """Return the grid of a density above a number."""
    y = np.maximum(y, low + _LEAST)
    return Grid(
        y,
        np.full(y.shape, np.inf),
        room_of(y),
        np.full((1, *y.shape[1:]), low),
        np.zeros((1, *y.shape[1:])),
        beyond(scores),
    )


def between(y: np.ndarray, x: np.ndarray, low: float, high: float, scores: np.ndarray = SCORES) -> Grid:
    """Return the grid of a density between two numbers, from the cuts and from their distances to the upper one."""
    anchors = np.stack([np.full(y.shape[1:], low), np.full(y.shape[1:], high)])
    y, x = np.maximum(y, low + _LEAST), np.maximum(x, _LEAST)
    return Grid(y, x, np.minimum(room_of(y), room_of(-x)), anchors, np.zeros(anchors.shape), beyond(scores))


def of_logit(u: np.ndarray, bends: np.ndarray | None = None) -> Grid:
    """Return the grid of a density between 0 and 1, from cuts of its logit, and where else that bends."""
    bends = within_bulk(column(LOGITS, u.shape[1:]) if bends is None else bends, u)
    y, x, some_y, some_x = (scipy.special.expit(v) for v in (u, -u, bends, -bends))
    return joined(between(y, x, 0.0, 1.0), between(some_y, some_x, 0.0, 1.0, np.zeros(len(bends))))


def logits(power: np.ndarray, upper_power: np.ndarray | None = None) -> np.ndarray:
    """Return `LOGITS`, and farther ones where the density of the logit falls by a very small power towards an end.

    Those of 1 - y only if that has a power too; where none are needed, they are the outermost ones once more.
    """
    some = column(np.concatenate([[-40.0, -29.0], LOGITS[LOGITS < 0.0]]), power.shape)
    lower = np.where(power < _FLAT, some, np.maximum(some, LOGITS[0]))
    if upper_power is None:
        return lower
    return np.concatenate([lower, -np.where(upper_power < _FLAT, some, np.maximum(some, LOGITS[0]))[::-1]])


def within_bulk(bends: np.ndarray, cuts: np.ndarray) -> np.ndarray:
    """Return the points clipped to the cuts that are not beyond the mass, of quantiles at scores."""
    far = (len(cuts) - 1) // 2 - len(_NEAR)
    return np.clip(bends, cuts[far], cuts[-1 - far])


def logs(y: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the logarithms of y and 1 - y between 0 and 1, from the distance x to 1 where that is finer."""
    least = np.minimum(y, x)
    log, other, upper = np.log(least), np.log1p(-least), y > x
    return np.where(upper, other, log), np.where(upper, log, other)


def rest(y: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return 1 - y between 0 and 1, from the distance x to 1 where that is known."""
    return np.where(x < np.inf, x, 1.0 - y)


def of_quantiles(y: np.ndarray, low: float, high: float, scores: np.ndarray) -> Grid:
    """Return the grid of a density between two ends, which may be infinite, from its quantiles at scores."""
    if np.isfinite(high):
        return between(y, high - y, low, high, scores) if np.isfinite(low) else on_line(y, high, None, scores)
    return from_end(y, low, scores) if np.isfinite(low) else on_line(y, scores=scores)


def beyond(scores: np.ndarray) -> np.ndarray:
    """Return which cuts are beyond nearly all of the mass."""
    return np.abs(scores) > _NEAR[-1]


def room_of(y: np.ndarray) -> np.ndarray:
    """Return the distance of each of several numbers in order to its neighbours, the smaller one."""
    gap, none = np.abs(np.diff(y, axis=0)), np.full((1, *y.shape[1:]), np.inf)
    return np.minimum(np.concatenate([none, gap]), np.concatenate([gap, none]))


def column(a: np.ndarray, batch: tuple[int, ...]) -> np.ndarray:
    """Return `a` with its one axis before those of a batch."""
    return a.reshape((-1,) + (1,) * len(batch))


def _on(a: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    return np.broadcast_to(a.reshape(a.shape[:1] + (1,) * (len(shape) + 1 - a.ndim) + a.shape[1:]), (len(a), *shape))
