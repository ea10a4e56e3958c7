"""Integrals of what a family does not have in closed form: expectations, entropy, divergences, CRPS."""

from typing import TYPE_CHECKING

import numpy as np

from likelinet.distributions.numerics import count_crps, counts
from likelinet.distributions.numerics.density import MASS, MEAN, SQUARES, VARIANCE, Density, Function, cut
from likelinet.distributions.numerics.relative_entropy import divergence
from likelinet.distributions.numerics.running import running

if TYPE_CHECKING:
    from likelinet.distributions.base.distribution import Distribution


def expectation(d: "Distribution", f: Function, more: tuple[float, ...] = ()) -> np.ndarray:
    """Return E[f(Y)] with Y from the continuous `d`: an integral of f times the density, and what its atoms add.

    f may have narrow features at the points `more`.
    """
    flat = d.flattened(d.batch_shape)
    density = Density(flat, cut(flat, MEAN, more))
    return density.known(density.expectation(f(density.nodes.y)) + _of_atoms(flat, f)).reshape(d.batch_shape)


def moments(
    d: "Distribution", forward: Function = np.asarray, more: tuple[float, ...] = ()
) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and variance of forward(Y), an increasing map of `d`; infinite or nan where they do not exist.

    For a continuous `d` forward may have narrow features at the points `more`.
    """
    with np.errstate(all="ignore"):
        if d.support.integer:
            return counts.moments(d, forward)
        flat, location = d.flattened(d.batch_shape), 0.0
        if forward is np.asarray:
            location, flat = _from_location(flat)
        density = Density(flat, cut(flat, VARIANCE if forward is np.asarray else None, more))
        row, y = density.nodes.row, forward(density.nodes.y)
        near = np.where(np.abs(y) < 1e150, y, 0.0)
        centre = density.nodes.layers.total((density.mass * near).sum(0)) / density.nodes.layers.total(
            density.mass.sum(0)
        )
        centre = np.where(np.isfinite(centre), centre, 0.0)
        mean = centre + density.power(y - centre[row], 1) + _of_atoms(flat, lambda a: forward(a) - centre)
        mean = density.known(mean)
        middle = np.where(np.isfinite(mean), mean, centre)
        var = density.power(y - middle[row], 2) + _of_atoms(flat, lambda a: (forward(a) - middle) ** 2)
        var = np.where(np.isfinite(mean), var, np.abs(mean))
        return (location + mean).reshape(d.batch_shape), var.reshape(d.batch_shape)


def _from_location(d: "Distribution") -> tuple[np.ndarray | float, "Distribution"]:
    """Return a location of each row and the distribution of Y less it, which y next to 0 tell finely; or `d` itself."""
    location = d.location()
    return (0.0, d) if location is None else (location, d.shifted(location))


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
    _, flat = _from_location(d.flattened(d.batch_shape))
    density = Density(flat, cut(flat, MASS))
    values = density.expectation(-density.log_prob) + _of_atoms(flat, flat.nll)
    return density.known(values, density.log_prob).reshape(d.batch_shape)


def power_of_density(d: "Distribution", a: float) -> np.ndarray:
    """Return ∫ p(y)^a dy of a continuous `d`, without what its atoms are; it may be infinite."""
    _, flat = _from_location(d.flattened(d.batch_shape))
    density = Density(flat, cut(flat, MASS))
    return density.known(density.expectation(np.exp((a - 1.0) * density.log_prob))).reshape(d.batch_shape)


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
    location = mine.location()
    if location is not None and theirs.location() is not None:
        mine, theirs = mine.shifted(location), theirs.shifted(location)
    return divergence(mine, theirs).reshape(shape)


def crps(
    d: "Distribution", y: np.ndarray, log_slope: Function | None = None, more: tuple[float, ...] = ()
) -> np.ndarray:
    """Return ∫ F(t)² dt below y plus ∫ (1 - F(t))² dt above it (Gneiting & Raftery 2007, equation 20).

    With the `log_slope` of a map of t, it is the integral over what the map makes of t; it may have narrow features
    at the points `more`.
    """
    if d.support.integer:
        return count_crps.crps(d, y)
    shape = np.broadcast_shapes(d.batch_shape, y.shape)
    flat, at = d.flattened(shape), np.broadcast_to(y, shape).reshape(-1)
    location, flat = _from_location(flat) if log_slope is None else (0.0, flat)
    total = squares(flat, at - location, at - location, log_slope, more)
    return np.where(np.isnan(at), np.nan, np.where(np.isinf(at), np.inf, total)).reshape(shape)


def gini_mean_difference(deviation: np.ndarray, crps: np.ndarray) -> np.ndarray:
    """Return E|Y - Y'| from E|Y - y| and the CRPS of the same y, which lies in the middle, where little cancels."""
    return np.where(np.isinf(deviation), np.inf, 2.0 * (deviation - crps))


def mean_deviation(
    d: "Distribution", at: np.ndarray, forward: Function = np.asarray, more: tuple[float, ...] = ()
) -> np.ndarray:
    """Return E|forward(Y) - forward(at)|, of an increasing map of `d` and a y of each row; it may be infinite.

    For a continuous `d` forward may have narrow features at the points `more`.
    """
    if d.support.integer:
        return count_crps.mean_deviation(d, at)
    flat, at, location = d.flattened(d.batch_shape), np.broadcast_to(at, d.batch_shape).reshape(-1), 0.0
    if forward is np.asarray:
        location, flat = _from_location(flat)
    at = at - location
    density = Density(flat, cut(flat, MEAN if forward is np.asarray else None, (*more, at)))
    away = np.abs(forward(density.nodes.y) - forward(at)[density.nodes.row])
    values = density.power(away, 1) + _of_atoms(flat, lambda a: np.abs(forward(a) - forward(at)))
    return density.known(values).reshape(d.batch_shape)


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
    density = Density(d, cut(d, SQUARES if log_slope is None else None, (*more, *ends)))
    nodes = density.nodes
    under, over = nodes.middle < lower[nodes.row], nodes.middle >= upper[nodes.row]
    masses, beyond = running(nodes, density.log_prob, density.mass, under, over, all_heavy=log_slope is not None)
    start = np.where(under, density.tails[0].mass[nodes.row] + nodes.layers.before(masses), 0.0)
    start += np.where(over, density.tails[1].mass[nodes.row] + nodes.layers.after(masses), 0.0)
    atoms = [(at, np.exp(d.log_prob(at))) for at in d.atoms]
    for at, probability in atoms:
        start += np.where(np.where(nodes.middle >= at, under, over), probability[nodes.row], 0.0)
    p = np.maximum(np.add(beyond, start, out=beyond), 0.0, out=beyond)
    if log_slope is not None:  # whose tails are another matter
        return density.known(nodes.layers.total(np.exp(2.0 * np.log(p) + nodes.log_weight + log_slope(nodes.y)).sum(0)))
    squared = np.exp(nodes.log_weight)
    squared *= p
    squared *= p
    total = density.known(nodes.layers.total(squared.sum(0)))
    at_end = [sum(np.where(at == end, probability, 0.0) for at, probability in atoms) for end in (low, high)]
    inside = lower > low, upper < high
    for end, past, near, far in ((known[0], lower - high, 0, 1), (known[1], low - upper, 1, 0)):
        total = total + np.where(end & inside[near], density.tails[near].of_squares(at_end[near]), 0.0)
        # Where y is past the end of the support, the integral goes over all of that, and on to y.
        total = total + np.where(end & (past >= 0.0), density.tails[far].of_rest_squared(at_end[far]) + past, 0.0)
    return total
