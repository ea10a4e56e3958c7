"""Quantiles of whole numbers, on all rows at once."""

from typing import TYPE_CHECKING

import numpy as np

from likelinet.distributions.numerics.root_finding import halfway

if TYPE_CHECKING:
    from likelinet.distributions.base.distribution import Distribution

_LEAP = 8.0
_STEPS = 400  # at most: every third halves what is left, of the floats or of the numbers


def least_count(d: "Distribution", q: np.ndarray, start: np.ndarray, *, upper: bool) -> np.ndarray:
    """Return the smallest whole number k of the support with cdf(k) ≥ q, or with sf(k) ≤ q if `upper`.

    By steps of Newton's method, with the mass as the slope, and halving; k is known once k - 1 has been tried.

    Parameters
    ----------
    d : Distribution
        Of whole numbers.
    q : ndarray
        Probabilities in (0, 1), whose shape broadcasts with the batch.
    start : ndarray
        A guess.
    upper : bool
        Whether q is the probability above k.

    Returns
    -------
    ndarray
    """
    shape = np.broadcast_shapes(d.batch_shape, q.shape, start.shape)
    with np.errstate(all="ignore"):
        flat = d.flattened(shape)
        q, start = (np.broadcast_to(a, shape).reshape(-1) for a in (q, start))
        return _search(flat, q, start, upper).reshape(shape)


def _search(d: "Distribution", q: np.ndarray, start: np.ndarray, upper: bool) -> np.ndarray:
    least = d.support.low
    k = np.maximum(np.where(np.isfinite(start), np.ceil(start), least), least)
    k = np.where(np.isfinite(k), k, 0.0)
    found, rows = k.copy(), np.arange(len(k))
    below, above = np.full(len(k), least - 1.0), np.full(len(k), np.inf)
    span = np.ones(len(k))
    for turn in range(_STEPS):
        tail = d.sf(k) if upper else d.cdf(k)
        enough = tail <= q if upper else tail >= q
        below, above = np.where(enough, below, k), np.where(enough, k, above)
        # In a valley between two peaks the slope is next to nothing: no leap past many times k.
        most = _LEAP * (np.abs(k) + span)
        move = np.clip(_newton(tail, q, np.exp(d.log_prob(k)), upper), -most, most)
        to = np.clip(np.ceil(k + move), below + 1.0, above - 1.0)
        finite = np.isfinite(below) & np.isfinite(above)
        middle = np.floor(0.5 * below + 0.5 * above)
        known = finite & ~((below < middle) & (middle < above))
        if turn % 2 == 1:  # k and the ends may be many powers of 2 apart
            ends = (
                np.where(below < 0.0, below, np.maximum(below, 1.0)),
                np.where(above > 0.0, above, np.minimum(above, -1.0)),
            )
            far = np.floor(halfway(*ends))
            middle = np.where((below < far) & (far < above), far, middle)
        outward = np.where(np.isfinite(above), -1.0, 1.0) * (span + 2.0 * np.abs(k)) + k
        newton = (below < to) & (to < above) & np.isfinite(to) & ((turn % 3 < 2) | (np.abs(move) < 1.0))
        span = np.where(newton | finite, span, 2.0 * span)
        k = np.where(known, above, np.where(newton, to, np.where(finite, middle, outward)))
        if 2 * known.sum() > len(k):
            found[rows[known]], going = above[known], ~known
            if not going.any():
                return found
            d, rows = d[going], rows[going]
            q, k, below, above, span = (a[going] for a in (q, k, below, above, span))
    found[rows] = above
    return found


def _newton(tail: np.ndarray, q: np.ndarray, mass: np.ndarray, upper: bool) -> np.ndarray:
    """Return the step to where a tail is q, on the logarithm of the smaller of the two tails."""
    small = q <= 0.5
    here, there = np.where(small, tail, 1.0 - tail), np.where(small, q, 1.0 - q)
    step = (np.log(here) - np.log(there)) * (here / mass)
    return np.where(small == upper, step, -step)
