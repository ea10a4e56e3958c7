"""Families over another one: what they have in common, and what each declares of itself for configs."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, ClassVar, Literal, Self

import numpy as np

from likelinet.core.arrays import Array
from likelinet.core.domains import Domain
from likelinet.distributions.base.family import Family, Opening, Standardisation, Unit
from likelinet.distributions.base.parameter import Parameter


@dataclass(frozen=True)
class Setting:
    """What a config says of a wrapper beside its base and the sources of its parameters.

    Parameters
    ----------
    name : str
        Its key; the docstring of the family describes it.
    type, default
        As in Python.
    least, above : float, optional
        The smallest number that it may be, and what it must exceed.
    by_row : bool
        Whether it may be a column as well, with a value for each row, where None says nothing.
    """

    name: str
    type: Any
    default: Any = None
    least: float | None = None
    above: float | None = None
    by_row: bool = False


@dataclass(frozen=True)
class WrapperFamily(Family):
    """A family over another one: like it in all that is not said otherwise.

    A subclass in a file of its own in this folder is all that a wrapper takes: its config and its head are made from
    it. The docstring describes it, its settings and its parameters, `loss` and `log_interval` are its formulas.

    Parameters
    ----------
    base : Family
        The family that it is over.
    """

    base: Family

    kind: ClassVar[str] = ""  # in configs; a family without one has none
    other_names: ClassVar[Mapping[str, str]] = MappingProxyType({})  # what else it is called, as of a distribution
    parameters: ClassVar[tuple[Parameter, ...]] = ()  # of its own, before those of the base
    settings: ClassVar[tuple[Setting, ...]] = ()
    default_base: ClassVar[str] = ""  # the class of a base that is left out
    takes_vectors: ClassVar[bool] = False  # whether y of the base may be one
    of_densities: ClassVar[bool] = False  # whether the base must be continuous
    keeps_density: ClassVar[bool] = True  # whether it is continuous where its base is
    adds_zeros: ClassVar[bool] = False  # whether zeros come from elsewhere than the base
    takes_intervals: ClassVar[bool] = False  # whether y is made of intervals

    @classmethod
    def check_settings(cls, settings: dict[str, Any]) -> None:
        """Raise ValueError with one sentence if the settings do not go together; those of each row are NaN."""

    @classmethod
    def of(cls, base: Family, settings: dict[str, Any]) -> Self:
        """Return the family that a config with these settings declares."""
        return cls(base, **settings)

    def check_base(self, kind: str) -> None:
        """Raise ValueError with one sentence if it makes no sense over its base, which the config calls `kind`."""

    def rules_out(self, y: Array) -> Array | bool:
        """Return where the settings make y impossible, by more than rounding."""
        return False

    @property
    def name(self) -> str:
        return self.base.name

    @property
    def openings(self) -> tuple[Opening, ...]:
        return (*map(Opening, self.parameters), *self.base.openings)

    @property
    def y(self) -> Literal["number", "class", "vector"]:
        return self.base.y

    @property
    def event_ndim(self) -> int:
        return self.base.event_ndim

    @property
    def support(self) -> Domain:
        return self.base.support

    @property
    def atoms(self) -> tuple[float, ...]:
        return self.base.atoms

    @property
    def bounds(self) -> tuple[np.ndarray | float, np.ndarray | float]:
        return self.base.bounds

    def possible(self, y: np.ndarray) -> np.ndarray:
        return self.base.possible(y)

    def has_density(self, y: np.ndarray) -> np.ndarray:
        return self.base.has_density(y)

    def estimate(self, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray | None, ...]:
        return self.base.estimate(y, weight)

    @property
    def standardisation(self) -> Standardisation:
        return self.base.standardisation

    @property
    def origin(self) -> float:
        return self.base.origin

    def moved(self, loc: np.ndarray, scale: np.ndarray) -> Family:
        return replace(self, base=self.base.moved(loc, scale))

    def of_output(self, j: int) -> Family:
        return replace(self, base=self.base.of_output(j))

    def units(self, loc: np.ndarray, scale: np.ndarray, spread: np.ndarray) -> tuple[Unit, ...]:
        return (*(Unit(loc, scale, spread) for _ in self.parameters), *self.base.units(loc, scale, spread))

    def floors(self, step: np.ndarray | float) -> tuple[np.ndarray | float, ...]:
        return (0.0,) * (len(self.openings) - len(self.base.openings)) + self.base.floors(step)

    def simplified(self) -> tuple[Family, tuple[Unit, ...]]:
        base, units = self.base.simplified()
        return replace(self, base=base), (*(Unit(0.0, 1.0, 1.0) for _ in self.parameters), *units)


def number_of_output(values: np.ndarray | np.float64, j: int) -> np.ndarray:
    """Return the number of output j, where there is one for each: behind their axis are those of components."""
    each = np.asarray(values)
    return each[j].reshape(()) if each.ndim else each
