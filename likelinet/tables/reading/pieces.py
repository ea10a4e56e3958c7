"""The rows of a file as they stand in it, so that a part of them can be written byte for byte."""

import codecs
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from likelinet.core.notes import note
from likelinet.tables.reading.blanks import with_tabs
from likelinet.tables.reading.contents import contents
from likelinet.tables.reading.encoding import as_utf8
from likelinet.tables.reading.layout import find_layout
from likelinet.tables.reading.rows import strict_rows

_NONE = "\x1f"  # separates nothing


@dataclass(frozen=True)
class Pieces:
    """A file of text in pieces: what stands above the rows, and where each row ends.

    Parameters
    ----------
    raw : bytes
        The text, uncompressed, in UTF-8.
    start : int
        Where the rows begin.
    ends : sequence of int
        Where each row ends; comments and empty lines belong to the row below them.
    """

    raw: bytes
    start: int
    ends: Sequence[int]

    def some(self, rows: np.ndarray) -> bytes:
        """Return the text with the rows alone where a mask is true; it may be shorter than the rows."""
        starts = [self.start, *self.ends]
        return self.raw[: self.start] + b"".join(self.raw[starts[i] : self.ends[i]] for i in rows.nonzero()[0].tolist())


def pieces(path: Path, header: bool) -> Pieces:
    """Return the pieces of a file of text.

    Raises
    ------
    DataError
        If it cannot be read, or a quote is left open.
    """
    raw = contents(path)
    text = as_utf8(path, raw)
    layout = find_layout(path, text, header)
    one = len(layout.names) == 1 and with_tabs(path, text, header) is not None  # then each line is a row
    rows = strict_rows(path, text, _NONE if one else layout.separator, layout.start, layout.line)
    ends = [row.end for row in rows if len(row.cells) == len(layout.names)]
    if raw.endswith(text):
        mark = raw[: len(raw) - len(text)]
    else:
        mark = codecs.BOM_UTF8  # or a spreadsheet would not know
        note(f"{path}: it is written as UTF-8.")
    return Pieces(mark + text, len(mark) + layout.start, [len(mark) + end for end in ends])
