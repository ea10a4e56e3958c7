"""Early stopping: the best weights so far of every member, and when each one stops."""

from collections.abc import Callable
from typing import Any

import numpy as np

_STATE = ("weights", "epoch", "value", "start_weights", "start_epoch", "before_weights", "before_epoch")


class Best:
    """Checkpoint of each of M members: the weights of its best epoch on held-out rows, or else the latest.

    Parameters
    ----------
    theta : ndarray, shape (M, P)
        The initial weights, kept until an epoch is done, and in the end where no epoch was better.
    patience : int or None
        After how many epochs without improvement a member stops; None never stops it.
    settled : int
        Epochs of a warm-up, in which another loss is minimised than the one that is held out: until they are over the
        latest weights are kept, and no member stops.
    """

    def __init__(self, theta: np.ndarray, patience: int | None, settled: int = 0) -> None:
        self.theta = theta.copy()
        self.epoch = np.zeros(len(theta), dtype=int)
        self._value = np.full(len(theta), np.inf)
        self._start = theta.copy(), self.epoch.copy()
        self._before = theta.copy(), self.epoch.copy()
        self._patience, self._settled = patience, settled

    def record(self, members: np.ndarray, theta: np.ndarray, validation: np.ndarray | None, epoch: int) -> np.ndarray:
        """Take in the weights and the validation NLL of `members` after an epoch; return which of them go on."""
        better = np.ones(len(members), dtype=bool) if validation is None else validation < self._value[members]
        if validation is not None and epoch > self._settled:
            self._value[members[better]] = validation[better]
        self._before[0][members], self._before[1][members] = self.theta[members], self.epoch[members]
        self.theta[members[better]] = theta[better]
        self.epoch[members[better]] = epoch
        if self._patience is None or validation is None or epoch <= self._settled:
            return np.ones(len(members), dtype=bool)
        return epoch - self.epoch[members] < self._patience

    def fall_back(self, usable: Callable[[np.ndarray], np.ndarray]) -> None:
        """Fall back to the previous, else initial weights where `usable(theta)`, shape (M,), is false."""
        for theta, epoch in (self._before, self._start):
            bad = ~usable(self.theta)
            self.theta[bad], self.epoch[bad] = theta[bad], epoch[bad]

    @property
    def start(self) -> np.ndarray:
        """The initial weights, shape (M, P)."""
        return self._start[0]

    def back_to_start(self, members: np.ndarray) -> None:
        """Keep the initial weights of these members, a mask of shape (M,), as those of epoch 0."""
        for kept, start in zip((self.theta, self.epoch), self._start, strict=True):
            kept[members] = start[members]

    def state(self) -> dict[str, Any]:
        """Return the state as arrays."""
        arrays = self.theta, self.epoch, self._value, *self._start, *self._before
        return dict(zip(_STATE, (a.copy() for a in arrays), strict=True))

    def restore(self, state: dict[str, Any]) -> None:
        """Take up a state that `state` returned."""
        arrays = [np.array(state[name]) for name in _STATE]
        self.theta, self.epoch, self._value = arrays[:3]
        self._start, self._before = (arrays[3], arrays[4]), (arrays[5], arrays[6])
