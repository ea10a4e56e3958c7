"""The table that a command is given: in memory, or a stream where it may not fit there."""

from collections.abc import Sequence
from pathlib import Path

import click

from likelinet.core.machine import memory
from likelinet.tables.reading.addresses import is_address
from likelinet.tables.stream import Stream
from likelinet.tables.table import Table, read_table

PART = 4  # of the memory that files may take to be read whole: their cells take more


def read(paths: Sequence[Path], header: bool, streamed: bool, rows: int | None = None) -> Table | Stream:
    """Return the table in files, or a stream of its rows.

    It is a stream where one is asked for, of folders and addresses, and of files that are large beside the memory,
    which a line says; `rows` of it are in memory at a time.
    """
    if streamed or any(path.is_dir() or is_address(path) for path in paths):
        return Stream(paths, header=header, rows=rows)
    size, there = sum(path.stat().st_size for path in paths if path.is_file()), memory()
    if there is not None and PART * size > there:
        click.echo(
            f"{', '.join(map(str, paths))}: read as a stream, as its {size / 1e9:.1f} GB are much beside "
            f"{there / 1e9:.0f} GB of memory.",
            err=True,
        )
        return Stream(paths, header=header, rows=rows)
    return read_table(paths, header)
