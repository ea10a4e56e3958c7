"""Whether observed values fall where predicted distributions say, for exact values and for intervals alike."""

import numpy as np

from likelinet.distributions import Distribution, Interval
from likelinet.distributions.base.family import open_end
from likelinet.distributions.base.shapes import Rng, generator_of


def marginals(d: Distribution) -> Distribution:
    """Return the distribution of each of several outputs by itself, of batch shape (n, d)."""
    return d.marginals().censored_outermost()


def log_prob(d: Distribution, y: np.ndarray | Interval) -> np.ndarray:
    """Return log p(y), of what an ensemble predicts for intervals too; of several outputs together."""
    return d.log_prob_of_intervals(y) if isinstance(y, Interval) else d.log_prob(y)


def covered(d: Distribution, y: np.ndarray | Interval, level: float) -> np.ndarray:
    r"""Return whether the central interval of each row holds y; of an interval, how probable that is.

    .. math:: P(a \le Y \le b \mid l \le Y \le u), \qquad a = F^{-1}(\tfrac{1 - c}{2}),\; b = F^{-1}(\tfrac{1 + c}{2})

    For an exact y it is 0 or 1. Where the distributions are true and censoring does not depend on y, its mean is the
    level c (for counts, at least c), whatever is censored; the more is censored, the less can it tell.

    Parameters
    ----------
    d : Distribution
        One distribution per row.
    y : ndarray or Interval
        What was observed.
    level : float
        c, the probability of the central interval.

    Returns
    -------
    ndarray
        Of the shape of y.

    Examples
    --------
    >>> import likelinet as ll
    >>> d = ll.Censored(ll.Gaussian([0.0, 0.0], 1.0))
    >>> covered(d, ll.Interval([1.0, 0.0], [1.0, np.inf]), 0.9).round(4).tolist()
    [1.0, 0.9]
    """
    low, high = d.interval(level)
    if not isinstance(y, Interval):
        return ((low <= y) & (y <= high)).astype(np.float64)
    d = d.censored_outermost()
    lower, upper = np.maximum(y.lower, low), np.minimum(y.upper, high)
    exact = (low <= y.lower) & (y.lower <= high)
    with np.errstate(invalid="ignore"):  # a row of probability 0 has no conditional one: nothing covers it
        share = np.exp(_log_between(d, lower, np.maximum(upper, lower)) - _log_between(d, y.lower, y.upper))
    return np.where(y.exact, exact, np.where((lower <= upper) & (share > 0.0), np.minimum(share, 1.0), 0.0))


def _log_between(d: Distribution, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    return d.log_prob_between(open_end(d, low), high)


def pit_shares(
    d: Distribution, y: np.ndarray | Interval, bins: int = 10, weight: np.ndarray | None = None
) -> np.ndarray:
    r"""Return the share of rows in equal bins of the probability integral transform F(y): all alike for a true model.

    A row of which only an interval is known, or whose y has a probability, as counts have, spreads evenly over

    .. math:: [\, P(Y < l),\; P(Y \le u) \,]

    which is the conditional distribution of F(Y) given l ≤ Y ≤ u.

    Parameters
    ----------
    d : Distribution
        One distribution per row, of one number or of several.
    y : ndarray or Interval
        What was observed.
    bins : int
        How many bins.
    weight : ndarray, shape (n,), optional
        Weight of each row.

    Returns
    -------
    ndarray, shape (bins,)
        Sums to one.

    References
    ----------
    Czado, Gneiting & Held, *Biometrics* 65, 2009, for counts; Haider, Hoehn, Davis & Greiner, *JMLR* 21(85), 2020
    (D-calibration), for censored times.

    Examples
    --------
    >>> import likelinet as ll
    >>> pit_shares(ll.Poisson(np.log([2.0, 2.0])), np.array([0.0, 0.0]), bins=4).round(4).tolist()
    [0.5, 0.5, 0.0, 0.0]
    """
    return np.diff(pit_cdf(d, y, np.linspace(0.0, 1.0, bins + 1), weight))


def pit_cdf(d: Distribution, y: np.ndarray | Interval, at: np.ndarray, weight: np.ndarray | None = None) -> np.ndarray:
    """Return the share of rows whose F(y), spread as in `pit_shares`, lies below each of `at`, and all of it below 1.

    Parameters
    ----------
    d : Distribution
        One distribution for each row.
    y : ndarray or Interval, shape (n,)
        What was observed.
    at : ndarray
        Values between 0 and 1.
    weight : ndarray, shape (n,), optional
        Weight of each row.

    Examples
    --------
    >>> import likelinet as ll
    >>> pit_cdf(ll.Gaussian([0.0, 0.0], 1.0), np.array([-1.0, 1.0]), np.array([0.1, 0.5, 1.0])).tolist()
    [0.0, 0.5, 1.0]
    """
    below, within = pit_bounds(d, y)
    rows = np.ones(len(below)) if weight is None else weight
    rows = np.broadcast_to(rows.reshape((-1,) + (1,) * (np.ndim(below) - 1)), below.shape)
    wide = within > below
    width = np.where(wide, within - below, 1.0)
    shares = [np.where(wide, np.clip((q - below) / width, 0.0, 1.0), (below < q) | (q == 1.0)) for q in at]
    return np.array([np.average(s, weights=rows) for s in shares])


def pit(d: Distribution, y: np.ndarray | Interval, rng: Rng = None) -> np.ndarray:
    r"""Return the probability integral transform F(y) of each row: uniform where the distributions are true.

    Where only an interval is known, or y has a probability, as counts have, it is drawn from the uniform distribution
    over :math:`[P(Y < l),\; P(Y \le u)]`.

    Parameters
    ----------
    d : Distribution
        One distribution for each row.
    y : ndarray or Interval, shape (n,)
        What was observed.
    rng : int or Generator, optional
        Of what is drawn.

    References
    ----------
    Dunn & Smyth, *J. Comput. Graph. Stat.* 5, 1996 (randomised quantile residuals).

    Examples
    --------
    >>> import likelinet as ll
    >>> pit(ll.Gaussian([0.0, 0.0], 1.0), np.array([-1.0, 0.0])).round(4).tolist()
    [0.1587, 0.5]
    """
    below, within = pit_bounds(d, y)
    return np.where(within > below, below + generator_of(rng).random(np.shape(below)) * (within - below), within)


def pit_bounds(d: Distribution, y: np.ndarray | Interval) -> tuple[np.ndarray, np.ndarray]:
    """Return P(Y < y) and P(Y ≤ y), or P(Y < l) and P(Y ≤ u) of intervals.

    Parameters
    ----------
    d : Distribution
        One distribution for each row.
    y : ndarray or Interval, shape (n,)
        What was observed.
    """
    lower, upper = (y.lower, y.upper) if isinstance(y, Interval) else (y, y)
    within = d.cdf(upper)  # first, since it says so where y are classes, whose labels may be text
    return d.cdf(open_end(d, np.asarray(lower, dtype=np.float64))), within


def d_calibration(d: Distribution, y: np.ndarray | Interval, weight: np.ndarray | None = None, bins: int = 10) -> float:
    r"""Return the share of rows that would have to move for the bins of F(y) to be filled alike.

    .. math:: \tfrac12 \sum_{b=1}^{B} \left| s_b - \tfrac1B \right|

    with the shares s of `pit_shares`: 0 where calibrated, at most 1 - 1/B.

    Parameters
    ----------
    d : Distribution
        One distribution for each row.
    y : array_like or Interval, shape (n,)
        What was observed.
    weight : array_like, shape (n,), optional
        Weight of each row.
    bins : int
        How many.

    References
    ----------
    Haider, Hoehn, Davis & Greiner, *JMLR* 21(85), 2020, who test these shares by chi-squared.

    Examples
    --------
    >>> import likelinet as ll
    >>> d = ll.Censored(ll.Gaussian([0.0, 0.0], 1.0))
    >>> round(d_calibration(d, ll.Interval.right_censored([0.0, 0.0], [0, 0])), 4)
    0.5
    """
    return float(0.5 * np.abs(pit_shares(d, y, bins, weight) - 1.0 / bins).sum())
