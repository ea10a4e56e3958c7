"""Sums of squared tails of counts that are smooth, by integrals of their densities: what the CRPS consists of."""

from typing import TYPE_CHECKING

import numpy as np

from likelinet.core.blocks import blocks
from likelinet.distributions.base.by_rows import innermost
from likelinet.distributions.numerics.legendre import derivatives, integrals, times, values
from likelinet.distributions.numerics.smooth_counts import panels
from likelinet.distributions.numerics.smooth_sums import HEAD, NODES, WEIGHTS

if TYPE_CHECKING:
    from likelinet.distributions.base.distribution import Distribution

_ROWS = 128  # at once
_EDGES = np.array([-1.0, 1.0])
_AFTER = integrals(NODES)[::-1, ::-1].copy()  # from each node of a panel to its end
_BEFORE, _SLOPES = integrals(NODES), derivatives(NODES, NODES)
_AT_EDGES, _SLOPES_AT_EDGES = values(NODES, _EDGES), derivatives(NODES, _EDGES)


def squares(d: "Distribution", low: np.ndarray, high: np.ndarray, *, upper: bool) -> np.ndarray:
    """Return Σ P(Y > k)² if `upper`, else Σ P(Y ≤ k)², over many k from low to high, of `d` that is smooth there.

    Next to the ends of the support, where masses may be powers, they are summed one by one.
    """
    sums = np.empty(len(low))
    for rows in blocks(len(low), _ROWS):
        sums[rows] = _squares(d[rows], low[rows], high[rows], upper)
    return sums


def _squares(d: "Distribution", low: np.ndarray, high: np.ndarray, upper: bool) -> np.ndarray:
    least, most = d.endpoints()
    # Where the other tail begins, and at a bound, all is smooth, unless that is next to an end of the family.
    top = np.isfinite(innermost(d)[1].endpoints()[1]).any()
    near_low, near_high = (2.0 * HEAD, 1.0) if upper else (1.0, 2.0 * HEAD)
    at_ends = (low - least < near_low) & (low < 2.0 * HEAD), (most - high < near_high) & top
    heads = [np.where(at_end, HEAD, 0.0) for at_end in at_ends]
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


def _integrals(d: "Distribution", start: np.ndarray, end: np.ndarray, beyond: np.ndarray, upper: bool) -> np.ndarray:
    """Return Σ of the squared tail over whole numbers from `start` to end - 1, of what lies `beyond` these and between.

    At k + ½ for each of them the tail is a smooth function, and by the Euler-Maclaurin formula, at s, the integral of
    the density p from there on and p'(s) / 24; the sum of the squares is an integral again.
    """
    rows = np.arange(len(start))
    row, s, weight, _ = panels(rows, [np.clip(d.cuts(), start, end)], start, end, "gaps")
    p, half = np.nan_to_num(np.exp(d[row].log_bulk_at(s)), nan=0.0, posinf=0.0), weight[0] / WEIGHTS[0]
    slope, (p_start, p_end), (slope_start, slope_end) = times(_SLOPES, p) / half, *_at_edges(p, half, row, rows)
    sign = 1.0 if upper else -1.0
    beyond = beyond - 0.5 * sign * (p_end if upper else p_start) + sign * (slope_end if upper else slope_start) / 12.0
    inner, each = half * times(_AFTER if upper else _BEFORE, p), (weight * p).cumsum(axis=0)[-1]
    outer, whole = _sums_beside(each, row, rows, upper)
    tail = beyond[row] + outer + inner + sign * slope / 24.0
    sums = np.bincount(row, weights=(weight * tail**2).cumsum(axis=0)[-1], minlength=len(rows))
    at_start = (beyond + whole if upper else beyond) + sign * slope_start / 24.0
    at_end = (beyond if upper else beyond + whole) + sign * slope_end / 24.0
    return sums + sign * (at_end * p_end - at_start * p_start) / 12.0


def _at_edges(
    p: np.ndarray, half: np.ndarray, row: np.ndarray, rows: np.ndarray
) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Return the density, and its slopes, where the first panel of each row begins and where the last one ends."""
    first, last = np.searchsorted(row, rows), np.searchsorted(row, rows, side="right") - 1
    values, slopes = (
        tuple(times(matrix[i : i + 1], p[:, at])[0] for i, at in ((0, first), (1, last)))
        for matrix in (_AT_EDGES, _SLOPES_AT_EDGES)
    )
    return values, (slopes[0] / half[first], slopes[1] / half[last])


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
