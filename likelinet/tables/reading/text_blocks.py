"""A file of text block by block, each cut where a row ends."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from likelinet.core.errors import DataError

BLOCK = 1 << 22  # bytes that are read at a time
LONGEST = 1 << 26  # bytes of a row


class Span(NamedTuple):
    """Where a block lies in its file.

    Parameters
    ----------
    start, stop : int
        Its bytes.
    line : int
        The number of its first line, counted from 1.
    last : bool
        Whether the file ends with it.
    """

    start: int
    stop: int
    line: int
    last: bool


def blocks_of_text(path: str, source: Any) -> Iterator[tuple[Span, bytes]]:
    """Yield the blocks of a file that is open, each with where it lies.

    Raises
    ------
    DataError
        If a row is longer than any can be.
    """
    at, line, block = 0, 1, source.read(BLOCK)
    while True:
        more = source.read(BLOCK)
        cut = _last_end(block) if more else len(block)
        if cut:
            yield Span(at, at + cut, line, not more), block[:cut]
            at, line = at + cut, line + block.count(b"\n", 0, cut)
        if not more:
            return
        rest = block[cut:]
        if len(rest) > LONGEST:
            raise DataError(
                f"{path}: the row that begins in line {line} is longer than {LONGEST >> 20} MB, most often because a "
                'quote is open, or stands within a cell without quotes; close it, or write "" for one that is text.'
            )
        block = rest + more


def _last_end(block: bytes) -> int:
    """Return where the last row of a block ends that ends in it, 0 if none does; line ends in quotes end no row."""
    end = b"\n" if b"\n" in block else b"\r"
    if b'"' not in block:
        return block.rfind(end) + 1
    each = np.frombuffer(block, np.uint8)
    ends, quotes = (np.flatnonzero(each == byte) for byte in (end[0], ord('"')))
    outside = ends[np.searchsorted(quotes, ends) % 2 == 0]
    return int(outside[-1]) + 1 if len(outside) else 0
