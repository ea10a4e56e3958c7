"""log P(low < Y ≤ high) and its gradient: what truncation, censoring and rounding of a family are made of."""

from typing import TYPE_CHECKING

import numpy as np

from likelinet.core.arrays import Array, log1mexp, namespace, never, over_nodes
from likelinet.distributions.base.parameter import Backward

if TYPE_CHECKING:
    from likelinet.distributions.base.distribution import Distribution

NARROW = 0.05  # log ratio of the two tails below which their difference would cancel
_LOST = 5e4  # rounding errors of a tail, in units of the last place
_FEW = 8  # whole numbers that are summed one by one
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(13)
# A rule of lower order on every other node: where the two differ, the density is not smooth.
_ROUGH = np.zeros(13)
_ROUGH[::2] = np.linalg.solve(np.polynomial.legendre.legvander(_NODES[::2], 6).T, 2.0 * np.eye(7)[0])


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
    low, high = (np.float64(e) if isinstance(e, float | int) else e for e in (low, high))
    with np.errstate(all="ignore"):  # of branches that are not taken
        if never(high < family.support.high):
            return _log_tail(family, params, low, high, upper=True)
        if not family.support.integer and never(low > family.support.low):  # few whole numbers are summed
            return _log_tail(family, params, low, high, upper=False)
        return _log_interval(family, params, low, high)


def _log_tail(
    family: "type[Distribution]", params: tuple[Array, ...], low: Array, high: Array, upper: bool
) -> tuple[Array, Backward]:
    """Return the same of intervals that are known to have no upper end, or no lower one."""
    xp, support, dtype = namespace(params[0]), family.support, params[0].dtype
    shape = xp.broadcast_shapes(params[0].shape, np.shape(low), np.shape(high))
    end = xp.broadcast_to(xp.asarray(low if upper else high, dtype=dtype), shape)
    if support.integer:
        end = xp.floor(end)
    below = end < support.low if support.integer else end <= support.low
    inside = ~(below | (end >= support.high))
    log_cdf, log_sf, tails_backward = family.tails(params, xp.where(inside, end, support.anchor))
    values = xp.where(inside, log_sf if upper else log_cdf, xp.where(below == upper, 0.0, -xp.inf))

    def backward(d: Array) -> tuple[Array, ...]:
        with np.errstate(all="ignore"):
            d = xp.where(inside, d, 0.0)
            nothing = xp.zeros_like(d)
            return tails_backward(nothing, d) if upper else tails_backward(d, nothing)

    return values, backward


def _log_interval(
    family: "type[Distribution]", params: tuple[Array, ...], low: Array, high: Array
) -> tuple[Array, Backward]:
    xp, support, dtype = namespace(params[0]), family.support, params[0].dtype
    shape = xp.broadcast_shapes(params[0].shape, np.shape(low), np.shape(high))
    ends = xp.stack([xp.broadcast_to(xp.asarray(e, dtype=dtype), shape) for e in (low, high)])
    if support.integer:
        ends = xp.maximum(xp.floor(ends), support.low - 1.0)
    below = (ends < support.low) | (ends == -xp.inf) if support.integer else ends <= support.low
    above = ends >= support.high
    inside = ~(below | above)
    log_cdf, log_sf, tails_backward = family.tails(params, xp.where(inside, ends, support.anchor))
    log_cdf = xp.where(below, -xp.inf, xp.where(above, 0.0, log_cdf))
    log_sf = xp.where(below, 0.0, xp.where(above, -xp.inf, log_sf))

    outer = xp.exp(log_cdf[0]) + xp.exp(log_sf[1])
    middle, lower = (outer < 0.5) & ~(below[0] | above[1]), log_cdf[1] <= log_sf[0]
    top, rest = xp.where(lower, log_cdf[1], log_sf[0]), xp.where(lower, log_cdf[0], log_sf[1])
    empty = (ends[0] >= ends[1]) | (top == -xp.inf) & ~middle
    delta = xp.where(empty | middle, 1.0, top - xp.where(empty, 0.0, rest))
    if support.integer:
        narrow = ~empty & (ends[1] - ends[0] <= _FEW) & inside[1]
    else:
        narrow = ~empty & ~middle & (delta < NARROW)
    eps = float(np.finfo(dtype).eps)
    delta = xp.maximum(delta, eps)
    values = xp.where(middle, xp.log1p(-xp.where(middle, outer, 0.0)), top + log1mexp(delta))
    values = xp.where(empty, -xp.inf, values)
    short = None if never(narrow) else _summed(family, params, ends, narrow, _LOST * eps / delta)
    if short is not None:
        values = xp.where(narrow & short[1], short[0], values)

    def backward(d: Array) -> tuple[Array, ...]:
        with np.errstate(all="ignore"):
            wide = xp.where(empty, 0.0, d)
            side = xp.where(middle, 0.0, wide) / -xp.expm1(-delta)
            inner = -side * xp.exp(-delta)
            between = -xp.where(middle, wide, 0.0) / xp.where(middle, 1.0 - outer, 1.0)
            d_cdf = xp.stack([xp.where(lower, inner, 0.0) + between * xp.exp(log_cdf[0]), xp.where(lower, side, 0.0)])
            d_sf = xp.stack([xp.where(lower, 0.0, side), xp.where(lower, 0.0, inner) + between * xp.exp(log_sf[1])])
            grads = tails_backward(xp.where(inside, d_cdf, 0.0), xp.where(inside, d_sf, 0.0))
            grads = tuple(g.sum(axis=0) for g in grads)
            if short is None:
                return grads
            sums = short[2](xp.where(narrow, d, 0.0))
            return tuple(xp.where(narrow & ok, s, g) for (s, ok), g in zip(sums, grads, strict=True))

    return values, backward


def _summed(family: "type[Distribution]", params: tuple[Array, ...], ends: Array, narrow: Array, error: Array):
    """Return log Σ of masses, or log ∫ of the density, over short intervals; where it is good; and its backward.

    An integral is good where two rules agree up to the `error` that the tails would make; backward(d) tells so for
    each parameter.
    """
    xp, support, dtype = namespace(params[0]), family.support, params[0].dtype
    column = (-1,) + (1,) * (ends.ndim - 1)
    inside = support.anchor
    if support.integer:
        low, high = xp.where(narrow, ends[0], inside - 1.0), xp.where(narrow, ends[1], inside)
        points = low + xp.arange(1, _FEW + 1, dtype=dtype).reshape(column)
        log_weights = xp.where(points <= high, 0.0, -xp.inf)
        points, ratio = xp.minimum(points, high), 1.0
    else:
        low, high = xp.where(narrow, ends[0], inside), xp.where(narrow, ends[1], inside)
        nodes, weights, ratio = (
            xp.asarray(a.reshape(column), dtype=dtype) for a in (_NODES, _WEIGHTS, _ROUGH / _WEIGHTS)
        )
        if np.isfinite(support.low):  # a density may fall like a power of the distance from the end of its support
            start = low - support.low
            half = 0.5 * xp.log1p((high - low) / start)
            steps = start * xp.exp(half * (1.0 + nodes))
            points, half = xp.clip(support.low + steps, low, high), half * steps
        else:
            half = 0.5 * (high - low)
            points = xp.minimum(low + half * (1.0 + nodes), high)
        log_weights = xp.log(weights) + xp.log(xp.where(narrow, half, 1.0))
    nll, loss_backward = family.loss(params, points)
    terms = log_weights - nll
    top = xp.max(terms, axis=0)
    top = xp.where(xp.isfinite(top), top, 0.0)
    parts = xp.exp(terms - top)
    total = over_nodes(parts)
    values = xp.log(total) + top
    shares = xp.where(total > 0.0, parts / total, 0.0)  # they sum to 1, whatever the rounding errors of large terms
    good = xp.abs(xp.sum(shares * (ratio - 1.0), axis=0)) <= error

    def backward(d: Array) -> list[tuple[Array, Array]]:
        sums = []
        for g in loss_backward(-d * shares):
            part = xp.where(shares == 0.0, 0.0, g)
            off, size = xp.abs(xp.sum(part * (ratio - 1.0), axis=0)), xp.sum(xp.abs(part), axis=0)
            sums.append((part.sum(axis=0), off <= xp.maximum(error, 1e-8) * size))
        return sums

    return values, good, backward
