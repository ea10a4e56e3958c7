"""The rows of a stream in a shuffled order, a window at a time: from several parts at once, some rows of each."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from likelinet.core.processes import ALONE, Processes
from likelinet.tables.recognise.written import Written
from likelinet.tables.stream import Part, Stream
from likelinet.tables.survey import Survey
from likelinet.tables.table import Table

OPEN, COLUMNS = 8, 40  # parts that are read side by side, and columns of all of them: each has its page in memory
SLICE = 1 << 14  # rows of one, before those of another


class Slice(NamedTuple):
    """Some rows of a part, counted from its first one, and which of the parts side by side that is."""

    part: Part
    start: int
    stop: int
    lane: int = 0


@dataclass(frozen=True)
class Beyond:
    """The rows of a stream that are trained on: all but some that are held out.

    Parameters
    ----------
    survey : Survey
        What is known of the stream.
    held : ndarray of int
        The positions of the held-out rows, sorted.
    processes : Processes
        Those that train on them together.
    written : mapping
        How columns of y and of weights are written that are numbers, by which blocks are read like the sample.
    """

    survey: Survey
    held: np.ndarray
    processes: Processes = ALONE
    written: Mapping[str, Written] = field(default_factory=dict)

    @property
    def n(self) -> int:
        """How many rows there are to train on."""
        return self.survey.n - len(self.held)

    @property
    def windows(self) -> int:
        """How many windows a pass over them has, each as large as may be in memory."""
        return -(-self.n // self.survey.stream.rows_in_memory)

    @property
    def rows(self) -> int:
        """How many rows a window has; the last one of a pass may have fewer."""
        return -(-self.n // self.windows)

    @property
    def side_by_side(self) -> int:
        """How many parts are read at a time."""
        return int(np.clip(COLUMNS // max(len(self.survey.stream.names), 1), 1, OPEN))

    def kept(self, start: int, stop: int) -> np.ndarray:
        """Return which rows are trained on, of those from one position of the stream to another."""
        mask = np.ones(stop - start, bool)
        mask[self.held[slice(*np.searchsorted(self.held, [start, stop]))] - start] = False
        return mask

    def order(self, seed: int, passes: int) -> list[Slice]:
        """Return all rows in the order of a pass, by the seed; where they make one window it is their own."""
        if self.windows == 1:
            return [Slice(part, 0, part.rows) for part in self.survey.parts]
        return slices(self.survey.parts, self.side_by_side, np.random.default_rng([seed, 4, passes]))

    def sizes(self, some: Sequence[Slice]) -> np.ndarray:
        """Return how many rows of each of some slices are trained on."""
        first = np.array([s.part.first for s in some], int)
        low, high = (first + [getattr(s, end) for s in some] for end in ("start", "stop"))
        return high - low - np.diff(np.searchsorted(self.held, np.stack([low, high]), "left"), axis=0)[0]

    def window(self, every: Sequence[Slice], k: int) -> list[Slice]:
        """Return the rows of window k of a pass in this order, those of one lane after those of another.

        So a process that needs some consecutive rows of each window reads few of the parts that are side by side.
        """
        start, stop = k * self.rows, (k + 1) * self.rows
        sizes = self.sizes(every)
        ends = np.cumsum(sizes)
        whole = range(*np.searchsorted(ends, [start, stop], "right"))
        found = [self._cut(every[i], start - int(ends[i] - sizes[i]), int(sizes[i])) for i in whole]
        if (last := int(np.searchsorted(ends, stop, "right"))) < len(every):
            begin = int(ends[last] - sizes[last])
            found.append(self._cut(every[last], start - begin, stop - begin))
        return sorted((s for s in found if s.stop > s.start), key=lambda s: s.lane)

    def _cut(self, whole: Slice, start: int, stop: int) -> Slice:
        """Return a slice from one of its training rows to another, without the held-out ones before them."""
        first = whole.part.first
        rows = np.append(whole.start + np.flatnonzero(self.kept(first + whole.start, first + whole.stop)), whole.stop)
        return whole._replace(start=int(rows[max(start, 0)]), stop=int(rows[min(max(stop, 0), len(rows) - 1)]))


def slices(parts: Sequence[Part], side_by_side: int, rng: np.random.Generator) -> list[Slice]:
    """Return all rows in a shuffled order: parts are drawn, and rows of so many of them take turns at random."""
    waiting = rng.permutation(len(parts)).tolist()
    opened = [[waiting.pop(), 0, lane] for lane in range(min(side_by_side, len(parts)))]
    found = []
    while opened:
        turn = int(rng.integers(len(opened)))
        which, start, lane = opened[turn]
        part = parts[which]
        stop = min(start + SLICE, part.rows)
        found.append(Slice(part, start, stop, lane))
        opened[turn][1] = stop
        if stop == part.rows:
            opened[turn : turn + 1] = [[waiting.pop(), 0, lane]] if waiting else []
    return found


class Reader:
    """Reads slices of a stream, and stays where it is in parts that are not read to their end.

    Parameters
    ----------
    stream : Stream
        Which stream.
    names : collection of str
        The columns that are wanted.
    most : int
        In how many parts at a time: who reads some rows of a part may never come to its end.
    few : collection of str
        Columns of text with few different cells, which may come as declared categories.
    """

    def __init__(self, stream: Stream, names: Collection[str], most: int = OPEN, few: Collection[str] = ()) -> None:
        self._stream, self._names, self._most, self._few = stream, names, most, few
        self._at: dict[Part, tuple[int, Any, Iterator[Any]]] = {}  # the next row, rows that are read, and those to come

    def read(self, wanted: Slice) -> Iterator[Table]:
        """Yield the rows of a slice, in one table or several."""
        at, left, more = self._at.pop(wanted.part, (wanted.part.rows + 1, None, iter(())))
        if at > wanted.start:
            at, left, more = 0, None, self._stream.part(wanted.part, self._names, self._few)
        while at < wanted.stop:
            rows = next(more) if left is None else left
            start, stop = max(wanted.start - at, 0), min(wanted.stop - at, rows.num_rows)
            if stop > start:
                first = wanted.part.first + at
                yield self._stream.table(rows.slice(start, stop - start), np.arange(first + start, first + stop))
            at += max(stop, 0)
            left = rows.slice(stop) if stop < rows.num_rows else None
        if at < wanted.part.rows:
            self._at[wanted.part] = at, left, more
            if len(self._at) > self._most:
                del self._at[next(iter(self._at))]  # of which nothing was wanted for longest
