"""What all kinds of columns are: how the cells of one column become inputs of the network."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np

from likelinet.core.fields import from_fields
from likelinet.tables.columns import Column
from likelinet.tables.marked import absent
from likelinet.tables.table import Table


@dataclass(frozen=True)
class Strange:
    """Masks of the cells of a slice that were not as those of training; None where there is no such cell.

    Parameters
    ----------
    outside : ndarray of bool, optional
        Outside the range of training, and held at its end.
    unseen : ndarray of bool, optional
        A category that training had not.
    neither : ndarray of bool, optional
        Text, or another number, that is neither yes nor no.
    unplaced : ndarray of bool, optional
        A level that training had not, of an order.
    missing : ndarray of bool, optional
        Missing, where training had no missing cell.
    stray : ndarray of bool, optional
        Text among numbers or moments, which counts as missing.
    turned : ndarray of bool, optional
        A moment of another form than training had, which could be read.
    doubtful : ndarray of bool, optional
        A date whose day could be its month, which counts as missing.
    bare : ndarray of bool, optional
        A number among moments, which counts as missing.
    """

    outside: np.ndarray | None = None
    unseen: np.ndarray | None = None
    neither: np.ndarray | None = None
    unplaced: np.ndarray | None = None
    missing: np.ndarray | None = None
    stray: np.ndarray | None = None
    turned: np.ndarray | None = None
    doubtful: np.ndarray | None = None
    bare: np.ndarray | None = None


USUAL = Strange()  # nothing was


@dataclass(frozen=True)
class Kind(ABC):
    """How one column is encoded; its fields are plain data, of which a file is made.

    Parameters
    ----------
    name : str
        Of the column.
    """

    name: str

    tag: ClassVar[str]  # what a file calls the kind
    of_numbers: ClassVar[bool] = False  # how messages speak of a missing cell
    of_amounts: ClassVar[bool] = False  # whether its first input is an amount, which other columns may tell
    sparse: ClassVar[bool] = False  # whether its inputs are mostly 0: they are filled at their place, in any precision

    @property
    @abstractmethod
    def inputs(self) -> list[str]:
        """What each input of the network is called that the column makes."""

    @cached_property
    def width(self) -> int:
        """How many inputs of the network it makes; 0 where the column is left out."""
        return len(self.inputs)

    @property
    def filled(self) -> bool:
        """Whether training had missing cells, so that an input says where they are."""
        return self.inputs[-1:] == with_indicator([], self.name, indicator=True)

    @property
    def in_code(self) -> int:
        """How many more numbers the network makes of its first input."""
        return 0

    @property
    def plain(self) -> bool:
        """Whether it is a number as it stands in every row, of which there is nothing to tell."""
        return False

    @property
    def alike(self) -> bool:
        """Whether it is a number whose one input `encode_together` can make with those of others."""
        return False

    @property
    def endless(self) -> bool:
        """Whether its inputs may be as large as its cells, so that these must be finite."""
        return False

    def read(self, table: Table) -> Column | None:
        """Return all of the column in a form that `encode` takes slices of; None where it takes them as they are.

        A kind needs it where only all of a column tell how its cells are meant.
        """
        return None

    @property
    def within(self) -> tuple[float, float] | None:
        """Where its first input is held in rows that are outside of the range of training in other columns as well."""
        return None

    @property
    def sources(self) -> tuple[str, ...]:
        """The columns of the table that it reads."""
        return (self.name,)

    def among(self, table: Table, read: Column) -> Strange:
        """Return which cells of all of a column are not written as those of training, given what `read` returned."""
        return Strange(stray=self.lost(table, read))

    def lost(self, table: Table, read: Column) -> np.ndarray:
        """Return which cells of all of a column `read` has made missing ones of."""
        if not isinstance(read, np.ndarray):
            return np.zeros(len(read), bool)
        lost = absent(read)
        for name in self.sources if lost.any() else ():
            lost &= ~absent(table.column(name))
        return lost

    @abstractmethod
    def encode(self, cells: Column, out: np.ndarray) -> Strange:
        """Fill the inputs of some rows.

        Parameters
        ----------
        cells : Column
            A slice of the column, or of what `read` returned.
        out : ndarray, shape (width, n)
            Filled here; each row of it lies in one piece, but for sparse kinds. Overflow and division by zero go
            without a warning.

        Returns
        -------
        Strange
            Which cells were not as those of training.
        """

    @property
    def seen(self) -> str:
        """What training had, in brief, for messages about what it had not."""
        return ""

    @abstractmethod
    def describe(self) -> str:
        """Return in one line what the column is and how it is encoded."""

    def in_brief(self) -> str:
        """Return the same without what training had, and with what is short first, for a line that may be cut."""
        return self.describe().replace(f", {self.seen}", "") if self.seen else self.describe()

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {"kind": self.tag, **{part.name: getattr(self, part.name) for part in fields(self)}}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Return what `to_json` wrote, given its parts but for the tag; lists become tuples, in lists as well."""
        parts = {name: _as_tuples(value) for name, value in data.items()}
        return from_fields(cls, parts, "column of the inputs", finite=True)


def _as_tuples(value: Any) -> Any:
    return tuple(map(_as_tuples, value)) if isinstance(value, list) else value


def with_indicator(names: list[str], name: str, indicator: bool) -> list[str]:
    """Return names of inputs, and that of the one which says where a cell is missing, if there is one."""
    return [*names, f"{name} missing"] if indicator else names
