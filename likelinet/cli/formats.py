"""The formats in which commands write rows: the ending of a file's name says which."""

import csv
import datetime
import json
import math
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Any

from likelinet.cli.output import check_output, replaced
from likelinet.core.errors import DataError

Rows = Iterable[Sequence[Any]]
AT_ONCE = 1 << 16  # rows of Parquet that are written at a time


@dataclass(frozen=True)
class Format:
    """How rows are written.

    Parameters
    ----------
    write : callable
        Takes a path, None for standard output, the header and the rows.
    typed : bool
        Whether it tells numbers, booleans and dates from text.
    """

    write: Callable[[Path | None, Sequence[str], Rows], None]
    typed: bool


def format_of(path: Path | None, *inputs: Path) -> Format:
    """Return the format of an output file before any work is done; CSV without an ending, and on standard output.

    Raises
    ------
    DataError
        If it is one of the inputs, or its ending stands for no format that is written.
    """
    check_output(path, *inputs)
    ending = "" if path is None else path.suffix.lower()
    if ending not in _BY_ENDING:
        raise DataError(
            f"{path}: no {ending} files are written: name one that ends in .csv, .tsv, .jsonl (a line of JSON for each "
            "row) or .parquet."
        )
    return _BY_ENDING[ending]


def write_rows(path: Path | None, header: Sequence[str], rows: Rows) -> None:
    """Write rows to a file, whose ending says in which format, or as CSV to standard output."""
    format_of(path).write(path, header, rows)


def write_csv(path: Path | None, header: Sequence[str], rows: Rows, separator: str = ",") -> None:
    """Write rows as CSV to a file, or to standard output."""
    if path is None:
        if sys.stdout is None:
            raise DataError("Standard output is closed: name a file by -o.")
        csv.writer(sys.stdout, delimiter=separator, lineterminator="\n").writerows(chain([header], rows))
        return
    with replaced(path) as new, new.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter=separator, lineterminator="\n").writerows(chain([header], rows))


def _write_json_lines(path: Path | None, header: Sequence[str], rows: Rows) -> None:
    """Write each row as an object of JSON on a line of its own; what is not finite is null."""
    assert path is not None
    with replaced(path) as new, new.open("w", encoding="utf-8") as file:
        for row in rows:
            cells = (None if isinstance(c, float) and not math.isfinite(c) else c for c in row)
            named = dict(zip(header, cells, strict=True))
            file.write(json.dumps(named, ensure_ascii=False, default=_in_json) + "\n")


def _in_json(time: datetime.date | datetime.timedelta) -> str | float:
    """Return a date or moment as ISO writes it, and a duration in seconds: JSON has no words for them."""
    return time.total_seconds() if isinstance(time, datetime.timedelta) else str(time)


def _write_parquet(path: Path | None, header: Sequence[str], rows: Rows) -> None:
    import pyarrow as pa
    import pyarrow.parquet

    assert path is not None
    left = iter(rows)
    some = [*islice(left, AT_ONCE)]
    first = _columns(header, some)
    while any(map(pa.types.is_null, first.schema.types)) and (more := [*islice(left, AT_ONCE)]):
        some += more  # no row so far says of which type a column is
        first = _columns(header, some)
    with replaced(path) as new, pyarrow.parquet.ParquetWriter(new, first.schema) as file:
        file.write_table(first)
        while some := [*islice(left, AT_ONCE)]:
            file.write_table(_columns(header, some, first.schema))


def _columns(header: Sequence[str], rows: Sequence[Sequence[Any]], schema: Any = None) -> Any:
    """Return rows as a table of Arrow, maybe with the types of earlier ones."""
    import pyarrow as pa

    arrays = {}
    for name, column in zip(header, zip(*rows, strict=True), strict=True):
        try:
            arrays[name] = pa.array(column, None if schema is None else schema.field(name).type)
        except (pa.ArrowInvalid, pa.ArrowTypeError):
            if schema is None:
                raise
            raise DataError(
                f"Column '{name}' is of type {schema.field(name).type} in the first {AT_ONCE:,} rows, and of another "
                "one below: write .csv or .jsonl, which have no types."
            ) from None
    return pa.table(arrays)


_CSV = Format(write_csv, typed=False)
_JSON_LINES = Format(_write_json_lines, typed=True)
_BY_ENDING = {
    **dict.fromkeys(("", ".csv", ".txt"), _CSV),
    ".tsv": Format(partial(write_csv, separator="\t"), typed=False),
    **dict.fromkeys((".jsonl", ".ndjson"), _JSON_LINES),
    ".parquet": Format(_write_parquet, typed=True),
}
