"""P(T > z) of Student's t for any number of degrees of freedom, and its logarithm where it underflows.

The incomplete beta function loses its digits where its argument ν / (ν + z²) rounds to 1; for many degrees of freedom
the tail is that of a Gaussian in τ = v √(ν - ½), v² = log(1 + z²/ν), and a series in 1 / (ν - ½): Hill's transformation
(Comm. ACM 13, 1970), and a uniform expansion as Temme's (Math. Comp. 29, 1975), by repeated integration by parts.
"""

from collections.abc import Callable

import numpy as np
from numpy.polynomial.polynomial import polyval

from likelinet.core.arrays import HALF_LOG_2PI
from likelinet.core.lazy import scipy
from likelinet.distributions.numerics.gammas import log_gamma_ratio
from likelinet.distributions.numerics.tails import UNDERFLOW, beta_fraction

Function = Callable[[np.ndarray, np.ndarray], np.ndarray]

LARGE = 100.0  # ν from which the series is used
_FAR = 1e100  # |z| / √ν beyond which z² may overflow
_MIDDLE = 0.1  # |z| / √ν below which the probability between 0 and z is computed
_ORDERS, _POWERS = 7, 12


def _series() -> tuple[np.ndarray, np.ndarray]:
    """Return b[k, j] with Bₖ(v) = Σ b[k, j] v⁴ʲ, times v³ for an even k and v for an odd one, and aₖ.

    ∫ exp(-n s²/2) g(s) ds from v on is exp(-n v²/2) Σ Bₖ(v) / nᵏ⁺¹, and the Gaussian integral times Σ aₖ / nᵏ, with
    g(v)² = w / sinh w and w = v²/2.
    """
    size = 4 * _POWERS + 2 * _ORDERS + 8
    # (sinh w / w)^(-½) in powers of w², by the rule for powers of power series.
    m = size // 4 + 1
    c = np.cumprod([1.0, *(1.0 / (2 * i * (2 * i + 1)) for i in range(1, m))])
    root = np.zeros(m)
    root[0] = 1.0
    for i in range(1, m):
        root[i] = sum((-0.5 * j - (i - j)) * c[j] * root[i - j] for j in range(1, i + 1)) / i
    g = np.zeros(size)
    g[::4] = (root * 0.25 ** np.arange(m))[: len(g[::4])]
    b, a = [], []
    for k in range(_ORDERS):
        a.append(g[0])
        h = g[1:]
        b.append(h[3 - 2 * (k % 2) :: 4][:_POWERS])
        g = h[1:] * np.arange(1, len(h))
    return np.array(b), np.array(a)


_B, _A = _series()


def tail(df: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Return P(T > |z|)."""
    return _by_either(df, z, _by_beta, lambda lead, factor: np.exp(lead) * factor)


def log_tail(df: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Return log P(T > |z|)."""
    return _by_either(df, z, _log_by_beta, lambda lead, factor: lead + np.log(factor))


def _by_either(df: np.ndarray, z: np.ndarray, by_beta: Function, of_series: Function) -> np.ndarray:
    """Return `by_beta` of ν and |z| / √ν, and where the series holds, `of_series` of what it says."""
    r = np.asarray(np.abs(z) / np.sqrt(df))
    large = (df > LARGE) & (r < 1.0)
    if not large.any():
        return by_beta(df, r)
    values, df = np.empty(r.shape), np.broadcast_to(df, r.shape)
    values[~large] = by_beta(df[~large], r[~large])
    values[large] = of_series(*_by_series(df[large], r[large]))
    return values


def _by_series(df: np.ndarray, r: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return -τ²/2, and the tail over exp(-τ²/2)."""
    n, square = df - 0.5, np.log1p(r * r)
    half, v = 0.5 * n * square, np.sqrt(square)
    fourth, rest = square * square, 0.0
    for k in reversed(range(_ORDERS)):
        rest = rest / n + polyval(fourth, _B[k]) * (v if k % 2 else v * square)
    rest = rest / (np.sqrt(2.0 * np.pi * n) * polyval(1.0 / n, _A))
    return -half, 0.5 * scipy.special.erfcx(np.sqrt(half)) + rest


def _by_beta(df: np.ndarray, r: np.ndarray) -> np.ndarray:
    values = _incomplete_beta(0.5 * df, r)
    far = r > _FAR
    return np.where(far, np.exp(_log_far(df, r)), values) if far.any() else values


def _incomplete_beta(half: np.ndarray, r: np.ndarray) -> np.ndarray:
    """Return ½ I(ν/2, ½) at 1 / (1 + r²); in the middle what its complement leaves."""
    middle, square = r < _MIDDLE, r * r
    x = np.where(middle, square, 1.0) / (1.0 + square)
    values = 0.5 * scipy.special.betainc(np.where(middle, 0.5, half), np.where(middle, half, 0.5), x)
    return np.where(middle, 0.5 - values, values)


def _log_by_beta(df: np.ndarray, r: np.ndarray) -> np.ndarray:
    p = _incomplete_beta(0.5 * df, r)
    deep = p < UNDERFLOW
    if not deep.any():
        return np.log(p)
    values = np.asarray(np.log(np.where(deep, 1.0, p)))
    df, r = (np.broadcast_to(v, deep.shape)[deep] for v in (df, r))
    square = r * r
    fraction = beta_fraction(0.5 * df, np.full_like(df, 0.5), 1.0 / (1.0 + square), 1.0 / (1.0 + 1.0 / square))
    near = np.minimum(r, _FAR)
    values[deep] = np.log(fraction) - 0.5 * (df + 1.0) * np.log1p(1.0 / near / near) + _log_far(df, r)
    return values


def _log_far(df: np.ndarray, r: np.ndarray) -> np.ndarray:
    """Return the logarithm of the leading power of |z| / √ν."""
    half = 0.5 * df
    log_beta = HALF_LOG_2PI - 0.5 * np.log(df) - log_gamma_ratio(half)
    return -df * np.log(r) - np.log(df) - log_beta
