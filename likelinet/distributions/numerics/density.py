"""The density of many rows at nodes over their mass, and the power laws beyond these."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from likelinet.distributions.numerics.coarse import as_meant
from likelinet.distributions.numerics.grids import Grid, column, joined, ladder, points
from likelinet.distributions.numerics.nodes import MANY, Nodes, nodes_of
from likelinet.distributions.numerics.power_tails import tail

if TYPE_CHECKING:
    from likelinet.distributions.base.distribution import Distribution

_AMISS = 2e-6  # of a mass of 1; rounding and panels that an integral is refined on leave at most a tenth of it
_MUCH = 1e-8  # of it that a tail may have
_DECADES = np.exp([-1.0, -3.0, -7.0, -14.0, -25.0, -40.0, -60.0])  # shares of the length between two ends
_MIDDLE, _BESIDE = 2.0, 1e-6  # scores between which about all mass is, and a share of the length next to an end

Function = Callable[[np.ndarray], np.ndarray]

# What decides how far out there are nodes: the mass there, or its square, and the power of y that it is multiplied by.
MASS, MEAN, VARIANCE, SQUARES = (0, 0), (0, 1), (0, 2), (1, 1)


class Density:
    """The density of a batch of one axis at nodes over its mass, and the power laws beyond them.

    Parameters
    ----------
    d : Distribution
        Continuous, of one batch axis.
    grid : Grid
        Where its panels end.
    close : float
        How close two of its cuts may be, as a share of the room that they have in their own grids.
    """

    def __init__(self, d: "Distribution", grid: Grid, close: float = MANY) -> None:
        low, high = d.endpoints()
        self.nodes = nodes = nodes_of(d, grid, close)
        log_prob = log_prob_at(d, nodes)
        if not np.all(log_prob < np.inf):  # an infinite one, or none, by rounding
            log_prob = np.where(log_prob < np.inf, log_prob, -np.inf)
        self.log_prob = log_prob
        self.mass = log_prob + nodes.log_weight
        np.exp(self.mass, out=self.mass)
        outermost = ((nodes.y[:, panel], log_prob[:, panel]) for panel in nodes.layers.outermost)
        self.tails = tuple(tail(nodes, *o, low, high, upper=u) for o, u in zip(outermost, (False, True), strict=True))
        self._of_atoms = sum((np.exp(d.log_prob(at)) for at in d.atoms), 0.0)

    def known(self, values: np.ndarray, f: np.ndarray | None = None) -> np.ndarray:
        """Return integrals over this density; nan for a finite one of whose mass the nodes see too little, or too much.

        So it is where numbers are too coarse for a scale, or where much of the mass lies outside their range. What is
        amiss in a tail counts as often as f, of which it is the integral, is larger there than on the whole.
        """
        seen = self.nodes.layers.total(self.mass.sum(0)) + sum(t.mass for t in self.tails) + self._of_atoms
        amiss = np.abs(seen - 1.0)
        for t in self.tails:
            outer = 0.0 if f is None else np.abs(t.at_nodes(f)[0]) / np.maximum(np.abs(values), 1.0)
            amiss = np.where(t.mass > _MUCH, amiss * np.maximum(outer, 1.0), amiss)
        return np.where((amiss <= _AMISS) | np.isinf(values), values, np.nan)

    def expectation(self, f: np.ndarray) -> np.ndarray:
        """Return E[f], from its values at the nodes, without atoms; f counts only where there is a density."""
        of_panels = products(self.mass, f).sum(0)
        return self.nodes.layers.total(of_panels) + sum(t.integral(t.at_nodes(f)) for t in self.tails)

    def power(self, y: np.ndarray, power: int) -> np.ndarray:
        """Return E[y^power], which may be too large for numbers at the outermost nodes."""
        values, total = np.log(np.abs(y)), self.nodes.layers.total
        values *= power
        values += self.log_prob
        values += self.nodes.log_weight
        np.exp(values, out=values)
        values = _with_mass(self.mass, values)
        whole = size = total(values.sum(0))
        if power % 2:
            whole = total(np.copysign(values, y, out=values).sum(0))
        return whole + sum(t.told(t.integral(t.at_nodes(y), power), size) for t in self.tails)


def products(mass: np.ndarray, f: np.ndarray) -> np.ndarray:
    """Return mass times f, 0 where there is no mass, whatever f is there."""
    return _with_mass(mass, mass * f)


def _with_mass(mass: np.ndarray, values: np.ndarray) -> np.ndarray:
    bad = np.flatnonzero(~np.isfinite(values.sum(0)))
    if len(bad):
        values[:, bad] = np.where(mass[:, bad] > 0.0, values[:, bad], 0.0)
    return values


def log_prob_at(d: "Distribution", nodes: Nodes) -> np.ndarray:
    """Return the log density at nodes, of a few layers at a time: they stay in the processor's cache."""
    y, x, layers = nodes.y, nodes.x, nodes.layers
    values, many = np.empty(y.shape), len(layers.many)
    log_density = d.log_density()
    for part, rows in layers.tables:
        if rows != many:
            log_density, many = d[layers.order[:rows]].log_density(), rows
        shape = (len(y), -1, rows)
        found = log_density(y[:, part].reshape(shape), x[:, part].reshape(shape)).reshape(len(y), -1)
        (values[:, part],) = as_meant(nodes.panels.some(part), y[:, part], found)
    return values


def cut(d: "Distribution", of: tuple[int, int] | None, at: tuple[np.ndarray | float, ...] = ()) -> Grid:
    """Return the cuts of a distribution of one batch axis, some points among them.

    Far out those for an integral of the mass, `of` = (squared or not, times which power of y); all for None.
    """
    low, high = d.endpoints()
    grid = d.grid().on(d.batch_shape)
    grid = grid if of is None else grid.without_idle_tails(low, high, *of)
    grid = joined(grid, *_over_length(grid, low, high)) if of == SQUARES else grid
    inside = [np.clip(p, low, high) for p in (*at, *d.atoms)]
    # An end where the density may be infinite is no cut: what lies next to it is a tail.
    ends = [np.any(grid.anchors == e, axis=0) & (p == e) for p in inside for e in (low, high)]
    return joined(
        grid, points([np.where(a | b, np.nan, p) for p, a, b in zip(inside, ends[::2], ends[1::2], strict=True)], high)
    )


def _over_length(grid: Grid, low: np.ndarray, high: np.ndarray) -> list[Grid]:
    """Return cuts between two ends where much of the mass is next to these: for integrals in which lengths count."""
    span, middle = high - low, np.abs(grid.scores) < _MIDDLE
    few = np.zeros(span.shape, dtype=bool)
    for end, distance in ((low, (grid.y - low)[middle]), (high, grid.x[middle])):
        # A cut at the end itself is one that a truncation moved there, but for ends that densities fall away from.
        some = (distance > 0.0) | np.any(grid.anchors == end, axis=0)
        few |= np.any(some & (distance < _BESIDE * span), axis=0)
    few &= span < np.inf
    if not few.any():
        return []
    steps = np.where(few, column(_DECADES[::-1], span.shape) * span, np.nan)
    return [ladder(low, steps, high), ladder(high, -steps, high)]
