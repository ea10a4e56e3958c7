"""Families that an objective can train."""

from collections.abc import Mapping

import numpy as np

from likelinet.config import ModelConfig
from likelinet.core.errors import ConfigError
from likelinet.model.fit import Fit
from likelinet.model.fitting import learn_targets
from likelinet.model.source import Source
from likelinet.objective.build import check_objective
from likelinet.tables.inputs import Inputs
from likelinet.tables.rows import Rows
from likelinet.targets.target import Naming
from likelinet.training.history import History


def trainable(families: Mapping[str, ModelConfig], rows: Rows, source: Source) -> dict[str, ModelConfig]:
    """Return the configs, by name, whose family has the error signal of their objective; all have the likelihood.

    Parameters
    ----------
    families : mapping
        The declarations, which have one y.
    rows : Rows
        The training rows.
    source : Source
        Where these come from.

    Raises
    ------
    ConfigError
        If there are none: what the first one lacks.
    """
    kept, errors = dict[str, ModelConfig](), list[ConfigError]()
    for family, config in families.items():
        try:
            _check(config, rows, source)
            kept[family] = config
        except ConfigError as error:
            errors.append(error)
    if not kept:
        raise errors[0]
    return kept


def _check(config: ModelConfig, rows: Rows, source: Source) -> None:
    if config.training.objective.kind == "nll":
        return
    y, targets = learn_targets(config, None, rows, Naming.of(config, rows, "y"))
    untrained = Fit(config, None, Inputs((), False), targets, np.zeros((0, 0)), History(), source)
    encoded = targets.encode(y)
    at = untrained.head.raw_start(encoded, rows.weight)
    check_objective(config.training.objective, untrained.objective, 1, at, encoded, None)
