"""The regressor trains and predicts what Model does, and works wherever skpro takes one."""

import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import KFold
from sklearn.preprocessing import StandardScaler
from skpro.benchmarking.evaluate import evaluate
from skpro.metrics import CRPS, EmpiricalCoverage, LogLoss, PinballLoss
from skpro.metrics.survival import SPLL, ConcordanceHarrell
from skpro.model_selection import GridSearchCV
from skpro.regression.compose import Pipeline
from skpro.regression.ensemble import BaggingRegressor

import likelinet as ll
from likelinet.skpro import LikelinetRegressor

FEW = {"network": {"hidden": [8]}, "training": {"epochs": 25, "optimizer": {"learning_rate": 0.02}}}
N = 240
rng = np.random.default_rng(0)
X = pd.DataFrame({"x": rng.uniform(-1.0, 1.0, N), "site": rng.choice(["north", "south"], N)}, index=np.arange(N) + 1000)
SPREAD = 0.2 + 0.3 * (X["site"] == "south")
Y = pd.DataFrame({"y": 2.0 * X["x"] + SPREAD * rng.standard_normal(N)})
BOTH = Y.assign(z=1.0 - Y["y"] + 0.1 * rng.standard_normal(N))
NUMBERS = X[["x"]]


def regressor(**parameters) -> LikelinetRegressor:
    return LikelinetRegressor(**{"distribution": "gaussian", "quality": "plain", "config": FEW, **parameters})


def model(**declared) -> ll.Model:
    seed = {"training": {**FEW["training"], "seed": declared.pop("seed", 0)}}
    return ll.Model({"quality": "plain", "distribution": {"kind": "gaussian"}, **FEW, **seed, **declared})


@pytest.fixture(scope="module")
def fitted() -> LikelinetRegressor:
    return regressor().fit(X[:200], Y[:200])


def test_it_predicts_what_the_model_does(fitted):
    theirs = model().fit(X[:200], Y["y"][:200].to_numpy(), progress=False).predict_dist(X[200:])
    d, y = fitted.predict_proba(X[200:]), Y[200:]
    np.testing.assert_array_equal(d.log_pdf(y)["y"], theirs.log_prob(y["y"].to_numpy()))
    np.testing.assert_array_equal(fitted.predict(X[200:])["y"], theirs.mean())
    np.testing.assert_array_equal(fitted.predict_var(X[200:])["y"], theirs.var())
    q = fitted.predict_quantiles(X[200:], [0.1, 0.5])
    np.testing.assert_array_equal(q["y"].T, theirs.ppf(np.array([[0.1], [0.5]])))
    np.testing.assert_array_equal(fitted.predict_interval(X[200:], 0.8)["y"][0.8].T, theirs.interval(0.8))
    assert (d.index.tolist(), d.columns.tolist()) == (X.index[200:].tolist(), ["y"])


def test_it_learns_mean_and_spread(fitted):
    d = fitted.predict_proba(X[200:])
    assert np.corrcoef(d.mean()["y"], 2.0 * X["x"][200:])[0, 1] > 0.98
    south = X["site"][200:] == "south"
    spread = d.var()["y"] ** 0.5
    assert spread[south].mean() > 1.3 * spread[~south].mean()


def test_metrics_of_predictions(fitted):
    d, y = fitted.predict_proba(X[200:]), Y[200:]
    theirs = fitted.model_.predict_dist(X[200:])
    of_y = y["y"].to_numpy()
    assert LogLoss()(y, d) == pytest.approx(-theirs.log_prob(of_y).mean(), rel=1e-12)
    assert CRPS()(y, d) == pytest.approx(theirs.crps(of_y).mean(), rel=1e-10)
    assert EmpiricalCoverage()(y, fitted.predict_interval(X[200:], 0.9)) == pytest.approx(
        np.mean(np.abs(theirs.cdf(of_y) - 0.5) <= 0.45), rel=1e-12
    )
    away = of_y - theirs.ppf(0.3)
    assert PinballLoss()(y, fitted.predict_quantiles(X[200:], 0.3)) == pytest.approx(
        np.mean(np.maximum(0.3 * away, -0.7 * away)), rel=1e-12
    )


def test_several_outputs():
    d = regressor().fit(X[:200], BOTH[:200]).predict_proba(X[200:])
    theirs = model().fit(X[:200], BOTH[:200].to_numpy(), progress=False).predict_dist(X[200:])
    assert d.columns.tolist() == ["y", "z"]
    np.testing.assert_array_equal(d.mean(), theirs.mean())
    y = BOTH[200:]
    assert CRPS()(y, d) == pytest.approx(theirs.crps(y.to_numpy()).mean(), rel=1e-10)
    np.testing.assert_allclose(d.log_pdf(y).sum(axis=1), theirs.log_prob(y.to_numpy()), rtol=1e-12)


@pytest.mark.parametrize("kind", ["numpy1D", "numpy2D", "Series"])
def test_y_comes_back_as_it_was_given(kind):
    y = {"numpy1D": Y["y"].to_numpy(), "numpy2D": Y.to_numpy(), "Series": Y["y"]}[kind]
    assert type(regressor().fit(NUMBERS, y).predict(NUMBERS)) is type(y)


def test_notes_are_in_the_name_of_the_line_that_called_skpro(fitted):
    with pytest.warns(UserWarning, match="outside of the range of training") as noted:
        fitted.predict(X[:1].assign(x=9.0))
    assert [n.filename for n in noted] == [__file__]


def test_random_state():
    def predicted(**parameters):
        return regressor(config={**FEW, "training": {"epochs": 1}}, **parameters).fit(NUMBERS, Y).predict(NUMBERS)["y"]

    np.testing.assert_array_equal(predicted(random_state=3), predicted(random_state=np.int64(3)))
    assert not np.array_equal(predicted(random_state=3), predicted(random_state=4))
    assert not np.array_equal(predicted(random_state=None), predicted(random_state=None))
    with pytest.raises(ll.ConfigError, match=r"training\.seed: must be a whole number, got 1\.5"):
        predicted(random_state=1.5)


def test_parameters():
    """Each way to declare the same, and what goes before what."""

    def config(**parameters):
        return regressor(**{"config": FEW, **parameters})._declaration(censored=False)

    shared = {"kind": "student_t", "df": "shared"}
    as_config = ll.StudentTConfig(df="shared")
    assert config(distribution=shared)["distribution"] == config(distribution=as_config)["distribution"] == shared
    whole = ll.ModelConfig(quality="plain", distribution=as_config, training=ll.TrainingConfig(epochs=2))
    assert config(config={"training": ll.TrainingConfig(epochs=2)})["training"] == {"seed": 0, "epochs": 2}
    declared = config(config=whole, random_state=5, quality="best")
    assert declared["distribution"] == shared
    assert declared["training"] == {"seed": 5, "epochs": 2}
    assert declared["quality"] == "plain"
    assert config(config={"training": {"seed": 8}})["training"] == {"seed": 8}
    assert config(distribution="auto")["distribution"] == {"kind": "auto"}
    assert LikelinetRegressor()._declaration(censored=False) == {
        "quality": "good",
        "distribution": {"kind": "auto"},
        "training": {"seed": 0},
    }


TIMES = pd.DataFrame({"time": np.exp(X["x"]) * rng.weibull(2.0, N)})
END = np.exp(X["x"]) * rng.exponential(2.0, N)
SEEN = pd.DataFrame({"time": np.minimum(TIMES["time"], END)})
C = pd.DataFrame({"time": (TIMES["time"] > END).astype(float)})


def test_survival():
    assert 0.2 < C["time"].mean() < 0.6
    survival = regressor(distribution="weibull").fit(X[:200], SEEN[:200], C=C[:200])
    d, y, c = survival.predict_proba(X[200:]), SEEN[200:], C[200:]
    seen = ll.Interval.right_censored(SEEN["time"].to_numpy(), 1.0 - C["time"].to_numpy())
    censored = {"kind": "censored", "base": {"kind": "weibull"}}
    theirs = model(distribution=censored).fit(X[:200], seen[:200], progress=False).predict_dist(X[200:])
    np.testing.assert_array_equal(d.surv(y)["time"], theirs.sf(y["time"].to_numpy()))
    assert SPLL()(y, d, C_true=c) == pytest.approx(-theirs.log_prob(seen[200:]).mean(), rel=1e-9)
    assert ConcordanceHarrell()(y, d, C_true=c) > 0.65
    # Without C the same times count as those of events, which come too soon.
    ignored = regressor(distribution="weibull").fit(X[:200], SEEN[:200])
    assert d.mean()["time"].mean() > 1.15 * ignored.predict(X[200:])["time"].mean()


def test_update_goes_on_from_the_weights():
    twice = regressor().fit(X[:120], Y[:120])
    before = twice.predict(X[200:])
    twice.update(X[120:200], Y[120:200])
    theirs = model().fit(X[:120], Y["y"][:120].to_numpy(), progress=False)
    theirs.fit(X[120:200], Y["y"][120:200].to_numpy(), warm_start=True, progress=False)
    np.testing.assert_array_equal(twice.predict(X[200:])["y"], theirs.predict(X[200:]))
    assert not np.allclose(twice.predict(X[200:]), before)


def test_update_of_censored_y():
    all_rows = {**FEW, "training": {**FEW["training"], "validation_fraction": 0}}
    survival = regressor(distribution="weibull", config=all_rows).fit(X[:120], SEEN[:120], C=C[:120])
    before = survival.predict_proba(X[200:]).surv(1.0)
    after = survival.update(X[120:200], SEEN[120:200], C=C[120:200]).predict_proba(X[200:]).surv(1.0)
    moved = np.abs(after - before).to_numpy()
    assert 0.001 < moved.mean() < 0.2


def test_c_of_other_values_is_refused():
    with pytest.raises(ll.DataError, match=r"event must be 0 or 1"):
        regressor(distribution="weibull").fit(X, SEEN, C=2.0 * C)


def test_classes_are_refused():
    y = pd.DataFrame({"y": (X["x"] > 0.0).map({True: 2.0, False: 1.0})})
    classes = regressor(distribution="bernoulli").fit(X, y)
    with pytest.raises(
        ll.UndefinedError, match=r"^Labelled: y is a class, and skpro has distributions of numbers alone"
    ):
        classes.predict_proba(X)


@pytest.mark.parametrize("backend", ["None", pytest.param("loky", marks=pytest.mark.slow)])
def test_grid_search_by_crps(backend):
    grid = {"distribution": ["exponential", "gaussian"]}
    positive = Y - Y.min() + 1.0
    search = GridSearchCV(regressor(), cv=KFold(2), param_grid=grid, scoring=CRPS(), backend=backend)
    search.fit(NUMBERS, positive)
    assert search.best_params_ == {"distribution": "gaussian"}
    assert search.predict_proba(NUMBERS[:5]).shape == (5, 1)


def test_evaluate():
    scores = evaluate(regressor(), cv=KFold(2), X=X, y=Y, scoring=[CRPS(), LogLoss()], return_data=False)
    for (train, test), crps, log in zip(KFold(2).split(X), scores["test_CRPS"], scores["test_LogLoss"], strict=True):
        theirs = model().fit(X.iloc[train], Y["y"].to_numpy()[train], progress=False)
        d, y = theirs.predict_dist(X.iloc[test]), Y["y"].to_numpy()[test]
        assert crps == pytest.approx(d.crps(y).mean(), rel=1e-10)
        assert log == pytest.approx(d.nll(y).mean(), rel=1e-10)


def test_pipeline():
    piped = Pipeline([("scale", StandardScaler()), ("net", regressor())]).fit(NUMBERS, Y)
    scaled = pd.DataFrame(StandardScaler().fit_transform(NUMBERS), columns=["x"])
    theirs = model().fit(scaled, Y["y"].to_numpy(), progress=False).predict_dist(scaled)
    np.testing.assert_allclose(piped.predict_proba(NUMBERS).mean()["y"], theirs.mean(), rtol=1e-6)


def test_bagging():
    np.random.seed(1)  # noqa: NPY002 - with a random_state of its own it draws the same rows for all
    bagged = BaggingRegressor(regressor(), n_estimators=3).fit(NUMBERS, Y)
    d = bagged.predict_proba(NUMBERS)
    each = [e.predict_proba(NUMBERS) for e in bagged.estimators_]
    np.testing.assert_allclose(d.mean(), np.mean([m.mean() for m in each], axis=0), rtol=1e-12)
    np.testing.assert_allclose(d.pdf(Y), np.mean([m.pdf(Y) for m in each], axis=0), rtol=1e-12)
    assert not np.allclose(each[0].mean(), each[1].mean())
