"""An epoch cut into pieces of work, each a call to the device that is over soon."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeVar

import numpy as np

WORK = 1e10  # multiplications in one call: at most half a second of a processor, so that Ctrl-C is heard
PER_STEP = 5e5  # what a step costs beside its products, in multiplications
ROWS_AT_ONCE = 8192  # rows evaluated at a time
T = TypeVar("T")


class Piece(NamedTuple):
    """What one call does: its steps of an epoch, and the blocks of held-out rows to evaluate after them."""

    steps: range
    blocks: range
    last: bool


def groups(members: int, at_once: int) -> list[np.ndarray]:
    """Return the members in groups of one size, so that the same code serves all: the fewest from `at_once` on."""
    size = max(s for s in range(1, members + 1) if members % s == 0 and (members // s >= at_once or s == 1))
    return np.split(np.arange(members), members // size)


def steps_in_a_call(steps: int, batch: int, weights: int) -> int:
    """Return how many of the steps of an epoch to do at a time, with so many weights and rows in a batch."""
    most = max(1, int(WORK / (3 * batch * weights + PER_STEP)))
    return -(-steps // -(-steps // most))


def pieces(steps: int, size: int, blocks: int, weights: int) -> list[Piece]:
    """Return an epoch of so many steps, `size` at a time, with the evaluation of so many blocks after it."""
    each = max(1, int(WORK / (ROWS_AT_ONCE * max(weights, 1))))
    trained = [Piece(range(s, min(s + size, steps)), range(0), False) for s in range(0, steps, size)]
    tested = [Piece(range(0), range(s, min(s + each, blocks)), False) for s in range(0, blocks, each)]
    if tested:  # the first blocks come with the last steps
        trained[-1] = trained[-1]._replace(blocks=tested.pop(0).blocks)
    every = trained + tested
    return [*every[:-1], every[-1]._replace(last=True)]


def blocks_of(rows: np.ndarray, weight: np.ndarray, size: int = 0) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return rows (M, v) and their weights in blocks of equal size; the last one is filled up with rows of weight 0."""
    count = -(-rows.shape[1] // (size or ROWS_AT_ONCE))
    size = size or -(-rows.shape[1] // max(count, 1))
    fill = ((0, 0), (0, count * size - rows.shape[1]))
    share = np.pad(weight[rows], fill)
    rows = np.pad(rows.astype(np.int32), fill, mode="edge") if count else rows
    return [(rows[:, i : i + size], share[:, i : i + size]) for i in range(0, count * size, max(size, 1))]


def one_ahead(items: Iterable[T]) -> Iterator[T]:
    """Yield what `items` does, each when the next one has been taken already."""
    waiting = []
    for item in items:
        waiting.append(item)
        if len(waiting) > 1:
            yield waiting.pop(0)
    yield from waiting
