"""What an optimiser is."""

from abc import ABC, abstractmethod
from functools import lru_cache
from typing import Any

import numpy as np

from likelinet.arrays import Array

CHUNK = 16384  # entries updated at a time: they stay in the cache between the operations on them


class Optimiser(ABC):
    """A rule that turns gradients into new weights; learning rates are a table indexed by the step in the state."""

    rates: np.ndarray

    @abstractmethod
    def init(self, params: Array) -> Any:
        """Return the state before the first step, for weights of shape (M, P)."""

    @abstractmethod
    def update(self, grads: Array, state: Any, params: Array) -> tuple[Array, Any]:
        """Return the new weights and the new state; pure, the same on every engine."""

    @abstractmethod
    def update_in_place(self, grads: np.ndarray, state: Any, params: np.ndarray) -> Any:
        """Do what `update` does, writing into `params`, the state's arrays and `grads`; return the new state."""


@lru_cache
def chunks(size: int, members: int) -> tuple[slice, ...]:
    """Return slices that cut (members, size) into pieces of at most `CHUNK` entries."""
    width = max(1, CHUNK // members)
    return tuple(slice(start, min(start + width, size)) for start in range(0, size, width))
