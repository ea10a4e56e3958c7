"""Nodes that numbers hold only coarsely, far from 0 in units of a scale: values at where they were meant to be."""

import numpy as np

from likelinet.distributions.numerics.nodes import NODES, Panels

_COARSE = 1e-12  # share of a panel by which a node may be off
_ULP = 2.2e-16
_STEEP = 1e3  # change of a log density along a panel over which there is no polynomial of it, nor much mass


def as_meant(panels: Panels, y: np.ndarray, log_prob: np.ndarray) -> np.ndarray:
    """Return the log density at the nodes of panels from that at y, to which these were rounded.

    By the polynomial through what is known at the y: it is nan where two nodes are one number.
    """
    nearest = np.minimum(np.abs(y[0] - panels.anchor), np.abs(y[-1] - panels.anchor))
    size = np.where(panels.log, nearest, np.abs(y[-1] - y[0]))
    coarse = (_ULP * np.abs(y[len(y) // 2]) > _COARSE * size) & ~panels.at_top
    at = np.flatnonzero(coarse & (np.ptp(log_prob, axis=0) < _STEEP))
    if not len(at):
        return log_prob
    distance = np.abs(y[:, at] - panels.anchor[at])
    log = panels.log[at]
    distance[:, log] = np.log(distance[:, log])
    start, end = panels.start[at], panels.end[at]
    t = (distance - start) / (0.5 * (end - start)) - 1.0
    values = np.array(log_prob)
    values[:, at] = _interpolated(t, values[:, at])
    return values


def _interpolated(t: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return values at the nodes of Gauss's rule from those at t, in Lagrange's form."""
    n = len(t)
    found = np.zeros(values.shape)
    for i in range(n):
        share = np.ones(values.shape)
        for k in range(n):
            if k != i:
                share *= (NODES[:, None] - t[k]) / (t[i] - t[k])
        found += share * values[i]
    return found
