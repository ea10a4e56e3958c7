"""Tables: named columns from a CSV file, a DataFrame or an array."""

import csv
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from likelinet.core.errors import DataError
from likelinet.core.wording import SHOWN, counted, nearest, rows_of
from likelinet.tables.cells import Parsed, bools, is_missing, parse, with_commas
from likelinet.tables.csv_rows import csv_rows


@dataclass(frozen=True)
class Table:
    """Columns by name, all of the same length; a column is an array of numbers, of bools, or of text.

    Parameters
    ----------
    columns : dict
        Arrays by name; `column` gives one as it is, of shape (n,).
    n : int
        Number of rows.
    named : bool
        Whether the names are the user's own.
    index : ndarray, optional
        Positions of the rows in the user's table, which error messages name; without it, the rows are all of them.
    kept : ndarray, optional
        Positions of the rows in the arrays, if they are not all of them: they are left out where they are asked for,
        since a copy would take as much memory as the user's table.
    """

    columns: dict[str, np.ndarray]
    n: int
    named: bool = True
    index: np.ndarray | None = None
    kept: np.ndarray | None = None
    _parsed: dict[str, Parsed] = field(default_factory=dict, init=False, repr=False, compare=False)

    def taken(self, keep: np.ndarray) -> "Table":
        """Return the rows where a mask is true."""
        index, kept = (np.arange(self.n) if known is None else known for known in (self.index, self.kept))
        return replace(self, n=int(keep.sum()), index=index[keep], kept=kept[keep])

    def rows(self, rows: slice, names: tuple[str, ...]) -> "Table":
        """Return a slice of the rows, with no other columns than these."""
        at = rows if self.kept is None else self.kept[rows]
        columns = {name: self.columns[name][at] for name in names if name in self.columns}
        index = np.arange(*rows.indices(self.n)) if self.index is None else self.index[rows]
        return replace(self, columns=columns, n=len(index), index=index, kept=None)

    def column(self, name: str) -> np.ndarray:
        """Return a column as it is."""
        if name not in self.columns:
            raise DataError(f"There is no column '{name}' in the table{nearest(name, self.columns)}.")
        return self.columns[name] if self.kept is None else self.columns[name][self.kept]

    def is_text(self, name: str) -> bool:
        """Whether a column holds text rather than numbers.

        Raises
        ------
        DataError
            If most of its cells are numbers but some are not; the message names them.
        """
        values = self.column(name)
        if values.dtype.kind != "U":
            return False
        parsed = self._parse(name)
        stray, filled = parsed.stray, self.n - int(parsed.missing.sum())
        commas = with_commas(values, stray)
        if 2 * stray.sum() > filled and 2 * (stray & ~commas).sum() < filled:
            raise DataError(
                f"Column '{name}' has numbers with commas: {self._cells(values, commas)}; "
                "write them without thousands separators and with a decimal point."
            )
        if stray.any() and 2 * stray.sum() <= filled:
            raise DataError(
                f"Column '{name}' holds numbers but also text: {self._cells(values, stray)}; "
                "correct or remove these cells."
            )
        return bool(stray.any())

    def holds_text(self, name: str) -> bool:
        """Whether any cell of a column is text that is no number."""
        return self.column(name).dtype.kind == "U" and bool(self._parse(name).stray.any())

    def holds_bools(self, name: str) -> bool:
        """Whether a column holds True and False, maybe as text."""
        values = self.column(name)
        return values.dtype.kind == "b" or (values.dtype.kind == "U" and bools(values) is not None)

    def numeric(self, name: str) -> np.ndarray:
        """Return a column of numbers as floats, without missing or infinite values.

        Raises
        ------
        DataError
            If a cell is text, missing, NaN or infinite; the message names the column and the rows.
        """
        values = self.column(name)
        if values.dtype.kind == "U":
            parsed = self._parse(name)
            numbers = bools(values) if parsed.stray.any() else parsed.numbers
            if numbers is None:
                raise DataError(
                    f"Column '{name}' must hold numbers, but has text: {self._cells(values, parsed.stray)}."
                )
            values = numbers
        values = values.astype(np.float64, copy=False)
        check_finite(values, f"Column '{name}'", self.index)
        return values

    def bounds(self, name: str, missing: float) -> np.ndarray:
        """Return a column of numbers of which some may be infinite, with `missing` for empty cells."""
        values = self.column(name)
        if values.dtype.kind == "U":
            parsed = self._parse(name)
            if parsed.stray.any():
                raise DataError(
                    f"Column '{name}' must hold numbers, but has text: {self._cells(values, parsed.stray)}."
                )
            values = parsed.numbers
        values = values.astype(np.float64, copy=False)
        return np.where(np.isnan(values), missing, values)

    def text(self, name: str) -> np.ndarray:
        """Return a column as text, without missing cells."""
        values = self.column(name)
        if values.dtype.kind == "f":
            check_finite(values, f"Column '{name}'", self.index)
            values = np.array([str(int(v)) if v == int(v) else str(v) for v in values.tolist()])
        values = values.astype(str, copy=False)
        empty = values == ""
        if empty.any():
            raise DataError(
                f"Column '{name}' has {counted(empty.sum(), 'missing cell')} ({rows_of(empty, self.index)}): "
                "fill or drop these rows."
            )
        return values

    def _parse(self, name: str) -> Parsed:
        """Return a column of text as numbers, parsed once."""
        if name not in self._parsed:
            self._parsed[name] = parse(self.column(name))
        return self._parsed[name]

    def _cells(self, values: np.ndarray, where: np.ndarray) -> str:
        shown = where.nonzero()[0][:SHOWN]
        rows = shown if self.index is None else self.index[shown]
        cells = [f"'{values[i]}' in row {row + 1}" for i, row in zip(shown, rows, strict=True)]
        return ", ".join(cells) + (f" and {where.sum() - SHOWN} more" if where.sum() > SHOWN else "")


def check_finite(values: np.ndarray, what: str, index: np.ndarray | None = None) -> None:
    """Raise `DataError` if any value is missing, NaN or infinite."""
    bad = ~np.isfinite(values)
    if bad.any():
        rows = np.any(bad.reshape(len(bad), -1), axis=1)
        raise DataError(
            f"{what} has {counted(rows.sum(), 'row')} with missing, NaN or infinite values ({rows_of(rows, index)}): "
            "fill or drop them."
        )


def read_csv(path: str | Path) -> Table:
    """Return the table in a CSV file whose first line names the columns.

    A first column without a name holds the names of the rows, as R and pandas write them, and is left out.

    Raises
    ------
    DataError
        If the file is missing, empty, ragged, has no or repeated column names, or a quote that is left open.
    """
    path = Path(path)
    try:
        header, rows = csv_rows(path)
    except OSError as error:
        raise DataError(f"{path}: cannot read the table ({error.strerror}); check the path.") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path}: not a CSV file in UTF-8 ({error}).") from None
    if not header:
        raise DataError(f"{path}: the table is empty; its first line must name the columns.")
    if header[0] == "" and len(header) > 1:
        header, rows = header[1:], [row[1:] for row in rows]
    twice = [name for name, times in Counter(header).items() if times > 1]
    if twice or "" in header:
        raise DataError(
            f"{path}: the first line must name every column once" + (f"; '{min(twice)}' comes twice." if twice else ".")
        )
    columns = [np.array(column, dtype=str) for column in zip(*rows, strict=True)] or [np.zeros(0, "U1")] * len(header)
    return Table(dict(zip(header, columns, strict=True)), len(rows))


def as_table(x: Any, what: str = "X") -> Table:
    """Return a table from a `Table`, a DataFrame (pandas, polars, …) or a two-dimensional array.

    Raises
    ------
    DataError
        If it is none of these.
    """
    if isinstance(x, Table):
        return x
    if isinstance(x, np.ndarray | list | tuple):
        array = as_array(x, what)
        if array.ndim != 2:
            hint = f"; for one feature pass {what}.reshape(-1, 1)" if array.ndim == 1 else ""
            raise DataError(f"{what} must have two dimensions, rows and columns, got shape {array.shape}{hint}.")
        return Table({f"x{j}": _column(array[:, j]) for j in range(array.shape[1])}, len(array), named=False)
    import narwhals as nw
    from narwhals.exceptions import DuplicateError

    try:
        frame = nw.from_native(x, eager_only=True)
    except TypeError:
        raise DataError(f"{what} must be an array or a DataFrame, got {type(x).__name__}.") from None
    except DuplicateError as error:
        raise DataError(f"{what} must name every column once: {' '.join(str(error).split())}.") from None
    names = [str(name) for name in frame.columns]  # pandas has the number 0 and the text "0" side by side
    if twice := [name for name, times in Counter(names).items() if times > 1]:
        raise DataError(f"{what} must name every column once: '{min(twice)}' comes twice.")
    columns = (_column(frame.get_column(name).to_numpy()) for name in frame.columns)
    return Table(dict(zip(names, columns, strict=True)), len(frame))


def as_array(values: Any, what: str) -> np.ndarray:
    """Return an array from what the user passed; raise `DataError` if its rows differ in length, or some are masked."""
    if np.ma.is_masked(values):
        raise DataError(f"{what} is an array with masked cells: fill or drop them.")
    try:
        array = np.asarray(values)
        # Numbers beside text stay what they are, as in an array of objects: NumPy would make text of all.
        return np.asarray(values, dtype=object) if array.dtype.kind == "U" and type(values) in (list, tuple) else array
    except ValueError:
        raise DataError(f"{what} must be an array whose rows all have the same length.") from None


def target_array(y: Any, what: str) -> np.ndarray:
    """Return y as an array of shape (n,) or (n, d) that is neither complex nor of dates."""
    y = as_array(y, what)
    if y.ndim not in (1, 2) or (y.ndim == 2 and y.shape[1] == 0):
        raise DataError(f"{what} must have shape (n,) or (n, d), got {y.shape}.")
    if y.dtype.kind in "cmM":
        raise DataError(f"{what} must hold real numbers or class labels, got {y.dtype}: convert it first.")
    return y


def row_weights(weight: Any, n: int, what: str) -> np.ndarray:
    """Return the weights of n rows as floats; raise `DataError` if they are not finite, negative or all zero."""
    weight = as_array(weight, what)
    if weight.dtype.kind == "c":
        raise DataError(f"{what} must hold numbers.")
    try:
        weight = weight.astype(np.float64)
    except (TypeError, ValueError):
        raise DataError(f"{what} must hold numbers.") from None
    if weight.shape != (n,):
        raise DataError(f"{what} must have shape ({n},), got {weight.shape}.")
    check_finite(weight, what)
    if (weight < 0.0).any():
        raise DataError(f"{what} must not be negative, as in {rows_of(weight < 0.0)}.")
    if not weight.any():
        raise DataError(f"{what} must not be 0 in every row.")
    return weight


def _column(values: np.ndarray) -> np.ndarray:
    """Return numbers and bools as they are, and text, with "" for what is missing, for everything else."""
    if values.dtype.kind in "fiu":
        return values
    if values.dtype.kind == "b" or (len(values) and all(isinstance(v, bool | np.bool_) for v in values)):
        return values.astype(bool)
    missing = np.array([is_missing(v) for v in values], dtype=bool)
    return np.char.strip(np.where(missing, "", values.astype(str)).astype(str))
