"""Inputs: columns of a table as one standardised matrix."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import groupby, pairwise
from typing import Any

import numpy as np

from likelinet.config import DataConfig
from likelinet.core.errors import DataError
from likelinet.core.fields import each, from_fields
from likelinet.core.gathered import also, attempted, gathered, without_faults
from likelinet.core.notes import note
from likelinet.core.wording import SHOWN, all_meant, counted, listed, nearest, shown
from likelinet.tables.columns import Column
from likelinet.tables.kinds.choose import learn_kind
from likelinet.tables.kinds.joined import join_moments
from likelinet.tables.kinds.kind import USUAL, Kind, Strange
from likelinet.tables.kinds.number import Number, encode_together
from likelinet.tables.kinds.statistics import Apart, with_means
from likelinet.tables.kinds.stored import kind_from_json
from likelinet.tables.oddities import Oddities, refuse, refuse_absent, refuse_missing
from likelinet.tables.table import Table

_APART = 8  # numbers between columns, a line of a cache


@dataclass(frozen=True)
class Inputs:
    """How the features of a table become the matrix x, as learned from the training rows."""

    columns: tuple[Kind, ...]
    named: bool

    @property
    def names(self) -> list[str]:
        """Names of the features."""
        return [c.name for c in self.columns]

    @cached_property
    def width(self) -> int:
        """Number of inputs of the network."""
        return sum(c.width for c in self.columns)

    @cached_property
    def spans(self) -> list[slice]:
        """Which inputs of the network each feature makes."""
        ends = np.cumsum([0, *(c.width for c in self.columns)]).tolist()
        return [slice(*pair) for pair in pairwise(ends)]

    @property
    def with_missing(self) -> list[slice]:
        """Which inputs those features make that had missing cells in training; the last of each says where."""
        return [at for kind, at in zip(self.columns, self.spans, strict=True) if kind.filled]

    @property
    def amounts(self) -> list[tuple[int, int]]:
        """The inputs that other columns may tell where a cell is missing, and those that say where."""
        return [(at.start, at.stop - 1) for kind, at in self._of_amounts if kind.filled]

    @property
    def telling(self) -> list[int]:
        """The inputs that such an amount is learned from: all amounts, and where they are missing."""
        each = [{at.start, at.stop - 1} if kind.filled else {at.start} for kind, at in self._of_amounts]
        return sorted(set().union(*each))

    @property
    def coded(self) -> list[tuple[int, Number]]:
        """The inputs that have a piecewise-linear code, and whose bins these are."""
        each = zip(self.columns, self.spans, strict=True)
        return [(at.start, kind) for kind, at in each if isinstance(kind, Number) and kind.means]

    @property
    def _of_amounts(self) -> list[tuple[Kind, slice]]:
        return [(kind, at) for kind, at in zip(self.columns, self.spans, strict=True) if kind.of_amounts]

    def rows(
        self,
        table: Table,
        other: tuple[str, ...] = (),
        chosen: bool = False,
        strict: bool = False,
        like: "Encoded | None" = None,
    ) -> "Encoded":
        """Return the rows of x, which are encoded as they are asked for; columns that are not features are ignored.

        Parameters
        ----------
        table : Table
            Must hold every feature; with names it may lack those that make no input.
        other : tuple of str
            Columns that are known to be something else.
        chosen : bool
            Whether the features were chosen by name, so that there may be more columns.
        strict : bool
            Whether cells that are not as those of training are errors.
        like : Encoded, optional
            The same rows by other inputs: columns that both read alike are not read again.

        Raises
        ------
        DataError
            If a feature is missing or text where numbers were; and when its rows are asked for, if a cell is odd.
        """
        names = self.names
        missing = [n for n in names if n not in table.columns]
        left = [n for n in table.columns if n not in other]
        by_position = bool(missing) and self.named != table.named  # an array for a DataFrame, or the other way round
        if table.named:
            needed = {source for kind in self.columns if kind.width for source in kind.sources}
            lacking = [n for n in missing if n in needed]
        else:
            lacking = missing
        counts = by_position or not (chosen or (self.named and table.named))
        if counts and self.columns and len(left) != len(names):
            apart = [n for n in table.columns if n in other]
            beside = f" beside {', '.join(apart)}" if apart else ""
            raise DataError(f"X has {counted(len(left), 'column')}{beside}, but the model was fitted on {len(names)}.")
        if by_position:
            columns = {name: table.columns[n] for name, n in zip(names, left, strict=True)}
            without_names = not table.named
            table = replace(table, columns={**table.columns, **columns}, named=True)
            return Encoded(self, table, strict, without_names, like)
        if lacking:
            one = len(lacking) == 1
            free = [n for n in left if n not in names] or table.columns  # a column that is another feature is not meant
            hint = nearest(lacking[0], free) if one else all_meant(lacking, free)
            there = tuple(c for c in self.columns if not {*c.sources} & {*lacking})
            with also(lambda: Encoded(replace(self, columns=there), table, strict).check()):
                raise DataError(f"The table lacks the column{'s' * (not one)} {listed([*map(shown, lacking)])}{hint}.")
        return Encoded(self, table, strict, like=like)

    def note_unused(self, table: Table, other: tuple[str, ...]) -> None:
        """Warn of columns that are neither features nor, as those in `other`, known to be none."""
        names = self.names
        known = {*names, *other}
        extra = [n for n in table.columns if n not in known]
        by_position = self.named != table.named and any(n not in table.columns for n in names)
        if extra and names and table.named and not by_position:
            some = ", ".join(extra[:SHOWN]) + (", …" if len(extra) > SHOWN else "")
            note(f"Columns that the model does not use are ignored: {some}.")

    def with_means(
        self, table: Table, weight: np.ndarray, z: np.ndarray, fold: np.ndarray
    ) -> tuple["Inputs", list[Apart]]:
        """Return the same with means of y for rare levels of categories, as `statistics.with_means` learns them."""
        columns, apart = with_means(self.columns, table, weight, z, fold)
        return replace(self, columns=columns), apart

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {"columns": [c.to_json() for c in self.columns], "named": self.named}

    @staticmethod
    def from_json(data: dict[str, Any]) -> "Inputs":
        """Return what `to_json` wrote."""
        found = from_fields(Inputs, data, "inputs", columns=lambda columns: tuple(each(kind_from_json)(columns)))
        if len({*found.names}) < len(found.names):
            raise ValueError("inputs: the same column comes twice")
        return found


def learn_inputs(table: Table, features: list[str], weight: np.ndarray, data: DataConfig) -> Inputs:
    """Return the encoding of the named features, each by its kind, as learned from the training rows.

    Raises
    ------
    DataError
        For all columns at once that cannot be used.
    """
    each = tuple(without_faults(learn_kinds(table, features, weight, data)))
    return Inputs(join_moments(table, each, weight, data), table.named)


def learn_kinds(table: Table, features: list[str], weight: np.ndarray, data: DataConfig) -> list[Kind | DataError]:
    """Return the kind of each column by itself, or what is wrong with it."""
    guess = table.named and data.features is None and len(features) > 1  # which numbers are those of rows

    def learned(name: str) -> Kind:
        with also(partial(refuse_absent, table, name) if data.strict else lambda: None):
            kind = learn_kind(table, name, weight, data, guess)
        if data.strict:
            refuse_missing(table, kind)
        return kind

    return [attempted(partial(learned, name)) for name in features]


def _hold_corners(outside: list[tuple[Kind, np.ndarray, np.ndarray]]) -> None:
    """Hold rows within the range, in place, that are outside of it in several columns: of each its input, and where."""
    several = np.sum([where for *_, where in outside], axis=0) > 1
    for kind, z, where in outside if len(outside) > 1 else ():
        if kind.within is not None:
            z[where & several] = np.clip(z[where & several], *kind.within)


def _columns(many: int, n: int) -> np.ndarray:
    """Return room for so many columns of n numbers, apart by no power of 2: of such a cache keeps but a few."""
    return np.empty((many, n + _APART))[:, :n]


def _together(kinds: list[tuple[Kind, slice]]) -> list[tuple[list[Kind], slice]]:
    """Return kinds with their inputs, in one piece those numbers side by side that are encoded in one go."""
    pieces = ([*piece] for _, piece in groupby(kinds, lambda pair: None if pair[0].alike else pair[1].start))
    return [([kind for kind, _ in piece], slice(piece[0][1].start, piece[-1][1].stop)) for piece in pieces]


def _run(pieces: list[tuple[list[Kind], slice]], sparse: bool) -> tuple[slice, list[slice], bool]:
    """Return the inputs of some pieces side by side, and those of each among them."""
    first = pieces[0][1].start
    return slice(first, pieces[-1][1].stop), [slice(at.start - first, at.stop - first) for _, at in pieces], sparse


class Encoded:
    """The rows of x, encoded as they are asked for, so that very many of them never exist at once.

    Parameters
    ----------
    inputs : Inputs
        The encoding.
    table : Table
        With every feature, by the names of training.
    strict : bool
        Whether cells that are not as those of training are errors.
    without_names : bool
        Whether the columns had no names, although those of training had.
    like : Encoded, optional
        The same rows by other inputs.
    """

    def __init__(
        self,
        inputs: Inputs,
        table: Table,
        strict: bool = False,
        without_names: bool = False,
        like: "Encoded | None" = None,
    ) -> None:
        self.table, self._strict, self._width = table, strict, inputs.width
        numbered = inputs.names == [str(i) for i in range(len(inputs.names))]  # as pandas names columns without names
        self._by_order = inputs.names if without_names and not numbered else []
        self.kinds = [(kind, at) for kind, at in zip(inputs.columns, inputs.spans, strict=True) if kind.width]
        self._pieces = _together(self.kinds)
        self._runs = [_run([*run], sparse) for sparse, run in groupby(self._pieces, lambda piece: piece[0][0].sparse)]
        self._endless = any(kind.endless for kind, _ in self.kinds)
        same = {} if like is None else {kind.name: kind for kind, _ in like.kinds}
        known = {} if like is None else like.whole
        ways = (partial(known.get, k.name) if same.get(k.name) == k else partial(k.read, table) for k, _ in self.kinds)
        self.whole = {k.name: own for (k, _), own in zip(self.kinds, gathered(ways), strict=True) if own is not None}
        self._as_they_are = tuple(k.name for k, _ in self.kinds if k.name not in self.whole)
        self._lost: dict[str, np.ndarray] = {}  # cells that are said to be something else than missing
        self.oddities = Oddities(table)
        with also(self.check):
            for kind, _ in self.kinds:
                self._take_lost(kind)

    def __len__(self) -> int:
        return self.table.n

    def __getitem__(self, rows: slice) -> np.ndarray:
        """Return x of a slice of the rows, in double precision; its columns lie one after the other in memory."""
        columns = np.empty((self._width, len(range(self.table.n)[rows])))
        self._encode(rows, [columns[at] for _, at in self._pieces])
        return columns.T

    @property
    def doubles(self) -> int:
        """How many numbers of a row `fill` makes in double precision first."""
        return sum(at.stop - at.start for at, _, sparse in self._runs if not sparse)

    def fill(self, rows: slice, x: np.ndarray) -> None:
        """Fill x, shape (n, width), with a slice of the rows, in the precision that it has."""
        out, apart = [], []
        for whole, spans, sparse in self._runs:
            own = x.T[whole] if sparse else _columns(whole.stop - whole.start, len(x))
            out += [own[span] for span in spans]
            apart += [] if sparse else [(whole, own)]
        self._encode(rows, out)
        for whole, own in apart:
            x.T[whole] = own

    def _encode(self, rows: slice, out: Sequence[np.ndarray]) -> None:
        """Fill the inputs that each piece makes of a slice of the rows."""
        some = self.table.cells(rows, self._as_they_are)
        outside: list[tuple[Kind, np.ndarray, np.ndarray]] = []
        with np.errstate(over="ignore", divide="ignore"):  # what is too large is said where it is for the network
            for (kinds, _), own in zip(self._pieces, out, strict=True):
                cells = [self.whole[k.name][rows] if k.name in self.whole else some[k.name] for k in kinds]
                found = encode_together(kinds, cells, own) if kinds[1:] else [kinds[0].encode(cells[0], own)]
                for kind, of, z, strange in zip(kinds, cells, own, found, strict=False):
                    if strange is not USUAL:
                        outside += self._odd(kind, rows, of, z, strange)
        _hold_corners(outside)
        if self._endless and not all(np.isfinite(own).all() for own in out):
            self.check()

    def _odd(
        self, kind: Kind, rows: slice, cells: Column, z: np.ndarray, strange: Strange
    ) -> list[tuple[Kind, np.ndarray, np.ndarray]]:
        """Take note of cells that were not as those of training; return where they are outside, if they are."""
        if self._strict:
            self.check()
        if strange.missing is not None and kind.name in self._lost:
            strange = replace(strange, missing=strange.missing & ~self._lost[kind.name][rows])
        self.oddities.take(kind, rows, cells, strange)
        return [] if strange.outside is None else [(kind, z, strange.outside)]

    def note(self) -> None:
        """Warn of cells that are odd, and of columns without the names that those of training had."""
        self.oddities.note()
        if len(self._by_order) > 1:
            order = ", ".join(self._by_order[:SHOWN]) + (", …" if len(self._by_order) > SHOWN else "")
            note(
                f"X has no names of columns, but in training they had: they are taken in that order, {order}; a "
                "DataFrame, or a dict of columns, has them found by name."
            )

    def check(self) -> None:
        """Raise `DataError` for all cells at once that are refused; it takes all of each column to say where."""
        gathered(partial(self._check, kind) for kind, _ in self.kinds)

    def _take_lost(self, kind: Kind) -> None:
        """Keep where cells are lost as they are read, which strict models refuse, and which are of another form."""
        read = self.whole.get(kind.name)
        if not isinstance(read, np.ndarray):  # as categories, of which all are kept
            return
        cells = self.table.column(kind.name)
        lost = kind.lost(self.table, read)
        if self._strict and lost.any():
            raise self.table.text_among(kind.name, lost, "numbers" if kind.of_numbers else "dates or times")
        if lost.any():
            self._lost[kind.name] = lost
        self.oddities.take(kind, slice(None), cells, kind.among(self.table, read), read)

    def _refuse(self, kind: Kind, cells: Column) -> None:
        """Raise `DataError` for all that strict models refuse in a column."""
        if self._strict:
            refuse(self.table, kind, cells, kind.encode(cells, np.empty((kind.width, len(cells)))))

    def _check(self, kind: Kind) -> None:
        """Raise `DataError` for what is refused in a column; what is merely too large is said for the network."""
        cells = self.whole.get(kind.name)
        cells = self.table.column(kind.name) if cells is None else cells
        with also(partial(self._refuse, kind, cells)):
            self._take_lost(kind)
        self._refuse(kind, cells)
        if kind.endless and np.isinf(np.asarray(cells, np.float64)).any():
            self.table.numeric(kind.name)
