"""The processes that compute one fit together."""

from abc import ABC, abstractmethod


class Processes(ABC):
    """Processes that run the same program on the same config, and what they say to one another.

    Parameters
    ----------
    rank : int
        Which one this is, from 0 on. That of rank 0 writes files and speaks to the user.
    count : int
        How many there are.
    """

    def __init__(self, rank: int, count: int) -> None:
        self.rank, self.count = rank, count

    @abstractmethod
    def gathered(self, data: bytes) -> list[bytes]:
        """Return what each process has handed over, in their order.

        All of them call it, as often and in the same order, in their main thread.
        """


class _Alone(Processes):
    """One process by itself."""

    def gathered(self, data: bytes) -> list[bytes]:
        return [data]


ALONE: Processes = _Alone(0, 1)
