"""Modules that have another name now: the old one still works, and says so."""

import importlib
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType

from likelinet.core.notes import note

# Old name, where its contents are, and the name to import them from.
MODULES = {
    "arrays": ("core.arrays", "core.arrays"),
    "calibration": ("scores.calibration", "scores"),
    "codes": ("model.codes", "model.codes"),
    "compare": ("selection.comparison", "selection"),
    "concordance": ("scores.concordance_index", "scores"),
    "distributions.exponential": ("distributions.positive.exponential", "distributions.positive.exponential"),
    "distributions.univariate": ("distributions.base.univariate", "distributions.base.univariate"),
    "domains": ("core.domains", ""),
    "errors": ("core.errors", ""),
    "fitting": ("model.fit", "model.fit"),
    "layout": ("objective.layout", "objective.layout"),
    "links": ("core.links", "core.links"),
    "metrics": ("scores.metrics", "scores"),
    "survival": ("scores.survival", "scores"),
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
        where, word = MODULES[module.__name__.partition(".")[2]]
        new = "likelinet" + (f".{word}" if word else "")
        note(f"{module.__name__} is now {new}.", DeprecationWarning)
        contents = importlib.import_module(f"likelinet.{where}")
        module.__doc__ = contents.__doc__
        module.__getattr__ = lambda name: getattr(contents, name)  # type: ignore[method-assign]
        module.__dir__ = lambda: dir(contents)  # type: ignore[method-assign]


def install() -> None:
    """Let the import system ask here when it has found nothing else."""
    if not any(isinstance(finder, Renamed) for finder in sys.meta_path):
        sys.meta_path.append(Renamed())
