"""Modules and names that are imported when they are first used."""

import importlib
import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any


class LazyModule:
    """A module that is imported at the first look at one of its attributes."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        value = getattr(importlib.import_module(self._name), attribute)
        setattr(self, attribute, value)  # found without this method from now on
        return value


if TYPE_CHECKING:
    import scipy as scipy  # pyright: ignore[reportMissingTypeStubs]
else:
    scipy = LazyModule("scipy")


def attach(
    package: str, module_of: Callable[[str], str | None], names: Callable[[], Iterable[str]]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return `__getattr__` and `__dir__` of a package that imports its public names when they are first used.

    Parameters
    ----------
    package : str
        Its full name.
    module_of : callable
        Maps a name to the module that has it, or that it is; None for what is no public name.
    names : callable
        Returns all public names, for `dir` and `__all__`.

    References
    ----------
    PEP 562.
    """

    def __getattr__(name: str) -> Any:
        if name == "__all__":
            value = sorted(names())
        else:
            where = module_of(name)
            module = None if where is None else importlib.import_module(where)
            value = module if where == f"{package}.{name}" else getattr(module, name, None)
            if value is None:
                raise AttributeError(f"module '{package}' has no attribute '{name}'", name=name)
        setattr(sys.modules[package], name, value)
        return value

    def __dir__() -> list[str]:
        public = set(names())  # which may import modules that are public
        found = vars(sys.modules[package])
        return sorted(public.union(n for n in found if n.startswith("__") or module_of(n) == f"{package}.{n}"))

    return __getattr__, __dir__


def attach_from(package: str, modules: dict[str, str]) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return the same for a package whose public names lie in these modules of its own, given by name."""
    return attach(package, lambda name: f"{package}.{modules[name]}" if name in modules else None, lambda: modules)
