"""Where the bins of a piecewise-linear code begin and end, by how the numbers of a column lie."""

import numpy as np

from likelinet.config import PiecewiseLinearConfig
from likelinet.distributions.numerics.estimates import quantiles

BINS = 48  # of a few thousand rows held-out likelihoods hardly rose with more
ROWS = 8  # of training in each of these, at least
MOST, MANY = 192, 32  # bins of more rows, and how many rows each of these has at least
APART = 1e-6  # of the largest number, how far apart edges are: single precision tells where in a bin a number lies


def bins_of(rows: int) -> int:
    """Return how many bins so many rows have at most, where the user leaves it open.

    Examples
    --------
    >>> [bins_of(n) for n in (10, 100, 1000, 3200, 100_000)]
    [2, 12, 48, 100, 192]
    """
    return max(2, min(BINS, rows // ROWS), min(MOST, rows // MANY))


def learn_pieces(
    z: np.ndarray, weight: np.ndarray, config: PiecewiseLinearConfig
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the edges of bins, at all different numbers or else at quantiles, and the mean of each part of the code.

    Fewer than three different numbers have none: a line goes through them.

    Parameters
    ----------
    z : ndarray, shape (n,)
        The numbers of the training rows, as they are scaled; finite.
    weight : ndarray, shape (n,)
        Of each row.
    config : PiecewiseLinearConfig
        How many bins there are at most.
    """
    bins = bins_of(len(z)) if config.bins == "auto" else config.bins
    values = np.unique(z)
    if len(values) > bins + 1:
        inner = quantiles(z, weight, [k / bins for k in range(1, bins)])
        values = np.unique([values[0], *inner, values[-1]])
    least, edges = APART * np.abs(values[[0, -1]]).max(), values[:1].tolist()
    for value in values[1:].tolist():
        if value - edges[-1] > least:
            edges.append(value)
    if len(edges) < 3:
        return (), ()
    share = weight / weight.sum()
    means = [share @ np.clip((z - e) / width, 0.0, 1.0) for e, width in zip(edges, np.diff(edges), strict=False)]
    return tuple(edges), tuple(map(float, means))
