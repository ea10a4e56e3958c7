"""Probability distributions, one family per file; each is imported when it is first used."""

from likelinet.core.lazy import attach
from likelinet.distributions import rooms

# What is not the class that a file of a room is named after.
NAMES = {
    "Affine": "over.transforms",
    "Distribution": "base.distribution",
    "Interval": "base.interval",
    "Log": "over.transforms",
    "Logit": "over.transforms",
    "Multivariate": "base.multivariate",
    "Parameter": "base.parameter",
    "Transform": "over.transforms",
    "Univariate": "base.univariate",
}


def _module_of(name: str) -> str | None:
    return f"{__name__}.{NAMES[name]}" if name in NAMES else rooms.module_of(name)


def _names() -> list[str]:
    return [*NAMES, *(c.__name__ for room in (*rooms.ROOMS, "over") for c in rooms.classes(room))]


__getattr__, __dir__ = attach(__name__, _module_of, _names)
