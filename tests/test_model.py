"""The model in Python: shapes, arrays and DataFrames, reproducibility, ensembles."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
import scipy.special

import likelinet as ll
from likelinet.model.prediction import predict_dist
from likelinet.tables.table import as_table
from tests.small import labels, quick, table

X, y = table()


def test_prediction_is_a_distribution_per_row():
    model = quick()
    assert model.fit(X, y) is model
    d = model.predict_dist(X[:7])
    assert isinstance(d, ll.Gaussian)
    assert (d.batch_shape, d.event_shape) == ((7,), ())
    np.testing.assert_array_equal(model.predict(X[:7]), d.mean())
    low, high = d.interval(0.9)
    np.testing.assert_allclose(d.cdf(high) - d.cdf(low), 0.9, rtol=1e-9)


def test_score_and_evaluate_are_means_over_rows():
    model = quick().fit(X, y)
    d = model.predict_dist(X)
    assert model.score(X, y) == pytest.approx(d.log_prob(y).mean(), rel=1e-12)
    scores = model.evaluate(X, y)
    assert scores["nll"] == pytest.approx(-model.score(X, y), rel=1e-12)
    assert scores["rmse"] == pytest.approx(np.sqrt(np.mean((y - d.mean()) ** 2)), rel=1e-12)


def test_several_outputs():
    two = np.stack([y, -3.0 * X[:, 1] ** 2], axis=1)
    model = quick().fit(X, two)
    d = model.predict_dist(X)
    assert isinstance(d, ll.Independent)
    assert (d.batch_shape, d.event_shape) == ((60,), (2,))
    assert d.log_prob(two).shape == (60,)
    np.testing.assert_allclose(d.log_prob(two), d.base.log_prob(two).sum(1), rtol=1e-12)
    assert model.predict(X).shape == (60, 2)
    assert model.sample(X, 5, seed=0).shape == (5, 60, 2)


def test_one_column_of_y_stays_a_column():
    model = quick().fit(X, y[:, None])
    assert model.predict(X).shape == (60, 1)
    assert model.predict_dist(X).event_shape == (1,)


def test_samples_follow_seed_and_distribution():
    model = quick().fit(X, y)
    draws = model.sample(X[:3], 4000, seed=3)
    assert draws.shape == (4000, 3)
    np.testing.assert_array_equal(draws, model.sample(X[:3], 4000, seed=3))
    assert not np.array_equal(draws, model.sample(X[:3], 4000, seed=4))
    d = model.predict_dist(X[:3])
    np.testing.assert_allclose(draws.mean(0), d.mean(), atol=5 * d.std().max() / np.sqrt(4000))
    assert model.sample(X).shape == (1, 60)


def test_same_seed_same_bits():
    first, second, other = (quick(training={"seed": s}).fit(X, y).predict(X) for s in (0, 0, 1))
    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(first, other)


def test_data_frames_and_arrays_are_the_same_numbers():
    frame = pd.DataFrame(X, columns=["a", "b"])
    model = quick().fit(frame, pd.Series(y, index=range(100, 160)))
    np.testing.assert_array_equal(model.predict(frame), quick().fit(X, y).predict(X))
    assert model.feature_names == ["a", "b"]
    np.testing.assert_array_equal(model.predict(frame[["b", "a"]]), model.predict(frame))  # by name
    with pytest.warns(UserWarning, match="X has no names of columns"):
        np.testing.assert_array_equal(model.predict(X), model.predict(frame))  # by position
    np.testing.assert_array_equal(model.predict(X.tolist()), model.predict(frame))


def test_data_frame_with_numbers_for_names():
    frame = pd.DataFrame(X)
    np.testing.assert_array_equal(quick().fit(frame, y).predict(frame), quick().fit(X, y).predict(X))


def test_target_from_the_table():
    frame = pd.DataFrame(X, columns=["a", "b"]).assign(y=y)
    model = quick(data={"target": "y"}).fit(frame)
    assert model.feature_names == ["a", "b"]
    np.testing.assert_array_equal(model.predict(frame), quick().fit(X, y).predict(X))
    assert model.score(frame) == model.score(frame[["a", "b"]], y)


def test_several_targets_from_the_table():
    frame = pd.DataFrame(X, columns=["a", "b"]).assign(u=y, v=-y)
    model = quick(data={"target": ["v", "u"], "features": ["b"]}).fit(frame)
    assert (model.feature_names, model.target_names) == (["b"], ["v", "u"])
    mean = model.predict(frame)  # without a word about column a, which was left out on purpose
    assert mean[:, 0].max() < 0.0 < mean[:, 1].min()


def test_features_of_an_array_are_named_by_position():
    model = quick(data={"features": ["x1"]}).fit(X, y)
    moved = X + np.array([1000.0, 0.0])
    np.testing.assert_array_equal(model.predict(moved), model.predict(X))
    assert model.feature_names == ["x1"]


def test_no_features_is_plain_maximum_likelihood():
    exact = {"optimizer": {"kind": "lbfgs"}, "validation_fraction": 0.0}
    d = quick(data={"features": []}, training={**exact, "epochs": 200}).fit(X, y).predict_dist(X[:2])
    np.testing.assert_allclose(d.loc, y.mean(), rtol=1e-6)
    np.testing.assert_allclose(d.scale, y.std(), rtol=1e-6)


def test_ensemble_is_the_mixture_of_its_members():
    model = quick(ensemble=3).fit(X, y)
    d = model.predict_dist(X)
    assert isinstance(d, ll.Mixture)
    assert d.components.batch_shape == (60, 3)
    each = d.components.log_prob(y[:, None])
    np.testing.assert_allclose(d.log_prob(y), scipy.special.logsumexp(each, axis=1) - np.log(3), rtol=1e-12)
    np.testing.assert_allclose(model.predict(X), d.components.mean().mean(1), rtol=1e-12)
    assert np.ptp(d.components.loc, axis=1).min() > 0.0  # certain: three draws of the initial weights
    assert model.n_parameters == 3 * quick().fit(X, y).n_parameters


def test_first_member_of_an_ensemble_is_the_single_model():
    one = quick(training={"precision": "float64"}).fit(X, y).predict_dist(X)
    many = quick(training={"precision": "float64"}, ensemble=3).fit(X, y).predict_dist(X)
    np.testing.assert_allclose(many.components.loc[:, 0], one.loc, rtol=1e-9)


@pytest.mark.parametrize(("kind", "cls"), [("bernoulli", ll.Bernoulli), ("categorical", ll.Categorical)])
def test_ensemble_of_classes_is_one_distribution_with_mean_probabilities(kind: str, cls: type):
    codes = labels(X, [0, 1] if kind == "bernoulli" else [0, 1, 2])
    model = quick(distribution={"kind": kind}, ensemble=3).fit(X, codes)
    d, fit = model.predict_dist(X), model._fit
    assert isinstance(d, cls)
    members = [predict_dist(dataclasses.replace(fit, theta=fit.theta[[m]]), fit.rows(as_table(X))) for m in range(3)]
    np.testing.assert_allclose(d.probs, np.mean([m.probs for m in members], axis=0), rtol=1e-5)


def test_before_fit():
    model = ll.Model({"quality": "plain"})
    assert not model.fitted
    for use in (lambda: model.predict(X), lambda: model.score(X, y), lambda: model.save("x"), lambda: model.history):
        with pytest.raises(ll.NotFittedError, match=r"call fit\(X, y\) first"):
            use()


def test_typed_config_is_the_same_model():
    typed = ll.ModelConfig(
        quality="plain",
        network=ll.MLPConfig(hidden=[4], activation="tanh"),
        training=ll.TrainingConfig(epochs=3, batch_size=16),
    )
    np.testing.assert_array_equal(ll.Model(typed).fit(X, y).predict(X), quick().fit(X, y).predict(X))


def test_fitting_again_starts_anew():
    model = quick().fit(X, -y)
    np.testing.assert_array_equal(model.fit(X, y).predict(X), quick().fit(X, y).predict(X))
