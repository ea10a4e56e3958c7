"""Domains: the sets in which a parameter, or a value of y, may lie."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Domain:
    """An interval of the reals or of the integers.

    Parameters
    ----------
    description : str
        How an error message names it, for example "a positive number".
    low, high : float
        The ends.
    closed : tuple of bool
        Whether `low` and `high` themselves belong to it.
    integer : bool
        Whether only whole numbers belong to it.

    Examples
    --------
    >>> positive.contains(np.array([-1.0, 0.0, 2.5]))
    array([False, False,  True])
    """

    description: str
    low: float = -np.inf
    high: float = np.inf
    closed: tuple[bool, bool] = (False, False)
    integer: bool = False

    def contains(self, x: np.ndarray) -> np.ndarray:
        """Return, element by element, whether `x` lies in the domain; NaN never does."""
        above = x >= self.low if self.closed[0] else x > self.low
        below = x <= self.high if self.closed[1] else x < self.high
        inside = above & below
        return inside & (x == np.floor(x)) if self.integer else inside

    def inner(self, x: np.ndarray) -> np.ndarray:
        """Return `x` moved off the ends that do not belong to the interval, to which rounding may have taken it."""
        low = self.low if self.closed[0] else np.nextafter(self.low, self.high)
        return np.clip(x, low, self.high if self.closed[1] else np.nextafter(self.high, self.low))

    @property
    def anchor(self) -> float:
        """A point inside, at which to evaluate what is then thrown away."""
        if not np.isfinite(self.low):
            point = 0.0
        else:
            point = self.low + 1.0 if not np.isfinite(self.high) else 0.5 * (self.low + self.high)
        return float(np.floor(point)) if self.integer else point


real = Domain("a finite number")
extended_real = Domain("a number, not NaN", closed=(True, True))
increasing = Domain("a finite number, greater than the one before it")
direction = Domain("an angle in radians")
positive = Domain("a positive number", low=0.0)
nonnegative = Domain("zero or a positive number", low=0.0, closed=(True, False))
unit_interval = Domain("a number between 0 and 1", low=0.0, high=1.0, closed=(True, True))
open_unit_interval = Domain("a number between 0 and 1, neither of them", low=0.0, high=1.0)
nonnegative_integer = Domain("a whole number 0, 1, 2, …", low=0.0, closed=(True, False), integer=True)
binary = Domain("0 or 1", low=0.0, high=1.0, closed=(True, True), integer=True)


def hull(domains: Sequence[Domain]) -> Domain:
    """Return the smallest interval with all of the domains, which are alike in whether they hold whole numbers."""
    low, high = min(d.low for d in domains), max(d.high for d in domains)
    words = " or ".join(dict.fromkeys(d.description for d in domains))
    closed = any(d.closed[0] for d in domains if d.low == low), any(d.closed[1] for d in domains if d.high == high)
    return Domain(words, low, high, closed, domains[0].integer)


def class_codes(n: int) -> Domain:
    """Return the domain 0, 1, …, n - 1 of class codes."""
    return Domain(f"a class code from 0 to {n - 1}", low=0.0, high=n - 1.0, closed=(True, True), integer=True)
