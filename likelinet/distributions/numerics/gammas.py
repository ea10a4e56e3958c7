"""Differences of log Γ that do not cancel."""

import numpy as np
from numpy.polynomial.polynomial import polyval

from likelinet.core.arrays import log1pmx, log_minus_digamma, stirling_error
from likelinet.core.lazy import scipy

_NEAR = 0.5
_TERMS = 40
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(12)


def _zeta(k: int) -> float:
    """Return ζ(k), k ≥ 2, by a sum and the Euler-Maclaurin formula for the rest."""
    n = 100.0
    rest = n ** (1 - k) / (k - 1) + 0.5 * n**-k + k * n ** (-k - 1) / 12.0
    return float(np.sum(np.arange(1.0, n)[::-1] ** -k) + rest - k * (k + 1) * (k + 2) * n ** (-k - 3) / 720.0)


ZETA = np.array([0.0, 0.0, *(_zeta(k) for k in range(2, _TERMS))])
_K = np.arange(2, _TERMS)
# Of log Γ(2 + x) less its tangent at 0, in powers of -x (DLMF 5.7.3).
_AT_TWO = np.array([0.0, 0.0, *((ZETA[2:] - 1.0) / _K)])


def log_gamma_ratio(b: np.ndarray) -> np.ndarray:
    """Return log Γ(b+½) - log Γ(b) - ½ log b, by Stirling's formula so that a huge b does not cancel."""
    return b * np.log1p(0.5 / b) - 0.5 + stirling_error(b + 0.5) - stirling_error(b)


def log_gamma_at_two(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return log Γ(2 + x), and log Γ(1 + x) less its tangent at x = 0, which is not negative, for x > -1."""
    near = np.abs(x) < _NEAR
    t = np.where(near, x, 0.0)
    bend = polyval(-t, _AT_TWO)
    far = np.where(near, 1.0, 1.0 + x)
    tangent = -np.euler_gamma * (far - 1.0)
    return (
        np.where(near, (1.0 - np.euler_gamma) * t + bend, scipy.special.gammaln(1.0 + far)),
        np.where(near, bend - log1pmx(t), scipy.special.gammaln(far) - tangent),
    )


def log_gamma_above_tangent(b: np.ndarray, a: np.ndarray) -> np.ndarray:
    """Return log Γ(b) - log Γ(a) - (b - a) ψ(a), less b log(b/a) - (b - a): a part ≥ 0 of many divergences.

    By Stirling's formula it is that of -½ log x, and that of what the formula leaves out.
    """
    x = (b - a) / a
    near = np.abs(x) < _NEAR
    t = np.where(near, x, 0.0)
    logarithm = np.where(near, log1pmx(t), np.log(b) - np.log(a) - x)
    slope = 0.5 / a - log_minus_digamma(a)
    apart = stirling_error(b) - stirling_error(a) - (b - a) * slope
    rest = np.where(near, _stirling_bend(a, t), apart)
    return rest - 0.5 * logarithm


def _stirling_bend(a: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return e(a + ax) - e(a) - ax e'(a) with e the error of Stirling's formula: the integral of its second derivative.

    Of a² e''(t) where t = a (1 + xu) over x² (1 - u) du for u from 0 to 1.
    """
    total = np.zeros(np.broadcast_shapes(np.shape(a), np.shape(x)))
    for node, weight in zip(0.5 + 0.5 * _NODES, 0.5 * _WEIGHTS, strict=True):
        total = total + weight * (1.0 - node) * _second_derivative(a * (1.0 + x * node)) * a * a
    return x * x * total


def _second_derivative(t: np.ndarray) -> np.ndarray:
    """Return ψ'(t) - 1/t - 1/(2t²), that of the error of Stirling's formula (DLMF 5.15.8)."""
    large = t > 16.0
    r = 1.0 / np.where(large, t, 16.0)
    r2 = r * r
    bernoulli = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730)
    series = r * r2 * polyval(r2, bernoulli)
    s = np.where(large, 1.0, t)
    return np.where(large, series, scipy.special.polygamma(1, s) - 1.0 / s - 0.5 / s / s)
