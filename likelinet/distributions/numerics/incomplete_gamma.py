"""Incomplete gamma functions for any shape: SciPy's, and Temme's expansion where its series would end too early."""

from collections.abc import Callable

import numpy as np

from likelinet.core.arrays import HALF_LOG_2PI, log1pmx, stirling_error
from likelinet.core.lazy import scipy

_LARGE = 6e4  # shapes for which 2000 terms, where SciPy's series ends, are no longer enough
_FAR = 4.4  # standard deviations below the mean up to which SciPy has an expansion of its own
_TAIL = 1e-5  # about what lies beyond them
_STEPS = 4  # of Newton's method
_ORDERS, _POWERS = 3, 12


def _temme() -> np.ndarray:
    """Return d[k, n] of c_k(η) = Σ d[k, n] ηⁿ (DLMF 8.12.10 to 8.12.12)."""
    last = _POWERS + 2 * _ORDERS
    alpha = [0.0, 1.0]
    for n in range(2, last + 3):
        products = sum(j * alpha[j] * alpha[n - j + 1] for j in range(2, n))
        alpha.append((alpha[n - 1] - products) / (n + 1))
    n = np.arange(last)
    d = np.zeros((_ORDERS, last))
    d[0] = (n + 2) * np.array(alpha)[2 : last + 2]
    d[0, 0] = -1.0 / 3.0
    stirling = (1.0, 1.0 / 12.0, 1.0 / 288.0)
    for k in range(1, _ORDERS):
        d[k, :-2] = (-1) ** k * stirling[k] * d[0, :-2] + (n[:-2] + 2) * d[k - 1, 2:]
    return d[:, :_POWERS]


_TEMME = _temme()


def gammainc(a: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return P(a, x), the lower incomplete gamma function over Γ(a)."""
    return _mended(np.minimum(scipy.special.gammainc(a, x), 1.0), a, x, _lower)  # which rounds beyond 1 for tiny a


def gammaincc(a: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return Q(a, x) = 1 - P(a, x)."""
    return _mended(np.minimum(scipy.special.gammaincc(a, x), 1.0), a, x, lambda a, x: 1.0 - _lower(a, x))


def gammaincinv(a: np.ndarray, p: np.ndarray) -> np.ndarray:
    """Return x with P(a, x) = p."""
    x = scipy.special.gammaincinv(a, p)
    return _polished(x, a, p) if np.any(a > _LARGE) else x


def gammainccinv(a: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Return x with Q(a, x) = q; the lower tail is that of q close to 1, which has no digits to lose."""
    x = scipy.special.gammainccinv(a, q)
    return _polished(x, a, 1.0 - q) if np.any(a > _LARGE) else x


def _mended(
    values: np.ndarray, a: np.ndarray, x: np.ndarray, of_tail: Callable[[np.ndarray, np.ndarray], np.ndarray]
) -> np.ndarray:
    if not np.any(a > _LARGE):
        return values
    deep = (a > _LARGE) & (x < a - _FAR * np.sqrt(a))
    if not deep.any():
        return values
    values = np.asarray(values)
    values[deep] = of_tail(*(np.broadcast_to(v, deep.shape)[deep] for v in (a, x)))
    return values


def _lower(a: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return P(a, x) for a large a and x far below it (DLMF 8.12.3); what the expansion cannot reach underflows."""
    half = -a * log1pmx((x - a) / a)  # ½ a η²
    eta = -np.minimum(np.sqrt(2.0 * half / a), 0.3)
    rest = 0.0
    for k in reversed(range(_ORDERS)):
        rest = rest / a + np.polynomial.polynomial.polyval(eta, _TEMME[k])
    return np.exp(-half) * (0.5 * scipy.special.erfcx(np.sqrt(half)) - rest / np.sqrt(2.0 * np.pi * a))


def _polished(x: np.ndarray, a: np.ndarray, p: np.ndarray) -> np.ndarray:
    """Return x by Newton's method for log P(a, x) = log p, which is concave, in the tail that SciPy has wrong."""
    deep = (a > _LARGE) & (p < _TAIL) & (p > 0.0)
    if not deep.any():
        return x
    a, log_p = (np.broadcast_to(v, deep.shape)[deep] for v in (a, np.log(p)))
    # By Wilson & Hilferty first: SciPy's own x may be far off.
    t = a * (1.0 - 1.0 / (9.0 * a) + scipy.special.ndtri(np.exp(log_p)) / (3.0 * np.sqrt(a))) ** 3
    for _ in range(_STEPS):
        excess = (t - a) / a
        value = _lower(a, t)
        log_density = a * log1pmx(excess) + 0.5 * np.log(a) - HALF_LOG_2PI - np.log(t) - stirling_error(a)
        t = t - (np.log(value) - log_p) * value / np.exp(log_density)
    x = np.array(np.broadcast_to(x, deep.shape))
    x[deep] = t
    return x
