"""Estimates of location and spread that any y has: where the training of heavy-tailed families starts."""

import numpy as np


def quantile(y: np.ndarray, weight: np.ndarray, level: float) -> np.ndarray:
    """Return the weighted `level`-quantile over the first axis of y: the smallest y that reaches it."""
    return np.quantile(y, level, axis=0, weights=weight, method="inverted_cdf")


def deviation(y: np.ndarray, weight: np.ndarray, middle: np.ndarray) -> np.ndarray:
    """Return the mean distance of y from `middle` over the first axis; where that is 0, some positive number."""
    return positive_spread(np.average(np.abs(y - middle), axis=0, weights=weight), middle)


def positive_spread(spread: np.ndarray, middle: np.ndarray) -> np.ndarray:
    """Return `spread`, or where it is 0 (all y alike) a small part of their size, or 1 if that is 0, too."""
    size = np.abs(middle)
    return np.where(spread > 0.0, spread, np.where(size > 1e-290, 1e-6 * size, 1.0))
