"""Model files of earlier schemas, lifted step by step to today's.

Whoever changes what a part of the file means raises `container.SCHEMA` and adds here what makes the new parts out of
the old ones. A part that is merely new and has a default needs none: a file without it takes the default.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

Contents = tuple[dict[str, np.ndarray], dict[str, Any]]  # arrays and metadata
Migration = Callable[[dict[str, np.ndarray], dict[str, Any]], Contents]


def columns_by_kind(arrays: dict[str, np.ndarray], metadata: dict[str, Any]) -> Contents:
    """From schema 1 to 2: a column of the inputs has a kind; so far it was numbers without ends, or categories.

    The blanks around its name go, as they went from names in files only.
    """
    inputs = metadata["inputs"]
    columns = [_with_kind(**column) for column in inputs["columns"]]
    return arrays, {**metadata, "inputs": {**inputs, "columns": columns}}


def _with_kind(name: str, categories: list[str] | None = None, loc: float = 0.0, scale: float = 1.0) -> dict[str, Any]:
    if categories is not None:
        return {"kind": "category", "name": name.strip(), "levels": categories}
    return {"kind": "number", "name": name.strip(), "loc": loc, "scale": scale, "median": loc}


def plain_by_name(arrays: dict[str, np.ndarray], metadata: dict[str, Any]) -> Contents:
    """From schema 2 to 3: the quality that was null, or not there, is called plain."""
    config = metadata["config"]
    return arrays, {**metadata, "config": {**config, "quality": config.get("quality") or "plain"}}


# The schema of a file to what makes its contents those of the next one.
MIGRATIONS: dict[int, Migration] = {1: columns_by_kind, 2: plain_by_name}


def lifted(
    arrays: dict[str, np.ndarray],
    metadata: dict[str, Any],
    schema: int,
    migrations: Mapping[int, Migration] = MIGRATIONS,
) -> Contents:
    """Return the contents of a file as `schema` has them, one migration after the other; it is not older."""
    for step in range(metadata["schema"], schema):
        arrays, metadata = migrations[step](arrays, metadata)
        metadata = {**metadata, "schema": step + 1}
    return arrays, metadata
