"""What is written of a table, or of a stream block by block."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from likelinet.core.errors import DataError
from likelinet.core.notes import each_kind_once
from likelinet.tables.stream import Stream
from likelinet.tables.table import Table

Predicted = tuple[list[str], Iterable[Sequence[Any]]]  # the header and the rows


def of_each_block(given: Table | Stream, rows_of: Callable[[Table], Predicted]) -> Predicted:
    """Return the header, and the rows of a table, or of one block of a stream after the other as they are asked for."""
    if isinstance(given, Table):
        return rows_of(given)
    each = _each(given, rows_of)
    try:
        header, first = next(each)
    except StopIteration:
        raise DataError("The table is empty: it has no rows.") from None
    return header, chain(first, chain.from_iterable(rows for _, rows in each))


def _each(stream: Stream, rows_of: Callable[[Table], Predicted]) -> Iterator[Predicted]:
    with each_kind_once():
        yield from map(rows_of, stream)
