"""Files that one process writes at a time."""

import os
import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

if sys.platform != "win32":
    import fcntl


@contextmanager
def locked(path: Path) -> Generator[None]:
    """Hold the lock that is a file `path`, which is made where it is not there, and removed at the end.

    The kernel lets go of it when the process ends, however that comes: a file that a dead one left locks nothing. Where
    there are no locks, on Windows and on some file systems of networks, nothing is locked.

    Raises
    ------
    BlockingIOError
        If somebody else holds it.
    OSError
        If the file cannot be made.
    """
    if sys.platform == "win32":
        yield
        return
    handle = _held(path)
    try:
        yield
    finally:
        with suppress(OSError):
            path.unlink()  # while it is held: nobody can hold the one that goes
        os.close(handle)


def lock(handle: int) -> bool:
    """Lock an open file until it is closed, and return whether it is locked: not where there are no locks.

    Raises
    ------
    BlockingIOError
        If somebody else holds it.
    """
    if sys.platform == "win32":
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise
    except OSError:  # no locks here
        return False
    return True


def _held(path: Path) -> int:
    """Return an open file that is locked, and still the one that has this name."""
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            if not lock(handle):
                return handle
        except BlockingIOError:
            os.close(handle)
            raise
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(handle), path.stat()):
                return handle
        os.close(handle)  # who held it before has removed it in the meantime
