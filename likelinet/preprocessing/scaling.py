"""Mean and spread of columns of any magnitude."""

import numpy as np


def moments(values: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the weighted mean and standard deviation along the first axis; squares neither overflow nor underflow."""
    _, exponent = np.frexp(np.max(np.abs(values), axis=0))
    values = np.ldexp(values, -exponent)  # by a power of two, so nothing is rounded
    mean = np.average(values, axis=0, weights=weight)
    spread = np.sqrt(np.average((values - mean) ** 2, axis=0, weights=weight))
    return np.ldexp(mean, exponent), np.ldexp(spread, exponent)
