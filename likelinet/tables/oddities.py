"""Cells that were not as those of training: one note for each kind of oddity, or errors in strict models."""

from functools import partial
from typing import NamedTuple

import numpy as np

from likelinet.core.errors import DataError
from likelinet.core.gathered import all_of, attempted
from likelinet.core.notes import note
from likelinet.core.wording import SHOWN, counted, rows_of, shown
from likelinet.tables.columns import Column
from likelinet.tables.kinds.kind import Kind, Strange
from likelinet.tables.marked import absent
from likelinet.tables.table import Table

# What is noted of each kind of oddity: what was done, and what else there is to do.
_SAID = {
    "outside": (
        "Numbers outside of the range of training are held within it",
        "; data.extrapolate lets them go on as they are",
    ),
    "unseen": ("Categories that training had not count as other ones", ""),
    "neither": ("What is neither yes nor no is filled with the mean of its column", ""),
    "unplaced": ("Levels that training had not are filled with the one in the middle of their column", ""),
    "stray": ("Text among numbers or dates counts as missing", "; data.categorical makes categories of such a column"),
    "turned": ("Dates of another form than in training are read all the same", ""),
    "missing": ("Missing cells are filled, although training had none", ""),
}


class Found(NamedTuple):
    """What is odd in a slice of a column: how many cells, the rows of the first ones, and the first of these cells."""

    many: int
    rows: list[int]
    first: str


class Oddities:
    """Collects what is odd in a table, slice by slice, maybe in several threads.

    Parameters
    ----------
    table : Table
        Whose rows the slices are of.
    """

    def __init__(self, table: Table) -> None:
        self._table = table
        self._found: dict[tuple[str, str, int], Found] = {}  # by oddity, column and first row of the slice
        self._seen: dict[str, str] = {}

    def take(self, kind: Kind, rows: slice, cells: Column, strange: Strange, read: Column | None = None) -> None:
        """Keep what was odd in a slice of a column; of moments that were read, too, as what."""
        for oddity in _SAID:
            where = getattr(strange, oddity)
            if where is not None and where.any():
                at = where.nonzero()[0]
                start = range(self._table.n)[rows].start
                first = "" if oddity == "missing" else shown(str(cells[int(at[0])]))
                first += f" as {str(read[int(at[0])])[:10]}" if oddity == "turned" and read is not None else ""
                numbers = [self._table.number_of(start + int(i)) for i in at[:SHOWN]]
                self._found[oddity, kind.name, start] = Found(len(at), numbers, first)
                self._seen[kind.name] = kind.seen

    def note(self) -> None:
        """Warn of all that was found, once for each kind of oddity."""
        for oddity, (done, advice) in _SAID.items():
            names = dict.fromkeys(name for odd, name, _ in sorted(self._found) if odd == oddity)
            if names:
                some = [self._column(oddity, name) for name in [*names][:SHOWN]]
                more = f"; and {counted(len(names) - SHOWN, 'more column')}" if len(names) > SHOWN else ""
                note(f"{done}: {'; '.join(some)}{more}{advice}.")

    def _column(self, oddity: str, name: str) -> str:
        """Return what is to be said of one column."""
        each = [self._found[key] for key in sorted(self._found) if key[:2] == (oddity, name)]
        many, rows = sum(found.many for found in each), [row for found in each for row in found.rows]
        where = ", ".join(map(str, rows[:SHOWN])) + (", …" if many > SHOWN else "")
        like = f": {each[0].first}" if each[0].first else ""
        like += f", where training had {self._seen[name]}" if oddity == "outside" else ""
        return f"column '{name}' in {counted(many, 'row')} ({where}{like})"


def refuse(table: Table, kind: Kind, cells: Column, strange: Strange) -> None:
    """Raise `DataError` for what is odd in all of a column.

    Parameters
    ----------
    table : Table
        Of which the column is.
    kind : Kind
        Of the column.
    cells : Column
        All of it.
    strange : Strange
        What is odd in it.
    """
    name, errors = kind.name, list[DataError]()
    if strange.outside is not None and kind.of_numbers and np.isinf(np.asarray(cells, dtype=np.float64)).any():
        table.numeric(name)  # says of the missing ones, too
    if strange.missing is not None and isinstance(error := attempted(partial(refuse_missing, table, kind)), DataError):
        errors.append(error)
    for where, what in (
        (strange.unseen, "the category '{}' in row {}, which was not seen in training (seen: {})"),
        (strange.neither, "the category '{}' in row {}, which was not seen in training (seen: {})"),
        (strange.unplaced, "the category '{}' in row {}, which was not seen in training (seen: {})"),
        (strange.outside, "{} in row {}, which lies outside of the range of training ({})"),
    ):
        if where is not None:
            i = int(where.argmax())
            said = what.format(shown(str(cells[i])), table.number_of(i), kind.seen)
            errors.append(DataError(f"Column '{name}' has {said}."))
    if errors:
        raise all_of(errors)


def refuse_missing(table: Table, kind: Kind) -> None:
    """Raise `DataError` if a cell of a column is missing."""
    if kind.of_numbers and not table.holds_text(kind.name):
        table.numeric(kind.name)
    refuse_absent(table, kind.name)


def refuse_absent(table: Table, name: str) -> None:
    """Raise `DataError` if a cell of a column is missing, whatever kind it is of."""
    where = absent(table.column(name))
    if where.any():
        raise DataError(
            f"Column '{name}' has {counted(int(where.sum()), 'missing cell')} ({rows_of(where, table.index)}): "
            "fill or drop these rows."
        )
