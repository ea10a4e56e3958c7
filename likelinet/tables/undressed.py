"""Columns of y and of weights that are numbers in dress, or have some text among them, as numbers."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

import numpy as np

from likelinet.core.errors import DataError
from likelinet.core.gathered import gathered
from likelinet.core.notes import TargetNote, note
from likelinet.core.wording import counted, shown
from likelinet.tables.cells import Parsed
from likelinet.tables.recognise.durations import DAYS, durations_in, read_durations
from likelinet.tables.recognise.moments import moments_in
from likelinet.tables.recognise.numbers_in_dress import may_be_thousands, numbers_in_dress, thousands_by_points
from likelinet.tables.recognise.written import Written
from likelinet.tables.table import Table
from likelinet.tables.text import Text


def undressed(table: Table, names: Sequence[str], agree: float, what: str) -> Table:
    """Return a table in which columns of text that are meant as numbers are numbers, with a note of how they were read.

    Parameters
    ----------
    table : Table
        With these columns; where it knows how one is written, its cells are read so.
    names : sequence of str
        Of the columns.
    agree : float
        Share of the cells that must be numbers; other text among them counts as missing.
    what : str
        How notes call such a column.
    """
    return undressed_as(table, names, agree, what).table


class Undressed(NamedTuple):
    """A table that `undressed` returns, with what was told of columns of text that are meant as numbers.

    `written` is how they are written, and `astray` has the cells that are not written as the table knew it, if it did.
    """

    table: Table
    written: dict[str, Written]
    astray: dict[str, "Astray"]


def undressed_as(table: Table, names: Sequence[str], agree: float, what: str, check: bool = False) -> Undressed:
    """Return what `undressed` does, and what was told of the columns.

    With `check`, raise `DataError` where less than that share of a column is written as the table knows it.
    """
    told, found, astray = dict[str, Written](), dict[str, np.ndarray](), dict[str, Astray]()
    for name in names:
        cells = table.plain(name)
        read = _read(table, name, cells, agree) if isinstance(cells, Text) else None
        if read is not None:
            told[name], numbers = read
            if told[name].words or table.holds_text(name):  # codes like 007 stay text
                found[name] = numbers
            if name in table.written and table.written[name].words:
                astray[name] = Astray.of(table, name, numbers)
    if check:
        gathered(partial(of.check, name, table.written[name], agree) for name, of in astray.items())
    for name, how in told.items():
        if how.words:
            note(f"{what} '{name}' is read as {how.words}.", TargetNote)
    for name, numbers in found.items():
        table = _with(table, name, numbers)
    return Undressed(table, told, astray)


def read_as(table: Table, written: Mapping[str, Written], whole: Collection[str] = ()) -> Table:
    """Return a table in which columns of text that are written in a known way are numbers, NaN where a cell is not.

    Raises
    ------
    DataError
        If one of the columns that are `whole` has such a cell.
    """
    for name, how in written.items():
        cells = table.plain(name)
        if isinstance(cells, Text):
            numbers = how.numbers(cells, table.parsed(name))
            if name in whole:
                Astray.of(table, name, numbers).check(name, how, 1.0)
            table = _with(table, name, numbers)
    return table


@dataclass(frozen=True)
class Astray:
    """Cells of a column of text that are not written as is known of it.

    Parameters
    ----------
    many, filled : int
        How many these are, and how many cells are not missing.
    first : str
        The first of them, and its row.
    """

    many: int = 0
    filled: int = 0
    first: str = ""

    @staticmethod
    def of(table: Table, name: str, numbers: np.ndarray) -> "Astray":
        """Return those of a column of text that is read as these numbers."""
        missing = table.parsed(name).missing
        stray = np.isnan(numbers) & ~missing
        first = ""
        if stray.any():
            i = int(stray.argmax())
            first = f"'{shown(str(table.plain(name)[i]))}' in row {table.number_of(i)}"
        return Astray(int(stray.sum()), int((~missing).sum()), first)

    def __add__(self, other: "Astray") -> "Astray":
        """Return these and others of the same column."""
        return Astray(self.many + other.many, self.filled + other.filled, self.first or other.first)

    def check(self, name: str, how: Written, agree: float) -> None:
        """Raise `DataError` if less than such a share of the cells are written as is known."""
        if self.filled - self.many < agree * self.filled:
            raise DataError(
                f"Column '{name}' is written in another way than in training, where it was {how.words}: "
                f"{self.many} of {counted(self.filled, 'cell')} {'differs' if self.many == 1 else 'differ'}, first "
                f"{self.first}; write them as there, or pass the column as numbers."
            )


def _read(table: Table, name: str, cells: Text, agree: float) -> tuple[Written, np.ndarray] | None:
    """Return how a column of text is written, and its numbers; None if it is not meant as such."""
    parsed, known = table.parsed(name), table.written.get(name, Written())
    if not known.words:
        return _told(cells, parsed, agree, known)
    numbers = known.numbers(cells, parsed)
    return Written() if np.array_equal(numbers, parsed.numbers, equal_nan=True) else known, numbers


def _told(cells: Text, parsed: Parsed, agree: float, known: Written) -> tuple[Written, np.ndarray] | None:
    """Return the same by the cells alone, but for what is known of points."""
    some = bool(parsed.stray.any())
    found = numbers_in_dress(cells, agree) if some else None
    lasting = durations_in(cells, agree) if some and (found is None or found.dress.unit == DAYS) else None
    if lasting is not None and moments_in(cells, agree) is None:  # times of day look alike
        return Written(form=lasting.form, words=lasting.words), read_durations(cells, lasting.form)[0]
    if found is None and parsed.stray.sum() > (1.0 - agree) * (~parsed.missing).sum():
        return None
    found = thousands_by_points(cells) if found is None and not known.decimal else found
    if found is None:
        return Written(decimal=known.decimal or may_be_thousands(cells)), parsed.numbers
    numbers = found.numbers
    whole = bool(found.dress.thousands) and bool((np.isnan(numbers) | (numbers == np.floor(numbers))).all())
    return Written(found.dress, words=found.words, whole=whole), numbers


def _with(table: Table, name: str, numbers: np.ndarray) -> Table:
    """Return a table with other cells of a column in the rows that it has."""
    if table.kept is not None:
        every = np.full(len(table.columns[name]), np.nan)
        every[table.kept] = numbers
        numbers = every
    return replace(table, columns={**table.columns, name: numbers})
