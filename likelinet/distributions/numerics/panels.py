"""Fixed nodes for integrals of what falls at least as fast as e⁻ᵗ or e^(-t²/2), in array code for every engine."""

import itertools

import numpy as np

from likelinet.core.arrays import Array, namespace
from likelinet.distributions.numerics.legendre import integrals

EDGES = (0.0, 2.5, 8.0, 19.0, 45.0)
NODES, WEIGHTS = np.polynomial.legendre.leggauss(16)
RUNNING = integrals(NODES, NODES)


def nodes_and_weights(like: Array, length: Array | float = np.inf) -> tuple[Array, Array]:
    """Return nodes t in [0, length] and weights, one leading axis before the shape of `like`: Gauss-Legendre in panels.

    The panels are short near 0, where the integrand is large, and end at 45, past which it is negligible.
    """
    xp = namespace(like)
    column = (-1,) + (1,) * like.ndim
    x, w = (xp.asarray(a.reshape(column)) for a in (NODES, WEIGHTS))
    ends = [xp.minimum(edge, length) for edge in EDGES]
    halves = [0.5 * (b - a) for a, b in itertools.pairwise(ends)]
    t = [a + half * (1.0 + x) for a, half in zip(ends[:-1], halves, strict=True)]
    return xp.concatenate(t), xp.concatenate([half * w for half in halves])


def picked(mask: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return the index of what a mask picks; one row twice, as NumPy sums the nodes of one row in another order."""
    rows = np.nonzero(mask)
    return tuple(np.repeat(a, 2) for a in rows) if len(rows[0]) == 1 else rows
