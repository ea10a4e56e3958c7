"""What `fit` says of how it read the columns: one note for each thing that a user may want to know or to change."""

import numpy as np

from likelinet.core.notes import note
from likelinet.core.wording import SHOWN, counted, rows_of
from likelinet.tables.kinds.kind import Kind
from likelinet.tables.kinds.left_out import Constant, Identifier
from likelinet.tables.kinds.moment import Moment
from likelinet.tables.kinds.number import Number
from likelinet.tables.marked import absent
from likelinet.tables.table import Table

_FAR = 15.0  # scales from the middle at which a number is far from all others


def note_readings(table: Table, kinds: tuple[Kind, ...]) -> None:
    """Warn of columns that are left out, of missing cells, of numbers on a log scale and of those far from all others.

    Parameters
    ----------
    table : Table
        The training rows.
    kinds : tuple of Kind
        What was learned of its columns.
    """
    _note("Columns that say nothing are left out", [f"'{k.name}' ({k.why})" for k in kinds if isinstance(k, Constant)])
    _note(
        "Columns that look like identifiers are left out",
        [f"'{k.name}' ({k.why})" for k in kinds if isinstance(k, Identifier)],
        "; name them in data.categorical to use them, or in data.exclude",
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
    numbers = [k for k in kinds if isinstance(k, Number)]
    _note("Columns with heavy tails are taken on a log scale", [f"'{k.name}'" for k in numbers if k.log])
    far = [(k, table.numbers(k.name)) for k in numbers if k.limited and not k.log and _reach(k) > _FAR]
    _note(
        "Numbers far from all others of their column count little",
        [_far_from_others(table, *each) for each in far],
        "; if they mean missing cells, name them in data.missing",
    )


def _note(done: str, columns: list[str], advice: str = "") -> None:
    if columns:
        more = f" and {len(columns) - SHOWN} more" if len(columns) > SHOWN else ""
        note(f"{done}: {', '.join(columns[:SHOWN])}{more}{advice}.")


def _reach(kind: Number) -> float:
    """Return how many scales the ends of the range are from the middle."""
    return max((abs(end - kind.loc) / kind.scale for end in (kind.low, kind.high) if end is not None), default=0.0)


def _far_from_others(table: Table, kind: Number, numbers: np.ndarray) -> str:
    where = np.abs(numbers - kind.loc) > _FAR * kind.scale
    values, counts = np.unique(numbers[where], return_counts=True)
    often = f"{values[counts.argmax()]:g} " if len(values) else ""
    return f"'{kind.name}' ({often}in {rows_of(where, table.index)})" if where.any() else f"'{kind.name}'"
