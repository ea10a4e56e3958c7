"""What tells a table from another one: digests of its columns."""

import hashlib
from typing import Any

import numpy as np

from likelinet.distributions import Interval
from likelinet.tables.arrays import as_array
from likelinet.tables.arrow import pa
from likelinet.tables.coded import Coded
from likelinet.tables.columns import Unusable, column_of
from likelinet.tables.table import Table
from likelinet.tables.text import Text


def of_table(table: Table) -> dict[str, str]:
    """Return the SHA-256 of the cells of each column, by name, as they were read: of the rows that the table has."""
    return {
        name: "" if isinstance(column, Unusable) else of_values(table.column(name))
        for name, column in table.columns.items()
    }


def of_values(values: Any) -> str:
    """Return the SHA-256 of a column, an array or an interval: of kind, shape and all cells in their order."""
    sha = hashlib.sha256()
    _add(sha, values)
    return sha.hexdigest()


def _add(sha: Any, values: Any) -> None:
    match values:
        case Interval():
            _add(sha, values.lower)
            _add(sha, values.upper)
        case Text():
            _add_text(sha, values)
        case Coded():
            _add(sha, values.codes)
            sha.update(repr((values.levels, values.ordered)).encode(errors="surrogatepass"))
        case np.ndarray() if values.dtype.kind in "biufmM":
            sha.update(f"{values.dtype.str} {values.shape}".encode())
            sha.update(np.ascontiguousarray(values).view(np.uint8))
        case np.ndarray() if values.ndim == 1:  # text, or objects of Python
            column = column_of(values)
            _add(sha, repr(values.tolist()).encode() if isinstance(column, Unusable) else column)
        case bytes():
            sha.update(values)
        case _:
            _add(sha, repr(as_array(values, "y").tolist()).encode(errors="surrogatepass"))


def _add_text(sha: Any, text: Text) -> None:
    """Add the lengths of all cells, and then the cells, however they are cut into chunks."""
    sha.update(f"text {len(text)} {text.declared}".encode())
    chunks = [chunk.cast(pa.large_string()) for chunk in text.cells.chunks]
    ends = [np.frombuffer(c.buffers()[1], np.int64)[c.offset : c.offset + len(c) + 1] for c in chunks if len(c)]
    for each in ends:
        sha.update(np.diff(each))
    for each, chunk in zip(ends, (c for c in chunks if len(c)), strict=True):
        if (cells := chunk.buffers()[2]) is not None:
            sha.update(memoryview(cells)[each[0] : each[-1]])
