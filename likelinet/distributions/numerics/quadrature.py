"""Integrals of what a family does not have in closed form: expectations, entropy, divergences, CRPS."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from likelinet.core.blocks import blocks
from likelinet.distributions.numerics import counts
from likelinet.distributions.numerics.grids import Grid, joined, points
from likelinet.distributions.numerics.nodes import nodes_of, running, tail

if TYPE_CHECKING:
    from likelinet.distributions.base.distribution import Distribution

Function = Callable[[np.ndarray], np.ndarray]

PANELS_AT_ONCE = 2048


class Density:
    """The density of a batch of one axis at nodes over its mass, and the power laws beyond them.

    Parameters
    ----------
    d : Distribution
        Continuous, of one batch axis.
    grid : Grid
        Where its panels end.
    """

    def __init__(self, d: "Distribution", grid: Grid) -> None:
        low, high = d.endpoints()
        self.nodes = nodes = nodes_of(d, grid)
        log_prob = log_prob_at(d, nodes.row, nodes.y, nodes.x)
        if not np.all(log_prob < np.inf):  # an infinite one, or none, by rounding
            log_prob = np.where(log_prob < np.inf, log_prob, -np.inf)
        self.log_prob = log_prob
        self.log_mass = self.log_prob + nodes.log_weight
        self.mass = np.exp(self.log_mass)
        self.tails = tuple(tail(nodes, self.log_prob, low, high, upper=upper) for upper in (False, True))

    def expectation(self, f: np.ndarray) -> np.ndarray:
        """Return E[f], from its values at the nodes, without atoms; f counts only where there is a density."""
        return self._total(self.mass * f) + sum(t.integral(t.at_nodes(f)) for t in self.tails)

    def power(self, y: np.ndarray, power: int) -> np.ndarray:
        """Return E[y^power], which may be too large for numbers at the outermost nodes."""
        values = np.sign(y) ** power * np.exp(self.log_mass + power * np.log(np.abs(y)))
        return self._total(values) + sum(t.integral(t.at_nodes(y), power) for t in self.tails)

    def _total(self, values: np.ndarray) -> np.ndarray:
        of_panels = values.sum(0)
        bad = np.flatnonzero(~np.isfinite(of_panels))
        of_panels[bad] = np.where(self.mass[:, bad] > 0.0, values[:, bad], 0.0).sum(0)
        return self.nodes.total(of_panels)


def log_prob_at(d: "Distribution", row: np.ndarray, y: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return the log density at the nodes of panels, of so many at a time that they stay in the processor's cache."""
    values = np.empty(y.shape)
    for part in blocks(len(row), PANELS_AT_ONCE):
        values[:, part] = d[row[part]].log_prob_at(y[:, part], x[:, part])
    return values


def _grid(d: "Distribution", at: tuple[np.ndarray | float, ...] = (), *, whole: bool = False) -> Grid:
    """Return the cuts of a distribution of one batch axis, some points among them; of short tails all if `whole`."""
    low, high = d.endpoints()
    grid = d.grid().on(d.batch_shape)
    grid = grid if whole else grid.without_short_tails(low, high)
    inside = [np.clip(p, low, high) for p in (*at, *d.atoms)]
    # An end where the density may be infinite is no cut: what lies next to it is a tail.
    ends = [np.any(grid.anchors == e, axis=0) & (p == e) for p in inside for e in (low, high)]
    return joined(
        grid, points([np.where(a | b, np.nan, p) for p, a, b in zip(inside, ends[::2], ends[1::2], strict=True)], high)
    )


def expectation(d: "Distribution", f: Function, more: tuple[float, ...] = ()) -> np.ndarray:
    """Return E[f(Y)] with Y from the continuous `d`: an integral of f times the density, and what its atoms add.

    f may have narrow features at the points `more`.
    """
    flat = d.flattened(d.batch_shape)
    density = Density(flat, _grid(flat, more))
    return (density.expectation(f(density.nodes.y)) + _of_atoms(flat, f)).reshape(d.batch_shape)


def moments(
    d: "Distribution", forward: Function = np.asarray, more: tuple[float, ...] = ()
) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and variance of forward(Y), an increasing map of `d`; infinite or nan where they do not exist.

    For a continuous `d` forward may have narrow features at the points `more`.
    """
    with np.errstate(all="ignore"):
        if d.support.integer:
            return counts.moments(d, forward)
        flat = d.flattened(d.batch_shape)
        density = Density(flat, _grid(flat, more, whole=forward is not np.asarray))
        row, y = density.nodes.row, forward(density.nodes.y)
        near = np.where(np.abs(y) < 1e150, y, 0.0)
        centre = density.nodes.total((density.mass * near).sum(0)) / density.nodes.total(density.mass.sum(0))
        centre = np.where(np.isfinite(centre), centre, 0.0)
        mean = centre + density.power(y - centre[row], 1) + _of_atoms(flat, lambda a: forward(a) - centre)
        middle = np.where(np.isfinite(mean), mean, centre)
        var = density.power(y - middle[row], 2) + _of_atoms(flat, lambda a: (forward(a) - middle) ** 2)
        return mean.reshape(d.batch_shape), np.where(np.isfinite(mean), var, np.abs(mean)).reshape(d.batch_shape)


def _of_atoms(d: "Distribution", f: Function) -> np.ndarray | float:
    """Return what the atoms add to E[f(Y)]."""
    return sum((_atom(d, a, f) for a in d.atoms), 0.0)


def _atom(d: "Distribution", at: float, f: Function) -> np.ndarray:
    """Return P(Y = at) f(at)."""
    p = np.exp(d.log_prob(at))
    return np.where(p > 0.0, p * f(np.broadcast_to(at, p.shape)), 0.0)


def entropy(d: "Distribution") -> np.ndarray:
    """Return -E[log p(Y)] with Y from `d`."""
    if d.support.integer:
        return counts.entropy(d)
    flat = d.flattened(d.batch_shape)
    density = Density(flat, _grid(flat))
    return (density.expectation(-density.log_prob) + _of_atoms(flat, flat.nll)).reshape(d.batch_shape)


def kl_divergence(d: "Distribution", other: "Distribution") -> np.ndarray:
    """Return E[log p(Y) - log q(Y)] with Y from `d`: infinite where `other` excludes values that `d` can take."""
    shape = np.broadcast_shapes(d.batch_shape, other.batch_shape)
    if d.support.integer:
        return counts.kl_divergence(d, other, shape)
    (low, high), (least, most) = d.endpoints(), other.endpoints()
    excluded = (least > low) | (most < high)
    for at in set(d.atoms) - set(other.atoms):
        excluded = excluded | (d.log_prob(at) > -np.inf)
    if np.all(excluded):
        return np.full(shape, np.inf)
    return np.where(excluded, np.inf, _kl_divergence(d, other, shape))


def _kl_divergence(d: "Distribution", other: "Distribution", shape: tuple[int, ...]) -> np.ndarray:
    mine, theirs = d.flattened(shape), other.flattened(shape)
    own, high, top = _grid(mine, whole=True), mine.endpoints()[1], theirs.endpoints()[1]
    others = _grid(theirs)
    others = replace(others, x=np.where(top == high, others.x, np.where(np.isfinite(high), high - others.y, np.inf)))
    # Nodes lie where this one has its own.
    y, x = (np.clip(v, np.fmin.reduce(o), np.fmax.reduce(o)) for v, o in ((others.y, own.y), (others.x, own.x)))
    others = replace(others, y=y, x=x)
    grid = joined(own, others)
    density = Density(mine, grid)
    nodes = density.nodes
    x = np.where((top == high)[nodes.row], nodes.x, np.inf)
    ratio = density.log_prob - log_prob_at(theirs, nodes.row, nodes.y, x)
    return (density.expectation(ratio) + _of_atoms(mine, lambda a: mine.log_prob(a) - theirs.log_prob(a))).reshape(
        shape
    )


def crps(
    d: "Distribution", y: np.ndarray, log_slope: Function | None = None, more: tuple[float, ...] = ()
) -> np.ndarray:
    """Return ∫ F(t)² dt below y plus ∫ (1 - F(t))² dt above it (Gneiting & Raftery 2007, equation 20).

    With the `log_slope` of a map of t, it is the integral over what the map makes of t; it may have narrow features
    at the points `more`.
    """
    if d.support.integer:
        return counts.crps(d, y)
    shape = np.broadcast_shapes(d.batch_shape, y.shape)
    flat, at = d.flattened(shape), np.broadcast_to(y, shape).reshape(-1)
    total = squares(flat, at, at, log_slope, more)
    return np.where(np.isnan(at), np.nan, np.where(np.isinf(at), np.inf, total)).reshape(shape)


def squares(
    d: "Distribution",
    lower: np.ndarray,
    upper: np.ndarray,
    log_slope: Function | None = None,
    more: tuple[float, ...] = (),
) -> np.ndarray:
    """Return ∫ F(t)² dt below `lower` plus ∫ (1 - F(t))² dt above `upper`, either of which may be infinite: then 0.

    F is summed up along the panels from the density at the nodes, 1 - F from the other side: no cdf is computed.
    """
    low, high = d.endpoints()
    known = np.isfinite(lower), np.isfinite(upper)
    middle = np.where(known[0], lower, np.where(known[1], upper, np.nan))
    ends = [np.where(k, e, middle) for k, e in zip(known, (lower, upper), strict=True)]
    density = Density(d, _grid(d, (*more, *ends), whole=log_slope is not None))
    nodes = density.nodes
    masses, below, above = running(nodes, density.log_prob, density.mass, all_heavy=log_slope is not None)
    under, over = nodes.middle < lower[nodes.row], nodes.middle >= upper[nodes.row]
    start = np.where(under, density.tails[0].mass[nodes.row] + nodes.before(masses), 0.0)
    start += np.where(over, density.tails[1].mass[nodes.row] + nodes.after(masses), 0.0)
    atoms = [(at, np.exp(d.log_prob(at))) for at in d.atoms]
    for at, probability in atoms:
        start += np.where(np.where(nodes.middle >= at, under, over), probability[nodes.row], 0.0)
    p = np.maximum(start + under * below + over * above, 0.0)
    if log_slope is not None:  # whose tails are another matter
        return nodes.total(np.exp(2.0 * np.log(p) + nodes.log_weight + log_slope(nodes.y)).sum(0))
    total = nodes.total((p * (p * np.exp(nodes.log_weight))).sum(0))
    at_end = [sum(np.where(at == end, probability, 0.0) for at, probability in atoms) for end in (low, high)]
    inside = lower > low, upper < high
    for end, past, near, far in ((known[0], lower - high, 0, 1), (known[1], low - upper, 1, 0)):
        total = total + np.where(end & inside[near], density.tails[near].of_squares(at_end[near]), 0.0)
        # Where y is past the end of the support, the integral goes over all of that, and on to y.
        total = total + np.where(end & (past >= 0.0), density.tails[far].of_rest_squared(at_end[far]) + past, 0.0)
    return total
