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
    """

    def __init__(self, made: Callable[[], np.ndarray]) -> None:
        self._made = made
        self._free: list[np.ndarray] = []

    def array(self) -> np.ndarray:
        """Return one, with what was last written to it."""
        owner = self._free.pop() if self._free else self._made()
        lent = np.asarray(owner.data)  # views of it hold this one, not the owner of the memory
        weakref.finalize(lent, self._free.append, owner).atexit = False
        return lent
