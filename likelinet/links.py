"""Links: raw network outputs on the real line, mapped into the domain of a parameter, and back.

A link is named after the map it applies to the raw output, as in the deep-learning literature (`exp` is the
inverse of the log link of generalised linear models; McCullagh & Nelder 1989, chapter 2).
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from likelinet.arrays import Array, namespace, softplus_and_sigmoid
from likelinet.domains import Domain, positive, real, unit_interval


class Link(ABC):
    """A smooth, increasing map from the real line onto `domain`."""

    domain: Domain

    @abstractmethod
    def forward(self, raw: Array) -> tuple[Array, Callable[[Array], Array]]:
        """Return the parameter and the function that takes its gradient back to the raw output."""

    @abstractmethod
    def inverse(self, parameter: np.ndarray) -> np.ndarray:
        """Return the raw output that gives `parameter`."""


@dataclass(frozen=True)
class Identity(Link):
    """parameter = raw."""

    domain: Domain = real

    def forward(self, raw: Array) -> tuple[Array, Callable[[Array], Array]]:
        return raw, lambda d: d

    def inverse(self, parameter: np.ndarray) -> np.ndarray:
        return parameter


@dataclass(frozen=True)
class Exp(Link):
    """parameter = exp(raw)."""

    domain: Domain = positive

    def forward(self, raw: Array) -> tuple[Array, Callable[[Array], Array]]:
        value = namespace(raw).exp(raw)
        return value, lambda d: d * value

    def inverse(self, parameter: np.ndarray) -> np.ndarray:
        return np.log(parameter)


@dataclass(frozen=True)
class Softplus(Link):
    """parameter = floor + log(1 + exp(raw)); the floor keeps a likelihood bounded without stopping its gradient."""

    floor: float | np.ndarray = 0.0
    domain: Domain = positive

    def forward(self, raw: Array) -> tuple[Array, Callable[[Array], Array]]:
        xp = namespace(raw)
        value = xp.logaddexp(raw, 0.0)
        # The slope is the sigmoid of raw, as exp(raw - softplus(raw)).
        return value + self.floor, lambda d: d * xp.exp(raw - value)

    def inverse(self, parameter: np.ndarray) -> np.ndarray:
        above = np.maximum(parameter - self.floor, 1e-3 * np.minimum(parameter, 1.0))
        return above + np.log(-np.expm1(-above))


@dataclass(frozen=True)
class Sigmoid(Link):
    """parameter = 1 / (1 + exp(-raw)), onto (0, 1)."""

    domain: Domain = unit_interval

    def forward(self, raw: Array) -> tuple[Array, Callable[[Array], Array]]:
        _, p = softplus_and_sigmoid(raw)
        _, q = softplus_and_sigmoid(-raw)
        return p, lambda d: d * (p * q)

    def inverse(self, parameter: np.ndarray) -> np.ndarray:
        return np.log(parameter) - np.log1p(-parameter)
