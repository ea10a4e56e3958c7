"""Few rows: nothing of a training is drawn, unless it says so itself."""

import numpy as np
import pandas as pd
import pytest

import likelinet as ll
from likelinet.sklearn import DistributionRegressor
from tests.sklearn.quick import numbers, regressor

X, Y = numbers()
AT_ONCE = {"batch_size": None, "validation_fraction": 0.0, "precision": "float64"}


def test_few_rows_make_a_linear_model_and_whole_weights_are_rows():
    weight = np.array([2, 0, 1, 3, 1, 1, 2, 0, 1, 1], dtype=float)
    good = DistributionRegressor("gaussian").fit(X[:10], Y[:10], weight)
    repeated = DistributionRegressor("gaussian").fit(
        X[:10].repeat(weight.astype(int), 0), Y[:10].repeat(weight.astype(int))
    )
    assert good.config_.is_linear
    rows = X[:10][weight > 0.0]
    np.testing.assert_allclose(repeated.predict(rows), good.predict(rows), rtol=1e-7)


@pytest.mark.parametrize(("quality", "training"), [("plain", AT_ONCE), ("good", {})])
def test_a_quality_of_few_rows_is_that_of_the_model(quality: str, training: dict):
    """But that `plain` leaves nothing to chance where nothing is said of it."""
    declared = {"quality": quality, "distribution": {"kind": "gaussian"}, "training": {"seed": 0, **training}}
    model = ll.Model(declared).fit(X[:20], Y[:20])
    found = DistributionRegressor("gaussian", quality=quality).fit(X[:20], Y[:20])
    assert found.config_ == model.config
    np.testing.assert_array_equal(found.predict(X[:20]), model.predict_dist(X[:20]).mean())


@pytest.mark.parametrize("y", ["y", pd.Series(Y[:20], name="y")], ids=["name", "series"])
def test_few_rows_make_a_linear_model_however_y_is_named(y):
    frame = pd.DataFrame(X[:20], columns=["a", "b", "c"])
    model = ll.Model({"distribution": {"kind": "gaussian"}}).fit(
        frame.assign(y=Y[:20]) if isinstance(y, str) else frame, y
    )
    assert model.config.is_linear
    assert model.target_names == ["y"]


@pytest.mark.parametrize(
    "said",
    [
        {"batch_size": 8},
        {"validation_fraction": 0.2},
        {"patience": 5},
        {"precision": "float32"},
        {"config": {"training": {"folds": 2}}, "ensemble": 2},
    ],
)
def test_what_is_said_of_batches_holds_for_few_rows(said: dict):
    found = regressor(epochs=2, **said).fit(X[:20], Y[:20]).config_.training
    assert (found.batch_size, found.validation_fraction, found.precision) == (
        said.get("batch_size", "auto"),
        said.get("validation_fraction", 0.1),
        "float32",
    )


def test_rows_that_count_as_many_or_are_held_out_are_taken_in_batches():
    weight = np.where(np.arange(20) < 10, 1.0, 2.0)  # 30 in all
    assert regressor(epochs=2).fit(X[:20], Y[:20], weight).config_.training.batch_size == "auto"
    assert regressor(epochs=2).fit(X[:20], Y[:20], weight - 0.5).config_.training.batch_size is None
    held_out = {"X_val": X[20:], "y_val": Y[20:]}
    assert regressor(epochs=2).fit(X[:20], Y[:20], **held_out).config_.training.batch_size == "auto"
    assert regressor(epochs=2).partial_fit(X[:20], Y[:20]).config_.training.batch_size == "auto"
