"""Processes that fit together, as threads of one."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from likelinet.core.processes import ALONE, Processes

T = TypeVar("T")
WAIT = 60.0  # seconds for another that should come


class Threads(Processes):
    """One of several threads that say to one another what processes would."""

    def __init__(self, rank: int, barrier: Barrier, said: list[bytes]) -> None:
        super().__init__(rank, barrier.parties)
        self._barrier, self._said = barrier, said

    def gathered(self, data: bytes) -> list[bytes]:
        self._said[self.rank] = data
        self._barrier.wait(WAIT)
        every = [*self._said]
        self._barrier.wait(WAIT)
        return every


def in_each(count: int, run: Callable[[Processes], T]) -> list[T]:
    """Return what a function gives in each of so many processes; alone, in the thread that it is called from."""
    if count == 1:
        return [run(ALONE)]
    barrier, said = Barrier(count), [b""] * count
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, [Threads(rank, barrier, said) for rank in range(count)]))
