"""Times to an event: forms of y, what is predicted, and scikit-learn's checks."""

import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

import likelinet as ll
from likelinet.sklearn import DistributionSurvival
from tests.sklearn.quick import DETERMINISTIC, QUICK

WEIBULL = {"kind": "censored", "base": {"kind": "weibull"}}
rng = np.random.default_rng(0)
X = rng.normal(size=(150, 2))
TRUE, LAST = rng.exponential(np.exp(X[:, 0])), rng.exponential(4.0, 150)
TIME, EVENT = np.minimum(TRUE, LAST), TRUE <= LAST
PAIRS = np.array(list(zip(EVENT, TIME, strict=True)), dtype=[("event", bool), ("time", float)])


def survival(**parameters) -> DistributionSurvival:
    return DistributionSurvival(**{"distribution": WEIBULL, **QUICK, **parameters})


@pytest.mark.filterwarnings("ignore")
@parametrize_with_checks(
    [DistributionSurvival({"kind": "censored", "base": {"kind": "gaussian"}}, **{**DETERMINISTIC, "epochs": 3})]
)
def test_checks(estimator, check, monkeypatch: pytest.MonkeyPatch):
    """Whose y are plain times of events, negative ones among them."""
    monkeypatch.setenv("SCIPY_ARRAY_API", "1")
    check(estimator)


def test_all_forms_of_y_are_one():
    forms = [
        PAIRS,
        np.stack([EVENT, TIME], axis=1),
        pd.DataFrame({"event": EVENT, "time": TIME}),
        ll.Interval.right_censored(TIME, EVENT),
    ]
    each = [survival(epochs=3).fit(X, y).predict(X) for y in forms]
    model = ll.Model(
        {"quality": "plain", "distribution": WEIBULL, "network": {"hidden": [16]}}
        | {"training": {"epochs": 3, "optimizer": {"learning_rate": 0.02}}}
    ).fit(X, forms[-1])
    for found in each:
        np.testing.assert_array_equal(found, model.predict_dist(X).median())


@pytest.mark.parametrize("family", ["weibull", {"kind": "weibull"}, ll.WeibullConfig()], ids=["word", "dict", "config"])
def test_a_family_of_times_is_censored(family):
    found = DistributionSurvival(family, **{**QUICK, "epochs": 2}).fit(X, PAIRS)
    assert found.config_.distribution == ll.CensoredConfig(base=ll.WeibullConfig())
    np.testing.assert_array_equal(found.predict(X), survival(epochs=2).fit(X, PAIRS).predict(X))


WRONG = {
    "in this order": np.stack([TIME, EVENT], axis=1),
    "got 3 columns": np.stack([EVENT, TIME, TIME], axis=1),
    "requires y to be passed": None,
}


@pytest.mark.parametrize("said", WRONG)
def test_another_y_has_a_sentence(said: str):
    with pytest.raises(ValueError, match=said):
        survival().fit(X, WRONG[said])


def harrell(predicted: np.ndarray, time: np.ndarray, event: np.ndarray) -> float:
    """Return Harrell's C by its definition, over all pairs."""
    right = pairs = 0.0
    for i in range(len(time)):
        for j in range(len(time)):
            if event[i] and (time[i] < time[j] or (time[i] == time[j] and not event[j])):
                pairs += 1.0
                right += (predicted[i] < predicted[j]) + 0.5 * (predicted[i] == predicted[j])
    return right / pairs


def test_what_is_predicted():
    found = survival().fit(X, PAIRS)
    d = found.predict_dist(X[:5])
    times = [0.5, 1.0, 4.0]
    curves = found.predict_survival_function(X[:5], times)
    np.testing.assert_allclose(curves, 1.0 - np.stack([d.cdf(t) for t in times], axis=1), rtol=1e-12)
    assert (np.diff(curves, axis=1) < 0.0).all()
    np.testing.assert_allclose(d.sf(found.predict(X[:5])), 0.5, rtol=1e-10)
    score = found.score(X, PAIRS)
    assert score == pytest.approx(harrell(found.predict(X), TIME, EVENT), rel=1e-12)
    assert score > 0.65
    y = ll.Interval.right_censored(TIME, EVENT)
    assert found.log_score(X, PAIRS) == pytest.approx(found.to_model().score(X, y), rel=1e-12)
    np.testing.assert_array_equal(found.set_params(point="mean").predict(X[:5]), d.mean())
    assert found.score(X, PAIRS) == pytest.approx(harrell(found.predict(X), TIME, EVENT), rel=1e-12)
    with pytest.raises(ll.ParameterError, match="point must be 'median' or 'mean', got 'mode'"):
        found.set_params(point="mode").predict(X)
    found.set_params(point="median")
    with pytest.raises(ll.UndefinedError, match="of no two rows is it known which time is longer"):
        found.score(X[:2], np.array([[0.0, 1.0], [0.0, 2.0]]))


def test_in_searches_and_pipelines():
    free = {"data": {"extrapolate": True}}  # rows of a fold may be outside of the others
    whole = make_pipeline(StandardScaler(), survival(epochs=3, config=free))
    assert (cross_val_score(whole, X, PAIRS, cv=2) > 0.5).all()
    search = GridSearchCV(survival(config=free), {"epochs": [1, 15]}, cv=2).fit(X, PAIRS)
    assert search.best_params_ == {"epochs": 15}


def test_goes_on():
    one, other = survival(epochs=1), survival()
    for _ in range(2):
        one.partial_fit(X, PAIRS)
        other.partial_fit(X, np.stack([EVENT, TIME], axis=1))
    np.testing.assert_array_equal(one.predict(X), other.predict(X))
    assert one.n_iter_ == 2
