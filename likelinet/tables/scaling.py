"""Mean and spread of columns of any magnitude, and of heavy-tailed ones."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from likelinet.distributions.numerics.estimates import quantiles


def moments(values: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the weighted mean and standard deviation along the first axis; squares neither overflow nor underflow."""
    _, exponent = np.frexp(np.max(np.abs(values), axis=0))
    values = np.ldexp(values, -exponent)  # by a power of two, so nothing is rounded
    mean = np.average(values, axis=0, weights=weight)
    spread = np.sqrt(np.average((values - mean) ** 2, axis=0, weights=weight))
    return np.ldexp(mean, exponent), np.ldexp(spread, exponent)


ROUNDING = 4e-15  # relative spread of equal numbers that have been calculated: 16 of the last digit


def is_constant(middle: ArrayLike, spread: ArrayLike) -> np.ndarray:
    """Return where a spread is no more than the rounding errors of values around a middle."""
    return np.asarray(spread) <= ROUNDING * np.maximum(np.abs(middle), 1e-300)


HEAVY = 5.0  # standard deviations per normal-equivalent interquartile range above which outliers make the spread
NORMAL_IQR = 1.3489795003921634
_NORMAL_90 = 3.289707253902945  # between the 5 % and the 95 % quantile


def middle_and_spread(values: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and standard deviation along the first axis; where outliers dominate them, median and quartiles."""
    mean, spread = moments(values, weight)
    low, middle, high = quantiles(values, weight, (0.25, 0.5, 0.75))
    quartiles = (high - low) / NORMAL_IQR
    heavy = _is_heavy(spread, quartiles)
    return np.where(heavy, middle, mean), np.where(heavy, quartiles, spread)


def _is_heavy(spread: ArrayLike, quartiles: ArrayLike) -> np.ndarray:
    """Return where numbers far out make the standard deviation, and not those between the quartiles."""
    return (np.asarray(quartiles) > 0.0) & (np.asarray(spread) > HEAVY * np.asarray(quartiles))


@dataclass(frozen=True)
class Spread:
    """What there is to know of how the numbers of a column lie.

    Parameters
    ----------
    loc, scale : float
        Of what is usual.
    low, median, high : float
        The least, the middle and the largest one.
    heavy : bool
        Whether numbers far out make the standard deviation; where they are few, median and quartiles scale.
    inner : tuple of float
        The 5 % and the 95 % quantile.
    tails : float
        Distance of the 5 % quantiles per that of the quartiles, over what it is for a Gaussian.
    """

    loc: float
    scale: float
    low: float
    median: float
    high: float
    heavy: bool
    inner: tuple[float, float]
    tails: float


def spread_of(values: np.ndarray, weight: np.ndarray) -> Spread:
    """Return how finite numbers of shape (n,) lie, by one sort.

    `loc` and `scale` are those of `middle_and_spread`, but values far out that many rows have, such as few settings of
    a machine, are no outliers: they make the scale. Of y they do not: its families have tails for them, and the floors
    of their scales must be small beside the rest.
    """
    mean, spread = (float(m) for m in moments(values, weight))
    low, lower, median, upper, high = (float(q) for q in quantiles(values, weight, (0.05, 0.25, 0.5, 0.75, 0.95)))
    quartiles = (upper - lower) / NORMAL_IQR
    heavy = bool(_is_heavy(spread, quartiles))
    tails = (high - low) / _NORMAL_90 / quartiles if quartiles > 0.0 else 1.0
    few = heavy and max(high - median, median - low) <= HEAVY * quartiles  # not a tenth of the rows
    loc, scale = (median, quartiles) if few else (mean, spread)
    return Spread(loc, scale, float(values.min()), median, float(values.max()), heavy, (low, high), tails)
