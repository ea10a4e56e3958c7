"""Ctrl-C that is never lost, and Ctrl-C that waits."""

import signal
import threading
from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager
from types import FrameType
from typing import Any


class CtrlC(AbstractContextManager["CtrlC"]):
    """Within it, Ctrl-C that raised no KeyboardInterrupt where it could be caught is raised by `check`, or at its end.

    Ctrl-C is raised wherever Python happens to be, at once. In a finaliser or a hook of the garbage collector, which
    JAX has one of, Python prints such an error and goes on: all that is left of it is what is noted here. In threads
    other than the main one, where nobody hears Ctrl-C, this does nothing. Within another one, what that has noted is
    raised at once.
    """

    def __init__(self) -> None:
        self.pressed = False
        self._former: Any = None

    def __enter__(self) -> "CtrlC":
        former = signal.getsignal(signal.SIGINT)
        if isinstance(former, CtrlC):
            former.check()
        if callable(former) and threading.current_thread() is threading.main_thread():
            self._former = former
            signal.signal(signal.SIGINT, self)
        return self

    def __call__(self, number: int, frame: FrameType | None) -> None:
        """Do what would be done without us, and remember that it was Ctrl-C."""
        try:
            self._former(number, frame)
        except KeyboardInterrupt:
            self.pressed = True
            raise

    def check(self) -> None:
        """Raise KeyboardInterrupt if there has been one."""
        if self.pressed:
            raise KeyboardInterrupt

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._former is not None:
            signal.signal(signal.SIGINT, self._former)
        if kind is None:
            self.check()


@contextmanager
def waiting(done: str | None = None) -> Generator[None, None, None]:
    """Do what is done within to its end before Ctrl-C ends the rest, with a note that says what has been done.

    Without `done` it ends nothing: something else does so already, as a first Ctrl-C.
    """
    former = signal.getsignal(signal.SIGINT)
    if not callable(former) or threading.current_thread() is not threading.main_thread():  # nobody hears it
        yield
        return
    pressed: list[int] = []
    signal.signal(signal.SIGINT, lambda number, _frame: pressed.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, former)
    if pressed and done is not None:
        interrupt = KeyboardInterrupt()
        interrupt.add_note(done)
        raise interrupt
