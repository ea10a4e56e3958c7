"""Scores of predicted distributions where some y are known only to lie in an interval."""

from typing import Literal

import numpy as np

from likelinet.calibration import as_censored, covered, d_calibration
from likelinet.distributions import Censored, Distribution, Interval, counts, numerical

BLOCK = 256  # rows whose integrals are in memory at a time
CUTS = np.array([1e-11, 1e-8, 1e-6, 1e-4, 3e-3, 0.04, 0.2, 0.5])  # few: the squares in the CRPS make its tails short
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
    d, rows = as_censored(d), np.ones(len(y)) if weight is None else weight
    assert isinstance(d, Censored)
    scores = {
        "nll": float(np.average(d.nll(y), weights=rows)),
        "concordance": concordance(d.median(), y, rows),
        "integrated_brier": integrated_brier(d, y, rows),
        "crps": float(np.average(censored_crps(d, y), weights=rows)),
        f"coverage_{100 * level:g}": float(np.average(covered(d, y, level), weights=rows)),
        "d_calibration": d_calibration(d, y, rows),
    }
    return {name: float(value) for name, value in scores.items() if value is not None}


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
    d, scores = as_censored(d), np.zeros(len(y))
    for i in range(0, len(y), BLOCK):
        rows, part = d[i : i + BLOCK], y[i : i + BLOCK]
        with np.errstate(all="ignore"):
            scores[i : i + BLOCK] = (_crps_of_counts if d.support.integer else _crps)(rows, part)
    return scores


def _crps(d: Distribution, y: Interval) -> np.ndarray:
    cuts = d._cuts(CUTS)
    ends = [np.where(np.isfinite(e), e, cuts[0]) for e in (y.lower, y.upper)]
    edges = np.sort(np.concatenate([cuts, ends]), axis=0)

    def squared(t: np.ndarray) -> np.ndarray:
        cdf = d.cdf(t)
        return np.where(t < y.lower, cdf, np.where(t > y.upper, 1.0 - cdf, 0.0)) ** 2

    least = d.ppf(0.0)
    return numerical.integrate(squared, edges, np.where(np.isfinite(least), least, d.ppf(0.5))).sum(0)


def _crps_of_counts(d: Distribution, y: Interval) -> np.ndarray:
    def term(row: np.ndarray, k: np.ndarray) -> np.ndarray:
        below, above = np.clip(y.lower[row] - k, 0.0, 1.0), np.clip(k + 1.0 - y.upper[row], 0.0, 1.0)
        return below * d[row].cdf(k) ** 2 + above * d[row].sf(k) ** 2

    low, high = d.ppf(counts.LEFT_OUT), d.isf(counts.LEFT_OUT)
    low = np.minimum(low, np.where(np.isfinite(y.upper), np.maximum(np.floor(y.upper), d.support.low), low))
    high = np.maximum(high, np.where(np.isfinite(y.lower), np.floor(y.lower), high))
    seen = np.clip(np.floor(np.where(np.isfinite(y.lower), y.lower, y.upper)), low, high)
    return counts.total(d, term, low, high, np.where(np.isfinite(seen), seen, low))


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
    d = as_censored(d)
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
