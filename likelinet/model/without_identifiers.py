"""Identifiers in tables of networks through a code: nothing to make a code of, and nothing to give back."""

import numpy as np

from likelinet.config import ModelConfig
from likelinet.core.notes import note
from likelinet.core.wording import listed
from likelinet.model.without_constants import excluding
from likelinet.tables.inputs import learn_kinds
from likelinet.tables.kinds.left_out import Identifier
from likelinet.tables.roles import Roles
from likelinet.tables.table import Table


def without_identifiers(roles: Roles, table: Table) -> ModelConfig:
    """Return the config, with identifiers excluded, and a note of them, where y is x; if there is anything else.

    Parameters
    ----------
    roles : Roles
        What the config says of the columns.
    table : Table
        The training rows.
    """
    config = roles.config
    if not roles.y_is_x or table.n == 0:
        return config
    names = roles.candidates(table)
    kinds = learn_kinds(table, names, np.ones(table.n), config.data)  # what is wrong is said later
    found = [kind for kind in kinds if isinstance(kind, Identifier)]
    if not found or len(found) == len(names):
        return config
    said = listed([f"'{kind.name}' ({kind.why})" for kind in found])
    note(f"Columns that look like identifiers are left out, of x and of what is predicted: {said}.")
    return excluding(config, (kind.name for kind in found))
