"""Names of y, predictions as Series and frames, and cells that `fit` refuses by their place."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
import scipy.sparse
from sklearn.model_selection import cross_val_score

import likelinet as ll
from likelinet.sklearn import DistributionClassifier
from tests.sklearn.quick import classifier, labels, numbers, regressor

X, Y = numbers(n=60)
FRAME = pd.DataFrame(X, columns=["a", "b", "c"], index=range(100, 160))
PRICE = pd.Series(Y, name="price", index=FRAME.index)


def test_predictions_are_series_where_they_are_asked_for():
    plain = regressor(epochs=2).fit(FRAME, PRICE)
    arrays = plain.predict(FRAME, return_std=True)
    assert all(type(found) is np.ndarray for found in arrays)
    for found, expected in zip(
        plain.set_output(transform="pandas").predict(FRAME, return_std=True), arrays, strict=True
    ):
        pd.testing.assert_series_equal(found, pd.Series(expected, index=FRAME.index, name="price"))
    assert plain.predict_params(FRAME).index.equals(FRAME.index)
    of_polars = plain.set_output(transform="polars").predict(pl.from_pandas(FRAME))
    assert of_polars.name == "price"
    np.testing.assert_array_equal(of_polars.to_numpy(), arrays[0])
    assert type(plain.set_output(transform="default").predict(FRAME)) is np.ndarray


@pytest.mark.filterwarnings("ignore:Numbers outside of the range of training")
@pytest.mark.parametrize("transform", ["pandas", "polars"])
def test_scores_are_those_of_arrays(transform: str):
    names = labels(n=60)[1]
    for estimator, y in ((regressor(epochs=3), Y), (classifier(epochs=3), names)):
        expected = cross_val_score(estimator, X, y, cv=2)
        np.testing.assert_array_equal(cross_val_score(estimator.set_output(transform=transform), X, y, cv=2), expected)


def test_labels_and_several_outputs():
    y = pd.Series(labels(n=60)[1], name="size", index=FRAME.index)
    found = classifier(epochs=2).fit(FRAME, y).set_output(transform="pandas")
    assert found.predict(FRAME).name == "size"
    assert set(found.predict(FRAME)) <= {*found.classes_}
    both = pd.DataFrame({"price": Y, "rent": -Y}, index=FRAME.index)
    found = regressor(epochs=2).fit(FRAME, both).set_output(transform="pandas")
    assert found.predict(FRAME).columns.tolist() == ["price", "rent"]
    assert found.predict_interval(FRAME).columns.tolist() == ["low_price", "low_rent", "high_price", "high_rent"]


def test_a_series_names_the_target_of_a_model():
    quick = {"quality": "plain", "network": {"hidden": [4]}, "training": {"epochs": 2}}
    model = ll.Model(quick).fit(FRAME, PRICE)
    assert (model.target_names, model.feature_names) == (["price"], ["a", "b", "c"])
    assert model.evaluate(FRAME.assign(price=Y)) == model.evaluate(FRAME, Y)
    assert ll.Model(quick).fit(X, pl.Series("price", Y)).target_names == ["price"]
    assert ll.Model(quick).fit(X, pd.DataFrame({"p": Y, "q": Y})).target_names == ["p", "q"]
    assert ll.Model(quick).fit(FRAME, PRICE.rename("a")).feature_names == ["a", "b", "c"]  # a column of X stays one
    declared = ll.Model({**quick, "data": {"target": "y"}}).fit(FRAME, PRICE)
    assert declared.target_names == ["y"]


@pytest.mark.parametrize("made", [np.asarray, FRAME.__class__, pl.DataFrame, scipy.sparse.csr_array])
def test_infinity_is_refused_by_its_place(made):
    cells = X.copy()
    cells[[3, 7], 1] = np.inf, -np.inf
    rows = cells if made in (np.asarray, scipy.sparse.csr_array) else dict(zip("abc", cells.T, strict=True))
    name = "x1" if made in (np.asarray, scipy.sparse.csr_array) else "b"
    for estimator, y in ((regressor(epochs=1), Y), (classifier(epochs=1), Y > 0.0)):
        with pytest.raises(ll.DataError, match=f"^X holds infinity in column '{name}', rows 4, 8: "):
            estimator.fit(made(rows), y)


@pytest.mark.filterwarnings("ignore:Numbers outside of the range of training")
def test_infinity_is_held_within_the_range_where_a_frame_is_predicted():
    found = regressor(epochs=1).fit(FRAME, PRICE)
    assert np.isfinite(found.predict(FRAME.assign(b=np.inf))).all()


@pytest.mark.parametrize("made", [list, np.array, pd.Series])
def test_text_is_for_a_classifier(made):
    y = made(["low", "up"] * 30)
    with pytest.raises(
        ll.DataError, match="y holds text, as 'low', and DistributionRegressor predicts numbers: take Di"
    ):
        regressor().fit(X, y)
    assert DistributionClassifier(quality="plain", epochs=1).fit(X, y).classes_.tolist() == ["low", "up"]


DAYS = pd.date_range("2020-01-01", periods=60)
MOMENTS = {
    "numpy": DAYS.to_numpy(),
    "with a zone": pd.Series(DAYS.tz_localize("UTC")),
    "list": DAYS.to_pydatetime().tolist(),
    "polars": pl.Series(DAYS),
    "durations": DAYS.to_numpy() - DAYS.to_numpy()[0],
    "a column of two": pd.DataFrame({"day": DAYS, "price": Y}),
}


@pytest.mark.parametrize("y", MOMENTS.values(), ids=MOMENTS)
def test_moments_are_no_numbers_of_microseconds(y):
    with pytest.raises(
        ll.DataError, match=r"^y holds dates, times or durations, as '(2020-01-01|0 ).*: make numbers of"
    ):
        regressor().fit(X, y)


def test_an_array_for_a_frame_is_noted_once():
    found = regressor(epochs=1).fit(FRAME, PRICE)
    with pytest.warns(UserWarning, match="^X does not have valid feature names") as noted:
        by_position = found.predict(X)
    assert len(noted) == 1
    np.testing.assert_array_equal(by_position, found.predict(FRAME))


@pytest.mark.parametrize(
    ("y", "kind"), [(pd.period_range("2020-01", periods=3, freq="M"), "Period"), ([1.0, pd.NA, 2.0], "NAType")]
)
def test_a_y_of_what_is_no_number_is_refused_by_its_type(y, kind):
    with pytest.raises(ll.DataError, match=f"^y holds values of type {kind}, which are no numbers: make numbers of"):
        regressor().fit(np.arange(3.0)[:, None], y)
