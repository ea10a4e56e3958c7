"""Modules that have another name now: the old one still works, and says so."""

import importlib
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType

from likelinet.core.notes import note

# Where the contents of a module of an old name are.
MODULES = {
    "arrays": "core.arrays",
    "calibration": "scores.calibration",
    "codes": "model.codes",
    "compare": "selection.comparison",
    "concordance": "scores.concordance_index",
    "distributions.exponential": "distributions.positive.exponential",
    "distributions.univariate": "distributions.base.univariate",
    "domains": "core.domains",
    "errors": "core.errors",
    "fitting": "model.fit",
    "layout": "objective.layout",
    "links": "core.links",
    "metrics": "scores.metrics",
    "survival": "scores.survival",
}
# The package to import them from, where they are public names of one; "" is likelinet itself.
PUBLIC = {
    "calibration": "scores",
    "compare": "selection",
    "concordance": "scores",
    "domains": "",
    "errors": "",
    "metrics": "scores",
    "survival": "scores",
}


class Renamed:
    """A finder and loader of modules under their old names."""

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """Return what makes the module, if its name is an old one."""
        package, _, old = name.partition(".")
        return ModuleSpec(name, self) if package == "likelinet" and old in MODULES else None  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> None:
        """Leave it to the import system."""

    def exec_module(self, module: ModuleType) -> None:
        """Warn, and take the contents from where they are now."""
        old = module.__name__.partition(".")[2]
        where = MODULES[old]
        new = f"likelinet.{PUBLIC.get(old, where)}".rstrip(".")
        note(f"{module.__name__} is now {new}.", DeprecationWarning)
        contents = importlib.import_module(f"likelinet.{where}")
        module.__doc__ = contents.__doc__
        module.__getattr__ = lambda name: getattr(contents, name)  # type: ignore[method-assign]
        module.__dir__ = lambda: dir(contents)  # type: ignore[method-assign]


def install() -> None:
    """Let the import system ask here when it has found nothing else."""
    if not any(isinstance(finder, Renamed) for finder in sys.meta_path):
        sys.meta_path.append(Renamed())
