"""Files that are written whole or not at all."""

import errno
import os
import secrets
import stat
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def replacing(path: str | Path, *, durable: bool = False) -> Generator[Path]:
    """Give the path of a new file beside `path`, which takes its place at the end; after an error the old file stays.

    Through a symbolic link the file is replaced that it leads to; the mode of a file that was there is kept. What is
    there and no file, a device or a pipe, is given as it is, since there is nothing to be kept whole.

    Parameters
    ----------
    path : str or Path
        The file.
    durable : bool
        Whether the new file is on the disk, not only in its cache, before it takes the place of the old one.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    old = _status(Path(path))
    if old is not None and not stat.S_ISREG(old.st_mode):  # /dev/stdout may lead to a pipe without a name
        yield Path(path)
        return
    file = Path(os.path.realpath(path))  # where a link leads
    suffix = file.suffix if len(file.suffix) < 20 else ""  # by which a writer may tell the format
    new = file.with_name(f".{secrets.token_hex(8)}{suffix}")  # short, as the name itself may be as long as may be
    mode = None if old is None else stat.S_IMODE(old.st_mode)
    if mode is not None and not os.access(file, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
    # Never a file of somebody else, and no more open than the old one.
    os.close(os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666 if mode is None else mode | 0o600))
    try:
        yield new
        if mode is not None:
            new.chmod(mode)
        if durable:
            _flush(new)
        new.replace(file)
        if durable:
            with suppress(OSError):  # not every system can do it with a folder
                _flush(file.parent)
    finally:
        with suppress(OSError):
            new.unlink()  # what a failure left


def _status(file: Path) -> os.stat_result | None:
    """Return what is there, or None; a link that is left over leads around in a circle."""
    try:
        return file.stat()
    except FileNotFoundError:
        return None


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
