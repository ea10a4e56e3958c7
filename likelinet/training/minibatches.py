"""Which rows train, which validate, and in which order they come."""

import numpy as np

from likelinet.engines.engine import Batches


def split(n: int, fraction: float, rngs: list[np.random.Generator]) -> tuple[np.ndarray, np.ndarray]:
    """Return training rows (M, n - v) and validation rows (M, v), each member with a random split of its own.

    At least two rows are left to train on; a `fraction` too small for one row gives no validation.
    """
    v = min(round(fraction * n), max(n - 2, 0))
    orders = np.stack([rng.permutation(n) for rng in rngs])
    return np.sort(orders[:, v:], axis=1), np.sort(orders[:, :v], axis=1)


def fold_of_members(members: int, folds: int) -> np.ndarray:
    """Return which fold each of M members holds out: member m fold m modulo the folds."""
    return np.arange(members) % folds


def by_folds(fold: np.ndarray, members: int, spare: int) -> tuple[np.ndarray, np.ndarray]:
    """Return training rows (M, …) and held-out rows (M, …) of each member: all but those of its fold, and these.

    Where a member has fewer rows than others, its last ones are `spare`, a row of weight 0.

    Parameters
    ----------
    fold : ndarray of int, shape (n,)
        Of each row, from 0 on.
    members : int
        M.
    spare : int
        A row of the data.
    """
    held = [fold == k for k in fold_of_members(members, fold.max() + 1)]
    return _filled([(~h).nonzero()[0] for h in held], spare), _filled([h.nonzero()[0] for h in held], spare)


def _filled(rows: list[np.ndarray], spare: int) -> np.ndarray:
    """Return rows of each member as one array, as long as the longest."""
    filled = np.full((len(rows), max(map(len, rows))), spare, dtype=np.intp)
    for line, own in zip(filled, rows, strict=True):
        line[: len(own)] = own
    return filled


def batches(rows: np.ndarray, weight: np.ndarray, size: int, rngs: list[np.random.Generator]) -> Batches:
    """Return an epoch of shuffled minibatches; the last one is filled up with rows of share 0, never dropped.

    Parameters
    ----------
    rows : ndarray, shape (M, n)
        Training rows of each member.
    weight : ndarray
        Weight of every row of the table, with mean 1 over the training rows.
    size : int
        Rows per batch.
    rngs : list of Generator
        One stream of shuffling per member.
    """
    members, n = rows.shape
    steps = -(-n // size)
    order = np.stack([row[rng.permutation(n)] for row, rng in zip(rows, rngs, strict=True)])
    padded = np.zeros((members, steps * size), dtype=np.intp)
    padded[:, :n] = order
    share = np.zeros(padded.shape, dtype=weight.dtype)
    share[:, :n] = weight[order] / size
    shape = (members, steps, size)
    return Batches(
        np.ascontiguousarray(padded.reshape(shape).swapaxes(0, 1)),
        np.ascontiguousarray(share.reshape(shape).swapaxes(0, 1)),
    )
