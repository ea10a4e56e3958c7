"""What each column of a table is to a model: target, weight, feature, or read by the family."""

from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from likelinet.config import ModelConfig
from likelinet.config.network import CoderConfig
from likelinet.core.errors import DataError
from likelinet.core.gathered import also, gathered
from likelinet.core.wording import nearest
from likelinet.tables.hold_out import HoldOut
from likelinet.tables.inputs import learn_inputs
from likelinet.tables.own import y_of_x
from likelinet.tables.rows import Rows, declared_table, output_names, read_rows, target_names
from likelinet.tables.table import Table
from likelinet.tables.undressed import Undressed


@dataclass(frozen=True)
class Roles:
    """The columns as a config declares them.

    Parameters
    ----------
    config : ModelConfig
        The declaration.
    labels : bool
        Whether y may be text, as labels of classes are.
    """

    config: ModelConfig
    labels: bool

    @property
    def y_is_x(self) -> bool:
        """Whether y is x where nobody says what it is."""
        return isinstance(self.config.network, CoderConfig) and self.config.data.target is None

    @property
    def y_name(self) -> str:
        """How messages and pictures call y."""
        if self.y_is_x:
            return "y, here x itself,"
        names = target_names(self.config.data)
        return f"Target '{', '.join(names)}'" if names else "y"

    @property
    def others(self) -> tuple[str, ...]:
        """The columns that are known, but nothing to predict from unless data.features says so."""
        return other_columns(self.config)

    def outputs(self, features: list[str], many: int | None) -> list[str]:
        """Return how to call each output, of which there are so many; numbered where the user gave no names."""
        names = features if self.y_is_x and len(features) == many else output_names(self.config.data)
        return names or [f"y{j}" for j in range(many or 1)]

    def features(self, table: Table) -> list[str]:
        """Return the columns of a table to learn to predict from."""
        data = self.config.data
        with also(partial(self.look, table)):
            self._spoken_of(table)
        names = self.candidates(table)
        clash = sorted(set(names) & {*target_names(data), data.weight}) if table.named else []
        if clash or len(set(names)) < len(names):
            raise DataError(
                f"data.features must name each column once, and neither target nor weight: {', '.join(clash or names)}."
            )
        return names

    def candidates(self, table: Table) -> list[str]:
        """Return the columns that may be features, whatever is wrong with them."""
        data = self.config.data
        names = [n for n in table.columns if n not in self.others] if data.features is None else data.features
        return [n for n in names if n not in data.exclude]

    def _spoken_of(self, table: Table) -> None:
        """Raise `DataError` for misspelled columns."""
        data = self.config.data
        by_rows = (name for name in (data.groups, data.time) if name is not None)
        names = (*by_rows, *data.exclude, *data.categorical, *data.ordered, *data.datetime, *data.text)
        gathered(partial(table.column, name) for name in dict.fromkeys(names))

    def look(self, table: Table) -> None:
        """Raise `DataError` for all that is wrong with columns but for y and its weight.

        They are misspelled, or nothing could be learned from them, or they do not say which rows belong together, or
        are no numbers although the family reads them.
        """
        reads = (partial(read_by_family, table, name) for name in self.config.distribution.columns)
        apart = partial(HoldOut.of, self.config.data, table)
        gathered((partial(self._spoken_of, table), partial(self._learn, table), apart, *reads))

    def _learn(self, table: Table) -> None:
        if table.n:
            learn_inputs(table, self.candidates(table), np.ones(table.n), self.config.data)

    def rows(
        self,
        X: Any,
        y: Any,
        sample_weight: ArrayLike | None,
        features: list[str] | None = None,
        named: bool = True,
        every: bool = False,
        part: bool = False,
    ) -> Rows:
        """Return table, target and weights of the rows whose weight is not zero, and whose y is there.

        Parameters
        ----------
        X, y, sample_weight
            As the user passed them.
        features : list of str, optional
            The columns that a fitted model predicts from; by default those that are there to learn from.
        named : bool
            Whether they are names that the user gave.
        every : bool
            Whether a missing y is an error.
        part : bool
            Whether they are some of many rows, of which all may lack y, or have more text in it than all rows together.

        Raises
        ------
        DataError
            If the rows cannot be used, or are written in another way than the table knows.
        """
        data, table = self.config.data, declared_table(X, self.config.data)
        of_x = Undressed(table, {}, {})
        if y is None and self.y_is_x and table.n:
            own = self.features(table) if features is None else features
            if features is not None and named != table.named and len(own) == len(table.columns):
                own = list(table.columns)  # an array for a DataFrame, or the other way round: by position
            if not own:
                raise DataError("A network through a code needs columns to make a code of, and the table has none.")
            y, of_x = y_of_x(table, own, data, self.labels, data.strict or not part)
            data = data.model_copy(update={"target": own})
        with also(partial(self.look, table)) if features is None else nullcontext():
            rows = read_rows(data, self.labels, table, y, sample_weight, self.y_name, every, part)
        return replace(rows, written={**rows.written, **of_x.written}, astray={**rows.astray, **of_x.astray})


def read_by_family(table: Table, name: str) -> np.ndarray:
    """Return the numbers of a column that the family reads.

    Raises
    ------
    DataError
        If it is not there, or holds something else.
    """
    if name not in table.columns:
        raise DataError(
            f"The table lacks the column '{name}', from which the family reads a parameter or an exposure"
            f"{nearest(name, table.columns)}."
        )
    return table.numeric(name)


def other_columns(config: ModelConfig) -> tuple[str, ...]:
    """Return the columns that a config has for something else: target, weight, groups, excluded ones, the family's."""
    data = config.data
    taken = (*data.exclude, *target_names(data), *(n for n in (data.weight, data.groups) if n))
    return (*taken, *config.distribution.columns)
