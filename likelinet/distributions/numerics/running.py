"""Integrals from the ends of a panel to each of its nodes: how a distribution function grows along it."""

import numpy as np

from likelinet.core.blocks import blocks
from likelinet.distributions.numerics.legendre import integrals, times, values
from likelinet.distributions.numerics.nodes import NODES, WEIGHTS, Nodes

_RUNNING = integrals(NODES, NODES)
# The parts of a panel between its nodes, the values of an interpolant at their ends, and its coefficients of powers.
_ENDS = np.array([-1.0, *NODES, 1.0])
_STEPS = np.diff(_ENDS)[:, None]
_AT_ENDS = values(NODES, _ENDS)
_POWERS = np.linalg.inv(np.vander(NODES, increasing=True))
_INNER, _INNER_WEIGHTS = np.polynomial.legendre.leggauss(12)
_GENTLE = (
    9.0  # change of a logarithm along a panel up to which a polynomial, of these nodes, goes along the exponential
)
_FINE = np.polynomial.legendre.leggauss(28)[0]
_TO_FINE, _FINE_PARTS = values(NODES, _FINE), np.diff(integrals(_FINE, _ENDS), axis=0)
_LITTLE = 1e-14  # share of a sum that has no part in its digits
_STEEP = 14.0  # change of a logarithm over a part of a panel
_AT_ONCE = 1024  # panels, whose parts stay in the processor's cache
_SWINGS = 4.0  # times the mass by Gauss's rule, which an interpolant that swings between the nodes exceeds


def running(
    nodes: Nodes, log_prob: np.ndarray, mass: np.ndarray, under: np.ndarray, over: np.ndarray, *, all_heavy: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Return the mass of each panel, and how much of it lies beyond each node: below it in the panels `under`.

    In those `over` it is what lies above it, in others nothing. If `all_heavy`, it is to a relative accuracy in short
    tails too.
    """
    masses, layers = mass.sum(0), nodes.layers
    beyond = times(_RUNNING / WEIGHTS, mass)  # first what lies between the node and where the panel starts
    from_start = np.where(nodes.down, over, under)
    some = under | over
    beyond *= np.where(some, np.where(from_start, 1.0, -1.0), 0.0)
    beyond += np.where(some & ~from_start, masses, 0.0)
    # Along a heavy tail y grows as the mass falls: by its logarithm, no digits are lost towards the end.
    fall = log_prob[0] - log_prob[-1]
    steep = (fall > 1.0) & (fall < np.inf) & layers.counts
    if not all_heavy:
        farther = np.where(under, layers.before(masses), np.where(over, layers.after(masses), 0.0))
        most = np.where(some, farther + masses, 0.0) * layers.counts
        # About the share of the panel in the integral of the squares; in the logarithm of the distance, what lies
        # beyond may fall as that grows.
        falls, log = some & ~from_start, nodes.far > 4.0 * nodes.near
        width, powers = nodes.far - nodes.near, np.maximum(most**2 * nodes.near, farther**2 * nodes.far)
        share = np.where(falls & log, powers, most**2 * width) * layers.counts
        own = np.where(falls, share, masses * most * width)  # of what the panel itself adds
        steep &= log & (nodes.near > 0.0)
        idle = np.flatnonzero(steep & ~(own > _LITTLE * layers.total(share)[layers.row]))
        beyond[:, idle] = np.where(from_start[idle], masses[idle], 0.0)
        steep[idle] = False
    heavy = np.flatnonzero(steep)
    for part in blocks(len(heavy), _AT_ONCE):
        of = heavy[part]
        log_values = (log_prob[:, of] + nodes.log_weight[:, of]) - np.log(WEIGHTS)[:, None]
        parts = _of_parts(log_values)[::-1].cumsum(0)[::-1]
        smooth = parts[0] <= _SWINGS * masses[of]  # no polynomial goes along a fall without end, as towards a gap
        of, parts = of[smooth], parts[:, smooth]
        masses[of] = parts[0]
        beyond[:, of] = np.where(some[of], np.where(from_start[of], parts[0] - parts[1:], parts[1:]), 0.0)
    return masses, beyond


def _of_parts(log_values: np.ndarray) -> np.ndarray:
    """Return the integrals of the exponential of an interpolant between the nodes of each panel, and to its ends."""
    top, gentle = log_values.max(0), np.ptp(log_values, axis=0) < _GENTLE
    parts = np.empty((len(_STEPS), len(top)))
    fine = times(_TO_FINE, log_values[:, gentle] - top[gentle])
    parts[:, gentle] = times(_FINE_PARTS, np.exp(fine, out=fine)) * np.exp(top[gentle])
    parts[:, ~gentle] = _of_steep_parts(log_values[:, ~gentle])
    return parts


def _of_steep_parts(log_values: np.ndarray) -> np.ndarray:
    """Return the same in a variable in which the exponential of a straight line would be constant."""
    slope = (log_values[-1] - log_values[0]) / (NODES[-1] - NODES[0])
    bend = log_values - slope * NODES[:, None]  # a straight line, whose numbers may be large, needs no coefficients
    coefficients, ends = times(_POWERS, bend), times(_AT_ENDS, bend) + slope * _ENDS[:, None]
    coefficients[1] += slope
    rise = np.diff(ends, axis=0)
    fall = np.where(np.abs(rise) > _STEEP, np.abs(rise), 1e-6)
    share, total = -np.expm1(-fall), np.zeros(rise.shape)
    for w, weight in zip(0.5 + 0.5 * _INNER, 0.5 * _INNER_WEIGHTS, strict=True):
        u = -np.log1p(-w * share) / fall  # from the higher end
        t = _ENDS[:-1, None] + _STEPS * np.where(rise < 0.0, u, 1.0 - u)
        value = fall * u + coefficients[0]
        power = coefficients[-1] * t
        for c in coefficients[-2:0:-1]:
            power += c
            power *= t
        total += weight * np.exp(value + power)
    return total * _STEPS * share / fall
