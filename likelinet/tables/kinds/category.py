"""Columns of categories: an input for each level, the rare pooled, a long tail of them by means of y, or hashed."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

from likelinet.core.wording import counted
from likelinet.tables.cells import BOOLS, is_missing_word, spellings
from likelinet.tables.coded import Coded, coded
from likelinet.tables.columns import Column
from likelinet.tables.kinds.kind import USUAL, Kind, Strange, with_indicator
from likelinet.tables.table import Table

MANY = 50  # levels with an input of their own, where there are more than MANY + HASHED
HASHED = 32  # inputs that the others share then
RARE = 0.001  # share of the rows below which a level is pooled with others


@dataclass(frozen=True)
class Category(Kind):
    """A category as an input for each of its levels, which is 1 in the rows of that level and 0 elsewhere.

    Parameters
    ----------
    levels : tuple of str
        Those with an input of their own.
    pooled : tuple of str
        Levels of few rows, which have one input in common; levels that training had not use it too, if there is one.
    tail : tuple of int
        Hashes of the levels that share some inputs: by the means of y that they had in training, or else by a sign and
        a place which their hash says.
    indicator : bool
        Whether training had missing cells, so that "missing" is a level as well.
    words : str
        Why digits are taken for categories, for the user; "" for text and what was declared.
    means : tuple of tuple of float
        For each of the tail the inputs that it makes, as `statistics.py` learns them; () where it is hashed.

    References
    ----------
    Micci-Barreca, *A preprocessing scheme for high-cardinality categorical attributes*, 2001.

    Weinberger, Dasgupta, Langford, Smola & Attenberg, *Feature hashing for large scale multitask learning*, 2009.
    """

    levels: tuple[str, ...]
    pooled: tuple[str, ...] = ()
    tail: tuple[int, ...] = ()
    indicator: bool = False
    words: str = ""
    means: tuple[tuple[float, ...], ...] = ()

    def __post_init__(self) -> None:
        """Raise `ValueError` if there are not so many means as the tail has levels."""
        if self.means and (len(self.means) != len(self.tail) or len({*map(len, self.means)}) > 1):
            raise ValueError(f"column of the inputs: the means of '{self.name}' are not those of its levels")

    tag: ClassVar[str] = "category"
    sparse: ClassVar[bool] = True

    @property
    def inputs(self) -> list[str]:
        names = [f"{self.name}={level}" for level in self.levels]
        names += [f"{self.name} other"] if self.pooled else []
        if self.means:
            names += [f"{self.name} mean {j + 1}" for j in range(len(self.means[0]))]
        elif self.tail:
            names += [f"{self.name} hash {j + 1}" for j in range(HASHED)]
        return with_indicator(names, self.name, self.indicator)

    def read(self, table: Table) -> Column | None:  # so that each level is looked up once, not in each slice
        cells = table.column(self.name)
        return None if isinstance(cells, np.ndarray) else self._placed(coded(cells))

    def encode(self, cells: Column, out: np.ndarray) -> Strange:
        found = cells if isinstance(cells, _Placed) else self._placed(coded(cells))
        codes = found.codes.astype(np.intp)  # -1 for missing cells, which the last entry of each is for
        out[:] = 0.0
        place = found.place[codes]
        rows = (place >= 0).nonzero()[0]
        out[place[rows], rows] = found.value[codes[rows]] if self.tail else 1.0
        if self.means:
            out[self.of_tail] = found.means[:, codes]
        if not (found.unseen | found.missing)[codes].any():
            return USUAL
        strange, lacking = found.unseen[codes], found.missing[codes]
        return Strange(
            unseen=strange if strange.any() else None,
            missing=lacking if lacking.any() and not self.indicator else None,
        )

    def _placed(self, found: Coded) -> "_Placed":
        """Return categories with what becomes of each level."""
        lower = [level.lower() for level in self.levels]
        # True and False go in any spelling.
        any_case = set(lower) <= BOOLS.keys() and len(set(lower)) == len(lower)
        known = {level: j for j, level in enumerate(lower if any_case else self.levels)}
        known |= dict.fromkeys(self.pooled, len(self.levels))
        n, tail = len(found.levels), self._places_in_tail
        place, value = np.full(n + 1, -1), np.ones(n + 1)
        unseen, missing = np.zeros(n + 1, bool), np.zeros(n + 1, bool)
        missing[n], place[n] = True, self.width - 1 if self.indicator else -1
        means = np.zeros((len(self.means[0]) if self.means else 0, n + 1))
        for j in np.unique(found.codes[found.codes >= 0]).tolist():  # of those declared there may be very many others
            ways = (found.levels[j].lower(),) if any_case else spellings(found.levels[j])
            if (own := next((known[way] for way in ways if way in known), None)) is not None:
                place[j] = own
            elif is_missing_word(ways[0]):
                place[j], missing[j] = place[n], True
            elif tail and (hashed := next((h for h in map(hash_of, ways) if h in tail), None)) is not None:
                if self.means:
                    means[:, j] = self.means[tail[hashed]]
                    continue  # they have inputs of their own
                place[j] = len(self.levels) + bool(self.pooled) + hashed % HASHED
                value[j] = 1.0 if hashed // HASHED % 2 else -1.0
            else:
                place[j], unseen[j] = len(self.levels) if self.pooled else -1, True
        return _Placed(**vars(found), place=place, value=value, unseen=unseen, missing=missing, means=means)

    @cached_property
    def _places_in_tail(self) -> dict[int, int]:
        return {hashed: j for j, hashed in enumerate(self.tail)}

    @property
    def of_tail(self) -> slice:
        """Which of its inputs the tail shares."""
        first = len(self.levels) + bool(self.pooled)
        return slice(first, first + (len(self.means[0]) if self.means else HASHED if self.tail else 0))

    def in_tail(self, levels: Sequence[str]) -> np.ndarray:
        """Return the position of levels in the tail, -1 where they are none of it; the last entry is -1 as well."""
        return np.array([*(self._places_in_tail.get(hash_of(level), -1) for level in levels), -1])

    @property
    def seen(self) -> str:
        levels = (*self.levels, *self.pooled)
        return ", ".join(levels[:10]) + (", …" if len(levels) > 10 or self.tail else "")

    def describe(self) -> str:
        parts = [f"{len(self.levels)} with an input each"]
        parts += [f"{len(self.pooled)} rare and pooled"] if self.pooled else []
        if self.means:
            parts.append(f"{len(self.tail)} by their means of y")
        elif self.tail:
            parts.append(f"{len(self.tail)} hashed into {HASHED} inputs")
        parts += ["missing cells"] if self.indicator else []
        many, why = len(self.levels) + len(self.pooled) + len(self.tail), f" ({self.words})" if self.words else ""
        return f"category of {counted(many, 'level')}{why}: {', '.join(parts)}"


@dataclass(frozen=True, kw_only=True)
class _Placed(Coded):
    """Categories with what becomes of each level that there is, and at last of missing cells.

    Parameters
    ----------
    place, value : ndarray, shape (n + 1,)
        Its input, -1 where it has none of its own, and what that is.
    unseen, missing : ndarray of bool, shape (n + 1,)
        Whether it was not seen in training, or stands for a missing cell.
    means : ndarray, shape (many, n + 1)
        The inputs that it makes by its means.
    """

    place: np.ndarray
    value: np.ndarray
    unseen: np.ndarray
    missing: np.ndarray
    means: np.ndarray


def hash_of(level: str) -> int:
    """Return a number below 2⁵³ that depends on nothing but the text, so that JSON and JavaScript keep it."""
    return int.from_bytes(hashlib.blake2b(level.encode(), digest_size=6).digest(), "big")


def learn_category(name: str, found: Coded, weight: np.ndarray) -> Category:
    """Return how the categories of the training rows are encoded; their levels stay in their order."""
    kept = [j for j, level in enumerate(found.levels) if not is_missing_word(level)]
    share = np.bincount(found.codes[found.codes >= 0], weight[found.codes >= 0], len(found.levels)) / weight.sum()
    indicator = bool(share[kept].sum() < 1.0 - 1e-12) and bool(np.isin(found.codes, kept, invert=True).any())
    occurring = [j for j in kept if share[j] > 0.0]
    if len(occurring) > MANY + HASHED:
        first = set(sorted(occurring, key=lambda j: (-share[j], found.levels[j]))[:MANY])
        pooled: list[int] = []
        tail = tuple(sorted({hash_of(found.levels[j]) for j in occurring if j not in first}))
    else:
        first, tail = {j for j in occurring if share[j] >= RARE}, ()
        pooled = [j for j in occurring if j not in first]
    own = tuple(found.levels[j] for j in occurring if j in first)
    return Category(name, own, tuple(found.levels[j] for j in pooled), tail, indicator)
