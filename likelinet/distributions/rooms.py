"""The families and the distributions over others, found from their files: `real/johnson_su.py` has `JohnsonSU`."""

import importlib
import pkgutil
from functools import cache
from typing import TYPE_CHECKING

from likelinet.core.wording import snake_case

if TYPE_CHECKING:
    from likelinet.distributions.base.distribution import Distribution

# By the kind of their y, in the order of the pages.
ROOMS = {
    "real": "Any number",
    "positive": "Positive numbers",
    "bounded": "Shares and angles",
    "counts": "Counts",
    "classes": "Classes",
    "vectors": "Vectors",
}


def files(room: str) -> dict[str, str]:
    """Return the module of each file of a room by its name."""
    package = importlib.import_module(f"likelinet.distributions.{room}")
    return {found.name: f"{package.__name__}.{found.name}" for found in pkgutil.iter_modules(package.__path__)}


@cache
def _modules() -> dict[str, str]:
    return {name: module for room in (*ROOMS, "over") for name, module in files(room).items()}


def module_of(name: str) -> str | None:
    """Return the module of the distribution class of this name, if there is a file for it."""
    return _modules().get(snake_case(name))


def classes(room: str) -> tuple[type["Distribution"], ...]:
    """Return the class of each file of a room that has one of its own name."""
    found = []
    for name, module in files(room).items():
        inside = vars(importlib.import_module(module)).values()
        own = (c for c in inside if isinstance(c, type) and c.__module__ == module)
        found += [c for c in own if snake_case(c.__name__) == name]
    return tuple(found)


def families(room: str) -> tuple[type["Distribution"], ...]:
    """Return the families of a room, which are the classes that declare parameters."""
    return tuple(c for c in classes(room) if c.parameters)


def all_families() -> tuple[type["Distribution"], ...]:
    """Return the families of all rooms."""
    return tuple(c for room in ROOMS for c in families(room))
