"""From the config of a distribution to its head: its family, and a slot for each of its parameters."""

import importlib
from typing import Any, NamedTuple

import numpy as np

from likelinet.config.distribution import DistributionConfig
from likelinet.config.family import LINKS, ColumnConfig, FamilyConfig, LinkName, check_parameters, default_link
from likelinet.config.wrappers import CustomConfig, WrapperConfig
from likelinet.core.domains import real
from likelinet.core.errors import ConfigError
from likelinet.core.links import Angle, Cholesky, Identity, Link, Ordered, Softplus
from likelinet.distributions import Distribution, Parameter
from likelinet.distributions.base.family import Family
from likelinet.distributions.base.leaf import Leaf
from likelinet.distributions.over.independent import IndependentFamily
from likelinet.heads.head import Head
from likelinet.heads.own_classes import with_own_classes
from likelinet.heads.slot import Column, Slot

SCALE_FLOOR = 1e-3  # least scale that the softplus link gives, in spreads of the target: keeps likelihoods bounded


class Filling(NamedTuple):
    """What a config says of one parameter."""

    source: Any
    link: Link
    exposure: Column | None = None


def build_head(
    config: DistributionConfig,
    custom: type[Distribution] | None,
    n_classes: int | tuple[int, ...],
    outputs: int | None,
) -> Head:
    """Return the head for y of shape (n,), or (n, outputs), in the user's units.

    Parameters
    ----------
    config, custom
        The declaration, and the class of a custom family.
    n_classes : int or tuple of int
        How many classes there are, maybe of each output; 0 for numbers.
    outputs : int or None
        How many outputs there are, None for one that y has no axis for.
    """
    vector = leaf_class(config, custom).y == "vector"
    own = n_classes if isinstance(n_classes, tuple) else None
    most = n_classes if isinstance(n_classes, int) else max(n_classes)
    family, fillings = _opened(config, custom, (outputs or 1) if vector else most)
    if outputs is not None and not vector:
        family = IndependentFamily(family, outputs)
    slots = (
        Slot(parameter, _source(filling.source), filling.link, shape, filling.exposure)
        for (parameter, shape), filling in zip(family.openings, fillings, strict=True)
    )
    return Head(family, tuple(slots if own is None else (with_own_classes(slot, own) for slot in slots)))


def leaf_class(config: DistributionConfig, custom: type[Distribution] | None) -> type[Distribution]:
    """Return the distribution class under all wrappers, of which `custom` is the one that a user gave."""
    leaf = config.leaf
    if isinstance(leaf, FamilyConfig):
        return leaf.distribution
    assert isinstance(leaf, CustomConfig)
    return custom or import_distribution(leaf.target)


def _opened(config: DistributionConfig, custom: type[Distribution] | None, size: int) -> tuple[Family, list[Filling]]:
    """Return the family of one y, and how its parameters are filled; `size` is the number of classes, or of entries."""
    match config:
        case WrapperConfig():
            base, inner = _opened(config.base, custom, size)
            family = config.family.of(base, config.settings)
            try:
                family.check_base(config.base.kind)
            except ValueError as error:
                raise ConfigError(f"distribution: {error}.") from None
            return family, [*(Filling(source, Identity()) for source in config.sources.values()), *inner]
        case CustomConfig():
            cls = custom or import_distribution(config.target)
            sources = {**dict.fromkeys((p.name for p in cls.parameters), "predicted"), **config.parameters}
            links: dict[str, LinkName] = {**{p.name: default_link(p) for p in cls.parameters}, **config.links}
            try:
                check_parameters(cls.parameters, sources, links)
            except ValueError as error:
                raise ConfigError(f"distribution: {error}.") from None
            return Leaf.of(cls, size), [Filling(sources[p.name], _link(p, links[p.name])) for p in cls.parameters]
        case FamilyConfig():
            cls, sources = config.distribution, config.sources
            exposure = None if config.exposure_column is None else Column(config.exposure_column)
            return Leaf.of(cls, size), [
                Filling(
                    sources[p.name],
                    _link(p, config.links[p.name]) if p.learned else Identity(),
                    exposure if p.name == config.exposed else None,
                )
                for p in cls.parameters
            ]


def _source(source: Any) -> Any:
    """Return where a slot gets its values, from what the config says."""
    match source:
        case str():
            return source
        case ColumnConfig():
            return Column(source.column)
        case _:
            return np.asarray(source, dtype=np.float64)


def _link(parameter: Parameter, name: LinkName) -> Link:
    match name:
        case "softplus" if parameter.role in ("scale", "log_scale"):
            return Softplus(SCALE_FLOOR)
        case "cholesky":
            return Cholesky(SCALE_FLOOR)
        case "angle":
            return Angle()
        case "ordered":
            return Ordered(SCALE_FLOOR)
        case "identity" if parameter.domain.low > real.low:
            raise ConfigError(
                f"distribution: '{parameter.name}' has a domain without a default link; choose one of "
                f"{', '.join(LINKS)}."
            )
        case _:
            return LINKS[name]()


def import_distribution(target: str) -> type[Distribution]:
    """Return the class that `module:Class` names."""
    module, _, name = target.partition(":")
    try:
        found = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise ConfigError(
            f"distribution.target: cannot import '{target}' ({error}); pass the class itself or mend the name."
        ) from None
    if not (isinstance(found, type) and issubclass(found, Distribution)):
        raise ConfigError(f"distribution.target: '{target}' is not a subclass of likelinet.Distribution.")
    return found
