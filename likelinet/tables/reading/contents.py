"""The contents of a file, uncompressed."""

import bz2
import gzip
import io
import re
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from likelinet.core.errors import DataError
from likelinet.tables.arrow import pa

STDIN = Path("-")
_ADDRESS = re.compile(r"(\w{2,}):/+(.*)")  # a Path has one slash of the two


def contents(path: Path) -> bytes:
    """Return the bytes of a file; those of gzip, bzip2, Zstandard and of a zip archive of one file uncompressed.

    `STDIN` is standard input, which can be read once.

    Raises
    ------
    DataError
        If it cannot be read, is damaged, or holds several files.
    """
    try:
        raw = _standard_input() if path == STDIN else path.read_bytes()
    except OSError as error:
        if address := _ADDRESS.fullmatch(str(path)):
            raise DataError(f"{address[1]}://{address[2]} is an address: download it, and name the file.") from None
        advice = "name a file in it" if isinstance(error, IsADirectoryError) else "check the path"
        raise DataError(f"{path}: cannot read the table ({error.strerror}); {advice}.") from None
    for start, (kind, uncompressed) in _KINDS.items():
        if raw.startswith(start):
            try:
                return uncompressed(raw)
            except _NotOneFileError as error:
                raise DataError(f"{path}: {error}") from None
            except (OSError, EOFError, ValueError, RuntimeError, zlib.error, zipfile.BadZipFile) as error:
                raise DataError(f"{path}: cannot uncompress it, as {kind} ({error}): the file is damaged.") from None
    return raw


def _standard_input() -> bytes:
    if sys.stdin is None:
        raise DataError("-: standard input is closed; name a file.")
    return sys.stdin.buffer.read()


class _NotOneFileError(Exception):
    """An archive has not one file."""


def _one_of_zip(raw: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        names = [i.filename for i in archive.infolist() if not i.is_dir() and not i.filename.startswith("__MACOSX/")]
        if "[Content_Types].xml" in names:
            raise _NotOneFileError("an Excel workbook cannot be read: save its sheet as CSV.")
        if len(names) != 1:
            raise _NotOneFileError(f"the archive holds {len(names) or 'no'} files: unpack it, and name those to read.")
        return archive.read(names[0])


def _zstandard(raw: bytes) -> bytes:
    with pa.input_stream(pa.BufferReader(raw), compression="zstd") as stream:
        return stream.read()


_KINDS: dict[bytes, tuple[str, Callable[[bytes], bytes]]] = {
    b"\x1f\x8b": ("gzip", gzip.decompress),
    b"BZh": ("bzip2", bz2.decompress),
    b"\x28\xb5\x2f\xfd": ("Zstandard", _zstandard),
    b"PK\x03\x04": ("zip", _one_of_zip),
}
