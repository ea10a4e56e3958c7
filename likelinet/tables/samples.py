"""Rows that are kept of a stream while it is read: those with the smallest keys, and those that show what y may be."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from likelinet.tables.arrow import pa
from likelinet.tables.cells import parse
from likelinet.tables.coded import Coded
from likelinet.tables.text import Text

LEVELS = 1000  # different cells of a column of y of which each has a row in the sample
FLOATS = 100  # the same of floats, which are labels only if few


class Sample:
    """The rows with the smallest keys so far, of which there are at most twice as many as are wanted.

    Parameters
    ----------
    most : int
        How many are wanted.
    """

    def __init__(self, most: int) -> None:
        self._most, self._limit, self._many = most, np.inf, 0
        self._found: list[tuple[np.ndarray, np.ndarray, Any]] = []  # keys, positions, rows

    @property
    def keys(self) -> np.ndarray:
        """The keys of the rows that are kept."""
        return np.concatenate([np.zeros(0), *(keys for keys, _, _ in self._found)])

    def take(self, keys: np.ndarray, first: int, rows: Any) -> None:
        """Take those of some rows whose keys may be among the smallest."""
        at = np.flatnonzero(keys < self._limit)
        self._found.append((keys[at], first + at, rows.take(pa.array(at)) if len(at) < len(keys) else rows))
        self._many += len(at)
        if self._many >= 2 * self._most:
            self.keep(smallest(self.keys, self._most))

    def keep(self, limit: float) -> None:
        """Keep the rows whose keys are at most a limit."""
        self._limit = limit
        kept = [(key <= limit, key, at, rows) for key, at, rows in self._found]
        self._found = [
            (key, at, rows) if k.all() else (key[k], at[k], rows.take(pa.array(np.flatnonzero(k))))
            for k, key, at, rows in kept
            if k.any()
        ]
        self._many = sum(len(key) for key, _, _ in self._found)
        pa.default_memory_pool().release_unused()

    def rows(self) -> tuple[np.ndarray, list[Any]]:
        """Return the positions of the rows that are kept, and the rows."""
        at = np.concatenate([np.zeros(0, np.int64), *(at for _, at, _ in self._found)])
        return at, [rows for _, _, rows in self._found]


def smallest(keys: np.ndarray, many: int) -> float:
    """Return the greatest of so many smallest keys; infinity if there are no more."""
    return np.inf if len(keys) <= many else float(np.partition(keys, many - 1)[many - 1])


@dataclass
class Witnesses:
    """Rows that show what cells of y there are: the first of each label, the ends of numbers, an infinite one.

    Parameters
    ----------
    rows : dict
        The position and the row that shows a label, or by its name something else.
    ends : dict of float
        The least and the greatest number.
    floats : bool
        Whether some cells are floats.
    many : bool
        Whether there are more labels than are kept.
    """

    rows: dict[Any, tuple[int, Any]] = field(default_factory=dict)
    ends: dict[str, float] = field(default_factory=dict)
    floats: bool = False
    many: bool = False

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

        def row(at: int) -> tuple[int, Any]:
            return first + at, rows.slice(at, 1).take(pa.array([0]))

        self.floats |= isinstance(cells, np.ndarray) and cells.dtype.kind == "f"
        new = {("label", label): at for label, at in self._labels(cells) if ("label", label) not in self.rows}
        if self._room_for(len(new)):
            self.rows |= {of: row(at) for of, at in new.items()}
        numbers = parse(cells).numbers if isinstance(cells, Text) else cells
        if not isinstance(numbers, np.ndarray) or numbers.dtype.kind not in "biuf" or not len(numbers):
            return
        if "infinite" not in self.rows and (infinite := np.isinf(numbers)).any():
            self.rows["infinite"] = row(int(infinite.argmax()))
        finite = np.isfinite(numbers)
        for end, best in (("least", np.argmin), ("greatest", np.argmax)) if finite.any() else ():
            at = int(best(np.where(finite, numbers, np.inf if end == "least" else -np.inf)))
            if self._is_further(end, float(numbers[at])):
                self.ends[end], self.rows[end] = float(numbers[at]), row(at)

    def add(self, later: "Witnesses", first: int) -> None:
        """Add what rows have shown that come later, from a position of these on."""
        self.floats, self.many = self.floats or later.floats, self.many or later.many
        moved = {of: (first + at, row) for of, (at, row) in later.rows.items()}
        new = {of: row for of, row in moved.items() if isinstance(of, tuple) and of not in self.rows}
        if self._room_for(len(new)):
            self.rows |= new
        if "infinite" in moved:
            self.rows.setdefault("infinite", moved["infinite"])
        for end, value in later.ends.items():
            if self._is_further(end, value):
                self.ends[end], self.rows[end] = value, moved[end]

    def _room_for(self, more: int) -> bool:
        """Return whether so many more labels are few; if not, forget all."""
        labels = sum(isinstance(of, tuple) for of in self.rows)
        if self.many or labels + more > (FLOATS if self.floats else LEVELS):
            self.many, self.rows = True, {of: row for of, row in self.rows.items() if isinstance(of, str)}
        return not self.many

    def _is_further(self, end: str, value: float) -> bool:
        return end not in self.ends or (value < self.ends[end] if end == "least" else value > self.ends[end])

    def plain(self) -> tuple[dict[str, Any], list[Any]]:
        """Return them as what JSON knows, and rows."""
        at = [[of, at] for of, (at, _) in self.rows.items()]
        data = {"at": at, "ends": self.ends, "floats": self.floats, "many": self.many}
        return data, [row for _, row in self.rows.values()]

    @staticmethod
    def of_plain(data: dict[str, Any], rows: list[Any]) -> "Witnesses":
        """Return what `plain` has told of."""
        each = zip(data["at"], rows, strict=True)
        named = {tuple(of) if isinstance(of, list) else of: (at, row) for (of, at), row in each}
        return Witnesses(named, data["ends"], data["floats"], data["many"])
