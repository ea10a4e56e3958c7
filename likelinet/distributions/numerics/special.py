"""Maths that several families use, in array code for every engine: hazards, logarithms of ratios, tails of Exp(1)."""

import math
from collections.abc import Callable

import numpy as np

from likelinet.core.arrays import HALF_LOG_2PI, Array, log1mexp, log1pmx, namespace, special

_NEAR, _AROUND = 5e-4, (-2, -1, 1, 2)  # how near, and where, around a value at which a quotient is 0 / 0
_HUGE = 1e150  # the product of two of these is finite


def through_pole(f: Callable[[np.ndarray], np.ndarray], x: np.ndarray, pole: float) -> np.ndarray:
    """Return a smooth f(x) that is a quotient 0 / 0 at one x, near that by the cubic through four values around it."""
    u = (x - pole) / _NEAR
    near = np.abs(u) < 1.0
    values = f(np.where(near, pole + _NEAR, x))
    if not near.any():
        return values
    cubic = sum(
        f(np.where(near, pole + k * _NEAR, x)) * math.prod((u - j) / (k - j) for j in _AROUND if j != k)
        for k in _AROUND
    )
    return np.where(near, cubic, values)


def expm1_over(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return (exp(xy) - 1) / x, which is y where x is 0."""
    product = x * y
    small = np.abs(product) < 1e-300
    return y * np.where(small, 1.0, np.expm1(product) / np.where(small, 1.0, product))


def hazard(z: Array) -> Array:
    """Return φ(z) / (1 - Φ(z)), far out by its asymptotic series (DLMF 7.12.1), where the logarithms would cancel."""
    xp = namespace(z)
    far = z > 40.0
    u = 1.0 / xp.where(far, z, 40.0) ** 2
    series = 1.0 + u * (1.0 - u * (2.0 - u * (10.0 - u * (74.0 - u * 706.0))))
    near = xp.where(far, 0.0, z)
    return xp.where(far, z * series, xp.exp(-0.5 * near * near - HALF_LOG_2PI - special(z).log_ndtr(-near)))


def log_ratio(y: Array, scale: Array) -> Array:
    """Return log(y/scale): by log1p near 1, by a difference of logarithms where the ratio would over- or underflow."""
    xp = namespace(scale)
    excess = (y - scale) / scale
    near = xp.abs(excess) < 0.5
    return xp.where(near, xp.log1p(xp.where(near, excess, 0.0)), xp.log(y) - xp.log(scale))


def share_apart(m: Array, a: Array, y: Array, b: Array, total: Array) -> Array:
    """Return (m a - y b) / total, also where these products overflow."""
    xp = namespace(total)
    return xp.where(total > _HUGE, m * (a / total) - y * (b / total), (m * a - y * b) / total)


def log1pmx_of_ratio(excess: Array, b: Array, y: Array, a: Array) -> Array:
    """Return log r - (r - 1) with r = by/a."""
    xp = namespace(a)
    near = xp.abs(excess) < 0.5
    return xp.where(near, log1pmx(xp.where(near, excess, 0.0)), xp.log(b) + xp.log(y) - xp.log(a) - excess)


def exponential_tails(w: Array, log_w: Array) -> tuple[Array, Array, Callable[[Array, Array], Array]]:
    """Return log(1 - e⁻ʷ), -w, and the function that maps gradients of both to that of log w."""
    xp = namespace(w)
    tiny = log_w < -40.0  # w itself may underflow there, and log(1 - e⁻ʷ) is log w
    safe = xp.where(tiny, 1.0, w)

    def backward(d_log_cdf: Array, d_log_sf: Array) -> Array:
        # An infinite w must not meet a gradient of zero, nor an infinite eʷ; at 600, w / (eʷ - 1) is 1e-258.
        finite = xp.minimum(safe, 600.0)
        slope = xp.where(tiny, 1.0, finite / xp.expm1(finite))
        return d_log_cdf * slope - d_log_sf * xp.minimum(w, 1e30)

    return xp.where(tiny, log_w, log1mexp(safe)), -w, backward
