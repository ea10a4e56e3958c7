"""Tails as logarithms: what cdf and sf give together, and incomplete gamma and beta functions where they underflow."""

import numpy as np

from likelinet.core.arrays import HALF_LOG_2PI, Array, log1pmx, namespace, special, stirling_error
from likelinet.core.lazy import scipy

_FEW = 1e5  # rounding errors that do no harm
_FAR = 700.0  # x up to which exp(-x) is a number of all digits
UNDERFLOW = 1e-200  # below it SciPy's functions lose digits, and then underflow


def log_of(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Return log p, where q = 1 - p is known too: log(1 - q) keeps its digits where p is close to 1."""
    return np.where(p > 0.5, np.log1p(-q), np.log(p))


def log_incomplete_gamma(p: np.ndarray, q: np.ndarray, a: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return log p for p = P(a, x) and q = Q(a, x), or the other way round; by expansion where p underflows."""
    values, deep = log_of(p, q), p < UNDERFLOW
    if not deep.any():
        return values
    # Of so small a shape nearly all is next to 0: Q(a, x) is a E₁(x) everywhere, not far out alone.
    next_to_none = (a < UNDERFLOW) & (x < _FAR)
    of_shape = np.log(a) + np.log(scipy.special.exp1(np.where(next_to_none, x, 1.0)))
    return np.where(deep, np.where(next_to_none, of_shape, log_gamma_tail(a, x)), values)


def log_gamma_tail(a: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return log P(a, x) for x far below a and log Q(a, x) for x far above a, either of them less than 1e-200.

    Of the incomplete gamma functions by their expansion in x / (x - a)² (DLMF 8.11.6 and 8.11.7).
    """
    x = np.minimum(x, np.finfo(np.float64).max)
    far = x - a
    b, c, v = a / far, x / far, 1.0 / far  # squares of x itself overflow
    series = 1.0 - c * v * (1.0 - (2.0 * c + b) * v * (1.0 - (6.0 * c * c + 8.0 * b * c + b * b) / (2.0 * c + b) * v))
    excess = far / a
    lead = a * np.where(np.abs(excess) < 0.5, log1pmx(excess), np.log(x) - np.log(a) - excess)
    return lead + 0.5 * np.log(a) - HALF_LOG_2PI - stirling_error(a) - np.log(np.abs(far)) + np.log(series)


def incomplete_beta(a: Array, b: Array, x: Array, rest: Array) -> Array:
    """Return I_x(a, b), where `rest` is 1 - x and keeps the digits that an x close to 1 has lost.

    Where the engine has the complement, which takes ten times as long: for those rows alone that need it.
    """
    values = special(x).betainc(a, b, x)
    if namespace(x) is not np:
        return values
    # The rounding of x changes the logarithm by about as many rounding errors as a + max(b, 1) / (1 - x).
    lost = (rest < 0.1) & (np.maximum(b, 1.0) + a * rest > _FEW * rest)
    if not lost.any():
        return values
    values, lost = np.array(values), np.broadcast_to(lost, np.shape(values))
    values[lost] = scipy.special.betaincc(*(np.broadcast_to(v, lost.shape)[lost] for v in (b, a, rest)))
    return values


def beta_fraction(a: np.ndarray, b: np.ndarray, x: np.ndarray, rest: np.ndarray, steps: int = 60) -> np.ndarray:
    """Return I_x(a, b) · a B(a, b) / (xᵃ (1 - x)ᵇ) by a continued fraction, by Lentz's method.

    It is the one of Didonato & Morris (ACM TOMS 18(3), 1992), which keeps the digits of `rest` = 1 - x. It converges
    fast for x well below a / (a + b): where the incomplete beta function itself underflows.
    """
    from_mean = a * rest - b * x
    value = c = a / (a + 1.0) * (from_mean + 1.0)
    d = 0.0
    for m in range(1, steps + 1):
        below = a + 2.0 * m - 1.0
        top = (a + m - 1.0) / below * ((a + b + m - 1.0) / below * x) * (m * (b - m) * x)  # b² may overflow
        step = m + m * (b - m) / below * x + (a + m) / (below + 2.0) * (from_mean + 1.0 + m * (1.0 + rest))
        d, c = 1.0 / (step + top * d), step + top / c
        value = value * (c * d)
    return a / value
