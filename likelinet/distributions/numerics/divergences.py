"""Parts of divergences that are not negative and keep their digits where two distributions are close."""

import numpy as np
from numpy.polynomial.polynomial import polyval

from likelinet.core.arrays import log1pmx, softplus_and_sigmoid
from likelinet.core.lazy import scipy
from likelinet.distributions.numerics.gammas import log_gamma_at_two
from likelinet.distributions.numerics.near import NEAR, mended

NEARBY = 1e-4  # divergences below which the terms of E[log p - log q] cancel
_WITHIN = 0.5  # differences for which the formulas of close distributions serve as well
_EXPONENTIAL = 1.0 / np.cumprod(np.arange(1.0, 13.0))[1:]  # 1/2!, 1/3!, …
# Nodes 2 sinh t of the trapezoidal rule, and the logistic density there times their distance.
_STEP = 0.2
_T = np.arange(-19.0, 20.0) * _STEP
_LOGISTIC_NODES = 2.0 * np.sinh(_T)
_LOGISTIC_WEIGHTS = 2.0 * np.cosh(_T) * _STEP * 0.25 / np.cosh(0.5 * _LOGISTIC_NODES) ** 2


def expm1mx(x: np.ndarray) -> np.ndarray:
    """Return eˣ - 1 - x ≥ 0; near 0 by its power series, where the difference would cancel."""
    return mended(np.expm1(x) - x, np.abs(x) < NEAR, lambda x: x * x * polyval(x, _EXPONENTIAL), x)


def itakura_saito(excess: np.ndarray, log_ratio: np.ndarray) -> np.ndarray:
    """Return r - 1 - log r ≥ 0 from r - 1, and from log r where r is not near 1."""
    return mended(excess - log_ratio, np.abs(excess) < NEAR, lambda x: -log1pmx(x), excess)


def extreme_value(ratio: np.ndarray, excess: np.ndarray, shift: np.ndarray) -> np.ndarray:
    """Return the divergence of two Gumbel distributions, the scales of which have this ratio, 1 + `excess`.

    The locations, of the second less the first, are `shift` apart in units of the second scale.
    """
    at_two, bend = log_gamma_at_two(ratio, excess)
    return expm1mx(shift + at_two) + bend


def logistic(ratio: np.ndarray, excess: np.ndarray, shift: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return that of two logistic distributions, and where it is good: where they are not far from each other.

    It is E[q/p - 1 - log(q/p)], of which no node is negative.
    """
    near = (np.abs(excess) < _WITHIN) & (np.abs(shift) < 1.0)
    excess, shift = np.where(near, excess, 0.0), np.where(near, shift, 0.0)
    log_scales, total = np.log1p(excess), np.zeros(near.shape)
    for z, weight in zip(_LOGISTIC_NODES, _LOGISTIC_WEIGHTS, strict=True):
        # The second density is that of z + move.
        move = z * excess - shift
        rise = -move - 2.0 * np.log1p(np.expm1(-move) / (1.0 + np.exp(z)))
        total = total + weight * expm1mx(rise + log_scales)
    return total, near


def categorical(logits: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return that of two distributions over classes, the last axis."""
    log_p, log_q = (scipy.special.log_softmax(z, axis=-1) for z in (logits, other))
    p = np.exp(log_p)
    some, possible = p > 0.0, log_q > -np.inf
    terms = p * (np.where(some, log_p, 0.0) - np.where(some, log_q, 0.0))
    both = some & possible
    apart = np.where(both, other, 0.0) - np.where(both, logits, 0.0)
    apart = apart - (p * apart).sum(-1, keepdims=True)
    near = (np.abs(apart).max(-1) < _WITHIN) & (some == possible).all(-1)
    close = np.log1p((p * expm1mx(np.where(near[..., None], apart, 0.0))).sum(-1))
    return np.where(near, close, np.maximum(terms.sum(-1), 0.0))


def bernoulli(logits: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return that of two distributions over 0 and 1, from their log odds."""
    (minus_log_no, p), (minus_log_yes, no) = softplus_and_sigmoid(logits), softplus_and_sigmoid(-logits)
    apart = other - logits
    near = np.abs(apart) < _WITHIN
    t = np.where(near, apart, 0.0)
    close = np.log1p(p * expm1mx(no * t) + no * expm1mx(-p * t))
    other_no, other_yes = softplus_and_sigmoid(other)[0], softplus_and_sigmoid(-other)[0]
    yes_part = np.where(p == 0.0, 0.0, p * (other_yes - minus_log_yes))  # what never comes adds nothing
    no_part = np.where(no == 0.0, 0.0, no * (other_no - minus_log_no))
    return np.where(near, close, np.maximum(yes_part + no_part, 0.0))
