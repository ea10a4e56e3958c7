"""Whether y lies on a lattice: rounded to cents, to tenths or to whole numbers."""

import numpy as np

NEAR = 1e-6  # of a step, by which numbers may be away from the lattice
LEAST = 1e-4  # of the standard deviation: a step below it changes nothing


def lattice_step(y: np.ndarray, weight: np.ndarray) -> float:
    """Return the step of the lattice through 0 on which all y of positive weight lie, shape (n,); 0 if there is none.

    It is the smallest gap between different values.

    Examples
    --------
    >>> lattice_step(np.array([0.5, 1.0, 2.5]), np.ones(3))
    0.5
    >>> lattice_step(np.array([0.5, 1.0, 2.6]), np.ones(3))
    0.0
    """
    values = np.unique(y[weight > 0.0])
    if len(values) < 2:
        return 0.0
    step = float(np.diff(values).min())
    steps = values / step
    if step < LEAST * values.std() or (np.abs(steps - np.round(steps)) > NEAR).any():
        return 0.0
    return step
