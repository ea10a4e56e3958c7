"""A target that is named rather than passed: `fit(table, "price")` says what `data.target: price` does."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from likelinet.config import DataConfig, ModelConfig
from likelinet.core.errors import ConfigError, DataError
from likelinet.tables.rows import target_names
from likelinet.tables.table import Table


def names_in(y: Any, table: Table) -> str | list[str] | None:
    """Return the columns that y names, in the form of `data.target`; None where y is data.

    A text is a name, and so is a whole number, as pandas has them. A list of such is one of names where any of them is
    a column of the table, unless it is as long as the table: then they are labels.
    """
    if _is_name(y):
        return str(y)
    names = isinstance(y, list | tuple) and all(map(_is_name, y))
    if names and len(y) != table.n and any(str(name).strip() in table.columns for name in y):
        return [str(name) for name in y]
    return None


def _is_name(y: Any) -> bool:
    return isinstance(y, str | int | np.integer) and not isinstance(y, bool)


def with_target(config: ModelConfig, target: Any, by: str = "y") -> ModelConfig:
    """Return a config whose `data.target` is this, in whatever form a config may have it; `by` says what names it.

    Raises
    ------
    ConfigError
        If it has another one already.
    """
    own, data = config.data, DataConfig.model_validate({**config.data.model_dump(), "target": target})
    if own.target is not None and own.target != data.target:
        declared, here = ", ".join(target_names(own)), ", ".join(target_names(data))
        raise ConfigError(f"The target is '{declared}' by data.target, but '{here}' by {by}: name it once.")
    only = own.model_copy(update={"target": data.target})  # all else that nobody has said stays unsaid
    return config.model_copy(update={"data": only})


def titled(config: ModelConfig, columns: Iterable[str], y: Any) -> ModelConfig:
    """Return the config with the name of a Series, or those of a DataFrame, as that of a target without one.

    A name that is among the columns of X stays theirs.
    """
    names = [y.name] if isinstance(getattr(y, "name", None), str) else [*getattr(y, "columns", ())]
    if not names or config.data.target is not None or not all(isinstance(name, str) and name.strip() for name in names):
        return config
    return config if {*names} & {*columns} else with_target(config, names[0] if len(names) == 1 else names)


def named_in_stream(config: ModelConfig, y: Any, sample_weight: Any) -> ModelConfig:
    """Return the config with the target that y names, where the rows are those of a stream.

    Raises
    ------
    DataError
        If y or weights are arrays, which no stream goes with.
    """
    named_only = y is None or isinstance(y, str) or (isinstance(y, list | tuple) and all(map(_is_name, y)))
    if sample_weight is not None or not named_only:
        raise DataError(
            "The rows of a stream hold y and weights: name their columns, by y or data.target, and by data.weight."
        )
    return config if y is None else with_target(config, y)


def named(config: ModelConfig, table: Table, y: Any) -> tuple[ModelConfig, Any]:
    """Return the config with the target that y names, and no y; or both as they are, where y is data.

    Raises
    ------
    DataError
        If the table has no such column.
    """
    names = names_in(y, table)
    if names is None:
        return config, y
    config = with_target(config, names)
    for name in target_names(config.data):
        table.column(name)
    return config, None
