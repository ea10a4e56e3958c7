"""Two models scored on the same rows."""

import numpy as np


def paired(scores: np.ndarray, others: np.ndarray, weight: np.ndarray) -> tuple[float, float]:
    r"""Return by how much the mean score is above that of another model, and the standard error of that.

    .. math:: \bar\delta = \sum_i w_i \delta_i, \qquad
        \mathrm{se} = \sqrt{\frac{n}{n - 1} \sum_i w_i^2 (\delta_i - \bar\delta)^2}

    with the differences δ of the two scores of the same row, and weights that sum to 1.

    Parameters
    ----------
    scores, others : ndarray, shape (n,)
        Of each row.
    weight : ndarray, shape (n,)
        Of each row.

    Examples
    --------
    >>> paired(np.array([0.0, 2.0]), np.array([1.0, 2.0]), np.ones(2))
    (-0.5, 0.5)
    """
    share, n = weight / weight.sum(), len(weight)
    with np.errstate(invalid="ignore"):  # -inf of both
        apart = scores - others
        difference = float(share @ scores - share @ others)
        spread = float(np.sum((share * (apart - difference)) ** 2))
        # One row says nothing of the noise.
        return difference, float(np.sqrt(n / (n - 1.0) * spread)) if n > 1 else float(np.inf)
