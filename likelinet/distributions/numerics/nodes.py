"""Fixed nodes for integrals over many rows at once: Gauss-Legendre in panels, numbered through over all rows.

A panel's variable is the distance from the nearest anchor of its row's grid, and the logarithm of it where it grows by
a large factor: so power laws, of heavy tails and of singular ends, have a few nodes too. Next to a finite largest y the
distance to it is kept beside y, which rounds there.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from likelinet.distributions.numerics.grids import Grid

if TYPE_CHECKING:
    from likelinet.distributions.base.distribution import Distribution

N_NODES = 10
NODES, WEIGHTS = np.polynomial.legendre.leggauss(N_NODES)
_LEGENDRE = np.polynomial.legendre.legint(np.eye(N_NODES), lbnd=-1)
_VALUES = np.polynomial.legendre.legvander(NODES, N_NODES - 1)
# The integral of a polynomial from -1 to each node, from its values at the nodes: by the Legendre polynomials.
RUNNING = np.polynomial.legendre.legval(NODES, _LEGENDRE).T @ np.linalg.inv(_VALUES)
# The parts of a panel between its nodes, and the values of an interpolant at their ends.
_ENDS = np.array([-1.0, *NODES, 1.0])
_STEPS = np.diff(_ENDS)[:, None]
_COEFFICIENTS = np.linalg.inv(_VALUES)
_AT_ENDS = np.polynomial.legendre.legvander(_ENDS, N_NODES - 1) @ _COEFFICIENTS
_INNER, _INNER_WEIGHTS = np.polynomial.legendre.leggauss(7)
_LITTLE = 1e-14  # share of a sum that has no part in its digits
_STEEP = 6.0  # change of a logarithm over a part of a panel
_CLOSE = 0.5  # of the space that a cut has in its own grid: another one closer than that serves as well
_ROUNDING = 1e-14  # relative difference of cuts that are the same
_BY = 1e-3  # distance, against y, at which an anchor is close by
_SIZE = 1e300  # of the largest y that counts
_NO_FALL = 1e-9  # what falls no faster than by this power has no integral


@dataclass(frozen=True)
class Nodes:
    """Nodes of panels, shape (nodes, panels), and what is known of each panel, shape (panels,).

    Parameters
    ----------
    row : ndarray of int
        The row of each panel; the panels of a row stand together, in increasing order.
    n_rows : int
        How many rows there are.
    first, last : ndarray of int, shape (n_rows,)
        The first and the last panel of each row.
    y, x : ndarray
        The nodes, and their distances to the largest y.
    log_weight : ndarray
        log dy of each node.
    distance : ndarray
        From the anchor.
    near, far : ndarray
        Distances of the two ends of each panel.
    down : ndarray of bool
        Whether y falls as the distance from the anchor grows.
    at_end : ndarray of bool, shape (panels,)
        Whether the anchor is an end of the support.
    middle : ndarray
        A y within each panel.
    """

    row: np.ndarray
    n_rows: int
    first: np.ndarray
    last: np.ndarray
    y: np.ndarray
    x: np.ndarray
    log_weight: np.ndarray
    distance: np.ndarray
    near: np.ndarray
    far: np.ndarray
    down: np.ndarray
    at_end: np.ndarray
    middle: np.ndarray

    def total(self, of_panels: np.ndarray) -> np.ndarray:
        """Return sums over the panels of each row."""
        return np.bincount(self.row, weights=of_panels, minlength=self.n_rows)

    def before(self, of_panels: np.ndarray) -> np.ndarray:
        """Return, for each panel, the sum over those of its row before it."""
        return self._farther(of_panels, np.arange(len(self.row)) - self.first[self.row])

    def after(self, of_panels: np.ndarray) -> np.ndarray:
        """Return, for each panel, the sum over those of its row after it."""
        return self._farther(of_panels, self.last[self.row] - np.arange(len(self.row)))

    def _farther(self, of_panels: np.ndarray, place: np.ndarray) -> np.ndarray:
        table = np.zeros((self.n_rows, int(place.max(initial=0)) + 2))
        table[self.row, place + 1] = of_panels
        return table.cumsum(axis=1)[self.row, place]


def times(matrix: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return the matrix product, not by BLAS: a row has the same bits alone and among others."""
    total = matrix[:, :1] * values[0]
    for i in range(1, len(values)):
        total += matrix[:, i : i + 1] * values[i]
    return total


_SWINGS = 4.0  # times the mass by Gauss's rule, which an interpolant that swings between the nodes exceeds


def running(
    nodes: Nodes, log_prob: np.ndarray, mass: np.ndarray, under: np.ndarray, over: np.ndarray, *, all_heavy: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the mass of each panel, and how much of it lies below each node and above it.

    What lies below counts in the panels `under`, what lies above in those `over`. If `all_heavy`, to a relative
    accuracy in short tails too.
    """
    masses = mass.sum(0)
    near = times(RUNNING, mass / WEIGHTS[:, None])
    far = masses - near
    # Along a heavy tail y grows as the mass falls: by its logarithm, no digits are lost towards the end.
    fall = log_prob[0] - log_prob[-1]
    steep = (fall > 1.0) & (fall < np.inf)
    if not all_heavy:
        beyond = np.where(under, nodes.before(masses), np.where(over, nodes.after(masses), 0.0))
        most = np.where(under | over, beyond + masses, 0.0)
        # About the share of the panel in the integral of the squares; in the logarithm of the distance, what lies
        # beyond may fall as that grows.
        falls = np.where(nodes.down, under, over)
        log = nodes.far > 4.0 * nodes.near
        width = nodes.far - nodes.near
        powers = np.maximum(most**2 * nodes.near, beyond**2 * nodes.far)
        share = np.where(falls & log, powers, most**2 * width)
        steep &= log
        own = np.where(falls, share, masses * most * width)  # of what the panel itself adds
        idle = steep & ~(own > _LITTLE * nodes.total(share)[nodes.row])
        near[:, idle] = far[:, idle] = 0.0
        steep &= ~idle
    heavy = np.flatnonzero(steep)
    parts = _of_parts((log_prob + nodes.log_weight)[:, heavy] - np.log(WEIGHTS)[:, None])[::-1].cumsum(0)[::-1]
    smooth = parts[0] <= _SWINGS * masses[heavy]  # no polynomial goes along a fall without end, as towards a gap
    heavy, parts = heavy[smooth], parts[:, smooth]
    masses[heavy], far[:, heavy] = parts[0], parts[1:]
    near[:, heavy] = parts[0] - parts[1:]
    return masses, np.where(nodes.down, far, near), np.where(nodes.down, near, far)


def _of_parts(log_values: np.ndarray) -> np.ndarray:
    """Return the integrals of the exponential of an interpolant between the nodes of each panel, and to its ends.

    In a variable in which a steep one would be constant if it were a straight line.
    """
    coefficients, ends = times(_COEFFICIENTS, log_values), times(_AT_ENDS, log_values)
    rise = np.diff(ends, axis=0)
    fall = np.where(np.abs(rise) > _STEEP, np.abs(rise), 1e-6)
    share, total = -np.expm1(-fall), np.zeros(rise.shape)
    for w, weight in zip(0.5 + 0.5 * _INNER, 0.5 * _INNER_WEIGHTS, strict=True):
        u = -np.log1p(-w * share) / fall  # from the higher end
        t = _ENDS[:-1, None] + _STEPS * np.where(rise < 0.0, u, 1.0 - u)
        total += weight * np.exp(np.polynomial.legendre.legval(t, coefficients[:, None], tensor=False) + fall * u)
    return total * _STEPS * share / fall


def nodes_of(d: "Distribution", grid: Grid) -> Nodes:
    """Return nodes for a distribution of one batch axis, from its grid."""
    low, high = (np.clip(end, -_SIZE, _SIZE) for end in d.endpoints())
    y, x, room = _ordered(grid, low, high)
    row, a, b = _panels(y, x, room)
    return _filled(row, (y[a, row], x[a, row]), (y[b, row], x[b, row]), grid, low, high)


def _ordered(grid: Grid, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return cuts in order, their distances to the largest y, and how much room each cut has of its own."""
    unbounded = high >= _SIZE
    none = np.isnan(grid.y)  # then the uppermost cut once more
    y = np.clip(np.where(none, np.fmax.reduce(grid.y), grid.y), low, high)
    x = np.where(none, np.fmin.reduce(grid.x), grid.x)
    x = np.clip(np.where(_finer(x, y), x, high - y), 0.0, high - low)
    anchors = np.sort(np.broadcast_to(grid.anchors, (len(grid.anchors), len(low))), axis=0)
    # Half-way between two anchors the nearest one changes, and half-way up what is measured from.
    halves = np.concatenate([0.5 * anchors[:-1] + 0.5 * anchors[1:], 0.5 * high[None]])
    halves = np.clip(halves, y.min(0), y.max(0))
    room = np.concatenate([grid.room, np.zeros(halves.shape)])
    y, x = np.concatenate([y, halves]), np.concatenate([x, np.clip(high - halves, x.min(0), x.max(0))])
    x = np.where(unbounded, np.inf, x)
    upper = _finer(x, y)
    order = np.lexsort((np.where(upper, -x, y), upper), axis=0)
    return tuple(np.take_along_axis(v, order, 0) for v in (y, x, room))


def _finer(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return where the distance to the largest y has more digits than y."""
    return x < np.abs(y)


def _panels(y: np.ndarray, x: np.ndarray, room: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the row of each panel and the numbers of the cuts at its ends, without those too close to others."""
    upper = _finer(x, y)
    gap = np.where(upper[1:], x[:-1] - x[1:], y[1:] - y[:-1])
    kept = np.ones(y.shape, dtype=bool)
    since = apart = np.zeros(y.shape[1])  # from the last cut, and from the last one that may stand for others
    rounding = _ROUNDING * np.where(upper, x, np.abs(y))
    for j in range(1, len(y)):
        since, apart = since + gap[j - 1], apart + gap[j - 1]
        some = since > rounding[j]
        kept[j] = some & (apart >= _CLOSE * room[j]) if j < len(y) - 1 else some
        since, apart = np.where(kept[j], 0.0, since), np.where(kept[j] & (room[j] > 0.0), 0.0, apart)
    row, cut = np.nonzero(kept.T)
    inside = row[1:] == row[:-1]
    return row[1:][inside], cut[:-1][inside], cut[1:][inside]


def _filled(
    row: np.ndarray,
    left: tuple[np.ndarray, np.ndarray],
    right: tuple[np.ndarray, np.ndarray],
    grid: Grid,
    low: np.ndarray,
    high: np.ndarray,
) -> Nodes:
    """Return the nodes of panels with these ends, each with its distance to the largest y."""
    (ya, xa), (yb, xb), n_rows = left, right, len(low)
    low, high = low[row], high[row]
    near, anchor, down = np.full(len(row), np.inf), ya, np.zeros(len(row), dtype=bool)
    smooth = down
    for centre, core in zip(grid.anchors, grid.cores, strict=True):
        at, within = centre[row], core[row]
        above = np.where(at == high, xb, at - yb)
        # A cut next to the largest y may round to it.
        below = np.where((at <= ya) & (at < high), ya - at, np.inf)
        falls = (at >= yb) & (above < below)
        distance = np.where(falls, above, below)
        smooth = smooth | (distance < within) | ((ya < at) & (at < yb))
        closer = (distance < near) & (distance >= within)
        near, anchor, down = (
            np.where(closer, new, old) for new, old in ((distance, near), (at, anchor), (falls, down))
        )
    width = np.where(_finer(xb, yb), xa - xb, yb - ya)
    # In a core another anchor counts where it is close by: to one far off the distance has no more digits than y.
    none = (near == np.inf) | (smooth & (near > width) & (near > _BY * np.abs(ya)))
    near, anchor, down = np.where(none, 0.0, near), np.where(none, ya, anchor), down & ~none
    at_top = down & (anchor == high) & (high < _SIZE)
    far = near + width
    log = (near > 0.0) & (far > 4.0 * near)
    start = np.where(log, np.log(np.where(log, near, 1.0)), near)
    half = 0.5 * (np.where(log, np.log(np.where(log, far, 1.0)), far) - start)
    t = start + half * (1.0 + NODES[:, None])
    distance, bounded = t.copy(), np.flatnonzero(high < _SIZE)
    distance[:, log] = np.exp(t[:, log])
    y = anchor + np.where(down, -1.0, 1.0) * distance
    x = np.full(y.shape, np.inf)
    x[:, bounded] = high[bounded] - y[:, bounded]
    x[:, at_top] = distance[:, at_top]
    log_weight = np.log(WEIGHTS)[:, None] + np.log(half) + t * log
    rows = np.arange(n_rows)
    first, last = np.searchsorted(row, rows), np.searchsorted(row, rows, side="right") - 1
    at_end = at_top | (~down & (anchor == low) & (near > 0.0) & (low > -_SIZE))
    return Nodes(row, n_rows, first, last, y, x, log_weight, distance, near, far, down, at_end, y[N_NODES // 2])


@dataclass(frozen=True)
class Tail:
    """The power law beyond the outermost panel of each row on one side, shape (n_rows,).

    Along it, with D the distance from the anchor and τ = |log D| outwards from the edge, the mass falls by e^(-rate τ).
    """

    mass: np.ndarray
    rate: np.ndarray
    distance: np.ndarray  # D at the edge
    grows: np.ndarray  # whether D grows outwards: towards infinity, not towards an end
    _panel: np.ndarray
    _nodes: tuple[np.ndarray, np.ndarray]
    _steps: tuple[np.ndarray, np.ndarray]

    def at_nodes(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the values at the outermost node and at one farther in, from those at all nodes."""
        outer, inner = (values[node, self._panel] for node in self._nodes)
        return outer, inner

    def integral(self, values: tuple[np.ndarray, np.ndarray], power: int = 1) -> np.ndarray:
        """Return the integral of f = v^power over the mass beyond, from the values v at the nodes.

        f goes on as a straight line in τ, or as a power where it changes as fast as one; it may have no integral.
        """
        outer, inner = ((np.sign(v) ** power, power * np.log(np.abs(v))) for v in values)
        apart, out = self._steps
        growth = (outer[1] - inner[1]) / apart
        value = outer[0] * np.exp(outer[1])
        slope = (value - inner[0] * np.exp(inner[1])) / apart
        line = self.mass * (value + slope * out + slope / self.rate)
        falls = self.rate - growth
        size = np.exp(np.log(self.mass) + outer[1] + growth * out) * self.rate
        by_power = outer[0] * np.where(falls > _NO_FALL, size / np.where(falls > _NO_FALL, falls, 1.0), np.inf)
        found = np.where((np.abs(growth) > 0.25) & (outer[0] != 0.0), by_power, line)
        return np.where(self.mass > 0.0, found, 0.0)

    def of_squares(self, atom: np.ndarray | float = 0.0) -> np.ndarray:
        """Return the integral over y of the squared mass farther out, which exists where that falls fast enough.

        An atom, at a finite end, belongs to it.
        """
        rate = 2.0 * self.rate + np.where(self.grows, -1.0, 1.0)
        finite = self.mass * (self.mass * self.distance) / np.where(rate > _NO_FALL, rate, 1.0)
        squares = np.where(self.mass > 0.0, np.where(rate > _NO_FALL, finite, np.inf), 0.0)
        return squares + np.where(self.grows, 0.0, self.distance * (atom * (atom + 2.0 * self._average())))

    def of_rest_squared(self, atom: np.ndarray | float = 0.0) -> np.ndarray:
        """Return the integral over y, up to a finite end and its atom, of the square of what lies farther in."""
        rest = 1.0 - atom
        less = np.where(self.mass > 0.0, self.mass * self.mass / (2.0 * self.rate + 1.0), 0.0)
        return np.where(self.grows, 0.0, self.distance * (rest * (rest - 2.0 * self._average()) + less))

    def _average(self) -> np.ndarray:
        """Return the average over y of the mass farther out, up to a finite end."""
        return np.where(self.mass > 0.0, self.mass / (self.rate + 1.0), 0.0)


def tail(nodes: Nodes, log_prob: np.ndarray, low: np.ndarray, high: np.ndarray, *, upper: bool) -> Tail:
    """Return what lies beyond the nodes on one side, from the density at the outermost of them."""
    panel = np.clip(nodes.last if upper else nodes.first, 0, max(len(nodes.row) - 1, 0))
    some = nodes.last >= nodes.first
    down, at_end = nodes.down[panel], nodes.at_end[panel]
    grows = down ^ upper
    outer = np.where(grows, N_NODES - 1, 0)
    inner = np.where(grows, N_NODES - 3, 2)
    lp_outer, lp_inner = log_prob[outer, panel], log_prob[inner, panel]
    d_outer, d_inner = nodes.distance[outer, panel], nodes.distance[inner, panel]
    edge = np.where(grows, nodes.far[panel], nodes.near[panel])
    infinite = (high >= _SIZE) if upper else (low <= -_SIZE)
    valid = some & np.where(grows, infinite, at_end & ~infinite & (edge > 0.0))
    apart, out = (np.abs(np.log(v)) for v in (d_outer / d_inner, np.where(valid, edge, 1.0) / d_outer))
    slope = (lp_outer - lp_inner) / apart
    rate = np.where(grows, -1.0, 1.0) - slope
    mass = np.exp(lp_outer + slope * out + np.log(np.where(valid, edge, 1.0))) / rate
    mass = np.where(valid & (rate > 0.0) & np.isfinite(mass), mass, 0.0)
    # Up to an end that the outermost panel does not see, nothing is left but the distance, and what lies at the end.
    last = nodes.y[outer, panel] + np.where(upper, 1.0, -1.0) * np.abs(edge - d_outer)
    gap = np.where(some & ~infinite, np.maximum(high - last if upper else last - low, 0.0), 0.0)
    grows = grows & (valid | infinite)
    return Tail(mass, rate, np.where(valid, edge, gap), grows, panel, (outer, inner), (apart, out))
