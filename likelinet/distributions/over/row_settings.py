"""A family over another one of which a setting is another number in each row: the bounds of a truncation."""

from dataclasses import dataclass, replace

import numpy as np

from likelinet.core.arrays import Array, namespace
from likelinet.distributions.base.distribution import Distribution
from likelinet.distributions.base.family import Opening, Unit
from likelinet.distributions.base.parameter import Backward, Parameter
from likelinet.distributions.over.family import WrapperFamily


@dataclass(frozen=True)
class ByRowFamily(WrapperFamily):
    """A wrapper with settings that are parameters, known in each row, in the units of y.

    Parameters
    ----------
    base : WrapperFamily
        The wrapper, in which these settings have values that say nothing.
    names : tuple of str
        Which settings.
    """

    base: WrapperFamily  # type: ignore[reportIncompatibleVariableOverride]
    names: tuple[str, ...]

    @property
    def known(self) -> tuple[Parameter, ...]:
        """The settings as parameters."""
        return tuple(Parameter(name, role="location", learned=False) for name in self.names)

    @property
    def openings(self) -> tuple[Opening, ...]:
        return (*map(Opening, self.known), *self.base.openings)

    def check_base(self, kind: str) -> None:
        self.base.check_base(kind)

    def loss(self, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        """Return the loss, which is infinite where the settings of a row rule its y out."""
        family, given, inner = self._closed(params)
        values, backward = family.loss(inner, y)
        xp = namespace(y)
        return xp.where(family.rules_out(y), xp.inf, values), lambda d: (*map(xp.zeros_like, given), *backward(d))

    def log_interval(self, params: tuple[Array, ...], low: Array, high: Array) -> tuple[Array, Backward]:
        family, given, inner = self._closed(params)
        values, backward = family.log_interval(inner, low, high)
        return values, lambda d: (*map(namespace(values).zeros_like, given), *backward(d))

    def distribution(self, params: tuple[np.ndarray, ...]) -> Distribution:
        family, _, inner = self._closed(params)
        return family.distribution(inner)

    def estimate(self, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray | None, ...]:
        return (*(None for _ in self.names), *self.base.estimate(y, weight))

    def units(self, loc: np.ndarray, scale: np.ndarray, spread: np.ndarray) -> tuple[Unit, ...]:
        return (*(Unit(loc, scale, spread) for _ in self.names), *self.base.units(loc, scale, spread))

    def simplified(self) -> tuple["ByRowFamily", tuple[Unit, ...]]:
        base, units = self.base.simplified()
        return replace(self, base=base), (*(Unit(0.0, 1.0, 1.0) for _ in self.names), *units)

    def _closed(self, params: tuple[Array, ...]) -> tuple[WrapperFamily, tuple[Array, ...], tuple[Array, ...]]:
        """Return the wrapper with the settings of the rows, these, and the parameters of what it is over."""
        given, inner = params[: len(self.names)], params[len(self.names) :]
        return replace(self.base, **dict(zip(self.names, given, strict=True))), given, inner
