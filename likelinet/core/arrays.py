"""Array helpers that run unchanged on NumPy and on `jax.numpy` arrays.

Everything between x and the updated parameters is written against the namespace of the arrays it is
given; no global backend is switched. Each stable form here says which cancellation it avoids.
"""

import importlib
import math
from typing import Any

import numpy as np

from likelinet.core.lazy import scipy

Array = Any  # a NumPy array, or an array (or tracer) of another engine
_NUMPY = np.ndarray, np.generic
HALF_LOG_2PI = 0.5 * math.log(2.0 * math.pi)
_SERIES_BELOW = 0.02  # |x| under which the power series below are exact to double precision


def namespace(x: Array) -> Any:
    """Return the module whose functions act on `x`: `numpy`, or `jax.numpy` for a JAX array."""
    return np if isinstance(x, _NUMPY) else x.__array_namespace__()


def special(x: Array) -> Any:
    """Return the special functions that act on `x`: `scipy.special`, or JAX's own."""
    if isinstance(x, _NUMPY):
        return scipy.special
    return importlib.import_module(namespace(x).__name__.partition(".")[0] + ".scipy.special")


def never(mask: Array) -> bool:
    """Whether `mask` is known to hold nowhere: a branch for it need not be computed.

    An engine that traces its code cannot know yet, and computes it.
    """
    return isinstance(mask, _NUMPY) and not mask.any()


def forwards(a: np.ndarray) -> np.ndarray:
    """Return `a` with no axis that runs backwards in memory: NumPy's functions have other bits there."""
    return a.copy() if any(stride < 0 for stride in a.strides) else a


def over_nodes(a: Array) -> Array:
    """Return the sum over the first axis, in one order for any number of rows: NumPy sums a single column in pairs."""
    if namespace(a) is np and a.size == len(a):
        return np.sum(np.repeat(a.reshape(len(a), 1), 2, axis=1), axis=0)[0].reshape(a.shape[1:])
    return namespace(a).sum(a, axis=0)


def log1mexp(x: Array) -> Array:
    """Return log(1 - exp(-x)) for x ≥ 0, by whichever of expm1 and log1p does not cancel (Mächler 2012)."""
    xp = namespace(x)
    near = x < math.log(2.0)
    return xp.where(near, xp.log(-xp.expm1(-xp.where(near, x, 1.0))), xp.log1p(-xp.exp(-xp.where(near, 1.0, x))))


def clipped(a: Array, low: Array, high: Array) -> Array:
    """Return a fresh array within bounds; in place under NumPy, whose `clip` is many times slower than these two."""
    xp = namespace(a)
    if xp is not np:
        return xp.minimum(xp.maximum(a, low), high)
    np.maximum(a, low, out=a)
    return np.minimum(a, high, out=a)


def repeated(a: Array, times: np.ndarray) -> Array:
    """Return each column of the last axis so many times, one beside the other.

    NumPy repeats in a third of the time of a gather, which XLA makes of that, and which takes as long as two products.
    """
    xp = namespace(a)
    if xp is np:
        return np.repeat(a, times, axis=-1)
    each = (xp.broadcast_to(a[..., j : j + 1], (*a.shape[:-1], n)) for j, n in enumerate(times.tolist()))
    return xp.concatenate([*each], axis=-1)


def product(a: Array, b: Array, out: Array | None = None) -> Array:
    """Return the matrix product a b, of each member's own where there is an axis of members.

    On small matrices NumPy's `dot`, which has no such axis, takes half as long as its `matmul`.
    """
    if out is None:
        return a.dot(b) if b.ndim == 2 else a @ b
    return np.dot(a, b, out=out) if b.ndim == 2 else np.matmul(a, b, out=out)


def sigmoid(x: Array) -> Array:
    """Return 1 / (1 + exp(-x)), by tanh: several times faster than scipy's expit, and it cannot overflow."""
    y = namespace(x).tanh(0.5 * x)
    y *= 0.5  # in place under NumPy: a new array costs as much as the arithmetic
    y += 0.5
    return y


def softplus_and_sigmoid(x: Array) -> tuple[Array, Array]:
    """Return softplus(x) and its derivative sigmoid(x), both to full relative precision."""
    xp = namespace(x)
    e = xp.exp(-xp.abs(x))
    # A second exponential is ten times cheaper than `where` on signs that are all mixed up.
    return xp.maximum(x, 0) + xp.log1p(e), xp.exp(xp.minimum(x, 0)) / (1 + e)


def log1pmx(x: Array) -> Array:
    """Return log(1 + x) - x; near 0 by its series -x²/2 + x³/3 - …, where the difference would cancel."""
    xp = namespace(x)
    small = xp.abs(x) < _SERIES_BELOW
    t = xp.where(small, x, 0.0)
    series = t * 0.0
    for k in range(11, 1, -1):
        series = t * series + (-1) ** (k + 1) / k
    safe = xp.where(small, 1.0, x)
    return xp.where(small, series * t * t, xp.log1p(safe) - safe)


def stirling_error(a: Array) -> Array:
    """Return log Γ(a) - [(a - ½) log a - a + ½ log 2π], what Stirling's formula leaves out (DLMF 5.11.1).

    For large `a` it is 1/(12a) - 1/(360a³) + …; the difference of the two large terms would cancel.
    """
    xp = namespace(a)
    large = a > 16.0
    safe = xp.where(large, a, 16.0)
    r = 1.0 / safe
    r2 = r * r
    series = r * (1 / 12 - r2 * (1 / 360 - r2 * (1 / 1260 - r2 * (1 / 1680 - r2 * (1 / 1188 - r2 * 691 / 360360)))))
    b = xp.where(large, 1.0, a)
    return xp.where(large, series, special(a).gammaln(b) - (b - 0.5) * xp.log(b) + b - HALF_LOG_2PI)


def log_minus_digamma(a: Array) -> Array:
    """Return log(a) - ψ(a) > 0; for large `a` by 1/(2a) + 1/(12a²) - … (DLMF 5.11.2), where it would cancel."""
    xp = namespace(a)
    large = a > 16.0
    r = 1.0 / xp.where(large, a, 16.0)
    r2 = r * r
    series = r * 0.5 + r2 * (
        1 / 12 - r2 * (1 / 120 - r2 * (1 / 252 - r2 * (1 / 240 - r2 * (1 / 132 - r2 * 691 / 32760))))
    )
    b = xp.where(large, 1.0, a)
    return xp.where(large, series, xp.log(b) - special(a).digamma(b))
