"""Integrals of what a family does not have in closed form: expectations, entropy, divergences, CRPS."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from likelinet.distributions.base.protocol import CUTS
from likelinet.distributions.base.shapes import broadcast
from likelinet.distributions.numerics import sums

if TYPE_CHECKING:
    from likelinet.distributions.base.distribution import Distribution

Function = Callable[[np.ndarray], np.ndarray]

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(20)
# A moment of a heavy tail takes cuts much farther out than its mass: the last ones tell what lies beyond.
_FAR_CUTS = np.array([*(10.0 ** -np.array([100, 90, 80, 70, 60, 50, 40, 30, 25, 20, 18])), *CUTS])
# The squares in the CRPS make its tails short: fewer panels than for an expectation do.
SQUARED_CUTS = np.array([1e-11, 1e-8, 1e-6, 1e-4, 3e-3, 0.04, 0.2, 0.5])


def integrate(f: Function, edges: np.ndarray, anchor: np.ndarray | float) -> np.ndarray:
    """Return ∫ f between neighbouring `edges`, shape (number of edges, *batch_shape), one value per panel.

    Where the distance from `anchor` grows by a large factor along a panel, its logarithm is the variable.
    """
    a, b = edges[:-1] - anchor, edges[1:] - anchor
    side = np.where(b > 0.0, 1.0, -1.0)
    near, far = np.where(side > 0.0, a, -b), np.where(side > 0.0, b, -a)
    log = (near > 0.0) & (far > 4.0 * near)
    low = np.where(log, np.log(np.where(log, near, 1.0)), near)
    half = 0.5 * (np.where(log, np.log(np.where(log, far, 1.0)), far) - low)
    t = low + half * (1.0 + _NODES.reshape((-1,) + (1,) * half.ndim))
    distance = np.where(log, np.exp(t), t)
    values = np.nan_to_num(f(anchor + side * distance), nan=0.0, posinf=0.0, neginf=0.0)
    weights = _WEIGHTS.reshape((-1,) + (1,) * half.ndim)
    return np.sum(weights * (values * np.where(log, distance, 1.0)), axis=0) * half  # not by BLAS: see `by_blocks`


def _anchor(d: "Distribution") -> np.ndarray | float:
    """Return where a density may be singular, or what its heavy tails are around."""
    low = d.endpoints()[0]
    return low if np.isfinite(low).all() else np.where(np.isfinite(low), low, d.ppf(0.5))


def expectation(d: "Distribution", f: Function, more: tuple[float, ...] = ()) -> np.ndarray:
    """Return E[f(Y)] with Y from the continuous `d`: an integral of f times the density, and what its atoms add.

    f may have narrow features at the points `more`.
    """
    panels = integrate(lambda y: np.exp(d.log_prob(y)) * f(y), _with_points(d.quantile_grid(), more), _anchor(d))
    return panels.sum(0) + sum(_atom(d, a, f) for a in d.atoms)


def moments(
    d: "Distribution", forward: Function = np.asarray, more: tuple[float, ...] = ()
) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and variance of forward(Y), an increasing map of `d`; infinite or nan where they do not exist.

    For a continuous `d` forward may have narrow features at the points `more`.
    """
    total = sums.powers(d) if d.support.integer else _powers(d, forward, more)
    with np.errstate(all="ignore"):
        centre = forward(d.ppf(0.5))
        mean = centre + _with_ends(total(centre, 1)) + sum(_atom(d, a, lambda y: forward(y) - centre) for a in d.atoms)
        finite = np.where(np.isfinite(mean), mean, centre)
        var = _with_ends(total(finite, 2)) + sum(_atom(d, a, lambda y: (forward(y) - finite) ** 2) for a in d.atoms)
        return mean, np.where(np.isfinite(mean), var, np.abs(mean))


def _powers(d: "Distribution", forward: Function, more: tuple[float, ...]) -> Callable[[np.ndarray, int], np.ndarray]:
    """Return f(centre, power): E[(forward(Y) - centre)^power] by panels, from the lower tail to the upper one."""
    edges, anchor = _with_points(d.quantile_grid(_FAR_CUTS), more), _anchor(d)

    def panels(centre: np.ndarray, power: int) -> np.ndarray:
        def term(y: np.ndarray) -> np.ndarray:
            distance = forward(y) - centre
            return np.sign(distance) ** power * np.exp(d.log_prob(y) + power * np.log(np.abs(distance)))

        values = np.nan_to_num(integrate(term, edges, anchor), nan=0.0)
        # What overflows is infinite, as far as numbers can tell.
        values[0] += np.where(forward(edges[0]) == -np.inf, (-1) ** power * np.inf, 0.0)
        values[-1] += np.where(forward(edges[-1]) == np.inf, np.inf, 0.0)
        return values

    return panels


def _with_ends(panels: np.ndarray) -> np.ndarray:
    """Return the sum of panels and of what lies beyond them, from how the outermost ones fall."""
    size = 1e-16 * np.abs(panels).sum(0)
    return panels.sum(0) + sum(_beyond(panels[i], panels[j], size) for i, j in ((0, 1), (-1, -2)))


def _with_points(edges: np.ndarray, points: tuple[float, ...]) -> np.ndarray:
    """Return `edges` with the points that lie between them."""
    if not points:
        return edges
    inner = np.reshape(points, (-1,) + (1,) * (edges.ndim - 1))
    return np.sort(np.concatenate([edges, np.clip(inner, edges[0], edges[-1])]), axis=0)


def _atom(d: "Distribution", at: float, f: Function) -> np.ndarray:
    """Return P(Y = at) f(at)."""
    p = np.exp(d.log_prob(at))
    return np.where(p > 0.0, p * f(np.broadcast_to(at, p.shape)), 0.0)


def entropy(d: "Distribution") -> np.ndarray:
    """Return -E[log p(Y)] with Y from `d`."""
    if not d.support.integer:
        return expectation(d, d.nll)
    return sums.entropy(d)


def kl_divergence(d: "Distribution", other: "Distribution") -> np.ndarray:
    """Return E[log p(Y) - log q(Y)] with Y from `d`: infinite where `other` excludes values that `d` can take."""
    shape = np.broadcast_shapes(d.batch_shape, other.batch_shape)
    (low, high), (least, most) = d.endpoints(), other.endpoints()
    excluded = (least > low) | (most < high)
    for at in set(d.atoms) - set(other.atoms):
        excluded = excluded | (d.log_prob(at) > -np.inf)
    if np.all(excluded):
        return np.full(shape, np.inf)
    return np.where(excluded, np.inf, _kl_divergence(d, other, shape))


def _kl_divergence(d: "Distribution", other: "Distribution", shape: tuple[int, ...]) -> np.ndarray:
    d = broadcast(d, shape)
    if d.support.integer:
        return sums.kl_divergence(d, other, shape)

    def weighted(y: np.ndarray) -> np.ndarray:
        return np.exp(d.log_prob(y)) * (d.log_prob(y) - other.log_prob(y))

    mine, theirs = d.quantile_grid(), other.quantile_grid()
    theirs = np.broadcast_to(
        theirs.reshape((-1,) + (1,) * (len(shape) + 1 - theirs.ndim) + theirs.shape[1:]), (len(theirs), *shape)
    )
    edges = np.sort(np.concatenate([mine, np.clip(theirs, mine[0], mine[-1])]), axis=0)
    anchor = _anchor(d)
    total = integrate(weighted, edges, anchor).sum(0)
    # What the last decades of either tail contribute tells the rest beyond them: a geometric series, or no limit.
    q = np.array([1e-16, 1e-15, 1e-14]).reshape((-1,) + (1,) * len(shape))
    lower, upper = integrate(weighted, d.ppf(q), anchor), integrate(weighted, d.isf(q)[::-1], anchor)
    total = total + _beyond(lower[0], lower[1], 1e-12) + _beyond(upper[1], upper[0], 1e-12)
    return total + sum(_atom(d, a, lambda y: d.log_prob(y) - other.log_prob(y)) for a in d.atoms)


def _beyond(last: np.ndarray, previous: np.ndarray, size: np.ndarray | float) -> np.ndarray:
    """Return the sum of all further terms after two, which fall by a constant ratio; infinite if they do not fall.

    Terms no larger than `size` are rounding errors: they have no ratio.
    """
    ratio = np.where(previous != 0.0, last / np.where(previous != 0.0, previous, 1.0), 0.0)
    ratio = np.where(np.abs(last) > size, np.maximum(ratio, 0.0), 0.0)
    falls = np.isfinite(last) & (ratio < 0.95)
    return np.where(falls, last * ratio / (1.0 - np.minimum(ratio, 0.95)), np.sign(last) * np.inf)


def crps(d: "Distribution", y: np.ndarray, slope: Function | None = None, more: tuple[float, ...] = ()) -> np.ndarray:
    """Return ∫ F(t)² dt below y plus ∫ (1 - F(t))² dt above it (Gneiting & Raftery 2007, equation 20).

    With the `slope` of a map of t, it is the integral over what the map makes of t; the slope may have narrow features
    at the points `more`.
    """
    if d.support.integer:
        return sums.crps(d, y)
    shape = np.broadcast_shapes(d.batch_shape, y.shape)
    edges = d.quantile_grid(SQUARED_CUTS) if slope is None else _with_points(d.quantile_grid(_FAR_CUTS), more)
    edges = edges.reshape(edges.shape[:1] + (1,) * (len(shape) - edges.ndim + 1) + edges.shape[1:])
    edges = np.sort(
        np.concatenate([np.broadcast_to(edges, edges.shape[:1] + shape), np.broadcast_to(y, (1, *shape))]), 0
    )

    def squared(t: np.ndarray) -> np.ndarray:
        if slope is None:
            cdf = d.cdf(t)
            return np.where(t < y, cdf, 1.0 - cdf) ** 2
        return np.exp(2.0 * np.where(t < y, d.log_cdf(t), d.log_sf(t)) + np.log(slope(t)))

    return integrate(squared, edges, _anchor(d)).sum(0)
