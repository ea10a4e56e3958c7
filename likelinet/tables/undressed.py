"""Columns of y and of weights that are numbers in dress, or have some text among them, as numbers."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from likelinet.core.notes import TargetNote, note
from likelinet.tables.cells import parse
from likelinet.tables.recognise.durations import DAYS, Durations, durations_in
from likelinet.tables.recognise.moments import moments_in
from likelinet.tables.recognise.numbers_in_dress import numbers_in_dress, thousands_by_points
from likelinet.tables.table import Table
from likelinet.tables.text import Text


def undressed(table: Table, names: Sequence[str], agree: float, what: str) -> Table:
    """Return a table in which columns of text that are meant as numbers are numbers, with a note of how they were read.

    Parameters
    ----------
    table : Table
        With these columns.
    names : sequence of str
        Of the columns.
    agree : float
        Share of the cells that must be numbers; other text among them counts as missing.
    what : str
        How notes call such a column.
    """
    for name in names:
        cells = table.plain(name)
        if isinstance(cells, Text):
            numbers = _numbers(cells, name, agree, what)
            table = table if numbers is None else _with(table, name, numbers)
    return table


def _numbers(cells: Text, name: str, agree: float, what: str) -> np.ndarray | None:
    """Return the numbers of a column of text, NaN where there is none; None if it is none of numbers."""
    plain = parse(cells)
    found = numbers_in_dress(cells, agree) if plain.stray.any() else thousands_by_points(cells)
    lasting = _durations(cells, agree) if plain.stray.any() and (found is None or found.dress.unit == DAYS) else None
    if lasting is not None:
        numbers, words = lasting.seconds, lasting.words
    elif found is not None:
        numbers, words = found.numbers, found.words
    elif plain.stray.any() and plain.stray.sum() <= (1.0 - agree) * (~plain.missing).sum():
        numbers, words = plain.numbers, ""
    else:
        return None
    if words:
        note(f"{what} '{name}' is read as {words}.", TargetNote)
    return numbers


def _durations(cells: Text, agree: float) -> Durations | None:
    """Return a column as durations, if it is none of times of day, which look alike."""
    found = durations_in(cells, agree)
    return found if found is not None and moments_in(cells, agree) is None else None


def _with(table: Table, name: str, numbers: np.ndarray) -> Table:
    """Return a table with other cells of a column in the rows that it has."""
    if table.kept is not None:
        every = np.full(len(table.columns[name]), np.nan)
        every[table.kept] = numbers
        numbers = every
    return replace(table, columns={**table.columns, name: numbers})
