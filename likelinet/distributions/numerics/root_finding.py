"""Quantiles of continuous distributions by Newton's method in a bracket, on all rows at once."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from likelinet.distributions.base.distribution import Distribution

_STEPS = 150  # at most; halving takes 64
_CLOSE = 1e-8  # difference of log probabilities below which what does not shrink any more is rounding
_EXACT = 1e-16  # and below which there is nothing left to gain
_BACK = 0.01  # share of a step by which rounding may lead it past an end


def invert(
    d: "Distribution",
    q: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    *,
    upper: bool,
    start: np.ndarray | None = None,
) -> np.ndarray:
    """Return y in [low, high] with cdf(y) = q, or sf(y) = q if `upper`.

    Of a q above one half by the other tail, which does not round to 1. Where q is not in (0, 1), it is low.

    Parameters
    ----------
    d : Distribution
        A continuous one, with cdf and density.
    q : ndarray
        Probabilities, whose shape broadcasts with the batch.
    low, high : ndarray
        A bracket, whose ends may be infinite: y is never outside it.
    upper : bool
        Whether q is the probability above y.
    start : ndarray, optional
        Where to start; by default in the middle of the bracket.

    Returns
    -------
    ndarray
    """
    shape = np.broadcast_shapes(d.batch_shape, q.shape)
    q, low, high = (np.broadcast_to(a, shape).reshape(-1) for a in (q, low, high))
    start = _middle(low, high) if start is None else np.broadcast_to(start, shape).reshape(-1)
    with np.errstate(all="ignore"):
        inner, by_sf, y = (q > 0.0) & (q < 1.0) & (low < high), (q > 0.5) ^ upper, low.copy()
        for tail in (False, True):
            rows = np.flatnonzero(inner & (by_sf == tail))
            if rows.size:
                target = np.log(np.minimum(q[rows], 1.0 - q[rows]))
                part = d.flattened(shape)[rows]
                y[rows] = _newton(part, target, low[rows], high[rows], start[rows], upper=tail)
    return y.reshape(shape)


def _newton(
    d: "Distribution", target: np.ndarray, low: np.ndarray, high: np.ndarray, y: np.ndarray, upper: bool
) -> np.ndarray:
    """Return y in [low, high] with log cdf(y), or log sf(y) if `upper`, equal to target; all of one axis.

    Across several powers of 2 the variable is log y, in which the tails of power laws are straight.
    """
    found, rows, left, right = y.copy(), np.arange(len(y)), low, high
    power = ((low >= 0.0) & (high > 4.0 * low)) | ((high <= 0.0) & (low < 4.0 * high))
    y = np.where((low < y) & (y < high), y, _middle(low, high))
    noise = _EXACT * (1.0 + np.abs(target))
    last, curve = np.full(len(y), np.inf), np.ones(len(y))  # how large the gap was before a step of Newton's
    done = np.full(len(y), False)
    for turn in range(_STEPS):
        log_tail = d.log_sf(y) if upper else d.log_cdf(y)
        gap = (target - log_tail) if upper else (log_tail - target)
        left, right = np.where(gap < 0.0, y, left), np.where(gap > 0.0, y, right)
        move = -gap * np.exp(log_tail - d.log_prob(y))
        aim = np.where(power, y * np.exp(move / y), y + move)
        to = np.clip(aim, left, right)
        size = np.abs(gap)
        ratio = np.where(last < np.inf, size / last, 1.0)
        # An end that has not been tried may be the root itself, but for rounding.
        untried = ((to == low) & (left == low)) | ((to == high) & (right == high))
        newton = (ratio < 0.5) | (last == np.inf)
        newton &= ((left < to) & (to < right)) | (untried & (size < 1.0))
        # A step leaves a gap that grows with the square of the last one, by what was seen so far.
        curve = np.maximum(curve, np.where(last < np.inf, ratio / last, 1.0))
        # It may also end where another one has been, next to the root: there is nothing left to halve.
        back = ~newton & (np.abs(aim - to) <= _BACK * np.abs(move))
        exact = (newton | back) & (curve * size**2 < _EXACT)
        middle = _middle(left, right, by_order=turn % 2 == 1)
        rounding = (size < _CLOSE) & (last < np.inf) & (ratio >= 0.5) & (np.abs(move) <= 1e-9 * np.abs(y))
        rounding |= (size <= noise) | (np.abs(move) <= _EXACT * np.abs(y))
        stay = rounding | np.isnan(gap) | ((y == low) & (gap > 0.0)) | ((y == high) & (gap < 0.0))
        stay |= ~newton & ~exact & ~((left < middle) & (middle < right))
        y = np.where(done | stay, y, np.where(newton | exact, to, middle))
        done = done | stay | exact
        last = np.where(newton, size, np.inf)
        if 4 * done.sum() > len(y):  # the others go on by themselves
            found[rows[done]], going = y[done], ~done
            if not going.any():
                return found
            d, rows = d[going], rows[going]
            target, noise, low, high, power, y, left, right, last, curve, done = (
                a[going] for a in (target, noise, low, high, power, y, left, right, last, curve, done)
            )
    found[rows] = y
    return found


def _middle(low: np.ndarray, high: np.ndarray, by_order: bool = False) -> np.ndarray:
    """Return a number between low and high: half-way, or half of the floats away if they are far apart."""
    far = ~((low > 0.25 * high) | (high < 0.25 * low)) if by_order else ~np.isfinite(high - low)
    return np.where(far, halfway(low, high), 0.5 * low + 0.5 * high)


def halfway(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Return the middle one of the numbers from low to high, all that float64 has: 64 halvings reach any of them."""
    a, b = _order(low), _order(high)
    middle = (a >> 1) + (b >> 1) + (a & b & 1)
    return _order_to_float(middle)


def _order(y: np.ndarray) -> np.ndarray:
    """Return whole numbers in the order of the floats y, without gaps."""
    bits = (np.asarray(y, dtype=np.float64) + 0.0).view(np.int64)  # not -0.0
    return np.where(bits < 0, np.iinfo(np.int64).min - bits, bits)


def _order_to_float(order: np.ndarray) -> np.ndarray:
    return np.asarray(np.where(order < 0, np.iinfo(np.int64).min - order, order)).view(np.float64)
