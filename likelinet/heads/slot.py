"""Where a parameter comes from, and how it gets from the raw numbers into its domain and the user's units."""

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np

from likelinet.core.arrays import Array
from likelinet.core.links import Link, Softplus
from likelinet.distributions import Parameter
from likelinet.distributions.base.family import Unit

THE_USERS = Unit(0.0, 1.0, 1.0)


@dataclass(frozen=True)
class Column:
    """A column of the table, as the source of a parameter that is known for each row.

    Parameters
    ----------
    name : str
        Its name.
    """

    name: str


@dataclass(frozen=True)
class Slot:
    """One open parameter.

    Parameters
    ----------
    parameter : Parameter
        Its name, domain and role.
    source : "predicted", "shared", array or Column
        An output of the network, one learned constant, a fixed value, or a column of the table; what is known is in the
        user's units.
    link : Link
        From raw numbers into the domain.
    shape : tuple of int
        Its shape for one row.
    exposure : Column, optional
        Its logarithm is added to the raw number: what a rate is to be multiplied by.
    unit : Unit
        In which training has it, where y is standardised.
    """

    parameter: Parameter
    source: Literal["predicted", "shared"] | np.ndarray | Column
    link: Link
    shape: tuple[int, ...] = ()
    exposure: Column | None = None
    unit: Unit = THE_USERS

    @cached_property
    def learned(self) -> bool:
        """Whether training finds it."""
        return isinstance(self.source, str)

    @cached_property
    def raw_shape(self) -> tuple[int, ...]:
        """The shape of the raw numbers it takes per row."""
        own = len(self.shape) - self.parameter.event_ndim
        event = self.shape[own:]
        size = self.link.raw_size(event)
        return self.shape[:own] + ((size,) if event or size > 1 else ())

    @cached_property
    def size(self) -> int:
        """How many raw numbers it takes per row."""
        return math.prod(self.raw_shape)

    def standardised(self, unit: Unit) -> "Slot":
        """Return the slot in another unit; the floor of a scale is one of the spread of y there."""
        if not self.learned or self.parameter.role != "scale" or not isinstance(self.link, Softplus):
            return replace(self, unit=unit)
        floor = self.link.floor * np.asarray(unit.spread)
        return replace(self, unit=unit, link=replace(self.link, floor=floor if np.ndim(floor) else float(floor)))

    def into_unit(self, value: Array) -> Array:
        """Return a value of the parameter, in the user's units, as training has it."""
        loc, scale, _ = self.unit
        match self.parameter.role:
            case "location":
                return (value - loc) / scale
            case "scale":
                return value / scale
            case "rate":
                return value * scale
            case "log_location":
                return value - np.log(scale)
            case _:
                return value

    def out_of_unit(self, value: np.ndarray) -> np.ndarray:
        """Return a value of the parameter, as training has it, in the user's units."""
        loc, scale, _ = self.unit
        match self.parameter.role:
            case "location":
                return loc + scale * value
            case "scale":
                return scale * value
            case "rate":
                return value / scale
            case "log_location":
                return value + np.log(scale)
            case _:
                return value
