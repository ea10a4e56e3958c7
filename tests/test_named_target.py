"""The target by its name: `fit(table, "price")` is the fit with `data.target: price`, and the model remembers it."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import likelinet as ll
from likelinet.cli.describe import describe
from likelinet.tables.table import read_table
from tests.small import COLUMNS, quick, write_csv

FEATURES = {"features": ["size", "age", "colour"]}
LABELS = {"distribution": {"kind": "categorical"}}


def declared(target: Any = "price", **keys: Any) -> ll.Model:
    return quick(data={**FEATURES, "target": target}, **keys)


def fitted() -> ll.Model:
    return quick(data=FEATURES).fit(COLUMNS, "price", progress=False)


@pytest.mark.filterwarnings("ignore:.*trained on these very rows:UserWarning")
@pytest.mark.parametrize("form", ["dict", "arrow", "file"])
def test_a_name_is_the_target_of_the_config(form: str, tmp_path: Path):
    file = write_csv(tmp_path / "t.csv", COLUMNS)
    table = {"dict": COLUMNS, "arrow": pa.table(COLUMNS), "file": str(file)}[form]
    model = quick(data=FEATURES).fit(table, "price")
    same = declared().fit(table)
    assert model.config == same.config
    np.testing.assert_array_equal(model.predict_dist(table).mean(), same.predict_dist(table).mean())
    assert model.evaluate(table) == same.evaluate(table) == model.evaluate(table, "price")
    assert model.score(table) == same.score(table) == model.score(table, COLUMNS["price"])


def test_the_target_is_no_feature_and_new_rows_need_none():
    model = quick().fit(COLUMNS, "price")
    features = {name: column for name, column in COLUMNS.items() if name != "price"}
    assert model.feature_names == [*features]
    np.testing.assert_array_equal(model.predict(features), model.predict(COLUMNS))


def test_it_is_remembered(tmp_path: Path):
    model = fitted()
    model.save(tmp_path / "m.safetensors")
    loaded = ll.Model.load(tmp_path / "m.safetensors")
    assert model.target_names == loaded.target_names == ["price"]
    assert loaded.evaluate(COLUMNS) == model.evaluate(COLUMNS)
    assert repr(loaded).startswith("Model(price ~ gaussian, mlp [4], fitted: 3 features")
    assert "target: price" in describe(loaded).splitlines()


def test_several_outputs():
    pair, features = ["price", "size"], {"features": ["age", "colour"]}
    model = quick(data=features).fit(COLUMNS, pair)
    assert model.target_names == pair
    same = quick(data={**features, "target": pair}).fit(COLUMNS)
    np.testing.assert_array_equal(model.predict(COLUMNS), same.predict(COLUMNS))
    assert repr(model).startswith("Model(price, size ~ gaussian, ")


def test_labels_stay_labels():
    sold, words = COLUMNS["sold"], quick(data=FEATURES, **LABELS)
    # As long as the table: the labels, even where they are the names of columns.
    names = ["size" if s == "yes" else "age" for s in sold]
    assert words.fit(COLUMNS, sold).classes.tolist() == ["no", "yes"]  # pyright: ignore
    assert words.fit(COLUMNS, names).classes.tolist() == ["age", "size"]  # pyright: ignore
    assert words.fit(COLUMNS, np.array(sold)).config.data.target is None


@pytest.mark.parametrize("name", ["", " ", "\t"])
def test_a_series_without_a_name_names_no_target(name: str):
    model = quick(data=FEATURES).fit(COLUMNS, pd.Series(COLUMNS["price"], name=name))
    assert model.config.data.target is None


def test_the_next_fit_begins_anew():
    model = quick(data={"features": ["age"]}).fit(COLUMNS, "price")
    assert model.fit(COLUMNS, "size").target_names == ["size"]
    assert model.fit(COLUMNS, COLUMNS["price"]).config.data.target is None
    with pytest.raises(ll.DataError):
        model.fit(COLUMNS, "colour")
    assert model.config.data.target is None


def test_validation_rows_have_it_too():
    held = {name: column[:10] for name, column in COLUMNS.items()}
    fits = [
        quick(data=FEATURES).fit(COLUMNS, "price", validation=validation)
        for validation in ((held,), (held, "price"), (held, held["price"]))
    ]
    for other in fits[1:]:
        assert [e.validation_nll for e in other.history.epochs] == [e.validation_nll for e in fits[0].history.epochs]


def test_a_model_of_arrays_is_scored_by_a_name():
    names = ("size", "age")
    X = np.column_stack([COLUMNS[name] for name in names])
    table = {name: COLUMNS[name] for name in (*names, "price")}
    model = quick().fit({name: COLUMNS[name] for name in names}, np.array(COLUMNS["price"]))
    assert model.evaluate(table, "price") == model.evaluate({n: table[n] for n in names}, COLUMNS["price"])
    assert quick().fit(np.column_stack([X, COLUMNS["price"]]), "x2").feature_names == ["x0", "x1"]


def test_a_misspelled_name():
    message = r"^There is no column 'prize' in the table \(did you mean 'price'\?\)\.$"
    for ask in (quick().fit, fitted().score):
        with pytest.raises((ll.DataError, ll.ConfigError), match="prize"):
            ask(COLUMNS, "prize")
    with pytest.raises(ll.DataError, match=message):
        quick().fit(COLUMNS, "prize")
    with pytest.raises(ll.DataError, match=r"no column 'visit' .*did you mean 'visits'"):
        quick().fit(COLUMNS, ["price", "visit"])


def test_two_targets():
    message = r"^The target is 'price' by data.target, but 'visits' by y: name it once\.$"
    for ask in (declared().fit, fitted().evaluate):
        with pytest.raises(ll.ConfigError, match=message):
            ask(COLUMNS, "visits")
    assert declared().fit(COLUMNS, "price").target_names == ["price"]


@pytest.mark.parametrize("frame", [pa.table, dict], ids=["Arrow", "dict"])
def test_blanks_around_names_are_none_of_theirs(frame: Any, tmp_path: Path):
    """As in a file, so that a model of the one predicts from the other."""
    spaced = {f" {name} ": values for name, values in COLUMNS.items()}
    model = quick(data={"features": ["size ", " age", "colour"]}).fit(frame(spaced), "price ", progress=False)
    write_csv(tmp_path / "t.csv", spaced)
    expected = fitted().predict(COLUMNS)
    for table in (frame(spaced), COLUMNS, str(tmp_path / "t.csv")):
        np.testing.assert_array_equal(model.predict(table), expected)
    assert model.config.data.target == "price"


@pytest.mark.filterwarnings("ignore:.*first line looks like data")
def test_a_column_of_a_table_without_a_header(tmp_path: Path):
    table = tmp_path / "t.csv"
    table.write_text("3,?,2548\n1,2,3.5\n4,5,6\n")
    with pytest.raises(ll.DataError, match=r"no column 'x2' in the table: the first line, .* \('3', '2548'\), .*set=?"):
        read_table(table).column("x2")
    with pytest.raises(ll.DataError, match=r"no column '254' in the table \(did you mean '2548'\?\)\.$"):
        read_table(table).column("254")
    assert read_table(table, header=False).column("x2") is not None


def test_names_in_place_of_configs_and_classes():
    with pytest.raises(ll.ConfigError, match=r"got 'c\.yaml': load_config reads a file\.$"):
        ll.Model("c.yaml")  # type: ignore[arg-type]
    with pytest.raises(ll.ConfigError, match=r"as \{'distribution': \{'kind': 'gamma'\}\}\.$"):
        ll.Model(distribution="gamma")  # type: ignore[arg-type]
