"""One pass over a stream: how many rows it has, in which parts they lie, their digests, and a uniform sample."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import numpy as np

from likelinet.core.errors import DataError
from likelinet.tables.arrow import pa
from likelinet.tables.cells import parse
from likelinet.tables.coded import Coded
from likelinet.tables.fingerprint import of_table
from likelinet.tables.stream import Part, Stream
from likelinet.tables.table import Table
from likelinet.tables.text import Text

LEVELS = 1000  # different cells of a column of y of which each has a row in the sample
FLOATS = 100  # the same of floats, which are labels only if few


@dataclass(frozen=True)
class Survey:
    """What one pass over a stream has found.

    Parameters
    ----------
    stream : Stream
        Which stream.
    table : Table
        The sample, in the order of the stream, whose positions are its index.
    parts : tuple of Part
        All rows, in order.
    digests : dict of str
        The SHA-256 of the cells of each column, by name, of all rows; none where they were not wanted.
    """

    stream: Stream
    table: Table
    parts: tuple[Part, ...]
    digests: dict[str, str] = field(default_factory=dict)

    @property
    def n(self) -> int:
        """How many rows the stream has."""
        return sum(part.rows for part in self.parts)

    @property
    def whole(self) -> bool:
        """Whether all rows are in the sample."""
        return self.table.n == self.n


def surveyed(stream: Stream, seed: int, y: Sequence[str], digested: bool = False) -> Survey:
    r"""Return what one pass over a stream finds.

    The sample has the m rows with the smallest of random keys, one for each row by its position and the seed, so that
    those of parts could be put together. Beside them it has, of each column of y, a row of each label, or the rows of
    the least and the greatest number, and of the first infinite one. By Dvoretzky, Kiefer and Wolfowitz the
    distribution of any column in it is off by

    .. math:: \sup_x |\hat F(x) - F(x)| \le \sqrt{\ln(2 / \delta) / 2m}

    with probability 1 - δ, which is 0.0027 for m = 2¹⁸ and δ = 5 %.

    Parameters
    ----------
    stream : Stream
        Whose `rows_in_memory` is m.
    seed : int
        Of the keys.
    y : sequence of str
        Columns of y.
    digested : bool
        Whether digests are wanted, which a checkpoint is told from others by.

    Raises
    ------
    DataError
        If there are no rows, or files do not go together.

    References
    ----------
    Massart, *Annals of Probability* 18, 1990.
    """
    sample, witnesses = _Sample(stream.rows_in_memory), {name: _Witnesses() for name in y}
    keys, first = np.random.PCG64([seed, 3]), 0
    sizes: list[tuple[Any, int]] = []
    digests = {name: hashlib.sha256() for name in stream.names} if digested else {}
    for part, rows in stream.in_parts():
        n = rows.num_rows
        sizes.append((part, n))
        sample.take(np.random.Generator(keys).random(n), first, rows)
        table = stream.table(rows, np.arange(n))
        for name, digest in of_table(table).items() if digested else ():
            digests[name].update(digest.encode())
        for name, each in witnesses.items():
            if name in table.columns:
                each.take(table.plain(name), first, rows)
        first += n
    if not first:
        raise DataError("The table is empty: it has no rows.")
    found = {name: sha.hexdigest() for name, sha in digests.items()}
    return Survey(stream, _table(stream, sample, witnesses.values()), tuple(_parts(sizes)), found)


def _parts(sizes: Sequence[tuple[Any, int]]) -> list[Part]:
    parts, first = [], 0
    for (file, key), each in groupby(sizes, lambda pair: pair[0]):
        n = sum(size for _, size in each)
        parts += [Part(file, key, first, n)] if n else []
        first += n
    return parts


def _table(stream: Stream, sample: "_Sample", witnesses: Any) -> Table:
    """Return the rows of a sample, with the witnesses that it has not, in their order."""
    found = sample.rows()
    known = set(np.concatenate([at for at, _ in found]).tolist())
    for each in witnesses:
        for at, row in each.rows.values():
            if at not in known:
                known.add(at)
                found.append((np.array([at]), row))
    index = np.concatenate([at for at, _ in found])
    try:
        rows = pa.concat_tables([rows for _, rows in found], promote_options="permissive")
    except pa.ArrowException as error:
        raise DataError(f"{stream.paths[0]}: its files do not go together ({str(error).splitlines()[0]}).") from None
    order = np.argsort(index, kind="stable")
    if (order[1:] < order[:-1]).any():
        rows = rows.take(pa.array(order))
    return stream.table(rows.combine_chunks(), index[order])


class _Sample:
    """The rows with the smallest keys so far, of which there are at most twice as many as are wanted."""

    def __init__(self, most: int) -> None:
        self._most, self._limit, self._many = most, np.inf, 0
        self._found: list[tuple[np.ndarray, np.ndarray, Any]] = []  # keys, positions, rows

    def take(self, keys: np.ndarray, first: int, rows: Any) -> None:
        """Take those of some rows whose keys may be among the smallest."""
        at = np.flatnonzero(keys < self._limit)
        self._found.append((keys[at], first + at, rows.take(pa.array(at)) if len(at) < len(keys) else rows))
        self._many += len(at)
        if self._many >= 2 * self._most:
            self._shrink()

    def _shrink(self) -> None:
        """Keep as many as are wanted."""
        keys = np.concatenate([key for key, _, _ in self._found])
        if len(keys) <= self._most:
            return
        self._limit = float(np.partition(keys, self._most - 1)[self._most - 1])
        kept = [(key <= self._limit, key, at, rows) for key, at, rows in self._found]
        self._found = [(key[k], at[k], rows.take(pa.array(np.flatnonzero(k)))) for k, key, at, rows in kept if k.any()]
        self._many = sum(len(key) for key, _, _ in self._found)
        pa.default_memory_pool().release_unused()

    def rows(self) -> list[tuple[np.ndarray, Any]]:
        """Return positions and rows of the sample."""
        self._shrink()
        return [(at, rows) for _, at, rows in self._found]


@dataclass
class _Witnesses:
    """Rows that show what cells of y there are: the first of each label, the ends of numbers, an infinite one."""

    rows: dict[Any, tuple[int, Any]] = field(default_factory=dict)
    ends: dict[str, float] = field(default_factory=dict)
    many: bool = False  # whether there are more labels than are kept

    def _labels(self, cells: np.ndarray | Text | Coded) -> Iterator[tuple[Any, int]]:
        """Yield each label with its first row, if they are few."""
        if isinstance(cells, Text) and not self.many:
            codes, levels = cells.coded()
            found, at = np.unique(codes, return_index=True)
            yield from ((levels[code] if code >= 0 else "", int(i)) for code, i in zip(found, at, strict=True))
        elif isinstance(cells, np.ndarray) and cells.dtype.kind in "biuf" and not self.many:
            found, at = np.unique(cells, return_index=True)
            yield from ((label, i) for label, i in zip(found.tolist(), at.tolist(), strict=True) if label == label)

    def take(self, cells: np.ndarray | Text | Coded, first: int, rows: Any) -> None:
        """Take note of what some further rows show."""

        def keep(of: Any, at: int) -> None:
            self.rows[of] = first + at, rows.slice(at, 1).take(pa.array([0]))

        new = [("label", label, at) for label, at in self._labels(cells) if ("label", label) not in self.rows]
        most = FLOATS if isinstance(cells, np.ndarray) and cells.dtype.kind == "f" else LEVELS
        if len(self.rows) + len(new) > most:  # these are no labels
            self.many, self.rows, new = True, {of: row for of, row in self.rows.items() if isinstance(of, str)}, []
        for *of, at in new:
            keep(tuple(of), at)
        numbers = parse(cells).numbers if isinstance(cells, Text) else cells
        if not isinstance(numbers, np.ndarray) or numbers.dtype.kind not in "biuf" or not len(numbers):
            return
        if "infinite" not in self.rows and (infinite := np.isinf(numbers)).any():
            keep("infinite", int(infinite.argmax()))
        finite = np.isfinite(numbers)
        for end, best in (("least", np.argmin), ("greatest", np.argmax)) if finite.any() else ():
            sign = 1.0 if end == "least" else -1.0
            at = int(best(np.where(finite, numbers, sign * np.inf)))
            if sign * float(numbers[at]) < sign * self.ends.get(end, sign * np.inf):
                self.ends[end] = float(numbers[at])
                keep(end, at)
