"""Commands from their arguments to their end: warnings and errors as lines, and exit codes."""

import sys
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import click

from likelinet.cli.arguments import cli
from likelinet.core.errors import LikelinetError


def run(arguments: list[str] | None) -> None:
    """Run a command; each warning is a line on standard error."""
    with warnings.catch_warnings():
        warnings.simplefilter("always", UserWarning)
        warnings.showwarning = once(note)
        try:
            cli.main(arguments, prog_name="likelinet", standalone_mode=False)
        except click.NoSuchOption as error:
            raise by_set(error, sys.argv[1:] if arguments is None else arguments) from None
        if sys.stdout is not None:
            sys.stdout.flush()  # or a full disk would show only after the end


def by_set(error: click.NoSuchOption, arguments: Sequence[str]) -> click.NoSuchOption:
    """Return the error of an option that there is not; one that is a key of the config says how that is set."""
    from likelinet.config.base import places_of
    from likelinet.config.model import ModelConfig

    name, fields = error.option_name, ModelConfig.model_fields
    key = name.lstrip("-").replace("-", "_")
    places = [key] if key in fields else places_of(key, ModelConfig)
    if error.ctx is None or len(places) != 1 or "overrides" not in {p.name for p in error.ctx.command.params}:
        return error
    after = dict(zip(arguments, [*arguments[1:], "…"], strict=True)).get(name, "…")
    value = next((a.partition("=")[2] for a in arguments if a.startswith(f"{name}=")), after)
    how = f"No such option '{name}': it is a key of the config, so write --set {places[0]}={value}."
    return click.NoSuchOption(name, how, ctx=error.ctx)


def once(note: Callable[..., None]) -> Callable[..., None]:
    """Return a function that says each message once."""
    said: set[str] = set()

    def new(message: Warning | str, *details: Any, **more: Any) -> None:
        if str(message) not in said:
            said.add(str(message))
            note(message, *details, **more)

    return new


def note(message: Warning | str, *_details: Any, **_more: Any) -> None:
    """Print a warning as one line on standard error."""
    click.echo(f"likelinet: note: {message}", err=True)


def end(error: Exception) -> None:
    """Exit with a line on standard error for an error that the user can mend; return for any other one."""
    match error:
        case click.ClickException():
            error.show()
        case LikelinetError():
            click.echo(f"likelinet: {error}", err=True)
        case UnicodeEncodeError():
            click.echo(f"likelinet: cannot write in {error.encoding}: set PYTHONIOENCODING=utf-8.", err=True)
        case OSError(filename=None, errno=int()):  # of standard output: other files have names
            if sys.stdout is not None:
                with suppress(OSError):
                    sys.stdout.close()  # or it would be tried once more
            if isinstance(error, BrokenPipeError):
                sys.exit(1)  # the reader has gone: nothing to say
            click.echo(f"likelinet: cannot write ({error.strerror}).", err=True)
        case _:
            return
    sys.exit(2)
