"""Columns from what holds a table in Python: DataFrames, Arrow tables, dicts of columns and rows of named cells."""

import sys
from collections import Counter
from collections.abc import Mapping
from itertools import chain
from typing import Any

import numpy as np

from likelinet.core.errors import DataError
from likelinet.core.wording import counted
from likelinet.tables.arrays import as_array
from likelinet.tables.arrow import pa
from likelinet.tables.arrow_columns import arrow_column
from likelinet.tables.coded import Coded, of_levels
from likelinet.tables.columns import Column, Unusable, column_of, is_several


def frame_columns(x: Any, what: str) -> tuple[Mapping[str, Column | Unusable], int]:
    """Return the columns of a DataFrame, an Arrow table or a dict, by name, and the number of rows.

    DataFrames of pandas go by themselves; all others by the Arrow PyCapsule interface, which they have in common.

    Raises
    ------
    DataError
        If it is none of these, or names are repeated.
    """
    if isinstance(x, Mapping):
        return _dict_columns(x, what)
    pandas = sys.modules.get("pandas")
    if pandas is not None and isinstance(x, pandas.DataFrame):
        names = _names(x.columns, what)
        return {name: _pandas_column(name, x.iloc[:, i]) for i, name in enumerate(names)}, len(x)
    if type(x).__name__ == "LazyFrame":
        raise DataError(f"{what} is a lazy frame, which holds no rows yet: pass {what}.collect().")
    if not hasattr(x, "__arrow_c_stream__"):
        raise _no_table(x, what)
    try:
        table = pa.table(x)
    except (TypeError, ValueError) as error:  # one column, say, which has the interface as well
        if type(x).__name__ == "DataFrame":  # with whole numbers of 128 bits, as polars has them
            raise DataError(
                f"{what} has a column of a type that Arrow has not ({error}): make numbers of 64 bits or text of it, "
                "or leave it out."
            ) from None
        raise _no_table(x, what) from None
    return arrow_table_columns(table, what)


def record_columns(x: Any, what: str = "X") -> dict[str, Any] | None:
    """Return the columns of rows that name their cells, as dicts and structured arrays do; None of anything else.

    A cell that a dict has not is missing.

    Raises
    ------
    DataError
        If some rows are dicts and others are not.
    """
    if isinstance(x, np.ndarray) and x.dtype.names:
        return {name: x[name] for name in x.dtype.names}
    # What the first row is tells most lists from those of dicts, without a look at each of their rows.
    if not isinstance(x, list | tuple) or not isinstance(next((row for row in x if row is not None), None), Mapping):
        return None
    if odd := [(i, row) for i, row in enumerate(x, 1) if not isinstance(row, Mapping)]:
        raise DataError(f"{what} has rows that are dicts, but row {odd[0][0]} is of type {type(odd[0][1]).__name__}.")
    return {name: _one_each([row.get(name) for row in x]) for name in dict.fromkeys(chain.from_iterable(x))}


def _one_each(cells: list[Any]) -> Any:
    """Return cells as they are, but as objects where one holds several values, which NumPy would spread."""
    return np.fromiter(cells, object) if any(map(is_several, cells)) else cells


def levels_of(y: Any) -> list[Any] | None:
    """Return the levels of a column of categories with an order, as pandas or Arrow declares it; None of any other."""
    pandas = sys.modules.get("pandas")
    if pandas is not None and isinstance(y, pandas.Series | pandas.Categorical):
        return [*y.dtype.categories] if isinstance(y.dtype, pandas.CategoricalDtype) and y.dtype.ordered else None
    cells = pa.chunked_array(y) if hasattr(y, "__arrow_c_stream__") else None  # of polars, say
    if cells is None or not pa.types.is_dictionary(cells.type) or not cells.type.ordered:
        return None
    column = arrow_column("y", cells)
    return column.values.tolist() if isinstance(column, Coded) else None


def _no_table(x: Any, what: str) -> DataError:
    hint = ""
    if type(x).__name__ == "Series":
        hint = f"; for one feature pass {what}.to_frame(), and for one row a frame of one row, like df.iloc[[0]]"
    if type(x).__name__ == "Stream":
        hint = ", which is read block by block: iterate over it, and pass each block"
    return DataError(f"{what} must be an array or a DataFrame, got {type(x).__name__}{hint}.")


def arrow_table_columns(table: Any, what: str) -> tuple[dict[str, Column | Unusable], int]:
    """Return the columns of a `pyarrow.Table`, and the number of rows."""
    names = _names(table.column_names, what)
    columns: dict[str, Column | Unusable] = {}
    for name, values in zip(names, table.columns, strict=True):
        try:
            columns[name] = arrow_column(name, values)
        except pa.ArrowException:
            why = f"Column '{name}' is of type {values.type}: make numbers or text of it."
            columns[name] = Unusable(why, len(values))
    return columns, table.num_rows


def _names(names: Any, what: str) -> list[str]:
    """Return names as text without the blanks around them, as those of a file; pandas has 0 and "0" side by side."""
    found = [str(name).strip() for name in names]
    if twice := [name for name, times in Counter(found).items() if times > 1]:
        raise DataError(f"{what} must name every column once: '{min(twice)}' comes twice.")
    return found


def _pandas_column(name: str, series: Any) -> Column | Unusable:
    """Return a column of pandas: of NumPy's types as it is, of others by pyarrow."""
    if isinstance(series.dtype, np.dtype) and series.dtype.kind in "biuf":
        return series.to_numpy()
    if isinstance(series.dtype, sys.modules["pandas"].CategoricalDtype):
        return of_levels(series.cat.codes.to_numpy(), [*series.cat.categories], bool(series.cat.ordered))
    try:
        values = pa.chunked_array([pa.array(series, from_pandas=True)])
        if not isinstance(values.type, pa.BaseExtensionType):  # periods, say, which would be bare numbers
            return arrow_column(name, values)
    except (pa.ArrowException, TypeError, OverflowError, NotImplementedError):  # text beside numbers, intervals, …
        pass
    return column_of(np.asarray(series), name)


def _dict_columns(x: Mapping[Any, Any], what: str) -> tuple[dict[str, Column | Unusable], int]:
    """Return the columns of a dict, which must be equally long."""
    columns: dict[str, Column | Unusable] = {}
    for name, key in zip(_names(list(x), what), x, strict=True):
        values = as_array(x[key], f"Column '{name}'")
        if values.ndim != 1:
            one = f"; for one row pass [{what}], a list of dicts" if values.ndim == 0 else ""
            raise DataError(f"Column '{name}' must have one dimension, got shape {values.shape}{one}.")
        columns[name] = column_of(values, name)
    n = len(next(iter(columns.values()), ()))
    if other := next((name for name, c in columns.items() if len(c) != n), None):
        raise DataError(
            f"Column '{next(iter(columns))}' has {counted(n, 'row')}, but '{other}' has {len(columns[other])}: they "
            "must be equally long."
        )
    return columns, n
