"""Columns of y and of weights that are numbers in dress, or have some text among them, as numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from likelinet.core.notes import TargetNote, note
from likelinet.tables.cells import parse
from likelinet.tables.recognise.dress import Dress
from likelinet.tables.recognise.durations import DAYS, Durations, durations_in, read_durations
from likelinet.tables.recognise.moments import moments_in
from likelinet.tables.recognise.numbers_in_dress import numbers_in_dress, thousands_by_points
from likelinet.tables.table import Table
from likelinet.tables.text import Text


@dataclass(frozen=True)
class Written:
    """How the numbers of a column of text are written.

    Parameters
    ----------
    dress : Dress, optional
        What they wear, if anything.
    form : str
        How durations are written, as `durations_in` names it; "" where there are none.
    words : str
        How a note calls them; "" for plain numbers.
    """

    dress: Dress | None = None
    form: str = ""
    words: str = ""

    def numbers(self, cells: Text) -> np.ndarray:
        """Return other cells of the column, NaN where one is missing or something else."""
        if self.form:
            return read_durations(cells, self.form)[0]
        return (parse(cells) if self.dress is None else self.dress.read(cells)).numbers


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
    written = written_in(table, names, agree)
    for name, how in written.items():
        if how.words:
            note(f"{what} '{name}' is read as {how.words}.", TargetNote)
    return read_as(table, {name: how for name, how in written.items() if how.words or table.holds_text(name)})


def written_in(table: Table, names: Sequence[str], agree: float) -> dict[str, Written]:
    """Return how the columns of text among these are written that are meant as numbers, as `undressed` has them."""
    every = {name: _written(cells, agree) for name in names if isinstance(cells := table.plain(name), Text)}
    return {name: how for name, how in every.items() if how is not None}


def read_as(table: Table, written: Mapping[str, Written]) -> Table:
    """Return a table in which columns of text that are written in a known way are numbers, NaN where a cell is not."""
    for name, how in written.items():
        cells = table.plain(name)
        table = _with(table, name, how.numbers(cells)) if isinstance(cells, Text) else table
    return table


def _written(cells: Text, agree: float) -> Written | None:
    """Return how a column of numbers is written; None if it is none."""
    plain = parse(cells)
    found = numbers_in_dress(cells, agree) if plain.stray.any() else None
    lasting = _durations(cells, agree) if plain.stray.any() and (found is None or found.dress.unit == DAYS) else None
    if lasting is not None:
        return Written(form=lasting.form, words=lasting.words)
    if found is not None:
        return Written(found.dress, words=found.words)
    if plain.stray.sum() > (1.0 - agree) * (~plain.missing).sum():
        return None
    by_points = thousands_by_points(cells)
    return Written() if by_points is None else Written(by_points.dress, words=by_points.words)


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
