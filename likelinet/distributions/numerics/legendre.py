"""Polynomials by their values at the nodes of Gauss's rule: their integrals and coefficients, as matrices."""

import numpy as np
from numpy.polynomial import legendre

from likelinet.core.blocks import blocks

_AT_ONCE = 4096  # columns, which stay in the processor's cache


def integrals(nodes: np.ndarray) -> np.ndarray:
    """Return the matrix from values at nodes to integrals from -1 to each node."""
    return legendre.legval(nodes, legendre.legint(np.eye(len(nodes)), lbnd=-1)).T @ coefficients(nodes)


def derivatives(nodes: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Return the matrix from values at nodes to derivatives at other points."""
    return legendre.legval(at, legendre.legder(np.eye(len(nodes)))).T @ coefficients(nodes)


def coefficients(nodes: np.ndarray) -> np.ndarray:
    """Return the matrix from values at nodes to the coefficients of the Legendre series."""
    return np.linalg.inv(legendre.legvander(nodes, len(nodes) - 1))


def values(nodes: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Return the matrix from values at nodes to those at other points."""
    return legendre.legvander(at, len(nodes) - 1) @ coefficients(nodes)


def times(matrix: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Return the matrix product, not by BLAS: a row has the same bits alone and among others."""
    total = np.empty((len(matrix), columns.shape[1]))
    for part in blocks(columns.shape[1], _AT_ONCE):
        some, of_part = total[:, part], columns[:, part]
        np.multiply(matrix[:, :1], of_part[0], out=some)
        for i in range(1, len(columns)):
            some += matrix[:, i : i + 1] * of_part[i]
    return total
