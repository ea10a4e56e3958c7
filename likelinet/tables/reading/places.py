"""Where the files of a table are: on disk, in folders, and in object stores, as Arrow reads them."""

from collections.abc import Sequence
from os import PathLike
from typing import Any
from urllib.parse import unquote

from likelinet.core.errors import DataError
from likelinet.core.lazy import LazyModule
from likelinet.tables.reading.addresses import place, shown, unreadable
from likelinet.tables.reading.parts import ArrowFile, File, ParquetFile, TextFile

fs: Any = LazyModule("pyarrow.fs")
_NO_VALUE = "__HIVE_DEFAULT_PARTITION__"


def found_files(paths: Sequence[str | PathLike[str]], system: Any, header: bool) -> list[tuple[File, dict[str, str]]]:
    """Return the files of paths, folders with all that is in them, each with what the names of its folders say.

    Parameters
    ----------
    paths : sequence of str or Path
        Files, folders, or addresses.
    system : pyarrow.fs.FileSystem, optional
        Where they are; without it the disk, or what an address says.
    header : bool
        Whether the first line of text names the columns.

    Raises
    ------
    DataError
        If one is not there, or a folder has no files.
    """
    found: list[tuple[File, dict[str, str]]] = []
    for given in map(str, paths):
        own, path = place(given, system)
        try:
            info = own.get_file_info(path)
            if info.type == fs.FileType.NotFound:
                raise DataError(f"{shown(given)}: cannot read the table (No such file or directory); check the path.")
            each = [path] if info.is_file else _within(own, path)
        except OSError as error:
            raise unreadable(given, error) from None
        if not each:
            raise DataError(f"{shown(given)}: there are no files in this folder.")
        found += [(_opened(own, p, header), _partitions(p.removeprefix(path))) for p in each]
    return found


def _within(system: Any, folder: str) -> list[str]:
    """Return the files in a folder and the folders in it, sorted, but for those that programs hide."""
    every = system.get_file_info(fs.FileSelector(folder, recursive=True))
    files = [info.path for info in every if info.is_file and info.size]
    below = {path: path.removeprefix(folder).strip("/").split("/") for path in files}
    return sorted(path for path in files if not any(name.startswith((".", "_")) for name in below[path]))


def _partitions(below: str) -> dict[str, str]:
    """Return the columns that folders such as `year=2024` stand for."""
    pairs = (name.split("=", 1) for name in below.split("/")[:-1] if "=" in name)
    return {key: "" if value == _NO_VALUE else unquote(value) for key, value in pairs}


def _opened(system: Any, path: str, header: bool) -> File:
    try:
        with system.open_input_stream(path, compression=None) as source:
            start = source.read(8)
    except OSError as error:
        raise unreadable(path, error) from None
    if start.startswith(b"PAR1"):
        return ParquetFile(system, path)
    if start.startswith(b"ARROW1"):
        return ArrowFile(system, path)
    if start.startswith(b"FEA1"):
        raise DataError(f"{path}: a file of Feather's first version cannot be a stream: write it as Parquet.")
    if start.startswith(b"PK\x03\x04"):
        raise DataError(f"{path}: an archive cannot be a stream: unpack it, and name the files.")
    return TextFile(system, path, header)
