"""What a family is: a distribution whose parameters are still open, with a source and a link for each of them."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from likelinet.arrays import Array
from likelinet.distributions import Distribution, Parameter
from likelinet.distributions.base import Backward
from likelinet.domains import Domain
from likelinet.errors import ConfigError
from likelinet.links import Link, Softplus

Standardisation = Literal["location-scale", "scale", "none"]


@dataclass(frozen=True)
class Slot:
    """One open parameter.

    Parameters
    ----------
    parameter : Parameter
        Its name, domain and role.
    source : "predicted", "shared" or array
        An output of the network, one learned constant, or a fixed value.
    link : Link
        From raw numbers into the domain.
    shape : tuple of int
        Its shape for one row.
    """

    parameter: Parameter
    source: Literal["predicted", "shared"] | np.ndarray
    link: Link
    shape: tuple[int, ...] = ()

    @property
    def size(self) -> int:
        """How many raw numbers it takes per row."""
        return int(np.prod(self.shape))

    def standardised(self, loc: np.ndarray, scale: np.ndarray, spread: np.ndarray) -> "Slot":
        """Return the slot for targets (y - loc) / scale, which have the given spread.

        A fixed value in the user's units is moved along; the floor of a scale is one of the spread.
        """
        if np.ndim(loc):  # one for each output, which is the first axis of the shape
            loc, scale, spread = (v.reshape(-1, *(1,) * (len(self.shape) - 1)) for v in (loc, scale, spread))
        if isinstance(self.source, str):
            if self.parameter.role != "scale" or not isinstance(self.link, Softplus):
                return self
            floor = self.link.floor * spread
            return replace(self, link=replace(self.link, floor=floor if np.ndim(floor) else float(floor)))
        value = np.broadcast_to(self.source, self.shape)
        moved = {"location": (value - loc) / scale, "scale": value / scale, "rate": value * scale}
        return replace(self, source=np.asarray(moved.get(self.parameter.role, value), dtype=np.float64))


class Family(ABC):
    """A distribution given its parameters: pure data and pure functions.

    `slots` lists the open parameters in the order of `loss`.
    """

    slots: tuple[Slot, ...]

    @property
    @abstractmethod
    def event_ndim(self) -> int:
        """Number of axes of one y."""

    @property
    @abstractmethod
    def standardisation(self) -> Standardisation:
        """How targets may be scaled so that the family still fits them."""

    @property
    @abstractmethod
    def support(self) -> Domain:
        """Where y may lie."""

    @abstractmethod
    def loss(self, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        """Return -log p(y) per row, and its backward function to the parameters."""

    @abstractmethod
    def distribution(self, params: tuple[np.ndarray, ...]) -> Distribution:
        """Return the distribution with these parameters."""

    @abstractmethod
    def start(self, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray | None, ...]:
        """Return estimates of the parameters from y alone, each None where there is none."""

    @property
    @abstractmethod
    def stable_in_float32(self) -> bool:
        """Whether `loss` keeps its digits in single precision; otherwise it is computed in double."""

    @abstractmethod
    def with_slots(self, slots: tuple[Slot, ...]) -> "Family":
        """Return the same family with other sources, links or shapes."""

    def slot(self, name: str) -> Slot:
        """Return the slot of a parameter by its name."""
        for slot in self.slots:
            if slot.parameter.name == name:
                return slot
        raise ConfigError(f"There is no parameter '{name}', only {', '.join(s.parameter.name for s in self.slots)}.")
