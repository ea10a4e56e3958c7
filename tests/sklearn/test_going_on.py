"""Estimators that go on: passes and warm starts are those of the model."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

import likelinet as ll
from likelinet.sklearn import DistributionClassifier, DistributionRegressor
from tests.sklearn.quick import classifier, labels, numbers, regressor

X, Y = numbers()
_, LABELS = labels()
FREE = {
    "data": {"extrapolate": True},
    "training": {"schedule": None, "validation_fraction": 0.0, "early_stopping": None},
}


def test_passes_are_the_epochs_of_one_fit():
    for estimator, y in ((regressor(config=FREE), Y), (classifier(config=FREE), LABELS)):
        once = clone(estimator).set_params(epochs=3).fit(X, y)
        for _ in range(3):
            estimator.partial_fit(X, y)
        np.testing.assert_array_equal(estimator.predict_dist(X).log_prob(y), once.predict_dist(X).log_prob(y))
        assert estimator.n_iter_ == once.n_iter_ == 3


def test_a_warm_start_is_that_of_the_model():
    found = regressor(warm_start=True, config=FREE, epochs=2).fit(X, Y)
    first = found.to_model()
    want = first.with_training({"epochs": 4, "optimizer": {"learning_rate": 0.001}}).fit(X, Y, warm_start=True)
    before = first.predict(X)
    found.set_params(epochs=4, learning_rate=0.001).fit(X, Y)
    np.testing.assert_array_equal(found.predict(X), want.predict(X))
    assert found.n_iter_ == 6
    np.testing.assert_array_equal(first.predict(X), before)  # it is another model
    anew = found.set_params(warm_start=False).fit(X, Y)
    assert anew.n_iter_ == 4


@pytest.mark.parametrize("how", ["fit", "partial_fit"])
def test_what_is_not_training_stays(how: str):
    found = regressor(warm_start=True, config=FREE).partial_fit(X, Y)
    with pytest.raises(ll.ParameterError, match="its network changed: fit it anew"):
        getattr(found.set_params(hidden=(3,)), how)(X, Y)
    getattr(found.set_params(hidden=(16,)), how)(X, Y)
    with pytest.raises(ValueError, match="X has 2 features, but DistributionRegressor is expecting 3"):
        getattr(found, how)(X[:, :2], Y)


def test_classes_of_the_first_call_stay():
    some = LABELS != "up"
    lacking = DistributionClassifier(quality="plain", hidden=(), learning_rate=0.05, config=FREE)
    told, rows = clone(lacking), pd.DataFrame(X, columns=["a", "b", "c"])
    lacking.partial_fit(X[some], LABELS[some])
    assert lacking.classes_.tolist() == ["low", "middle"]
    with pytest.raises(ll.DataError, match="'up'"):
        lacking.partial_fit(X, LABELS)
    told.partial_fit(rows[some], LABELS[some], classes=["up", "low", "middle"])
    assert told.classes_.tolist() == ["low", "middle", "up"]
    assert (told.predict_proba(rows)[:, 2] < 0.2).all()
    for _ in range(40):
        told.partial_fit(rows, LABELS)
    assert told.score(rows, LABELS) > 0.85
    with pytest.raises(ll.DataError, match="y has the class 'up', which is not among classes"):
        clone(told).partial_fit(X, LABELS, classes=["low", "middle"])


def test_a_model_goes_on_as_an_estimator():
    model = regressor(config=FREE, epochs=2).fit(X, Y).to_model()
    found = DistributionRegressor.from_model(model).set_params(warm_start=True).fit(X, Y)
    assert found.n_iter_ == 4


def test_few_rows_go_on_by_their_own_optimiser():
    found = DistributionRegressor("gaussian", warm_start=True).fit(X[:20], Y[:20])
    again = found.set_params(epochs=5).fit(X[:20], Y[:20])
    assert again.config_.training.optimizer == ll.LBFGSConfig()
    assert again.config_.training.epochs == 5
    with pytest.raises(ll.ConfigError, match="partial_fit: fewer than 30 rows made the model linear"):
        found.partial_fit(X, Y)


def test_a_parameter_that_is_no_more_said_is_as_the_quality_has_it():
    found = regressor(warm_start=True, config=FREE, epochs=2).fit(X, Y)
    known = found.config_.training
    now = found.set_params(learning_rate=None, weight_decay=0.1).fit(X, Y).config_.training
    plain = ll.ModelConfig(quality="plain").training.optimizer
    assert now.optimizer == plain.model_copy(update={"weight_decay": 0.1})
    assert now.model_copy(update={"optimizer": known.optimizer}) == known
