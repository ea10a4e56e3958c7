"""Stretches of a window of rows, of which each minibatch takes one row each."""

import numpy as np


def bounds(n: int, size: int) -> np.ndarray:
    """Return where each of `size` stretches of n positions begins, and where the last one ends; none is empty.

    They are as long as there are steps, but for the last ones, which may be one shorter.

    Examples
    --------
    >>> bounds(10, 4)
    array([ 0,  3,  6,  8, 10])
    """
    length, longer = divmod(n, size)
    at = np.arange(size + 1)
    return at * length + np.minimum(at, longer)
