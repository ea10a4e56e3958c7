"""`likelinet predict --keep`: columns of the table beside the predictions, as they stand or as the values they are."""

from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Any

import numpy as np

from likelinet.core.gathered import gathered
from likelinet.tables.arrow import pa, pc
from likelinet.tables.cells import has_leading_zeros, is_missing, parse
from likelinet.tables.columns import Column, is_time
from likelinet.tables.marked import absent
from likelinet.tables.table import Table
from likelinet.tables.text import Text
from likelinet.tables.times import as_text, seconds


def kept_cells(texts: Sequence[str], table: Table, typed: bool) -> dict[str, Column | list[Any]]:
    """Return the cells of the columns that texts name, each once; several in one are separated by commas.

    Parameters
    ----------
    texts : sequence of str
        Names.
    table : Table
        What has them.
    typed : bool
        Whether text that is plainly numbers, booleans or dates becomes such; otherwise it stays as it is.
    """
    names = [name for text in texts for name in ([text] if text in table.columns else text.split(","))]
    cells = _values if typed else _as_it_stands
    names = list(dict.fromkeys(name.strip() for name in names))
    columns = gathered(partial(table.column, name) for name in names)
    return {name: cells(column) for name, column in zip(names, columns, strict=True)}


def _as_it_stands(column: Column) -> Column:
    """Return the cells of a column; moments as ISO writes them."""
    if isinstance(column, np.ndarray) and is_time(column):
        return as_text(column) if column.dtype.kind == "M" else seconds(column)
    return column


def _values(column: Column) -> list[Any]:
    """Return the cells of a column as the values that they are, None for a missing one; days without their time."""
    if isinstance(column, Text):
        return _plain(column).to_pylist()
    if isinstance(column, np.ndarray) and column.dtype.kind == "M":
        days = column.astype("datetime64[D]")
        return (days if (np.isnat(column) | (days == column)).all() else column).tolist()
    return [None if is_missing(cell) else cell for cell in column.tolist()]


def _plain(text: Text) -> Any:
    """Return text as whole numbers, numbers, booleans, days or moments if all its cells are, else as it is.

    Dates are those that ISO writes, since no others are certain; numbers with leading zeros, or a plus, are codes.
    """
    missing = absent(text)
    if not (text.declared or missing.all() or has_leading_zeros(text) or text.matches(r"\+.*").any()):
        cells = pc.if_else(pa.array(missing), None, text.cells)
        for of in _types(text, missing):
            with suppress(pa.ArrowInvalid):
                return cells.cast(of)
    return pc.if_else(pc.equal(text.cells, ""), None, text.cells)


def _types(text: Text, missing: np.ndarray) -> list[Any]:
    """Return the types that all cells may have; whole numbers that are too large for one stay text."""
    if (missing | text.matches("-?[0-9]+")).all():
        return [pa.int64()]
    if not parse(text).stray.any():
        return [pa.float64()]
    if (missing | text.matches("(?i)true|false")).all():
        return [pa.bool_()]
    return [pa.date32(), pa.timestamp("us")]
