"""Fixed nodes for integrals over many rows at once: Gauss-Legendre in panels, numbered through over all rows.

A panel's variable is the distance from the nearest anchor of its row's grid, and the logarithm of it where it grows by
a large factor: so power laws, of heavy tails and of singular ends, have a few nodes too. Next to a finite largest y the
distance to it is kept beside y, which rounds there.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from likelinet.distributions.numerics.grids import Grid
from likelinet.distributions.numerics.layers import Layers, layers_of

if TYPE_CHECKING:
    from likelinet.distributions.base.distribution import Distribution

N_NODES = 10
NODES, WEIGHTS = np.polynomial.legendre.leggauss(N_NODES)
_LOG_WEIGHTS = np.log(WEIGHTS)[:, None]
# Of the space that a cut has in its own grid: another one closer than that serves as well.
MANY, FEW = 0.5, 1.0  # the latter if panels are split where they are too wide
_ROUNDING = 1e-14  # relative difference of cuts that are the same
_BY = 1e-3  # distance, against y, at which an anchor is close by
_GAP, _APART = np.exp([-6.0, -12.0, -18.0, -24.0]), 30.0  # shares of a wide gap, and what is one, in radii of a core
LARGEST = 1e300  # size of y that counts


@dataclass(frozen=True)
class Panels:
    """Panels, shape (panels,), each from `start` to `end` of a variable of its own.

    Parameters
    ----------
    row : ndarray of int
        The row of each.
    start, end : ndarray
        Where the variable goes.
    log : ndarray of bool
        Whether that is the logarithm of the distance from the anchor; else it is the distance.
    anchor : ndarray
        A y outside the panel, or at its end.
    down : ndarray of bool
        Whether y falls as the distance from the anchor grows.
    high : ndarray
        The largest y of the row.
    """

    row: np.ndarray
    start: np.ndarray
    end: np.ndarray
    log: np.ndarray
    anchor: np.ndarray
    down: np.ndarray
    high: np.ndarray

    @property
    def at_top(self) -> np.ndarray:
        """Whether the anchor is a finite largest y."""
        return self.down & (self.anchor == self.high) & (self.high < LARGEST)

    def nodes(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return nodes, shape (nodes, panels), their distances to the largest y, and log dy."""
        half, log, at_top = 0.5 * (self.end - self.start), np.flatnonzero(self.log), np.flatnonzero(self.at_top)
        y = half * (1.0 + NODES[:, None])  # first the distance from the anchor
        y += self.start
        log_weight = _LOG_WEIGHTS + np.log(half)
        of_log = y[:, log]
        log_weight[:, log] += of_log
        y[:, log] = np.exp(of_log, out=of_log)
        to_top = y[:, at_top]
        y *= np.where(self.down, -1.0, 1.0)
        y += self.anchor
        if not np.any(self.high < LARGEST):
            return y, np.broadcast_to(np.inf, y.shape), log_weight
        x = np.where(self.high < LARGEST, self.high, np.inf) - y
        x[:, at_top] = to_top
        return y, x, log_weight

    def distances(self, of: np.ndarray) -> np.ndarray:
        """Return the distances of the nodes of some panels from their anchors."""
        start, end = self.start[of], self.end[of]
        distance = start + 0.5 * (end - start) * (1.0 + NODES[:, None])
        return np.where(self.log[of], np.exp(distance), distance)

    def some(self, which: np.ndarray | slice) -> "Panels":
        """Return some of the panels."""
        return Panels(**{name: values[which] for name, values in vars(self).items()})

    def split(self, which: np.ndarray, parts: int) -> "Panels":
        """Return parts of some of the panels, which are numbers: the first part of each, then the second of each."""
        each, j = np.tile(which, parts), np.repeat(np.arange(parts), len(which))
        step = (self.end[each] - self.start[each]) / parts
        start, end = self.start[each] + j * step, self.start[each] + (j + 1) * step
        return Panels(self.row[each], start, end, *(a[each] for a in (self.log, self.anchor, self.down, self.high)))


@dataclass(frozen=True)
class Cover:
    """Panels over the mass of many rows, and what is known of each, shape (panels,).

    Parameters
    ----------
    layers : Layers
        The rows of the panels, which stand in increasing order in these.
    panels : Panels
        The panels themselves.
    near, far : ndarray
        Distances of the two ends of each panel from the anchor.
    at_end : ndarray of bool
        Whether the anchor is an end of the support.
    """

    layers: Layers
    panels: Panels
    near: np.ndarray
    far: np.ndarray
    at_end: np.ndarray

    @property
    def row(self) -> np.ndarray:
        """The row of each panel."""
        return self.layers.row

    @property
    def down(self) -> np.ndarray:
        """Whether y falls as the distance from the anchor grows."""
        return self.panels.down

    def nodes_in(self, some: np.ndarray | slice) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the nodes of some panels, their distances to the largest y, and log dy."""
        y, x, log_weight = self.panels.some(some).nodes()
        log_weight[:, ~self.layers.counts[some]] = -np.inf
        return y, x, log_weight


@dataclass(frozen=True)
class Nodes(Cover):
    """Nodes of panels, shape (nodes, panels).

    Parameters
    ----------
    y, x : ndarray
        The nodes, and their distances to the largest y.
    log_weight : ndarray
        log dy of each node.
    """

    y: np.ndarray
    x: np.ndarray
    log_weight: np.ndarray

    @property
    def middle(self) -> np.ndarray:
        """A y within each panel."""
        return self.y[N_NODES // 2]


def nodes_of(d: "Distribution", grid: Grid, close: float) -> Nodes:
    """Return nodes for a distribution of one batch axis, from its grid."""
    cover = cover_of(d, grid, close)
    return Nodes(**vars(cover), **dict(zip(("y", "x", "log_weight"), cover.nodes_in(slice(None)), strict=True)))


def cover_of(d: "Distribution", grid: Grid, close: float) -> Cover:
    """Return panels for a distribution of one batch axis, from its grid."""
    low, high = (np.clip(end, -LARGEST, LARGEST) for end in d.endpoints())
    grid = _without_twins(grid)
    key, upper, room = _ordered(grid, low, high)
    kept = _kept(key, upper, high, close * room)
    layers = layers_of(kept.sum(0) - 1)
    place = np.empty((int(layers.many.max(initial=0)) + 1, len(low)), dtype=np.intp)  # of the cuts that are kept
    cut, row = np.nonzero(kept)
    place[(kept.cumsum(0) - 1)[cut, row], row] = cut
    row = layers.row
    rank = np.where(layers.counts, layers.rank, 0)  # one that does not count is the first one once more

    def ends(at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        cut, most = place[at, row], high[row]
        y = key[cut, row]
        x = np.where(most < LARGEST, most - y, np.inf)
        return (y, x) if upper is None else (np.where(upper[cut, row], most + y, y), np.where(upper[cut, row], -y, x))

    return _filled(layers, ends(rank), ends(np.minimum(rank + 1, layers.many[row])), grid, low, high)


def _without_twins(grid: Grid) -> Grid:
    """Return the grid without anchors that are as others in all rows."""
    first: dict[tuple[bytes, bytes], int] = {}
    for i, (anchor, core) in enumerate(zip(grid.anchors, grid.cores, strict=True)):
        first.setdefault((anchor.tobytes(), core.tobytes()), i)
    apart = list(first.values())
    return replace(grid, anchors=grid.anchors[apart], cores=grid.cores[apart])


def _ordered(grid: Grid, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray | None, np.ndarray]:
    """Return cuts in order, as y or less their distance to the largest y, which are the latter, and their own room.

    The latter come after the others; None where there are none.
    """
    bounded = high < LARGEST
    y, none = np.clip(grid.y, low, high), np.isnan(grid.y)
    # Half-way between two anchors the nearest one changes, and half-way up what is measured from.
    anchors = np.sort(np.concatenate([grid.anchors, low[None], high[None]]), axis=0)
    halves, room, middle = 0.5 * anchors[:-1] + 0.5 * anchors[1:], 0.5 * np.diff(anchors, axis=0), 0.5 * high[None]
    room = np.where(halves == middle, 0.0, room)  # of two cuts at one place both must stay, whichever comes first
    halves, room = np.concatenate([halves, middle]), np.concatenate([room, np.zeros(middle.shape)])
    gaps = _in_gaps(grid)
    gaps = np.where(np.isnan(gaps), halves[:1], gaps)
    halves, room = np.concatenate([halves, gaps]), np.concatenate([room, np.zeros(gaps.shape)])
    halves = np.clip(halves, np.fmin.reduce(y), np.fmax.reduce(y))
    key, room = np.concatenate([y, halves]), np.concatenate([grid.room, room])
    many = len(key) - none.sum(0)
    np.copyto(key[: len(y)], np.inf, where=none)
    if not bounded.any():
        key, room = _in_order(key, None, many, key, room)
        return key, None, room
    x = np.clip(np.where(_finer(grid.x, y), grid.x, high - y), 0.0, high - low)
    of_halves = np.clip(high - halves, np.fmin.reduce(x), np.fmax.reduce(x))
    x = np.concatenate([x, of_halves])
    upper = _finer(x, key) & bounded
    np.copyto(upper[: len(y)], False, where=none)
    np.negative(x, out=key, where=upper)
    lower = many - np.count_nonzero(upper, axis=0)
    np.copyto(upper[: len(y)], True, where=none)
    key, room = _in_order(key, upper, many, key, room)
    return key, np.arange(len(key))[:, None] >= np.where(lower < many, lower, len(key)), room


def _in_order(key: np.ndarray, last: np.ndarray | None, many: np.ndarray, *values: np.ndarray) -> list[np.ndarray]:
    """Return values by increasing key along the first axis, those that come `last` after the others.

    Of each row there are so many, and the uppermost one once more where others have more of them.
    """
    # NumPy sorts rows that lie in one piece many times as fast, and those without nan.
    most, rows = int(many.max(initial=0)), np.arange(len(many))
    start = len(key) * rows[:, None]
    order = np.argsort(np.ascontiguousarray(key.T), axis=1)
    if last is not None:
        after = np.argsort(np.ascontiguousarray(last.T).take(order + start), axis=1, kind="stable")
        order = order.take(after[:, :most] + start)
    order = order[:, :most] + start
    if np.any(many < most):
        np.copyto(order, order[rows, many - 1][:, None], where=np.arange(most) >= many[:, None])
    return [np.ascontiguousarray(np.ascontiguousarray(v.T).take(order).T) for v in values]


def _in_gaps(grid: Grid) -> np.ndarray:
    """Return cuts in what lies between anchors of which each is far from the core of the other; nan for none.

    There next to no mass is, but a distribution function that is neither 0 nor 1, over lengths of many sizes.
    """
    order = np.argsort(grid.anchors, axis=0)
    anchors, cores = (np.take_along_axis(v, order, 0) for v in (grid.anchors, grid.cores))
    half = 0.5 * np.diff(anchors, axis=0)
    found = []
    for side, anchor, core in ((1.0, anchors[:-1], cores[:-1]), (-1.0, anchors[1:], cores[1:])):
        for share in _GAP:
            far = (core > 0.0) & (share * half > _APART * core)
            if far.any():
                found.append(np.where(far, anchor + side * share * half, np.nan))
    return np.concatenate(found) if found else np.empty((0, *grid.y.shape[1:]))


def _finer(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return where the distance to the largest y has more digits than y."""
    return x < np.abs(y)


def _kept(key: np.ndarray, upper: np.ndarray | None, high: np.ndarray, room: np.ndarray) -> np.ndarray:
    """Return which cuts are not too close to others."""
    gap, rounding = np.diff(key, axis=0), _ROUNDING * np.abs(key)
    if upper is not None:
        gap += np.where(upper[1:] & ~upper[:-1], high, 0.0)
    kept, roomy, apart = np.ones(key.shape, dtype=bool), room > 0.0, np.empty(key.shape[1], dtype=bool)
    since = np.zeros((2, key.shape[1]))  # from the last cut, and from the last one that may stand for others
    for j in range(1, len(key) - 1):
        since += gap[j - 1]
        now = kept[j]
        np.greater(since[0], rounding[j], out=now)
        now &= np.greater_equal(since[1], room[j], out=apart)
        np.putmask(since[0], now, 0.0)
        np.putmask(since[1], np.logical_and(now, roomy[j], out=apart), 0.0)
    inner, rows = kept[1:-1], np.arange(key.shape[1])
    previous = np.where(inner.any(0), len(inner) - inner[::-1].argmax(0), 0)
    last = since[0] + gap[-1]
    kept[-1] = last > rounding[-1]
    # The outermost one stays, rather than one next to it: what lies beyond is seen from the last panel.
    instead = kept[-1] & (previous > 0) & roomy[previous, rows] & (last < room[-1])
    kept[previous[instead], rows[instead]] = False
    return kept


def _filled(
    layers: Layers,
    left: tuple[np.ndarray, np.ndarray],
    right: tuple[np.ndarray, np.ndarray],
    grid: Grid,
    low: np.ndarray,
    high: np.ndarray,
) -> Cover:
    """Return panels with these ends, each with its distance to the largest y."""
    (ya, xa), (yb, xb), row = left, right, layers.row
    low, high = low[row], high[row]
    bounded = bool(np.any(high < LARGEST))
    near, which, smooth = np.full(len(row), np.inf), np.full(len(row), -1), np.zeros(len(row), dtype=bool)
    for i, (centre, core) in enumerate(zip(grid.anchors, grid.cores, strict=True)):
        at = centre[row]
        # A cut next to the largest y may round to it.
        distance = np.maximum(ya - at, np.where(at == high, xb, at - yb) if bounded else at - yb)
        within = distance < core[row]
        smooth |= within
        closer = ~within & (distance < near)
        np.copyto(near, distance, where=closer)
        np.copyto(which, i, where=closer)
    width = np.where(_finer(xb, yb), xa - xb, yb - ya) if bounded else yb - ya
    # In a core another anchor counts where it is close by: to one far off the distance has no more digits than y.
    which[smooth & (near > width) & (near > _BY * np.abs(ya))] = -1
    anchored = np.flatnonzero(which >= 0)
    anchor = ya.copy()
    anchor[anchored] = grid.anchors[which[anchored], row[anchored]]
    near[which < 0] = 0.0
    down = (anchor >= yb) & (which >= 0) & ((anchor > ya) | (anchor == high))
    far = near + width
    log = (near > 0.0) & (far > 4.0 * near)
    start, end = (np.where(log, np.log(v), v) for v in (near, far))
    panels = Panels(row, start, end, log, anchor, down, high)
    at_end = panels.at_top | (~down & (anchor == low) & (near > 0.0) & (low > -LARGEST))
    return Cover(layers, panels, near, far, at_end)
