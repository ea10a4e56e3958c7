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
