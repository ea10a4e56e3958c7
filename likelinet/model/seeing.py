"""What moves a fitted model's predictions, and all that there is to see of it in one file."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.errors import DataError
from likelinet.core.lazy import LazyModule
from likelinet.core.notes import unnoted
from likelinet.core.wording import nearest
from likelinet.explain.importance import Importance, importance
from likelinet.explain.partial_dependence import PartialDependence, partial_dependence
from likelinet.explain.shapley import Explanation, explanation
from likelinet.model.scoring import Scoring
from likelinet.tables.kinds.kind import Kind
from likelinet.tables.roles import other_columns
from likelinet.tables.rows import declared_table
from likelinet.tables.table import Table

_report = LazyModule("likelinet.report")  # a floor above this one, with Matplotlib: nothing else here needs it


class Seeing(Scoring):
    """The questions why predictions are as they are."""

    def importance(
        self, X: Any, y: Any = None, sample_weight: ArrayLike | None = None, *, rows: int = 1000, seed: int = 0
    ) -> Importance:
        """Return what each feature does for the score, the location and the spread of predictions.

        The cells of one feature after the other change places among the rows, which takes from it all that it says.
        Features that say the same stand in for one another, so that each by itself seems to do little.

        Parameters
        ----------
        X, y, sample_weight
            Rows that the model has not seen, as `evaluate` takes them.
        rows : int
            How many of them are used at most, drawn by the seed.
        seed : int
            Of the rows and their new places.

        Returns
        -------
        Importance
            With an entry for each feature that makes an input.
        """
        _check_whole("rows", rows, 2)
        _check_whole("seed", seed, 0)
        observed, rng = self.observed(X, y, sample_weight), np.random.default_rng(seed)
        mask = drawn(observed.table.n, rows, rng)
        table = self._by_name(observed.table.taken(mask))
        with unnoted():  # of cells that are odd where they are put, or said where rows are predicted
            return importance(
                self.predict_dist, table, observed.y[mask], observed.weight[mask], self._features_of(table), rng
            )

    def partial_dependence(self, X: Any, column: str, *, points: int = 20, rows: int = 200) -> PartialDependence:
        """Return how the predicted median and 80 % interval move with a feature, on average over rows.

        Parameters
        ----------
        X : array_like or DataFrame
            Rows whose other features are kept, and whose cells of this one are tried.
        column : str
            The feature.
        points : int
            How many numbers are tried at most; of categories it is the twelve most frequent ones.
        rows : int
            How many rows are predicted for each of them, at most.

        Returns
        -------
        PartialDependence
            With the cells that were tried.
        """
        _check_whole("points", points, 2)
        _check_whole("rows", rows, 1)
        table = self._by_name(declared_table(X, self.config.data))
        kinds = {kind.name: kind for kind in self._fitted().inputs.columns if kind.width}
        if column not in kinds:
            raise DataError(f"partial_dependence: there is no feature '{column}'{nearest(column, kinds)}.")
        kind = kinds[column]
        with unnoted():
            return partial_dependence(self.predict_dist, table, kind, _sources(kind, table), points, rows)

    def explain(self, X: Any, row: int, *, rows: int = 100, seed: int = 0) -> Explanation:
        """Return what moved the distribution of one row away from those of others: the Shapley values of its features.

        They say what the model does with the row, not what would happen to y if a cell were another one.

        Parameters
        ----------
        X : array_like or DataFrame
            The row, and those it is compared with.
        row : int
            Its position, counted from 0.
        rows : int
            How many of the others are used at most, drawn by the seed.
        seed : int
            Of the rows, and of the orders in which features are looked at.

        Returns
        -------
        Explanation
            Whose values sum to the location of the row less the mean location of the others, and likewise its spread.
            The locations of classes are the probabilities of each, of which tables show that of the most probable one.
        """
        _check_whole("rows", rows, 1)
        _check_whole("seed", seed, 0)
        _check_whole("row", row, 0)
        table = self._by_name(declared_table(X, self.config.data))
        if table.n < 2:
            raise DataError("explain: the row is compared with others: the table needs two rows or more.")
        if row >= table.n:
            raise DataError(f"explain: there is no row {row}, counted from 0, in a table of {table.n} rows.")
        rng = np.random.default_rng(seed)
        others = np.delete(np.arange(table.n), row)
        others = others[drawn(len(others), rows, rng)]
        # What the family reads of a row moves its distribution too.
        read = {c: (c,) for group in self.config.each_group for c in group.distribution.columns}
        features = {**self._features_of(table), **read}
        with unnoted():
            return explanation(self.predict_dist, table, row, others, features, self._locations(), rng)

    def report(
        self,
        X: Any,
        y: Any = None,
        path: str | Path = "report.html",
        *,
        train: Any = None,
        sample_weight: ArrayLike | None = None,
        seed: int = 0,
    ) -> Path:
        """Write all that there is to see of the model on some rows to one HTML file, and return its path.

        How columns are read, the family and why, learning curves, scores beside simpler models, calibration,
        distributions of single rows, importance of features, partial dependence, the worst rows, and how far the
        table is from that of training. The file needs nothing beside it, nor a network.

        Parameters
        ----------
        X, y, sample_weight
            Rows that the model has not seen, as `evaluate` takes them.
        path : str or Path
            The file, whose ending is .html.
        train : optional
            Rows for the other models, with y as a column if y is not given, else a pair (X, y). Without them, each
            row is scored by such as are fitted to others of X.
        sample_weight : array_like, shape (n,), optional
            Weight of each row.
        seed : int
            By which rows are drawn, where there are many.
        """
        _check_whole("seed", seed, 0)
        table = declared_table(X, self.config.data)
        given = {"train": train, "sample_weight": sample_weight, "seed": seed}
        asked = {"predict": self._predicted, "read": self._by_name, "inputs": self._inputs_of}
        fit = self._fitted()
        asked |= {"note_seen": self._note_seen, "fitted_to": fit.source.rows if len(fit.start) else 0}  # not of parts
        return _report.write_report(self, table, y, Path(path), **given, **asked)

    def _locations(self) -> list[str]:
        """Return the names of outputs, or of their classes; outputs of fewer classes than others have some of ""."""
        fit = self._fitted()
        outputs, known = self._roles.outputs(fit.inputs.names, fit.targets.outputs), fit.targets.classes
        if not isinstance(many := fit.targets.n_classes, int):
            assert isinstance(known, list)
            each = [[*map(str, labels), *[""] * (max(many) - len(labels))] for labels in known]
        elif many == 0:
            return list(outputs)
        else:
            each = [[str(label) for label in (range(many) if known is None else known)]] * len(outputs)
        one = len(outputs) == 1
        return [label if one else f"{name}: {label}" for name, own in zip(outputs, each, strict=True) for label in own]

    def _by_name(self, table: Table) -> Table:
        """Return the columns that predictions need, by the names that the model has for them, of these rows alone."""
        fit = self._fitted()
        found = fit.rows(table).x.table
        wanted = [*self._names_read(), *other_columns(self.config)]
        return found.rows(slice(None), tuple(name for name in dict.fromkeys(wanted) if name in found.columns))

    def _inputs_of(self, table: Table) -> np.ndarray:
        """Return what the network sees of a table."""
        return self._fitted().rows(table).x[slice(None)]

    def _names_read(self) -> list[str]:
        kinds = self._fitted().inputs.columns
        return [*(kind.name for kind in kinds), *(source for kind in kinds if kind.width for source in kind.sources)]

    def _features_of(self, table: Table) -> Mapping[str, Sequence[str]]:
        """Return the columns of each feature that makes an input."""
        return {kind.name: _sources(kind, table) for kind in self._fitted().inputs.columns if kind.width}


def _sources(kind: Kind, table: Table) -> tuple[str, ...]:
    return tuple(name for name in kind.sources if name in table.columns)


def drawn(n: int, rows: int, rng: np.random.Generator) -> np.ndarray:
    """Return the mask of so many rows, or all where there are no more.

    Parameters
    ----------
    n, rows : int
        How many there are, and how many are wanted.
    rng : numpy.random.Generator
        Source of the choice.
    """
    mask = np.ones(n, bool) if n <= rows else np.zeros(n, bool)
    if n > rows:
        mask[rng.choice(n, rows, replace=False)] = True
    return mask


def _check_whole(name: str, value: Any, least: int) -> None:
    if not isinstance(value, int | np.integer) or value < least:
        raise DataError(f"{name} must be a whole number, {least} or more, got {value!r}.")
