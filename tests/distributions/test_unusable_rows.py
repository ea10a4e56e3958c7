"""A row that nothing is left of answers nan in every method, is named once, and the other rows never notice."""

import warnings

import numpy as np
import pandas as pd
import pytest

import likelinet as ll

PAIRS = np.array([[[1.0, 2.0], [3.0, 1e-7], [2.0, 2.0]], [[2.0, 2.0], [2.0, 50.0], [1.0, 3.0]]])
Y = np.array([[0.5], [1.5], [2.0], [7.0]])


def truncated(rows=slice(None)):
    scale, concentration = np.array([1.0, 1e-7, 3.0]), np.array([2.0, 50.0, 1.0])
    return ll.Truncated(ll.Weibull(scale[rows], concentration[rows]), low=1.0)


def hurdle(rows=slice(None)):
    return ll.Hurdle(ll.Binomial(np.array([5.0, 0.0, 3.0])[rows], logits=np.array([0.1, 0.2, 0.3])[rows]), gate=0.3)


CASES = {
    "truncated": truncated,
    "hurdle": hurdle,
    "discretised": lambda rows=slice(None): ll.Discretised(truncated(rows)),
    "transformed": lambda rows=slice(None): ll.Transformed(truncated(rows), ll.Log()),
    "zero-inflated": lambda rows=slice(None): ll.ZeroInflated(truncated(rows), gate=0.2),
    "truncated twice": lambda rows=slice(None): ll.Truncated(hurdle(rows), high=4.0),
    "censored": lambda rows=slice(None): ll.Censored(truncated(rows)),
    "mixture": lambda rows=slice(None): ll.Mixture(
        ll.Truncated(ll.Weibull(PAIRS[0][rows], PAIRS[1][rows]), 1.0), probs=[0.4, 0.6]
    ),
}
OF_Y = ("log_prob", "cdf", "sf", "log_cdf", "log_sf")
INTEGRALS = ("mean", "var", "mode", "entropy")
WHOLE = ("truncated", "hurdle", "mixture")  # the others pass these on


@pytest.mark.parametrize("name", CASES)
def test_every_method(name):
    with pytest.warns(UserWarning, match=r": the answers for row 2 are nan\.$") as said:
        d = CASES[name]()
    assert len(said) == 1
    others = CASES[name]([0, 2])
    y = np.floor(Y) if d.support.integer else Y

    def check(answers, others, axis=-1):
        np.testing.assert_array_equal(np.take(answers, [0, 2], axis), others)
        assert np.isnan(np.take(answers, 1, axis)).all()

    for method in OF_Y:
        check(getattr(d, method)(y), getattr(others, method)(y))
    q = np.array([[0.0], [0.3], [0.6], [1.0]])
    check(d.ppf(q), others.ppf(q))
    check(d.isf(q), others.isf(q))
    for method in INTEGRALS if name in WHOLE else ("mean",):
        check(getattr(d, method)(), getattr(others, method)())
    if name == "truncated":
        check(d.crps(y), others.crps(y))
        check(d.kl_divergence(d), others.kl_divergence(others))
    check(d.sample(5, rng=0), others.sample(5, rng=0))
    assert np.isnan(d[1:2].sf(2.0)).all()
    assert d[[0, 2]].unusable is None


def test_intervals():
    with pytest.warns(UserWarning, match="row 2"):
        d = CASES["censored"]()
    y = ll.Interval(np.full(3, 2.0), np.array([2.0, np.inf, np.inf]))
    np.testing.assert_allclose(d.log_prob(y), [np.log(4.0) - 3.0, np.nan, -1.0 / 3.0], rtol=1e-12)


def test_several_outputs():
    with pytest.warns(UserWarning, match="row 2"):
        base = ll.Truncated(ll.Weibull([[1.0, 2.0], [1e-7, 2.0]], [[2.0, 2.0], [50.0, 2.0]]), 1.0)
    d = ll.Independent(base)
    np.testing.assert_array_equal(np.isnan(d.mean()), [[False, False], [True, False]])
    np.testing.assert_array_equal(np.isnan(d.log_prob(np.full((2, 2), 2.0))), [False, True])


def test_alone_it_is_refused():
    with pytest.raises(ll.ParameterError, match=r"^Truncated: Weibull has no probability between 1\.0 and inf\.$"):
        truncated(1)
    with pytest.raises(ll.ParameterError, match=r"^Truncated: Weibull has no probability between 1\.0 and inf\.$"):
        truncated([1])
    with pytest.raises(ll.ParameterError, match=r"^Hurdle: Binomial has no probability beside 0\.$"):
        hurdle([1, 1])


# ---- models ------------------------------------------------------------------------------------------------------


def table(trials, seed=0):
    rng = np.random.default_rng(seed)
    trials = np.asarray(trials, float)
    y = np.minimum(np.maximum(rng.binomial(5, 0.4, len(trials)), 1.0), np.maximum(trials, 1.0))
    return pd.DataFrame({"x": np.linspace(0.0, 1.0, len(trials)), "n": trials, "y": y})


BASE = {"kind": "binomial", "total_count": {"column": "n"}}
OVER_TRIALS = [{"kind": "hurdle", "base": BASE}, {"kind": "truncated", "base": BASE, "low": 1.0}]


@pytest.mark.parametrize("distribution", OVER_TRIALS, ids=str)
def test_rows_without_trials(distribution):
    config = {"quality": "plain", "data": {"target": "y"}, "distribution": distribution, "training": {"epochs": 1}}
    trials = np.full(40, 5.0)
    trials[[3, 7]] = 0.0
    with pytest.raises(ll.DataError) as error:
        ll.Model(config).fit(table(trials), progress=False)
    kind = distribution["kind"]
    assert str(error.value) == (
        f"Target 'y' has 2 rows of which '{kind}' leaves nothing, whatever its parameters (rows 4, 8): leave such rows "
        "out, or look at total_count."
    )
    model = ll.Model(config).fit(table(np.full(40, 5.0)), progress=False)
    new = table([5.0, 0.0, 3.0, 0.0])[["x", "n"]]
    with pytest.warns(UserWarning, match=r"leaves no probability there: the answers for rows 2, 4 are nan\.$") as said:
        mean = model.predict(new)
    assert len(said) == 1
    np.testing.assert_array_equal(np.isnan(mean), [False, True, False, True])
    np.testing.assert_array_equal(mean[[0, 2]], model.predict(new.iloc[[0, 2]]))
    with pytest.warns(
        UserWarning, match=r"the answers for row 1 are nan\.$"
    ):  # alone it says what it says among others
        assert np.isnan(model.predict(new.iloc[[1]])).all()


KINDS = ["gamma", "weibull", "log_logistic", "exponential", "student_t", "generalized_pareto", "inverse_gaussian"]
FAR = np.array([0.3, -999.0, 99999.0, 1e30, -1e30, 1e38])[:, None]
NESTED = [
    {"kind": "gaussian", "links": {"scale": "exp"}},
    {"kind": "truncated", "base": {"kind": "gamma"}, "low": 0.01},
    {"kind": "hurdle", "base": {"kind": "poisson"}},
    {"kind": "discretised", "base": {"kind": "log_normal"}},
    {"kind": "mixture", "base": {"kind": "gamma"}},
]


@pytest.mark.parametrize("distribution", [*({"kind": k} for k in KINDS), *NESTED], ids=str)
def test_far_rows_do_not_end_the_others(distribution):
    rng = np.random.default_rng(1)
    x = rng.normal(size=(60, 1))
    y = np.ceil(20.0 * np.exp(x[:, 0]))
    training = {"epochs": 1, "optimizer": {"learning_rate": 1e-4}}
    model = ll.Model({"quality": "plain", "distribution": distribution, "training": training}).fit(x, y, progress=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        d = model.predict_dist(FAR)
        median, log_prob = d.median(), d.log_prob(y[:6])
    for answers, alone in ((median, d[:1].median()), (log_prob, d[:1].log_prob(y[:1]))):
        assert np.isfinite(answers[0])
        assert answers[0] == alone[0]
    np.testing.assert_array_equal(model.predict_dist(FAR[:1]).median(), median[:1])
