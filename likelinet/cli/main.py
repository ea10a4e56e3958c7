"""The command line over `Model`: how it starts, and that Ctrl-C ends it whatever it is doing."""

import sys

from likelinet.training.interrupts import CtrlC

INTERRUPTED = 130  # exit code of a command that Ctrl-C ended: 128 + SIGINT


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; exit 2 for what the user can mend, 130 after Ctrl-C."""
    ctrl_c = CtrlC()
    try:
        with ctrl_c:  # from here on, imports among them
            from likelinet.cli.run import run

            run(arguments)
    except BaseException as error:
        if ctrl_c.pressed or _interrupted(error):  # a module that was being imported may have made another error of it
            if sys.stderr is not None:
                print(" ".join(["likelinet: interrupted.", *_notes(error)]), file=sys.stderr)
            sys.exit(INTERRUPTED)
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
