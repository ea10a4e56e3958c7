"""Learning-rate schedules: the rates of all steps, each computed when it is asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

RATES_AT_ONCE = 1024  # rates computed at once where single ones are asked for


@dataclass(frozen=True, eq=False)
class Schedule:
    """The learning rate of each step, indexed like an array of them, which for long trainings would fill the memory.

    Parameters
    ----------
    steps : int
        How many there are.
    rule : callable
        From an array of steps to their rates.

    Examples
    --------
    >>> constant(0.1, 3)[:]
    array([0.1, 0.1, 0.1])
    """

    steps: int
    rule: Callable[[np.ndarray], np.ndarray]

    def __len__(self) -> int:
        return self.steps

    def __getitem__(self, step: int | slice) -> Any:
        if isinstance(step, slice):
            return self.rule(np.arange(*step.indices(self.steps)))
        return _block(self, step // RATES_AT_ONCE)[step % RATES_AT_ONCE]


@lru_cache(maxsize=8)
def _block(schedule: Schedule, i: int) -> np.ndarray:
    return schedule[i * RATES_AT_ONCE : (i + 1) * RATES_AT_ONCE]


def constant(rate: float, steps: int) -> Schedule:
    """Return the same rate at every step."""
    return Schedule(steps, lambda step: np.full(len(step), rate))


def step_decay(rate: float, steps: int, every: float, factor: float) -> Schedule:
    """Return a rate multiplied by `factor` after each fraction `every` of training."""
    return Schedule(steps, lambda step: rate * factor ** np.floor(step / max(1.0, every * steps)))


def cosine(rate: float, steps: int) -> Schedule:
    """Return a rate that falls to 0 along half a cosine (Loshchilov & Hutter, SGDR, 2017)."""
    return Schedule(steps, lambda step: rate * 0.5 * (1.0 + np.cos(np.pi * step / steps)))


def warmed_up(rates: Schedule, fraction: float) -> Schedule:
    """Return the rates, raised linearly from 0 over the first `fraction` of training."""
    n = round(fraction * len(rates))
    return Schedule(len(rates), lambda step: rates.rule(step) * np.minimum(1.0, (step + 1.0) / max(n, 1)))
