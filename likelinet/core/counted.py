"""A setting of the whole process that several threads may need at a time."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from threading import Lock


class Counted:
    """The first thread that needs a setting makes it, the last one that did unmakes it, whatever comes between.

    A context of each thread's own would put back what it found in whatever order they end, and the last of them what
    another one had set.

    Parameters
    ----------
    make : callable
        Makes the setting and returns what unmakes it.

    Examples
    --------
    >>> made = []
    >>> quiet = Counted(lambda: made.append("quiet") or made.clear)
    >>> with quiet.held(), quiet.held():
    ...     print(made)
    ['quiet']
    >>> made
    []
    """

    def __init__(self, make: Callable[[], Callable[[], object]]) -> None:
        self._make, self._lock, self._holders = make, Lock(), 0
        self._unmake: Callable[[], object] = lambda: None

    @contextmanager
    def held(self) -> Generator[None, None, None]:
        """Hold the setting within a context."""
        with self._lock:
            if self._holders == 0:
                self._unmake = self._make()
            self._holders += 1
        try:
            yield
        finally:
            with self._lock:
                self._holders -= 1
                if self._holders == 0:
                    self._unmake()
