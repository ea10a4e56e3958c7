"""Files whose cells are separated by blanks, as R writes them, or aligned by them."""

import csv
import io
import re
from collections.abc import Callable
from itertools import islice
from pathlib import Path

from likelinet.core.notes import note
from likelinet.tables.reading.rows import is_comment, lines_of

_ROWS = 100  # that are looked at
_NUMBER = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?")


def with_tabs(path: Path, raw: bytes, header: bool) -> bytes | None:
    """Return a text whose rows have one cell each with tabs in the place of blanks, or None if those separate nothing.

    They do where all rows have as many words, and some column is numbers; otherwise two blanks or more may do.
    """
    lines = islice((line.strip() for line in lines_of(raw) if not is_comment(line)), _ROWS)
    sample = [line for line in lines if "\t" not in line]
    split = _split_of(sample, header)
    if split is None:
        return None
    note(f"{path}: cells are taken to be separated by blanks.")
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter="\t", lineterminator="\n")
    above = [""] * (len(split(sample[-1])) - len(split(sample[0])))  # the names of rows have none
    for line in lines_of(raw):
        if is_comment(line):
            text.write(line)  # so that lines keep their numbers
        else:
            writer.writerow([*above, *split(line.strip())])
            above = []
    return text.getvalue().encode()


def _split_of(sample: list[str], header: bool) -> Callable[[str], list[str]] | None:
    """Return what makes rows of lines: cells have blanks in them only where lines do not have as many words."""
    words, gaps = [*map(_by_blanks, sample)], [*map(_by_wide_gaps, sample)]
    are_words, are_gaps = _are_rows(words, header), _are_rows(gaps, header)
    if are_words and len(words[0]) == len(words[-1]):
        return _by_blanks
    if are_gaps and not (header and any(" " in name for name in gaps[0])):
        return _by_wide_gaps
    if are_words:
        return _by_blanks
    return _by_wide_gaps if are_gaps and len(gaps[0]) == len(gaps[-1]) else None


def _by_wide_gaps(line: str) -> list[str]:
    return re.split(" {2,}", line)


def _by_blanks(line: str) -> list[str]:
    return next(csv.reader([line], delimiter=" ", skipinitialspace=True))


def _are_rows(rows: list[list[str]], header: bool) -> bool:
    """Whether rows are as wide as one another, or the first one a cell less, which names no rows; with some numbers."""
    below = rows[1:] if header else rows
    if not below or len(below[0]) < 2 or any(len(row) != len(below[0]) for row in below):
        return False
    if header and len(below[0]) - len(rows[0]) not in (0, 1):
        return False
    return any(all(_NUMBER.fullmatch(cell) for cell in column) for column in zip(*below, strict=True))
