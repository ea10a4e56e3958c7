"""From the config of a distribution to its head: its family, and a slot for each of its parameters."""

from typing import Any

import numpy as np

from likelinet.config.distribution import DistributionConfig
from likelinet.config.family import column_of
from likelinet.distributions import Distribution
from likelinet.distributions.over.independent import IndependentFamily
from likelinet.heads.head import Head
from likelinet.heads.own_classes import with_own_classes
from likelinet.heads.slot import Column, Slot


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
    vector = config.leaf_class(custom).y == "vector"
    own = n_classes if isinstance(n_classes, tuple) else None
    most = n_classes if isinstance(n_classes, int) else max(n_classes)
    family, fillings = config.opened(custom, (outputs or 1) if vector else most)
    if outputs is not None and not vector:
        family = IndependentFamily(family, outputs)
    slots = (
        Slot(
            parameter,
            _source(filling.source),
            filling.link,
            shape,
            _column(filling.exposure),
            _column(filling.size_of_y),
            _column(filling.offset),
        )
        for (parameter, shape), filling in zip(family.openings, fillings, strict=True)
    )
    return Head(family, tuple(slots if own is None else (with_own_classes(slot, own) for slot in slots)))


def _source(source: Any) -> Any:
    """Return where a slot gets its values, from what the config says."""
    if isinstance(source, str):
        return source
    return _column(column_of(source)) or np.asarray(source, dtype=np.float64)


def _column(name: str | None) -> Column | None:
    return None if name is None else Column(name)
