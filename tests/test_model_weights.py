"""Sample weights and validation rows count everywhere: loss, start, validation, metrics."""

import numpy as np
import pandas as pd
import pytest

import likelinet as ll
from tests.small import quick, table

X, y = table()
WEIGHT = np.arange(60) % 3 + 0.0
# Rows without weight play no part in the training, whose range some of them are out of.
pytestmark = pytest.mark.filterwarnings("ignore:Numbers outside of the range of training:UserWarning")
EXACT = {"optimizer": {"kind": "lbfgs"}, "validation_fraction": 0.0, "epochs": 300}


def test_weighted_maximum_likelihood():
    d = quick(data={"features": []}, training=EXACT).fit(X, y, sample_weight=WEIGHT).predict_dist(X[:1])
    mean = np.average(y, weights=WEIGHT)
    np.testing.assert_allclose(d.loc, mean, rtol=1e-6)
    np.testing.assert_allclose(d.scale**2, np.average((y - mean) ** 2, weights=WEIGHT), rtol=1e-5)


def test_whole_weights_are_repetitions():
    times = WEIGHT.astype(int)
    repeated = quick(training=EXACT, network={"hidden": []}).fit(X.repeat(times, axis=0), y.repeat(times))
    weighted = quick(training=EXACT, network={"hidden": []}).fit(X, y, sample_weight=WEIGHT)
    np.testing.assert_allclose(weighted.predict(X), repeated.predict(X), rtol=1e-4)


def test_rows_of_weight_zero_have_no_influence():
    wild = np.where(WEIGHT == 0.0, 1e12, y)
    strange = np.where(WEIGHT[:, None] == 0.0, 1e12, X)
    kept = WEIGHT > 0.0
    model = quick().fit(strange, wild, sample_weight=WEIGHT)
    np.testing.assert_array_equal(model.predict(X), quick().fit(X[kept], y[kept], WEIGHT[kept]).predict(X))


def test_rows_of_weight_zero_may_hold_anything():
    gone = np.arange(60) < 3
    weight = np.where(gone, 0.0, 1.0)
    empty_x, empty_y = np.where(gone[:, None], np.nan, X), np.where(gone, np.inf, y)
    model = quick().fit(empty_x, empty_y, weight, validation=(empty_x, empty_y, weight))
    assert model.score(empty_x, empty_y, weight) == model.score(X[3:], y[3:])
    assert model.evaluate(empty_x, empty_y, weight) == model.evaluate(X[3:], y[3:])
    frame = pd.DataFrame(empty_x, columns=["a", "b"]).assign(y=empty_y.astype(str), w=weight)
    frame.loc[0, "y"] = "unknown"
    declared = quick(data={"target": "y", "weight": "w"}).fit(frame)
    assert np.isfinite(declared.score(frame))


def test_row_numbers_are_those_of_the_table():
    weight = np.where(np.arange(60) < 3, 0.0, 1.0)
    bad_x, bad_y = X.copy(), y.copy()
    bad_x[9], bad_y[9] = np.nan, np.nan
    sold = np.where(np.arange(60) % 2, "yes", "no").astype(object)
    text = pd.DataFrame({"a": X[:, 0].astype(str), "c": ["u", "v"] * 30})
    text.loc[9, "a"] = "x"
    strict = {"data": {"strict": True}}
    classes = quick(distribution={"kind": "bernoulli"}).fit(X, sold, weight)
    colours = quick(**strict).fit(text[["c"]], y)
    sold[9] = "maybe"
    for run in (
        lambda: quick(**strict).fit(bad_x, y, weight),
        lambda: quick(**strict).fit(X, bad_y, weight),
        lambda: quick(distribution={"kind": "gamma"}).fit(X, np.where(np.arange(60) == 9, -1.0, y), weight),
        lambda: quick(**strict).fit(X, y).score(X, bad_y, weight),
        lambda: classes.score(X, sold, weight),
        lambda: quick(**strict).fit(text, y, weight),
        lambda: colours.score(text[["c"]].assign(c=np.where(np.arange(60) == 9, "w", "u")), y, weight),
    ):
        with pytest.raises(ll.DataError, match=r"row 10\b"):
            run()


def test_only_proportions_matter():
    one, two = (quick(training={"precision": "float64"}).fit(X, y, w).predict(X) for w in (WEIGHT, 1000.0 * WEIGHT))
    np.testing.assert_allclose(one, two, rtol=1e-9)


def test_weight_column_is_no_feature():
    frame = pd.DataFrame(X, columns=["a", "b"]).assign(y=y, w=WEIGHT)
    model = quick(data={"target": "y", "weight": "w"}).fit(frame)
    assert model.feature_names == ["a", "b"]
    np.testing.assert_array_equal(model.predict(frame), quick().fit(X, y, sample_weight=WEIGHT).predict(X))
    named = {"a": X[:, 0], "b": X[:, 1]}
    assert model.evaluate(frame) == model.evaluate(named, y, sample_weight=WEIGHT)
    assert model.evaluate(frame) != model.evaluate(named, y, sample_weight=np.ones(60))


def test_scores_are_weighted():
    model = quick().fit(X, y)
    d = model.predict_dist(X)
    assert model.score(X, y, sample_weight=WEIGHT) == pytest.approx(np.average(d.log_prob(y), weights=WEIGHT))
    expected = np.sqrt(np.average((y - d.mean()) ** 2, weights=WEIGHT))
    assert model.evaluate(X, y, sample_weight=WEIGHT)["rmse"] == pytest.approx(expected)


def test_given_validation_rows_choose_the_epoch():
    held = table(30, seed=9)
    model = quick(training={"epochs": 8, "precision": "float64"}).fit(X, y, validation=held)
    reported = [e.validation_nll[0] for e in model.history.epochs]
    assert model.history.best_epoch == [int(np.argmin(reported)) + 1]
    assert -model.score(*held) == pytest.approx(min(reported), rel=1e-9)


def test_weights_of_validation_rows():
    held_x, held_y = table(30, seed=9)
    weight = np.where(np.arange(30) < 15, 0.0, 2.0)
    reported = [
        [e.validation_nll[0] for e in quick().fit(X, y, validation=v).history.epochs]
        for v in ((held_x, held_y, weight), (held_x[15:], held_y[15:]))
    ]
    np.testing.assert_allclose(*reported, rtol=1e-6)
