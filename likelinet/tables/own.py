"""The y of a network through a code where it is x itself: its columns as numbers, or as classes."""

from collections.abc import Sequence
from functools import partial

import numpy as np

from likelinet.config import DataConfig
from likelinet.core.errors import DataError
from likelinet.core.gathered import gathered
from likelinet.core.notes import unnoted
from likelinet.tables.coded import coded
from likelinet.tables.kinds.boolean import are_truths, truths
from likelinet.tables.rows import share_of
from likelinet.tables.table import Table
from likelinet.tables.text import Text
from likelinet.tables.undressed import Undressed, undressed_as


def y_of_x(
    table: Table, names: Sequence[str], data: DataConfig, labels: bool, check: bool
) -> tuple[np.ndarray | None, Undressed]:
    """Return columns as numbers, shape (n, d), and what was told of them where they are text.

    There are no numbers where columns are what a target of these names is as well.

    Parameters
    ----------
    table : Table
        The rows.
    names : sequence of str
        The columns.
    data : DataConfig
        What the user says of them.
    labels : bool
        Whether y may be text, as labels of classes are.
    check : bool
        Whether to raise where they are written in another way than the table knows.

    Raises
    ------
    DataError
        For all columns at once of which there is nothing to give back in this form.
    """
    with unnoted():  # how columns are read is said of x
        found = undressed_as(table, () if labels else names, share_of(data), "Column", check)
    read = found.table
    bools = [name for name in names if read.holds_bools(name) or (not labels and _truths(read, name) is not None)]
    others = [name for name in names if name not in bools]
    are_text = gathered(partial(read.is_text, name) for name in others)
    text = [name for name, is_text in zip(others, are_text, strict=True) if is_text]
    if text and not (labels and len(text) == len(names)):
        one, named = len(text) == 1, ", ".join(f"'{name}'" for name in text)
        raise DataError(
            f"{'Column' if one else 'Columns'} {named} {'holds' if one else 'hold'} text, where y is x and should hold "
            f"numbers: leave {'it' if one else 'them'} out by data.exclude, or name other columns in data.target."
        )
    if text or (not labels and len(bools) == len(names)):
        return None, found
    if labels and not bools:
        return None, found
    return np.stack([_numbers(read, name) for name in names], axis=1), found  # 0 and 1 have a mean


def _numbers(table: Table, name: str) -> np.ndarray:
    found = _truths(table, name)
    return table.numbers(name) if found is None else found


def _truths(table: Table, name: str) -> np.ndarray | None:
    """Return a column of yes and no as 1 and 0, NaN where a cell is missing; None of any other."""
    cells = table.plain(name)
    if not (isinstance(cells, Text) and table.holds_text(name) and are_truths(found := coded(cells))):
        return None
    return truths(found)[0]
