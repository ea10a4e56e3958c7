"""The rows of a text file by Python's `csv`: the second, slow look, which says in which line a fault is."""

import csv
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from io import StringIO
from itertools import chain, islice
from pathlib import Path
from typing import Any, NamedTuple

from likelinet.core.errors import DataError
from likelinet.core.wording import counted

LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")

_ALIKE = 5  # further rows as wide as the first that say that the line with the names is at fault


class Row(NamedTuple):
    """The cells of a row and its text, its last line counted from 1, and where the next one starts, in bytes."""

    cells: list[str]
    text: str
    line: int
    end: int


def lines_of(raw: bytes, start: int = 0) -> Iterator[str]:
    """Yield the lines of UTF-8, each with its end."""
    return (m.group().decode() for m in LINE.finditer(raw, start))


def is_comment(text: str) -> bool:
    """Whether a line that is no row may be left out."""
    return text.startswith("#") or not text.strip()


def strict_rows(path: Path, raw: bytes, separator: str, start: int = 0, line: int = 1) -> Iterator[Row]:
    """Yield the rows that are not empty, from a position and the number of its line on.

    Raises
    ------
    DataError
        If a quote is left open, or a cell is longer than the `csv` module takes; the message names the line.
    """
    lines: list[str] = []  # of the row that is read
    # A quote that is open at the end of the file takes the empty line in, and so its row has two or more.
    source = _kept(chain(lines_of(raw, start), ["\n"]), lines)
    reader = csv.reader(source, delimiter=separator, skipinitialspace=True)
    for cells in _read(path, reader, lines, line - 1):
        last = line - 1 + reader.line_num
        _check_quotes(path, lines, last, separator)
        text = "".join(lines)
        start += len(text.encode())
        lines.clear()
        if cells:
            yield Row(cells, text, last, min(start, len(raw)))


def find_fault(path: Path, raw: bytes, separator: str, start: int, line: int, width: int) -> None:
    """Raise `DataError` for the first row that is not as it should be, from a position on; return if all are."""
    rows = (row for row in strict_rows(path, raw, separator, start, line) if not is_comment(row.text))
    for nth, row in enumerate(rows):
        if len(row.cells) != width:
            more = [len(row.cells), *(len(r.cells) for r in islice(rows, _ALIKE))]
            if nth == 0 and len(more) > _ALIKE and len(set(more)) == 1:
                raise DataError(
                    f"{path}: the first line has {counted(width, 'cell')}, but those below it have {more[0]}; let it "
                    "name every column, or remove it."
                )
            raise DataError(
                f"{path}: line {row.line} has {counted(len(row.cells), 'cell')}, "
                f"but there are {counted(width, 'column')}; correct this line."
            )


def _read(path: Path, reader: Any, lines: list[str], before: int) -> Iterator[list[str]]:
    """Yield what a reader does; `lines` has those of the row that it reads."""
    try:
        yield from reader
    except csv.Error:
        text, limit, separator = "".join(lines), csv.field_size_limit(), reader.dialect.delimiter
        # The longest beginning that can be read ends within the cell.
        short = bisect_left(range(len(text)), True, key=lambda n: _first_row(text[: n + 1], separator) is None)
        cells = _first_row(text[:short], separator)
        assert cells is not None
        line = before + reader.line_num - len(lines) + 1 + sum(cell.count("\n") for cell in cells[:-1])
        raise DataError(
            f"{path}: line {line}, column {len(cells)}: this cell is longer than {limit:,} characters, "
            "most often because a quote before it is open; close that, or shorten the text."
        ) from None


def _first_row(text: str, separator: str) -> list[str] | None:
    """Return the cells of the row that text begins with; None if one is too long."""
    try:
        return next(csv.reader(StringIO(text, newline=""), delimiter=separator, skipinitialspace=True), [""])
    except csv.Error:
        return None


def _kept(lines: Iterable[str], seen: list[str]) -> Iterator[str]:
    """Yield lines and keep them."""
    for line in lines:
        seen.append(line)
        yield line


def _check_quotes(path: Path, lines: list[str], last: int, separator: str) -> None:
    """Raise `DataError` if a row of several lines has a quote that is left open, or closed in the middle of a cell."""
    if len(lines) < 2:
        return
    # Blanks behind a cell in quotes, which a strict reader takes for text.
    blanks = re.compile(rf'"[ \t]+(?={re.escape(separator)}|[\r\n]|$)')
    try:
        strict = (blanks.sub('"', line) for line in lines)
        list(csv.reader(strict, delimiter=separator, skipinitialspace=True, strict=True))
    except csv.Error:
        first = last - len(lines) + 1
        raise DataError(
            f"{path}: line {first} opens a quote that is not closed where its cell ends; close it, "
            'or write "" for a quote that is part of the text.'
        ) from None
