"""Columns of categories with an order: an input for each step from one level to the next."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from likelinet.core.wording import counted
from likelinet.tables.cells import is_missing_word, spellings
from likelinet.tables.coded import Coded, coded
from likelinet.tables.columns import Column
from likelinet.tables.kinds.kind import USUAL, Kind, Strange, with_indicator

MANY = 50  # steps with an input of their own


@dataclass(frozen=True)
class Ordered(Kind):
    """A category whose levels have an order; an input is 1 where the level is that of its step, or a higher one.

    What is missing, or no level at all, is filled with the middle one; a level between two that training had lies
    between them.

    Parameters
    ----------
    levels : tuple of str
        From the lowest to the highest.
    steps : tuple of int
        Positions of the levels at which an input becomes 1.
    middle : int
        Position of the level that is half-way up in the training rows.
    indicator : bool
        Whether training had missing cells, so that an input says where they are.
    """

    levels: tuple[str, ...]
    steps: tuple[int, ...]
    middle: int = 0
    indicator: bool = False

    def __post_init__(self) -> None:
        """Raise `ValueError` if its steps are not among its levels."""
        if not all(0 <= place < len(self.levels) for place in (*self.steps, self.middle)):
            raise ValueError(f"column of the inputs: the steps of '{self.name}' are not among its levels")

    tag: ClassVar[str] = "ordered"

    @property
    def inputs(self) -> list[str]:
        names = [f"{self.name} from {self.levels[step]} up" for step in self.steps]
        return with_indicator(names, self.name, self.indicator)

    def encode(self, cells: Column, out: np.ndarray) -> Strange:
        found = coded(cells)
        place = {level: j for j, level in enumerate(self.levels)}
        missing = np.array([*map(is_missing_word, found.levels), True])[found.codes]
        as_known = (next((place[s] for s in spellings(level) if s in place), -1) for level in found.levels)
        known = np.array([*as_known, -1])[found.codes]
        unseen = (known < 0) & ~missing
        known = np.where(known < 0, self.middle, known)
        np.greater_equal(known, np.array(self.steps)[:, None], out=out[: len(self.steps)])
        if self.indicator:
            out[-1] = missing
        if not (unseen.any() or missing.any()):
            return USUAL
        return Strange(
            unplaced=unseen if unseen.any() else None,
            missing=missing if missing.any() and not self.indicator else None,
        )

    @property
    def seen(self) -> str:
        return ", ".join(self.levels[:10]) + (", …" if len(self.levels) > 10 else "")

    def describe(self) -> str:
        some = [*self.levels[:3], "…"] if len(self.levels) > 4 else self.levels
        how = ", with missing cells" if self.indicator else ""
        return f"category of {counted(len(self.levels), 'level')} in order ({' < '.join(some)}){how}"


def learn_ordered(name: str, found: Coded, weight: np.ndarray) -> Ordered:
    """Return how the training rows are encoded; the levels are in their order."""
    missing = np.array([*map(is_missing_word, found.levels), True])
    kept = [j for j in range(len(found.levels)) if not missing[j]]
    there = ~missing[found.codes]
    mass = np.bincount(found.codes[there], weight[there], len(found.levels))[kept]
    middle = int(np.searchsorted(np.cumsum(mass), 0.5 * mass.sum()))
    steps = np.unique(np.linspace(1, len(kept) - 1, min(MANY, len(kept) - 1)).round().astype(int))
    return Ordered(name, tuple(found.levels[j] for j in kept), tuple(steps.tolist()), middle, not bool(there.all()))
