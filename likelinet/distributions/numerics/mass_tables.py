"""Masses of neighbouring whole numbers, all of a row at once: tables that wrappers make of those of their bases."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from likelinet.core.blocks import blocks
from likelinet.distributions.base.by_rows import innermost

if TYPE_CHECKING:
    from likelinet.distributions.base.distribution import Distribution

Ratio = Callable[..., tuple[np.ndarray, np.ndarray]]  # of k and the parameters, which broadcast

LONGEST = 4096  # rows with no more whole numbers than this have a table
_LONGEST_WITHOUT_TAILS = 2**16  # also where every tail of the family is a sum of its masses
CELLS = 2**16  # of the tables of a block of rows
_AT_ONCE = 2**15  # of them, so that what is computed stays in a cache
RANGE = 650.0  # logarithm of numbers that neither overflow nor lose digits
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

    `ratio`, of k and the parameters, returns two numbers, neither negative, that are to each other as P(k) to P(k - 1).
    """
    shape = np.broadcast_shapes(d.batch_shape, cells.first.shape)
    arrays = *(getattr(d, p.name) for p in d.parameters), d.mode(), cells.first, cells.low, cells.high
    *params, mode, first, low, high = (np.broadcast_to(a, shape).reshape(-1) for a in arrays)
    low, high = np.maximum(low, first), np.minimum(high, first + (cells.many - 1.0))
    some = low <= high
    peak = np.where(some, np.clip(mode, low, high), 0.0)
    log_p, log_p_low = -d.loss(tuple(params), np.stack([peak, np.where(some, low, 0.0)]))[0]
    # From the first one that counts on, whose number is so small that none overflows.
    start, far = np.exp(np.clip(log_p_low - log_p, -RANGE, 0.0)), log_p - log_p_low > 2.0 * RANGE
    values = np.empty((len(first), cells.many))
    for part in blocks(len(first), max(_AT_ONCE // cells.many, 1)):
        multiply(ratio, [p[part, None] for p in (first, low, high, start, *params)], far[part], out=values[part])
    at_peak = values[np.arange(len(peak)), np.where(some, peak - first, 0.0).astype(np.int64)]
    log_scale = np.where(some & (at_peak > 0.0), log_p - np.log(at_peak), -np.inf)
    return Masses(values.reshape(*shape, cells.many), log_scale.reshape(shape))


def multiply(ratio: Ratio, columns: list[np.ndarray], far: np.ndarray, out: np.ndarray) -> None:
    """Write masses of neighbouring numbers, each row up to a factor of its own, into rows of `out`.

    The columns are the first number, the first and the last that are not to be 0, the mass of the former, and the
    parameters; far rows are those where there is no such factor.
    """
    first, low, high, start, *params = (c[:1] if np.all(c == c[:1]) else c for c in columns)  # one row may serve all
    k, outside = first + np.arange(float(out.shape[1])), None
    up, down = ratio(k[:, 1:], *params)
    if np.any(low > first) or np.any(high < k[:, -1:]):
        outside = np.broadcast_to((k < low) | (k > high), out.shape)
        up, down = (np.where(outside[:, 1:] | outside[:, :-1], 1.0, v) for v in (up, down))
    if not far.all():
        out[:, :1] = start
        np.divide(up, down, out=out[:, 1:])
        with np.errstate(over="ignore"):  # of far rows
            np.multiply.accumulate(out, axis=1, out=out)
    if far.any():
        up, down = (np.broadcast_to(v, (len(out), out.shape[1] - 1))[far] for v in (up, down))
        out[far] = _from_both_ends(up, down)
    if outside is not None:
        out[outside] = 0.0


def _from_both_ends(up: np.ndarray, down: np.ndarray) -> np.ndarray:
    """Return numbers in the ratios up : down of each to the one before, none of which overflows.

    Ratios r below 1 are multiplied from the left, and 1/r of those above 1 from the right.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        rising, falling = np.fmin(up / down, 1.0), np.fmin(down / up, 1.0)
    values = np.ones((len(rising), rising.shape[1] + 1))
    rising.cumprod(axis=1, out=values[:, 1:])
    values[:, :-1] *= falling[:, ::-1].cumprod(axis=1)[:, ::-1]
    return values


def mixed(parts: Masses, log_weights: np.ndarray) -> Masses:
    """Return the weighted sum over the last axis of the batch of the parts."""
    logs = log_weights + parts.log_scale
    top = logs.max(axis=-1)
    weights = np.exp(logs - np.where(top > -np.inf, top, 0.0)[..., None])[..., None]
    values = weights[..., 0, :] * parts.values[..., 0, :]
    for i in range(1, weights.shape[-2]):  # one after the other, whatever rows are beside
        values += weights[..., i, :] * parts.values[..., i, :]
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
