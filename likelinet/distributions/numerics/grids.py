"""Where the mass of a distribution is, cheaply: points that cut an integral over it into smooth panels."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from likelinet.core.lazy import scipy

# Gaussian quantiles at which a family cuts: not far apart, to a mass of 1e-16; beyond it, as far as numbers go, where
# an integrand asks for them.
_NEAR = np.array([1.3, 2.8, 4.4, 6.2, 8.3])
_FAR = np.array([10.7, 12.8, 15.2, 18.5, 23.0, 29.0, 37.0])
_POWER = np.array([13.0, 23.0, 37.0])  # few are enough far out where tails are powers of y
RISING = _NEAR  # and where a Gaussian distribution function rises


def _mirrored(near: np.ndarray, far: np.ndarray) -> np.ndarray:
    return np.concatenate([-far[::-1], -near[::-1], [0.0], near, far])  # in increasing order


SCORES = _mirrored(_NEAR, _FAR)
POWER_SCORES = _mirrored(np.array([0.7, 1.6, *_NEAR[1:]]), _POWER)
_FINE = np.array([0.9, 1.9, 3.0, 4.2, 5.6, 7.1, 8.8])  # for cuts that are only about such quantiles
FINE_SCORES, FINE_POWER_SCORES = _mirrored(_FINE, _FAR), _mirrored(_FINE, _POWER)
BENDS = np.array([-50.0, -12.0, -4.0, -1.5, -0.5, 0.5, 1.5, 4.0, 12.0, 50.0])  # in units of where a power law sets in
LOGITS = np.array(
    [-20.0, -14.0, -9.0, -4.0, -1.5, 1.5, 4.0, 9.0, 14.0, 20.0]
)  # between which the logarithm of y is nearly its logit, or not
_FLAT = 0.05  # a power of y that hardly falls: what lies next to the end is felt much farther from it
_LEAST = 1e-300  # distance of a cut from an end at which a density may be singular
# Scores up to which cuts show the size of y, from which on they are the outermost, and within which nearly all mass is.
_MIDDLE, _EDGE, _BULK = 2.0, 8.0, 9.0
_ROOMY, _VAST = 1e4, 1e30  # lengths up to an end, in those over which y varies
_IDLE = -25.0  # logarithm of a share that takes no digit


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
    scores : ndarray, shape (many,)
        Of which Gaussian quantile each cut is the image, at least about; nan for none.
    """

    y: np.ndarray
    x: np.ndarray
    room: np.ndarray
    anchors: np.ndarray
    cores: np.ndarray
    scores: np.ndarray

    def on(self, shape: tuple[int, ...]) -> "Grid":
        """Return the grid broadcast to a batch."""
        y, x, room, anchors, cores = (_on(a, shape) for a in (self.y, self.x, self.room, self.anchors, self.cores))
        return Grid(y, x, room, anchors, cores, self.scores)

    def where(self, some: np.ndarray) -> "Grid":
        """Return the grid without those cuts of a row that are not among `some`: there they are nan."""
        return replace(self, y=np.where(some, self.y, np.nan), x=np.where(some, self.x, np.nan))

    def within(self, low: np.ndarray, high: np.ndarray, top: np.ndarray) -> "Grid":
        """Return the grid between two bounds, with distances to `high` in place of those to the former `top`."""
        y = np.clip(self.y, low, high)
        x = np.where(high == top, self.x, np.where(np.isfinite(high), high - y, np.inf))
        return replace(self, y=y, x=np.clip(x, 0.0, high - low))

    @property
    def far(self) -> np.ndarray:
        """Which cuts are beyond nearly all mass."""
        return np.abs(self.scores) > _BULK

    def without_idle_tails(self, low: np.ndarray, high: np.ndarray, squared: int, power: int) -> "Grid":
        """Return the grid without cuts beyond nearly all mass, next to finite ends and where too little is beyond them.

        What counts is the mass there, squared or not, times a power of the distance.
        """
        far, scores = self.far, np.abs(self.scores)
        if not far.any():
            return self
        near, central, outer = self._of(~far), self.y[scores < _MIDDLE], np.flatnonzero(scores > _EDGE)
        first, last = np.fmin.reduce(central), np.fmax.reduce(central)
        middle = 0.5 * first + 0.5 * last
        y, scores = self.y[outer], column(scores[outer], low.shape)
        reach = np.abs(y - middle) / np.maximum(last - first, 1e-300)
        share = (1 + squared) * scipy.special.log_ndtr(-scores) + power * np.log(np.maximum(reach, 1.0))
        long = share > _IDLE
        longs = np.any(long & (y < middle), axis=0), np.any(long & (y > middle), axis=0)
        # An end may be as good as infinite; and the way to one may be so long that the least probability counts.
        lower, upper = (
            (room > _ROOMY) & (some | ((room > _VAST) & (room < np.inf)))
            for some, room in zip(longs, ((v / (last - first)) for v in (middle - low, high - middle)), strict=True)
        )
        if not (upper.any() or lower.any()):
            return near
        far, least, most = column(far, low.shape), np.fmin.reduce(near.y), np.fmax.reduce(near.y)
        y = np.clip(self.y, np.where(lower, -np.inf, least), np.where(upper, np.inf, most))
        x = np.clip(self.x, np.fmin.reduce(near.x), np.where(lower, np.inf, np.fmax.reduce(near.x)))
        # One that is moved is nothing but the outermost one of the others once more.
        room = self.room
        for end in (least, most):
            own = np.fmin.reduce(np.where(far | (self.y != end), np.nan, self.room))
            room = np.where(far & (y == end), own, room)
        return replace(self, y=y, x=x, room=room)

    def _of(self, cuts: np.ndarray) -> "Grid":
        return replace(self, y=self.y[cuts], x=self.x[cuts], room=self.room[cuts], scores=self.scores[cuts])


def joined(*grids: Grid) -> Grid:
    """Return the union of grids of one batch."""
    some = [g for g in grids if len(g.y) or len(g.anchors)] or [grids[0]]
    fields = ("y", "x", "room", "anchors", "cores", "scores")
    return some[0] if len(some) == 1 else Grid(*(np.concatenate([getattr(g, f) for g in some]) for f in fields))


def points(at: Sequence[np.ndarray | float], high: np.ndarray) -> Grid:
    """Return a grid of points that must be cuts, nan for none, of a batch whose largest y is `high`."""
    y = np.stack([np.broadcast_to(p, high.shape) for p in at]) if at else np.empty((0, *high.shape))
    x, none = np.where(np.isfinite(high), high - y, np.inf), y[:0]
    return Grid(y, x, np.zeros(y.shape), none, none, np.full(len(y), np.nan))


def ladder(end: np.ndarray, steps: np.ndarray, high: np.ndarray) -> Grid:
    """Return a grid at steps from a bound, of a batch whose largest y is `high`."""
    y = end + steps
    x = np.where(end == high, -steps, np.where(np.isfinite(high), high - y, np.inf))
    return Grid(y, x, room_of(steps), y[:0], y[:0], np.full(len(y), np.nan))


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
    return Grid(y, np.full(y.shape, np.inf), room, anchor[None], radius[None], scores)


def with_bends(
    y: np.ndarray,
    centre: np.ndarray,
    core: np.ndarray,
    bends: np.ndarray,
    some: np.ndarray,
    scores: np.ndarray = SCORES,
) -> Grid:
    """Return the grid of a density whose tails are powers of the distance from a centre, from a core on.

    `some` rows have bends where the power laws set in.
    """
    further = extra(bends, np.full(y.shape[1:], np.inf)).where(some & amid(bends, y, scores))
    return joined(on_line(y, centre, core, scores), further)


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
        scores,
    )


def between(y: np.ndarray, x: np.ndarray, low: float, high: float, scores: np.ndarray = SCORES) -> Grid:
    """Return the grid of a density between two numbers, from the cuts and from their distances to the upper one."""
    anchors = np.stack([np.full(y.shape[1:], low), np.full(y.shape[1:], high)])
    y, x = np.maximum(y, low + _LEAST), np.maximum(x, _LEAST)
    return Grid(y, x, np.minimum(room_of(y), room_of(-x)), anchors, np.zeros(anchors.shape), scores)


def of_logit(u: np.ndarray, bends: np.ndarray, some: np.ndarray | bool = True, scores: np.ndarray = SCORES) -> Grid:
    """Return the grid of a density between 0 and 1, from cuts of its logit, and `some` points where else that bends."""
    with np.errstate(over="ignore"):
        y, x, some_y, some_x = (1.0 / (1.0 + np.exp(v)) for v in (-u, u, -bends, bends))
    further = between(some_y, some_x, 0.0, 1.0, np.full(len(bends), np.nan))
    return joined(between(y, x, 0.0, 1.0, scores), further.where(some & amid(bends, u, scores)))


def logits(power: np.ndarray, upper_power: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Return `LOGITS`, and farther ones, and which are needed: these where a density of the logit hardly falls there.

    It does where its power towards an end is very small. Those of 1 - y only if that has a power too.
    """
    some = column(np.concatenate([[-40.0, -29.0], LOGITS[LOGITS < 0.0]]), power.shape)
    lower = np.broadcast_to(some, (len(some), *power.shape))
    needed = (power < _FLAT) | (some >= LOGITS[0])
    if upper_power is None:
        return lower, needed
    upper_needed = (upper_power < _FLAT) | (some >= LOGITS[0])
    return np.concatenate([lower, -lower[::-1]]), np.concatenate([needed, upper_needed[::-1]])


def amid(bends: np.ndarray, cuts: np.ndarray, scores: np.ndarray = SCORES) -> np.ndarray:
    """Return which points lie amid the cuts that are not beyond the mass, of quantiles at scores."""
    far = np.count_nonzero(scores < -_BULK)
    return (bends > cuts[far]) & (bends < cuts[-1 - far])


def logs(y: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the logarithms of y and 1 - y between 0 and 1, from the distance x to 1 where that is finer."""
    least = np.minimum(y, x)
    log, other, upper = np.log(least), np.log1p(-least), y > x
    return np.where(upper, other, log), np.where(upper, log, other)


def known(x: np.ndarray, where: np.ndarray) -> np.ndarray:
    """Return distances to the largest y where they are known in these rows, the last axis, else infinite ones."""
    if np.all(where):
        return x
    return np.where(where, x, np.inf) if np.any(where) else np.broadcast_to(np.inf, x.shape)


def rest(y: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return 1 - y between 0 and 1, from the distance x to 1 where that is known."""
    return x if np.all(x < np.inf) else np.where(x < np.inf, x, 1.0 - y)


def of_quantiles(y: np.ndarray, low: float, high: float, scores: np.ndarray) -> Grid:
    """Return the grid of a density between two ends, which may be infinite, from its quantiles at scores."""
    if np.isfinite(high):
        return between(y, high - y, low, high, scores) if np.isfinite(low) else on_line(y, high, None, scores)
    return from_end(y, low, scores) if np.isfinite(low) else on_line(y, scores=scores)


def room_of(y: np.ndarray) -> np.ndarray:
    """Return the distance of each of several numbers in order to its neighbours, the smaller one."""
    gap, room = np.abs(np.diff(y, axis=0)), np.full(y.shape, np.inf)
    room[1:] = gap
    np.minimum(room[:-1], gap, out=room[:-1])
    return room


def column(a: np.ndarray, batch: tuple[int, ...]) -> np.ndarray:
    """Return `a` with its one axis before those of a batch."""
    return a.reshape((-1,) + (1,) * len(batch))


def _on(a: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    return np.broadcast_to(a.reshape(a.shape[:1] + (1,) * (len(shape) + 1 - a.ndim) + a.shape[1:]), (len(a), *shape))
