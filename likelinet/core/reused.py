"""Arrays whose memory is used again: fresh pages cost more than what is written to them."""

import weakref
from collections.abc import Callable

import numpy as np


class Reused:
    """Gives arrays, each in the memory of an earlier one that nobody holds any longer, or a view of it.

    Parameters
    ----------
    made : callable
        Returns a new one, all of one shape.
    most : int
        How many there may be in all; if more are needed at a time, the memory of the first ones is given back.
    """

    def __init__(self, made: Callable[[], np.ndarray], most: int) -> None:
        self._made, self._most = made, most
        self._all: dict[int, np.ndarray] = {}
        self._free: list[np.ndarray] = []

    def array(self) -> np.ndarray:
        """Return one, with what was last written to it."""
        owner = self._free.pop() if self._free else self._made()
        self._all[id(owner)] = owner
        lent = np.asarray(owner.data)  # views of it hold this one, not the owner of the memory
        weakref.finalize(lent, self._take_back, owner).atexit = False
        return lent

    def _take_back(self, owner: np.ndarray) -> None:
        if len(self._all) > self._most:
            del self._all[id(owner)]
        else:
            self._free.append(owner)
