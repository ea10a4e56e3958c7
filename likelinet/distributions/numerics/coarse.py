"""Nodes that numbers hold only coarsely, far from 0 in units of a scale: values at where they were meant to be."""

import numpy as np

from likelinet.distributions.numerics.nodes import NODES, Panels

_COARSE = 1e-12  # share of a panel by which a node may be off
_ULP = 2.2e-16
_STEEP = 1e3  # change of a log density along a panel over which there is no polynomial of it, nor much mass


def as_meant(panels: Panels, y: np.ndarray, *log_probs: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return log densities at the nodes of panels from those at y, to which these were rounded.

    By the polynomial through what is known at the y: -inf where two nodes are one number, and so there is none.
    """
    # Of a logarithm the node next to the anchor, the first one, is the farthest off.
    size = np.abs(np.where(panels.log, y[0] - panels.anchor, y[-1] - y[0]))
    coarse = _ULP * np.abs(np.where(panels.log, y[0], y[len(y) // 2])) > _COARSE * size
    at = np.flatnonzero(coarse & ~panels.at_top)
    if not len(at):
        return log_probs
    distance = np.abs(y[:, at] - panels.anchor[at])
    log = panels.log[at]
    distance[:, log] = np.log(distance[:, log])
    start, end = panels.start[at], panels.end[at]
    shares = _shares((distance - start) / (0.5 * (end - start)) - 1.0)
    return tuple(_moved(values, at, shares) for values in log_probs)


def _moved(values: np.ndarray, at: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Return values at nodes, in some of the panels from those beside them, unless they are steep."""
    at_y = values[:, at]
    found = np.einsum("ijp,jp->ip", shares, at_y)
    np.copyto(found, -np.inf, where=~np.isfinite(found))
    moved = values.copy()
    moved[:, at] = np.where(np.ptp(at_y, axis=0) < _STEEP, found, at_y)
    return moved


def _shares(t: np.ndarray) -> np.ndarray:
    """Return the share of the value at each t, the second axis, in that at each node of Gauss's rule, the first one.

    By Lagrange's form of a polynomial.
    """
    shares = np.ones((len(NODES), *t.shape))
    for k, other in enumerate(t):
        share = (NODES[:, None] - other)[:, None] / (t - other)
        share[:, k] = 1.0
        shares *= share
    return shares
