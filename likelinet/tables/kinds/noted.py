"""What `fit` says of how it read the columns: one note for each thing that a user may want to know or to change."""

from collections.abc import Collection

import numpy as np

from likelinet.core.notes import ColumnsNote, note
from likelinet.core.wording import counted, listed
from likelinet.tables.kinds.category import Category
from likelinet.tables.kinds.kind import Kind
from likelinet.tables.kinds.left_out import Constant, Identifier
from likelinet.tables.kinds.moment import Moment
from likelinet.tables.kinds.number import Number
from likelinet.tables.kinds.words import Words
from likelinet.tables.marked import absent
from likelinet.tables.recognise.epochs import epoch_of, is_called_time
from likelinet.tables.recognise.identifiers import MANY, is_called_id
from likelinet.tables.recognise.sentinels import sentinels_of, suspected
from likelinet.tables.table import Table
from likelinet.tables.text import Text


def note_readings(table: Table, kinds: tuple[Kind, ...], both_ways: bool = False, text: Collection[str] = ()) -> None:
    """Warn of columns that are left out, of missing cells, of numbers on a log scale and of those far from all others.

    Parameters
    ----------
    table : Table
        The training rows.
    kinds : tuple of Kind
        What was learned of its columns.
    both_ways : bool
        Whether the columns are what is predicted as well: then constant ones, as at the edges of images, are no news.
    text : collection of str
        The columns that the user says are text.
    """
    alone = "" if any(k.width for k in kinds) else "; no other is left, so the model is that of y alone"
    category = UserWarning if alone else ColumnsNote
    constant = [] if both_ways else [k for k in kinds if isinstance(k, Constant)]
    _note("Columns that say nothing are left out", [f"'{k.name}' ({k.why})" for k in constant], alone, category)
    _note(
        "Columns that look like identifiers are left out",
        [f"'{k.name}' ({k.why})" for k in kinds if isinstance(k, Identifier)],
        f"; name them in data.categorical to use them, or their words in data.text, or in data.exclude{alone}",
        category,
    )
    numbers = [k for k in kinds if isinstance(k, Number)]
    ids = [(k.name, _different(_numbers(table, k))) for k in numbers if is_called_id(k.name) and not k.words]
    _note(
        "Columns called identifiers whose numbers come again are read as numbers",
        [f"'{name}' ({many} different ones in {table.n} rows)" for name, many in ids if many > MANY],
        "; name one in data.groups to hold out whole groups, or in data.categorical or data.exclude",
        UserWarning,
    )
    _note(
        "Columns of numbers may be moments, as computers count them",
        [f"'{k.name}' in {form}" for k in numbers if (form := _may_be_moments(k))],
        "; name them in data.datetime to have the weekday and the hour, where they go through these",
        UserWarning,
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
    _note(
        "Columns of text that seldom comes again are taken for the words in it",
        [f"'{k.name}' ({len(k.words)} words)" for k in kinds if isinstance(k, Words) and k.name not in text],
        "; name them in data.categorical or data.exclude to have it otherwise",
    )
    _note(
        "Columns of data.text hold numbers, of which each is taken for a word",
        [f"'{k.name}'" for k in kinds if k.name in text and _are_numbers(table, k.name)],
        "; take them out of data.text to have it otherwise",
        UserWarning,
    )
    _note("Columns with heavy tails are taken on a log scale", [f"'{k.name}'" for k in numbers if k.log])
    suspects = [(k.name, _sentinels(table, k)) for k in numbers if k.limited]
    _note(
        "Numbers far from all others of their column, which may mean missing cells",
        [f"{said} in '{name}'" for name, said in suspects if said],
        "; if they do, name them in data.missing",
        UserWarning,
    )


def suspected_codes(table: Table, kinds: Collection[Kind]) -> list[float]:
    """Return the numbers of all columns that may mean missing cells, each once."""
    numbers = (_numbers(table, k) for k in kinds if isinstance(k, Number) and k.limited)
    return list(dict.fromkeys(code for values in numbers for code in suspected(values)))


def _are_numbers(table: Table, name: str) -> bool:
    """Whether a column holds nothing but numbers."""
    cells = table.plain(name)
    return not isinstance(cells, Text) or not (cells.declared or table.holds_text(name))


def _may_be_moments(kind: Number) -> str | None:
    """Return the form in which a column may be moments, if it is called so."""
    if kind.low is None or kind.high is None or kind.words or not is_called_time(kind.name):
        return None
    return epoch_of(kind.low, kind.high)


def _different(numbers: np.ndarray) -> int:
    """Return how many different whole numbers there are; 0 where they are not whole."""
    found = np.unique(numbers[np.isfinite(numbers)])
    return len(found) if (found == np.floor(found)).all() else 0


def _note(done: str, columns: list[str], advice: str = "", category: type[Warning] = ColumnsNote) -> None:
    if columns:
        note(f"{done}: {listed(columns)}{advice}.", category)


def _sentinels(table: Table, kind: Number) -> str:
    """Return the numbers of a column that may stand for missing ones, and in which rows; "" if there are none."""
    return sentinels_of(_numbers(table, kind), table.index)


def _numbers(table: Table, kind: Number) -> np.ndarray:
    numbers = kind.read(table)
    return table.numbers(kind.name) if numbers is None else np.asarray(numbers)
