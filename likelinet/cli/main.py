"""The command line over `Model`: how it starts, and that Ctrl-C and its like end it whatever it is doing."""

import os
import signal
import sys
import traceback
from contextlib import suppress
from typing import NoReturn

from likelinet.training.interrupts import BY_SIGNAL, CtrlC, Ended


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; exit 2 for what the user can mend, 130 after Ctrl-C, 143 after SIGTERM."""
    try:
        _main(arguments)
    except BaseException as error:
        if "jax" in sys.modules and sys.modules["jax"].distributed.is_initialized():
            _leave(error)
        raise


def _leave(error: BaseException) -> NoReturn:
    """End at once: JAX would wait for the other processes of the fit, and these for this one."""
    if not isinstance(error, SystemExit):
        traceback.print_exception(error)
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):
            stream.flush()
    os._exit(error.code if isinstance(error, SystemExit) and isinstance(error.code, int) else 1)


def _main(arguments: list[str] | None) -> None:
    ctrl_c, ended = CtrlC(), Ended()
    try:
        with ctrl_c, ended:  # from here on, imports among them
            from likelinet.cli.run import run

            run(arguments)
    except BaseException as error:
        # A module that was being imported may have made another error of it.
        if ctrl_c.pressed or ended.number is not None or _interrupted(error):
            if arguments is None:  # the process ends: of one more it would die in the middle of that
                signal.signal(signal.SIGINT, signal.SIG_IGN)
            if sys.stderr is not None:
                how = "interrupted" if ended.number is None else f"ended by {signal.Signals(ended.number).name}"
                print(" ".join([f"likelinet: {how}.", *_notes(error)]), file=sys.stderr)
            sys.exit(BY_SIGNAL + (ended.number or signal.SIGINT))
        if isinstance(error, Exception):
            from likelinet.cli.run import end

            end(error)
        raise


def _interrupted(error: BaseException | None) -> bool:
    """Whether Ctrl-C is behind an error."""
    return error is not None and (
        isinstance(error, KeyboardInterrupt) or _interrupted(error.__cause__) or _interrupted(error.__context__)
    )


def _notes(error: BaseException | None) -> list[str]:
    """Return what is noted of an error, and of those behind it: click makes another one of Ctrl-C."""
    own = getattr(error, "__notes__", [])
    return own if error is None or own else _notes(error.__cause__ or error.__context__)


if __name__ == "__main__":
    main()
