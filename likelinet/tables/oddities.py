"""Cells that were not as those of training: one note for each kind of oddity, or errors in strict models."""

from functools import partial
from typing import Any, NamedTuple

import numpy as np

from likelinet.core.errors import DataError
from likelinet.core.gathered import all_of, attempted
from likelinet.core.notes import note
from likelinet.core.wording import SHOWN, counted, listed, readable, rows_of, shown
from likelinet.tables.columns import Column
from likelinet.tables.kinds.kind import Kind, Strange
from likelinet.tables.marked import absent
from likelinet.tables.table import Table

TOGETHER = 3  # columns that are odd in the same rows from which on they are told together
_LONG = 12  # characters of a number, from which on it is rounded
_LOOKED_AT = 50  # odd cells of a slice among which the different ones are told
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
    "doubtful": ("Dates whose day could be their month count as missing", "; write the year first, as in 2024-02-29"),
    "bare": ("Numbers among dates or times count as missing", ""),
    "turned": ("Dates of another form than in training are read all the same", ""),
    "missing": ("Missing cells are filled, although training had none", ""),
}


class Found(NamedTuple):
    """What is odd in a slice of a column.

    Parameters
    ----------
    many : int
        How many cells.
    rows : list of int
        The numbers of the first ones.
    where : int
        A hash of all their places, by which columns are told that are odd in the same rows.
    cells : tuple of str
        The first different ones of them, as they are shown.
    ends : tuple, optional
        The lowest and the highest, of numbers and moments outside of a range.
    """

    many: int
    rows: list[int]
    where: int
    cells: tuple[str, ...]
    ends: tuple[Any, Any] | None = None


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
                numbers = [self._table.number_of(start + int(i)) for i in at[:SHOWN]]
                words = () if oddity == "missing" else map(partial(_word, cells, read), at[:_LOOKED_AT].tolist())
                some = np.asarray(cells)[at] if oddity == "outside" else None
                ends = None if some is None else (some.min(), some.max())
                found = Found(len(at), numbers, hash((start, at.tobytes())), tuple(dict.fromkeys(words)), ends)
                self._found[oddity, kind.name, start] = found
                self._seen[kind.name] = kind.seen

    def note(self) -> None:
        """Warn of all that was found, once for each kind of oddity; columns odd in the same rows are told together."""
        for oddity, (done, advice) in _SAID.items():
            found = self._alike(oddity)
            if found:
                some = [self._columns(columns) for columns in found[:SHOWN]]
                more = sum(map(len, found[SHOWN:]))
                rest = f"; and {counted(more, 'more column')}" if more else ""
                kinds = {f"{done}: {name}" for columns in found for name in columns}
                note(f"{done}: {'; '.join(some)}{rest}{advice}.", kinds=kinds)

    def _alike(self, oddity: str) -> list[dict[str, list[Found]]]:
        """Return the columns with an oddity, those together that have it in the same rows, if they are many."""
        each: dict[str, list[Found]] = {}
        for odd, name, start in sorted(self._found):
            if odd == oddity:
                each.setdefault(name, []).append(self._found[odd, name, start])
        alike: dict[Any, dict[str, list[Found]]] = {}
        for name, slices in each.items():
            alike.setdefault(tuple(found.where for found in slices), {})[name] = slices
        told: list[dict[str, list[Found]]] = []
        for columns in alike.values():
            told += [columns] if len(columns) >= TOGETHER else [{name: slices} for name, slices in columns.items()]
        return told

    def _columns(self, columns: dict[str, list[Found]]) -> str:
        """Return what is to be said of columns that are odd in the same rows, with the cells of the first."""
        first, each = next(iter(columns.items()))
        many, rows = sum(found.many for found in each), [row for found in each for row in found.rows]
        where = ", ".join(map(str, rows[:SHOWN])) + (", …" if many > SHOWN else "")
        cells = list(dict.fromkeys(cell for found in each for cell in found.cells))
        ends = [found.ends for found in each if found.ends is not None]
        if ends:
            low, high = min(low for low, _ in ends), max(high for _, high in ends)
            like = " … ".join(dict.fromkeys(map(_end, (low, high)))) + f", where training had {self._seen[first]}"
        else:
            like = ", ".join(cells[:SHOWN]) + (", …" if len(cells) > SHOWN else "")
        names = listed([f"'{name}'" for name in columns])
        what, of = ("column", ": ") if len(columns) == 1 else ("columns", f"; '{first}': ")
        return f"{what} {names} in {counted(many, 'row')} ({where}{of + like if like else ''})"


def _word(cells: Column, read: Column | None, i: int) -> str:
    """Return a cell as a note shows it, and as what it was read, if it was."""
    turned = "" if read is None or (moment := str(read[i])) in ("NaT", "nan") else f" as {moment[:10]}"
    return _shown(cells[i]) + turned


def _shown(cell: Any) -> str:
    """Return a number, a moment or text as a note shows it."""
    if isinstance(cell, np.datetime64):
        return str(cell.astype("datetime64[s]")).replace("T", " ").removesuffix(" 00:00:00")
    word = str(cell)
    return readable(float(cell)) if len(word) > _LONG and isinstance(cell, float | np.floating) else shown(word)


def _end(cell: Any) -> str:
    """Return the end of a range, as that of training is shown."""
    return readable(float(cell)) if isinstance(cell, float | np.floating) else _shown(cell)


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
