"""A file in parts that can be read one by one, as tables of Arrow: row groups, record batches, blocks of text."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from likelinet.core.errors import DataError
from likelinet.core.lazy import LazyModule
from likelinet.tables.arrow import pa, pc
from likelinet.tables.reading.addresses import unreadable
from likelinet.tables.reading.blanks import with_tabs
from likelinet.tables.reading.decimals import COMMA, with_points
from likelinet.tables.reading.delimited import cells_of_rows, named_columns
from likelinet.tables.reading.encoding import as_utf8
from likelinet.tables.reading.layout import Layout, find_layout
from likelinet.tables.reading.text_blocks import Span, blocks_of_text
from likelinet.tables.text import Text

parquet: Any = LazyModule("pyarrow.parquet")
ROWS = 1 << 15  # of a table at most
_BUFFER = 1 << 18  # bytes that are read ahead of each column
_PACKED = (".gz", ".bz2", ".zst")

Key = int | tuple[Any, ...] | None  # says which part of a file, as plain data


class File(ABC):
    """A file in parts.

    Parameters
    ----------
    system : pyarrow.fs.FileSystem
        Where it is.
    path : str
        Its path there.
    """

    is_text = False

    def __init__(self, system: Any, path: str) -> None:
        self.system, self.path = system, path

    @property
    @abstractmethod
    def names(self) -> list[str]:
        """The names of the columns, as the file has them."""

    @property
    @abstractmethod
    def rows(self) -> int | None:
        """How many rows there are, where that is known without reading them."""

    @property
    @abstractmethod
    def pieces(self) -> int:
        """How many pieces there are, of one part or several, that can be told without reading the rows."""

    @abstractmethod
    def piece(self, number: int) -> Iterator[tuple[Key, Any]]:
        """Yield the rows of a piece in order, some at a time, each with its part, which may be that of several."""

    def tables(self) -> Iterator[tuple[Key, Any]]:
        """Yield the rows of all pieces."""
        for number in range(self.pieces):
            yield from self.piece(number)

    @abstractmethod
    def part(self, key: Key, names: Sequence[str] | None, few: Collection[str] = ()) -> Iterator[Any]:
        """Yield the rows of a part in order, some at a time, with these columns alone, or all.

        Those of text with few different cells, `few`, may come as dictionaries where that is quicker.
        """


@contextmanager
def damaged(path: str) -> Iterator[None]:
    """Say of which file it is what Arrow says within."""
    try:
        yield
    except (pa.ArrowException, OSError) as error:
        raise unreadable(path, error, "the file is damaged") from None


class ParquetFile(File):
    """Parquet, whose parts are row groups."""

    @cached_property
    def _known(self) -> tuple[dict[str, Any], list[int]]:
        file = self._open()
        meta = file.metadata
        # Columns of that name are of pandas' rows.
        types = {f.name: f.type for f in file.schema_arrow if not f.name.startswith("__index_level_")}
        return types, [meta.row_group(i).num_rows for i in range(meta.num_row_groups)]

    def _open(self, few: Sequence[str] = ()) -> Any:
        with damaged(self.path):
            source = self.system.open_input_file(self.path)
            return parquet.ParquetFile(source, pre_buffer=False, buffer_size=_BUFFER, read_dictionary=few)

    @property
    def names(self) -> list[str]:
        return [*self._known[0]]

    @property
    def rows(self) -> int:
        return sum(self._known[1])

    @property
    def pieces(self) -> int:
        return len(self._known[1])

    def piece(self, number: int) -> Iterator[tuple[Key, Any]]:
        for table in self.part(number, None):
            yield number, table

    def part(self, key: Key, names: Sequence[str] | None, few: Collection[str] = ()) -> Iterator[Any]:
        columns = self.names if names is None else [n for n in self.names if n in names]
        strings = [n for n in columns if n in few and self._known[0][n] in (pa.string(), pa.large_string())]
        with damaged(self.path), self._open(strings) as file:
            for batch in file.iter_batches(ROWS, [key], columns, use_threads=False):
                yield _without_views(pa.Table.from_batches([batch]))


def _without_views(table: Any) -> Any:
    """Return a table whose strings are none that are views, of which pyarrow cannot take rows."""
    if not any(pa.types.is_string_view(field.type) for field in table.schema):
        return table
    fields = (f.with_type(pa.large_string()) if pa.types.is_string_view(f.type) else f for f in table.schema)
    return table.cast(pa.schema([*fields]))


class ArrowFile(File):
    """A file of Arrow's own format, Feather, whose parts are record batches."""

    @contextmanager
    def _open(self) -> Iterator[Any]:
        with damaged(self.path), self.system.open_input_file(self.path) as source:
            yield pa.ipc.open_file(source)

    @property
    def names(self) -> list[str]:
        return self._names

    @cached_property
    def _names(self) -> list[str]:
        with self._open() as file:
            return [n for n in file.schema.names if not n.startswith("__index_level_")]

    @property
    def rows(self) -> None:
        return None

    @property
    def pieces(self) -> int:
        with self._open() as file:
            return file.num_record_batches

    def piece(self, number: int) -> Iterator[tuple[Key, Any]]:
        for table in self.part(number, None):
            yield number, table

    def part(self, key: Key, names: Sequence[str] | None, few: Collection[str] = ()) -> Iterator[Any]:
        columns = self.names if names is None else [n for n in self.names if n in names]
        with self._open() as file:
            batch = _without_views(pa.Table.from_batches([file.get_batch(key)]).select(columns))
        for first in range(0, batch.num_rows, ROWS):
            yield batch.slice(first, ROWS)


@dataclass(frozen=True)
class _Reading:
    """How the rows of a file of text are read, as its first block says.

    `columns` are by name, without those that are left out, and `decimals` those with decimal commas.
    """

    layout: Layout
    columns: dict[str, int]
    decimals: tuple[str, ...]


class TextFile(File):
    """Text with columns apart, whose parts are blocks; one that is compressed is one part, since it has no middle."""

    is_text = True

    def __init__(self, system: Any, path: str, header: bool) -> None:
        super().__init__(system, path)
        self._header, self._packed = header, path.lower().endswith(_PACKED)

    @property
    def names(self) -> list[str]:
        return list(self._reading.columns)

    @property
    def rows(self) -> None:
        return None

    def _open(self) -> Any:
        if self._packed:
            return self.system.open_input_stream(self.path, compression="detect")
        return self.system.open_input_file(self.path)

    @cached_property
    def _reading(self) -> _Reading:
        with damaged(self.path), self._open() as source:
            span, raw = next(blocks_of_text(self.path, source), (Span(0, 0, 1, True), b""))
        path, text = Path(self.path), self._utf8(raw)
        layout = find_layout(path, text, self._header)
        if len(layout.names) == 1 and with_tabs(path, text, self._header) is not None:
            raise DataError(
                f"{path}: its cells are separated by blanks, which no stream can be: separate them by tabs."
            )
        cells = cells_of_rows(path, text, layout, span.last)
        found = named_columns(path, layout, cells)
        places = {id(column): place for place, column in enumerate(cells)}
        columns = {name: places[id(column)] for name, column in found.items()}
        texts = {name: Text(column) for name, column in found.items()}
        pointed = with_points(path, texts, plain=layout.separator == ";")
        skipped = layout.start + (len(raw) - len(text))  # a mark of the encoding may come first
        decimals = tuple(name for name in texts if pointed[name] is not texts[name])
        return _Reading(replace(layout, start=skipped), columns, decimals)

    @property
    def pieces(self) -> int:
        return 1  # where a block begins only those before it tell

    def piece(self, number: int) -> Iterator[tuple[Key, Any]]:
        with damaged(self.path), self._open() as source:
            for span, raw in blocks_of_text(self.path, source):
                for table in self._tables(span, raw, None):
                    yield None if self._packed else span, table

    def part(self, key: Key, names: Sequence[str] | None, few: Collection[str] = ()) -> Iterator[Any]:
        if key is None:
            with damaged(self.path), self._open() as source:
                for span, raw in blocks_of_text(self.path, source):
                    yield from self._tables(span, raw, names)
            return
        assert isinstance(key, tuple)
        span = Span(*key)
        with damaged(self.path), self._open() as source:
            raw = source.read_at(span.stop - span.start, span.start)
        yield from self._tables(span, raw, names)

    def _tables(self, span: Span, raw: bytes, names: Sequence[str] | None) -> Iterator[Any]:
        reading = self._reading
        layout = reading.layout
        if span.start == 0:  # the lines above the rows
            raw = raw[layout.start :]
        line = layout.line if span.start == 0 else span.line
        layout = replace(layout, start=0, line=line)
        cells = cells_of_rows(Path(self.path), self._utf8(raw, line), layout, span.last)
        columns = {n: cells[place] for n, place in reading.columns.items() if names is None or n in names}
        for name in columns.keys() & {*reading.decimals}:
            column = columns[name]
            comma = pc.match_substring_regex(column, f"^(?:{COMMA})$")
            columns[name] = pc.if_else(comma, pc.replace_substring(column, ",", "."), column)
        table = pa.table(columns)
        for first in range(0, table.num_rows, ROWS):
            yield table.slice(first, ROWS)

    def _utf8(self, raw: bytes, line: int = 1) -> bytes:
        """Return a block as UTF-8, which it must be already."""
        if b"\0" in raw[:1000]:
            raise DataError(
                f"{self.path}: a stream of text must be UTF-8 without NUL characters: save the file as such."
            )
        try:
            raw.decode()
        except UnicodeDecodeError as error:
            at = line + raw.count(b"\n", 0, error.start)
            raise DataError(
                f"{self.path}: line {at} is not UTF-8, which a stream of text must be: save the file as such."
            ) from None
        return as_utf8(Path(self.path), raw)
