"""Stacking: the weights by which several predicted distributions make the best mixture."""

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.errors import DataError

NEAR = 1e-8  # of the mean log score, to which the best one is reached
MOST = 100_000  # iterations


def stacked_weights(log_densities: ArrayLike, weight: ArrayLike | None = None) -> np.ndarray:
    r"""Return the weights of G predictions whose mixture has the highest mean log score.

    .. math:: \max_w \sum_{i=1}^{n} c_i \log \sum_{g=1}^{G} w_g\, p_g(y_i \mid x_i), \qquad w_g \ge 0,\; \sum_g w_g = 1

    The rows should have had no part in the predictions, as those of `Model.out_of_fold`. The problem is concave, and EM
    goes to its maximum: :math:`w_g \leftarrow w_g s_g` with

    .. math:: s_g = \frac{1}{\sum_i c_i} \sum_i c_i \frac{p_g(y_i \mid x_i)}{\sum_h w_h\, p_h(y_i \mid x_i)},

    until :math:`\max_g s_g - 1`, by which the maximum is higher at most, is next to nothing.

    Parameters
    ----------
    log_densities : array_like, shape (n, G)
        :math:`\log p_g(y_i \mid x_i)`, maybe -inf. A row that no prediction thinks possible has no say.
    weight : array_like, shape (n,), optional
        c, the weight of each row.

    Returns
    -------
    ndarray, shape (G,)
        The weights w.

    Raises
    ------
    DataError
        If a log density is nan or inf, or no row is possible.

    References
    ----------
    Yao, Vehtari, Simpson & Gelman, *Bayesian Analysis* 13, 2018.

    Examples
    --------
    >>> stacked_weights([[0.0, -np.inf], [0.0, -np.inf], [-np.inf, 0.0]]).round(4).tolist()
    [0.6667, 0.3333]
    """
    scores = np.asarray(log_densities, dtype=np.float64)
    if scores.ndim != 2 or not scores.shape[1]:
        raise DataError(f"log_densities must have shape (rows, predictions), got {scores.shape}.")
    rows = np.ones(len(scores)) if weight is None else np.asarray(weight, dtype=np.float64)
    if rows.shape != scores.shape[:1] or not ((rows >= 0.0) & (rows < np.inf)).all():
        raise DataError(f"weight must be {len(scores)} finite numbers, none negative.")
    if not (scores < np.inf).all():
        raise DataError("log_densities has nan or inf: leave out such rows, or predictions whose density has spikes.")
    best = scores.max(1, initial=-np.inf)
    there = (best > -np.inf) & (rows > 0.0)
    if not there.any():
        raise DataError("No row is possible under any of the predictions: there is nothing to weigh them by.")
    p, share = np.exp(scores[there] - best[there, None]), rows[there] / rows[there].sum()
    w = np.full(p.shape[1], 1.0 / p.shape[1])
    for _ in range(MOST):
        s = (share / (p @ w)) @ p
        if s.max() - 1.0 <= NEAR:
            break
        w = w * s
        w /= w.sum()
    return w
