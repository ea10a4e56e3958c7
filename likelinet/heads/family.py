"""What a family is: a distribution whose parameters are still open, with a source and a link for each of them."""

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np

from likelinet.core.arrays import Array, namespace
from likelinet.core.domains import Domain
from likelinet.core.links import Link, Softplus
from likelinet.distributions import Distribution, Parameter
from likelinet.distributions.base.distribution import Backward

Standardisation = Literal["location-scale", "scale", "none"]


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
        An output of the network, one learned constant, a fixed value, or a column of the table.
    link : Link
        From raw numbers into the domain.
    shape : tuple of int
        Its shape for one row.
    exposure : Column, optional
        Its logarithm is added to the raw number: what a rate is to be multiplied by.
    unit : tuple of array
        The loc and scale of standardised targets, to which the values of a column are moved.
    """

    parameter: Parameter
    source: Literal["predicted", "shared"] | np.ndarray | Column
    link: Link
    shape: tuple[int, ...] = ()
    exposure: Column | None = None
    unit: tuple[np.ndarray | float, np.ndarray | float] = (0.0, 1.0)

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

    def within(self, n: int) -> "Slot":
        """Return the slot of n such parameters in place of one."""
        return replace(self, shape=(n, *self.shape))

    def standardised(self, loc: np.ndarray, scale: np.ndarray, spread: np.ndarray) -> "Slot":
        """Return the slot for targets (y - loc) / scale, which have the given spread.

        A value in the user's units, fixed or of a column, is moved along; the floor of a scale is one of the spread.
        """
        if isinstance(self.source, Column):
            return replace(self, unit=(loc, scale))
        if isinstance(self.source, str):
            if self.parameter.role != "scale" or not isinstance(self.link, Softplus):
                return self
            floor = self.link.floor * spread
            return replace(self, link=replace(self.link, floor=floor if np.ndim(floor) else float(floor)))
        moved = in_unit(self.parameter, self.source, loc, scale)
        return replace(self, source=np.asarray(moved, dtype=np.float64))


def in_unit(parameter: Parameter, value: Array, loc: np.ndarray | float, scale: np.ndarray | float) -> Array:
    """Return what a parameter of y is for (y - loc) / scale."""
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


class Family(ABC):
    """A distribution given its parameters: pure data and pure functions."""

    @property
    @abstractmethod
    def slots(self) -> tuple[Slot, ...]:
        """The open parameters, in the order in which `loss` takes them."""

    @property
    @abstractmethod
    def name(self) -> str:
        """The name of the class of its distribution; of one over others, that of the innermost."""

    @property
    def event_ndim(self) -> int:
        """Number of axes of one y."""
        return 0

    @property
    @abstractmethod
    def standardisation(self) -> Standardisation:
        """How targets may be scaled so that the family still fits them."""

    @property
    def origin(self) -> float:
        """The y that stays where it is when targets are only scaled."""
        return 0.0

    @property
    @abstractmethod
    def support(self) -> Domain:
        """Where y may lie."""

    @abstractmethod
    def loss(self, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        """Return -log p(y) per row, and its backward function to the parameters."""

    @abstractmethod
    def log_interval(self, params: tuple[Array, ...], low: Array, high: Array) -> tuple[Array, Backward]:
        """Return log P(low < Y ≤ high) per row, and its backward function to the parameters."""

    def has_density(self, y: np.ndarray) -> np.ndarray:
        """Return where y has a density, rather than a probability that has no unit."""
        return np.ones(y.shape, dtype=bool)

    @abstractmethod
    def distribution(self, params: tuple[np.ndarray, ...]) -> Distribution:
        """Return the distribution with these parameters."""

    @abstractmethod
    def start(self, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray | None, ...]:
        """Return estimates of the parameters from y alone, each None where there is none."""

    @property
    def stable_in_float32(self) -> bool:
        """Whether `loss` keeps its digits in single precision; otherwise it is computed in double."""
        return False

    @abstractmethod
    def standardised(self, loc: np.ndarray, scale: np.ndarray, spread: np.ndarray) -> "Family":
        """Return the family of (y - loc) / scale, which has the given spread."""


@dataclass(frozen=True)
class WrapperFamily(Family):
    """A family over another one: like it in all that is not said otherwise.

    Parameters
    ----------
    base : Family
        The family that it is over.
    """

    base: Family

    @property
    def name(self) -> str:
        return self.base.name

    @property
    def slots(self) -> tuple[Slot, ...]:
        return self.base.slots

    @property
    def event_ndim(self) -> int:
        return self.base.event_ndim

    @property
    def standardisation(self) -> Standardisation:
        return self.base.standardisation

    @property
    def origin(self) -> float:
        return self.base.origin

    @property
    def support(self) -> Domain:
        return self.base.support

    def has_density(self, y: np.ndarray) -> np.ndarray:
        return self.base.has_density(y)

    def start(self, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray | None, ...]:
        return self.base.start(y, weight)

    def standardised(self, loc: np.ndarray, scale: np.ndarray, spread: np.ndarray) -> Family:
        return replace(self, base=self.base.standardised(loc, scale, spread))


def before(y: Array) -> Array:
    """Return a number just below y: what lies above it, from y on, includes y itself.

    Below zero it is the first that engines do not take for zero.
    """
    xp = namespace(y)
    return xp.where(y == 0.0, -np.finfo(np.float64).tiny, xp.nextafter(y, xp.full_like(y, -xp.inf)))
