"""What each process has found of a table, for all of them: plain data, and rows as tables of Arrow."""

import json
from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Any

from likelinet.core.processes import Processes
from likelinet.core.together import together
from likelinet.tables.arrow import pa

Found = tuple[dict[str, Any], list[Any]]  # what JSON knows, and tables


def exchanged(processes: Processes, find: Callable[[], Found]) -> list[Found]:
    """Return what each process finds, in their order; the error of one is raised in all."""
    if processes.count == 1:  # rows that are all in memory need not be there twice
        return [find()]
    return [_unpacked(data) for data in together(processes, lambda: _packed(*find()))]


def joined(tables: Iterable[Any]) -> list[Any]:
    """Return tables with the rows of those that follow each other and have the same columns in one."""
    return [pa.concat_tables(each) for _, each in groupby(tables, lambda table: table.schema)]


def _packed(data: dict[str, Any], tables: list[Any]) -> bytes:
    text = json.dumps(data).encode()
    sink = pa.BufferOutputStream()
    sink.write(len(text).to_bytes(8, "little") + text)
    for table in tables:
        with pa.ipc.new_stream(sink, table.schema) as stream:
            stream.write_table(table)
    return sink.getvalue().to_pybytes()


def _unpacked(packed: bytes) -> Found:
    source, tables = pa.BufferReader(packed), []
    data = json.loads(source.read(int.from_bytes(source.read(8), "little")))
    while source.tell() < len(packed):
        with pa.ipc.open_stream(source) as stream:
            tables.append(stream.read_all())
    return data, tables
