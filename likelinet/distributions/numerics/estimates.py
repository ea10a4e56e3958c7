"""Estimates that any y has: where training starts."""

import math
from collections.abc import Sequence

import numpy as np

# The least share or mean count that an estimate gives to what was never seen, which keeps its logarithm finite. Rows of
# weight 2 are rows that stand there twice, and only the ratios of weights matter: so it is one for any number of rows.
LEAST = 1e-6
ROUNDING = 1e-9  # of sums of weights, which must not decide about a level that is reached exactly


def quantile(y: np.ndarray, weight: np.ndarray, level: float) -> np.ndarray:
    """Return the weighted `level`-quantile over the first axis of y: the smallest y that reaches it.

    The weight is one of each row, or of each entry.
    """
    return quantiles(y, weight, (level,))[0]


def quantiles(y: np.ndarray, weight: np.ndarray, levels: Sequence[float]) -> list[np.ndarray]:
    """Return the quantiles of several levels above 0, as `quantile` does each, by one sort."""
    if weight.ndim == 1 and (weight == weight[0]).all():
        ordered = np.sort(y, axis=0)
        return [ordered[max(math.ceil((level - ROUNDING) * len(y)) - 1, 0)] for level in levels]
    order = np.argsort(y, axis=0, kind="stable")
    of_each = np.broadcast_to(weight.reshape(weight.shape + (1,) * (y.ndim - weight.ndim)), y.shape)
    reached = np.cumsum(np.take_along_axis(of_each, order, 0), axis=0)
    firsts = (np.argmax(reached >= (level - ROUNDING) * reached[-1:], axis=0) for level in levels)
    return [np.take_along_axis(y, np.take_along_axis(order, first[None], 0), 0)[0] for first in firsts]


def deviation(y: np.ndarray, weight: np.ndarray, middle: np.ndarray) -> np.ndarray:
    """Return the mean distance of y from `middle` over the first axis; where that is 0, some positive number."""
    return positive_spread(np.average(np.abs(y - middle), axis=0, weights=weight), middle)


def median_and_quartiles(y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the median and half the distance between the quartiles over the first axis of y, which no tail moves.

    Where more than half of y are the same, so that the quartiles are, the mean distance from the median.
    """
    low, middle, high = quantiles(y, weight, (0.25, 0.5, 0.75))
    half = 0.5 * high - 0.5 * low
    return middle, np.where(half > 1e-14 * np.abs(middle), half, deviation(y, weight, middle))


def positive_spread(spread: np.ndarray, middle: np.ndarray) -> np.ndarray:
    """Return `spread`, or where it is 0, but for rounding (all y alike), a small part of their size, or else 1."""
    size = np.abs(middle)
    return np.where(spread > 1e-14 * size, spread, np.where(size > 1e-290, 1e-6 * size, 1.0))


def log_moments(y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the weighted mean and standard deviation of log y; the latter at least 1e-6, where y is constant."""
    log_y = np.log(y)
    mean = np.average(log_y, axis=0, weights=weight)
    return mean, np.sqrt(np.maximum(np.average((log_y - mean) ** 2, axis=0, weights=weight), 1e-12))
