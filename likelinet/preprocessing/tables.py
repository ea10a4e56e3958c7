"""Tables: named columns from a CSV file, a DataFrame or an array."""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from likelinet.config.base import nearest
from likelinet.errors import DataError

SHOWN = 5  # how many cells or rows an error message names


@dataclass(frozen=True)
class Table:
    """Columns by name, all of the same length; a column is an array of floats, or of text that is not yet parsed.

    Parameters
    ----------
    columns : dict
        Arrays of shape (n,) by name.
    n : int
        Number of rows.
    named : bool
        Whether the names are the user's own.
    """

    columns: dict[str, np.ndarray]
    n: int
    named: bool = True

    def column(self, name: str) -> np.ndarray:
        """Return a column as it is."""
        if name not in self.columns:
            raise DataError(f"There is no column '{name}' in the table{nearest(name, self.columns)}.")
        return self.columns[name]

    def is_text(self, name: str) -> bool:
        """Whether a column holds text rather than numbers.

        Raises
        ------
        DataError
            If most of its cells are numbers but some are not; the message names them.
        """
        values = self.column(name)
        if values.dtype.kind == "f":
            return False
        numbers = _numbers(values)
        filled = values != ""
        stray = np.isnan(numbers) & filled & (np.char.lower(values) != "nan")
        if stray.any() and 2 * stray.sum() <= filled.sum():
            raise DataError(
                f"Column '{name}' holds numbers but also text: {_cells(values, stray)}; correct or remove these cells."
            )
        return bool(stray.any())

    def numeric(self, name: str) -> np.ndarray:
        """Return a column of numbers as floats, without missing or infinite values.

        Raises
        ------
        DataError
            If a cell is text, missing, NaN or infinite; the message names the column and the rows.
        """
        values = self.column(name)
        if values.dtype.kind != "f":
            numbers = _numbers(values)
            stray = np.isnan(numbers) & (values != "") & (np.char.lower(values) != "nan")
            if stray.any():
                raise DataError(f"Column '{name}' must hold numbers, but has text: {_cells(values, stray)}.")
            values = numbers
        check_finite(values, f"Column '{name}'")
        return values

    def text(self, name: str) -> np.ndarray:
        """Return a column as text, without missing cells."""
        values = self.column(name)
        if values.dtype.kind == "f":
            check_finite(values, f"Column '{name}'")
            values = np.array([str(int(v)) if v == int(v) else str(v) for v in values.tolist()])
        empty = values == ""
        if empty.any():
            raise DataError(
                f"Column '{name}' has {counted(empty.sum(), 'missing cell')} ({rows_of(empty)}): "
                "fill or drop these rows."
            )
        return values


def check_finite(values: np.ndarray, what: str) -> None:
    """Raise `DataError` if any value is missing, NaN or infinite."""
    bad = ~np.isfinite(values)
    if bad.any():
        rows = np.any(bad.reshape(len(bad), -1), axis=1)
        raise DataError(
            f"{what} has {counted(rows.sum(), 'row')} with missing, NaN or infinite values ({rows_of(rows)}): "
            "fill or drop them."
        )


def read_csv(path: str | Path) -> Table:
    """Return the table in a CSV file whose first line names the columns.

    Raises
    ------
    DataError
        If the file is missing, empty, ragged, or has no or repeated column names.
    """
    path = Path(path)
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.reader(file, skipinitialspace=True)
            header = [name.strip() for name in next(reader, [])]
            rows = []
            for row in filter(None, reader):
                if len(row) != len(header):
                    raise DataError(
                        f"{path}: line {reader.line_num} has {counted(len(row), 'cell')}, "
                        f"but there are {counted(len(header), 'column')}; correct this line."
                    )
                rows.append(row)
    except OSError as error:
        raise DataError(f"{path}: cannot read the table ({error.strerror}); check the path.") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path}: not a CSV file in UTF-8 ({error}).") from None
    if not header:
        raise DataError(f"{path}: the table is empty; its first line must name the columns.")
    twice = {name for name in header if header.count(name) > 1}
    if twice or "" in header:
        raise DataError(
            f"{path}: the first line must name every column once" + (f"; '{min(twice)}' comes twice." if twice else ".")
        )
    columns = [np.char.strip(np.array(column, dtype=str)) for column in zip(*rows, strict=True)] or [
        np.zeros(0, "U1")
    ] * len(header)
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
    return Table({str(name): _column(frame.get_column(name).to_numpy()) for name in frame.columns}, len(frame))


def as_array(values: Any, what: str) -> np.ndarray:
    """Return an array from what the user passed; raise `DataError` if its rows differ in length."""
    try:
        return np.asarray(values)
    except ValueError:
        raise DataError(f"{what} must be an array whose rows all have the same length.") from None


def row_weights(weight: Any, n: int, what: str) -> np.ndarray:
    """Return the weights of n rows as floats; raise `DataError` if they are not finite, negative or all zero."""
    try:
        weight = np.asarray(weight, dtype=np.float64)
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


def has_codes(values: np.ndarray) -> bool:
    """Whether text holds codes that numbers would spoil, like 007."""
    return bool(np.any(np.char.startswith(values, "0") & np.char.isdigit(values) & (np.char.str_len(values) > 1)))


def is_missing(value: Any) -> bool:
    """Whether a cell is None, NaN, NaT or pandas' NA: those are not equal to themselves."""
    same = value == value
    return value is None or not (isinstance(same, bool | np.bool_) and bool(same))


def _column(values: np.ndarray) -> np.ndarray:
    """Return floats for numbers and booleans, and text, with "" for what is missing, for everything else."""
    if values.dtype.kind in "fiub":
        return values.astype(np.float64)
    missing = np.array([is_missing(v) for v in values], dtype=bool)
    return np.char.strip(np.where(missing, "", values.astype(str)).astype(str))


def _numbers(values: np.ndarray) -> np.ndarray:
    """Return text as floats, NaN where it is not a number."""
    try:
        return values.astype(np.float64)
    except ValueError:
        pass
    out = np.full(len(values), np.nan)
    for i, cell in enumerate(values):
        try:
            out[i] = float(cell)
        except ValueError:
            continue
    return out


def counted(n: int, noun: str) -> str:
    """Return "1 row" or "2 rows"."""
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def rows_of(where: Any) -> str:
    """Return the numbers of the rows where a mask is true, counted from 1, the first few of them."""
    numbers = [str(i + 1) for i in where.nonzero()[0][:SHOWN]]
    return ("row " if where.sum() == 1 else "rows ") + ", ".join(numbers) + (", …" if where.sum() > SHOWN else "")


def _cells(values: np.ndarray, where: np.ndarray) -> str:
    cells = [f"'{values[i]}' in row {i + 1}" for i in where.nonzero()[0][:SHOWN]]
    return ", ".join(cells) + (f" and {where.sum() - SHOWN} more" if where.sum() > SHOWN else "")
