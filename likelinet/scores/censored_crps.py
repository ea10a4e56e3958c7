"""The CRPS of what is known of a censored y."""

import numpy as np

from likelinet.core.blocks import blocks
from likelinet.distributions import Distribution, Interval
from likelinet.distributions.numerics import quadrature, sums

ROWS_AT_ONCE = 256  # of their integrals in memory


def censored_crps(d: Distribution, y: Interval) -> np.ndarray:
    r"""Return the CRPS of what is known: the parts of the integral in which 1{y ≤ t} is.

    .. math:: \int_{-\infty}^{l} F(t)^2\, dt + \int_{u}^{\infty} (1 - F(t))^2\, dt

    It is the CRPS where l = u. In the units of y; rows of which less is known have fewer terms, so that it compares
    models on the same rows, not data sets.

    Parameters
    ----------
    d : Distribution
        One distribution per row.
    y : Interval
        [l, u] of each row.

    Returns
    -------
    ndarray, shape (n,)

    References
    ----------
    Avati, Duan, Zhou, Jung, Shah & Ng, *UAI* 2019 (Survival-CRPS).

    Examples
    --------
    >>> import likelinet as ll
    >>> d = ll.Censored(ll.Exponential([1.0, 1.0]))
    >>> censored_crps(d, ll.Interval.right_censored([1.0, 1.0], [1, 0])).round(4).tolist()
    [0.2358, 0.1681]
    """
    d, scores = d.censored_outermost(), np.zeros(len(y))
    for rows in blocks(len(y), ROWS_AT_ONCE):
        with np.errstate(all="ignore"):
            scores[rows] = (_crps_of_counts if d.support.integer else _crps)(d[rows], y[rows])
    return scores


def _crps(d: Distribution, y: Interval) -> np.ndarray:
    return quadrature.squares(d, y.lower, y.upper)


def _crps_of_counts(d: Distribution, y: Interval) -> np.ndarray:
    def term(row: np.ndarray, k: np.ndarray) -> np.ndarray:
        below, above = np.clip(y.lower[row] - k, 0.0, 1.0), np.clip(k + 1.0 - y.upper[row], 0.0, 1.0)
        return below * d[row].cdf(k) ** 2 + above * d[row].sf(k) ** 2

    low, high = d.ppf(sums.LEFT_OUT), d.isf(sums.LEFT_OUT)
    low = np.minimum(low, np.where(np.isfinite(y.upper), np.maximum(np.floor(y.upper), d.support.low), low))
    high = np.maximum(high, np.where(np.isfinite(y.lower), np.floor(y.lower), high))
    seen = np.clip(np.floor(np.where(np.isfinite(y.lower), y.lower, y.upper)), low, high)
    return sums.total(d, term, low, high, np.where(np.isfinite(seen), seen, low))
