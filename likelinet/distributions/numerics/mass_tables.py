"""Masses of neighbouring whole numbers, all of a row at once: tables that wrappers make of those of their bases."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from likelinet.core.blocks import blocks
from likelinet.distributions.base.by_rows import innermost

if TYPE_CHECKING:
    from likelinet.distributions.base.distribution import Distribution

Ratio = Callable[..., None]  # of k, where to write P(k) / P(k - 1), and the parameters; all of them broadcast

LONGEST = 4096  # rows with no more whole numbers than this have a table
_LONGEST_WITHOUT_TAILS = 2**16  # also where every tail of the family is a sum of its masses
CELLS = 2**16  # of the tables of a block of rows
_AT_ONCE = 2**16  # of them, so that what is computed stays in a cache
RANGE = 650.0  # logarithm of numbers that neither overflow nor lose digits
_LANES = 64  # sums side by side
_PADDED = 1.25  # how much longer than the shortest one the longest row of a table may be


@dataclass(frozen=True)
class Cells:
    """Whole numbers first, first + 1, … of each row, of which those outside low … high are to have no mass.

    Parameters
    ----------
    first : ndarray
        The first one of each row.
    many : int
        How many of each row.
    low, high : ndarray
        The first and the last one that counts; their shapes broadcast with that of `first`.
    """

    first: np.ndarray
    many: int
    low: np.ndarray
    high: np.ndarray

    def k(self) -> np.ndarray:
        """Return the whole numbers along a last axis after the batch."""
        return self.first[..., None] + np.arange(float(self.many))

    def within(self, low: np.ndarray, high: np.ndarray) -> "Cells":
        """Return the same numbers of which fewer may have mass."""
        return replace(self, low=np.maximum(self.low, low), high=np.minimum(self.high, high))

    def for_parts(self) -> "Cells":
        """Return the same numbers for each part of a row, along a last axis of the batch."""
        return Cells(self.first[..., None], self.many, self.low[..., None], self.high[..., None])


@dataclass(frozen=True)
class Masses:
    """Masses of cells, shape (…, many): exp(log_scale) times `values`, the largest of which is far from underflow."""

    values: np.ndarray
    log_scale: np.ndarray

    def probabilities(self) -> np.ndarray:
        """Return the masses as they are."""
        return self.values * np.exp(self.log_scale)[..., None]

    def times(self, log_factor: np.ndarray) -> "Masses":
        """Return the masses times a factor for each row."""
        return Masses(self.values, self.log_scale + log_factor)


def longest(d: "Distribution", with_tails: int = LONGEST) -> int:
    """Return the most whole numbers of a row for which a table costs less than tails do, if they are no sums."""
    return with_tails if innermost(d)[1].smooth_tails else _LONGEST_WITHOUT_TAILS


def short_rows(low: np.ndarray, high: np.ndarray, *all_of: "Distribution") -> np.ndarray:
    """Return which rows have a table: those of few numbers, and of more where the masses are not smooth."""
    many = high - low
    short = many < LONGEST
    if np.all(short | ~(many < _LONGEST_WITHOUT_TAILS)):
        return short
    jumps = np.concatenate([e.jumps() for e in all_of])
    return short | (any_between(jumps, low, high) & (many < _LONGEST_WITHOUT_TAILS))


def any_between(k: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Return which rows have a number of k, shape (many, rows), after the first of a range."""
    return np.any((k > low) & (k <= high), axis=0)


def cells_of(
    rows: np.ndarray, low: np.ndarray, high: np.ndarray, most_cells: int = CELLS
) -> Iterator[tuple[np.ndarray, Cells]]:
    """Return blocks of rows of about as many numbers each, and their numbers from low to high."""
    rows = rows[np.argsort((high - low)[rows], kind="stable")]
    count = (high - low)[rows] + 1.0
    start = 0
    while start < len(rows):
        most = np.floor(_PADDED * count[start]) + 1.0
        end = min(int(np.searchsorted(count, most, side="right")), start + max(int(most_cells // most), 1))
        block = rows[start:end]
        yield block, Cells(low[block], int(count[end - 1]), low[block], high[block])
        start = end


def by_log_prob(d: "Distribution", cells: Cells) -> Masses:
    """Return the masses of any distribution."""
    k = np.moveaxis(cells.k(), -1, 0)
    log_p = np.where((k >= cells.low) & (k <= cells.high), d.log_prob(k), -np.inf)
    top = log_p.max(axis=0)
    values = np.exp(log_p - np.where(top > -np.inf, top, 0.0))
    return Masses(np.ascontiguousarray(np.moveaxis(values, 0, -1)), top)


def by_ratios(d: Any, cells: Cells, ratio: Ratio) -> Masses:
    """Return the masses of a family by those of neighbouring numbers, and by the mass of one of them.

    `ratio`, of k, an array and the parameters, writes P(k) / P(k - 1) into the array; past the support that is 0.
    """
    shape = np.broadcast_shapes(d.batch_shape, cells.first.shape)
    rows_and_parts = (-1, shape[-1]) if len(shape) > 1 else (-1, 1)
    arrays = *(getattr(d, p.name) for p in d.parameters), d.mode(), cells.first, cells.low, cells.high
    *params, mode, first, low, high = (np.broadcast_to(a, shape).reshape(rows_and_parts) for a in arrays)
    low, high = np.maximum(low, first), np.minimum(high, first + (cells.many - 1.0))
    some = low <= high
    peak = np.where(some, np.clip(mode, low, high), 0.0)
    log_p, log_p_low = -d.loss(tuple(params), np.stack([peak, np.where(some, low, 0.0)]))[0]
    # Where even the most probable one has no mass, as past the trials, none has, and there is nothing to divide by.
    some &= log_p > -np.inf
    high, log_p, log_p_low = (
        np.where(some, v, none) for v, none in ((high, low - 1.0), (log_p, 0.0), (log_p_low, 0.0))
    )
    # From the first one that counts on, whose number is so small that none overflows.
    far = log_p - log_p_low > 2.0 * RANGE
    start = np.where(far, 1.0, np.exp(np.clip(log_p_low - log_p, -RANGE, 0.0)))
    values = np.empty((*first.shape, cells.many))
    multiply(ratio, [first, low, high, start, *params], far, out=values)
    at = np.where(some, peak - first, 0.0).astype(np.int64)[..., None]
    at_peak = np.take_along_axis(values, at, -1)[..., 0]
    log_scale = np.where(some & (at_peak > 0.0), log_p - np.log(at_peak), -np.inf)
    return Masses(values.reshape(*shape, cells.many), log_scale.reshape(shape))


def multiply(ratio: Ratio, columns: list[np.ndarray], far: np.ndarray, out: np.ndarray) -> None:
    """Write masses of neighbouring numbers, those of each part of a row up to a factor of its own, into `out`.

    Parameters
    ----------
    ratio : callable
        As `by_ratios` takes it.
    columns : list of ndarray
        The first number, the first and the last that are not to be 0, the mass of the former, and the parameters: of
        the shape (rows, parts), or with a single one for all.
    far : ndarray, shape (rows, parts)
        Where there is no such factor, as masses at the first number and at the peak are too far from each other.
    out : ndarray, shape (rows, parts, many)
        The masses.
    """
    columns = [c[:, :1] if np.all(c == c[:, :1]) else c for c in columns]  # one may serve all
    columns = [c[:1] if np.all(c == c[:1]) else c for c in columns]
    for part in blocks(len(out), max(_AT_ONCE // math.prod(out.shape[1:]), 1)):
        columns_of_part = [(c if len(c) == 1 else c[part])[..., None] for c in columns]
        with np.errstate(all="ignore"):  # of far rows, and past the last number of a row
            _multiply(ratio, columns_of_part, far[part], out[part])


def _multiply(ratio: Ratio, columns: list[np.ndarray], far: np.ndarray, out: np.ndarray) -> None:
    first, low, high, start, *params = columns
    k = first + np.arange(float(out.shape[-1]))
    ratio(k[..., 1:], out[..., 1:], *params)
    some_before, some_after = np.any(low > first), np.any(high < k[..., -1:])
    out[..., :1] = start
    if some_before:
        np.copyto(out[..., 1:], 1.0, where=k[..., 1:] <= low)
    if some_after:
        np.copyto(out, 0.0, where=k > high)  # and so is what is multiplied with it
    if far.any():
        out[far], near = _from_both_ends(out[far][:, 1:]), ~far
        out[near] = np.multiply.accumulate(out[near], axis=-1)
    else:
        np.multiply.accumulate(out, axis=-1, out=out)
    if some_before:
        np.copyto(out, 0.0, where=k < low)


def _from_both_ends(ratios: np.ndarray) -> np.ndarray:
    """Return numbers in these ratios, of each to the one before, none of which overflows.

    Ratios below 1 are multiplied from the left, and the inverse of those above 1 from the right.
    """
    values = np.ones((len(ratios), ratios.shape[1] + 1))
    np.fmin(ratios, 1.0).cumprod(axis=1, out=values[:, 1:])
    falling = 1.0 / np.fmax(ratios, 1.0)
    values[:, :-1] *= falling[:, ::-1].cumprod(axis=1)[:, ::-1]
    return values


def mixed(parts: Masses, log_weights: np.ndarray) -> Masses:
    """Return the weighted sum over the last axis of the batch of the parts."""
    logs = log_weights + parts.log_scale
    top = logs.max(axis=-1)
    weights = np.exp(logs - np.where(top > -np.inf, top, 0.0)[..., None])[..., None]
    values = weights[..., 0, :] * parts.values[..., 0, :]
    more = np.empty_like(values)
    for i in range(1, weights.shape[-2]):  # one after the other, whatever rows are beside
        values += np.multiply(weights[..., i, :], parts.values[..., i, :], out=more)
    return Masses(values, top)


def with_zero(rest: Masses, log_p: np.ndarray, cells: Cells) -> Masses:
    """Return masses and a further one at 0."""
    zero = (cells.first <= 0.0) & (cells.first + cells.many > 0.0) & (cells.low <= 0.0) & (cells.high >= 0.0)
    log_p = np.where(zero, log_p, -np.inf)
    top = np.maximum(rest.log_scale, log_p)
    least = np.where(top > -np.inf, top, 0.0)
    values = rest.values * np.exp(rest.log_scale - least)[..., None]
    at = np.clip(-cells.first, 0.0, cells.many - 1.0).astype(np.int64)[..., None]
    at = np.broadcast_to(at, (*values.shape[:-1], 1))
    more = np.take_along_axis(values, at, -1) + np.broadcast_to(np.exp(log_p - least), values.shape[:-1])[..., None]
    np.put_along_axis(values, at, more, -1)
    return Masses(values, top)


def row_sums(values: np.ndarray) -> np.ndarray:
    """Return the sums over the last axis, in an order that does not depend on how many zeros stand after a row."""
    many = values.shape[-1] // _LANES * _LANES
    lanes = values[..., :many].reshape(*values.shape[:-1], many // _LANES, _LANES).sum(axis=-2)
    if many < values.shape[-1]:
        lanes[..., : values.shape[-1] - many] += values[..., many:]
    return lanes.sum(axis=-1)


def sums_beyond(mass: np.ndarray) -> np.ndarray:
    """Return the sums of the masses after each, of rows of one axis."""
    sums = np.zeros_like(mass)
    mass[:, :0:-1].cumsum(axis=1, out=sums[:, -2::-1])
    return sums


def squares_of_steps(below: np.ndarray, above: np.ndarray, before: np.ndarray, part: np.ndarray) -> np.ndarray:
    """Return Σ P(Y ≤ k)² over the numbers k before one of each row, Σ P(Y > k)² over those after, and of it a part."""
    here = np.arange(len(below)), before.astype(np.int64)
    squares = np.where(np.arange(float(below.shape[1])) < before[:, None], below, above)
    squares *= squares
    squares[here] = part * below[here] ** 2 + (1.0 - part) * above[here] ** 2
    return row_sums(squares)
