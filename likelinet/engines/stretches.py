"""Stretches of a window of rows, of which each minibatch takes one row each."""

import numpy as np


def bounds(size: int, batch: int) -> np.ndarray:
    """Return where the stretches of `size` rows begin, and the last one ends: as many as a minibatch has rows.

    The first ones may be a row longer than the others.

    Examples
    --------
    >>> bounds(10, 4)
    array([ 0,  3,  6,  8, 10])
    """
    each, more = divmod(size, batch)
    return np.arange(batch + 1) * each + np.minimum(np.arange(batch + 1), more)
