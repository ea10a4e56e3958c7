"""What `fit` says of how it read the columns: one note for each thing that a user may want to know or to change."""

import numpy as np

from likelinet.core.notes import note
from likelinet.core.wording import SHOWN, counted
from likelinet.tables.kinds.category import Category
from likelinet.tables.kinds.kind import Kind
from likelinet.tables.kinds.left_out import Constant, Identifier
from likelinet.tables.kinds.moment import Moment
from likelinet.tables.kinds.number import Number
from likelinet.tables.marked import absent
from likelinet.tables.recognise.sentinels import sentinels_of
from likelinet.tables.table import Table


def note_readings(table: Table, kinds: tuple[Kind, ...], both_ways: bool = False) -> None:
    """Warn of columns that are left out, of missing cells, of numbers on a log scale and of those far from all others.

    Parameters
    ----------
    table : Table
        The training rows.
    kinds : tuple of Kind
        What was learned of its columns.
    both_ways : bool
        Whether the columns are what is predicted as well: then constant ones, as at the edges of images, are no news.
    """
    constant = [] if both_ways else [k for k in kinds if isinstance(k, Constant)]
    _note("Columns that say nothing are left out", [f"'{k.name}' ({k.why})" for k in constant])
    _note(
        "Columns that look like identifiers are left out",
        [f"'{k.name}' ({k.why})" for k in kinds if isinstance(k, Identifier)],
        "; name them in data.categorical to use them, or their words in data.text, or in data.exclude",
    )
    filled = [(k.name, absent(table.column(k.name))) for k in kinds if k.filled]
    _note(
        "Missing cells are filled, beside an input that says where they are",
        [f"'{name}' in {counted(int(where.sum()), 'row')}" for name, where in filled if where.any()],
    )
    _note(
        "Columns are read as dates or times",
        [f"'{k.name}' as {k.words}" for k in kinds if isinstance(k, Moment) and k.words],
        "; name them in data.categorical or data.exclude to have it otherwise",
    )
    _note(
        "Columns of text are read as numbers",
        [f"'{k.name}' as {k.words}" for k in kinds if isinstance(k, Number) and k.words],
        "; name them in data.categorical or data.exclude to have it otherwise",
    )
    _note(
        "Columns of digits are taken for categories",
        [f"'{k.name}' ({k.words})" for k in kinds if isinstance(k, Category) and k.words],
        "; make numbers of them to have it otherwise",
    )
    numbers = [k for k in kinds if isinstance(k, Number)]
    _note("Columns with heavy tails are taken on a log scale", [f"'{k.name}'" for k in numbers if k.log])
    suspects = [(k.name, _sentinels(table, k)) for k in numbers if k.limited]
    _note(
        "Numbers far from all others of their column, which may mean missing cells",
        [f"{said} in '{name}'" for name, said in suspects if said],
        "; if they do, name them in data.missing",
    )


def _note(done: str, columns: list[str], advice: str = "") -> None:
    if columns:
        more = f" and {len(columns) - SHOWN} more" if len(columns) > SHOWN else ""
        note(f"{done}: {', '.join(columns[:SHOWN])}{more}{advice}.")


def _sentinels(table: Table, kind: Number) -> str:
    """Return the numbers of a column that may stand for missing ones, and in which rows; "" if there are none."""
    numbers = kind.read(table)
    return sentinels_of(table.numbers(kind.name) if numbers is None else np.asarray(numbers), table.index)
