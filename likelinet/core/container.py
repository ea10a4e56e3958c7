"""The container of our files: one safetensors file with arrays, and everything else as JSON; no code, no pickle."""

import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from likelinet.core.errors import ModelFileError
from likelinet.core.wording import shown
from likelinet.core.writing import replacing

MOST = 90_000_000  # bytes of text that the header of a file takes; a longer one is an array
LONG = "metadata"  # its name


@dataclass(frozen=True)
class Content:
    """What a file holds, and how messages call it.

    Parameters
    ----------
    what : str
        The thing in it.
    key : str
        Of the metadata, by which its files are told from others.
    schema : int
        Today's version of its parts.
    again, named : str
        What to do with a file that is damaged, and with one that is none of them.
    """

    what: str
    key: str
    schema: int
    again: str
    named: str

    def save(self, path: str | Path | BinaryIO, arrays: dict[str, np.ndarray], metadata: dict[str, Any]) -> None:
        """Write arrays and metadata, with a SHA-256 over both.

        Raises
        ------
        OSError
            If the file cannot be written.
        """
        from safetensors.numpy import save as to_bytes

        arrays = {name: np.asarray(a, order="C") for name, a in arrays.items()}
        text = json.dumps({"schema": self.schema, **metadata}, sort_keys=True)
        if len(text) > MOST:
            arrays[LONG], text = np.frombuffer(text.encode(), np.uint8), json.dumps({"schema": self.schema, LONG: True})
        # The checksum is an array: safetensors writes several metadata entries in no fixed order.
        arrays["sha256"] = _digest(arrays, text)
        if not isinstance(path, str | PathLike):
            self._through(path, "write", to_bytes(arrays, {self.key: text}))
            return
        with replacing(path, durable=True) as file:
            file.write_bytes(to_bytes(arrays, {self.key: text}))

    def load(self, path: str | Path | BinaryIO) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        """Return arrays and metadata, in which `schema` is one up to today's.

        Raises
        ------
        ModelFileError
            If the file is missing, truncated, altered, not from likelinet, or of a newer version.
        """
        from safetensors import SafetensorError

        source = path if isinstance(path, str | PathLike) else self._through(path, "read")
        path = path if isinstance(path, str | PathLike) else "The stream"
        if not isinstance(source, bytes) and not Path(source).is_file():
            raise ModelFileError(f"{path}: there is no such {self.what} file; check the path.")
        try:
            arrays, stored = _of_bytes(source) if isinstance(source, bytes) else _of_file(source)
        # A type that NumPy has not, as bfloat16, ends in any of the others.
        except (SafetensorError, OSError, ValueError, TypeError, AttributeError, LookupError, MemoryError) as error:
            advice = self.again if _begins_like_ours(source) else self.named
            why = shown(str(error), 120)
            raise ModelFileError(f"{path}: truncated or not a {self.what} file ({why}); {advice}.") from None
        if self.key not in stored:
            raise ModelFileError(f"{path}: a safetensors file, but not one of likelinet's.")
        metadata = self._parsed(stored[self.key], path)
        schema = metadata["schema"]
        if isinstance(schema, int) and schema > self.schema:
            raise ModelFileError(
                f"{path}: written by a newer likelinet (file schema {schema}, this one reads up to {self.schema}); "
                "upgrade it."
            )
        if set(stored) != {self.key} or not np.array_equal(
            arrays.pop("sha256", np.zeros(0)), _digest(arrays, stored[self.key])
        ):
            raise ModelFileError(
                f"{path}: the content does not match its checksum, so the file was altered; {self.again}."
            )
        if set(metadata) == {"schema", LONG}:
            metadata = {**self._parsed(arrays.pop(LONG, np.zeros(0)).tobytes(), path), "schema": schema}
        if type(schema) is not int or schema < 1:  # True is an int as well
            raise ModelFileError(f"{path}: there is no file schema {schema!r:.40}; {self.again}.")
        return arrays, metadata

    def _through(self, stream: Any, verb: str, *content: bytes) -> bytes:
        """Return the bytes that a stream has, or write those given."""
        try:
            done = getattr(stream, verb)(*content)
            if content or isinstance(done, bytes | bytearray):
                return b"" if content else bytes(done)
            why = f"which reads {type(done).__name__}"
        except (AttributeError, TypeError, ValueError, OSError) as error:
            why = shown(str(error), 120)
        raise ModelFileError(
            f"A {self.what} file is named by its path, or a stream of bytes such as io.BytesIO() or "
            f"open(path, '{verb[0]}b'), not {type(stream).__name__} ({why})."
        )

    def _parsed(self, text: str | bytes, path: Any) -> dict[str, Any]:
        """Return metadata, in which there is `schema`."""
        try:
            metadata = json.loads(text)
            metadata["schema"]
        except (ValueError, KeyError, TypeError, RecursionError):
            raise ModelFileError(f"{path}: the metadata is damaged; {self.again}.") from None
        return metadata


def _of_file(path: str | PathLike[str]) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """Return the arrays and the text of a safetensors file."""
    from safetensors import safe_open

    opened: Any = safe_open(path, framework="numpy")
    with opened as content:
        return {name: content.get_tensor(name) for name in content.keys()}, content.metadata() or {}  # noqa: SIM118


def _of_bytes(content: bytes) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """Return the same of its bytes, of which safetensors reads the arrays alone."""
    from safetensors.numpy import load

    arrays = load(content)
    header = content[8 : 8 + int.from_bytes(content[:8], "little")]
    return arrays, json.loads(header).get("__metadata__") or {}


def _begins_like_ours(source: bytes | str | PathLike[str]) -> bool:
    """Whether what cannot be read as a whole has a header, as far as it can be read at all."""
    if isinstance(source, bytes):
        return source[8:9] == b"{"
    with suppress(OSError), Path(source).open("rb") as content:
        return content.read(9)[8:] == b"{"
    return False


def _digest(arrays: dict[str, np.ndarray], text: str) -> np.ndarray:
    sha = hashlib.sha256(text.encode())
    for name in sorted(arrays):
        a = arrays[name]
        sha.update(f"{name} {a.dtype.str} {a.shape}".encode())
        sha.update(a.tobytes())
    return np.frombuffer(sha.digest(), dtype=np.uint8)
