"""Sums of many masses of whole numbers as integrals, where the masses are smooth: of counts with a large mean."""

from collections.abc import Callable
from typing import Any

import numpy as np

from likelinet.distributions.numerics.divergences import NEARBY, expm1mx

Function = Callable[[np.ndarray, np.ndarray], np.ndarray]  # of the row and a number, which need not be whole

_WIDE = 160.0  # numbers that count; fewer are summed one by one
_FAR = 25.0  # logarithm of how many times the last number that counts is the first one, at most
SIGMAS, FAR_OUT = 9.5, 42.0  # outside of which a Gaussian, an exponential distribution has next to no mass
_LARGEST = 700.0  # logarithm of a ratio, the exponential of which is finite
HEAD = 40  # of them next to 0, where masses may fall like a power, are summed one by one
_PANELS = 8
NODES, WEIGHTS = np.polynomial.legendre.leggauss(12)
# Of the Euler-Maclaurin formula between two numbers, in central differences: those of order 1, 3 and 5.
_ENDS = np.array([1.0 / 24.0, -17.0 / 5760.0, 367.0 / 967680.0])
_DIFFERENCES = np.array([[0, 0, -1, 1, 0, 0], [0, -1, 3, -3, 1, 0], [-1, 5, -10, 10, -5, 1]], dtype=np.float64)
END_WEIGHTS = _ENDS @ _DIFFERENCES
STENCIL = np.arange(-3.0, 3.0)


def expectation(d: Any, f: Callable[..., np.ndarray], otherwise: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """Return E[f(row, Y, -log p(Y))] of each row of `d`, of one axis; `otherwise` of rows that are not smooth or wide.

    f must be smooth, and takes numbers that are not whole.
    """
    low, high = d.reach()
    params = [getattr(d, p.name) for p in d.parameters]

    def term(row: np.ndarray, x: np.ndarray) -> np.ndarray:
        nll = d.loss(tuple(p[row] for p in params), x)[0]
        return np.exp(-nll) * f(row, x, nll)

    smooth = _smooth(low, high)
    rows, rest, values = np.flatnonzero(smooth), np.flatnonzero(~smooth), np.empty(d.batch_shape)
    if len(rows):
        values[rows] = _sum(term, rows, low[rows], high[rows])
    if len(rest):
        values[rest] = otherwise(rest)
    return values


def divergence(
    d: Any, other_nll: Function, beside: Callable[..., np.ndarray], otherwise: Callable[[np.ndarray], np.ndarray]
) -> np.ndarray:
    """Return E[log p - log q] of each row of `d`, where that is small as E[r - 1 - log r] with r = q/p.

    `beside` returns how much mass of q rows have outside of low … high.
    """
    values = expectation(d, lambda row, x, nll: other_nll(row, x) - nll, otherwise)
    low, high = d.reach()
    rows = np.flatnonzero(_smooth(low, high) & (values < NEARBY))
    if len(rows):  # none of whose terms is negative

        def f(row: np.ndarray, x: np.ndarray, nll: np.ndarray) -> np.ndarray:
            return expm1mx(np.minimum(nll - other_nll(rows[row], x), _LARGEST))

        values[rows] = expectation(d[rows], f, lambda none: none) + beside(rows, low[rows], high[rows])
    return values


def _smooth(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Return which rows are wide and smooth."""
    return (high - low > _WIDE) & (np.log(high) - np.log(np.maximum(low, 1.0)) < _FAR) & (high < np.inf)


def _sum(term: Function, rows: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Return Σ term(row, k) over k = 0, 1, … for each of the rows, of a term that is negligible outside low … high.

    The term must be smooth but for k near 0; the variable of the integral is log k if that spans several powers of 2.
    """
    head = low < HEAD
    start = np.where(head, HEAD - 0.5, low)
    log = high > 4.0 * start
    a, b = (np.where(log, np.log(e), e) for e in (start, high))
    steps = (np.arange(_PANELS)[:, None] + 0.5 * (1.0 + NODES)) / _PANELS
    t = a[:, None] + (b - a)[:, None] * steps.reshape(-1)
    x = np.where(log[:, None], np.exp(t), t)
    weights = np.tile(WEIGHTS, _PANELS) * (0.5 / _PANELS)
    values = np.nan_to_num(term(rows[:, None], x), nan=0.0, posinf=0.0, neginf=0.0)
    sums = (values * np.where(log[:, None], x, 1.0) * weights).cumsum(axis=1)[:, -1] * (b - a)
    if head.any():
        near = rows[head, None]
        first = term(near, np.arange(float(HEAD))).cumsum(axis=1)[:, -1]
        beside = term(near, HEAD + STENCIL)
        sums[head] += first + (beside * END_WEIGHTS).sum(axis=1)
    return sums
