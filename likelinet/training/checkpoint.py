"""Checkpoints of a fit: where and how often they are written, and the files of a folder."""

import math
import re
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from likelinet.core.container import Content
from likelinet.core.errors import ConfigError, DataError, ModelFileError
from likelinet.core.notes import note

EVERY = 60.0  # seconds
KEPT = 2  # generations
LOCK = ".lock"
CONTENT = Content(
    "checkpoint", "likelinet checkpoint", 1, "remove it", "the folder is to hold nothing but checkpoints of one fit"
)
_NAME = re.compile("([0-9]{6,})\\.checkpoint")
_HALF = re.compile("\\.[0-9a-f]{16}\\.checkpoint")  # what a kill has left of one that was being written


@dataclass(frozen=True)
class Checkpoint:
    """Where a fit writes checkpoints, from which it can go on to the same bits after whatever has ended it.

    One file has all that a fit needs to go on: weights, averages, optimiser, random streams, history, what trainings
    before the present one have given, the config, and digests of the table. The last two are kept. The end of a fit
    leaves one that says so, from which it returns at once.

    Parameters
    ----------
    folder : str or Path
        A folder of the fit's own, which is made where it is not there.
    every : float
        Seconds from one to the next, more than 0.
    resume : bool
        Whether to go on from what is in the folder; of an empty one the fit begins. False refuses a folder with a fit
        that has not ended.

    Raises
    ------
    ConfigError
        If `every` is no positive number.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> import likelinet as ll
    >>> x = np.linspace(0, 1, 60)
    >>> config = {"quality": "plain", "network": {"hidden": [4]}, "training": {"epochs": 5}}
    >>> folder = tempfile.mkdtemp()
    >>> one = ll.Model(config).fit(x[:, None], x**2, checkpoint=folder)
    >>> again = ll.Model(config).fit(x[:, None], x**2, checkpoint=ll.Checkpoint(folder, resume=True))
    >>> again.history.seconds == one.history.seconds  # nothing was trained again
    True
    """

    folder: str | Path
    every: float = EVERY
    resume: bool = False
    _asked: threading.Event = field(default_factory=threading.Event, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if isinstance(self.every, bool) or not isinstance(self.every, int | float) or not 0.0 < self.every < math.inf:
            raise ConfigError(f"Checkpoint: every must be seconds, more than 0, got {self.every!r}.")

    def write_now(self) -> None:
        """Have the fit that runs write one as soon as it can; a signal handler or another thread may call it."""
        self._asked.set()

    @property
    def asked(self) -> bool:
        """Whether somebody has asked for one since it was last written."""
        return self._asked.is_set()

    def answered(self) -> None:
        """Take note that one has been written."""
        self._asked.clear()


class Generations:
    """The checkpoints in a folder, numbered from 1, which one process writes at a time.

    Raises
    ------
    DataError
        If the folder cannot be made, or holds other things.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            names = [path.name for path in folder.iterdir()]
        except OSError as error:
            raise DataError(f"{folder}: no folder for checkpoints can be there ({error.strerror}).") from None
        if others := sorted(n for n in names if not (_NAME.fullmatch(n) or n.startswith("."))):  # as .DS_Store
            raise DataError(
                f"{folder}: holds other things than checkpoints, such as {others[0]}; name a folder of their own."
            )

    @property
    def files(self) -> list[Path]:
        """Those that there are, the latest first."""
        found = (path for path in self.folder.iterdir() if _NAME.fullmatch(path.name))
        return sorted(found, key=_number, reverse=True)

    def latest(self) -> tuple[dict[str, np.ndarray], dict[str, Any]] | None:
        """Return the latest that is whole, with a note of those that are not; None where there are none.

        Raises
        ------
        ModelFileError
            If none is whole.
        """
        faults: list[str] = []
        for path in self.files:
            try:
                found = CONTENT.load(path)
            except ModelFileError as error:
                faults.append(str(error).partition("; ")[0].removesuffix("."))  # without what to do with a single one
                continue
            for fault in faults:
                note(f"{fault}; the checkpoint before it, {path.name}, is taken.")
            return found
        if faults:
            raise ModelFileError(
                f"{faults[0]}, and no other checkpoint there is whole; remove the folder, or name another one, and the "
                "fit begins anew."
            )
        return None

    def write(self, arrays: dict[str, np.ndarray], metadata: dict[str, Any], keep: int = KEPT) -> None:
        """Write the next one, and remove all but so many of the last.

        Raises
        ------
        OSError
            If it cannot be written; those before it stay.
        """
        number = max(map(_number, self.files), default=0) + 1
        CONTENT.save(self.folder / f"{number:06d}.checkpoint", arrays, metadata)
        for path in self.files[keep:]:
            with suppress(OSError):  # one too many is no harm
                path.unlink()

    def clear(self) -> None:
        """Remove all of them."""
        for path in self.files:
            path.unlink()

    def sweep(self) -> None:
        """Remove what a kill has left of one that was being written; nobody else may be writing."""
        for path in self.folder.iterdir():
            if _HALF.fullmatch(path.name):
                with suppress(OSError):
                    path.unlink()


def _number(path: Path) -> int:
    found = _NAME.fullmatch(path.name)
    assert found is not None
    return int(found[1])
