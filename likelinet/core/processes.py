"""The processes that compute one fit together."""

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from likelinet.core.errors import DataError


def unreachable(name: str) -> str:
    """Return the sentence of a process, so called, that cannot go on without another one."""
    return (
        f"{name} cannot reach another one, which has ended or has lost its network: see what that one said, and begin "
        "all of them again (with --resume where there is a checkpoint)."
    )


class Processes(ABC):
    """Processes that run the same program on the same config, and what they say to one another.

    Parameters
    ----------
    rank : int
        Which one this is, from 0 on. That of rank 0 writes files and speaks to the user.
    count : int
        How many there are.
    devices : int
        How many devices each of them has.
    """

    def __init__(self, rank: int, count: int, devices: int = 1) -> None:
        self.rank, self.count, self.devices = rank, count, devices

    @abstractmethod
    def gathered(self, data: bytes) -> list[bytes]:
        """Return what each process has handed over, in their order.

        All of them call it, as often and in the same order, in their main thread.
        """

    def check_same(self, of: Mapping[str, Any]) -> None:
        """Raise `DataError` in all of them where they do not have the same: what differs, by its name."""
        every = [json.loads(each) for each in self.gathered(json.dumps(of).encode())] if self.count > 1 else []
        for rank, other in enumerate(every):
            if differs := [name for name, what in other.items() if what != every[0].get(name)]:
                raise DataError(
                    f"Process {rank} of {self.count} has another {differs[0]} than process 0: begin all of them with "
                    "the same command, files and version."
                )

    def of_first(self, number: float) -> float:
        """Return the number that the first process has handed over."""
        return number if self.count == 1 else float(self.gathered(repr(number).encode())[0])


class _Alone(Processes):
    """One process by itself."""

    def gathered(self, data: bytes) -> list[bytes]:
        return [data]


ALONE: Processes = _Alone(0, 1)
