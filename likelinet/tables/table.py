"""Tables: named columns from a file, a DataFrame or an array."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from likelinet.core.errors import DataError
from likelinet.core.wording import SHOWN, counted, listed, nearest, rows_of, shown
from likelinet.tables.arrays import as_array, check_finite
from likelinet.tables.cells import Parsed, bools, parse, with_commas
from likelinet.tables.coded import Coded
from likelinet.tables.columns import Column, Unusable, column_of
from likelinet.tables.frames import frame_columns, record_columns
from likelinet.tables.marked import marked
from likelinet.tables.reading.files import read_columns
from likelinet.tables.reading.layout import NO_HEADER, NUMBER
from likelinet.tables.recognise.written import Written
from likelinet.tables.text import Text
from likelinet.tables.times import as_text, seconds

_BARE = re.compile("x[0-9]+")  # names of columns without a header


@dataclass(frozen=True)
class Table:
    """Columns by name, all of the same length: arrays of numbers, bools, moments or durations, or text.

    Parameters
    ----------
    columns : dict
        Arrays, and text, by name; `column` gives one as it is, of n cells.
    n : int
        Number of rows.
    named : bool
        Whether the names are the user's own.
    index : ndarray, optional
        Positions of the rows in the user's table, which error messages name; without it, the rows are all of them.
    kept : ndarray, optional
        Positions of the rows in the arrays, if they are not all of them: they are left out where they are asked for,
        since a copy would take as much memory as the user's table.
    missing : tuple
        Cells that mean a missing one, beside the usual.
    files : tuple of Path
        The files that the rows come from, if any.
    written : mapping
        How columns of text are known to be written that are meant as numbers, as y is in training; others tell it.
    """

    columns: Mapping[str, Column | Unusable]
    n: int
    named: bool = True
    index: np.ndarray | None = None
    kept: np.ndarray | None = None
    missing: tuple[float | str, ...] = ()
    files: tuple[Path, ...] = ()
    written: Mapping[str, Written] = field(default_factory=dict)
    _parsed: dict[str, Parsed] = field(default_factory=dict, init=False, repr=False, compare=False)

    def taken(self, keep: np.ndarray) -> "Table":
        """Return the rows where a mask is true."""
        return self.at(keep.nonzero()[0])

    def at(self, rows: np.ndarray) -> "Table":
        """Return the rows at these positions, of which some may come more than once."""
        index, kept = (np.arange(self.n) if known is None else known for known in (self.index, self.kept))
        return replace(self, n=len(rows), index=index[rows], kept=kept[rows])

    def rows(self, rows: slice, names: tuple[str, ...]) -> "Table":
        """Return a slice of the rows, with no other columns than these."""
        index, n = self.index, len(range(self.n)[rows])
        if n < self.n:  # of all rows no index is made, which would be as long as a column
            index = np.arange(*rows.indices(self.n)) if index is None else index[rows]
        return replace(self, columns=self.cells(rows, names), n=n, index=index, kept=None, missing=())

    def cells(self, rows: slice, names: tuple[str, ...]) -> dict[str, Column]:
        """Return a slice of the rows of these columns, as far as there are such."""
        at = rows if self.kept is None else self.kept[rows]
        return {name: self._marked(self._usable(name)[at]) for name in names if name in self.columns}

    def number_of(self, row: int) -> int:
        """Return the number of a row in the user's table, counted from 1."""
        return row + 1 if self.index is None else int(self.index[row]) + 1

    def column(self, name: str) -> Column:
        """Return a column as it is."""
        if name not in self.columns:
            hint = self._without_header(name) or nearest(name, self.columns)
            raise DataError(f"There is no column '{name}' in the table{hint}.")
        return self._marked(self._usable(name) if self.kept is None else self._usable(name)[self.kept])

    def _without_header(self, name: str) -> str:
        """Return what to do where a name is that of a column without a header, and the others look like cells."""
        numbers = [column for column in self.columns if NUMBER.fullmatch(column)]
        apart = not any(_BARE.fullmatch(column) for column in self.columns)
        if not (self.files and numbers and apart and _BARE.fullmatch(name)):
            return ""
        cells = ", ".join(f"'{shown(column)}'" for column in numbers[:3])
        return (
            f": the first line, which looks like data ({cells}), is taken to name the columns; if it names none, set "
            f"data.header to false, {NO_HEADER}"
        )

    def _usable(self, name: str) -> Column:
        """Return all cells of a column; raise `DataError` if they are not one value each."""
        values = self.columns[name]
        if isinstance(values, Unusable):
            raise DataError(values.why)
        return values

    def _marked(self, cells: Column) -> Column:
        return marked(cells, self.missing) if self.missing else cells

    def plain(self, name: str) -> np.ndarray | Text:
        """Return a column as it is, but declared categories as the numbers or the text that their levels are."""
        column = self.column(name)
        return column.plain() if isinstance(column, Coded) else column

    def parsed(self, name: str) -> Parsed:
        """Return a column of text as numbers, parsed once."""
        if name not in self._parsed:
            column = self.plain(name)
            assert isinstance(column, Text)
            self._parsed[name] = parse(column)
        return self._parsed[name]

    def is_text(self, name: str) -> bool:
        """Whether a column holds text rather than numbers.

        Raises
        ------
        DataError
            If most of its cells are numbers but some are not; the message names them.
        """
        values = self.plain(name)
        if not isinstance(values, Text):
            return values.dtype.kind == "M"
        parsed = self.parsed(name)
        stray, filled = parsed.stray, self.n - int(parsed.missing.sum())
        commas = with_commas(values, stray)
        words = int((stray & ~commas).sum())
        if commas.any() and (words == 0 or 2 * words < filled < 2 * stray.sum()):
            raise DataError(
                f"Column '{name}' has numbers with commas: {self._cells(values, commas)}; "
                "write them without thousands separators and with a decimal point."
            )
        if stray.any() and 2 * stray.sum() <= filled:
            raise DataError(
                f"Column '{name}' holds numbers but also text: {self._cells(values, stray)}; "
                "correct or remove these cells, or name a feature of categories in data.categorical."
            )
        return bool(stray.any())

    def holds_text(self, name: str) -> bool:
        """Whether any cell of a column is text that is no number."""
        return isinstance(self.plain(name), Text) and bool(self.parsed(name).stray.any())

    def holds_bools(self, name: str) -> bool:
        """Whether a column holds True and False, maybe as text."""
        values = self.plain(name)
        return bools(values) is not None if isinstance(values, Text) else values.dtype.kind == "b"

    def numbers(self, name: str) -> np.ndarray:
        """Return a column of numbers as floats, or of durations as seconds, NaN where a cell is missing.

        Raises
        ------
        DataError
            If a cell is a date or text; the message names the column and the rows.
        """
        values = self.plain(name)
        if not isinstance(values, Text):
            return self._as_numbers(values, name)
        parsed = self.parsed(name)
        numbers = bools(values) if parsed.stray.any() else parsed.numbers
        if numbers is None:
            raise self.text_among(name, parsed.stray)
        return numbers

    def text_among(self, name: str, stray: np.ndarray, what: str = "numbers") -> DataError:
        """Return the error that some cells of a column of numbers, say, are text."""
        cells = self.plain(name)
        has = "text" if isinstance(cells, Text) else "numbers"
        return DataError(f"Column '{name}' must hold {what}, but has {has}: {self._cells(cells, stray)}.")

    def numeric(self, name: str) -> np.ndarray:
        """Return a column of numbers as floats, or of durations as seconds, without missing or infinite values.

        Raises
        ------
        DataError
            If a cell is a date, text, missing, NaN or infinite; the message names the column and the rows.
        """
        values = self.numbers(name)
        check_finite(values, f"Column '{name}'", self.index)
        return values

    def bounds(self, name: str, missing: float) -> np.ndarray:
        """Return a column of numbers of which some may be infinite, with `missing` for empty cells."""
        values = self.numbers(name)
        return np.where(np.isnan(values), missing, values)

    def text(self, name: str) -> Text:
        """Return a column as text, without missing cells."""
        values = self.plain(name)
        if not isinstance(values, Text) and values.dtype.kind == "M":
            values = as_text(values)
        if not isinstance(values, Text):
            if values.dtype.kind == "f":
                check_finite(values, f"Column '{name}'", self.index)
                values = np.array([str(int(v)) if v == int(v) else str(v) for v in values.tolist()], dtype=str)
            return Text.of(values.astype(str).tolist())
        empty = values.codes([""]) == 0
        if empty.any():
            raise DataError(
                f"Column '{name}' has {counted(empty.sum(), 'missing cell')} ({rows_of(empty, self.index)}): "
                "fill or drop these rows."
            )
        return values

    def _as_numbers(self, values: np.ndarray, name: str) -> np.ndarray:
        """Return numbers as floats, and durations as seconds; moments are refused."""
        if values.dtype.kind == "M":
            raise DataError(
                f"Column '{name}' holds dates or times where numbers are needed: make numbers of them, such as the "
                "days since the first."
            )
        return seconds(values) if values.dtype.kind == "m" else values.astype(np.float64, copy=False)

    def _cells(self, values: np.ndarray | Text, where: np.ndarray) -> str:
        first = where.nonzero()[0][:SHOWN]
        rows = first if self.index is None else self.index[first]
        cells = [f"'{shown(str(values[int(i)]))}' in row {row + 1}" for i, row in zip(first, rows, strict=True)]
        return listed(cells, int(where.sum()))


def read_table(paths: str | PathLike[str] | Sequence[str | PathLike[str]], header: bool = True) -> Table:
    """Return the table in a file, or the rows of several with the same columns, one file after the other.

    Text with columns apart, Parquet and Feather, compressed or not. A first column without a name holds the names of
    the rows, as R and pandas write them, and is left out.

    Parameters
    ----------
    paths : str, Path or list of them
        Files.
    header : bool
        Whether the first line of text names the columns; without it, they are x0, x1, ….

    Raises
    ------
    DataError
        If a file is missing, empty, ragged, has no or repeated column names, or a quote that is left open.
    """
    files = [Path(path) for path in ([paths] if isinstance(paths, str | PathLike) else paths)]
    return Table(*read_columns(files, header), files=tuple(files))


def as_table(x: Any, what: str = "X", header: bool = True) -> Table:
    """Return a table from what the user passed.

    Parameters
    ----------
    x
        A `Table`, a DataFrame (pandas, polars, …), an Arrow table, a dict of columns, a list of rows that are dicts, a
        two-dimensional array, sparse or not, or a structured one, or the path of a file, or several.
    what : str
        How error messages call it.
    header : bool
        Whether the first line of a file of text names the columns.

    Raises
    ------
    DataError
        If it is none of these.
    """
    if isinstance(x, Table):
        return x
    if type(x).__module__.startswith("scipy.sparse"):
        return as_table(_dense(x, what), what)
    several = isinstance(x, list | tuple) and x and all(isinstance(path, str | PathLike) for path in x)
    if several or isinstance(x, str | PathLike):
        return read_table(x, header)
    if (columns := record_columns(x, what)) is not None:
        return Table(*frame_columns(columns, what))
    if isinstance(x, np.ndarray | list | tuple) or _is_array(x):
        array = as_array(x, what)
        if array.shape == (0,):
            raise DataError(f"{what} is empty: it has no rows.")
        if array.ndim != 2:
            hint = f"; for one feature pass {what}.reshape(-1, 1)" if array.ndim == 1 else ""
            raise DataError(f"{what} must have two dimensions, rows and columns, got shape {array.shape}{hint}.")
        return Table({f"x{j}": column_of(array[:, j], f"x{j}") for j in range(array.shape[1])}, len(array), named=False)
    return Table(*frame_columns(x, what))


def _is_array(x: Any) -> bool:
    """Whether an object of another library is an array, rather than a table or a column."""
    return hasattr(x, "__array__") and not any(hasattr(x, name) for name in ("columns", "__arrow_c_stream__", "name"))


def _dense(x: Any, what: str) -> np.ndarray:
    """Return a sparse array as a dense one; raise `DataError` if there is no room for it."""
    try:
        return x.toarray()
    except (MemoryError, ValueError):  # the second where nothing could ever be so large
        n, p = x.shape
        raise DataError(
            f"{what} is sparse, and its {n:,} rows of {p:,} columns take {8e-9 * n * p:,.0f} GB when they are dense: "
            "take fewer columns, such as those of a TruncatedSVD."
        ) from None
