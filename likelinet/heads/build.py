"""From the config of a distribution to its family, whose parameters are open."""

import importlib
from dataclasses import replace
from typing import Any, assert_never

import numpy as np

from likelinet.config import (
    CensoredConfig,
    CustomConfig,
    DiscretisedConfig,
    HurdleConfig,
    MixtureConfig,
    TransformedConfig,
    TruncatedConfig,
    ZeroInflatedConfig,
)
from likelinet.config.distribution import DistributionConfig
from likelinet.config.family import LINKS, ColumnConfig, FamilyConfig, LinkName, check_parameters, default_link
from likelinet.config.wrappers import leaf
from likelinet.core.domains import real
from likelinet.core.errors import ConfigError
from likelinet.core.links import Angle, Cholesky, Identity, Link, Ordered, Softplus
from likelinet.distributions import Affine, Distribution, Log, Logit, Parameter
from likelinet.heads.censored import CensoredFamily
from likelinet.heads.discretised import DiscretisedFamily
from likelinet.heads.family import Column, Family, Slot
from likelinet.heads.independent import IndependentFamily
from likelinet.heads.mixture import WEIGHT_LOGITS, MixtureFamily
from likelinet.heads.own_classes import with_own_classes
from likelinet.heads.parametric import Parametric
from likelinet.heads.transformed import TransformedFamily
from likelinet.heads.truncated import TruncatedFamily
from likelinet.heads.zeros import GATE_LOGITS, HurdleFamily, ZeroInflatedFamily

SCALE_FLOOR = 1e-3  # least scale that the softplus link gives, in spreads of the target: keeps likelihoods bounded


def build_family(
    config: DistributionConfig,
    custom: type[Distribution] | None,
    n_classes: int | tuple[int, ...],
    outputs: int | None,
) -> Family:
    """Return the family for y of shape (n,), or (n, outputs), with fixed parameters still in the user's units.

    Parameters
    ----------
    config, custom
        The declaration, and the class of a custom family.
    n_classes : int or tuple of int
        How many classes there are, maybe of each output; 0 for numbers.
    outputs : int or None
        How many outputs there are, None for one that y has no axis for.
    """
    if leaf_class(config, custom).y == "vector":
        return _family(config, custom, outputs or 1)
    if isinstance(n_classes, int):
        family = _family(config, custom, n_classes)
        return family if outputs is None else IndependentFamily(family, outputs)
    family = _family(config, custom, max(n_classes))
    assert isinstance(family, Parametric)  # classes are under no wrapper
    own = tuple(with_own_classes(slot, n_classes) for slot in family.own)
    return IndependentFamily(replace(family, own=own), len(n_classes))


def leaf_class(config: DistributionConfig, custom: type[Distribution] | None) -> type[Distribution]:
    """Return the distribution class under all wrappers, of which `custom` is the one that a user gave."""
    match leaf(config):
        case CustomConfig(target=target):
            return custom or import_distribution(target)
        case family:
            return family.distribution


def _family(config: DistributionConfig, custom: type[Distribution] | None, size: int) -> Family:
    """Return the family of one y; `size` is the number of classes, or of entries of a vector."""
    match config:
        case MixtureConfig():
            logits = Slot(WEIGHT_LOGITS, config.logits, Identity(), (config.components,))
            return MixtureFamily(_family(config.base, custom, size), logits)
        case TruncatedConfig():
            low, high = (
                np.float64(b if b is not None else e) for b, e in ((config.low, -np.inf), (config.high, np.inf))
            )
            return _not_empty(TruncatedFamily(_family(config.base, custom, size), low, high), config)
        case CensoredConfig():
            return CensoredFamily(_family(config.base, custom, size))
        case ZeroInflatedConfig() | HurdleConfig():
            base, gate = _family(config.base, custom, size), _slot(GATE_LOGITS, config.gate_logits, Identity(), ())
            if isinstance(config, ZeroInflatedConfig):
                return ZeroInflatedFamily(base, gate)
            if base.support.integer and base.support.low < 0.0:
                raise ConfigError(
                    f"distribution: the base of 'hurdle' cannot be '{config.base.kind}' with negative whole numbers: "
                    "truncate it at 0, or choose a family of counts."
                )
            return HurdleFamily(base, gate)
        case DiscretisedConfig():
            return DiscretisedFamily(_family(config.base, custom, size))
        case TransformedConfig():
            maps = {"affine": Affine(config.loc, config.scale), "log": Log(), "logit": Logit()}
            return TransformedFamily(_family(config.base, custom, size), maps[config.transform])
        case CustomConfig():
            cls = custom or import_distribution(config.target)
            sources = {**dict.fromkeys((p.name for p in cls.parameters), "predicted"), **config.parameters}
            links: dict[str, LinkName] = {**{p.name: default_link(p) for p in cls.parameters}, **config.links}
            try:
                check_parameters(cls.parameters, sources, links)
            except ValueError as error:
                raise ConfigError(f"distribution: {error}.") from None
            return Parametric(
                cls, tuple(_slot(p, sources[p.name], _link(p, links[p.name]), ()) for p in cls.parameters)
            )
        case FamilyConfig():
            shapes = {0: (), 1: (size - config.distribution.ordered,), 2: (size, size)}
            slots = [
                _slot(
                    p,
                    config.sources[p.name],
                    _link(p, config.links[p.name]) if p.learned else Identity(),
                    shapes[p.event_ndim],
                )
                for p in config.distribution.parameters
            ]
            if config.exposure_column is not None:
                exposure = Column(config.exposure_column)
                slots = [replace(s, exposure=exposure) if s.parameter.name == config.exposed else s for s in slots]
            return Parametric(config.distribution, tuple(slots))
        case _:
            assert_never(config)


def _not_empty(family: TruncatedFamily, config: TruncatedConfig) -> Family:
    """Return the family, if its bounds leave something of its base."""
    low, high = family.support.low, family.support.high
    if (np.ceil(low) > np.floor(high)) if family.support.integer else low >= high:
        raise ConfigError(
            f"distribution: 'truncated' leaves nothing of '{config.base.kind}', whose y must be "
            f"{family.base.support.description}: change its low or high."
        )
    return family


def _slot(parameter: Parameter, source: Any, link: Link, shape: tuple[int, ...]) -> Slot:
    match source:
        case str():
            return Slot(parameter, source, link, shape)  # type: ignore[arg-type]
        case ColumnConfig():
            return Slot(parameter, Column(source.column), link, shape)
        case _:
            return Slot(parameter, np.asarray(source, dtype=np.float64), link, shape)


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
