"""What stands between a family of the user's own and values outside its support."""

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from likelinet.distributions.base.by_rows import INTEGRALS, VALUES, in_blocks, in_small_blocks, sample_in_blocks

if TYPE_CHECKING:
    from likelinet.distributions.base.distribution import Distribution

Method = Callable[["Distribution", ArrayLike], np.ndarray]

# What a method returns below the support and above it; log_prob also between whole numbers.
_OUTSIDE = {
    "log_prob": (-np.inf, -np.inf),
    "cdf": (0.0, 1.0),
    "sf": (1.0, 0.0),
    "log_cdf": (-np.inf, 0.0),
    "log_sf": (0.0, -np.inf),
}


def guard(cls: "type[Distribution]") -> None:
    """Let the methods that `cls` itself defines see nothing but values in its support, and probabilities in (0, 1).

    What lies outside has an answer that needs no formula; NaN gives NaN. Families of vectors are left as they are. And
    let these methods go over blocks of rows where there are many.
    """
    if "log_prob" in cls.__dict__:
        cls.log_prob_inside = cls.__dict__["log_prob"]
    for name, fills in _OUTSIDE.items():
        if name in cls.__dict__:
            setattr(cls, name, _inside(cls.__dict__[name], *fills, density=name == "log_prob"))
    for name in ("ppf", "isf"):
        if name in cls.__dict__:
            setattr(cls, name, _between(cls.__dict__[name], upper=name == "isf"))
    for name in (*VALUES, *INTEGRALS):
        if name in cls.__dict__:
            setattr(cls, name, (in_small_blocks if name in INTEGRALS else in_blocks)(cls.__dict__[name]))
    if "sample" in cls.__dict__:
        cls.sample = sample_in_blocks(cls.__dict__["sample"])


def _inside(method: Method, below: float, above: float, density: bool) -> Method:
    @functools.wraps(method)
    def guarded(self: "Distribution", y: ArrayLike) -> np.ndarray:
        if self.event_shape:
            return method(self, y)
        y, support = self._numbers(y), self.support
        if support.integer and not density:
            y = np.floor(y)
        inside = support.contains(y)
        if inside.all():
            return method(self, y)
        low = y < support.low if support.closed[0] else y <= support.low
        fill = np.where(np.isnan(y), np.nan, np.where(low, below, above))
        with np.errstate(all="ignore"):  # a row may be far from the point that stands in for what is outside
            return np.where(inside, method(self, np.where(inside, y, support.anchor)), fill)[()]

    return guarded


def _between(method: Method, upper: bool) -> Method:
    @functools.wraps(method)
    def guarded(self: "Distribution", q: ArrayLike) -> np.ndarray:
        if self.event_shape:
            return method(self, q)
        q = self._floats(q, "q")
        inner = (q > 0.0) & (q < 1.0)
        if inner.all():
            return method(self, q)
        possible = (q >= 0.0) & (q <= 1.0)
        with np.errstate(all="ignore"):  # at 0 and 1 its own end, which may go with its parameters, if it knows it
            value = method(self, np.where(possible, q, 0.5))
        end = np.where((q == 0.0) == upper, self.support.high, self.support.low)
        value = np.where(~inner & np.isnan(value), end, value)
        return np.where(possible, value, np.nan)[()]

    return guarded
