"""How well probabilities tell classes apart, whatever their calibration."""

import numpy as np


def roc_auc(probability: np.ndarray, positive: np.ndarray, weight: np.ndarray | None = None) -> float | None:
    r"""Return the area under the ROC curve.

    .. math:: \frac{\sum_{i \in P} \sum_{j \in N} w_i w_j \left(1\{p_i > p_j\} + \tfrac12\, 1\{p_i = p_j\}\right)}
                   {\sum_{i \in P} \sum_{j \in N} w_i w_j}

    over the pairs of a row of the class, in P, and one that is not: how often the first has the higher probability.

    Parameters
    ----------
    probability : ndarray, shape (n,)
        p, of the class.
    positive : ndarray of bool, shape (n,)
        Whether it was observed.
    weight : ndarray, shape (n,), optional
        w.

    Returns
    -------
    float or None
        ½ for chance, 1 for perfect order; None where all rows are of one class.

    References
    ----------
    Hanley & McNeil, *Radiology* 143, 1982.

    Examples
    --------
    >>> roc_auc(np.array([0.1, 0.4, 0.35, 0.8]), np.array([False, False, True, True]))
    0.75
    """
    those, others = _by_probability(probability, positive, weight)
    pairs = those.sum() * others.sum()
    below = others.sum() - np.cumsum(others)
    return float(np.sum(those * (below + 0.5 * others)) / pairs) if pairs > 0.0 else None


def roc_auc_macro(probabilities: np.ndarray, codes: np.ndarray, weight: np.ndarray | None = None) -> float | None:
    r"""Return the mean over the classes of the area under the ROC curve of each against all others.

    .. math:: \frac{1}{K} \sum_{k=1}^{K} \mathrm{AUC}_k

    Parameters
    ----------
    probabilities : ndarray, shape (n, K)
        Of each class.
    codes : ndarray of int, shape (n,)
        The class that was observed, from 0 to K - 1; one that never was has no part in the mean.
    weight : ndarray, shape (n,), optional
        Weight of each row.

    Returns
    -------
    float or None
        ½ for chance, 1 for perfect order; None where all rows are of one class.

    References
    ----------
    Hand & Till, *Machine Learning* 45, 2001, section 2, for areas of one class against the rest.

    Examples
    --------
    >>> p = np.array([[0.6, 0.3, 0.1], [0.5, 0.4, 0.1], [0.2, 0.5, 0.3], [0.3, 0.4, 0.3]])
    >>> roc_auc_macro(p, np.array([0, 0, 1, 2]))
    0.9444444444444445
    """
    each = (roc_auc(p, codes == k, weight) for k, p in enumerate(np.asarray(probabilities).T))
    found = [area for area in each if area is not None]
    return float(np.mean(found)) if found else None


def average_precision(probability: np.ndarray, positive: np.ndarray, weight: np.ndarray | None = None) -> float | None:
    r"""Return the average precision, the area under the curve of precision over recall in steps.

    .. math:: \sum_k (R_k - R_{k-1})\, P_k

    with precision P and recall R of the rows whose probability is at least the k-th highest one.

    Parameters
    ----------
    probability : ndarray, shape (n,)
        Of the class.
    positive : ndarray of bool, shape (n,)
        Whether it was observed.
    weight : ndarray, shape (n,), optional
        Weight of each row.

    Returns
    -------
    float or None
        The share of the class for chance, 1 for perfect order; None where all rows are of one class.

    References
    ----------
    Davis & Goadrich, *ICML*, 2006.

    Examples
    --------
    >>> average_precision(np.array([0.1, 0.4, 0.35, 0.8]), np.array([False, False, True, True]))
    0.8333333333333333
    """
    those, others = _by_probability(probability, positive, weight)
    if not (those.sum() > 0.0 and others.sum() > 0.0):
        return None
    with np.errstate(invalid="ignore"):  # of rows without weight
        precision = np.cumsum(those) / np.cumsum(those + others)
    return float(np.sum(np.where(those > 0.0, those * precision, 0.0)) / those.sum())


def _by_probability(
    probability: np.ndarray, positive: np.ndarray, weight: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the weight of the rows of the class, and of all others, at each probability, the highest first."""
    positive = np.asarray(positive, dtype=bool)
    weight = np.ones(len(probability)) if weight is None else np.asarray(weight, dtype=np.float64)
    levels, place = np.unique(-np.asarray(probability), return_inverse=True)
    those, others = (np.bincount(place, weight * of, len(levels)) for of in (positive, ~positive))
    return those, others
