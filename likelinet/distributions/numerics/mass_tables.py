"""Masses of neighbouring whole numbers, all of a row at once: tables that wrappers make of those of their bases."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from likelinet.core.blocks import blocks

if TYPE_CHECKING:
    from likelinet.distributions.base.distribution import Distribution

Ratio = Callable[..., tuple[np.ndarray, np.ndarray]]  # of k and the parameters, which broadcast

LONGEST = 4096  # rows with no more whole numbers than this have a table
CELLS = 2**16  # of the tables of a block of rows
_AT_ONCE = 2**15  # of them, so that what is computed stays in a cache
_LEAST = 1e-280  # of ratios to the first mass that may be multiplied from there
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


def cells_of(rows: np.ndarray, low: np.ndarray, high: np.ndarray) -> Iterator[tuple[np.ndarray, Cells]]:
    """Return blocks of rows of about as many numbers each, and their numbers from low to high."""
    rows = rows[np.argsort((high - low)[rows], kind="stable")]
    count = (high - low)[rows] + 1.0
    start = 0
    while start < len(rows):
        most = np.floor(_PADDED * count[start]) + 1.0
        end = min(int(np.searchsorted(count, most, side="right")), start + max(int(CELLS // most), 1))
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
    params = [np.broadcast_to(getattr(d, p.name), shape).reshape(-1) for p in d.parameters]
    first, low, high = (np.broadcast_to(e, shape).reshape(-1) for e in (cells.first, cells.low, cells.high))
    values, at = np.empty((len(first), cells.many)), np.empty(len(first), dtype=np.int64)
    for part in blocks(len(first), max(_AT_ONCE // cells.many, 1)):
        ends = first[part, None], low[part, None], high[part, None]
        at[part] = relative(ratio, [p[part, None] for p in params], *ends, out=values[part])
    k_at = first + at
    inside = (k_at >= low) & (k_at <= high)
    log_top = np.log(values[np.arange(len(at)), at])
    log_scale = np.where(inside, -d.loss(tuple(params), np.where(inside, k_at, 0.0))[0] - log_top, -np.inf)
    return Masses(values.reshape(*shape, cells.many), log_scale.reshape(shape))


def relative(
    ratio: Ratio, params: list[np.ndarray], first: np.ndarray, low: np.ndarray, high: np.ndarray, out: np.ndarray
) -> np.ndarray:
    """Write masses of neighbouring numbers from `first` on, each row up to a factor of its own, into rows of `out`.

    Those outside low … high are 0; all parameters have one column. Return where the largest one of each row is.
    """
    first, *params = (p[:1] if np.all(p == p[:1]) else p for p in (first, *params))  # a row that serves for all
    k = first + np.arange(float(out.shape[1]))
    with np.errstate(all="ignore"):
        up, down = ratio(k[:, 1:], *params)
        outside = None
        if np.any(low > first) or np.any(high < first + (out.shape[1] - 1.0)):
            outside = np.broadcast_to((k < low) | (k > high), out.shape)
            up, down = (np.where(outside[:, 1:] | outside[:, :-1], 1.0, v) for v in (up, down))
        out[:, 0] = 1.0
        np.divide(up, down, out=out[:, 1:])
        np.multiply.accumulate(out, axis=1, out=out)
        far = ~((out.min(axis=1) > _LEAST) & (out.max(axis=1) < 1.0 / _LEAST))
        if far.all():
            _from_both_ends(up, down, out)
        elif far.any():
            values = np.empty((np.count_nonzero(far), out.shape[1]))
            _from_both_ends(*(np.broadcast_to(v, (len(out), out.shape[1] - 1))[far] for v in (up, down)), values)
            out[far] = values
    if outside is not None:
        out[outside] = 0.0
    return out.argmax(axis=1)


def _from_both_ends(up: np.ndarray, down: np.ndarray, out: np.ndarray) -> None:
    """Write numbers in the ratios up : down of each to the one before, none of which overflows.

    Ratios r below 1 are multiplied from the left, and 1/r of those above 1 from the right.
    """
    out[:, 0] = 1.0
    np.fmin(up / down, 1.0, out=out[:, 1:])
    np.multiply.accumulate(out, axis=1, out=out)
    falling = np.fmin(down / up, 1.0)[:, ::-1]
    np.multiply.accumulate(falling, axis=1, out=falling)
    out[:, :-1] *= falling[:, ::-1]


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
