"""Panels that are split where an integrand bends: at few nodes elsewhere, an integral has its digits all the same."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from likelinet.distributions.numerics.legendre import coefficients, times
from likelinet.distributions.numerics.nodes import NODES, WEIGHTS, Panels

_ROUGH = 1e-8  # share of an integral that a panel is off, from which on it is split
_PARTS, _TIMES = 4, 6
_POWER = 3  # of how the last coefficients fall, where they hardly do
_LEAST = 1e-300


def last_coefficients(nodes: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the matrix from the terms of Gauss's rule to the four last coefficients of a Legendre series."""
    return coefficients(nodes)[-4:] / weights


_LAST = last_coefficients(NODES, WEIGHTS)


class Seen(NamedTuple):
    """What is seen of the terms in panels: sums of them and of their sizes, the last coefficients, the largest size.

    And the two coefficients before the two last ones.
    """

    total: np.ndarray
    size: np.ndarray
    last: np.ndarray
    top: np.ndarray
    before: np.ndarray

    def rough(self, size: np.ndarray, share: float) -> np.ndarray:
        """Return which panels are about so large a share of integrals of this size off: in truth it is mostly less."""
        # A series that falls as a geometric one has its next ten coefficients as much smaller as these two are than the
        # largest; next to where one part takes over from another it falls ever more slowly.
        as_yet = self.last / np.maximum(self.top, _LEAST)
        falls = np.maximum(as_yet, np.minimum(self.last / np.maximum(self.before, _LEAST), 1.0) ** _POWER)
        return self.last * falls > share * size


def seen(terms: np.ndarray, last: np.ndarray = _LAST) -> Seen:
    """Return what is seen of terms, shape (nodes, panels)."""
    size = np.abs(terms)
    before, last = np.abs(times(last, terms)).reshape(2, 2, -1).sum(1)
    return Seen(terms.sum(0), size.sum(0), last, size.max(0), before)


def refined(panels: Panels, first: Seen, size: np.ndarray, again: Callable[[Panels, int], np.ndarray]) -> np.ndarray:
    """Return what is to be added to the sums of terms at the nodes of panels, for rows with integrals of this size.

    `again` returns the terms of other panels, of so many rows that come again and again in the same order.
    """
    more = np.zeros(len(size))
    for _ in range(_TIMES):
        rough = np.flatnonzero(first.rough(size[panels.row], _ROUGH))
        if not len(rough):
            break
        more -= np.bincount(panels.row[rough], weights=first.total[rough], minlength=len(size))
        panels = panels.split(rough, _PARTS)
        first = seen(again(panels, len(rough)))
        more += np.bincount(panels.row, weights=first.total, minlength=len(size))
    return more
