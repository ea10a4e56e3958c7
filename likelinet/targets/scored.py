"""y as numbers whose means say how levels of a category differ: free of its unit, and of its tails."""

import numpy as np
from scipy.special import ndtri


def normal_scores(lower: np.ndarray, upper: np.ndarray, weight: np.ndarray) -> np.ndarray:
    r"""Return the normal score of each number, or of what is known of it, shape (n,).

    .. math:: z = \Phi^{-1}\left(\tfrac{1}{2} (F(l) + F(u))\right)

    where F, at all finite ends, is the share of the weight below them and half of that at them.

    Parameters
    ----------
    lower, upper : ndarray, shape (n,)
        The ends, equal where y is known, and infinite where there is none.
    weight : ndarray, shape (n,)
        Of each row.

    References
    ----------
    van der Waerden, *Order tests for the two-sample problem*, 1952.
    """
    ends = np.stack([lower, upper])
    finite = np.isfinite(ends)
    values, code = np.unique(ends[finite], return_inverse=True)
    mass = np.bincount(code, np.broadcast_to(weight, ends.shape)[finite], len(values))
    share = np.where(ends > 0.0, 1.0, 0.0)  # of ends that are infinite
    share[finite] = ((np.cumsum(mass) - 0.5 * mass) / mass.sum())[code]
    return ndtri(share.mean(0))


def class_scores(codes: np.ndarray, many: int, weight: np.ndarray) -> np.ndarray:
    """Return where each of the classes is, on the scale of its standard deviation, shape (n, K); of two the last."""
    share = np.bincount(codes, weight, many) / weight.sum()
    which = range(1, 2) if many == 2 else range(many)
    return np.stack([(codes == k) / np.sqrt(max(share[k] * (1.0 - share[k]), 1e-12)) for k in which], axis=1)
