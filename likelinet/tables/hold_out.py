"""Which rows are held out: drawn one by one, whole groups at a time, or the last ones in time."""

import heapq
from dataclasses import dataclass

import numpy as np

from likelinet.config import DataConfig
from likelinet.core.errors import DataError
from likelinet.core.wording import counted, rows_of, shown
from likelinet.tables.coded import coded
from likelinet.tables.marked import absent
from likelinet.tables.recognise.moments import moments_in
from likelinet.tables.table import Table
from likelinet.tables.text import Text


@dataclass(frozen=True)
class HoldOut:
    """Rows in units that are held out as a whole.

    Parameters
    ----------
    units : ndarray, shape (n,)
        The unit of each row, counted from 0: the row itself, its group, or its time.
    in_time : bool
        Whether the units have an order, in which the last ones are held out; without one they are drawn.
    column : str, optional
        The column with groups or times.
    """

    units: np.ndarray
    in_time: bool = False
    column: str | None = None

    @staticmethod
    def of(data: DataConfig, table: Table) -> "HoldOut":
        """Return how the rows of a table are held out, by `data.groups` or `data.time` where there is one."""
        if data.groups is not None:
            return HoldOut(_codes(table, data.groups, "data.groups"), column=data.groups)
        if data.time is not None:
            return HoldOut(_times(table, data.time), in_time=True, column=data.time)
        return HoldOut(np.arange(table.n))

    @property
    def by_rows(self) -> bool:
        """Whether each row is held out by itself."""
        return self.column is None

    @property
    def in_words(self) -> str:
        """How rows are held out, as messages say it: "by 'patient'", "in the order of 'date'"; nothing by itself."""
        if self.by_rows:
            return ""
        return f"in the order of '{self.column}'" if self.in_time else f"by '{self.column}'"

    def rows(self, share: float, rng: np.random.Generator) -> np.ndarray:
        """Return the mask of about this share of the rows: of one unit at least, but never of all.

        Raises
        ------
        DataError
            If there is one unit alone.
        """
        order, size = self._order(rng)
        if len(order) < 2:
            raise DataError(f"{self._many(len(order))}: no rows can be held out.")
        many = int(np.abs(np.cumsum(size) - share * len(self.units)).argmin()) + 1
        chosen = np.zeros(len(order), dtype=bool)
        chosen[order[: min(many, len(order) - 1)]] = True
        return chosen[self.units]

    def folds(self, many: int, rng: np.random.Generator) -> list[tuple[np.ndarray, np.ndarray]]:
        """Return the masks of training rows and held-out rows of each fold.

        Each unit is held out once. In time, each fold is trained on all that came before it, so that the first of as
        many parts plus one is never held out.

        Raises
        ------
        DataError
            If there are too few units.
        """
        part = self._parts(many + self.in_time, many, rng)
        if self.in_time:
            return [(part < k, part == k) for k in range(1, many + 1)]
        return [(part != k, part == k) for k in range(many)]

    def most(self, many: int) -> int:
        """Return how many parts there can be, up to so many."""
        for fewer in range(many, 1, -1):
            try:
                self.parts(fewer, np.random.default_rng(0))
            except DataError:
                continue
            return fewer
        return 1

    def parts(self, many: int, rng: np.random.Generator) -> np.ndarray:
        """Return the fold of each row, from 0 on: every row is in one, and the rows of a unit are in the same.

        They have about as many rows each. In time, each is a stretch of it.

        Raises
        ------
        DataError
            If there are too few units.
        """
        return self._parts(many, many, rng)

    def _parts(self, many: int, folds: int, rng: np.random.Generator) -> np.ndarray:
        """Return the part of each row, of so many, which make so many folds."""
        order, size = self._order(rng)
        if len(order) < many:
            raise DataError(f"{self._many(len(order))}: too few for {folds} folds.")
        part = np.empty(len(order), dtype=np.intp)
        if not self.in_time:
            part[order] = np.arange(len(order)) % many if self.by_rows else _balanced(size, many)
            return part[self.units]
        before = np.cumsum(size[::-1]) - size[::-1]
        part[order[::-1]] = before * many // len(self.units)
        if len(np.unique(part)) < many:
            raise DataError(f"Too many rows have the same '{self.column}' for {folds} folds: take fewer.")
        return part[self.units]

    def _many(self, units: int) -> str:
        """Return how many units there are, as the beginning of a sentence."""
        if self.by_rows:
            return f"The table has {counted(units, 'row')}"
        return f"Column '{self.column}' has {counted(units, 'value')}"

    def _order(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Return the units, those to be held out first, and how many rows each has."""
        size = np.bincount(self.units)
        order = np.arange(len(size))[::-1] if self.in_time else np.argsort(rng.permutation(len(size)))
        return order, size[order]


def folds_of(data: DataConfig, table: Table, many: int, rng: np.random.Generator) -> np.ndarray:
    """Return the fold of each row, from 0 on, of which there are so many: the rows of a group are in the same one."""
    units = np.arange(table.n) if data.groups is None else HoldOut.of(data, table).units
    return rng.permutation(units.max() + 1)[units] % many


def _balanced(size: np.ndarray, many: int) -> list[int]:
    """Return the part of each unit, one after the other the one that has the fewest rows."""
    parts, found = [(0, k) for k in range(many)], []
    for rows in size.tolist():
        filled, k = heapq.heappop(parts)
        heapq.heappush(parts, (filled + rows, k))
        found.append(k)
    return found


def _codes(table: Table, name: str, key: str) -> np.ndarray:
    """Return the number of each cell among the sorted values of a column."""
    values = table.column(name)
    missing = absent(values)
    if missing.any():
        raise DataError(
            f"Column '{name}', which is {key}, has {counted(missing.sum(), 'missing cell')} "
            f"({rows_of(missing, table.index)}): fill or drop these rows."
        )
    return np.unique(coded(values).codes, return_inverse=True)[1]


def _times(table: Table, name: str) -> np.ndarray:
    """Return the number of each cell in the order of time: of numbers, dates, or times in any common form."""
    _codes(table, name, "data.time")  # says what is missing
    values = table.plain(name)
    if isinstance(values, Text) and not table.holds_text(name):
        values = table.numeric(name)
    if isinstance(values, Text):
        found = moments_in(values, 0.5)
        strange = np.ones(table.n, bool) if found is None else found.stray
        if found is None or strange.any():
            cell = shown(values[int(strange.argmax())])
            raise DataError(
                f"Column '{name}', which is data.time, must hold numbers or dates of one form, like 2024-12-31 23:59, "
                f"got '{cell}' ({rows_of(strange, table.index)})."
            )
        values = found.values
    return np.unique(values, return_inverse=True)[1]
