"""Kullback-Leibler divergences by nodes, where the one distribution has its mass."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from likelinet.distributions.numerics.coarse import as_meant
from likelinet.distributions.numerics.density import MASS, Density, cut, log_prob_at
from likelinet.distributions.numerics.divergences import expm1mx
from likelinet.distributions.numerics.grids import Grid, column, joined, known
from likelinet.distributions.numerics.nodes import FEW, LARGEST, WEIGHTS, Panels
from likelinet.distributions.numerics.refinement import refined

if TYPE_CHECKING:
    from likelinet.distributions.base.distribution import Distribution

_AMISS = 1e-4  # of a mass of 1, by panels that are not yet split
_CLOSE = 0.5  # size of log q/p up to which the formula for close distributions serves as well
_ELSEWHERE = 1e-3  # of the average size of log q/p: larger than any error of an integral by few panels
_LARGE = 1e200  # size of a log density up to which it grows as it does farther out
_MIDDLE = 2.0  # scores up to which there is much of the mass
_NOTABLE = 1e-3  # share of an integral that its outermost panel has only where it has no end
_SHARE = 1e-11  # of an integral, which may be left out


@dataclass(frozen=True)
class Pair:
    """Two distributions p and q of the same rows, of one batch axis.

    Parameters
    ----------
    p, q : Distribution
        The support of q contains that of p.
    close : ndarray of bool
        In which rows log q/p is small: there the integrand is q/p - 1 - log q/p ≥ 0, which keeps its digits, in place
        of -log q/p.
    """

    p: "Distribution"
    q: "Distribution"
    close: np.ndarray

    def integrand(self, rise: np.ndarray, row: np.ndarray) -> np.ndarray:
        """Return the integrand but for p, from log q/p of panels in these rows."""
        f, close = -rise, np.flatnonzero(self.close[row])
        f[..., close] = expm1mx(rise[..., close])
        return f

    def terms(self, panels: Panels) -> np.ndarray:
        """Return the terms of the integral at the nodes of panels."""
        (y, x, log_weight, _), row = panels.nodes(), panels.row
        log_p = as_meant(panels, y, self.p[row].log_density()(y, x))
        rise = as_meant(panels, y, self.q[row].log_density()(y, self.x_of_q(x, row))) - log_p
        mass = np.exp(log_p + log_weight)
        return np.where(mass > 0.0, mass * self.integrand(rise, row), 0.0)

    def x_of_q(self, x: np.ndarray, row: np.ndarray) -> np.ndarray:
        """Return distances to the largest y of p as those to that of q, where it is the same."""
        return known(x, (self.p.endpoints()[1] == self.q.endpoints()[1])[row])


def divergence(p: "Distribution", q: "Distribution") -> np.ndarray:
    """Return E[log p(Y) - log q(Y)] with Y from the continuous p, of one batch axis; q has all of its support."""
    whole = _in_reach(p, q)
    own = whole.without_idle_tails(*p.endpoints(), *MASS)
    total, size = _by_nodes(p, q, own)
    beyond = np.flatnonzero(_more_beyond(p, q, whole, own, size))
    if len(beyond):
        some = p[beyond], q[beyond]
        total[beyond] = _by_nodes(*some, _in_reach(*some), whole=True)[0]
    return total


def _in_reach(p: "Distribution", q: "Distribution") -> Grid:
    """Return the cuts of p, without those on the way to infinity at which the log density of q is too large."""
    grid, (low, high), top = cut(p, None), p.endpoints(), q.endpoints()[1]
    log_q = q.log_density()(grid.y, known(grid.x, top == high))
    seen = np.abs(log_q) < _LARGE
    middle = column(np.abs(grid.scores) < _MIDDLE, log_q.shape[1:])
    y = np.where(seen | ~np.all(seen | ~middle, axis=0), grid.y, np.nan)  # all of them where it is as large amid p
    least = np.where(low > -np.inf, low, np.fmin.reduce(y))
    most = np.where(high < np.inf, high, np.fmax.reduce(y))
    return replace(grid, y=np.clip(grid.y, least, most))


def _by_nodes(p: "Distribution", q: "Distribution", own: Grid, *, whole: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Return the divergence by nodes over the own cuts of p, and the integral of the size of what is integrated.

    If those are the whole of the cuts, it is infinite where it grows as far as these go.
    """
    (low, high), (least, most), theirs = p.endpoints(), q.endpoints(), cut(q, MASS)
    # Nodes lie where p has its own.
    x = np.where(most == high, theirs.x, np.where(np.isfinite(high), high - theirs.y, np.inf))
    y, x = (np.clip(v, np.fmin.reduce(o), np.fmax.reduce(o)) for v, o in ((theirs.y, own.y), (x, own.x)))
    density = Density(p, joined(own, replace(theirs, y=y, x=x)), FEW)
    nodes, layers, pair = density.nodes, density.nodes.layers, Pair(p, q, (most == high) & (least == low))
    rise = log_prob_at(q, nodes, pair.x_of_q(nodes.x, layers.row)) - density.log_prob
    pair.close[layers.total(np.any((np.abs(rise) > _CLOSE) & (density.mass > 0.0), axis=0)) > 0.0] = False
    at_atoms = [(np.exp(p.log_prob(a)), q.log_prob(a) - p.log_prob(a)) for a in p.atoms]
    for probability, r in at_atoms:
        pair.close[(np.abs(r) > _CLOSE) & ((probability > 0.0) | (r > -np.inf))] = False
    _without_mass_elsewhere(pair, density, rise, at_atoms)
    f = pair.integrand(rise, layers.row)
    terms = np.where(density.mass > 0.0, density.mass * f, 0.0)
    size = layers.total(np.abs(terms).sum(0))
    endless = np.zeros(len(size), dtype=bool)
    for panel, end, far in (
        (layers.first, low <= -LARGEST, nodes.down[layers.first]),
        (layers.last, high >= LARGEST, ~nodes.down[layers.last]),
    ):
        values = np.abs(terms[:, panel] / WEIGHTS[:, None])
        rises = np.where(far, values[-1] > values[-3], values[0] > values[2])
        endless |= whole & end & rises & (np.abs(terms[:, panel]).sum(0) > _NOTABLE * size)
    # What grows towards a tail in which it is no larger than elsewhere only comes to an end of its own there.
    total = density.expectation(f, size) + refined(nodes.panels, terms, size, pair.terms)
    total = np.where(endless, np.inf, total) + 0.0 * density.known(np.zeros(len(total)), most=_AMISS)
    for probability, r in at_atoms:
        f = pair.integrand(r, np.arange(len(r)))
        total, size = (
            t + np.where(probability > 0.0, probability * v, 0.0) for t, v in ((total, f), (size, np.abs(f)))
        )
    return total, size


def _without_mass_elsewhere(
    pair: Pair, density: Density, rise: np.ndarray, at_atoms: list[tuple[np.ndarray, np.ndarray]]
) -> None:
    """Unmark the rows in which q has mass where p has none: there the integral of q - p over the nodes is not 0."""
    for a in set(pair.q.atoms) - set(pair.p.atoms):
        pair.close[pair.q.log_prob(a) > -np.inf] = False
    row, n_rows = density.nodes.row, len(pair.close)
    some = np.flatnonzero(pair.close[row])
    if not len(some):
        return
    mass, change = density.mass[:, some], np.where(density.mass[:, some] > 0.0, rise[:, some], 0.0)
    sums = [
        np.bincount(row[some], weights=terms.sum(0), minlength=n_rows)
        for terms in (mass * np.expm1(change), mass * np.abs(change))
    ]
    for probability, r in at_atoms:
        r = np.where(probability > 0.0, r, 0.0)
        sums = [sums[0] + probability * np.expm1(r), sums[1] + probability * np.abs(r)]
    pair.close[np.abs(sums[0]) > _ELSEWHERE * sums[1]] = False


def _more_beyond(p: "Distribution", q: "Distribution", whole: Grid, own: Grid, size: np.ndarray) -> np.ndarray:
    """Return where more of a divergence lies beyond its nodes than a share of `size`."""
    (low, high), top = p.endpoints(), q.endpoints()[1]
    # From the outermost cut among those nodes on.
    y = np.concatenate([whole.y[whole.far], np.fmin.reduce(own.y)[None], np.fmax.reduce(own.y)[None]])
    x = np.concatenate([whole.x[whole.far], np.fmax.reduce(own.x)[None], np.fmin.reduce(own.x)[None]])
    log_prob = p.log_density()(y, x)
    rise = q.log_density()(y, known(x, top == high)) - log_prob
    # Of short tails, and next to an end, about as much is beyond as the distance to the end or the middle says.
    middle = 0.5 * y[-2] + 0.5 * y[-1]
    room = np.minimum(np.minimum(np.abs(y - middle), y - low), x)
    return np.any(np.exp(log_prob + np.log(room)) * np.abs(rise) > _SHARE * size, axis=0) & np.any(
        (y[:-2] < y[-2]) | (y[:-2] > y[-1]), axis=0
    )
