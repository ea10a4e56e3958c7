"""Warnings in the name of the user's line."""

import re
import sys
import warnings
from collections.abc import Collection, Generator
from contextlib import contextmanager
from contextvars import ContextVar

from likelinet.core.errors import printable

# What may lie between: making a class, entering a context, importing a module, a library that calls ours.
OURS = ("abc", "contextlib", "importlib", "likelinet", "skpro")

MOST_SAID = 1000  # notes that are kept so that none is said again

_said: ContextVar[set[str] | None] = ContextVar("said", default=None)  # the notes so far, within `each_once`
_alike: ContextVar[set[str] | None] = ContextVar("alike", default=None)  # and their kinds, within `each_kind_once`
_unnoted: ContextVar[tuple[type[Warning], ...]] = ContextVar("unnoted", default=())  # categories
_ROWS = re.compile(r" (?:in|of) [\d,]+ rows?\b")  # from where on most notes differ from block to block


class ColumnsNote(UserWarning):
    """How columns are read: what a list of them says as well."""


class TargetNote(UserWarning):
    """How y is read."""


class FamilyNote(UserWarning):
    """That y asks for another family than the one that is declared."""


class WidthNote(UserWarning):
    """That a linear model may be better than so wide a network."""


class RowsNote(UserWarning):
    """Rows that a distribution has no number for."""


@contextmanager
def unnoted(*categories: type[Warning]) -> Generator[None, None, None]:
    """Do what is done within without notes, or those of some categories: all that they say is said elsewhere.

    So it is in this thread alone: filters of warnings are those of all threads.
    """
    token = _unnoted.set((*_unnoted.get(), *(categories or (Warning,))))
    try:
        yield
    finally:
        _unnoted.reset(token)


@contextmanager
def each_once(said: set[str] | None = None) -> Generator[None, None, None]:
    """Do what is done within with each note said once, as where the same table is read several times.

    Where `said` is given, nothing of it is said again, and what is said is added to it. It begins anew where it has
    grown long, as in a service that answers for months.
    """
    token = _said.set(set() if said is None else said)
    try:
        yield
    finally:
        _said.reset(token)
        if said is not None and len(said) > MOST_SAID:
            said.clear()


@contextmanager
def each_kind_once() -> Generator[None, None, None]:
    """Do what is done within, block by block, with one note of those that differ in their rows alone."""
    token = _alike.set(set())
    try:
        yield
    finally:
        _alike.reset(token)


def note(message: str, category: type[Warning] = UserWarning, kinds: Collection[str] = ()) -> None:
    """Warn in the name of the line that called the library, however far from here it is.

    `kinds` are what it says whatever the rows are, where that is more than its beginning.
    """
    if issubclass(category, _unnoted.get()):
        return
    if (alike := _alike.get()) is not None:
        if alike.issuperset(kinds := kinds or {_ROWS.split(message)[0]}):
            return
        alike.update(kinds)
    message = printable(message)
    if (said := _said.get()) is not None:
        if message in said:
            return
        said.add(message)
    depth, frame = 1, sys._getframe()  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
    while frame.f_back and frame.f_globals.get("__name__", "").partition(".")[0] in OURS:
        depth += "_bootstrap" not in frame.f_code.co_filename  # which warnings do not count
        frame = frame.f_back
    warnings.warn(message, category, stacklevel=depth)
