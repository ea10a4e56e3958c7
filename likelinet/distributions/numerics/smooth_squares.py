"""Sums of squared tails of counts that are smooth, by integrals of their densities: what the CRPS consists of."""

from typing import TYPE_CHECKING

import numpy as np

from likelinet.core.blocks import blocks
from likelinet.distributions.base.by_rows import innermost
from likelinet.distributions.numerics.legendre import derivatives, integrals, times, values
from likelinet.distributions.numerics.smooth_counts import nodes, panels
from likelinet.distributions.numerics.smooth_sums import HEAD, NODES

if TYPE_CHECKING:
    from likelinet.distributions.base.distribution import Distribution

_ROWS = 128  # at once
_MANY, _FEW = 200.0, 8.0  # squares of a tail; fewer are summed one by one
_EDGES = np.array([-1.0, 1.0])
_AFTER = integrals(NODES, NODES)[::-1, ::-1].copy()  # from each node of a panel to its end
_BEFORE, _SLOPES = integrals(NODES, NODES), derivatives(NODES, NODES)
_THIRDS = _SLOPES @ _SLOPES @ _SLOPES
_AT_EDGES = [values(NODES, _EDGES) @ np.linalg.matrix_power(_SLOPES, n) for n in range(4)]  # and derivatives


def squares(d: "Distribution", low: np.ndarray, high: np.ndarray, *, upper: bool) -> np.ndarray:
    """Return Σ P(Y > k)² if `upper`, else Σ P(Y ≤ k)², over many k from low to high, of `d` that is smooth there.

    Next to the ends of the support, where masses may be powers, they are summed one by one.
    """
    sums = np.empty(len(low))
    for rows in blocks(len(low), _ROWS):
        sums[rows] = _squares(d[rows], low[rows], high[rows], upper)
    return sums


def _squares(d: "Distribution", low: np.ndarray, high: np.ndarray, upper: bool) -> np.ndarray:
    heads = _heads(d, low, high, upper)
    sums = np.zeros(len(low))
    for head, end, inwards in zip(heads, (low, high), (1.0, -1.0), strict=True):
        rows = np.flatnonzero(head)
        if len(rows):
            k, part = end[rows] + inwards * np.arange(float(HEAD))[:, None], d[rows]
            sums[rows] += ((part.sf(k) if upper else part.cdf(k)) ** 2).cumsum(axis=0)[-1]
    first, last, beyond = low + heads[0], high - heads[1], np.zeros(len(low))
    rows = np.flatnonzero(heads[1 if upper else 0])
    if len(rows):
        beyond[rows] = d[rows].sf(last[rows]) if upper else d[rows].cdf(first[rows] - 1.0)
    return sums + _integrals(d, first, last + 1.0, beyond, upper)


def long_enough(d: "Distribution", low: np.ndarray, high: np.ndarray, *, upper: bool) -> np.ndarray:
    """Return of which rows an integral takes fewer terms than the sum."""
    next_to_ends = np.any(_heads(d, low, high, upper), axis=0)
    return high - low >= np.where(next_to_ends, _MANY, _FEW)


def _heads(d: "Distribution", low: np.ndarray, high: np.ndarray, upper: bool) -> list[np.ndarray]:
    """Return how many numbers at the lower and at the upper end are summed one by one."""
    least, most = d.endpoints()
    # Where the other tail begins, and at a bound, all is smooth, unless that is next to an end of the family.
    top = np.isfinite(innermost(d)[1].endpoints()[1]).any()
    near_low, near_high = (2.0 * HEAD, 1.0) if upper else (1.0, 2.0 * HEAD)
    at_ends = (low - least < near_low) & (low < 2.0 * HEAD), (most - high < near_high) & top
    return [np.where(at_end, HEAD, 0.0) for at_end in at_ends]


def _integrals(d: "Distribution", start: np.ndarray, end: np.ndarray, beyond: np.ndarray, upper: bool) -> np.ndarray:
    """Return Σ of the squared tail over whole numbers from `start` to end - 1, of what lies `beyond` these and between.

    At s = k + ½ for each of them the tail is a smooth function: by the Euler-Maclaurin formula the integral of the
    density p from there on, p'(s) / 24 and -7 p‴(s) / 5760; and the sum of the squares is an integral again.
    """
    rows, sign = np.arange(len(start)), 1.0 if upper else -1.0
    row, *ends = panels(rows, [np.clip(d.cuts(), start, end)], start, end, "gaps")
    (s, weight), half = nodes(*ends), 0.5 * (ends[1] - ends[0])
    p = np.nan_to_num(np.exp(d[row].log_bulk_at(s)), nan=0.0, posinf=0.0)
    first, last = np.searchsorted(row, rows), np.searchsorted(row, rows, side="right") - 1
    at_start, at_end = (
        [times(m[i : i + 1], p[:, at])[0] / half[at] ** n for n, m in enumerate(_AT_EDGES)]
        for i, at in ((0, first), (1, last))
    )
    zeroth, slope, _, third = at_end if upper else at_start
    beyond = beyond + sign * (slope / 12.0 - 0.5 * zeroth - third / 720.0)
    inner, each = half * times(_AFTER if upper else _BEFORE, p), (weight * p).cumsum(axis=0)[-1]
    outer, whole = _sums_beside(each, row, rows, upper)
    tail = beyond[row] + outer + inner + sign * _midpoint(times(_SLOPES, p) / half, times(_THIRDS, p) / half**3)
    sums = np.bincount(row, weights=(weight * tail**2).cumsum(axis=0)[-1], minlength=len(rows))
    lower_end, upper_end = (beyond + whole, beyond) if upper else (beyond, beyond + whole)
    return sums + _of_edge(upper_end, at_end, sign) - _of_edge(lower_end, at_start, sign)


def _midpoint(first: np.ndarray, third: np.ndarray) -> np.ndarray:
    """Return what derivatives at an end half-way between two numbers add to an integral for a sum from there on."""
    return first / 24.0 - third * (7.0 / 5760.0)


def _of_edge(integral: np.ndarray, derivatives: list[np.ndarray], sign: float) -> np.ndarray:
    """Return what the derivatives of a squared tail at an end subtract, from the integral of p and its derivatives."""
    p, first, second, third = derivatives
    tail, slope = integral + sign * _midpoint(first, third), -sign * (p - second / 24.0)
    return -_midpoint(2.0 * tail * slope, 6.0 * slope * -sign * first - 2.0 * tail * sign * second)


def _sums_beside(each: np.ndarray, row: np.ndarray, rows: np.ndarray, upper: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return the mass of the panels after each one of its row, or before it, and that of all of them."""
    at = np.arange(len(row)) - np.searchsorted(row, rows)[row]
    table = np.zeros((len(rows), at.max() + 2))
    if upper:
        table[row, at] = each
        sums = table[:, ::-1].cumsum(axis=1)[:, ::-1]
        return sums[row, at + 1], sums[:, 0]
    table[row, at + 1] = each
    sums = table.cumsum(axis=1)
    return sums[row, at], sums[:, -1]
