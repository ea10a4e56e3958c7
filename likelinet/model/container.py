"""The container of a model: one safetensors file with arrays, and everything else as JSON; no code, no pickle."""

import hashlib
import json
from os import PathLike
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

import numpy as np

from likelinet.core.errors import ModelFileError
from likelinet.core.writing import replacing

SCHEMA = 3  # raised when a part of the file changes its meaning: see `migrations`


def save(path: str | Path | BinaryIO, arrays: dict[str, np.ndarray], metadata: dict[str, Any]) -> None:
    """Write arrays and metadata, with a SHA-256 over both.

    Raises
    ------
    ModelFileError
        If the file cannot be written.
    """
    from safetensors.numpy import save as to_bytes

    arrays = {name: np.ascontiguousarray(a) for name, a in arrays.items()}
    text = json.dumps({"schema": SCHEMA, **metadata}, sort_keys=True)
    # The checksum is an array: safetensors writes several metadata entries in no fixed order.
    arrays["sha256"] = _digest(arrays, text)
    if not isinstance(path, str | PathLike):
        path.write(to_bytes(arrays, {"likelinet": text}))
        return
    try:
        if Path(path).exists() and not Path(path).is_file():
            raise ModelFileError(f"{path}: cannot write the model there, since it is no file; choose another name.")
        with replacing(path, durable=True) as file:
            file.write_bytes(to_bytes(arrays, {"likelinet": text}))
    except OSError as error:
        raise ModelFileError(f"{path}: cannot write the model ({error.strerror or error}); check the folder.") from None


def load(path: str | Path | BinaryIO) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Return arrays and metadata, in which `schema` is one up to today's.

    Raises
    ------
    ModelFileError
        If the file is missing, truncated, altered, not from likelinet, or of a newer version.
    """
    if not isinstance(path, str | PathLike):
        with TemporaryDirectory() as folder:  # safetensors reads metadata from files alone
            file = Path(folder, "model")
            file.write_bytes(path.read())
            return _load(file, "The stream")
    return _load(path, path)


def _load(file: Any, path: Any) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Return arrays and metadata of a file, which messages call `path`."""
    from safetensors import SafetensorError, safe_open

    if not Path(file).is_file():
        raise ModelFileError(f"{path}: there is no such model file; check the path.")
    try:
        with safe_open(file, framework="numpy") as opened:
            stored = opened.metadata() or {}
            arrays = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118
    except (SafetensorError, OSError, ValueError) as error:
        advice = (
            "save the model again" if Path(file).read_bytes()[8:9] == b"{" else "name one that fit or save has written"
        )
        raise ModelFileError(f"{path}: truncated or not a model file ({error}); {advice}.") from None
    if "likelinet" not in stored:
        raise ModelFileError(f"{path}: a safetensors file, but not one of likelinet's.")
    try:
        metadata = json.loads(stored["likelinet"])
        schema = metadata["schema"]
    except (json.JSONDecodeError, KeyError, TypeError):
        raise ModelFileError(f"{path}: the metadata is damaged; save the model again.") from None
    if isinstance(schema, int) and schema > SCHEMA:
        raise ModelFileError(
            f"{path}: written by a newer likelinet (file schema {schema}, this one reads up to {SCHEMA}); upgrade it."
        )
    if set(stored) != {"likelinet"} or not np.array_equal(
        arrays.pop("sha256", None), _digest(arrays, stored["likelinet"])
    ):
        raise ModelFileError(
            f"{path}: the content does not match its checksum, so the file was altered; save the model again."
        )
    if type(schema) is not int or schema < 1:  # True is an int as well
        raise ModelFileError(f"{path}: there is no file schema {schema!r:.40}; save the model again.")
    return arrays, metadata


def _digest(arrays: dict[str, np.ndarray], text: str) -> np.ndarray:
    sha = hashlib.sha256(text.encode())
    for name in sorted(arrays):
        a = arrays[name]
        sha.update(f"{name} {a.dtype.str} {a.shape}".encode())
        sha.update(a.tobytes())
    return np.frombuffer(sha.digest(), dtype=np.uint8)
