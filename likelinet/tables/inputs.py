"""Inputs: columns of a table as one standardised matrix."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from likelinet.core.errors import DataError
from likelinet.core.fields import from_fields
from likelinet.core.notes import note
from likelinet.core.wording import SHOWN, counted, nearest, shown
from likelinet.tables.cells import BOOLS
from likelinet.tables.scaling import is_constant, moments
from likelinet.tables.table import Table
from likelinet.tables.text import Text

MANY = 50  # categories above which a text column that is nearly all different is taken for an identifier


@dataclass(frozen=True)
class Feature:
    """One feature: numbers, coded as (value - loc) / scale, or text, with the `categories` of its one-hot code.

    Text has the loc 0 and the scale 1.
    """

    name: str
    categories: tuple[str, ...] | None = None
    loc: float = 0.0
    scale: float = 1.0

    @property
    def width(self) -> int:
        """How many columns of the matrix it takes."""
        return 1 if self.categories is None else len(self.categories)


@dataclass(frozen=True)
class Inputs:
    """How the features of a table become the matrix x, as learned from the training rows."""

    columns: tuple[Feature, ...]
    named: bool

    @property
    def names(self) -> list[str]:
        """Names of the features."""
        return [c.name for c in self.columns]

    @property
    def width(self) -> int:
        """Number of inputs of the network."""
        return sum(c.width for c in self.columns)

    def rows(self, table: Table, other: tuple[str, ...] = (), chosen: bool = False) -> "Encoded":
        """Return the rows of x, which are encoded as they are asked for; columns that are not features are ignored.

        Parameters
        ----------
        table : Table
            Must hold every feature.
        other : tuple of str
            Columns that are known to be something else.
        chosen : bool
            Whether the features were chosen by name, so that there may be more columns.

        Raises
        ------
        DataError
            If a feature is missing or text where numbers were; and when its rows are asked for, if a cell is not
            finite or of an unknown category.
        """
        names = self.names
        missing = [n for n in names if n not in table.columns]
        left = [n for n in table.columns if n not in other]
        by_position = bool(missing) and self.named != table.named  # an array for a DataFrame, or the other way round
        counts = by_position or not (chosen or (self.named and table.named))
        if counts and self.columns and len(left) != len(names):
            apart = [n for n in table.columns if n in other]
            beside = f" beside {', '.join(apart)}" if apart else ""
            raise DataError(f"X has {counted(len(left), 'column')}{beside}, but the model was fitted on {len(names)}.")
        if by_position:
            columns = {name: table.columns[n] for name, n in zip(names, left, strict=True)}
            table = replace(table, columns={**table.columns, **columns}, named=True)
        elif missing:
            hint = nearest(missing[0], table.columns) if len(missing) == 1 else ""
            raise DataError(f"The table lacks the column{'s' * (len(missing) > 1)} {', '.join(missing)}{hint}.")
        return Encoded(self, table)

    def note_unused(self, table: Table, other: tuple[str, ...]) -> None:
        """Warn of columns that are neither features nor, as those in `other`, known to be none."""
        names = self.names
        extra = [n for n in table.columns if n not in names and n not in other]
        by_position = any(n not in table.columns for n in names)
        if extra and names and table.named and not by_position:
            some = ", ".join(extra[:SHOWN]) + (", …" if len(extra) > SHOWN else "")
            note(f"Columns that the model does not use are ignored: {some}.")

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {"columns": [vars(c) for c in self.columns], "named": self.named}

    @staticmethod
    def from_json(data: dict[str, Any]) -> "Inputs":
        """Return what `to_json` wrote."""

        def column(c: Any) -> Feature:
            return from_fields(Feature, c, "column of the inputs", categories=lambda v: None if v is None else tuple(v))

        return from_fields(Inputs, data, "inputs", columns=lambda columns: tuple(map(column, columns)))


def learn_inputs(table: Table, features: list[str], weight: np.ndarray, standardize: bool) -> Inputs:
    """Return the encoding of the named features, scaled by the weighted mean and standard deviation."""
    columns = []
    for name in features:
        if table.is_text(name):
            cells = table.text(name)
            categories = cells.distinct()
            if len(categories) > MANY and 2 * len(categories) > len(cells):
                raise DataError(
                    f"Column '{name}' is text with {len(categories)} different values in {len(cells)} rows, "
                    "so it looks like an identifier or a date: list the columns to use in data.features, without it."
                )
            columns.append(Feature(name, tuple(categories)))
            continue
        values = table.numeric(name)
        loc, scale = 0.0, 1.0
        if standardize:
            loc, spread = (float(m) for m in moments(values, weight))
            if not np.isfinite([loc, spread]).all():
                raise DataError(f"Column '{name}' has numbers too large for double precision: choose another unit.")
            # A constant column survives as zeros; rounding must not blow it up.
            scale = 1.0 if is_constant(loc, spread) else spread
        columns.append(Feature(name, None, loc, scale))
    return Inputs(tuple(columns), table.named)


class Encoded:
    """The rows of x, encoded as they are asked for, so that very many of them never exist at once.

    Parameters
    ----------
    inputs : Inputs
        The encoding.
    table : Table
        With every feature.
    """

    def __init__(self, inputs: Inputs, table: Table) -> None:
        self._inputs, self._table = inputs, table
        self._numeric = tuple(c.name for c in inputs.columns if c.categories is None)
        # Whether text is meant as numbers shows in all of a column.
        self._parsed = {n: table.numeric(n) for n in self._numeric if isinstance(table.columns[n], Text)}
        self._loc = np.array([c.loc for c in inputs.columns for _ in range(c.width)])
        self._scale = np.array([c.scale for c in inputs.columns for _ in range(c.width)])

    def __len__(self) -> int:
        return self._table.n

    def __getitem__(self, rows: slice) -> np.ndarray:
        """Return x of a slice of the rows, in double precision; its columns lie one after the other in memory."""
        columns = np.empty((self._inputs.width, len(range(self._table.n)[rows])))
        parsed = {n: v[rows] for n, v in self._parsed.items()}
        some: dict[str, Any] = {**self._table.rows(rows, self._numeric).columns, **parsed}
        at = 0
        for column in self._inputs.columns:
            if column.categories is None:
                columns[at] = some[column.name]
            else:
                columns[at : at + column.width] = _one_hot(column, self._table, rows).T
            at += column.width
        if not np.isfinite(columns).all():
            for name in self._numeric:  # says which rows of the whole table
                self._table.numeric(name)
        with np.errstate(over="ignore"):  # what is too large is said where it is too large for the network
            columns -= self._loc[:, None]
            columns /= self._scale[:, None]
        return columns.T


def _one_hot(column: Feature, table: Table, rows: slice) -> np.ndarray:
    """Return the one-hot code of a slice of the rows."""
    assert column.categories is not None
    try:
        text = table.rows(rows, (column.name,)).text(column.name)
    except DataError:
        text = table.text(column.name)[rows]  # says which rows of the whole table
    code = _codes(text, column.categories)
    strange = code < 0
    if strange.any():
        i = int(strange.argmax())
        row = range(table.n)[rows][i] if table.index is None else table.index[rows][i]
        seen = ", ".join(column.categories[:10]) + (", …" if column.width > 10 else "")
        raise DataError(
            f"Column '{column.name}' has the category '{shown(text[i])}' in row {row + 1}, "
            f"which was not seen in training (seen: {seen})."
        )
    one_hot = np.zeros((len(code), column.width))
    one_hot[np.arange(len(code)), code] = 1.0
    return one_hot


def _codes(text: Text, categories: tuple[str, ...]) -> np.ndarray:
    """Return the position of each cell among the categories, -1 if it is none; True and False go in any spelling."""
    lower = [c.lower() for c in categories]
    if set(lower) <= BOOLS.keys() and len(set(lower)) == len(lower):
        return text.lowered().codes(lower)
    return text.codes(categories)
