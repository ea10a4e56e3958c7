"""How much time there is for training."""

import sys
import time
from collections.abc import Callable

PIECE = 0.02  # of all the time: how often to look at the clock
FIRST = 8  # steps before the first look at it
SPARE = 1.2  # times the steps of an annealing that time is left for
SHARE = 1.0 / 3.0  # of all the time at most is left for it

Clock = Callable[[], float]


class Budget:
    """The time that is spent, and how many steps there is time for.

    Parameters
    ----------
    seconds : float or None
        How many there are; None sets no limit.
    clock : callable
        Returns seconds since some moment.
    look : float or None
        After how many seconds at most somebody looks at the clock, if steps are as short, whether or not time is
        limited.
    """

    def __init__(
        self, seconds: float | None = None, clock: Clock = time.perf_counter, look: float | None = None
    ) -> None:
        self.seconds, self._clock, self._look = seconds, clock, look
        self._began = clock()

    def tell(self, clock: Clock) -> None:
        """Begin anew, by another clock."""
        self._clock = clock
        self._began = clock()

    @property
    def spent(self) -> float:
        """Seconds so far."""
        return self._clock() - self._began

    @property
    def over(self) -> bool:
        """Whether all of it is spent."""
        return self.seconds is not None and self.spent >= self.seconds

    def go_on_from(self, spent: float) -> None:
        """Go on as if so many seconds were spent."""
        self._began = self._clock() - spent

    def enough_for(self, steps: int) -> int:
        """Return for how many more steps there is time, if they take as long as the `steps` done so far."""
        if self.seconds is None:
            return sys.maxsize
        spent = self.spent
        return int(max(self.seconds - spent, 0.0) / max(spent, 1e-9) * steps)

    def late(self, length: int, steps: int) -> bool:
        """Whether, after `steps` steps, what is left is needed for an annealing over `length` more."""
        if self.seconds is None:
            return False
        little = self.spent >= (1.0 - SHARE) * self.seconds
        return self.over or (little and self.enough_for(steps) <= SPARE * length)

    def piece(self, steps: int) -> int:
        """Return how many steps to do until somebody looks at the clock, after `steps` steps."""
        within = [PIECE * self.seconds] if self.seconds is not None else []
        within += [self._look] if self._look is not None else []
        if not within:
            return sys.maxsize
        return max(1, int(min(within) / max(self.spent, 1e-9) * steps)) if steps else FIRST
