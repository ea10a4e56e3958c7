"""Where a parameter comes from, and how it gets from the raw numbers into its domain and the user's units."""

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np

from likelinet.core.arrays import Array, namespace
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


@dataclass(frozen=True, eq=False)
class Stretch:
    """Raw numbers in a unit of their own during training: start + unit · what the network gives.

    Parameters
    ----------
    start, unit : ndarray
        Of each raw number.
    """

    start: np.ndarray
    unit: np.ndarray


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
    size_of_y : Column, optional
        By which y grows, and a scale with it, while a rate shrinks: a parameter is that of y per unit of it.
    offset : Column, optional
        What is added to it, in the units of y where it is a location.
    stretch : Stretch, optional
        The unit in which training has its raw numbers.
    unit, back, shown : Unit
        Where y is standardised: in which unit training has it, in which that is as predictions show it, and in which
        they show what is known.
    """

    parameter: Parameter
    source: Literal["predicted", "shared"] | np.ndarray | Column
    link: Link
    shape: tuple[int, ...] = ()
    exposure: Column | None = None
    size_of_y: Column | None = None
    offset: Column | None = None
    stretch: Stretch | None = None
    unit: Unit = THE_USERS
    back: Unit = THE_USERS
    shown: Unit = THE_USERS

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

    @cached_property
    def size_of_event(self) -> int:
        """How many numbers it is for one y by itself: several for a vector of logits."""
        return math.prod(self.shape[len(self.shape) - self.parameter.event_ndim :])

    def standardised(self, unit: Unit, back: Unit, shown: Unit, least: np.ndarray | float = 0.0) -> "Slot":
        """Return the slot in other units.

        The floor of a scale is one of the spread of y there, or what it must at least be in the user's, if that is
        more.
        """
        moved = replace(self, unit=unit, back=back, shown=shown)
        if not self.learned or self.parameter.role != "scale":
            return moved
        link = self.link
        if isinstance(link, Softplus):
            floor = link.floor * np.asarray(unit.spread)
            link = replace(link, floor=floor if np.ndim(floor) else float(floor))
        return replace(moved, link=link.raised(least / unit.scale) if np.any(least) else link)


def grown(parameter: Parameter, value: Array, by: Array) -> tuple[Array, Array | float]:
    """Return a parameter of y that is so many times as large, and its derivative by that of the smaller one."""
    match parameter.role:
        case "scale":
            return value * by, by
        case "rate":
            return value / by, 1.0 / by
        case "log_location":
            return value + namespace(value).log(by), 1.0
        case _:
            return value, 1.0


def shifted(parameter: Parameter, value: Array, by: Array, unit: Unit) -> Array:
    """Return a parameter that is in this unit with an offset in the user's."""
    return value + (by / unit.scale if parameter.role == "location" else by)


def into_unit(parameter: Parameter, value: Array, unit: Unit) -> Array:
    """Return in a unit what a parameter is in the user's."""
    loc, scale, _ = unit
    match parameter.role:
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


def out_of_unit(parameter: Parameter, value: np.ndarray, unit: Unit) -> np.ndarray:
    """Return in the user's unit what a parameter is in another one, inside its domain whatever is rounded."""
    loc, scale, _ = unit
    with np.errstate(over="ignore", under="ignore"):
        match parameter.role:
            case "location":
                moved = loc + scale * value
            case "scale":
                moved = scale * value
            case "rate":
                moved = value / scale
            case "log_location":
                moved = value + np.log(scale)
            case _:
                return value
    return parameter.domain.inner(moved)
