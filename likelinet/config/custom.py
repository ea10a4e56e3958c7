"""The config of a distribution class of the user's."""

import importlib
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any, Literal

from pydantic import AfterValidator

from likelinet.config.family import Declared, Filling, Source
from likelinet.config.links import LinkName, check_parameters, default_link, link_of
from likelinet.core.errors import ConfigError
from likelinet.distributions import Distribution
from likelinet.distributions.base.family import Family
from likelinet.distributions.base.leaf import Leaf


def _names_class(target: str) -> str:
    if not re.fullmatch(r"[\w.]+:[\w.<>]+", target):
        raise ValueError(f"write it as module:Class, got '{target}'")
    return target


class CustomConfig(Declared):
    """A distribution class of your own, which has `parameters` and `log_prob`."""

    kind: Literal["custom"] = "custom"  # type: ignore[reportIncompatibleVariableOverride]
    """Which family."""
    target: Annotated[str, AfterValidator(_names_class)]
    """Where the class is, as `module:Class`."""
    parameters: dict[str, Source] = {}
    """Source of each parameter; those left out are predicted."""
    links: dict[str, LinkName] = {}
    """Link of each parameter; those left out follow from the parameter's domain."""

    @property
    def sources(self) -> dict[str, Any]:
        return self.parameters

    def leaf_class(self, own: type[Distribution] | None) -> type[Distribution]:
        return own or import_distribution(self.target)

    def opened(self, own: type[Distribution] | None, size: int) -> tuple[Family, list[Filling]]:
        cls = self.leaf_class(own)
        sources = {**dict.fromkeys((p.name for p in cls.parameters), "predicted"), **self.parameters}
        links: dict[str, LinkName] = {**{p.name: default_link(p) for p in cls.parameters}, **self.links}
        try:
            check_parameters(cls.parameters, sources, links)
        except ValueError as error:
            raise ConfigError(f"distribution: {error}.") from None
        return Leaf.of(cls, size), [Filling(sources[p.name], link_of(p, links[p.name])) for p in cls.parameters]

    @property
    def own_class(self) -> str | None:
        return self.target

    def naming(self, target: str) -> "CustomConfig":
        return self.model_copy(update={"target": target})


@contextmanager
def _current_folder() -> Iterator[None]:
    """Let modules be imported from the current folder, last of all: nothing else that is there is to be run."""
    sys.path.append("")  # which Python reads as the current folder, if there is one
    try:
        yield
    finally:
        last = len(sys.path) - 1 - sys.path[::-1].index("")
        del sys.path[last]


def import_distribution(target: str) -> type[Distribution]:
    """Return the class that `module:Class` names, whose module may be a file of the current folder."""
    module, _, name = target.partition(":")
    try:
        with _current_folder():
            found = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise ConfigError(
            f"distribution.target: cannot import '{target}' ({error}); pass the class itself or mend the name."
        ) from None
    if not (isinstance(found, type) and issubclass(found, Distribution)):
        raise ConfigError(f"distribution.target: '{target}' is not a subclass of likelinet.Distribution.")
    return found
