"""CRPS of weighted sums of many distributions with short tails, by their survival functions alone.

One of them often lies on the other: panels are as wide as the sum is smooth, and split where it bends.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.polynomial import legendre

from likelinet.core.blocks import blocks
from likelinet.distributions.numerics.legendre import coefficients, times

# Lobatto's rule has nodes at both ends of a panel: as no function here ever rises, a step in it is always seen.
_N = 14
_INNER = np.sort(legendre.Legendre.basis(_N - 1).deriv().roots().real)
_NODES = np.concatenate([[-1.0], _INNER, [1.0]])
_WEIGHTS = 2.0 / (_N * (_N - 1) * legendre.Legendre.basis(_N - 1)(_NODES) ** 2)
_LAST = coefficients(_NODES)[-8:]
_EDGES = np.array([0.0, 0.15, 0.45, 1.0])  # of the first panels, as shares of the way out
_ROUGH = 1e-9  # share of the whole that a panel is off, from which on it is split
_POWER = 1.5  # of how the last four coefficients are smaller than those before, as the next ones are in turn
_TIMES, _LEAST = 100, 1e-300
_AT_ONCE = 2**17  # numbers, which stay in the processor's cache


class ShortTails(NamedTuple):
    """Distributions of loc + scale · Z along a last axis, with a symmetric Z, and their weights in a mixture.

    Parameters
    ----------
    sf : callable
        P(Z > z); it may overwrite z.
    reach : float
        Where next to nothing of it is left.
    loc, scale, weight : ndarray, shape (..., K)
    """

    sf: Callable[[np.ndarray], np.ndarray]
    reach: float
    loc: np.ndarray
    scale: np.ndarray
    weight: np.ndarray

    def weighted(self, by: np.ndarray) -> "ShortTails":
        """Return them with weights within another mixture, of the shape that is before their own axis."""
        return self._replace(weight=by[..., None] * self.weight)

    def along_last(self) -> "ShortTails":
        """Return the two last axes as one."""
        flat = (a.reshape(*a.shape[:-2], -1) for a in np.broadcast_arrays(self.loc, self.scale, self.weight))
        return ShortTails(self.sf, self.reach, *flat)

    def seen_from(self, y: np.ndarray) -> "ShortTails":
        """Return them as seen on the way down from each y, then on each way up, the ways along a last axis after K."""
        loc, scale, weight = (np.broadcast_to(a, (*y.shape, a.shape[-1])).reshape(y.size, -1).T for a in self[2:])
        y = y.reshape(-1)
        away = y - loc
        return ShortTails(self.sf, self.reach, *(np.hstack(p) for p in ((away, -away), [scale] * 2, [weight] * 2)))

    def length(self) -> np.ndarray:
        """Return how far each way goes until nothing is left."""
        return np.where(self.weight > 0.0, self.loc + self.reach * self.scale, 0.0).max(0)

    def at(self, way: np.ndarray, distance: np.ndarray) -> np.ndarray:
        """Return what is left beyond distances, shape (nodes, panels), along a way for each panel."""
        loc, scale, weight = (a.take(way, axis=1)[:, None] for a in self[2:])
        z = distance - loc
        z /= scale
        left = self.sf(z)
        left *= weight
        return left.sum(0)


def crps(parts: Sequence[ShortTails], y: np.ndarray) -> np.ndarray:
    """Return the CRPS of a mixture of all the parts: the integral of the square of what is left on either way from y.

    It has the shape of y, which is that of the batch.
    """
    ways, n = [p.seen_from(y) for p in parts], y.size
    length = np.maximum(np.max([w.length() for w in ways], axis=0), 0.0)
    row, first_way = np.tile(np.arange(n), 2), np.tile(np.arange(2 * n), len(_EDGES) - 1)
    ends = [(length * e[:, None]).reshape(-1) for e in (_EDGES[:-1], _EDGES[1:])]
    panels: list[np.ndarray] = [first_way, *ends, *_of_panels(ways, first_way, ends[0], ends[1])]
    total: np.ndarray = np.zeros(n)
    for _ in range(_TIMES):
        way, start, end, value, off = panels
        total = np.bincount(row[way], weights=value, minlength=n)
        rough = np.flatnonzero(off > _ROUGH * total[row[way]])
        if not len(rough):
            return total.reshape(y.shape)
        middle = 0.5 * (start[rough] + end[rough])
        halves = [np.tile(way[rough], 2), np.append(start[rough], middle), np.append(middle, end[rough])]
        found = [*halves, *_of_panels(ways, halves[0], halves[1], halves[2])]
        panels = [np.append(np.delete(a, rough), b) for a, b in zip(panels, found, strict=True)]
    way, _, _, _, off = panels
    total[row[way[off > _ROUGH * total[row[way]]]]] = np.nan
    return total.reshape(y.shape)


def _of_panels(
    ways: list[ShortTails], way: np.ndarray, start: np.ndarray, end: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the integrals over panels, and about how much each is off."""
    value, off = np.empty(len(way)), np.empty(len(way))
    for some in blocks(len(way), max(_AT_ONCE // (_N * max(len(w.loc) for w in ways)), 1)):
        half = 0.5 * (end[some] - start[some])
        left = sum(w.at(way[some], start[some] + half * (1.0 + _NODES[:, None])) for w in ways)
        squares = left * left * half
        before, last = np.abs(times(_LAST, squares)).reshape(2, 4, len(half)).sum(1)
        falls = np.minimum(last / np.maximum(before, _LEAST), 1.0) ** _POWER
        value[some] = times(_WEIGHTS[None], squares)[0]
        off[some] = last * np.maximum(falls, last / np.maximum(squares[0], _LEAST))  # the first one is the largest
    return value, off
