"""Dataclasses out of plain data, such as a file holds."""

from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from functools import lru_cache
from typing import Any, TypeVar, cast, get_type_hints

from pydantic import ConfigDict, InstanceOf, TypeAdapter, ValidationError

T = TypeVar("T")


def from_fields(cls: type[T], data: Any, what: str, finite: bool = False, **read: Callable[[Any], Any]) -> T:
    """Return a dataclass with the fields in `data`, each as it is annotated; those not there take their default.

    Parameters
    ----------
    cls : type
        The dataclass.
    data : dict
        Its fields by name, as plain data.
    what : str
        How messages call it.
    finite : bool
        Whether its numbers may be neither infinite nor NaN.
    **read
        What makes a field of its plain data, where it is no plain data itself.

    Raises
    ------
    ValueError
        If a field is unknown, of another type or outside of what its annotation allows, or one without a default is not
        there; the message names it.
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
    values = {name: read[name](value) if name in read else value for name, value in parts.items()}
    for name, value in values.items():
        try:
            values[name] = _checks(cls, finite)[name].validate_python(value)  # whole numbers as floats where these are
        except ValidationError as error:
            why = error.errors(include_url=False)[0]["msg"]
            raise ValueError(f"{what}: the part '{name}' is {value!r:.40}: {why[:1].lower()}{why[1:]}") from None
    return cls(**values)


def each(read: Callable[[Any], T]) -> Callable[[Any], list[T]]:
    """Return what reads each entry of a list, and raises `ValueError` for what is none."""

    def read_all(data: Any) -> list[T]:
        if not isinstance(data, list):
            raise ValueError(f"expected a list, got {data!r:.40}")
        return [read(one) for one in cast("list[Any]", data)]

    return read_all


@lru_cache
def _checks(cls: type, finite: bool) -> dict[str, TypeAdapter[Any]]:
    """Return what checks each field of a dataclass: no number is made of a text or a truth."""
    config = ConfigDict(strict=True, allow_inf_nan=not finite, arbitrary_types_allowed=True)
    hints = get_type_hints(cls, include_extras=True)
    checks: dict[str, TypeAdapter[Any]] = {}
    for f in (f for f in fields(cls) if f.init):
        of: Any = hints[f.name]
        if is_dataclass(of):  # which has been checked by itself
            checks[f.name] = TypeAdapter(InstanceOf[of])  # type: ignore[reportInvalidTypeForm]
        else:
            checks[f.name] = TypeAdapter(of, config=config)
    return checks
