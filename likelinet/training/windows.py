"""Windows: training rows of which only some are in memory at a time."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event

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
    """

    def __init__(self, of_pass: int, made: Callable[[int, Check], Data]) -> None:
        self.of_pass, self.made = of_pass, made
        self._closed, self._pool = Event(), ThreadPoolExecutor(1, "window")
        self._next: tuple[int, Future[Data]] | None = None
        self._now: tuple[int, Data] | None = None

    def at(self, k: int) -> Data:
        """Return window k; an error that came while it was made is raised here, after which there are no others."""
        k = 0 if self.of_pass == 1 else k
        if self._now is not None and self._now[0] == k:
            return self._now[1]
        if self._next is None or self._next[0] != k:
            self._begin(k)
        assert self._next is not None
        try:
            self._now = k, self._next[1].result()
        except BaseException:  # Ctrl-C, too, which comes while it waits
            self.close()
            raise
        if self.of_pass > 1:
            self._begin(k + 1)
        return self._now[1]

    def _begin(self, k: int) -> None:
        self._next = k, self._pool.submit(self.made, k, self._check)

    def _check(self) -> None:
        if self._closed.is_set():
            raise StoppedError

    def close(self) -> None:
        """Let nothing be made any longer."""
        self._closed.set()
        self._pool.shutdown(cancel_futures=True)
