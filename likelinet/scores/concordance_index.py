"""Concordance: how often the predictions are in the order of what was observed."""

import numpy as np

from likelinet.distributions import Interval


def concordance(predicted: np.ndarray, y: Interval, weight: np.ndarray | None = None) -> float | None:
    r"""Return how often of two rows the one with the smaller y has the smaller prediction.

    .. math::
        \frac{\sum_{(i, j)} w_i w_j \left(1\{m_i < m_j\} + \tfrac12\, 1\{m_i = m_j\}\right)}{\sum_{(i, j)} w_i w_j}

    over the pairs in which y_i is known to come before y_j: the interval of i ends where that of j begins, or before.
    Two equal exact values are no such pair; an event and a censoring from the right at the same time are one. With
    censoring from the right alone this is Harrell's C.

    Parameters
    ----------
    predicted : ndarray, shape (n,)
        m, for example the predicted medians.
    y : Interval
        What was observed.
    weight : ndarray, shape (n,), optional
        w.

    Returns
    -------
    float or None
        ½ for chance, 1 for perfect order; None where no pair can be compared.

    References
    ----------
    Harrell, Califf, Pryor, Lee & Rosati, *JAMA* 247, 1982.

    Examples
    --------
    >>> import likelinet as ll
    >>> y = ll.Interval.right_censored([1.0, 2.0, 3.0], [1, 0, 1])
    >>> concordance(np.array([1.0, 5.0, 0.5]), y)
    0.5
    """
    weight = np.ones(len(y)) if weight is None else np.asarray(weight, dtype=np.float64)
    # Rows in the order of their upper ends, exact ones last among equals: those before j are the first ones.
    order = np.lexsort((y.exact, y.upper))
    ends, loose = y.upper[order], np.concatenate([[0], np.cumsum(~y.exact[order])])
    first, last = (np.searchsorted(ends, y.lower, side) for side in ("left", "right"))
    before = np.where(y.exact, first + loose[last] - loose[first], last)
    total = np.concatenate([[0.0], np.cumsum(weight[order])])[before]
    rank = np.unique(predicted, return_inverse=True)[1]
    smaller, same = _ranked(rank[order], weight[order], before, rank)
    pairs = np.sum(weight * total)
    return float(np.sum(weight * (smaller + 0.5 * same)) / pairs) if pairs > 0.0 else None


def _ranked(rank: np.ndarray, weight: np.ndarray, before: np.ndarray, than: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return the weights, among the first `before` rows, of ranks below `than`, and of ranks equal to it.

    A wavelet matrix: the rows are sorted by one bit of their rank after another, and each query follows its own bits.
    """
    start, end, smaller = np.zeros_like(before), before, np.zeros(len(before))
    for bit in reversed(range(int(rank.max(initial=0)).bit_length())):
        one = (rank >> bit & 1).astype(bool)
        ones, zeros = (np.concatenate([[0], np.cumsum(mask)]) for mask in (one, ~one))
        light = np.concatenate([[0.0], np.cumsum(np.where(one, 0.0, weight))])
        up = (than >> bit & 1).astype(bool)
        smaller += np.where(up, light[end] - light[start], 0.0)
        start, end = (np.where(up, zeros[-1] + ones[at], zeros[at]) for at in (start, end))
        turned = np.argsort(one, kind="stable")
        rank, weight = rank[turned], weight[turned]
    total = np.concatenate([[0.0], np.cumsum(weight)])
    return smaller, total[end] - total[start]
