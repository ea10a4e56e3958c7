"""Columns of a text file, by pyarrow: as text, and strictly."""

import csv
import io
import re
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from likelinet.core.errors import DataError
from likelinet.core.lazy import LazyModule
from likelinet.core.notes import note
from likelinet.core.wording import SHOWN, counted, shown
from likelinet.tables.arrow import pa, pc
from likelinet.tables.arrow_columns import trimmed
from likelinet.tables.reading.blanks import with_tabs
from likelinet.tables.reading.decimals import with_points
from likelinet.tables.reading.encoding import as_utf8
from likelinet.tables.reading.layout import NO_HEADER, Layout, find_layout
from likelinet.tables.reading.rows import find_fault, is_comment, strict_rows
from likelinet.tables.text import Text

arrow_csv: Any = LazyModule("pyarrow.csv")
_BLOCK = 1 << 20  # bytes that a thread reads at a time


def read_delimited(path: Path, raw: bytes, header: bool) -> dict[str, Text]:
    """Return the columns of a file of text by name, all of them as text.

    Raises
    ------
    DataError
        If a row has more or fewer cells than there are columns, a quote is left open, a cell is longer than the `csv`
        module takes, or a column has no name or that of another one.
    """
    raw = as_utf8(path, raw)
    layout = find_layout(path, raw, header)
    if len(layout.names) == 1 and (tabbed := with_tabs(path, raw, header)) is not None:
        raw, layout = tabbed, find_layout(path, tabbed, header)
    columns = named_columns(path, layout, cells_of_rows(path, raw, layout, whole=True))
    found = {name: Text(column) for name, column in columns.items()}
    maybe = layout.separator != "," or raw.find(b'"', layout.start) >= 0
    return with_points(path, found, plain=layout.separator == ";") if maybe else found


def named_columns(path: Path, layout: Layout, columns: list[Any]) -> dict[str, Any]:
    """Return the columns of a file by name, without those that are empty or names of rows; the first rows tell."""
    names = list(layout.names)
    while len(names) > 1 and names[-1] == "" and _is_empty(columns[-1]):
        names.pop()  # separators at the end of every line
    if names[0] == "" and len(names) > 1:
        _note_unnamed(path, columns[0])
        names, columns = names[1:], columns[1:]
    _check_names(path, names)
    return dict(zip(names, columns, strict=False))


def _note_unnamed(path: Path, cells: Any) -> None:
    """Say what a first column holds that has no name, unless it has numbers of rows, as pandas and R write them."""
    first = cells.slice(0, SHOWN).to_pylist()
    if any(cell and not cell.isdecimal() for cell in first):
        some = ", ".join(f"'{shown(cell)}'" for cell in first[:2])
        note(f"{path}: the first column has no name and is left out as names of rows ({some}, …); name it to use it.")


def _check_names(path: Path, names: list[str]) -> None:
    twice = [name for name, times in Counter(names).items() if times > 1]
    if twice or "" in names:
        raise DataError(
            f"{path}: the first line must name every column once"
            + (f"; '{min(twice)}' comes twice" if twice else "")
            + f" (if it is data, set data.header to false), {NO_HEADER}."
        )


def cells_of_rows(path: Path, raw: bytes, layout: Layout, whole: bool) -> list[Any]:
    """Return the cells of each column as strings of pyarrow; `whole` says that the file ends here.

    Raises
    ------
    DataError
        If a row has more or fewer cells than there are columns, or a quote is left open; it names the line.
    """
    columns = _cells(path, raw, layout)
    return _without_empty_rows(columns) if whole else columns


def _cells(path: Path, raw: bytes, layout: Layout) -> list[Any]:
    width, body = len(layout.names), memoryview(raw)[layout.start :]
    if not bytes(body[:1000]).strip() and not bytes(body).strip():
        return [pa.chunked_array([], pa.string())] * width
    where = (layout.separator, layout.start, layout.line)
    quotes = raw.find(b'"', layout.start) >= 0
    if quotes and re.search(rf'(?:^|[{re.escape(layout.separator)}\r\n]) +"'.encode(), raw):
        body = _respelled(path, raw, *where, width)
    try:
        columns = _parsed(path, body, layout, quotes)
    except pa.ArrowInvalid as error:
        find_fault(path, raw, *where, width)
        raise DataError(f"{path}: not a CSV file ({str(error).splitlines()[0]}).") from None
    if any((pc.max(pc.binary_length(c)).as_py() or 0) > csv.field_size_limit() for c in columns) or (
        quotes and (_ends_in_quotes(raw) or any(_has_line(c) for c in columns))
    ):
        find_fault(path, raw, *where, width)  # a quote that was left open may have swallowed them
    columns.reverse()
    found = [trimmed(columns.pop()) for _ in range(width)]  # one by one, so that there are never two of all
    pa.default_memory_pool().release_unused()  # what the reader has kept beside the cells
    return found


def _parsed(path: Path, body: Any, layout: Layout, quotes: bool) -> list[Any]:
    """Return the columns of rows as pyarrow reads them; lines that are no rows but comments are left out."""
    names, comments = [str(j) for j in range(len(layout.names))], []

    def faulty(row: Any) -> str:
        if not is_comment(row.text):
            return "error"
        if row.text.strip():
            comments.append(row)
        return "skip"

    def read(block: int) -> Any:
        comments.clear()
        return arrow_csv.read_csv(
            pa.py_buffer(body),
            arrow_csv.ReadOptions(column_names=names, block_size=block),
            arrow_csv.ParseOptions(delimiter=layout.separator, newlines_in_values=quotes, invalid_row_handler=faulty),
            arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, check_utf8=False
            ),
        )

    try:
        table = read(_BLOCK)
    except pa.ArrowInvalid as error:
        if "straddl" not in str(error):
            raise
        table = read(len(body) + 1)  # a row is longer than a block
    if comments:
        note(f"{path}: {counted(len(comments), 'line')} beginning with # left out.")
    return [*table.columns]


def _respelled(path: Path, raw: bytes, separator: str, start: int, line: int, width: int) -> bytes:
    """Return rows without the blanks before quotes, for which pyarrow has no option."""
    text = io.StringIO(newline="")
    rows = strict_rows(path, raw, separator, start, line)
    csv.writer(text, delimiter=separator).writerows(r.cells for r in rows if width == 1 or r.text.strip())
    return text.getvalue().encode()


def _ends_in_quotes(raw: bytes) -> bool:
    """Whether the last line has no end but quotes, of which one may be open."""
    return not raw.endswith((b"\n", b"\r")) and b'"' in raw[max(raw.rfind(b"\n"), raw.rfind(b"\r")) + 1 :]


def _has_line(cells: Any) -> bool:
    return any(pc.any(pc.match_substring(cells, end)).as_py() for end in "\r\n")


def _is_empty(cells: Any) -> bool:
    return (pc.max(pc.binary_length(cells)).as_py() or 0) == 0


def _without_empty_rows(columns: list[Any]) -> list[Any]:
    """Return columns without the rows at the end in which all cells are empty."""
    if any(len(c) == 0 or c[-1].as_py() for c in columns):
        return columns
    filled = [np.asarray(pc.not_equal(c, "")).nonzero()[0] for c in columns]
    return [c.slice(0, max(f[-1] + 1 if len(f) else 0 for f in filled)) for c in columns]
