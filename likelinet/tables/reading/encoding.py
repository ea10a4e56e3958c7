"""The encoding of a text file: UTF-8, UTF-16, or Windows-1252 where it can be nothing else."""

import codecs
from pathlib import Path

from likelinet.core.errors import DataError
from likelinet.core.notes import note

_STEP = 1 << 22  # bytes that are checked at a time
_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def as_utf8(path: Path, raw: bytes) -> bytes:
    """Return text as UTF-8 without a byte order mark; a note says where the encoding was guessed.

    Raises
    ------
    DataError
        If it is in none of the encodings, only mostly in UTF-8, or holds NUL characters.
    """
    encoding = next((e for mark, e in _MARKS.items() if raw.startswith(mark)), None) or _utf_16(raw[:1000])
    if encoding is not None and encoding.startswith("utf-16"):
        try:
            raw = raw.decode(encoding).encode()
        except UnicodeError as error:
            raise DataError(f"{path}: not a CSV file in UTF-8, nor in UTF-16 ({error}).") from None
    elif encoding is not None:
        raw = raw[len(codecs.BOM_UTF8) :]
    if b"\0" in raw:
        line = 1 + raw.count(b"\n", 0, raw.index(b"\0"))
        raise DataError(f"{path}: line {line} has a NUL character: this is no file of text, or a damaged one.")
    return raw if raw.isascii() or _is_utf8(raw) else _windows(path, raw)


def _utf_16(start: bytes) -> str | None:
    """Return UTF-16 in either order if every second byte is zero and no other one is."""
    even, odd = start[::2].count(0), start[1::2].count(0)
    if 2 * max(even, odd) < len(start) // 2 or min(even, odd) > 0 or len(start) < 2:
        return None
    return "utf-16-le" if odd else "utf-16-be"


def _is_utf8(raw: bytes) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for at in range(0, len(raw), _STEP):
            decoder.decode(raw[at : at + _STEP], final=at + _STEP >= len(raw))
    except UnicodeDecodeError:
        return False
    return True


def _windows(path: Path, raw: bytes) -> bytes:
    """Return text in Windows-1252 as UTF-8, unless more of it is UTF-8 than is not."""
    text = raw.decode("utf-8", "surrogateescape")
    broken = [0xDC80 <= ord(c) <= 0xDCFF for c in text if not c.isascii()]
    line = 1 + text.count("\n", 0, next(i for i, c in enumerate(text) if 0xDC80 <= ord(c) <= 0xDCFF))
    if 2 * sum(broken) <= len(broken):
        raise DataError(f"{path}: line {line} has bytes that are not UTF-8, which the rest is: correct them.")
    try:
        found = raw.decode("cp1252").encode()
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: not a CSV file in UTF-8, nor in Windows-1252 ({error}).") from None
    note(
        f"{path}: line {line} is not UTF-8, so the file is read as Windows-1252 (Latin-1); save it as UTF-8 if need be."
    )
    return found
