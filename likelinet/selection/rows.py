"""The rows that models are scored by, and how they are held out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from likelinet.config import ModelConfig
from likelinet.core.errors import DataError
from likelinet.core.notes import unnoted
from likelinet.core.wording import counted
from likelinet.tables.arrays import row_weights
from likelinet.tables.events import with_event_label
from likelinet.tables.hold_out import HoldOut
from likelinet.tables.lacking import Lacking
from likelinet.tables.rows import declared_table, target_names, with_numbers, without_y
from likelinet.tables.table import Table


@dataclass(frozen=True)
class ScoredRows:
    """The rows that models are compared by, and how they are held out.

    Parameters
    ----------
    config : ModelConfig
        With the label of an event, where the target has some.
    table : Table
        The rows whose weight is not zero and whose y is there.
    weight : ndarray, shape (n,)
        Of these.
    parts : list of tuple of ndarray
        The masks of training rows and held-out rows of each fold.
    """

    config: ModelConfig
    table: Table
    weight: np.ndarray
    parts: list[tuple[np.ndarray, np.ndarray]]

    @property
    def scored(self) -> np.ndarray:
        """The mask of rows that are held out in a fold: in time, not those before the first."""
        return np.any([held for _, held in self.parts], axis=0)

    def of_folds(self, values: Sequence[Any]) -> np.ndarray:
        """Return the values of the rows that are scored, in their order, from those of each fold."""
        found = np.empty(self.table.n)
        for (_, held), of_fold in zip(self.parts, values, strict=True):
            found[held] = of_fold
        return found[self.scored]


def scored_rows(config: ModelConfig, table: Table, folds: int) -> ScoredRows:
    """Return the rows that models are compared by; a note says how many have no y."""
    written = declared_table(table, config.data)
    table = with_numbers(written, config.data)
    lacking = without_y(table, config.data, labels=True)
    if lacking.any() and not config.data.strict:
        Lacking.of(lacking, written, table, target_names(config.data)).note("The target")
    table, weight = weighted(config, table)
    config = with_event_label(config, table)
    return ScoredRows(config, table, weight, folds_of(config, table, folds))


def folds_of(config: ModelConfig, table: Table, folds: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return the masks of training rows and held-out rows of each fold, drawn by the seed, by group or in time.

    Raises
    ------
    DataError
        If there are too few rows.
    """
    if table.n < 2 * folds:
        raise DataError(
            f"The table has {counted(table.n, 'row')} with a positive weight: too few for {folds} folds; two each is "
            "the least."
        )
    return HoldOut.of(config.data, table).folds(folds, np.random.default_rng(config.training.seed))


def scored_weight(config: ModelConfig, table: Table, folds: int) -> np.ndarray:
    """Return the weights of the rows that are scored: in time, not those before the first fold."""
    table, weight = weighted(config, table)
    return weight[np.any([held for _, held in folds_of(config, table, folds)], axis=0)]


def weighted(config: ModelConfig, table: Table) -> tuple[Table, np.ndarray]:
    """Return the rows whose weight is not zero and whose y is there, and their weights."""
    with unnoted():  # said where the families are compared
        table = with_numbers(declared_table(table, config.data), config.data)
    name = config.data.weight
    if name is None:
        weight = np.ones(table.n)
    else:
        weight = row_weights(table.numeric(name), table.n, f"Column '{name}', the weight,", table.index)
        table, weight = table.taken(weight > 0.0), weight[weight > 0.0]
    there = np.ones(table.n, bool) if config.data.strict else ~without_y(table, config.data, labels=True)
    return (table, weight) if there.all() else (table.taken(there), weight[there])
