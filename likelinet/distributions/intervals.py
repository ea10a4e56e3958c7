"""log P(low < Y ≤ high) and its gradient: what truncation, censoring and rounding of a family are made of."""

from typing import TYPE_CHECKING

import numpy as np

from likelinet.arrays import Array, log1mexp, namespace, never
from likelinet.distributions.parameter import Backward

if TYPE_CHECKING:
    from likelinet.distributions.base import Distribution

NARROW = 0.05  # log ratio of the two tails below which their difference would cancel
_FEW = 8  # whole numbers that are summed one by one
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(10)


def log_interval(
    family: "type[Distribution]", params: tuple[Array, ...], low: Array, high: Array
) -> tuple[Array, Backward]:
    """Return log P(low < Y ≤ high) and its backward function, from the tails of a family and its loss.

    It is the difference of two cdfs or of two survival functions, whichever are smaller; or what the two outer tails
    leave of 1; or, over a short interval, where all of these would cancel, the integral of the density.

    Parameters
    ----------
    family : type
        With `tails`, `loss` and `support`.
    params : tuple of array
        Of the shape of the rows, each.
    low, high : array
        Ends, which may be infinite; their shapes broadcast with those of the parameters.

    Returns
    -------
    tuple
        Values (-inf where the interval is empty), and backward(d) -> gradients of the parameters.
    """
    xp, support = namespace(params[0]), family.support
    shape = xp.broadcast_shapes(params[0].shape, np.shape(low), np.shape(high))
    ends = xp.stack([xp.broadcast_to(xp.asarray(e, dtype=params[0].dtype), shape) for e in (low, high)])
    ends = xp.floor(ends) if support.integer else ends
    below = ends < support.low if support.integer else ends <= support.low
    above = ends >= support.high
    inside = ~(below | above)
    log_cdf, log_sf, tails_backward = family.tails(params, xp.where(inside, ends, anchor(support)))
    log_cdf = xp.where(below, -xp.inf, xp.where(above, 0.0, log_cdf))
    log_sf = xp.where(below, 0.0, xp.where(above, -xp.inf, log_sf))

    outer = xp.exp(log_cdf[0]) + xp.exp(log_sf[1])
    middle, lower = outer < 0.5, log_cdf[1] <= log_sf[0]
    top, rest = xp.where(lower, log_cdf[1], log_sf[0]), xp.where(lower, log_cdf[0], log_sf[1])
    empty = (ends[0] >= ends[1]) | (top == -xp.inf) & ~middle
    delta = xp.where(empty | middle, 1.0, top - xp.where(empty, 0.0, rest))
    narrow = ~empty & ~middle & (delta < NARROW)
    if support.integer:
        narrow = ~empty & (ends[1] - ends[0] <= _FEW) & inside[1]
    delta = xp.where(narrow, 1.0, delta)
    values = xp.where(middle, xp.log1p(-xp.where(middle, outer, 0.0)), top + log1mexp(delta))
    values = xp.where(empty, -xp.inf, values)
    short = None if never(narrow) else _summed(family, params, ends, narrow)
    if short is not None:
        values = xp.where(narrow, short[0], values)

    def backward(d: Array) -> tuple[Array, ...]:
        wide = xp.where(empty | narrow, 0.0, d)
        side = xp.where(middle, 0.0, wide)
        upper_end, lower_end = side / -xp.expm1(-delta), -side / xp.expm1(delta)
        between = -xp.where(middle, wide, 0.0) / xp.where(middle, 1.0 - outer, 1.0)
        d_cdf = xp.stack(
            [xp.where(lower, lower_end, 0.0) + between * xp.exp(log_cdf[0]), xp.where(lower, upper_end, 0.0)]
        )
        d_sf = xp.stack(
            [xp.where(lower, 0.0, upper_end), xp.where(lower, 0.0, lower_end) + between * xp.exp(log_sf[1])]
        )
        grads = tails_backward(xp.where(inside, d_cdf, 0.0), xp.where(inside, d_sf, 0.0))
        grads = tuple(g.sum(axis=0) for g in grads)
        if short is None:
            return grads
        return tuple(xp.where(narrow, s, g) for s, g in zip(short[1](xp.where(narrow, d, 0.0)), grads, strict=True))

    return values, backward


def anchor(support) -> float:
    """Return a point inside a support, at which to evaluate what is then thrown away."""
    low, high = support.low, support.high
    point = 0.0 if not np.isfinite(low) else low + 1.0 if not np.isfinite(high) else 0.5 * (low + high)
    return float(np.floor(point)) if support.integer else point


def _summed(
    family: "type[Distribution]", params: tuple[Array, ...], ends: Array, narrow: Array
) -> tuple[Array, Backward]:
    """Return the logarithm of the sum of masses, or of the integral of the density, over short intervals."""
    xp, support = namespace(params[0]), family.support
    column = (-1,) + (1,) * (ends.ndim - 1)
    inside = anchor(support)
    low, high = xp.where(narrow, ends[0], inside), xp.where(narrow, ends[1], inside)
    if support.integer:
        points = low + xp.arange(1, _FEW + 1).reshape(column)
        log_weights = xp.where(points <= high, 0.0, -xp.inf)
        points = xp.minimum(points, high)
    else:
        nodes, weights = (xp.asarray(a.reshape(column)) for a in (_NODES, _WEIGHTS))
        if np.isfinite(support.low):  # a density may fall like a power of the distance from the end of its support
            start = low - support.low
            start = xp.where(start > 0.0, start, 1.0)
            half = 0.5 * xp.log1p((high - low) / start)
            steps = start * xp.exp(half * (1.0 + nodes))
            points, half = xp.clip(support.low + steps, low, high), half * steps
        else:
            half = 0.5 * (high - low)
            points = low + half * (1.0 + nodes)
        log_weights = xp.log(weights) + xp.log(xp.where(narrow, half, 1.0))
    nll, loss_backward = family.loss(params, points)
    terms = log_weights - nll
    top = xp.max(terms, axis=0)
    top = xp.where(xp.isfinite(top), top, 0.0)
    values = xp.log(xp.sum(xp.exp(terms - top), axis=0)) + top
    shares = xp.where(xp.isfinite(values), xp.exp(terms - values), 0.0)
    return values, lambda d: tuple(g.sum(axis=0) for g in loss_backward(-d * shares))
