"""Minibatches of a window: each has one row of every stretch of it, so that a process needs only some stretches."""

import numpy as np

from likelinet.engines.engine import Batches
from likelinet.engines.stretches import bounds


def own(n: int, size: int, part: range, parts: int) -> slice:
    """Return the positions of some of so many parts, each of which computes as many columns of all minibatches.

    Parameters
    ----------
    n : int
        Positions of the window.
    size : int
        Columns, rows per batch. The last parts may have fewer of them than others, or none.
    part : range
        Which ones, counted from 0.
    parts : int
        How many there are.
    """
    columns = -(-size // parts)
    at = bounds(n, size)
    return slice(*(int(at[min(k * columns, size)]) for k in (part.start, part.stop)))


def stretched(rows: np.ndarray, weight: np.ndarray, size: int, rngs: list[np.random.Generator]) -> Batches:
    """Return an epoch of minibatches whose column c has the rows of stretch c alone, in a random order.

    Where a stretch has a row less than there are steps, its entry in the last one is a row of its own, of share 0.

    Parameters
    ----------
    rows : ndarray, shape (M, n)
        Training rows of each member.
    weight : ndarray
        Weight of every row of the table, with mean 1 over the training rows.
    size : int
        Rows per batch, at most n.
    rngs : list of Generator
        One stream of shuffling per member.
    """
    n = rows.shape[1]
    first, longer = bounds(n, size)[:-1], n % size
    steps = -(-n // size)
    order = np.empty((len(rows), size, steps), dtype=np.intp)
    share = np.empty(order.shape, dtype=weight.dtype)
    for own_rows, at, of, rng in zip(rows, order, share, rngs, strict=True):
        at[:] = np.arange(steps)
        for some, length in ((slice(longer), steps), (slice(longer, None), n // size)):
            rng.permuted(at[some, :length], axis=1, out=at[some, :length])
            at[some, length:] = 0
        at[:] = own_rows[at + first[:, None]]
        of[:] = weight[at] / size
        of[longer:, n // size :] = 0.0
    in_steps = (2, 0, 1)
    return Batches(np.ascontiguousarray(order.transpose(in_steps)), np.ascontiguousarray(share.transpose(in_steps)))
