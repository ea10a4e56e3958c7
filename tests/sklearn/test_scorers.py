"""Scorers read y as the estimators do, and say so where a score or a level is none."""

import numpy as np
import pandas as pd
import pytest
from sklearn import config_context
from sklearn.model_selection import cross_val_score

import likelinet as ll
from likelinet.scores.censored_crps import censored_crps
from likelinet.sklearn import DistributionSurvival, coverage, crps, log_score, pinball, scorers
from tests.sklearn.quick import QUICK, classifier, labels, numbers, regressor

SHORT = {**QUICK, "epochs": 2, "config": {"data": {"extrapolate": True}}}
X, Y = numbers(60)
TIME, EVENT = np.exp(Y), X[:, 2] > -0.5
PAIRS = np.array(list(zip(EVENT, TIME, strict=True)), dtype=[("event", bool), ("time", float)])


def test_times_to_an_event():
    found = DistributionSurvival({"kind": "censored", "base": {"kind": "weibull"}}, **SHORT).fit(X, PAIRS)
    y = ll.Interval.right_censored(TIME, EVENT)
    d = found.predict_dist(X)
    assert log_score(found, X, PAIRS) == pytest.approx(found.to_model().score(X, y), rel=1e-12)
    assert crps(found, X, PAIRS) == pytest.approx(-censored_crps(d, y).mean(), rel=1e-12)
    assert crps(found, X, TIME) == pytest.approx(-d.censored_outermost().crps(TIME).mean(), rel=1e-12)
    each = cross_val_score(found, X, PAIRS, scoring=log_score, cv=2)
    halves = [(slice(30, 60), slice(30)), (slice(30), slice(30, 60))]
    by_hand = [found.fit(X[own], PAIRS[own]).to_model().score(X[other], y[other]) for own, other in halves]
    np.testing.assert_allclose(each, by_hand, rtol=1e-12)
    with pytest.raises(ll.UndefinedError, match="known exactly, got intervals"):
        pinball(0.5)(found, X, PAIRS)


@pytest.mark.filterwarnings("ignore:A column-vector y was passed")
def test_a_frame_of_one_column():
    found, frame = regressor(**SHORT).fit(X, Y), pd.DataFrame({"y": Y})
    for name, scorer in scorers.items():
        assert scorer(found, X, frame) == scorer(found, X, Y), name
    assert found.log_score(X, frame) == found.log_score(X, Y)
    assert np.isfinite(cross_val_score(found, X, frame, scoring=crps, cv=2)).all()


def test_classes_have_the_ranked_probability_score_where_they_have_an_order():
    y = np.where(Y > 0.0, "yes", "no")
    found = classifier(**SHORT).fit(X, y)
    assert crps(found, X, y) == pytest.approx(-np.mean((found.predict_proba(X)[:, 1] - (Y > 0.0)) ** 2), rel=1e-12)
    y = np.digitize(Y, [-1.0, 1.0]) + 1
    found = classifier(distribution={"kind": "ordered_logistic", "levels": [1, 2, 3]}, **SHORT).fit(X, y)
    assert crps(found, X, y) == pytest.approx(-found.to_model().evaluate(X, y)["rps"], rel=1e-12)
    X3, y3 = labels(60)
    with pytest.raises(ll.UndefinedError, match="classes without an order have none: take log_score"):
        crps(classifier(**SHORT).fit(X3, y3), X3, y3)


@pytest.mark.parametrize("made", [pinball, coverage])
def test_levels_of_scorers_are_shares(made):
    for level in (5, 0.0, 1.0, float("nan")):
        with pytest.raises(ll.ParameterError, match=f"{made.__name__}: the level must lie between 0 and 1"):
            made(level)


def test_levels_of_quantiles_are_shares():
    found = regressor(**SHORT).fit(X, Y)
    with pytest.raises(ll.ParameterError, match=r"predict_quantiles: the level .* got \[5, 95\]"):
        found.predict_quantiles(X, [5, 95])
    with pytest.raises(ll.ParameterError, match=r"predict: the level of a quantile .* got \[5\]"):
        found.predict(X, quantiles=[5])
    with pytest.raises(ll.ParameterError, match=r"point: the level of a quantile .* got 3"):
        found.set_params(point=3).predict(X)


def test_quantiles_that_are_close_have_columns_of_their_own():
    found = regressor(**SHORT).fit(X, Y).set_output(transform="pandas")
    frame = found.predict_quantiles(X[:3], [0.5, 0.50000001])
    assert [*frame.columns] == ["q0.5", "q0.50000001"]
    np.testing.assert_array_equal(frame["q0.50000001"], found.predict_dist(X[:3]).ppf(0.50000001))
    with pytest.raises(ll.ParameterError, match="ask for each level once"):
        found.predict_quantiles(X[:3], [0.5, 0.5])


def test_a_request_is_of_another_scorer():
    with config_context(enable_metadata_routing=True):
        asked = log_score.set_score_request(sample_weight=True)
        assert asked.get_metadata_routing().score.requests == {"sample_weight": True}
        assert log_score.get_metadata_routing().score.requests == {"sample_weight": None}
