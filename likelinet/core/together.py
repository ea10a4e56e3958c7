"""What each process makes, for all of them, or the error of one in all: nobody waits for who has failed."""

from collections.abc import Callable

from likelinet.core.errors import DataError
from likelinet.core.processes import Processes

_MADE, _FAILED = b"+", b"-"


def together(processes: Processes, make: Callable[[], bytes]) -> list[bytes]:
    """Return what each process makes, in their order; all of them call it, as `Processes.gathered`.

    Raises
    ------
    BaseException
        What `make` raises here, if it raises nowhere before.
    DataError
        With the words of what it raises first in another process.
    """
    own = None
    try:
        said = _MADE + make()
    except BaseException as error:  # Ctrl-C, too
        own, said = error, _FAILED + (str(error) or f"A process has ended with {type(error).__name__}.").encode()
    every = processes.gathered(said)
    failed = [rank for rank, data in enumerate(every) if data.startswith(_FAILED)]
    if own is not None and failed[0] == processes.rank:
        raise own
    if failed:
        raise DataError(every[failed[0]][1:].decode()) from own
    return [data[1:] for data in every]
