"""Angles as numbers around the mean direction of each row, where no cut at ±π is in the way."""

import numpy as np


def around(angle: np.ndarray) -> np.ndarray:
    """Return the same angle between -π and π.

    Examples
    --------
    >>> float(around(np.array(6.0)).round(4))
    -0.2832
    """
    return angle - 2.0 * np.pi * np.round(angle / (2.0 * np.pi))
