"""Log masses of large counts, which need not be whole, in NumPy alone: a tenth of the time that losses take."""

from collections.abc import Callable
from typing import Any

import numpy as np

from likelinet.core.arrays import HALF_LOG_2PI

_LARGE = 30.0  # numbers from which on Stirling's series is exact to double precision
_HUGE = 2e3  # and two terms of it are
_NEAR = 0.2  # |u| up to which log(1 + u) - u is the series
_SERIES = tuple(1.0 / n for n in range(17, 1, -2))


def log_density(d: Any, of_large: Callable[[np.ndarray], np.ndarray], top: np.ndarray | float = np.inf) -> Callable:
    """Return the log density of a family of counts as the protocol asks for it: of large numbers `of_large` them.

    Those next to 0, or to the largest one, are left to the loss.
    """
    params = tuple(getattr(d, p.name) for p in d.parameters)

    def log_mass(y: np.ndarray, x: np.ndarray) -> np.ndarray:
        large = (y > _LARGE) & (top - y > _LARGE)
        if large.all():
            return of_large(y)
        return np.where(large, of_large(np.where(large, y, 0.5 * np.minimum(top, 1e3))), -d.loss(params, y)[0])

    return log_mass


def divergence(y: np.ndarray, other: np.ndarray, shift: np.ndarray) -> np.ndarray:
    """Return y (u - log(1 + u)) ≥ 0 with u = shift/y, for other = y + shift: a log mass whose large terms cancel."""
    u = shift / y
    s = u / (2.0 + u)  # log(1 + u) is 2 artanh(s)
    squares = s * s
    total = squares * _SERIES[0]
    for term in _SERIES[1:]:
        total += term
        total *= squares
    total *= 2.0
    total -= u
    total *= s
    far = np.abs(u) > _NEAR
    if far.any():
        np.subtract(np.log(other / y), u, out=total, where=far)
    total *= -y
    return total


def stirling(y: np.ndarray) -> np.ndarray:
    """Return what Stirling's formula leaves out of log Γ(y) of a large y (DLMF 5.11.1)."""
    r = 1.0 / y
    squares = r * r
    if squares.max(initial=0.0) < _HUGE**-2.0:
        return r * (1 / 12 - squares / 360)
    return r * (1 / 12 - squares * (1 / 360 - squares * (1 / 1260 - squares * (1 / 1680 - squares / 1188))))


def half_log(y: np.ndarray) -> np.ndarray:
    """Return ½ log(2πy) and what Stirling's formula leaves out of log Γ(y)."""
    return 0.5 * np.log(y) + (HALF_LOG_2PI + stirling(y))
