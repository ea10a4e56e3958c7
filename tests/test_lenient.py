"""Tables as people have them: what is odd is served and said once, or refused where the config is strict."""

import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import likelinet as ll
from likelinet.selection.candidates import families
from likelinet.selection.comparison import compare
from likelinet.tables.table import as_table
from tests.small import COLUMNS, cli, edited, fit, quick, table, write_csv

X, y = table()
RNG = np.random.default_rng(0)
FRAME = pd.DataFrame(X, columns=["a", "b"]).assign(colour=["red", "green", "blue"] * 20)
EXACT = {"optimizer": {"kind": "lbfgs"}, "validation_fraction": 0.0, "epochs": 200}
LINEAR = {"network": {"hidden": []}, "distribution": {"scale": "shared"}, "training": EXACT}


def rmse(model: ll.Model, frame: Any, y: np.ndarray) -> float:
    return float(np.sqrt(np.mean((model.predict(frame) - y) ** 2)))


def test_new_rows_with_all_that_is_odd_have_one_note_for_each_kind_of_oddity():
    model = quick().fit(FRAME, y)
    new = FRAME.head(8).assign(colour=["red", "mauve", "pink", "red", None, "red", "red", "red"])
    new.loc[[2, 3], "a"], new.loc[6, "b"] = [np.nan, 1e6], -500.0
    with pytest.warns(UserWarning, match="Numbers|Categories|Missing") as said:
        predicted = model.predict(new)
    b = f"column 'b' in 1 row (7: -500, where training had {model._fit.inputs.columns[1].seen})"
    a = f"column 'a' in 1 row (4: 1000000, where training had {model._fit.inputs.columns[0].seen})"
    assert [str(w.message) for w in said] == [
        f"Numbers outside of the range of training are held within it: {a}; {b}; data.extrapolate lets them go on "
        "as they are.",
        "Categories that training had not count as other ones: column 'colour' in 2 rows (2, 3: mauve, pink).",
        "Missing cells are filled, although training had none: column 'a' in 1 row (3); column 'colour' in 1 row (5).",
    ]
    np.testing.assert_array_equal(predicted[[0, 5, 7]], model.predict(new.iloc[[0, 5, 7]]))  # served as ever
    assert np.isfinite(predicted).all()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"a": [np.nan, 1.0]}, r"^Column 'a' has 1 row with missing, NaN or infinite values \(row 1\)"),
        ({"colour": ["red", "NA"]}, r"^Column 'colour' has 1 missing cell \(row 2\): fill or drop"),
        ({"colour": ["red", "mauve"]}, r"^Column 'colour' has the category 'mauve' in row 2, which was not seen in"),
        ({"a": [1.0, 1e6]}, r"^Column 'a' has 1000000.0 in row 2, which lies outside of the range of training \("),
    ],
)
def test_strict(changes: dict[str, Any], message: str):
    model = quick(data={"strict": True}).fit(FRAME, y)
    with pytest.raises(ll.DataError, match=message):
        model.predict(FRAME.head(2).assign(**changes))


def test_rows_without_y_are_left_out_and_counted():
    frame = FRAME.assign(y=np.where(np.arange(60) % 20 == 3, np.nan, y))
    kept = frame[frame.y.notna()].reset_index(drop=True)
    with pytest.warns(UserWarning, match=r"^Target 'y' is missing in 3 rows \(rows 4, 24, 44\), which are left out\.$"):
        model = quick(data={"target": "y"}).fit(frame)
    plain = quick(data={"target": "y"}).fit(kept)
    np.testing.assert_array_equal(model.predict(FRAME), plain.predict(FRAME))
    with pytest.warns(UserWarning, match="is missing in 3 rows"):
        other = quick().fit(FRAME, frame.y)
    np.testing.assert_array_equal(other.predict(FRAME), plain.predict(FRAME))
    with pytest.warns(UserWarning, match="missing in 3 rows"):
        assert model.evaluate(frame) == plain.evaluate(kept)
    with pytest.raises(ll.DataError, match=r"^Target 'y' is missing in every row: there is nothing to learn from\.$"):
        quick(data={"target": "y"}).fit(FRAME.assign(y=np.nan))


def test_labels_may_be_missing_and_none_may_be_one():
    labels = [*["none", "some", "none", "NA"] * 15]
    with pytest.warns(UserWarning, match="missing in 15 rows"):
        model = quick(data={"target": "y"}, distribution={"kind": "bernoulli"}).fit(FRAME.assign(y=labels))
    assert model.classes.tolist() == ["none", "some"]


def test_a_row_is_filled_like_the_median_or_by_its_own_effect():
    """Missing cells in training: the model knows the mean of the rows that have them."""
    a = RNG.normal(size=200)
    gaps = np.arange(200) % 4 == 0
    y = np.where(gaps, 7.0, 2.0 * a) + 0.01 * RNG.normal(size=200)
    with pytest.warns(UserWarning, match="Missing cells are filled, beside an input"):
        model = ll.Model(LINEAR).fit(pd.DataFrame({"a": np.where(gaps, np.nan, a)}), y)
    np.testing.assert_allclose(model.predict(pd.DataFrame({"a": [np.nan, 1.0]})), [7.0, 2.0], atol=0.02)


def test_declared_categories_of_numbers():
    zip_code = pd.Categorical(np.repeat([10115, 20095, 80331, 50667], 50))
    y = np.repeat([0.0, 5.0, -3.0, 9.0], 50) + RNG.normal(size=200)
    least = np.std(y - np.repeat(y.reshape(4, 50).mean(1), 50))
    for cells in (zip_code, zip_code.astype(str), [f"z{code}" for code in zip_code]):
        frame = pd.DataFrame({"zip": cells})
        np.testing.assert_allclose(rmse(ll.Model(LINEAR).fit(frame, y), frame, y), least, rtol=1e-3)


def test_a_few_sentinels_hide_nothing():
    x = RNG.normal(size=500)
    y = 2.0 * x + 0.3 * RNG.normal(size=500)
    marked = np.where(np.arange(500) % 100 == 0, 9999.0, x)
    with pytest.warns(UserWarning, match=r"9999 \(rows 1, 101, 201, 301, 401"):
        model = ll.Model({"quality": "plain", "training": {"epochs": 30}}).fit(marked[:, None], y)
    there = marked < 9999.0
    assert rmse(model, marked[there, None], y[there]) < 0.5  # 2.04 where mean and standard deviation scale it


def test_inputs_with_long_tails():
    x = np.exp(4.0 * RNG.normal(size=500))
    y = np.log(x) + 0.1 * RNG.normal(size=500)
    with pytest.warns(UserWarning, match="on a log scale: 'x0'"):
        model = ll.Model(LINEAR).fit(x[:, None], y)
    np.testing.assert_allclose(rmse(model, x[:, None], y), 0.1, rtol=0.1)


def test_one_far_row_ends_no_prediction():
    age = np.linspace(-1.0, 1.0, 401)[:, None]
    model = quick(distribution={"kind": "poisson"}).fit(age, RNG.poisson(np.exp(1.0 + age[:, 0])))
    with pytest.warns(UserWarning, match=r"column 'x0' in 1 row \(201: 9999, where training had -1 … 1\)"):
        d = model.predict_dist(np.insert(age, 200, 9999.0, axis=0))
    np.testing.assert_array_equal(np.delete(d.mean(), 200), model.predict(age))
    assert d.mean()[200] == model.predict(np.quantile(age, 0.5, method="inverted_cdf").reshape(1, 1))[0]
    with pytest.warns(UserWarning, match="in 1 row"):
        far = model.predict([[2.5]])  # less than the whole range outside
    assert far == model.predict(np.quantile(age, 0.95, method="inverted_cdf").reshape(1, 1))


def test_a_constant_column_has_no_influence_whatever_comes_later():
    frame = FRAME.assign(k=3.0, word="same", gone=np.nan)
    with pytest.warns(
        UserWarning, match=r"left out: 'k' \(3 in every row\), 'word' \('same' in .*\), 'gone' \(missing"
    ):
        model = quick().fit(frame, y)
    other = frame.assign(k=np.arange(60.0), word="other", gone=1e9)
    np.testing.assert_array_equal(model.predict(other), model.predict(frame))
    np.testing.assert_array_equal(model.predict(other), quick().fit(FRAME, y).predict(FRAME))


def test_columns_that_were_left_out_need_not_be_there():
    frame = FRAME.assign(k=3.0, name=[f"customer {i}" for i in range(60)])
    with pytest.warns(UserWarning, match="left out"):
        model = quick().fit(frame, y)
    predicted = model.predict(frame)  # without a word where they are there
    np.testing.assert_array_equal(model.predict(FRAME), predicted)
    np.testing.assert_array_equal(model.predict(frame.drop(columns="k")), predicted)
    assert model.score(FRAME, y) == model.score(frame, y)
    with pytest.warns(UserWarning, match=r"^Columns that the model does not use are ignored: more\.$"):
        model.predict(FRAME.assign(more=1.0))
    with pytest.raises(ll.DataError, match=r"^The table lacks the column b\b"):
        model.predict(FRAME[["a", "colour"]])


def test_columns_that_were_left_out_count_in_arrays():
    with pytest.warns(UserWarning, match="left out"):
        model = quick().fit(np.column_stack([X, np.ones(60)]), y)
    with pytest.raises(ll.DataError, match="X has 2 columns, but the model was fitted on 3"):
        model.predict(X)


def test_dates_need_the_times_of_day_that_they_were_joined_with():
    frame = pd.DataFrame(
        {
            "date": [f"2024-{1 + i // 28:02d}-{1 + i % 28:02d}" for i in range(60)],
            "time": [f"{i * 7 % 24:02d}:{i * 11 % 60:02d}" for i in range(60)],
        }
    )
    with pytest.warns(UserWarning, match="with the times of"):
        model = quick().fit(frame, y)
    with pytest.raises(ll.DataError, match=r"^The table lacks the column time\b"):
        model.predict(frame[["date"]])


def test_a_missing_cell_among_booleans():
    flags = pd.DataFrame({"flag": RNG.random(60) < 0.5})
    model = ll.Model(LINEAR).fit(flags, y)
    new = pd.DataFrame({"flag": pd.array([True, None, False], dtype="boolean")})
    with pytest.warns(
        UserWarning, match=r"^Missing cells are filled, although training had none: column 'flag' in 1 row"
    ):
        predicted = model.predict(new)
    plain = model.predict(pd.DataFrame({"flag": [True, False]}))
    mean = np.average(plain, weights=[flags.flag.mean(), 1.0 - flags.flag.mean()])  # of a linear model
    np.testing.assert_allclose(predicted, [plain[0], mean, plain[1]], rtol=1e-12)


def test_unseen_and_empty_categories_do_not_refuse_a_batch():
    frame = pd.DataFrame({"c": ["a", "b"] * 50, "y": np.arange(100.0)})
    model = quick(data={"target": "y"}).fit(frame)
    with pytest.warns(UserWarning, match="Categories|Missing") as said:
        predicted = model.predict(pd.DataFrame({"c": ["a", "new", None]}))
    assert len(said) == 2
    assert predicted[0] == model.predict(frame)[0]
    assert predicted[1] == predicted[2]


def test_linear_trends_may_go_on():
    x = np.linspace(0.0, 10.0, 100)[:, None]
    model = ll.Model({"quality": "plain", **LINEAR, "data": {"extrapolate": True}}).fit(
        x, 3.0 * x[:, 0] + 0.02 * RNG.normal(size=100)
    )
    np.testing.assert_allclose(model.predict([[20.0], [1e4]]), [60.0, 3e4], rtol=1e-3)


def test_a_category_that_occurs_once_can_be_compared():
    frame = pd.DataFrame({"x": RNG.normal(size=200), "c": RNG.choice(["a", "b"], 200), "y": RNG.normal(size=200)})
    frame.loc[7, "c"], frame.loc[9, "y"], frame.loc[11, "x"] = "rare", np.nan, np.nan
    config = ll.ModelConfig(data={"target": "y"}, training={"epochs": 1})
    with pytest.warns(UserWarning, match=r"^The target is missing in 1 row \(row 10\), which is left out\.$"):
        found = list(compare(config, families("gaussian, laplace", config), as_table(frame), folds=2))
    assert [r.error for r in found] == [None, None]
    assert [np.isfinite(r.log_scores).sum() for r in found] == [199, 199]


def test_numbers_of_rows_are_left_out_of_a_comparison_too():
    frame = pd.DataFrame({"x": RNG.normal(size=100), "y": RNG.normal(size=100)})
    config = ll.ModelConfig(data={"target": "y"}, training={"epochs": 1})
    gaussian = families("gaussian", config)
    plain, other = (
        next(compare(config, gaussian, as_table(f), folds=2)) for f in (frame, frame.assign(id=np.arange(1, 101)))
    )
    np.testing.assert_array_equal(other.log_scores, plain.log_scores)


def test_the_words_of_a_command(tmp_path: Path):
    columns = {**edited("colour", 2, "NA"), "size": edited("size", 4, "?")["size"]}
    done = fit(tmp_path, "data.target=price", columns=columns)
    assert done.code == 0
    new = {**COLUMNS, "colour": ["purple", *COLUMNS["colour"][1:]]}
    done = cli("predict", tmp_path / "model.safetensors", write_csv(tmp_path / "t.csv", new))
    assert done.code == 0
    assert len(done.out.splitlines()) == 41
    assert "Categories that training had not count as other ones: column 'colour' in 1 row (1: purple" in done.err


def test_columns_are_excluded_by_name():
    frame = FRAME.assign(id=np.arange(60.0) ** 2)
    model = quick(data={"exclude": ["id"]}).fit(frame, y)
    assert model.feature_names == ["a", "b", "colour"]
    np.testing.assert_array_equal(model.predict(frame), quick().fit(FRAME, y).predict(FRAME))  # and no note
    with pytest.raises(ll.DataError, match=r"no column 'idd' in the table \(did you mean 'id'\?\)"):
        quick(data={"exclude": ["idd"]}).fit(frame, y)


def test_an_order_that_is_declared_is_known_to_the_family():
    grade = pd.Categorical(
        np.array(["low", "mid", "high"])[np.argsort(np.argsort(X[:, 0])) // 20], ["low", "mid", "high"]
    )
    model = quick(distribution={"kind": "ordered_logistic"}).fit(X, pd.Series(grade.as_ordered()))
    assert model.classes.tolist() == ["low", "mid", "high"]
    frame = pd.DataFrame(X).assign(grade=grade.as_ordered())
    by_name = quick(distribution={"kind": "ordered_logistic"}, data={"target": "grade"}).fit(frame)
    assert by_name.classes.tolist() == ["low", "mid", "high"]
    np.testing.assert_array_equal(by_name.predict(X), model.predict(X))
    with pytest.raises(ll.DataError, match="whose order is not known"):
        quick(distribution={"kind": "ordered_logistic"}).fit(X, pd.Series(grade))


def test_further_cells_that_mean_missing():
    sentinel = FRAME.assign(a=np.where(np.arange(60) < 6, -200.0, FRAME.a), y=np.where(np.arange(60) == 50, -200.0, y))
    gaps = sentinel.replace(-200.0, np.nan)
    with pytest.warns(UserWarning, match="[Mm]issing") as said:
        one = quick(data={"target": "y", "missing": [-200]}).fit(sentinel)
    with pytest.warns(UserWarning, match="[Mm]issing") as same:
        two = quick(data={"target": "y"}).fit(gaps)
    assert [str(w.message) for w in said] == [str(w.message) for w in same]
    np.testing.assert_array_equal(one.predict(sentinel), two.predict(gaps))


@pytest.mark.parametrize("ensemble", [1, 2])
def test_a_network_is_no_surer_far_away_than_where_rows_are_dense(ensemble: int):
    rng = np.random.default_rng(1)
    x = rng.normal(size=(300, 3))
    y = 5.0 + x[:, 0] + (0.3 + 0.2 * np.abs(x[:, 1])) * rng.normal(size=300)  # the third says nothing
    model = ll.Model({"quality": "plain", "ensemble": ensemble, "training": {"epochs": 30}}).fit(x, y, progress=False)
    rows = np.zeros((25, 3))
    rows[:21, 2] = np.quantile(x[:, 2], np.linspace(0.05, 0.95, 21), method="inverted_cdf")
    rows[21:, 2] = [10.0, 25.0, -10.0, -25.0]
    with pytest.warns(UserWarning, match=r"column 'x2' in 4 rows \(22, 23, 24, 25: -25 … 25, where training had"):
        d = model.predict_dist(rows)
    width = d.interval(0.9)[1] - d.interval(0.9)[0]
    assert width[21:].min() >= width[:21].min()
    assert -d.log_prob(5.0)[21:].min() < 1.5  # 0.2 by the truth; 112 and 536,858 where nothing holds the third


def test_thousands_of_categories_take_little_memory():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"customer": [f"C{i}" for i in rng.integers(0, 3000, 8000)], "a": rng.random(8000)})
    tracemalloc.start()
    try:
        model = quick(training={"epochs": 1, "batch_size": 1000}).fit(frame, rng.normal(size=8000))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 40e6  # 200e6 for a one-hot code in double precision
    assert model._fit.inputs.width == 52  # 50 levels, the means of the others, and the number
