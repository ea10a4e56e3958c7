"""Streams: tables that are read some rows at a time, so that they may be larger than the memory."""

from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from likelinet.core.errors import DataError
from likelinet.core.wording import nearest
from likelinet.tables.arrow import pa
from likelinet.tables.frames import arrow_table_columns
from likelinet.tables.reading.addresses import shown
from likelinet.tables.reading.parts import Key
from likelinet.tables.reading.places import found_files
from likelinet.tables.table import Table
from likelinet.tables.text import Text

CELLS = 1 << 21  # of a table in memory, where nobody says how many rows
LEAST, MOST = 1 << 14, 1 << 20  # rows of it


class Part(NamedTuple):
    """Rows of a stream that can be read by themselves.

    Parameters
    ----------
    file : int
        Which file.
    key : Key
        Which part of it.
    first, rows : int
        The position of the first row in the stream, counted from 0, and how many there are.
    """

    file: int
    key: Key
    first: int
    rows: int


class Stream:
    r"""Rows on disk or in an object store, of which a bounded number is in memory at a time.

    `Model.fit`, `evaluate`, `score`, `predict` and `sample` take a stream in the place of a table that holds y; for all
    else iterate over it: each block is a table of some rows, as any question to a model takes one. Cells are read as
    those of a table in memory.

    Parameters
    ----------
    paths : str, Path or list of them
        Files of Parquet, Arrow or text, or folders of such, or addresses such as ``s3://bucket/folder``. Folders named
        ``key=value`` are columns.
    header : bool
        Whether the first line of text names the columns.
    filesystem : pyarrow.fs.FileSystem, optional
        Where the paths are; without it the disk, or what an address says.
    rows : int, optional
        How many rows `fit` holds in memory at a time, and how many it learns from how columns are read and scaled; by
        default 2²¹ cells, at least 16,384 rows and at most 1,048,576.

    Raises
    ------
    DataError
        If a file is not there, or lacks a column that the first one has.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import likelinet as ll
    >>> folder = Path(tempfile.mkdtemp())
    >>> for name, cells in {"a": "1,2", "b": "3,4"}.items():
    ...     _ = (folder / f"{name}.csv").write_text(f"x,y\n{cells}\n")
    >>> stream = ll.Stream(folder)
    >>> stream.names, len(stream)
    (['x', 'y'], 2)
    >>> [block.numbers("y").tolist() for block in stream]
    [[2.0], [4.0]]
    """

    def __init__(
        self,
        paths: str | PathLike[str] | Sequence[str | PathLike[str]],
        *,
        header: bool = True,
        filesystem: Any = None,
        rows: int | None = None,
    ) -> None:
        each = [paths] if isinstance(paths, str | PathLike) else [*paths]
        if rows is not None and (not isinstance(rows, int | np.integer) or rows < 1):
            raise DataError(f"rows must be a whole number, 1 or more, got {rows!r}.")
        self.paths, self.header = tuple(map(shown, each)), header
        self._files = found_files(each, filesystem, header)
        self._check_names()
        self.rows_in_memory = rows or int(np.clip(CELLS // max(len(self.names), 1), LEAST, MOST))

    @cached_property
    def names(self) -> list[str]:
        """The names of the columns."""
        file, partitions = self._files[0]
        return [*(name.strip() for name in file.names), *partitions]

    @property
    def files(self) -> tuple[Path, ...]:
        """The files, as far as they are on disk."""
        return tuple(Path(file.path) for file, _ in self._files if file.system.type_name == "local")

    def _check_names(self) -> None:
        first = self._files[0][0]
        for file, partitions in self._files:
            own = [*(name.strip() for name in file.names), *partitions]
            if twice := [name for name in own if own.count(name) > 1]:
                raise DataError(f"{file.path} must name every column once: '{min(twice)}' comes twice.")
            if file.is_text is not first.is_text:
                raise DataError(
                    f"{file.path}: text and Parquet or Arrow files are no one stream, and {first.path} is the other; "
                    "put them in folders of their own."
                )
            if lacking := sorted({*own} ^ {*self.names}):
                where = file if lacking[0] in self.names else first
                raise DataError(f"{where.path}: there is no column '{lacking[0]}', which the other file has.")

    @cached_property
    def _length(self) -> int:
        return sum(
            sum(t.num_rows for _, t in file.tables()) if (n := file.rows) is None else n for file, _ in self._files
        )

    def __len__(self) -> int:
        """Return the number of rows; files of text and of Arrow are read for it."""
        return self._length

    def __iter__(self) -> Iterator[Table]:
        """Yield all rows in their order, as tables of some rows each."""
        first = 0
        for _, rows in self.in_parts():
            if rows.num_rows:
                yield self.table(rows, np.arange(first, first + rows.num_rows))
            first += rows.num_rows
        self._length = first

    def __repr__(self) -> str:
        some = ", ".join(self.paths[:2]) + (", …" if len(self.paths) > 2 else "")
        return f"Stream({some}: {len(self.names)} columns, {len(self._files)} files)"

    @property
    def pieces(self) -> list[tuple[int, int]]:
        """What is read by itself, a row group, a record batch or a file of text: the numbers of file and piece."""
        return [(i, number) for i, (file, _) in enumerate(self._files) for number in range(file.pieces)]

    def in_parts(self, pieces: Sequence[tuple[int, int]] | None = None) -> Iterator[tuple[tuple[int, Key], Any]]:
        """Yield rows in their order, as tables of Arrow.

        Parameters
        ----------
        pieces : sequence of tuple, optional
            Of which of the `pieces`; all of them by default.

        Yields
        ------
        place, rows : tuple
            The number of the file with the key of its part, and some rows of that.
        """
        for i, number in self.pieces if pieces is None else pieces:
            file, partitions = self._files[i]
            for key, rows in file.piece(number):
                yield (i, key), _with(rows, partitions)

    def part(self, part: Part, names: Collection[str] | None = None, few: Collection[str] = ()) -> Iterator[Any]:
        """Yield the rows of a part in their order.

        Parameters
        ----------
        part : Part
            Which one.
        names : collection of str, optional
            The columns that are wanted; all of them by default.
        few : collection of str
            Columns of text with few different cells, which may come as dictionaries where that is quicker.

        Yields
        ------
        pyarrow.Table
            Some of its rows.
        """
        file, partitions = self._files[part.file]
        own = None if names is None else [name for name in file.names if name.strip() in names]
        for rows in file.part(part.key, own, [name for name in file.names if name.strip() in few]):
            yield _with(rows, {k: v for k, v in partitions.items() if names is None or k in names})

    def table(self, rows: Any, index: np.ndarray) -> Table:
        """Return rows that this stream has yielded as one of our tables; `index` has their positions."""
        if not self._files[0][0].is_text:
            return Table(*arrow_table_columns(rows, self.paths[0]), index=index)
        return Table({name.strip(): Text(rows.column(name)) for name in rows.column_names}, rows.num_rows, index=index)

    def check(self, names: Collection[str]) -> None:
        """Raise `DataError` if there is no column of one of these names."""
        for name in names:
            if name not in self.names:
                raise DataError(f"There is no column '{name}' in the table{nearest(name, self.names)}.")


def seeds_of_blocks(seed: int | None) -> Iterator[int]:
    """Yield a seed for each block of a stream, without end; the same ones for the same seed."""
    rng = np.random.default_rng(seed)
    while True:
        yield int(rng.integers(2**63))


def _with(rows: Any, partitions: dict[str, str]) -> Any:
    for name, value in partitions.items():
        rows = rows.append_column(name, pa.chunked_array([pa.repeat(pa.scalar(value, pa.string()), rows.num_rows)]))
    return rows
