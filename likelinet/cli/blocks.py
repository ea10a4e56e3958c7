"""What is written of a table, or of a stream block by block."""

from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import Any

from likelinet.core.errors import DataError
from likelinet.core.notes import each_kind_once
from likelinet.tables.stream import Stream
from likelinet.tables.table import Table

Predicted = tuple[list[str], Iterable[Sequence[Any]]]  # the header and the rows


def write_blocks(
    given: Table | Stream,
    rows_of: Callable[[Table], Predicted],
    write: Callable[[Sequence[str], Iterable[Sequence[Any]]], None],
) -> None:
    """Write a header, and the rows of a table, or of one block of a stream after the other as they are asked for."""
    if isinstance(given, Table):
        write(*rows_of(given))
        return
    with each_kind_once():  # around the writing, as blocks are read by then
        each = map(rows_of, given)
        try:
            header, first = next(each)
        except StopIteration:
            raise DataError("The table is empty: it has no rows.") from None
        write(header, chain(first, chain.from_iterable(rows for _, rows in each)))
