"""The rows of a CSV file as text, of which none is swallowed by a quote that was left open."""

import csv
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from itertools import chain
from pathlib import Path
from typing import Any

from likelinet.core.errors import DataError
from likelinet.core.wording import counted

_BLANKS = re.compile(r'"[ \t]+(?=,|[\r\n]|$)')  # behind a cell in quotes; a strict reader takes them for text


def csv_rows(path: Path) -> tuple[list[str], list[list[str]]]:
    """Return the cells of the first line and those of all others that are not empty, without the blanks around them.

    Raises
    ------
    DataError
        If a row has more or fewer cells than the first line, a quote is left open, or a cell is longer than the `csv`
        module takes; the message names the line.
    OSError, UnicodeDecodeError, csv.Error
        If it cannot be read as CSV at all.
    """
    with path.open(newline="", encoding="utf-8-sig") as file:
        lines: list[str] = []  # of the row that is read
        # A quote that is open at the end of the file takes the empty line in, and so its row has two or more.
        reader = csv.reader(_kept(chain(file, ["\n"]), lines), skipinitialspace=True)
        read = _read(path, reader, lines)
        header = [name.strip() for name in next(read, [])]
        _check_quotes(path, lines, reader.line_num)
        separator = next((s for s in ";\t|" if len(header) == 1 and s in header[0]), None)
        if separator is not None:
            shown = "tabs" if separator == "\t" else f"'{separator}'"
            raise DataError(f"{path}: the file seems to be separated by {shown}: save it with commas.")
        rows = []
        lines.clear()
        for row in read:
            _check_quotes(path, lines, reader.line_num)
            lines.clear()
            if not row:
                continue
            if len(row) != len(header):
                raise DataError(
                    f"{path}: line {reader.line_num} has {counted(len(row), 'cell')}, "
                    f"but there are {counted(len(header), 'column')}; correct this line."
                )
            rows.append([cell.strip() for cell in row])
    return header, rows


def _read(path: Path, reader: Any, lines: Sequence[str]) -> Iterator[list[str]]:
    """Yield what a reader does; `lines` has those of the row that it reads."""
    try:
        yield from reader
    except csv.Error:
        text, limit = "".join(lines), csv.field_size_limit()
        if len(text) <= limit:
            raise
        # The longest beginning that can be read ends within the cell.
        cells = _first_row(text[: bisect_left(range(len(text)), True, key=lambda n: _first_row(text[: n + 1]) is None)])
        if cells is None:
            raise
        line = reader.line_num - len(lines) + 1 + sum(cell.count("\n") for cell in cells[:-1])
        raise DataError(
            f"{path}: line {line}, column {len(cells)}: this cell is longer than {limit:,} characters, "
            "most often because a quote before it is open; close that, or shorten the text."
        ) from None


def _first_row(text: str) -> list[str] | None:
    """Return the cells of the row that text begins with; None if one is too long."""
    try:
        return next(csv.reader(StringIO(text, newline=""), skipinitialspace=True), [""])
    except csv.Error:
        return None


def _kept(lines: Iterable[str], seen: list[str]) -> Iterator[str]:
    """Yield lines and keep them."""
    for line in lines:
        seen.append(line)
        yield line


def _check_quotes(path: Path, lines: list[str], last: int) -> None:
    """Raise `DataError` if a row of several lines has a quote that is left open, or closed in the middle of a cell."""
    if len(lines) < 2:
        return
    try:
        list(csv.reader((_BLANKS.sub('"', line) for line in lines), skipinitialspace=True, strict=True))
    except csv.Error:
        first = last - len(lines) + 1
        raise DataError(
            f"{path}: line {first} opens a quote that is not closed where its cell ends; close it, "
            'or write "" for a quote that is part of the text.'
        ) from None
