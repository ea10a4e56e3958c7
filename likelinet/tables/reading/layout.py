"""How a text file is laid out: what separates its cells, where its rows begin, and what its columns are called."""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from json import JSONDecoder
from pathlib import Path

from likelinet.core.errors import DataError
from likelinet.core.notes import note
from likelinet.core.wording import shown
from likelinet.tables.reading.rows import LINE, Row, strict_rows

SEPARATORS = ",;\t|"
_SAMPLE, _ROWS = 1 << 20, 100  # bytes and rows that are looked at
NUMBER = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?")
_IN_QUOTES = re.compile("'[^']+'")
_WITH_COMMA = re.compile(r"[-+]?[0-9]*,[0-9]+([eE][-+]?[0-9]+)?")
_DECLARED = re.compile(rb'"?sep=(.)"?', re.IGNORECASE)
_JSON = re.compile(rb'(?:\[\s*)?\{\s*"(?:[^"\\\n]|\\.)*"\s*:|\[\s*(?:\{\s*\}|null)\s*,|\[\s*\[\s*(?:["\d-]|\]|null)')
_YEARS = range(1800, 2101)
NO_HEADER = "which is --set data.header=false for fit and compare, and --no-header for check, init and split"


@dataclass(frozen=True)
class Layout:
    """How a text file is laid out.

    Parameters
    ----------
    separator : str
        Between the cells of a row.
    names : list of str
        Of the columns, as the file has them.
    start, line : int
        Where the rows begin: the position in bytes, and the number of the line.
    """

    separator: str
    names: list[str]
    start: int
    line: int


def _is_json(raw: bytes) -> bool:
    """Whether text begins as JSON does, which goes on in the next line or ends in this one."""
    if not _JSON.match(raw):
        return False
    line = raw.partition(b"\n")[0]
    try:
        _, end = JSONDecoder().raw_decode(line.decode())
    except (ValueError, RecursionError):
        return True
    return not line.decode()[end:].strip()


def find_layout(path: Path, raw: bytes, header: bool) -> Layout:
    """Return the layout of a file of text; lines before the first row that are empty or begin with # are left out.

    Raises
    ------
    DataError
        If it has no rows at all, a quote in the first one is left open, or it is JSON.
    """
    start, line, comment, separator = 0, 1, None, None
    for match in LINE.finditer(raw):
        text = match.group().strip(b"\r\n ")
        declared = _DECLARED.fullmatch(text) if separator is None and comment is None else None
        if declared:
            separator = declared.group(1).decode(errors="replace")
        elif text.startswith(b"#"):
            comment = text[1:].decode()
        elif text:
            break
        start, line = match.end(), line + 1
    else:
        what = "its first line must name the columns" if header else "it has no rows"
        raise DataError(f"{path}: the table is empty; {what}.")
    if _is_json(raw[start : start + _SAMPLE].lstrip()):
        raise DataError(
            f"{path}: this is JSON, which is not read as a table: write its rows as CSV or Parquet; in Python, rows "
            "may be a list of dicts."
        )
    separator = separator or _separator(raw[start : start + _SAMPLE], cut=len(raw) > start + _SAMPLE)
    first = next(strict_rows(path, raw, separator, start, line))
    if not header:
        return Layout(separator, [f"x{j}" for j in range(len(first.cells))], start, line)
    names = [cell.strip() for cell in first.cells]
    if all(_IN_QUOTES.fullmatch(name) for name in names):
        names = [name[1:-1] for name in names]
    named = [] if comment is None else [c.strip() for c in next(csv.reader([comment], delimiter=separator), [])]
    if 1 < len(named) == len(names) and any(map(NUMBER.fullmatch, names)) and not any(map(NUMBER.fullmatch, named)):
        return Layout(separator, named, start, line)  # the last comment has the names
    below = [*islice(strict_rows(path, raw[: first.end + _SAMPLE], separator, first.end, first.line + 1), 2)]
    second = below[0] if below else None
    if _have_names(below, len(names), separator):
        return Layout(separator, ["", *names], first.end, first.line + 1)
    if len(set(names)) == len(names) and (strange := like_data(names, second)):
        cells = ", ".join(f"'{shown(c)}'" for c in strange[:3])
        note(
            f"{path}: the first line looks like data ({cells}): if it names no columns, set data.header to false, "
            f"{NO_HEADER}."
        )
    return Layout(separator, names, first.end, first.line + 1)


def _have_names(rows: Sequence[Row], width: int, separator: str) -> bool:
    """Whether rows begin with names of their own, above which R writes none; commas may as well be in numbers."""
    if len(rows) < 2 or any(len(row.cells) != width + 1 or not row.cells[-1] for row in rows):
        return False
    counted = [row.cells[0] for row in rows] == ["1", "2"]
    return counted or (separator != "," and all(row.text.startswith('"') for row in rows))


def like_data(names: Sequence[str], second: Row | None) -> list[str]:
    """Return the cells of a first line that are numbers over numbers, but neither years nor numbers of the columns."""
    below = [] if second is None or len(second.cells) != len(names) else second.cells
    found = [n for n, c in zip(names, below, strict=False) if NUMBER.fullmatch(n) and NUMBER.fullmatch(c.strip())]
    whole = [int(n) for n in found if n.isdecimal()]
    if len(whole) == len(found) and (all(n in _YEARS for n in whole) or whole == [*range(whole[0], whole[-1] + 1)]):
        return []
    return found


def _separator(sample: bytes, cut: bool) -> str:
    """Return what separates cells: it does so equally often in every row, and makes numbers of most of them."""
    lines = [m.group().decode(errors="replace") for m in islice(LINE.finditer(sample), 2 * _ROWS)]
    if cut and len(lines) < 2 * _ROWS:
        lines = lines[:-1] or lines
    best, most = ",", (False, 0.0, 1)
    for separator in SEPARATORS:
        try:
            reader = csv.reader(lines, delimiter=separator, skipinitialspace=True)
            rows = [row for row in islice(reader, _ROWS) if row and not row[0].startswith("#")]
        except csv.Error:  # a cell that is too long is told later
            continue
        width = len(rows[0]) if rows else 0
        if width < 2:
            continue
        cells = [cell.strip() for row in rows[1:] for cell in row]
        numbers = sum(bool(NUMBER.fullmatch(c) or _WITH_COMMA.fullmatch(c)) for c in cells) / max(len(cells), 1)
        found = (all(len(row) == width for row in rows), numbers, width)
        if found > most:
            best, most = separator, found
    return best
