"""The record of a fit: what its trainings have given so far, in checkpoints from which it goes on.

But for its trainings a fit does the same each time. So one that goes on begins anew: a training that had come to its
end returns at once what it had given, and the one in progress goes on from where it stood.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from likelinet.core.errors import ConfigError, DataError, DivergedError, NonFiniteError
from likelinet.core.notes import note
from likelinet.core.processes import ALONE, Processes
from likelinet.training.checkpoint import Checkpoint, Generations
from likelinet.training.finished import Finished
from likelinet.training.history import Callback
from likelinet.training.loop import Training
from likelinet.training.progress import Progress

LOOK = 0.25  # seconds from one look at the clock to the next, as far as steps are as short
SHARE = 0.1  # of the time that writing takes at most
WORTH = 1.0  # seconds of a training that has ended, after which a checkpoint is written at once


class Record:
    """What the trainings of a fit have given so far.

    Parameters
    ----------
    checkpoint : Checkpoint, optional
        How often to write; without it nothing is written or known.
    generations : Generations, optional
        Where; processes but the first one have none.
    identity : dict
        What the fit is of, as plain data.
    known : tuple, optional
        Arrays and metadata of the checkpoint to go on from.
    processes : Processes, optional
        Those that compute the fit, of which the first one writes, and has the clock.
    """

    def __init__(
        self,
        checkpoint: Checkpoint | None = None,
        generations: Generations | None = None,
        identity: dict[str, Any] | None = None,
        known: tuple[dict[str, np.ndarray], dict[str, Any]] | None = None,
        processes: Processes = ALONE,
    ) -> None:
        self.processes = processes
        self._checkpoint, self._generations, self._identity = checkpoint, generations, identity or {}
        self._finished: list[tuple[list[Any], dict[str, Any]]] = []
        self._open: tuple[list[Any], dict[str, Any]] | None = None  # the training in progress, and its state
        if known is not None:
            record = unpacked(known[1]["record"], known[0])
            self._finished, self._open = [tuple(each) for each in record["finished"]], record["open"]
        self._ended = known is not None and known[1]["ended"]
        self._place = 0  # of the present training among all
        self._gained = 0.0  # seconds that were spent before the fit went on
        self._began = self._written = time.perf_counter()
        self._cost = 0.0  # seconds that the last one took to write

    def clock(self) -> float:
        """Return seconds since some moment, with those that were spent before the fit went on; all processes ask."""
        return self.processes.of_first(time.perf_counter()) + self._gained

    @property
    def look(self) -> float | None:
        """How often `write_if_due` is to be called, in seconds; None where nothing is written."""
        return None if self._checkpoint is None else min(LOOK, self._checkpoint.every)

    def replayed(self, key: list[Any]) -> Finished | None:
        """Return what the next training has given if it had come to its end; `key` tells it from others."""
        self._began = self.clock()
        if self._place >= len(self._finished):
            return None
        known, data = self._finished[self._place]
        self._check(known, key)
        self._place += 1
        found = Finished.from_plain(data)
        self._gained += found.seconds
        return found

    def go_on(self, key: list[Any], training: Training, progress: Progress) -> None:
        """Let a training that has not begun go on from where it stood, if it was the one in progress."""
        if self._open is None:
            return
        (known, state), self._open = self._open, None
        self._check(known, key)
        was, now = state["history"]["engine"], training.engine
        if was != now:
            raise ConfigError(
                f"engine: the checkpoint is of a training by '{was}', and here it would be by '{now}': set engine: "
                f"{was}, or begin anew in another folder."
            )
        training.restore(state)
        self._gained += state["seconds"]
        progress.skip(state["epoch"])

    def _check(self, known: list[Any], key: list[Any]) -> None:
        if known != key:
            raise DataError(
                f"The checkpoint is of a fit that went another way (training {self._place + 1} was {known}, and is now "
                f"{key}), as on another machine: begin anew in another folder."
            )

    def write_if_due(self, key: list[Any], training: Training) -> None:
        """Write where a training stands, if it is time, or somebody has asked for it."""
        if self._checkpoint is None or self._generations is None:
            return
        if self._checkpoint.asked or self._is_due(self._checkpoint.every):
            self._write((key, training.state()))

    def _is_due(self, every: float) -> bool:
        """Whether it is so long since one was written, and writing takes but a small share of the time."""
        return time.perf_counter() - self._written >= max(every, self._cost / SHARE)

    def ended(self, key: list[Any], given: Finished) -> None:
        """Take in what a training has given that has come to its end."""
        if self._checkpoint is None:
            return
        self._finished.append((key, given.to_plain()))
        self._place += 1
        if self._is_due(min(WORTH, self._checkpoint.every)):
            self._write(None)

    def seconds(self) -> float:
        """Return how long the present training has taken."""
        return self.clock() - self._began

    def close(self) -> None:
        """Take note that the fit has come to its end; it then returns at once where it is to go on."""
        if self._finished and not self._ended:
            self._ended = True
            self._write(None, keep=1)

    def _write(self, in_progress: tuple[list[Any], dict[str, Any]] | None, keep: int | None = None) -> None:
        assert self._checkpoint is not None
        if self._generations is None:
            return
        began, arrays = time.perf_counter(), dict[str, np.ndarray]()
        record = packed({"finished": self._finished, "open": in_progress}, arrays)
        metadata = {"identity": self._identity, "record": record, "ended": self._ended}
        try:
            self._generations.write(arrays, metadata, *([] if keep is None else [keep]))
        except OSError as error:  # of a full disk, say: what is in memory is worth more
            note(
                f"{self._generations.folder}: cannot write a checkpoint ({error.strerror or error}); training goes on"
                f"{', and the one before it stays' if self._generations.files else ''}."
            )
        self._checkpoint.answered()
        self._written = time.perf_counter()
        self._cost = self._written - began


@dataclass(frozen=True)
class Beside:
    """What accompanies the trainings of a fit.

    Parameters
    ----------
    progress : Progress
        Shows how far they are.
    callbacks : sequence of callable
        Are told of each epoch.
    record : Record
        Knows what they have given.
    """

    progress: Progress
    record: Record
    callbacks: tuple[Callback, ...] = ()

    def telling(self, change: Callable[[Callback], Callback]) -> "Beside":
        """Return the same with callbacks that are told of other epochs."""
        return Beside(self.progress, self.record, tuple(map(change, self.callbacks)))


def failure_of(cause: BaseException | None) -> NonFiniteError | DivergedError | None:
    """Return what ended a training, where it would end it again; None for anything else."""
    return cause if isinstance(cause, NonFiniteError | DivergedError) else None


def packed(data: Any, arrays: dict[str, np.ndarray], name: str = "record") -> Any:
    """Return what JSON knows of nested data; arrays are put into `arrays`, by the names that stand for them."""
    match data:
        case np.ndarray():
            arrays[name] = data
            return {"$array": name}
        case dict():
            return {key: packed(value, arrays, f"{name}.{key}") for key, value in data.items()}
        case list() | tuple():
            return [packed(value, arrays, f"{name}.{i}") for i, value in enumerate(data)]
    return data


def unpacked(data: Any, arrays: dict[str, np.ndarray]) -> Any:
    """Return nested data with its arrays, as `packed` had it; tuples are lists now."""
    match data:
        case {"$array": str(name)}:
            return arrays[name]
        case dict():
            return {key: unpacked(value, arrays) for key, value in data.items()}
        case list():
            return [unpacked(value, arrays) for value in data]
    return data
