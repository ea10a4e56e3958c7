"""Warnings in the name of the user's line."""

import sys
import warnings
from collections.abc import Generator
from contextlib import contextmanager

OURS = ("abc", "importlib", "likelinet")  # what may lie between: making a class, importing a module


class ColumnsNote(UserWarning):
    """How columns are read: what a list of them says as well."""


class TargetNote(UserWarning):
    """How y is read."""


class ChoiceNote(UserWarning):
    """Which family was chosen."""


class RowsNote(UserWarning):
    """Rows that a distribution has no number for."""


@contextmanager
def unnoted(*categories: type[Warning]) -> Generator[None, None, None]:
    """Do what is done within without notes, or those of some categories: all that they say is said elsewhere."""
    with warnings.catch_warnings():
        for category in categories or (UserWarning,):
            warnings.simplefilter("ignore", category)
        yield


def note(message: str, category: type[Warning] = UserWarning) -> None:
    """Warn in the name of the line that called the library, however far from here it is."""
    depth, frame = 1, sys._getframe()  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
    while frame.f_back and frame.f_globals.get("__name__", "").partition(".")[0] in OURS:
        depth += "_bootstrap" not in frame.f_code.co_filename  # which warnings do not count
        frame = frame.f_back
    warnings.warn(message, category, stacklevel=depth)
