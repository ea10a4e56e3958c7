"""Scores of predicted distributions where some y are known only to lie in an interval."""

from typing import Literal

import numpy as np

from likelinet.distributions import Distribution, Interval
from likelinet.scores.calibration import covered, d_calibration, log_prob
from likelinet.scores.censored_crps import censored_crps
from likelinet.scores.concordance_index import concordance

TIMES = 100  # at which the Brier score is taken


def evaluate_censored(
    d: Distribution, y: Interval, weight: np.ndarray | None = None, level: float = 0.9
) -> dict[str, float]:
    """Return the metrics of censored rows by name.

    nll counts a density where y is exact and a probability where it is not; concordance, crps, coverage_90 and
    d_calibration take intervals of any kind; integrated_brier is there where all censoring is from the right.

    Parameters
    ----------
    d : Distribution
        `Censored`, or a mixture of such, one per row.
    y : Interval
        What was observed.
    weight : ndarray, shape (n,), optional
        Weight of each row.
    level : float
        Of the central interval whose coverage is reported.

    Returns
    -------
    dict
        Without those scores that these rows do not define: no pair can be compared, or nobody has an event.

    Examples
    --------
    >>> import likelinet as ll
    >>> d = ll.Censored(ll.Exponential([1.0, 0.5, 0.5]))
    >>> found = evaluate_censored(d, ll.Interval.right_censored([1.0, 3.0, 4.0], [1, 0, 1]))
    >>> list(found)
    ['nll', 'concordance', 'integrated_brier', 'crps', 'coverage_90', 'd_calibration']
    """
    d, rows = d.censored_outermost(), np.ones(len(y)) if weight is None else weight
    scores = {
        "nll": float(np.average(-log_prob(d, y), weights=rows)),
        "concordance": concordance(d.median(), y, rows),
        "integrated_brier": integrated_brier(d, y, rows),
        "crps": float(np.average(censored_crps(d, y), weights=rows)),
        f"coverage_{100 * level:g}": float(np.average(covered(d, y, level), weights=rows)),
        "d_calibration": d_calibration(d, y, rows),
    }
    return {name: float(value) for name, value in scores.items() if value is not None}


def kaplan_meier(time: np.ndarray, event: np.ndarray, weight: np.ndarray | None = None) -> tuple[np.ndarray, ...]:
    r"""Return the times of events and the Kaplan-Meier estimate of P(T > t) from each of them on.

    .. math:: \hat S(t) = \prod_{t_i \le t} \left(1 - \frac{d_i}{n_i}\right)

    with d events at t_i among the n rows that are still seen then; rows censored at t_i count among these.

    Parameters
    ----------
    time : ndarray, shape (n,)
        Time of the event, or of the censoring.
    event : ndarray of bool, shape (n,)
        Whether it is an event.
    weight : ndarray, shape (n,), optional
        Weight of each row.

    References
    ----------
    Kaplan & Meier, *JASA* 53, 1958.

    Examples
    --------
    >>> times, survival = kaplan_meier(np.array([1.0, 2.0, 3.0]), np.array([True, False, True]))
    >>> times.tolist(), survival.round(4).tolist()
    ([1.0, 3.0], [0.6667, 0.0])
    """
    weight = np.ones(len(time)) if weight is None else weight
    times = np.unique(time[event])
    order = np.argsort(time, kind="stable")
    later = np.concatenate([np.cumsum(weight[order][::-1])[::-1], [0.0]])
    at_risk = later[np.searchsorted(time[order], times, "left")]
    events = np.bincount(np.searchsorted(times, time[event]), weight[event], len(times))
    return times, np.cumprod(np.maximum(1.0 - events / at_risk, 0.0))


def integrated_brier(d: Distribution, y: Interval, weight: np.ndarray | None = None) -> float | None:
    r"""Return the Brier score of P(T > t), averaged over rows and over times from the first event to the last.

    .. math::
        \mathrm{BS}(t) = \frac{1}{\sum_i w_i} \sum_i w_i \left[
            S_i(t)^2\, \frac{1\{t_i \le t, \text{event}\}}{\hat G(t_i-)}
            + (1 - S_i(t))^2\, \frac{1\{t_i > t\}}{\hat G(t)} \right]

    with the Kaplan-Meier estimate Ĝ of not yet being censored, from the same rows; events come before the
    censorings of the same time. Censoring must not depend on x or y. The average over times is that of the middles of
    100 equal steps.

    Parameters
    ----------
    d : Distribution
        One distribution per row, of which S(t) = P(T > t).
    y : Interval
        Exact or censored from the right.
    weight : ndarray, shape (n,), optional
        w.

    Returns
    -------
    float or None
        0 is perfect, and ¼ is what S = ½ everywhere gives; None where a row is censored otherwise, or there are not
        two times of events.

    References
    ----------
    Graf, Schmoor, Sauerbrei & Schumacher, *Statistics in Medicine* 18, 1999.

    Examples
    --------
    >>> import likelinet as ll
    >>> y = ll.Interval.right_censored([1.0, 2.0, 3.0], [1, 1, 1])
    >>> round(integrated_brier(ll.Censored(ll.Exponential([0.5, 0.5, 0.5])), y), 4)
    0.2443
    """
    weight = np.ones(len(y)) if weight is None else weight
    time, event = y.lower, y.exact
    if not (event | (np.isfinite(time) & (y.upper == np.inf))).all() or len(np.unique(time[event])) < 2:
        return None
    d = d.censored_outermost()
    steps, free = _uncensored(time, event, weight)

    def still(t: np.ndarray | float, side: Literal["left", "right"]) -> np.ndarray:
        return np.concatenate([[1.0], free])[np.searchsorted(steps, t, side)]

    first, last = time[event].min(), time[event].max()
    inverse = np.where(event, weight / np.where(event, still(time, "left"), 1.0), 0.0)
    total = 0.0
    for t in first + (last - first) * (np.arange(TIMES) + 0.5) / TIMES:
        survival = d.sf(np.full(len(y), t))
        total += np.sum(np.where(time <= t, inverse * survival**2, weight * (1.0 - survival) ** 2 / still(t, "right")))
    return float(total / weight.sum() / TIMES)


def _uncensored(time: np.ndarray, event: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return the times of censorings and the probability of none so far; events leave before those of their time."""
    later = np.where(event, time, np.nextafter(time, np.inf))
    steps, free = kaplan_meier(later, ~event, weight)
    return np.nextafter(steps, -np.inf), free
