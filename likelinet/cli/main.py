"""The command line over `Model`: how it starts and how it ends."""

import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import click

from likelinet.cli.arguments import cli
from likelinet.core.errors import LikelinetError

INTERRUPTED = 130  # exit code of a command that Ctrl-C ended: 128 + SIGINT


def note(message: Warning | str, *_details: Any, **_more: Any) -> None:
    """Print a warning as one line on standard error."""
    click.echo(f"likelinet: note: {message}", err=True)


@contextmanager
def _warnings_as_lines() -> Iterator[None]:
    """Print each warning as one line on standard error."""
    with warnings.catch_warnings():
        warnings.simplefilter("always", UserWarning)
        warnings.showwarning = note
        yield


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; exit 2 for what the user can mend, 130 after Ctrl-C."""
    with suppress(FileNotFoundError):  # the folder is gone
        if os.getcwd() not in sys.path:
            sys.path.append(os.getcwd())  # a family of the user's own is a module beside the data
    try:
        with _warnings_as_lines():
            cli.main(arguments, prog_name="likelinet", standalone_mode=False)
            if sys.stdout is not None:
                sys.stdout.flush()  # or a full disk would show only after the end
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        click.echo("likelinet: interrupted.", err=True)
        sys.exit(INTERRUPTED)
    except LikelinetError as error:
        click.echo(f"likelinet: {error}", err=True)
        sys.exit(2)
    except UnicodeEncodeError as error:
        click.echo(f"likelinet: cannot write in {error.encoding}: set PYTHONIOENCODING=utf-8.", err=True)
        sys.exit(2)
    except OSError as error:
        if error.filename is not None or error.errno is None:
            raise  # of another file than standard output
        if sys.stdout is not None:
            with suppress(OSError):
                sys.stdout.close()  # or it would be tried once more
        if isinstance(error, BrokenPipeError):
            sys.exit(1)  # the reader has gone: nothing to say
        click.echo(f"likelinet: cannot write ({error.strerror}).", err=True)
        sys.exit(2)
    except Exception as error:
        if not _interrupted(error):
            raise
        click.echo("likelinet: interrupted.", err=True)
        sys.exit(INTERRUPTED)


def _interrupted(error: BaseException | None) -> bool:
    """Whether Ctrl-C is behind an error: a module that was being imported may have made another of it."""
    return error is not None and (
        isinstance(error, KeyboardInterrupt) or _interrupted(error.__cause__) or _interrupted(error.__context__)
    )


if __name__ == "__main__":
    main()
