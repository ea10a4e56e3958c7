"""The container of a model: one safetensors file with a checksum."""

from os import PathLike
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from likelinet.core.container import Content
from likelinet.core.errors import ModelFileError

SCHEMA = 3  # raised when a part of the file changes its meaning: see `migrations`


def _content() -> Content:
    return Content("model", "likelinet", SCHEMA, "save the model again", "name one that fit or save has written")


def save(path: str | Path | BinaryIO, arrays: dict[str, np.ndarray], metadata: dict[str, Any]) -> None:
    """Write arrays and metadata, with a SHA-256 over both.

    Raises
    ------
    ModelFileError
        If the file cannot be written.
    """
    try:
        if isinstance(path, str | PathLike) and Path(path).exists() and not Path(path).is_file():
            raise ModelFileError(f"{path}: cannot write the model there, since it is no file; choose another name.")
        _content().save(path, arrays, metadata)
    except OSError as error:
        raise ModelFileError(f"{path}: cannot write the model ({error.strerror or error}); check the folder.") from None


def load(path: str | Path | BinaryIO) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Return arrays and metadata, in which `schema` is one up to today's.

    Raises
    ------
    ModelFileError
        If the file is missing, truncated, altered, not from likelinet, or of a newer version.
    """
    return _content().load(path)
