"""Panels that are split where an integrand bends: at few nodes elsewhere, an integral has its digits all the same."""

from collections.abc import Callable

import numpy as np

from likelinet.distributions.numerics.legendre import coefficients, times
from likelinet.distributions.numerics.nodes import NODES, WEIGHTS, Panels

_ROUGH = 5e-8  # about the error of a panel, as a share of the integral, from which on it is split; in truth it is less
_PARTS, _TIMES = 4, 6
# The two last coefficients of a Legendre series, from the terms of Gauss's rule.
_LAST = coefficients(NODES)[-2:] / WEIGHTS


def refined(panels: Panels, terms: np.ndarray, size: np.ndarray, again: Callable[[Panels], np.ndarray]) -> np.ndarray:
    """Return what is to be added to the sums of terms at the nodes of panels, for rows with integrals of this size.

    `again` returns the terms of other panels.
    """
    more = np.zeros(len(size))
    for _ in range(_TIMES):
        # A series that falls as a geometric one has its next ten coefficients as much smaller as these two are.
        last = np.abs(times(_LAST, terms)).sum(0)
        rough = np.flatnonzero(last * last > _ROUGH * size[panels.row] * np.maximum(terms.max(0), -terms.min(0)))
        if not len(rough):
            break
        more -= np.bincount(panels.row[rough], weights=terms[:, rough].sum(0), minlength=len(size))
        panels = panels.split(rough, _PARTS)
        terms = again(panels)
        more += np.bincount(panels.row, weights=terms.sum(0), minlength=len(size))
    return more
