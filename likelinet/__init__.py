"""likelinet: neural networks whose outputs are probability distributions."""

from likelinet import _renamed
from likelinet.core.lazy import attach

__version__ = "0.1.0"

# Public names are imported when they are first used; distributions and configs come from the lists of their rooms.
_NAMES = {
    "Domain": "core.domains",
    "binary": "core.domains",
    "nonnegative": "core.domains",
    "nonnegative_integer": "core.domains",
    "open_unit_interval": "core.domains",
    "positive": "core.domains",
    "real": "core.domains",
    "unit_interval": "core.domains",
    "ConfigError": "core.errors",
    "DataError": "core.errors",
    "DivergedError": "core.errors",
    "LikelinetError": "core.errors",
    "MissingLibraryError": "core.errors",
    "ModelFileError": "core.errors",
    "NonFiniteError": "core.errors",
    "NotFittedError": "core.errors",
    "ParameterError": "core.errors",
    "UndefinedError": "core.errors",
    "concatenate": "distributions.over.concatenation",
    "decide": "decisions.bayes",
    "Decision": "decisions.decision",
    "Model": "model.model",
    "OutOfFold": "model.out_of_fold",
    "Uncertainty": "model.members",
    "Checkpoint": "training.checkpoint",
    "Epoch": "training.history",
    "GroupHistory": "training.history",
    "History": "training.history",
    "load_config": "config",
    "Stream": "tables.stream",
    "tune": "selection.tuning",
    "datasets": "datasets",
    "decisions": "decisions",
    "distributed": "distributed",
    "explain": "explain",
    "plots": "plots",
    "scores": "scores",
    "selection": "selection",
    "testing": "testing",
}
_ROOMS = {"config", "distributions"}  # whose names are public here, but for these
_OPTIONAL = {"sklearn"}  # needs what not everybody has: found by its name, but not among all of them
_WITHIN = {"Multivariate", "Univariate", "Wrapper", "dump_config", "parse_config"}


def _module_of(name: str) -> str | None:
    if name in _ROOMS | _OPTIONAL:
        return f"{__name__}.{name}"
    if name in _NAMES:
        return f"{__name__}.{_NAMES[name]}"
    if name in _WITHIN or name.startswith("_"):
        return None
    if name in _renamed.MODULES:
        return f"{__name__}.{name}"
    return f"{__name__}.config" if name.endswith("Config") else f"{__name__}.distributions"


def _names() -> set[str]:
    from likelinet import config, distributions

    return {*_NAMES, *config.__all__, *distributions.__all__} - _WITHIN


_renamed.install()
__getattr__, __dir__ = attach(__name__, _module_of, _names)
