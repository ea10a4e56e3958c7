"""Polynomials by their values at the nodes of Gauss's rule: their integrals and coefficients, as matrices."""

import numpy as np
from numpy.polynomial import legendre


def integrals(nodes: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Return the matrix from values at nodes to integrals from -1 to other points."""
    return legendre.legval(at, legendre.legint(np.eye(len(nodes)), lbnd=-1)).T @ coefficients(nodes)


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
    """Return the matrix product, not by BLAS: a row has the same bits alone and among others.

    NumPy's own loop adds one term after the other, but those of a single column.
    """
    if columns.shape[1] == 1:
        return times(matrix, np.repeat(columns, 2, axis=1))[:, :1]
    return np.einsum("ij,jk->ik", matrix, np.ascontiguousarray(columns))
