"""Nodes that crowd around one point: for integrands over the line that are analytic except near it."""

import numpy as np

N_NODES = 256


def sinh_nodes(
    centre: np.ndarray, unit: np.ndarray | float, low: np.ndarray | float, high: np.ndarray | float
) -> tuple[np.ndarray, np.ndarray]:
    """Return nodes between `low` and `high` and their weights, one leading axis before the shape of the arguments.

    The trapezoidal rule in t, where x = centre + unit · sinh t. It converges exponentially for an integrand that is
    negligible at both ends, whose poles at centre ± i unit, centre ± 3i unit, … are all at the distance π/2 in t.
    """
    first, last = np.arcsinh((low - centre) / unit), np.arcsinh((high - centre) / unit)
    step = (last - first) / (N_NODES - 1)
    t = step * np.arange(N_NODES).reshape((-1,) + (1,) * np.ndim(step))
    t += first
    # sinh t and cosh t from e^t, at a fraction of their cost, in three arrays.
    rise = np.exp(t, out=t)
    rise *= 0.5
    fall = 0.25 / rise
    x = rise - fall
    x *= unit
    x += centre
    rise += fall
    rise *= unit * step
    return x, rise
