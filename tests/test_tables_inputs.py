"""From columns to the matrix x: one-hot text, standardised numbers, constant columns."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import likelinet as ll
from likelinet.config import DataConfig
from likelinet.tables.inputs import Inputs, learn_inputs
from likelinet.tables.table import as_table
from tests.small import quick, table

X, y = table()
FRAME = pd.DataFrame(X, columns=["a", "b"]).assign(colour=["red", "green", "blue"] * 20)
ONES = np.ones(60)


def test_text_is_one_hot_encoded():
    inputs = learn_inputs(as_table(FRAME), ["a", "colour"], ONES, DataConfig())
    assert (inputs.width, inputs.columns[1].levels) == (4, ("blue", "green", "red"))
    x = inputs.rows(as_table(FRAME))[:]
    np.testing.assert_array_equal(x[:3, 1:], [[0, 0, 1], [0, 1, 0], [1, 0, 0]])
    np.testing.assert_allclose([x[:, 0].mean(), x[:, 0].std()], [0.0, 1.0], atol=1e-12)


def test_standardised_by_the_weighted_moments():
    weight = np.arange(60.0)
    x = learn_inputs(as_table(X), ["x0", "x1"], weight, DataConfig()).rows(as_table(X))[:]
    np.testing.assert_allclose(np.average(x, axis=0, weights=weight), 0.0, atol=1e-12)
    np.testing.assert_allclose(np.average(x**2, axis=0, weights=weight), 1.0, rtol=1e-12)


@pytest.mark.parametrize("value", [0.0, 5.0, -1e9, 0.1, 1e-300])
def test_constant_columns_survive(value: float):
    frame = FRAME.assign(constant=value)
    inputs = learn_inputs(as_table(frame), ["a", "constant"], ONES, DataConfig())
    assert inputs.rows(as_table(frame))[:].shape == (60, 1)
    with pytest.warns(UserWarning, match=r"^Columns that say nothing are left out: 'constant' \(.* in every row\)\.$"):
        mean = quick().fit(frame[["a", "constant"]], y).predict(frame[["a", "constant"]])
    assert np.isfinite(mean).all()
    assert np.ptp(mean) > 0.0  # certain: the network sees the column that varies


def test_only_constant_columns():
    with pytest.warns(UserWarning, match="left out: 'x0' .*, 'x1'"):
        predicted = quick().fit(np.ones((60, 2)), y).predict(np.ones((3, 2)))
    assert np.ptp(predicted) == 0.0
    assert y.min() < predicted[0] < y.max()


def test_categories_are_stored_with_the_model(tmp_path: Path):
    model = quick().fit(FRAME, y)
    model.save(tmp_path / "m.safetensors")
    loaded = ll.Model.load(tmp_path / "m.safetensors")
    reds = FRAME[FRAME.colour == "red"]  # one category alone: the code must not change
    np.testing.assert_array_equal(loaded.predict(reds), model.predict(FRAME)[(FRAME.colour == "red").to_numpy()])


def test_category_predicts():
    y = np.where(FRAME.colour == "red", 10.0, 0.0) + 0.1 * np.random.default_rng(0).standard_normal(60)
    exact = {"optimizer": {"kind": "lbfgs"}, "validation_fraction": 0.0, "epochs": 200}
    model = quick(network={"hidden": []}, distribution={"scale": "shared"}, training=exact).fit(FRAME[["colour"]], y)
    new = pd.DataFrame({"colour": ["red", "blue", "green"]})
    np.testing.assert_allclose(model.predict(new), [10.0, 0.0, 0.0], atol=0.15)


def test_unseen_category():
    model = quick(data={"strict": True}).fit(FRAME, y)
    new = FRAME.head(5).assign(colour=["red", "red", "purple", "red", "mauve"])
    message = r"'colour' has the category 'purple' in row 3, which was not seen in training \(seen: blue, green, red\)"
    with pytest.raises(ll.DataError, match=message):
        model.predict(new)


def test_identifiers_are_refused():
    with pytest.raises(ll.DataError, match=r"'name' is text with 60 different values .* data\.features, without it"):
        quick(data={"strict": True}).fit(FRAME.assign(name=[f"customer {i}" for i in range(60)]), y)


def test_many_categories_of_many_rows_are_no_identifiers():
    rng = np.random.default_rng(0)
    town = rng.permutation(np.arange(4000) % 60)
    size = rng.normal(size=60)
    frame = pd.DataFrame({"town": [f"town {i}" for i in town]})
    exact = {"optimizer": {"kind": "lbfgs"}, "validation_fraction": 0.0, "epochs": 100}
    model = quick(network={"hidden": []}, distribution={"scale": "shared"}, training=exact)
    model.fit(frame, size[town] + 0.01 * rng.normal(size=4000))
    new = pd.DataFrame({"town": [f"town {i}" for i in range(60)]})
    np.testing.assert_allclose(model.predict(new), size, atol=0.05)


def test_missing_column_names_the_nearest():
    model = quick().fit(FRAME, y)
    with pytest.raises(ll.DataError, match=r"lacks the column colour \(did you mean 'color'\?\)"):
        model.predict(FRAME.rename(columns={"colour": "color"}))
    with pytest.raises(ll.DataError, match=r"lacks the column a \(possible: years\)\."):
        model.predict(FRAME.rename(columns={"a": "years"}))  # other features are not meant
    with pytest.raises(ll.DataError, match=r"lacks the columns a, b\."):
        model.predict(FRAME[["colour"]])


def test_extra_columns_are_ignored_with_one_line():
    model = quick().fit(FRAME, y)
    more = FRAME.assign(**{f"extra{i}": 1.0 for i in range(7)})
    with pytest.warns(UserWarning, match="ignored: extra0, extra1, extra2, extra3, extra4, …") as notes:
        predicted = model.predict(more)
    assert len(notes) == 1
    np.testing.assert_array_equal(predicted, model.predict(FRAME))


def test_columns_left_out_on_purpose_go_without_a_word():
    quick(data={"features": ["a"]}).fit(FRAME, y)  # a warning would be an error here


@pytest.mark.parametrize("columns", [1, 3])
def test_wrong_width_of_an_array(columns: int):
    with pytest.raises(ll.DataError, match=f"X has {columns} columns?, but the model was fitted on 2"):
        quick().fit(X, y).predict(np.ones((4, columns)))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"features": ["a", "colr"]}, r"no column 'colr' in the table \(did you mean 'colour'\?\)"),
        ({"features": ["a", "a"]}, "name each column once"),
        ({"features": ["a", "y"], "target": "y"}, "neither target nor weight: y"),
        ({"target": "z"}, "no column 'z' in the table"),
        ({"target": "y", "weight": "ww"}, "no column 'ww' in the table"),
    ],
)
def test_declared_columns(data: dict, message: str):
    target = () if "target" in data else (y,)
    with pytest.raises(ll.DataError, match=message):
        quick(data=data).fit(FRAME.assign(y=y), *target)


def test_plain_data_and_back():
    inputs = learn_inputs(as_table(FRAME), ["colour", "b"], ONES, DataConfig())
    assert Inputs.from_json(inputs.to_json()) == inputs


def test_a_number_that_overflows_is_refused_in_one_sentence():
    model = quick(data={"extrapolate": True}).fit(1e-3 * X, y)
    with pytest.raises(ll.DataError, match=r"^X has numbers too large for float32: check their unit\.$"):
        model.predict(np.where(X.max() == X, np.finfo(np.float64).max, X))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_rows_that_are_filled_have_the_bits_of_those_that_are_returned(dtype: type):
    rng, n = np.random.default_rng(0), 1000
    frame = pd.DataFrame(
        {
            "a": rng.standard_normal(n),
            "colour": rng.choice(["red", "green", "blue", ""], n),
            "b": np.where(rng.random(n) < 0.1, np.nan, rng.standard_normal(n)),
            "constant": 1.0,
            "c": rng.lognormal(0.0, 3.0, n),
            "said": [f"{a} {b}" for a, b in rng.choice(["fine", "good", "bad", "late", "soon"], (n, 2))],
            "name": [f"n{i}" for i in rng.integers(0, 300, n)],
            "size": pd.Categorical(rng.choice(["s", "m", "l"], n), ["s", "m", "l"], ordered=True),
            "yes": rng.random(n) < 0.5,
        }
    )
    names = list(frame)
    table, data = as_table(frame), DataConfig(text=["said"])
    inputs = learn_inputs(table, names, np.ones(n), data)
    inputs, _ = inputs.with_means(table, np.ones(n), rng.standard_normal((n, 2)), rng.integers(0, 5, n))
    assert {type(kind).__name__ for kind in inputs.columns} >= {"Number", "Category", "Words", "Ordered", "Boolean"}
    new = frame.assign(a=9.0 * frame.a, b=9.0 * frame.b, colour=frame.colour.replace("red", "violet"))
    rows, x = inputs.rows(as_table(new)), np.full((n, inputs.width), np.nan, dtype)
    for some in (slice(0, 300), slice(300, 301), slice(301, n)):
        rows.fill(some, x[some])
    np.testing.assert_array_equal(x, inputs.rows(as_table(new))[:].astype(dtype))
