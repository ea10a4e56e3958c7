"""What a declared distribution has for its y."""

from typing import Any

from likelinet.config import CensoredConfig
from likelinet.config.distribution import DistributionConfig
from likelinet.distributions import Distribution
from likelinet.heads.build import leaf_class
from likelinet.targets.classes import ClassTargets
from likelinet.targets.intervals import IntervalTargets
from likelinet.targets.numbers import NumberTargets
from likelinet.targets.target import Targets
from likelinet.targets.vectors import VectorTargets

TARGETS: dict[str, type[Targets]] = {"number": NumberTargets, "class": ClassTargets, "vector": VectorTargets}


def targets_of(config: DistributionConfig, custom: type[Distribution] | None) -> type[Targets]:
    """Return the kind of targets that a distribution has, which its class says; the class of a custom one is given."""
    if isinstance(config, CensoredConfig):
        return IntervalTargets
    return TARGETS[leaf_class(config, custom).y]


def targets_from_json(
    config: DistributionConfig, custom: type[Distribution] | None, data: dict[str, Any], n_classes: int | list[int]
) -> Targets:
    """Return the targets that a model file has, of the distribution that it declares."""
    return targets_of(config, custom).from_json(data, n_classes)
