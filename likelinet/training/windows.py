"""Windows: training rows of which only some are in memory at a time."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event

import numpy as np

from likelinet.core.processes import ALONE, Processes
from likelinet.core.together import together
from likelinet.engines.engine import Data

Check = Callable[[], None]


class StoppedError(Exception):
    """Nobody wants the window any longer."""


class Windows:
    """The windows of all passes over the rows, of which the next one is made in a thread while an engine steps.

    Parameters
    ----------
    of_pass : int
        How many make a pass; where it is one, the same rows come again and again.
    made : callable
        Returns window k, all of one shape and with the same held-out rows at their end. It calls its second argument
        now and then, which raises where nobody wants it any longer.
    own : slice
        The rows that each process makes of a window, by which it gets the weights of all; those of all processes follow
        each other from the first row on.
    processes : Processes
        Those that train together, each of which asks for the same windows.
    """

    def __init__(
        self,
        of_pass: int,
        made: Callable[[int, Check], Data],
        own: slice = slice(0),
        processes: Processes = ALONE,
    ) -> None:
        self.of_pass, self.made = of_pass, made
        self._own, self._processes = own, processes
        self._closed, self._pool = Event(), ThreadPoolExecutor(1, "window")
        self._next: tuple[int, Future[Data]] | None = None
        self._now: tuple[int, Data] | None = None

    def at(self, k: int) -> Data:
        """Return window k; an error that came while it was made is raised here, after which there are no others.

        All processes call it, in their main thread.
        """
        k = 0 if self.of_pass == 1 else k
        if self._now is not None and self._now[0] == k:
            return self._now[1]
        if self._next is None or self._next[0] != k:
            self._begin(k)
        assert self._next is not None
        future = self._next[1]
        try:
            weights = together(self._processes, lambda: future.result().weight[self._own].tobytes())
        except BaseException:  # Ctrl-C, too, which comes while it waits
            self.close()
            raise
        data = future.result()
        of_all = np.frombuffer(b"".join(weights), data.weight.dtype)
        data.weight[: len(of_all)] = of_all
        self._now = k, data
        if self.of_pass > 1:
            self._begin(k + 1)
        return data

    def _begin(self, k: int) -> None:
        self._next = k, self._pool.submit(self.made, k, self._check)

    def _check(self) -> None:
        if self._closed.is_set():
            raise StoppedError

    def close(self) -> None:
        """Let nothing be made any longer."""
        self._closed.set()
        self._pool.shutdown(cancel_futures=True)
