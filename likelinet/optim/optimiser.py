"""What an optimiser is."""

from abc import ABC, abstractmethod
from dataclasses import replace
from typing import Any, Self

import numpy as np

from likelinet.core.arrays import Array
from likelinet.objective.layout import Layout

ENTRIES_AT_ONCE = 32768  # of parameters that are updated: they stay in the cache between the operations on them


class Optimiser(ABC):
    """A rule that turns gradients into new weights; learning rates are indexed by the step in the state."""

    rates: Any

    @abstractmethod
    def init(self, params: Array) -> Any:
        """Return the state before the first step, a named tuple with `step`, for weights of shape (M, P)."""

    def by(self, rates: Any) -> Self:
        """Return the rule with other rates."""
        return replace(self, rates=rates)  # type: ignore[type-var]

    def alone(self, rates: Any, layout: Layout, i: int) -> "Optimiser":
        """Return the rule for weight i of a layout by itself, with other rates."""
        return self.by(rates)

    def kept(self, params: Array, state: Any) -> Array:
        """Return the weights that are validated, kept and predicted with: those that it moves, or made of them."""
        return params

    @abstractmethod
    def update(self, grads: Array, state: Any, params: Array) -> tuple[Array, Any]:
        """Return the new weights and the new state; pure, the same on every engine."""

    @abstractmethod
    def update_in_place(self, grads: np.ndarray, state: Any, params: np.ndarray) -> Any:
        """Do what `update` does, writing into `params`, the state's arrays and `grads`; return the new state."""


def chunks(*arrays: np.ndarray) -> list[tuple[np.ndarray, ...]]:
    """Return views into contiguous arrays of the same size, in flat pieces of `ENTRIES_AT_ONCE` where larger."""
    if arrays[0].size <= ENTRIES_AT_ONCE:
        return [arrays]
    flat = [a.reshape(-1) for a in arrays]
    firsts = range(0, flat[0].size, ENTRIES_AT_ONCE)
    return [tuple(a[first : first + ENTRIES_AT_ONCE] for a in flat) for first in firsts]
