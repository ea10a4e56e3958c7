"""Mean and spread of columns of any magnitude, and of heavy-tailed ones."""

import numpy as np
from numpy.typing import ArrayLike

from likelinet.distributions.numerics.estimates import quantile


def moments(values: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the weighted mean and standard deviation along the first axis; squares neither overflow nor underflow."""
    _, exponent = np.frexp(np.max(np.abs(values), axis=0))
    values = np.ldexp(values, -exponent)  # by a power of two, so nothing is rounded
    mean = np.average(values, axis=0, weights=weight)
    spread = np.sqrt(np.average((values - mean) ** 2, axis=0, weights=weight))
    return np.ldexp(mean, exponent), np.ldexp(spread, exponent)


def is_constant(middle: ArrayLike, spread: ArrayLike) -> np.ndarray:
    """Return where a spread is no more than the rounding errors of values around a middle."""
    return np.asarray(spread) <= 1e-12 * np.maximum(np.abs(middle), 1e-300)


HEAVY = 5.0  # standard deviations per normal-equivalent interquartile range above which outliers make the spread
_NORMAL_IQR = 1.3489795003921634


def middle_and_spread(values: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and standard deviation along the first axis; where outliers dominate them, median and quartiles."""
    mean, spread = moments(values, weight)
    low, middle, high = (quantile(values, weight, level) for level in (0.25, 0.5, 0.75))
    quartiles = (high - low) / _NORMAL_IQR
    heavy = (quartiles > 0.0) & (spread > HEAVY * quartiles)
    return np.where(heavy, middle, mean), np.where(heavy, quartiles, spread)
