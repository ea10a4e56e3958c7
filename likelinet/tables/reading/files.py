"""Files to columns: which format, and several files one after the other."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from likelinet.core.errors import DataError
from likelinet.core.lazy import LazyModule
from likelinet.tables.arrow import pa
from likelinet.tables.coded import Coded, joined
from likelinet.tables.columns import Column, Unusable
from likelinet.tables.frames import arrow_table_columns
from likelinet.tables.reading.contents import contents
from likelinet.tables.reading.delimited import read_delimited
from likelinet.tables.text import Text

parquet: Any = LazyModule("pyarrow.parquet")
feather: Any = LazyModule("pyarrow.feather")


def read_columns(paths: Sequence[Path], header: bool) -> tuple[dict[str, Column | Unusable], int]:
    """Return the columns of files, whose rows follow one another, by name, and the number of rows."""
    first, *others = paths
    check_different(paths)
    text, columns = _read(first, header)
    for path in others:
        also_text, more = _read(path, header)
        if also_text is not text:
            raise DataError(
                f"{path}: text and Parquet or Arrow files are no one table, and {first} is the other, whose columns "
                "have other types: write both in one format."
            )
        if lacking := sorted(columns.keys() ^ more.keys()):
            where = path if lacking[0] in columns else first
            raise DataError(f"{where}: there is no column '{lacking[0]}', which the other file has.")
        columns = {name: _joined(path, name, column, more[name]) for name, column in columns.items()}
    return columns, len(next(iter(columns.values()), ()))


def check_different(
    paths: Sequence[Path], others: Sequence[Path] = (), what: str = "its rows would count twice"
) -> None:
    """Raise `DataError` if one file is given twice, under whatever names, or is one of some others.

    `what` says what would come of it.
    """
    seen = {_identity(path) for path in others}
    for path in paths:
        if (itself := _identity(path)) in seen:
            raise DataError(f"{path}: this file is given twice, so that {what}; name it once.")
        seen.add(itself)


def _identity(path: Path) -> tuple[int, int] | Path:
    """Return what two names of one file have in common."""
    try:
        found = path.stat()
    except OSError:  # it is not there, which is said when it is read
        return path.resolve()
    return found.st_dev, found.st_ino


def is_text(path: Path) -> bool:
    """Whether a file holds text, rather than the table of a program."""
    return _format(contents(path)) is None


def rewritten(path: Path, rows: np.ndarray) -> bytes:
    """Return a file that is no text with the rows alone where a mask is true, in its own format."""
    raw = contents(path)
    form = _format(raw)
    assert form is not None
    sink = pa.BufferOutputStream()
    form.write(form.read(pa.BufferReader(raw)).filter(pa.array(rows)), sink)
    return sink.getvalue().to_pybytes()


def _read(path: Path, header: bool) -> tuple[bool, dict[str, Column | Unusable]]:
    """Return whether a file holds text, and its columns."""
    raw = contents(path)
    form = _format(raw)
    if form is None:
        return True, {**read_delimited(path, raw, header)}
    try:
        table = form.read(pa.BufferReader(raw))
    except (pa.ArrowException, OSError) as error:
        raise DataError(f"{path}: cannot read the table ({str(error).splitlines()[0]}); the file is damaged.") from None
    columns = arrow_table_columns(table, str(path))[0]
    return False, {n: c for n, c in columns.items() if not n.startswith("__index_level_")}  # the names of pandas' rows


def _joined(path: Path, name: str, above: Column | Unusable, below: Column | Unusable) -> Column | Unusable:
    """Return a column of one file with that of the next below it."""
    if isinstance(above, Unusable):
        return Unusable(above.why, len(above) + len(below))
    if isinstance(below, Unusable):
        return Unusable(below.why, len(above) + len(below))
    if isinstance(above, Coded) and isinstance(below, Coded):
        return joined(above, below)
    above, below = (c.plain() if isinstance(c, Coded) else c for c in (above, below))
    if isinstance(above, Text) and isinstance(below, Text):
        cells = [c.cells.cast(pa.large_string()) for c in (above, below)]
        declared = above.declared and below.declared
        return Text(pa.chunked_array([chunk for c in cells for chunk in c.chunks], pa.large_string()), declared)
    if isinstance(above, Text) or isinstance(below, Text):
        here, there = ("text", "numbers") if isinstance(below, Text) else ("numbers", "text")
        raise DataError(f"{path}: column '{name}' holds {here} in this file, and {there} in the first one.")
    return np.concatenate([above, below])


class _Format(NamedTuple):
    """How tables of a format are read and written."""

    read: Callable[[Any], Any]
    write: Callable[[Any, Any], None]


_PARQUET = _Format(lambda source: parquet.read_table(source), lambda table, sink: parquet.write_table(table, sink))
_FEATHER = _Format(lambda source: feather.read_table(source), lambda table, sink: feather.write_feather(table, sink))
_FORMATS = {b"PAR1": _PARQUET, b"ARROW1": _FEATHER, b"FEA1": _FEATHER}


def _format(raw: bytes) -> _Format | None:
    """Return the format that the first bytes of a file say it has; None for text."""
    return next((form for mark, form in _FORMATS.items() if raw.startswith(mark)), None)
