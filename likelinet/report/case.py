"""The rows that a report is about, predicted once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from likelinet.core.wording import shown
from likelinet.distributions import Distribution, Interval
from likelinet.model.model import Model
from likelinet.model.predicted import Predicted
from likelinet.model.seeing import drawn
from likelinet.tables.named_target import named
from likelinet.tables.rows import Rows, output_names
from likelinet.tables.table import Table

ROWS = 5000  # that are scored at most: more would move no number that is read here


@dataclass(frozen=True)
class Case:
    """A model and rows of which y is known.

    Parameters
    ----------
    model : Model
        Fitted.
    table : Table
        All rows, as they were given.
    observed : int
        How many of them have y.
    predicted : Predicted
        Those that are scored, with what is predicted of each.
    by_column : bool
        Whether y is a column of the table.
    read : callable
        Returns a table as the model sees it: with its own names of columns.
    inputs : callable
        Returns what the network sees of a table, shape (n, inputs).
    seed : int
        By which rows are drawn.
    """

    model: Model
    table: Table
    observed: int
    predicted: Predicted
    by_column: bool
    read: Callable[[Table], Table]
    inputs: Callable[[Table], np.ndarray]
    seed: int

    @property
    def rows(self) -> Rows:
        """Those that are scored."""
        return self.predicted.rows

    @property
    def d(self) -> Distribution:
        """What is predicted of each."""
        return self.predicted.d

    @property
    def y(self) -> np.ndarray | Interval:
        """What was observed."""
        return self.rows.y

    @property
    def weight(self) -> np.ndarray:
        """Of each row."""
        return self.rows.weight

    @property
    def given(self) -> tuple[Table, Any, Any]:
        """The rows that are scored as `Model.evaluate` takes them: X, and y and weights that are no columns of it."""
        weight = self.weight if self.model.config.data.weight is None else None
        return self.rows.table, None if self.by_column else self.y, weight

    @property
    def y_in_words(self) -> str:
        """The names of y."""
        return shown(", ".join(output_names(self.model.config.data)) or "y")

    @property
    def of_classes(self) -> bool:
        """Whether y is one class."""
        return self.d.class_marginals() is not None and not self.d.event_shape

    @property
    def of_one_number(self) -> bool:
        """Whether y is one number, maybe censored."""
        return self.d.class_marginals() is None and not self.d.event_shape

    @property
    def labels(self) -> list[str]:
        """Names of the classes."""
        known = self.model.classes
        return [str(c) for c in (range(self.d.class_probabilities().shape[1]) if known is None else known)]


def case_of(
    model: Model,
    table: Table,
    y: Any,
    sample_weight: Any,
    seed: int,
    predict: Callable[[Rows], Predicted],
    read: Callable[[Table], Table],
    inputs: Callable[[Table], np.ndarray],
) -> Case:
    """Return the rows of a table that have y, or so many of them as are scored, with what is predicted.

    Parameters
    ----------
    model : Model
        Fitted.
    table, y, sample_weight
        As the user passed them.
    seed : int
        By which rows are drawn.
    predict : callable
        Returns all that is predicted of rows.
    read, inputs : callable
        As the case has them.
    """
    config, values = named(model.config, table, y)
    if values is None and config.data.target == model.config.data.target:
        y = None  # the model knows the name
    rows = model.observed(table, y, sample_weight)
    observed = rows.table.n
    if observed > ROWS:
        mask = drawn(observed, ROWS, np.random.default_rng(seed))
        rows = Rows(rows.table.taken(mask), rows.y[mask], rows.weight[mask], rows.levels)
    return Case(model, table, observed, predict(rows), y is None, read, inputs, seed)
