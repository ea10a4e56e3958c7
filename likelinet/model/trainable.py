"""Families that an objective can train."""

from collections.abc import Mapping

from likelinet.config import ModelConfig
from likelinet.core.errors import ConfigError
from likelinet.model.fitting import without_inputs
from likelinet.objective.build import check_objective
from likelinet.tables.rows import Rows


def trainable(families: Mapping[str, ModelConfig], rows: Rows) -> dict[str, ModelConfig]:
    """Return the configs, by name, whose family has the error signal of their objective; all have the likelihood.

    Parameters
    ----------
    families : mapping
        The declarations, which have one y.
    rows : Rows
        The training rows.

    Raises
    ------
    ConfigError
        If there are none: what the first one lacks.
    """
    kept, errors = dict[str, ModelConfig](), list[ConfigError]()
    for family, config in families.items():
        try:
            _check(config, rows)
            kept[family] = config
        except ConfigError as error:
            errors.append(error)
    if not kept:
        raise errors[0]
    return kept


def _check(config: ModelConfig, rows: Rows) -> None:
    if config.training.objective.kind == "nll":
        return
    untrained, y = without_inputs(config, None, rows, "y")
    at = untrained.head.raw_start(y, rows.weight)
    check_objective(config.training.objective, untrained.objective, 1, at, y, None)
