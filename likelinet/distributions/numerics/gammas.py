"""Differences of log Γ that do not cancel."""

import numpy as np
from numpy.polynomial.polynomial import polyval

from likelinet.core.arrays import log1pmx, log_minus_digamma, stirling_error
from likelinet.core.lazy import scipy
from likelinet.distributions.numerics.near import NEAR, mended

_LARGE = 16.0  # arguments from which Stirling's series is exact to double precision
_CLOSE = 0.3  # relative difference up to which six nodes are exact to double precision
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(6)
_BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730)


def _zeta(k: int) -> float:
    """Return ζ(k), k ≥ 2, by a sum and the Euler-Maclaurin formula for the rest."""
    n = 100.0
    rest = n ** (1 - k) / (k - 1) + 0.5 * n**-k + k * n ** (-k - 1) / 12.0
    return float(np.sum(np.arange(1.0, n)[::-1] ** -k) + rest - k * (k + 1) * (k + 2) * n ** (-k - 3) / 720.0)


ZETA = np.array([0.0, 0.0, *(_zeta(k) for k in range(2, 20))])
# Of log Γ(2 + x) less its tangent at 0, in powers of -x (DLMF 5.7.3).
_AT_TWO = np.array([0.0, 0.0, *((ZETA[2:] - 1.0) / np.arange(2, 20))])


def log_gamma_ratio(b: np.ndarray) -> np.ndarray:
    """Return log Γ(b+½) - log Γ(b) - ½ log b, by Stirling's formula so that a huge b does not cancel."""
    return b * np.log1p(0.5 / b) - 0.5 + stirling_error(b + 0.5) - stirling_error(b)


def log_gamma_at_two(r: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return log Γ(1 + r), and log Γ(r) less its tangent at r = 1, which is not negative, where r = 1 + x."""
    near = np.abs(x) < NEAR
    log_gamma = scipy.special.gammaln(r)
    return (
        mended(log_gamma + np.log(r), near, lambda x: (1.0 - np.euler_gamma) * x + polyval(-x, _AT_TWO), x),
        mended(log_gamma + np.euler_gamma * (r - 1.0), near, lambda x: polyval(-x, _AT_TWO) - log1pmx(x), x),
    )


def log_gamma_above_tangent(b: np.ndarray, a: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return log Γ(b) - log Γ(a) - (b - a) ψ(a), less b log(b/a) - (b - a), where b = a + ax: a part of divergences.

    By Stirling's formula it is that of -½ log b, and that of what the formula leaves out, neither of them negative.
    """
    slope = 0.5 / a - log_minus_digamma(a)
    values = stirling_error(b) - stirling_error(a) - (b - a) * slope - 0.5 * (np.log(b) - np.log(a) - x)
    return mended(values, np.abs(x) < _CLOSE, _close, a, x)


def _close(a: np.ndarray, x: np.ndarray) -> np.ndarray:
    return mended(_of_large(a, x), a < _LARGE, _of_small, a, x)


def _of_large(a: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return that of a large a: of Stirling's series the integral of its second derivative times what is left of x."""
    bend = np.zeros_like(x)
    for u, weight in zip(0.5 + 0.5 * _NODES, 0.5 * _WEIGHTS, strict=True):
        r = 1.0 / (a * (1.0 + x * u))
        bend = bend + weight * (1.0 - u) * r * r * r * polyval(r * r, _BERNOULLI)
    return (a * x) ** 2 * bend - 0.5 * log1pmx(x)


def _of_small(a: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return that of a small a from that of a + 16, as Γ(a + 1) = a Γ(a)."""
    step = a * x
    total = -_entropic(a, x)
    for j in range(int(_LARGE)):
        total = total - log1pmx(step / (a + j))
    a = a + _LARGE
    return total + _entropic(a, step / a) + _of_large(a, step / a)


def _entropic(a: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return b log(b/a) - (b - a) for b = a + ax."""
    return a * ((1.0 + x) * log1pmx(x) + x * x)
