"""Model files: one safetensors file with the weights as arrays and everything else as JSON; no code, no pickle."""

import hashlib
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from likelinet.core.errors import ModelFileError

SCHEMA = 1  # raised when the layout of the file changes


def save(path: str | Path, arrays: dict[str, np.ndarray], metadata: dict[str, Any]) -> None:
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
    try:
        file = Path(path).resolve()  # where a link leads
        if file.exists() and not file.is_file():
            raise ModelFileError(f"{path}: cannot write the model there, since it is no file; choose another name.")
        temporary = file.with_name(f"{file.name}.part")
        try:
            temporary.write_bytes(to_bytes(arrays, {"likelinet": text}))
            temporary.replace(file)  # a file that is there is whole
        finally:
            with suppress(OSError):
                temporary.unlink()  # what a failure left
    except (OSError, RuntimeError) as error:  # RuntimeError: links that lead around in a circle
        reason = getattr(error, "strerror", None) or error
        raise ModelFileError(f"{path}: cannot write the model ({reason}); check the folder.") from None


def load(path: str | Path) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Return arrays and metadata.

    Raises
    ------
    ModelFileError
        If the file is missing, truncated, altered, not from likelinet, or of a newer version.
    """
    from safetensors import SafetensorError, safe_open

    if not Path(path).is_file():
        raise ModelFileError(f"{path}: there is no such model file; check the path.")
    try:
        with safe_open(path, framework="numpy") as file:
            stored = file.metadata() or {}
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError, ValueError) as error:
        raise ModelFileError(f"{path}: truncated or not a model file ({error}); save the model again.") from None
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
    if not np.array_equal(arrays.pop("sha256", None), _digest(arrays, stored["likelinet"])):
        raise ModelFileError(
            f"{path}: the content does not match its checksum, so the file was altered; save the model again."
        )
    return arrays, metadata


def _digest(arrays: dict[str, np.ndarray], text: str) -> np.ndarray:
    sha = hashlib.sha256(text.encode())
    for name in sorted(arrays):
        a = arrays[name]
        sha.update(f"{name} {a.dtype.str} {a.shape}".encode())
        sha.update(a.tobytes())
    return np.frombuffer(sha.digest(), dtype=np.uint8)
