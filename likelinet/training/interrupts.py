"""Ctrl-C that is never lost."""

import signal
import threading
from contextlib import AbstractContextManager
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
