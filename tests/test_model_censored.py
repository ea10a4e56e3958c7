"""Models of censored y: tables and arrays alike, scores of ensembles, and the truth recovered."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import scipy

import likelinet as ll
from likelinet.scores import metrics
from likelinet.scores.calibration import marginals
from likelinet.scores.survival import evaluate_censored
from tests.small import quick

RNG = np.random.default_rng(0)
N = 80
X = RNG.normal(size=(N, 1))
TIME, EVENT = RNG.exponential(np.exp(X[:, 0])), RNG.integers(0, 2, N)
Y = ll.Interval.right_censored(TIME, EVENT)
WEIBULL = {"kind": "censored", "base": {"kind": "weibull"}}
SKILL = ["nll_skill", "crps_skill"]


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
    scores = {name: value for name, value in model.evaluate(X, Y).items() if name not in SKILL}
    assert scores == pytest.approx(metrics.evaluate(d, Y), rel=1e-12)


def test_rows_of_weight_zero_are_not_scored():
    weight = np.arange(N) % 3 / 1.0
    model = quick(distribution=WEIBULL).fit(X, Y, weight, progress=False)
    kept = weight > 0
    some = model.evaluate(X[kept], Y[kept], weight[kept])
    assert model.evaluate(X, Y, weight) == pytest.approx(some, rel=1e-12)


def test_numbers_are_exact_intervals():
    model = quick(distribution=WEIBULL).fit(X, Y, progress=False)
    assert list(model.evaluate(X, TIME)) == ["nll", "rmse", "mae", "crps", "coverage_90", "r2", *SKILL]
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


# ---- several outputs -------------------------------------------------------------------------------------------------

# The second output is a thousand times the first, other rows of it are censored, and some tell nothing.
LOWER = np.stack([TIME, np.where(RNG.random(N) < 0.2, 0.0, 1e3 * TIME**0.5)], axis=1)
UPPER = np.where(RNG.random((N, 2)) < 0.3, np.inf, LOWER + 100.0 * (LOWER == 0.0))
TWO = ll.Interval(LOWER, UPPER)
GAUSSIAN = {"kind": "censored", "base": {"kind": "gaussian"}}


@pytest.mark.parametrize("family", [WEIBULL, GAUSSIAN, {"kind": "censored", "base": {"kind": "weibull", "scale": 2.0}}])
def test_two_outputs_are_two_fits(family: dict):
    weight = RNG.uniform(0.5, 1.5, N)
    alone = {"distribution": family, "data": {"features": []}}
    both = ll.Model(alone).fit(X, TWO, weight, progress=False)
    d = both.predict_dist(X)
    assert (d.batch_shape, d.event_shape) == ((N,), (2,))
    ones = [ll.Model(alone).fit(X, TWO[:, j], weight, progress=False) for j in range(2)]
    for of in ("mean", "std", "median"):
        expected = np.stack([getattr(m.predict_dist(X), of)() for m in ones], axis=1)
        np.testing.assert_allclose(getattr(d, of)(), expected, rtol=1e-6)
    scores = [m.score(X, TWO[:, j], weight) for j, m in enumerate(ones)]
    assert both.score(X, TWO, weight) == pytest.approx(sum(scores), abs=1e-6)


@pytest.mark.parametrize("members", [1, 2])
def test_scores_of_two_outputs(members: int, tmp_path: Path):
    model = quick(distribution=GAUSSIAN, ensemble=members).fit(X, TWO, progress=False)
    d = model.predict_dist(X)
    base = (d if members == 1 else d.components).base.base
    loc, scale = (v.reshape(N, members, 2) for v in (base.loc, base.scale))
    normal, lower, upper = scipy.stats.norm(loc, scale), LOWER[:, None], UPPER[:, None]
    p = np.where(lower == upper, normal.pdf(lower), normal.cdf(upper) - normal.cdf(lower))
    expected = np.log(p.prod(2).mean(1))  # members are averaged after their outputs are multiplied
    np.testing.assert_allclose(d.log_prob(TWO), expected, rtol=1e-8)
    assert model.score(X, TWO) == pytest.approx(expected.mean(), rel=1e-9)

    scores = model.evaluate(X, TWO)
    assert scores["nll"] == pytest.approx(-expected.mean(), rel=1e-9)
    each = [evaluate_censored(marginals(d)[:, j], TWO[:, j]) for j in range(2)]
    assert "integrated_brier" in each[0]
    assert "integrated_brier" not in each[1]
    assert scores["integrated_brier"] == each[0]["integrated_brier"]
    for name in ("concordance", "crps", "coverage_90", "d_calibration"):
        assert scores[name] == pytest.approx((each[0][name] + each[1][name]) / 2, rel=1e-12)
    assert list(model.evaluate(X, LOWER)) == ["nll", "rmse", "mae", "crps", "coverage_90", "r2", *SKILL]

    model.save(tmp_path / "model")
    loaded = ll.Model.load(tmp_path / "model")
    np.testing.assert_array_equal(loaded.predict_dist(X).log_prob(TWO), d.log_prob(TWO))
    with pytest.raises(ll.DataError, match=r"shape \(80,\), but the model was fitted on \(n, 2\)"):
        loaded.score(X, Y)


def test_columns_of_two_outputs():
    expected = quick(distribution=GAUSSIAN).fit(frame(), TWO, progress=False)
    columns = frame(a=LOWER[:, 0], b=LOWER[:, 1], c=UPPER[:, 0], d=UPPER[:, 1]).replace(np.inf, np.nan)
    target = {"lower": ["a", "b"], "upper": ["c", "d"]}
    model = quick(distribution=GAUSSIAN, data={"target": target}).fit(columns, progress=False)
    assert (model.feature_names, model.target_names) == (["x"], ["a … c", "b … d"])
    np.testing.assert_array_equal(model.predict(frame()), expected.predict(frame()))
    assert model.evaluate(columns) == expected.evaluate(frame(), TWO)
    for upper, what in (("c", "one"), (["c"], "a list of 1")):
        with pytest.raises(ll.ConfigError, match=f"lists of as many: got a list of 2 and {what}"):
            quick(data={"target": {"lower": ["a", "b"], "upper": upper}})


def test_the_history_of_two_outputs_is_in_the_units_of_y():
    nothing = {"validation_fraction": 0.0, "epochs": 1, "batch_size": None, "optimizer": {"learning_rate": 1e-12}}
    model = quick(distribution=GAUSSIAN, training=nothing).fit(X, TWO, progress=False)
    assert model.history.epochs[0].train_nll[0] == pytest.approx(-model.score(X, TWO), rel=1e-4)


def test_intervals_of_outputs_that_do_not_take_them():
    cases = {
        "Independent: y is made of intervals, which Gaussian does not take": ll.Independent(ll.Gaussian(LOWER, 1.0)),
        "Mixture: y is made of intervals, which Gaussian does not take": ll.Mixture(ll.Gaussian(LOWER, 1.0), [0, 0]),
        "each event has 3 outputs": ll.Independent(ll.Censored(ll.Gaussian(np.zeros((N, 3)), 1.0))),
    }
    for message, d in cases.items():
        with pytest.raises(ll.DataError, match=message):
            d.log_prob(TWO)
