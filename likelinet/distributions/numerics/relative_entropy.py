"""Kullback-Leibler divergences by nodes, where the one distribution has its mass."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from likelinet.distributions.numerics.coarse import as_meant
from likelinet.distributions.numerics.density import MASS, cut, products
from likelinet.distributions.numerics.divergences import expm1mx
from likelinet.distributions.numerics.grids import Grid, column, joined, known
from likelinet.distributions.numerics.nodes import FEW, LARGEST, N_NODES, WEIGHTS, Cover, Panels, cover_of
from likelinet.distributions.numerics.power_tails import tail
from likelinet.distributions.numerics.refinement import Seen, refined, seen

if TYPE_CHECKING:
    from likelinet.distributions.base.distribution import Distribution
    from likelinet.distributions.base.protocol import LogDensity

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
        np.copyto(log_p, -np.inf, where=~(log_p < np.inf))  # an infinite one, or none, by rounding
        return log_p, self.log_q(y, known(x, self.same_top)) - log_p

    def along(self, panels: Panels, y: np.ndarray, x: np.ndarray, rows: int) -> tuple[np.ndarray, ...]:
        """Return the same at the nodes of panels, which are layers of all rows."""
        shape = (len(y), -1, rows)
        return as_meant(panels, y, *(v.reshape(y.shape) for v in self.both(y.reshape(shape), x.reshape(shape))))


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
    y, x = np.clip(theirs.y, np.fmin.reduce(own.y), np.fmax.reduce(own.y)), theirs.x
    if np.any(np.isfinite(high)):
        x = np.where(pair.same_top, x, np.where(np.isfinite(high), high - theirs.y, np.inf))
        x = np.clip(x, np.fmin.reduce(own.x), np.fmax.reduce(own.x))
    cover = cover_of(p, joined(own, replace(theirs, y=y, x=x)), FEW)
    layers, along = cover.layers, _along(pair, cover)
    at_atoms = [(np.exp(p.log_prob(a)), q.log_prob(a) - p.log_prob(a)) for a in p.atoms]
    close = pair.same_top & (least == low)  # in which rows log q/p is small
    close[layers.row[along.apart]] = False
    for probability, r in at_atoms:
        close[(np.abs(r) > _CLOSE) & ((probability > 0.0) | (r > -np.inf))] = False
    if close.any():
        close = _of_close(pair, cover, along.terms, close, at_atoms)

    def terms_of(panels: Panels, rows: int) -> np.ndarray:
        y, x, log_weight = panels.nodes()
        log_p, rise = pair.rows(panels.row[:rows]).along(panels, y, x, rows)
        return products(np.exp(log_p + log_weight), _integrand(rise, close[panels.row]))

    size = layers.total(along.terms.size)
    total = layers.total(along.terms.total) + refined(cover.panels, along.terms, size, terms_of)
    mass, endless = layers.total(along.mass) + sum(p for p, _ in at_atoms), np.zeros(len(size), dtype=bool)
    for upper, panel, end in zip((False, True), layers.outermost, (low <= -LARGEST, high >= LARGEST), strict=True):
        (log_p, rise), (y, _, log_weight) = along.outermost[upper], cover.nodes_in(panel)
        f, beyond = _integrand(rise, close), tail(cover, y, log_p, low, high, upper=upper)
        # What grows towards a tail in which it is no larger than elsewhere only comes to an end of its own there.
        total, mass = total + beyond.integral(beyond.at_outermost(f), least=size), mass + beyond.mass
        sizes = np.abs(products(np.exp(log_p + log_weight), f))
        values = sizes / WEIGHTS[:, None]
        rises = np.where(cover.down[panel] ^ upper, values[-1] > values[-3], values[0] > values[2])
        endless |= whole & end & rises & (sizes.sum(0) > _NOTABLE * size)
    total = np.where(np.abs(mass - 1.0) <= _AMISS, np.where(endless, np.inf, total), np.nan)
    for probability, r in at_atoms:
        f = _integrand(r.copy(), close)
        total, size = (
            t + np.where(probability > 0.0, probability * v, 0.0) for t, v in ((total, f), (size, np.abs(f)))
        )
    return total, size


class _Along(NamedTuple):
    """What is seen of -p log q/p along panels.

    Parameters
    ----------
    terms : Seen
        Of its terms.
    mass : ndarray
        Of p.
    apart : ndarray of bool
        In which panels log q/p is not small.
    outermost : tuple of (ndarray, ndarray)
        log p and log q/p at the nodes of the lowest and of the uppermost panels, shape (nodes, n_rows).
    """

    terms: Seen
    mass: np.ndarray
    apart: np.ndarray
    outermost: tuple[tuple[np.ndarray, np.ndarray], ...]


def _along(pair: Pair, cover: Cover) -> _Along:
    """Return what is seen along panels, a few layers at a time: they stay in the processor's cache."""
    layers, n, n_rows = cover.layers, len(cover.row), len(cover.layers.many)
    terms, masses, apart = Seen(*np.empty((len(Seen._fields), n))), np.empty(n), np.empty(n, dtype=bool)
    outermost = np.empty((2, 2, N_NODES, n_rows))
    some, many = pair, n_rows
    for part, rows in layers.tables:
        if rows != many:
            some, many = pair.rows(layers.order[:rows]), rows
        y, x, log_weight = cover.nodes_in(part)
        log_p, rise = some.along(cover.panels.some(part), y, x, rows)
        for own, panel in zip(outermost, layers.outermost, strict=True):
            here = np.flatnonzero((panel >= part.start) & (panel < part.stop))
            for values, v in zip(own, (log_p, rise), strict=True):
                values[:, here] = v[:, panel[here] - part.start]
        log_p += log_weight
        mass = np.exp(log_p, out=log_p)
        masses[part] = mass.sum(0)
        apart[part] = np.any((np.abs(rise) > _CLOSE) & (mass > 0.0), axis=0)
        for values, v in zip(terms, seen(products(mass, np.negative(rise, out=rise))), strict=True):
            values[part] = v
    return _Along(terms, masses, apart, tuple((log_p, rise) for log_p, rise in outermost))


def _of_close(
    pair: Pair, cover: Cover, terms: Seen, close: np.ndarray, at_atoms: list[tuple[np.ndarray, np.ndarray]]
) -> np.ndarray:
    """Return which close rows stay so, and put what is seen in these of e^r - 1 - r, r = log q/p, into the `terms`.

    Those do not in which q has mass where p has none: there the integral of q - p over the nodes is not 0.
    """
    elsewhere = np.zeros(len(close), dtype=bool)
    for a in set(pair.q.atoms) - set(pair.p.atoms):
        elsewhere |= pair.q.log_prob(a) > -np.inf
    close = close & ~elsewhere
    panels = np.flatnonzero(close[cover.row])
    if not len(panels):
        return close
    row, (y, x, log_weight) = cover.row[panels], cover.nodes_in(panels)
    log_p, rise = pair.rows(row).along(cover.panels.some(panels), y, x, len(row))
    mass = np.exp(log_p + log_weight)
    change = np.where(mass > 0.0, rise, 0.0)
    sums = [
        np.bincount(row, weights=(mass * v).sum(0), minlength=len(close)) for v in (np.expm1(change), np.abs(change))
    ]
    for probability, r in at_atoms:
        r = np.where(probability > 0.0, r, 0.0)
        sums = [sums[0] + probability * np.expm1(r), sums[1] + probability * np.abs(r)]
    close = close & ~(np.abs(sums[0]) > _ELSEWHERE * sums[1])
    stay = close[row]
    for values, v in zip(terms, seen(products(mass[:, stay], expm1mx(change[:, stay]))), strict=True):
        values[panels[stay]] = v
    return close


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
