"""Kullback-Leibler divergences by nodes, where the one distribution has its mass."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from likelinet.distributions.numerics.density import MASS, Density, cut, log_prob_at, products
from likelinet.distributions.numerics.divergences import expm1mx
from likelinet.distributions.numerics.grids import Grid, column, joined, known
from likelinet.distributions.numerics.nodes import FEW, LARGEST, WEIGHTS, Panels
from likelinet.distributions.numerics.refinement import refined

if TYPE_CHECKING:
    from likelinet.distributions.base.distribution import Distribution
    from likelinet.distributions.base.protocol import LogDensity

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
    log_p, log_q : callable
        Their log densities of all rows.
    same_top : ndarray of bool
        In which rows their largest y is the same.
    """

    p: "Distribution"
    q: "Distribution"
    log_p: "LogDensity"
    log_q: "LogDensity"
    same_top: np.ndarray

    def rows(self, rows: np.ndarray) -> "Pair":
        """Return some of the rows, which may be any number of times among them."""
        return _pair(self.p[rows], self.q[rows], self.same_top[rows])

    def both(self, y: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return log p and log q/p of all rows."""
        log_p = self.log_p(y, x)
        return log_p, self.log_q(y, known(x, self.same_top)) - log_p


def _pair(p: "Distribution", q: "Distribution", same_top: np.ndarray) -> Pair:
    return Pair(p, q, p.log_density(), q.log_density(), same_top)


def _integrand(rise: np.ndarray, close: np.ndarray) -> np.ndarray:
    """Return the integrand but for p, from r = log q/p, which it takes the place of.

    In panels where that is `close` to 0 throughout their row it is e^r - 1 - r ≥ 0, which keeps its digits, not -r.
    """
    close = np.flatnonzero(close)
    of_close = expm1mx(rise[..., close])
    f = np.negative(rise, out=rise)
    f[..., close] = of_close
    return f


def divergence(p: "Distribution", q: "Distribution") -> np.ndarray:
    """Return E[log p(Y) - log q(Y)] with Y from the continuous p, of one batch axis; q has all of its support."""
    pair = _pair(p, q, p.endpoints()[1] == q.endpoints()[1])
    whole = _in_reach(pair)
    own = whole.without_idle_tails(*p.endpoints(), *MASS)
    total, size = _by_nodes(pair, own)
    beyond = np.flatnonzero(_more_beyond(pair, whole, own, size))
    if len(beyond):
        some = pair.rows(beyond)
        total[beyond] = _by_nodes(some, _in_reach(some), whole=True)[0]
    return total


def _in_reach(pair: Pair) -> Grid:
    """Return the cuts of p, without those on the way to infinity at which the log density of q is too large."""
    grid, (low, high) = cut(pair.p, None), pair.p.endpoints()
    y, x = (np.stack([np.fmin.reduce(v), np.fmax.reduce(v)]) for v in (grid.y, grid.x))
    near = _seen(pair, y, x[::-1]).all(0)
    if near.all():
        return grid
    seen = near | _seen(pair, grid.y, grid.x)
    middle = column(np.abs(grid.scores) < _MIDDLE, near.shape)
    y = np.where(seen | ~np.all(seen | ~middle, axis=0), grid.y, np.nan)  # all of them where it is as large amid p
    least = np.where(low > -np.inf, low, np.fmin.reduce(y))
    most = np.where(high < np.inf, high, np.fmax.reduce(y))
    return replace(grid, y=np.clip(grid.y, least, most))


def _seen(pair: Pair, y: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return where the log density of q is not too large."""
    return np.abs(pair.log_q(y, known(x, pair.same_top))) < _LARGE


def _by_nodes(pair: Pair, own: Grid, *, whole: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Return the divergence by nodes over the own cuts of p, and the integral of the size of what is integrated.

    If those are the whole of the cuts, it is infinite where it grows as far as these go.
    """
    p, q = pair.p, pair.q
    (low, high), (least, _), theirs = p.endpoints(), q.endpoints(), cut(q, MASS)
    # Nodes lie where p has its own.
    x = np.where(pair.same_top, theirs.x, np.where(np.isfinite(high), high - theirs.y, np.inf))
    y, x = (np.clip(v, np.fmin.reduce(o), np.fmax.reduce(o)) for v, o in ((theirs.y, own.y), (x, own.x)))
    density = Density(p, joined(own, replace(theirs, y=y, x=x)), FEW, pair.log_p)
    nodes, layers, mass = density.nodes, density.nodes.layers, density.mass
    rise = log_prob_at(q, layers, nodes.y, known(nodes.x, pair.same_top[layers.row]), pair.log_q)
    rise -= density.log_prob
    at_atoms = [(np.exp(p.log_prob(a)), q.log_prob(a) - p.log_prob(a)) for a in p.atoms]
    close = pair.same_top & (least == low)  # in which rows log q/p is small
    for some in (slice(1), slice(None)):  # where one node says it already, not all are looked at
        panels = np.flatnonzero(close[layers.row])
        apart = np.any((np.abs(rise[some, panels]) > _CLOSE) & (mass[some, panels] > 0.0), axis=0)
        close[layers.row[panels[apart]]] = False
    for probability, r in at_atoms:
        close[(np.abs(r) > _CLOSE) & ((probability > 0.0) | (r > -np.inf))] = False
    if close.any():
        close &= ~_mass_elsewhere(pair, density, rise, close, at_atoms)

    def terms_of(panels: Panels) -> np.ndarray:
        y, x, log_weight = panels.nodes()
        log_p, rise = pair.rows(panels.row).both(y, x)
        return products(np.exp(log_p + log_weight), _integrand(rise, close[panels.row]))

    f = _integrand(rise, close[layers.row])
    terms = products(mass, f)
    size = layers.total(np.abs(terms).sum(0))
    endless = np.zeros(len(size), dtype=bool)
    for panel, end, far in (
        (layers.first, low <= -LARGEST, nodes.down[layers.first]),
        (layers.last, high >= LARGEST, ~nodes.down[layers.last]),
    ):
        values = np.abs(terms[:, panel] / WEIGHTS[:, None])
        rises = np.where(far, values[-1] > values[-3], values[0] > values[2])
        endless |= whole & end & rises & (np.abs(terms[:, panel]).sum(0) > _NOTABLE * size)
    total = layers.total(terms.sum(0)) + density.beyond(f) + refined(nodes.panels, terms, size, terms_of)
    total = np.where(endless, np.inf, total)
    for probability, r in at_atoms:
        f = _integrand(r.copy(), close)
        total, size = (
            t + np.where(probability > 0.0, probability * v, 0.0) for t, v in ((total, f), (size, np.abs(f)))
        )
    return total, size


def _mass_elsewhere(
    pair: Pair,
    density: Density,
    rise: np.ndarray,
    close: np.ndarray,
    at_atoms: list[tuple[np.ndarray, np.ndarray]],
) -> np.ndarray:
    """Return in which close rows q has mass where p has none: there the integral of q - p over the nodes is not 0."""
    elsewhere = np.zeros(len(close), dtype=bool)
    for a in set(pair.q.atoms) - set(pair.p.atoms):
        elsewhere |= pair.q.log_prob(a) > -np.inf
    row, n_rows = density.nodes.row, len(close)
    some = np.flatnonzero((close & ~elsewhere)[row])
    mass, change = density.mass[:, some], np.where(density.mass[:, some] > 0.0, rise[:, some], 0.0)
    sums = [
        np.bincount(row[some], weights=terms.sum(0), minlength=n_rows)
        for terms in (mass * np.expm1(change), mass * np.abs(change))
    ]
    for probability, r in at_atoms:
        r = np.where(probability > 0.0, r, 0.0)
        sums = [sums[0] + probability * np.expm1(r), sums[1] + probability * np.abs(r)]
    return elsewhere | (np.abs(sums[0]) > _ELSEWHERE * sums[1])


def _more_beyond(pair: Pair, whole: Grid, own: Grid, size: np.ndarray) -> np.ndarray:
    """Return where more of a divergence lies beyond its nodes than a share of `size`."""
    low = pair.p.endpoints()[0]
    # From the outermost cut among those nodes on.
    y = np.concatenate([whole.y[whole.far], np.fmin.reduce(own.y)[None], np.fmax.reduce(own.y)[None]])
    x = np.concatenate([whole.x[whole.far], np.fmax.reduce(own.x)[None], np.fmin.reduce(own.x)[None]])
    log_p, rise = pair.both(y, x)
    # Of short tails, and next to an end, about as much is beyond as the distance to the end or the middle says.
    middle = 0.5 * y[-2] + 0.5 * y[-1]
    room = np.minimum(np.minimum(np.abs(y - middle), y - low), x)
    return np.any(np.exp(log_p + np.log(room)) * np.abs(rise) > _SHARE * size, axis=0) & np.any(
        (y[:-2] < y[-2]) | (y[:-2] > y[-1]), axis=0
    )
