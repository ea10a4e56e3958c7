"""What a declared distribution has for its y."""

from likelinet.config.distribution import DistributionConfig
from likelinet.distributions import Distribution
from likelinet.targets.classes import ClassTargets
from likelinet.targets.intervals import IntervalTargets
from likelinet.targets.numbers import NumberTargets
from likelinet.targets.target import Targets
from likelinet.targets.vectors import VectorTargets

TARGETS: dict[str, type[Targets]] = {"number": NumberTargets, "class": ClassTargets, "vector": VectorTargets}


def targets_of(config: DistributionConfig, custom: type[Distribution] | None) -> type[Targets]:
    """Return the kind of targets that a distribution has, which its class says; the class of a custom one is given."""
    if config.takes_intervals:
        return IntervalTargets
    return TARGETS[config.leaf_class(custom).y]


def takes_labels(config: DistributionConfig, custom: type[Distribution] | None) -> bool:
    """Whether y may be text, as labels of classes are, and as any y may be of which the family is to be chosen."""
    return config.is_open or targets_of(config, custom).labels
