"""A process that computes with others, and one beside it that says how it ended where it cannot do so itself."""

import os
import re
import signal
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from threading import Thread
from types import FrameType
from typing import NoReturn

from likelinet.core.errors import ProcessError
from likelinet.core.processes import unreachable
from likelinet.training.interrupts import BY_SIGNAL, ENDING, SAME

_SIGNALS = signal.SIGINT, *ENDING
_LOST = 75  # the exit status of one that goes on without the others: the one beside it says so
PATIENCE = 2.0  # seconds after Ctrl-C until it is said what is waited for
AGAIN = 1.0  # seconds that a second one has to be heard by the process that computes
_ABORTS = re.compile(b"coordination_service|JAX distributed service")  # in the first of many lines
_TWICE = "came twice, so this process ends without the others."
_WAITS = "ends as soon as the other processes do; Ctrl-C once more ends this one alone, and nothing is saved."


@contextmanager
def watched(name: str) -> Generator[None]:
    """Do what is done within, and all after it, in a child of this process, which itself says how that ended.

    JAX aborts a process that loses the first one, with many lines of its own, and one that waits for others in a
    collective hears no Ctrl-C.

    Parameters
    ----------
    name : str
        What the process is called in a sentence.
    """
    if sys.platform == "win32":  # where there is no fork
        yield
        return
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:  # closed by whoever began it: a pipe must not come in its place
            os.open(os.devnull, os.O_RDWR)
    alive, beside = os.pipe()
    lines, stderr = os.pipe()
    signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)  # until they are handed over
    if child := os.fork():
        os.close(alive)
        os.close(stderr)
        _end_as(child, lines, name)
    os.close(beside)
    os.close(lines)
    Thread(target=_end_after, args=(alive,), daemon=True).start()  # before the main one hears signals: it hears none
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
    if sys.stderr is not None:  # what libraries write goes through the other process, what Python does need not
        sys.stderr = os.fdopen(os.dup(2), "w", 1, sys.stderr.encoding, sys.stderr.errors)
    os.dup2(stderr, 2)
    os.close(stderr)
    try:
        yield
    except ProcessError:
        sys.exit(_LOST)


def _end_after(pipe: int) -> NoReturn:
    """End this process when nobody holds the other end of a pipe any longer."""
    os.read(pipe, 1)
    os._exit(1)


def _end_as(child: int, lines: int, name: str) -> NoReturn:
    """End as a child does, and say how where that does not."""
    heard, aborts = _heard(child), list[bytes]()
    handing = Thread(target=_hand_over, args=(lines, aborts), daemon=True)
    handing.start()
    code = _waited_for(child, heard, name)
    handing.join(1.0)
    if len(heard) > 1 and code in (_LOST, -signal.SIGKILL):
        first = heard[0][1]
        _say(f"{'Ctrl-C' if first == signal.SIGINT else signal.Signals(first).name} {_TWICE}")
        code = BY_SIGNAL + heard[0][1]
    elif code == _LOST or (code == -signal.SIGABRT and aborts):
        _say(unreachable(name))
        code = 2
    elif code < 0:
        _say(f"{name} was ended by {signal.Signals(-code).name}.")
        code = BY_SIGNAL - code
    os._exit(code)


def _heard(child: int) -> list[tuple[float, int]]:
    """Hand over signals from now on, and return where those that end a process are noted, with their moments."""
    heard: list[tuple[float, int]] = []

    def hear(number: int, _frame: FrameType | None) -> None:
        if not heard or time.monotonic() > heard[-1][0] + SAME:
            heard.append((time.monotonic(), number))
        hand_over(number)

    def hand_over(number: int, _frame: FrameType | None = None) -> None:
        with suppress(ProcessLookupError):
            os.kill(child, number)

    for number in _SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, hear)
    signal.signal(signal.SIGUSR1, hand_over)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
    return heard


def _hand_over(lines: int, aborts: list[bytes]) -> None:
    """Write the lines of libraries; those with which JAX aborts a process are only noted."""
    with os.fdopen(lines, "rb") as file:
        for line in file:
            if aborts or _ABORTS.search(line):
                aborts.append(line)
            else:
                os.write(2, line)


def _waited_for(child: int, heard: list[tuple[float, int]], name: str) -> int:
    """Return the exit code of a child, or less 0 the signal that ended it; a second Ctrl-C does, if it goes on."""
    told = False
    while not (ended := os.waitpid(child, os.WNOHANG))[0]:
        time.sleep(0.02)
        now = time.monotonic()
        if heard and not told and now > heard[0][0] + PATIENCE:
            told = True
            _say(f"{name} {_WAITS}")
        if len(heard) > 1 and now > heard[1][0] + AGAIN:
            os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(ended[1])


def _say(sentence: str) -> None:
    if sys.stderr is not None:
        print(f"likelinet: {sentence}", file=sys.stderr, flush=True)
