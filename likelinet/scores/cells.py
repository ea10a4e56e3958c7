"""Probabilities of what was observed where y is rounded: comparable between densities and families of counts."""

import numpy as np

from likelinet.distributions import Distribution, Interval
from likelinet.scores.calibration import log_prob


def log_prob_of_cells(d: Distribution, y: np.ndarray | Interval, step: float) -> np.ndarray:
    r"""Return the log probability of the cell of y, which is rounded to multiples of a step.

    .. math:: \log P(y - \tfrac{h}{2} < Y \le y + \tfrac{h}{2})

    Without a step, of classes and of intervals it is log p(y).

    Parameters
    ----------
    d : Distribution
        One for each row.
    y : ndarray or Interval, shape (n,)
        What was observed.
    step : float
        h; 0 where y is not rounded.

    Examples
    --------
    >>> import likelinet as ll
    >>> log_prob_of_cells(ll.Gaussian([0.0], 1.0), np.array([0.0]), 2.0).round(4).tolist()
    [-0.3817]
    >>> log_prob_of_cells(ll.Poisson([3.0]), np.array([0.0]), 1.0).round(4).tolist()
    [-3.0]
    """
    if step == 0.0 or isinstance(y, Interval) or d.class_marginals() is not None:
        return log_prob(d, y)
    return d.log_prob_between(y - 0.5 * step, y + 0.5 * step)
