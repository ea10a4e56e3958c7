"""The minibatches from one look at held-out rows to the next, and where the random streams stand."""

from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from likelinet.core.generators import positions, put_back
from likelinet.engines.engine import Batches
from likelinet.training.plan import Plan


class Draws:
    """Draws minibatches, and knows where to go on after those that are done, however many an engine has taken.

    Parameters
    ----------
    plan : Plan
        Which rows, and how often somebody looks.
    weight : ndarray
        Of every row.
    shuffles : list of Generator
        One stream of shuffling per member.
    whole : bool
        Whether each step takes all rows.
    fed : callable, optional
        Puts the rows of an epoch, which is counted from 0, where an engine finds them, and returns their weights.
    """

    def __init__(
        self,
        plan: Plan,
        weight: np.ndarray,
        shuffles: list[np.random.Generator],
        whole: bool,
        fed: Callable[[int], np.ndarray] | None = None,
    ) -> None:
        self._plan, self._weight, self._shuffles, self._fed = plan, weight, shuffles, fed
        self._whole = plan.all_rows(weight) if whole else None
        self._epoch = 0
        self._at, self._part = positions(shuffles), 0  # before the epoch, and how many of its parts are done
        # The same after each part that was yielded.
        self._taken: deque[tuple[list[dict[str, Any]], int, int]] = deque()

    def looks(self) -> Iterator[Batches]:
        """Yield the batches up to one look after another, from where training stands on."""
        put_back(self._shuffles, self._at)
        self._taken.clear()
        before, first, epoch = self._at, self._part, self._epoch
        while True:
            parts = self._plan.parts(self._drawn(epoch))
            after = positions(self._shuffles)
            for i, part in enumerate(parts[first:], start=first + 1):
                self._taken.append((before, i, epoch) if i < len(parts) else (after, 0, epoch + 1))
                yield part
            before, first, epoch = after, 0, epoch + 1

    def _drawn(self, epoch: int) -> Batches:
        if self._whole is not None:
            return self._whole
        return self._plan.drawn(self._weight if self._fed is None else self._fed(epoch), self._shuffles)

    def done(self) -> None:
        """Take note that the next of the looks has come."""
        self._at, self._part, self._epoch = self._taken.popleft()

    def skip(self) -> None:
        """Leave out what is left of an epoch that has begun."""
        if self._part:
            put_back(self._shuffles, self._at)
            self._drawn(self._epoch)
            self._at, self._part, self._epoch = positions(self._shuffles), 0, self._epoch + 1

    def state(self) -> dict[str, Any]:
        """Return where training stands, as plain data."""
        return {"streams": [dict(p) for p in self._at], "part": self._part, "epoch": self._epoch}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from there, with the rows of the latest epoch, by which weights are judged where no other follows."""
        self._at, self._part = [dict(p) for p in state["streams"]], state["part"]
        self._epoch = state["epoch"]
        latest = self._epoch if self._part else self._epoch - 1
        if self._fed is not None and latest >= 0:
            self._fed(latest)
