"""Panels that are split where an integrand bends: at few nodes elsewhere, an integral has its digits all the same."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from likelinet.distributions.numerics.legendre import coefficients, times
from likelinet.distributions.numerics.nodes import NODES, WEIGHTS, Panels

_ROUGH = 5e-8  # share of an integral that a panel is off, from which on it is split
_PARTS, _TIMES = 4, 6


def last_coefficients(nodes: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the matrix from the terms of Gauss's rule to the two last coefficients of a Legendre series."""
    return coefficients(nodes)[-2:] / weights


_LAST = last_coefficients(NODES, WEIGHTS)


class Seen(NamedTuple):
    """What is seen of the terms in panels: sums of them and of their sizes, the last coefficients, the largest size."""

    total: np.ndarray
    size: np.ndarray
    last: np.ndarray
    top: np.ndarray

    def rough(self, size: np.ndarray, share: float) -> np.ndarray:
        """Return which panels are about so large a share of integrals of this size off: in truth it is mostly less."""
        # A series that falls as a geometric one has its next ten coefficients as much smaller as these two are.
        return self.last * self.last > share * size * self.top


def seen(terms: np.ndarray, last: np.ndarray = _LAST) -> Seen:
    """Return what is seen of terms, shape (nodes, panels)."""
    size = np.abs(terms)
    return Seen(terms.sum(0), size.sum(0), np.abs(times(last, terms)).sum(0), size.max(0))


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
