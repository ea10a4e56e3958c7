"""Ctrl-C that is never lost, and Ctrl-C that waits."""

import signal
import threading
import time
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from types import FrameType
from typing import Any, TypeVar

from likelinet.core.errors import ProcessError

T = TypeVar("T")
# What ends a process that has no word on it; Windows has no SIGHUP.
ENDING = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))
BY_SIGNAL = 128  # and the number of the signal is the exit code of a command that it ended
SAME = 1.0  # seconds for which Ctrl-C that is pressed again is the same one


class CtrlC(AbstractContextManager["CtrlC"]):
    """Within it, Ctrl-C that raised no KeyboardInterrupt where it could be caught is raised by `check`, or at its end.

    Ctrl-C is raised wherever Python happens to be, at once. In a finaliser or a hook of the garbage collector, which
    JAX has one of, Python prints such an error and goes on: all that is left of it is what is noted here. In threads
    other than the main one, where nobody hears Ctrl-C, this does nothing. Within another one, what that has noted is
    raised at once.

    Pressed again at once, it is not raised again: that would break what the first one has begun, as to save a model.

    Parameters
    ----------
    waits : bool
        Whether the first one raises nothing and is only noted, as where other processes are to end at the same place.
        A second one is a `ProcessError`.
    """

    def __init__(self, waits: bool = False) -> None:
        self.pressed, self._waits = False, waits
        self._again = 0.0  # the moment from which on it is another one
        self._former: dict[int, Any] = {}  # what was done before, by signal

    def __enter__(self) -> "CtrlC":
        former = signal.getsignal(signal.SIGINT)
        if isinstance(former, CtrlC):
            former.check()
        if threading.current_thread() is threading.main_thread():
            heard = (signal.SIGINT, *(ENDING if self._waits else ()))  # which end a process at once where it is ignored
            self._former = {n: signal.signal(n, self) for n in heard if callable(signal.getsignal(n))}
        return self

    def __call__(self, number: int, frame: FrameType | None) -> None:
        """Do what would be done without us, and remember that it was Ctrl-C."""
        if time.monotonic() < self._again:
            return
        if self._waits and self.pressed:  # nothing can be saved that the others do not know of
            raise ProcessError("Ctrl-C came twice, so this process ends without the others.")
        former = self._former[number]
        if self._waits:
            self.pressed, self._again = True, time.monotonic() + SAME
            if isinstance(former, Ended):
                former.noted(number)
            return
        try:
            former(number, frame)
        except KeyboardInterrupt:
            self.pressed, self._again = True, time.monotonic() + SAME
            raise

    def heard(self) -> bool:
        """Whether there has been one."""
        return self.pressed

    def check(self) -> None:
        """Raise KeyboardInterrupt if there has been one, unless it waits."""
        if self.pressed and not self._waits:
            raise KeyboardInterrupt

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        for number, former in self._former.items():
            signal.signal(number, former)
        if kind is None:
            self.check()


class Ended(AbstractContextManager["Ended"]):
    """Within it, SIGTERM and SIGHUP do what Ctrl-C does; one that is ignored, as by nohup, stays ignored.

    `number` is the signal that came first, if any did but Ctrl-C.
    """

    def __init__(self) -> None:
        self.number: int | None = None
        self._former: dict[int, Any] = {}

    def __enter__(self) -> "Ended":
        if threading.current_thread() is threading.main_thread():
            self._former = {n: signal.signal(n, self) for n in ENDING if signal.getsignal(n) is not signal.SIG_IGN}
        return self

    def __call__(self, number: int, frame: FrameType | None) -> None:
        """Do what Ctrl-C does at this moment, also where Ctrl-C itself is ignored, as in the background of a shell."""
        self.noted(number)
        as_ever = signal.getsignal(signal.SIGINT)
        if callable(as_ever):
            as_ever(signal.SIGINT, frame)
        else:
            raise KeyboardInterrupt

    def noted(self, number: int) -> None:
        """Take note of a signal."""
        self.number = number if self.number is None else self.number

    def __exit__(self, *_: object) -> None:
        for number, former in self._former.items():
            signal.signal(number, former)


@contextmanager
def waiting(done: str | None = None) -> Generator[None, None, None]:
    """Do what is done within to its end before Ctrl-C ends the rest, with a note that says what has been done.

    So do other signals that end a process, where somebody hears them. Without `done` it ends nothing: something else
    does so already, as a first Ctrl-C.
    """
    if threading.current_thread() is not threading.main_thread():  # nobody hears it
        yield
        return
    heard = {n: former for n in (signal.SIGINT, *ENDING) if callable(former := signal.getsignal(n))}
    pressed: list[int] = []
    for number in heard:
        signal.signal(number, lambda number, _frame: pressed.append(number))
    try:
        yield
    finally:
        for number, former in heard.items():
            signal.signal(number, former)
    if pressed and done is not None:
        try:
            heard[pressed[0]](pressed[0], None)
        except KeyboardInterrupt as interrupt:
            interrupt.add_note(done)
            raise


def kept_whole(made: Callable[[], T], cause: BaseException | None = None) -> tuple[T, BaseException | None]:
    """Return what is made to its end, however often Ctrl-C is pressed, and what has cut all else short, `cause` first.

    So the last of the work, which takes little time, loses nothing of what was done before it.
    """
    kept: list[T] = []
    try:
        with waiting(None if cause is not None else "What had been trained by then is kept."):
            kept.append(made())
    except KeyboardInterrupt as interrupt:
        if not kept:  # it was not Ctrl-C that raised it
            raise
        cause = interrupt
    return kept[0], cause
