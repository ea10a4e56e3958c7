"""Scores of censored y against brute force over pairs, tables made by hand, and integration by SciPy."""

from collections.abc import Callable

import numpy as np
import pytest
import scipy

import likelinet as ll
from likelinet.scores import calibration, concordance, metrics, survival
from likelinet.scores.censored_crps import censored_crps

RNG = np.random.default_rng(0)
N = 60
LOC, SCALE = RNG.normal(size=N), RNG.uniform(0.5, 2.0, N)
TRUE = LOC + SCALE * RNG.standard_normal(N)
END = RNG.normal(0.5, 1.5, N)
WEIGHT = RNG.uniform(0.2, 3.0, N)
WEIGHTS = [None, WEIGHT]
D = ll.Censored(ll.Gaussian(LOC, SCALE))
RIGHT = ll.Interval.right_censored(np.minimum(TRUE, END), (TRUE <= END).astype(int))
LEFT = ll.Interval(np.where(TRUE > END, TRUE, -np.inf), np.maximum(TRUE, END))
BETWEEN = ll.Interval(np.floor(TRUE), np.ceil(TRUE))
KIND = np.arange(N) % 4
MIXED = ll.Interval(
    np.select([KIND == 0, KIND == 1, KIND == 2], [TRUE, TRUE, -np.inf], np.floor(TRUE)),
    np.select([KIND == 0, KIND == 1, KIND == 2], [TRUE, np.inf, TRUE], np.ceil(TRUE)),
)
SEEN = {"right": RIGHT, "left": LEFT, "between": BETWEEN, "mixed": MIXED}
# Small whole times: many ties of events, of censorings, and of both.
TIED = ll.Interval.right_censored(RNG.integers(1, 8, N).astype(float), RNG.integers(0, 2, N))
TIED_BOTH = ll.Interval(TIED.lower, np.where(TIED.exact | (KIND > 0), TIED.upper, TIED.lower + 2.0))


def average(values: np.ndarray, weight: np.ndarray | None) -> float:
    weight = np.ones(len(values)) if weight is None else weight
    return float(np.sum(weight * values) / np.sum(weight))


# ---- concordance -------------------------------------------------------------------------------------------------


def pairs(predicted: np.ndarray, y: ll.Interval, weight: np.ndarray | None) -> float:
    weight = np.ones(len(y)) if weight is None else weight
    right = comparable = 0.0
    for i in range(len(y)):
        for j in range(len(y)):
            exact = y.lower[i] == y.upper[i] and y.lower[j] == y.upper[j]
            if i == j or not (y.upper[i] < y.lower[j] or (y.upper[i] == y.lower[j] and not exact)):
                continue
            comparable += weight[i] * weight[j]
            right += weight[i] * weight[j] * ((predicted[i] < predicted[j]) + 0.5 * (predicted[i] == predicted[j]))
    return right / comparable


@pytest.mark.parametrize("weight", WEIGHTS)
@pytest.mark.parametrize("y", [*SEEN.values(), TIED, TIED_BOTH], ids=[*SEEN, "tied", "tied both"])
@pytest.mark.parametrize("digits", [6, 0])
def test_concordance_is_that_of_all_pairs(y: ll.Interval, weight: np.ndarray | None, digits: int):
    predicted = LOC.round(digits)
    assert concordance(predicted, y, weight) == pytest.approx(pairs(predicted, y, weight), rel=1e-12)


def test_concordance_at_its_ends():
    y = ll.Interval.right_censored(np.arange(5.0), [1, 1, 0, 1, 1])
    assert concordance(np.arange(5.0), y) == 1.0
    assert concordance(-np.arange(5.0), y) == 0.0
    assert concordance(np.zeros(5), y) == 0.5
    assert concordance(np.arange(5.0), ll.Interval.right_censored(np.arange(5.0), np.zeros(5))) is None


def test_concordance_of_many_rows_is_quick_and_that_of_a_sample():
    n = 20_000
    time, event = RNG.exponential(size=n), RNG.random(n) < 0.6
    predicted = time + RNG.exponential(size=n)
    found = concordance(predicted, ll.Interval.right_censored(time, event.astype(int)))
    i, j = RNG.integers(0, n, (2, 400_000))
    known = event[i] & (time[i] < time[j])
    assert found == pytest.approx(np.mean(predicted[i][known] < predicted[j][known]), abs=0.006)


# ---- CRPS --------------------------------------------------------------------------------------------------------


def integral(d: ll.Distribution, lower: float, upper: float) -> float:
    below = above = 0.0
    if lower > -np.inf:
        below = scipy.integrate.quad(lambda t: d.cdf(t) ** 2, -np.inf, lower, epsabs=1e-12, limit=200)[0]
    if upper < np.inf:
        above = scipy.integrate.quad(lambda t: d.sf(t) ** 2, upper, np.inf, epsabs=1e-12, limit=200)[0]
    return below + above


@pytest.mark.parametrize("y", SEEN.values(), ids=SEEN)
def test_crps_by_scipy(y: ll.Interval):
    expected = [integral(ll.Gaussian(LOC[i], SCALE[i]), y.lower[i], y.upper[i]) for i in range(N)]
    np.testing.assert_allclose(censored_crps(D, y), expected, rtol=1e-7, atol=1e-10)


def test_crps_of_times_by_its_antiderivative():
    # ∫₀ᵘ (1 - e^{-t})² dt = u - 2 (1 - e^{-u}) + (1 - e^{-2u}) / 2, far beyond the quantiles too.
    u = np.array([1e-3, 0.5, 3.0, 80.0, 1e4])
    y = ll.Interval.right_censored(u, np.zeros(5))
    expected = u + 2.0 * np.expm1(-u) - 0.5 * np.expm1(-2.0 * u)
    found = censored_crps(ll.Censored(ll.Exponential(np.ones(5))), y)
    np.testing.assert_allclose(found[1:], expected[1:], rtol=1e-9)
    np.testing.assert_allclose(found[0], u[0] ** 3 / 3.0, rtol=1e-3)


def test_crps_of_counts_by_sums():
    rate = np.array([0.7, 4.0, 12.0, 3.0])
    y = ll.Interval([2.0, -np.inf, 5.0, 4.0], [np.inf, 3.0, 9.0, 4.0])
    k = np.arange(200.0)
    expected = [
        np.sum(scipy.stats.poisson.cdf(k, r)[k < low] ** 2) + np.sum(scipy.stats.poisson.sf(k, r)[k >= high] ** 2)
        for r, low, high in zip(rate, y.lower, y.upper, strict=True)
    ]
    d = ll.Censored(ll.Poisson(rate))
    np.testing.assert_allclose(censored_crps(d, y), expected, rtol=1e-9)
    assert censored_crps(d, y)[3] == pytest.approx(ll.Poisson(3.0).crps(4.0), rel=1e-12)


@pytest.mark.parametrize(
    "base",
    [
        ll.Weibull(scale=np.full(3, 2.0), concentration=1.5),
        ll.Mixture(ll.Gamma(np.full((3, 2), 2.0), rate=[1.0, 3.0]), np.zeros(2)),
        ll.ZeroInflated(ll.Gamma(np.full(3, 2.0), rate=1.0), gate_logits=-1.0),
        ll.Cauchy(np.zeros(3), 1.0),
    ],
    ids=lambda d: type(d).__name__,
)
def test_crps_of_exact_values_is_the_usual_one(base: ll.Distribution):
    y = np.array([0.4, 1.7, 9.0])
    np.testing.assert_allclose(censored_crps(ll.Censored(base), ll.Interval(y, y)), base.crps(y), rtol=1e-6)


# ---- Kaplan-Meier and the Brier score ----------------------------------------------------------------------------


def test_kaplan_meier_by_hand():
    # Freireich's 6-MP arm (Klein & Moeschberger, table 1.1), whose estimate every textbook prints.
    time = [10, 7, 32, 23, 22, 6, 16, 34, 32, 25, 11, 20, 19, 6, 17, 35, 6, 13, 9, 6, 10]
    event = [1, 1, 0, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 0]
    times, found = survival.kaplan_meier(np.array(time, float), np.array(event, bool))
    assert times.tolist() == [6, 7, 10, 13, 16, 22, 23]
    np.testing.assert_allclose(found, [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448], atol=5e-4)


def test_kaplan_meier_agrees_with_scipy():
    time, event = TIED.lower, TIED.exact
    data = scipy.stats.CensoredData(uncensored=time[event], right=time[~event])
    expected = scipy.stats.ecdf(data).sf
    times, found = survival.kaplan_meier(time, event)
    np.testing.assert_allclose(found, expected.evaluate(times), rtol=1e-12)


def test_weights_of_kaplan_meier_are_repetitions():
    often = RNG.integers(1, 4, N)
    rows = np.repeat(np.arange(N), often)
    weighted = survival.kaplan_meier(TIED.lower, TIED.exact, often.astype(float))
    np.testing.assert_allclose(weighted, survival.kaplan_meier(TIED.lower[rows], TIED.exact[rows]), rtol=1e-12)


def free(time: np.ndarray, event: np.ndarray, weight: np.ndarray, t: float, *, before: bool) -> float:
    """Return the probability of no censoring up to t or before it; events leave before the censorings of a time."""
    left = 1.0
    for s in np.unique(time[~event]):
        if s < t or (s == t and not before):
            at_risk = weight[(time > s) | ((time == s) & ~event)].sum()
            left *= 1.0 - weight[(time == s) & ~event].sum() / at_risk
    return left


@pytest.mark.parametrize("weight", WEIGHTS)
@pytest.mark.parametrize("y", [RIGHT, TIED], ids=["right", "tied"])
def test_integrated_brier_row_by_row(y: ll.Interval, weight: np.ndarray | None):
    w, time, event = np.ones(N) if weight is None else weight, y.lower, y.exact
    first, last = time[event].min(), time[event].max()
    total = 0.0
    for k in range(100):
        t = first + (last - first) * (k + 0.5) / 100
        now = free(time, event, w, t, before=False)
        for i in range(N):
            s = scipy.stats.norm.sf(t, LOC[i], SCALE[i])
            if time[i] > t:
                total += w[i] * (1.0 - s) ** 2 / now
            elif event[i]:
                total += w[i] * s**2 / free(time, event, w, time[i], before=True)
    assert survival.integrated_brier(D, y, weight) == pytest.approx(total / w.sum() / 100, rel=1e-10)


@pytest.mark.parametrize("y", [LEFT, BETWEEN, MIXED], ids=["left", "between", "mixed"])
def test_there_is_no_brier_score_of_other_censoring(y: ll.Interval):
    assert survival.integrated_brier(D, y) is None
    assert "integrated_brier" not in metrics.evaluate(D, y)


def test_brier_score_is_hardly_moved_by_censoring():
    n = 20_000
    x = RNG.normal(size=n)
    time, end = RNG.exponential(np.exp(x)), RNG.exponential(2.0, n)
    d = ll.Censored(ll.Exponential(np.exp(-x)))
    seen = survival.integrated_brier(d, ll.Interval.right_censored(np.minimum(time, end), (time <= end).astype(int)))
    last = np.minimum(time, end)[time <= end].max()
    t = last * (np.arange(100)[:, None] + 0.5) / 100
    whole = np.mean((np.exp(-t * np.exp(-x)) - (time > t)) ** 2)
    assert seen == pytest.approx(whole, abs=0.01)


# ---- calibration -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("weight", WEIGHTS)
@pytest.mark.parametrize("y", SEEN.values(), ids=SEEN)
def test_pit_shares_row_by_row(y: ll.Interval, weight: np.ndarray | None):
    expected = np.zeros(10)
    for i in range(N):
        a, b = (scipy.stats.norm.cdf(e[i], LOC[i], SCALE[i]) for e in (y.lower, y.upper))
        for k in range(10):
            if a == b:
                share = float(k / 10 <= a < (k + 1) / 10)
            else:
                share = scipy.stats.uniform.cdf((k + 1) / 10, a, b - a) - scipy.stats.uniform.cdf(k / 10, a, b - a)
            expected[k] += (1.0 if weight is None else weight[i]) * share
    expected /= N if weight is None else weight.sum()
    np.testing.assert_allclose(calibration.pit_shares(D, y, 10, weight), expected, rtol=1e-9, atol=1e-12)
    assert calibration.d_calibration(D, y, weight) == pytest.approx(0.5 * np.abs(expected - 0.1).sum(), rel=1e-9)


def test_pit_shares_of_counts_are_flat_for_a_true_model():
    rate = RNG.uniform(0.5, 5.0, 40_000)
    shares = calibration.pit_shares(ll.Poisson(rate), RNG.poisson(rate).astype(float))
    np.testing.assert_allclose(shares, 0.1, atol=0.005)


@pytest.mark.parametrize("weight", WEIGHTS)
@pytest.mark.parametrize("y", SEEN.values(), ids=SEEN)
def test_coverage_is_the_conditional_probability(y: ll.Interval, weight: np.ndarray | None):
    h, expected = 1.6448536269514722, np.zeros(N)
    for i in range(N):
        a, b = ((e[i] - LOC[i]) / SCALE[i] for e in (y.lower, y.upper))
        if a == b:
            expected[i] = -h <= a <= h
        elif max(a, -h) < min(b, h):
            norm = scipy.stats.norm
            expected[i] = (norm.cdf(min(b, h)) - norm.cdf(max(a, -h))) / (norm.cdf(b) - norm.cdf(a))
    np.testing.assert_allclose(calibration.covered(D, y, 0.9), expected, rtol=1e-8, atol=1e-12)
    assert metrics.evaluate(D, y, weight)["coverage_90"] == pytest.approx(average(expected, weight), rel=1e-8)


def test_coverage_of_counts_counts_both_ends():
    d, y = ll.Censored(ll.Poisson([4.0, 4.0, 4.0])), ll.Interval([2.0, -np.inf, 9.0], [12.0, 1.0, np.inf])
    low, high = scipy.stats.poisson.interval(0.9, 4.0)
    mass = scipy.stats.poisson.pmf(np.arange(200), 4.0)
    expected = [mass[2 : int(high) + 1].sum() / mass[2:13].sum(), mass[int(low) : 2].sum() / mass[:2].sum(), 0.0]
    np.testing.assert_allclose(calibration.covered(d, y, 0.9), expected, rtol=1e-10)


@pytest.mark.parametrize("censoring", ["right", "left", "between"])
def test_the_true_model_is_calibrated_whatever_is_censored(censoring: str):
    n = 20_000
    loc = RNG.normal(size=n)
    true, end = loc + RNG.standard_normal(n), RNG.normal(0.5, 1.0, n)
    lower, upper = {
        "right": (np.minimum(true, end), np.where(true <= end, true, np.inf)),
        "left": (np.where(true >= end, true, -np.inf), np.maximum(true, end)),
        "between": (np.floor(true), np.ceil(true)),
    }[censoring]
    found = metrics.evaluate(ll.Censored(ll.Gaussian(loc, 1.0)), ll.Interval(lower, upper))
    assert found["coverage_90"] == pytest.approx(0.9, abs=0.01)
    assert found["d_calibration"] < 0.015
    wrong = metrics.evaluate(ll.Censored(ll.Gaussian(loc + 0.5, 0.5)), ll.Interval(lower, upper))
    assert wrong["d_calibration"] > 0.05
    for name in ("nll", "crps"):
        assert wrong[name] > found[name]


# ---- all of it ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("weight", WEIGHTS)
def test_evaluate(weight: np.ndarray | None):
    found = metrics.evaluate(D, RIGHT, weight)
    z = (RIGHT.lower - LOC) / SCALE
    nll = np.where(RIGHT.exact, 0.5 * z**2 + np.log(SCALE * np.sqrt(2.0 * np.pi)), -scipy.stats.norm.logsf(z))
    assert list(found) == ["nll", "concordance", "integrated_brier", "crps", "coverage_90", "d_calibration"]
    assert found["nll"] == pytest.approx(average(nll, weight), rel=1e-9)
    assert found["concordance"] == concordance(LOC, RIGHT, weight)
    assert found["crps"] == pytest.approx(average(censored_crps(D, RIGHT), weight), rel=1e-12)
    assert all(type(v) is float for v in found.values())


def test_exact_intervals_have_the_usual_metrics():
    y = ll.Interval(TRUE, TRUE)
    assert metrics.evaluate(D, y) == pytest.approx(metrics.evaluate(ll.Gaussian(LOC, SCALE), TRUE), rel=1e-12)


def stacked(make: Callable[[np.ndarray], ll.Distribution]) -> tuple[ll.Distribution, ll.Distribution]:
    loc = np.stack([LOC, LOC + 1.0], axis=-1)
    return ll.Mixture(ll.Censored(make(loc)), np.zeros(2)), ll.Censored(ll.Mixture(make(loc), np.zeros(2)))


@pytest.mark.parametrize("y", [*SEEN.values(), ll.Interval(TRUE, TRUE)], ids=[*SEEN, "exact"])
def test_an_ensemble_is_the_censored_mixture(y: ll.Interval):
    members, mixture = stacked(lambda loc: ll.Gaussian(loc, 1.0))
    found = metrics.evaluate(members, y)
    assert found == pytest.approx(metrics.evaluate(mixture, y), rel=1e-12)
    if not y.exact.all():
        p = [scipy.stats.norm.cdf(y.upper, LOC + k) - scipy.stats.norm.cdf(y.lower, LOC + k) for k in (0.0, 1.0)]
        p = np.where(y.exact, sum(scipy.stats.norm.pdf(TRUE, LOC + k) for k in (0.0, 1.0)), p[0] + p[1]) / 2.0
        assert found["nll"] == pytest.approx(np.mean(-np.log(p)), rel=1e-6)
