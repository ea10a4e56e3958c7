"""One pass over a stream: how many rows it has, in which parts they lie, their digests, and a uniform sample."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby, islice
from typing import Any

import numpy as np

from likelinet.core.errors import DataError
from likelinet.core.processes import ALONE, Processes
from likelinet.tables.arrow import pa
from likelinet.tables.exchange import Found, exchanged, joined
from likelinet.tables.fingerprint import of_table
from likelinet.tables.reading.parts import Key
from likelinet.tables.samples import Sample, Witnesses, smallest
from likelinet.tables.stream import Part, Stream
from likelinet.tables.table import Table


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
        The SHA-256 of those of the pieces of each column, by name, of all rows; none where they were not wanted.
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


def surveyed(
    stream: Stream, seed: int, y: Sequence[str], digested: bool = False, processes: Processes = ALONE
) -> Survey:
    r"""Return what one pass over a stream finds, of which each process reads some pieces.

    The sample has the m rows with the smallest of random keys, one for each row by its place in its piece and the seed,
    so that it is the same in any number of processes. Beside them it has, of each column of y, a row of each label, or
    the rows of the least and the greatest number, and of the first infinite one. By Dvoretzky, Kiefer and Wolfowitz the
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
    processes : Processes
        Those that share the work, each of which gets all that is found.

    Raises
    ------
    DataError
        If there are no rows, or files do not go together.

    References
    ----------
    Massart, *Annals of Probability* 18, 1990.
    """
    own = _Own(stream, y)
    counted = exchanged(processes, lambda: own.read(seed, digested, processes))
    sizes = [(file, _key(key), n) for data, _ in counted for file, key, n in data["sizes"]]
    if not any(n for *_, n in sizes):
        raise DataError("The table is empty: it has no rows.")
    limit = smallest(np.concatenate([keys["key"].to_numpy() for _, (keys,) in counted]), stream.rows_in_memory)
    found = exchanged(processes, lambda: own.kept(limit))
    rows = [sum(n for *_, n in data["sizes"]) for data, _ in counted]
    first = np.cumsum([0, *rows[:-1]]).tolist()
    digests = {name: hashlib.sha256() for name in stream.names} if digested else {}
    for name, sha in digests.items():
        for data, _ in counted:
            for piece in data["digests"]:
                sha.update(piece[name].encode())
    table = _table(stream, y, [(data, tables, at) for (data, tables), at in zip(found, first, strict=True)])
    return Survey(stream, table, tuple(_parts(sizes)), {name: sha.hexdigest() for name, sha in digests.items()})


def _key(key: Any) -> Key:
    """Return the key of a part, of which JSON has made a list."""
    return tuple(key) if isinstance(key, list) else key


def _parts(sizes: Sequence[tuple[int, Key, int]]) -> list[Part]:
    parts, first = [], 0
    for (file, key), each in groupby(sizes, lambda size: size[:2]):
        n = sum(size for *_, size in each)
        parts += [Part(file, key, first, n)] if n else []
        first += n
    return parts


def _table(stream: Stream, y: Sequence[str], found: Sequence[tuple[dict[str, Any], list[Any], int]]) -> Table:
    """Return the rows of a sample, with the witnesses that it has not, in their order.

    Parameters
    ----------
    stream, y
        Of what they are, and which columns witnesses are of.
    found : sequence
        What `_Own.kept` has told in each process, with the position of its first row.
    """
    witnesses = {name: Witnesses() for name in y}
    positions, rows = [np.zeros(0, int)], []
    for data, (at, *tables), first in found:
        positions.append(first + at["at"].to_numpy())
        rows += tables[: data["sampled"]]
        shown = (table.slice(i, 1) for table in tables[data["sampled"] :] for i in range(table.num_rows))
        for name, own in data["witnesses"].items():
            witnesses[name].add(Witnesses.of_plain(own, [*islice(shown, len(own["at"]))]), first)
    known = {*np.concatenate(positions).tolist()}
    more = {at: row for own in witnesses.values() for at, row in own.rows.values() if at not in known}
    rows += [more[at] for at in sorted(more)]
    index = np.concatenate([*positions, np.array(sorted(more), int)])
    try:
        rows = pa.concat_tables(rows, promote_options="permissive")
    except pa.ArrowException as error:
        raise DataError(f"{stream.paths[0]}: its files do not go together ({str(error).splitlines()[0]}).") from None
    order = np.argsort(index, kind="stable")
    if (order[1:] < order[:-1]).any():
        rows = rows.take(pa.array(order))
    return stream.table(rows.combine_chunks(), index[order])


class _Own:
    """What one process finds in its pieces of a stream; positions are counted from the first of its rows.

    Parameters
    ----------
    stream, y
        As `surveyed` has them.
    """

    def __init__(self, stream: Stream, y: Sequence[str]) -> None:
        self._stream = stream
        self._sample, self._witnesses = Sample(stream.rows_in_memory), {name: Witnesses() for name in y}

    def read(self, seed: int, digested: bool, processes: Processes) -> Found:
        """Read all rows, and return how many each part has, digests of each piece, and the smallest keys."""
        pieces, rank, count = self._stream.pieces, processes.rank, processes.count
        sizes, digests, first = [], [], 0
        for file, number in pieces[len(pieces) * rank // count : len(pieces) * (rank + 1) // count]:
            keys = np.random.default_rng([seed, 3, file, number])
            of_piece = {name: hashlib.sha256() for name in self._stream.names} if digested else {}
            for (_, key), rows in self._stream.in_parts([(file, number)]):
                n = rows.num_rows
                sizes.append((file, key, n))
                self._sample.take(keys.random(n), first, rows)
                table = self._stream.table(rows, np.arange(n))
                for name, digest in of_table(table).items() if digested else ():
                    of_piece[name].update(digest.encode())
                for name, each in self._witnesses.items():
                    if name in table.columns:
                        each.take(table.plain(name), first, rows)
                first += n
            digests.append({name: sha.hexdigest() for name, sha in of_piece.items()})
        return {"sizes": sizes, "digests": digests}, [pa.table({"key": self._sample.keys})]

    def kept(self, limit: float) -> Found:
        """Return the rows whose keys are at most a limit, and the witnesses."""
        self._sample.keep(limit)
        at, rows = self._sample.rows()
        plain = {name: each.plain() for name, each in self._witnesses.items()}
        sampled, shown = joined(rows), joined(row for _, each in plain.values() for row in each)
        data = {"sampled": len(sampled), "witnesses": {name: each for name, (each, _) in plain.items()}}
        return data, [pa.table({"at": at}), *sampled, *shown]
