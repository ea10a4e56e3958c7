"""Constant columns of a network through a code: no spread could be learned of what they are."""

from collections.abc import Iterable
from functools import partial

import numpy as np

from likelinet.config import ModelConfig
from likelinet.core.gathered import attempted
from likelinet.core.notes import note
from likelinet.core.wording import listed, readable
from likelinet.distributions import Distribution
from likelinet.heads.build import build_head
from likelinet.tables.roles import Roles
from likelinet.tables.table import Table
from likelinet.targets.scaling import learns_spread


def without_constants(roles: Roles, table: Table, custom: type[Distribution] | None) -> ModelConfig:
    """Return the config, with columns excluded that are the same in every row, and a note of them.

    That is where y is x, and its family has a spread to learn; where nothing but constants is there, they stay.

    Parameters
    ----------
    roles : Roles
        What the config says of the columns.
    table : Table
        The training rows.
    custom : type, optional
        The class of a family of the user's.
    """
    config = roles.config
    if not roles.y_is_x or roles.labels or not learns_spread(build_head(config.distribution, custom, 0, None)):
        return config
    names = roles.candidates(table)
    each = ((name, attempted(partial(_constant, table, name))) for name in names)  # what is wrong is said later
    found = {name: value for name, value in each if isinstance(value, float)}
    if not found or len(found) == len(names):
        return config
    said = [f"'{name}' ({readable(value)} in every row)" for name, value in found.items()]
    note(f"Columns that say nothing are left out: {listed(said)}.")  # which no list of columns has
    return excluding(config, found)


def excluding(config: ModelConfig, names: Iterable[str]) -> ModelConfig:
    """Return the config with these columns excluded as well."""
    data = config.data.model_copy(update={"exclude": [*config.data.exclude, *names]})
    return config.model_copy(update={"data": data})


def _constant(table: Table, name: str) -> float | None:
    """Return the number that all cells of a column are which are there; None where they differ."""
    numbers = table.numbers(name)
    low, high = (extreme.reduce(numbers, initial=np.nan) for extreme in (np.fmin, np.fmax))
    return float(low) if low == high else None
