"""What the tests of wrappers compare with: plain sums and adaptive integrals of one row's density, atoms included."""

import functools
import itertools
from collections.abc import Callable

import numpy as np
import scipy.integrate

from likelinet.distributions import Distribution

JUMPS = (0.0, 1.0, 5.0, 20.0)  # where densities of `tests.wrappers` have jumps inside their supports
LEVELS = np.array([1e-13, 1e-9, 1e-6, 1e-4, 1e-2, 0.1, 0.3, 0.5])


@functools.cache
def wholes(row: Distribution) -> np.ndarray:
    """Return the whole numbers that carry all but 1e-30 of the probability."""
    return np.arange(float(row.ppf(1e-30)), float(row.isf(1e-30)) + 1.0)


@functools.cache
def masses(row: Distribution) -> np.ndarray:
    """Return their probabilities."""
    return np.exp(row.log_prob(wholes(row)))


@functools.cache
def edges(row: Distribution) -> list[float]:
    """Return the ends of the support and points between which the density of a row is easy to integrate."""
    ends = [float(row.ppf(0.0)), float(row.isf(0.0))]
    inner = np.concatenate([row.ppf(LEVELS), row.isf(LEVELS)]).tolist()
    return sorted({*ends, *inner, *row.atoms, *(j for j in JUMPS if ends[0] < j < ends[1])})


def over(f: Callable[[np.ndarray], np.ndarray], points: list[float]) -> float:
    """Return the integral of f between the first and the last of the points."""
    ends = [b for a, b in itertools.pairwise(points) if b - a > 1e-12 * abs(a)]
    points = [*points[:1], *ends]
    if len(points) < 2:
        return 0.0
    with np.errstate(all="ignore"):
        pieces = scipy.integrate.tanhsinh(f, np.array(points[:-1]), np.array(points[1:]), atol=1e-14, rtol=1e-12)
    return float(np.sum(pieces.integral))


def expected(row: Distribution, f: Callable[[np.ndarray], np.ndarray], up_to: float = np.inf) -> float:
    """Return E[f(Y); Y ≤ up_to]."""
    if row.support.integer:
        k = wholes(row)
        return float(np.sum(np.where(k <= up_to, masses(row) * f(k), 0.0)))
    atoms = np.array([a for a in row.atoms if a <= up_to])
    points = sorted({e for e in edges(row) if e <= up_to} | ({up_to} if np.isfinite(up_to) else set()))

    def weighted(y: np.ndarray) -> np.ndarray:
        log_p = row.log_prob(np.where(np.isin(y, row.atoms), np.nextafter(y, np.inf), y))
        return np.where(log_p > -700.0, np.exp(log_p) * f(y), 0.0)

    total = over(weighted, points)
    return total + float(np.sum(np.exp(row.log_prob(atoms)) * f(atoms))) if len(atoms) else total


def crps(row: Distribution, y: float) -> float:
    """Return the integral of F² below y and of (1 - F)² above it."""
    if row.support.integer:
        k = wholes(row)
        k = np.arange(min(k[0], np.floor(y)), max(k[-1], np.ceil(y)) + 1.0)
        below = np.clip(y - k, 0.0, 1.0)
        return float(np.sum(below * row.cdf(k) ** 2 + (1.0 - below) * row.sf(k) ** 2))
    points = sorted({*edges(row), y})
    lower, upper = [p for p in points if p <= y], [p for p in points if p >= y]
    return over(lambda t: row.cdf(t) ** 2, lower) + over(lambda t: row.sf(t) ** 2, upper)
