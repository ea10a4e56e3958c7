"""Tables with other cells: columns of which the rows have changed places, or are all alike."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from likelinet.tables.columns import Column
from likelinet.tables.table import Table


def with_cells(table: Table, columns: Mapping[str, Column]) -> Table:
    """Return a table with other cells in some columns.

    Parameters
    ----------
    table : Table
        Whose arrays have no other rows than its own.
    columns : mapping
        The new ones by name.
    """
    return replace(table, columns={**table.columns, **columns})


def shuffled(table: Table, names: Sequence[str], rng: np.random.Generator) -> Table:
    """Return a table in which the cells of some columns are those of other rows, drawn without replacement.

    Parameters
    ----------
    table : Table
        Whose arrays have no other rows than its own.
    names : sequence of str
        The columns, which stay together.
    rng : numpy.random.Generator
        Source of the order.
    """
    order = rng.permutation(table.n)
    return with_cells(table, {name: table.column(name)[order] for name in names})


def picked(table: Table, rows: np.ndarray, others: Mapping[str, np.ndarray] | None = None) -> Table:
    """Return a table of rows by their positions, which may repeat, and of some columns by others.

    Parameters
    ----------
    table : Table
        Whose arrays have no other rows than its own.
    rows : ndarray of int
        Positions.
    others : mapping, optional
        Positions for some columns by name.
    """
    others = {} if others is None else others
    columns = {name: table.column(name)[others.get(name, rows)] for name in table.columns}
    return replace(table, columns=columns, n=len(rows), index=None, kept=None, missing=())
