"""What a training has given, the same in all processes that compute a fit."""

import json
from io import BytesIO

import numpy as np

from likelinet.core.processes import Processes
from likelinet.training.checkpoint import CONTENT
from likelinet.training.finished import Finished
from likelinet.training.record import failure_of, packed, unpacked


def told_by_first(
    processes: Processes, given: Finished, cause: BaseException | None
) -> tuple[Finished, BaseException | None]:
    """Return what a training has given to the first process, and what cut it short anywhere.

    Each process may have trained by itself, on NumPy, and by clocks of their own: what follows must do the same in all
    of them.
    """
    if processes.count == 1:
        return given, cause
    stopped = cause is not None and failure_of(cause) is None  # by Ctrl-C, or an error of a callback
    others = [json.loads(each) for each in processes.gathered(json.dumps(stopped).encode())]
    arrays, file = dict[str, np.ndarray](), BytesIO()
    if not processes.rank:
        plain = packed(given.to_plain(), arrays)
        CONTENT.save(file, arrays, {"given": plain})
    arrays, told = CONTENT.load(BytesIO(processes.gathered(file.getvalue())[0]))
    given = Finished.from_plain(unpacked(told["given"], arrays))
    if given.history.stopped == "callback":
        return given, None
    if any(others):
        return given, cause if stopped else KeyboardInterrupt()
    if given.failure is None:  # another process may have failed by its own clock, and goes on with the first one
        return given, None if failure_of(cause) is not None else cause
    return given, given.failure
