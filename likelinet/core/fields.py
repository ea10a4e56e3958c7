"""Dataclasses out of plain data, such as a file holds."""

from collections.abc import Callable
from dataclasses import MISSING, fields
from typing import Any, TypeVar, cast

T = TypeVar("T")


def from_fields(cls: type[T], data: Any, what: str, **read: Callable[[Any], Any]) -> T:
    """Return a dataclass with the fields in `data`; those that are not there take their default.

    Parameters
    ----------
    cls : type
        The dataclass.
    data : dict
        Its fields by name, as plain data.
    what : str
        How messages call it.
    **read
        What makes a field of its plain data, where it is no plain data itself.

    Raises
    ------
    ValueError
        If a field is unknown, or one without a default is not there; the message names it.
    """
    if not isinstance(data, dict):
        raise ValueError(f"{what}: expected named parts, got {data!r:.40}")
    parts = cast("dict[str, Any]", data)
    known = {f.name: f for f in fields(cls) if f.init}  # type: ignore[arg-type]
    if unknown := sorted(set(parts) - set(known)):
        raise ValueError(f"{what}: unknown part '{unknown[0]}'")
    needed = {name for name, f in known.items() if f.default is MISSING and f.default_factory is MISSING}
    if missing := sorted(needed - set(parts)):
        raise ValueError(f"{what}: the part '{missing[0]}' is missing")
    return cls(**{name: read[name](value) if name in read else value for name, value in parts.items()})
