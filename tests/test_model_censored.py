"""Models of censored y: tables and arrays alike, scores of ensembles, and the truth recovered."""

import numpy as np
import pandas as pd
import pytest
import scipy

import likelinet as ll
from likelinet import metrics
from tests.small import quick

RNG = np.random.default_rng(0)
N = 80
X = RNG.normal(size=(N, 1))
TIME, EVENT = RNG.exponential(np.exp(X[:, 0])), RNG.integers(0, 2, N)
Y = ll.Interval.right_censored(TIME, EVENT)
WEIBULL = {"kind": "censored", "base": {"kind": "weibull"}}


def frame(**columns) -> pd.DataFrame:
    return pd.DataFrame({"x": X[:, 0], **columns})


def test_columns_are_the_intervals_of_python():
    expected = quick(distribution=WEIBULL).fit(frame(), Y, progress=False)
    timed = frame(t=TIME, e=EVENT)
    ends = frame(lo=TIME, hi=np.where(EVENT == 1, TIME, np.nan))
    for target, table in (({"time": "t", "event": "e"}, timed), ({"lower": "lo", "upper": "hi"}, ends)):
        model = quick(distribution=WEIBULL, data={"target": target}).fit(table, progress=False)
        assert model.feature_names == ["x"]
        np.testing.assert_array_equal(model.predict(frame()), expected.predict(frame()))
        assert model.evaluate(table) == pytest.approx(expected.evaluate(frame(), Y), rel=1e-12)
        assert model.score(table) == pytest.approx(-model.evaluate(table)["nll"], rel=1e-12)


@pytest.mark.parametrize("members", [1, 3])
def test_score_is_the_mean_log_likelihood(members: int):
    model = quick(distribution=WEIBULL, ensemble=members).fit(X, Y, progress=False)
    d = model.predict_dist(X)
    base = d.base if members == 1 else d.components.base if isinstance(d, ll.Mixture) else d.base.components
    at = TIME if members == 1 else TIME[:, None]
    weibull = scipy.stats.weibull_min(base.concentration, 0.0, base.scale)
    p = np.where((EVENT == 1) if members == 1 else (EVENT == 1)[:, None], weibull.pdf(at), weibull.sf(at))
    p = p if members == 1 else p.mean(1)
    assert model.score(X, Y) == pytest.approx(np.mean(np.log(p)), rel=1e-9)
    assert model.evaluate(X, Y) == pytest.approx(metrics.evaluate(d, Y), rel=1e-12)


def test_rows_of_weight_zero_are_not_scored():
    weight = np.arange(N) % 3 / 1.0
    model = quick(distribution=WEIBULL).fit(X, Y, weight, progress=False)
    kept = weight > 0
    some = model.evaluate(X[kept], Y[kept], weight[kept])
    assert model.evaluate(X, Y, weight) == pytest.approx(some, rel=1e-12)


def test_numbers_are_exact_intervals():
    model = quick(distribution=WEIBULL).fit(X, Y, progress=False)
    assert list(model.evaluate(X, TIME)) == ["nll", "rmse", "mae", "crps", "coverage_90"]
    assert model.evaluate(X, TIME) == model.evaluate(X, ll.Interval(TIME, TIME))


def test_censoring_is_undone():
    n = 4000
    x = RNG.uniform(-1.0, 1.0, (n, 1))
    true = 2.0 + 3.0 * x[:, 0] + 0.5 * RNG.standard_normal(n)
    seen = ll.Interval(np.where(true > 2.0, true, -np.inf), np.maximum(true, 2.0))  # half of it is below 2
    model = ll.Model(
        {
            "distribution": {"kind": "censored", "base": {"scale": "shared"}},
            "network": {"hidden": []},
            "training": {"optimizer": {"kind": "lbfgs"}, "validation_fraction": 0.0},
        }
    ).fit(x, seen, progress=False)
    # A Tobit model, by SciPy: maximum likelihood over intercept, slope and log scale.
    cut = true <= 2.0

    def nll(p: np.ndarray) -> float:
        loc, scale = p[0] + p[1] * x[:, 0], np.exp(p[2])
        values = np.where(cut, scipy.stats.norm.logcdf(2.0, loc, scale), scipy.stats.norm.logpdf(true, loc, scale))
        return -values.mean()

    best = scipy.optimize.minimize(nll, [2.0, 3.0, -0.7], method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-12})
    intercept, right = model.predict(np.array([[0.0], [1.0]]))
    np.testing.assert_allclose([intercept, right - intercept], best.x[:2], rtol=1e-4)
    assert -model.score(x, seen) == pytest.approx(best.fun, abs=1e-6)
    assert model.evaluate(x, seen)["d_calibration"] < 0.03


@pytest.mark.parametrize("distribution", [{"kind": "gaussian"}, {"kind": "weibull"}])
def test_intervals_need_a_censored_family(distribution: dict[str, str]):
    with pytest.raises(ll.DataError, match="censored"):
        quick(distribution=distribution).fit(X, Y, progress=False)
