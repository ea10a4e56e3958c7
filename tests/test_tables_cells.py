"""Cells of text: what is a number, what is missing, what is a label, and how often they are parsed."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import likelinet as ll
from likelinet.tables import table as tables
from likelinet.tables.table import as_table
from tests.small import COLUMNS, fit, quick, table

X, y = table()


def column(*cells: str):
    return as_table(pd.DataFrame({"a": cells}))


@pytest.mark.parametrize("missing", ["NA", "n/a", "N/A", "null", "None", "NaN", ""])
def test_missing_numbers(missing: str):
    for cells in (["1", "2", missing], ["1", missing, missing]):
        assert not column(*cells).is_text("a")
        with pytest.raises(ll.DataError, match="with missing, NaN or infinite values"):
            column(*cells).numeric("a")


def test_missing_words_are_labels_among_text():
    assert column("u", "None", "v").text("a").tolist() == ["u", "None", "v"]
    assert column("u", "None", "v").is_text("a")


def test_underscores_are_no_digits():
    with pytest.raises(ll.DataError, match="holds numbers but also text: '1_5' in row 2"):
        column("1", "1_5", "2").is_text("a")
    with pytest.raises(ll.DataError, match="must hold numbers, but has text: '1_5' in row 2"):
        column("1", "1_5", "2").numeric("a")


@pytest.mark.parametrize("cells", [["1,234", "2,500", "12"], ["3,5", "1,25", "2,0"], ["1.234,5", "-3,5", "7"]])
def test_numbers_with_commas(cells: list[str]):
    with pytest.raises(ll.DataError, match=f"numbers with commas: '{cells[0]}' in row 1, .*with a decimal point"):
        column(*cells).is_text("a")


def test_one_number_with_a_comma_among_many_without():
    with pytest.raises(ll.DataError, match=r"numbers with commas: '1,250' in row 3; .*with a decimal point"):
        column("3.5", "2", "1,250", "nan").is_text("a")
    with pytest.raises(ll.DataError, match="holds numbers but also text: '1,250' in row 3, 'u' in row 4; correct"):
        column("3.5", "2", "1,250", "u").is_text("a")


def test_text_with_few_commas_is_text():
    assert column("u", "v", "3,5").is_text("a")


def test_each_column_is_parsed_once(monkeypatch: pytest.MonkeyPatch):
    calls = []
    parse = tables.parse
    monkeypatch.setattr(tables, "parse", lambda cells: calls.append(1) or parse(cells))
    frame = pd.DataFrame(X.astype(str), columns=["a", "b"]).assign(y=y.astype(str))
    quick(data={"target": "y"}).fit(frame)
    assert len(calls) == 3


@pytest.mark.parametrize("kind", ["bernoulli", "categorical"])
def test_labels_that_are_mostly_numbers(tmp_path: Path, kind: str):
    labels = ["other", "3"] if kind == "bernoulli" else ["1", "2", "3", "other"]
    columns = {**COLUMNS, "sold": [labels[i % len(labels)] if i < 20 else "3" for i in range(40)]}
    done = fit(tmp_path, "data.target=sold", f"distribution.kind={kind}", columns=columns)
    assert (done.code, done.err) == (0, "")
    assert ll.Model.load(tmp_path / "model.safetensors").classes.tolist() == sorted(labels)


@pytest.mark.parametrize("spell", [str, lambda b: str(b).lower(), lambda b: str(b).upper()])
def test_bools_as_text_and_back(spell):
    flags = X[:, 1] > 5.0
    as_bools = pd.DataFrame({"a": X[:, 0], "flag": flags})
    as_text = as_bools.assign(flag=[spell(b) for b in flags])
    one, two = quick().fit(as_bools, y), quick().fit(as_text, y)
    np.testing.assert_array_equal(one.predict(as_text), one.predict(as_bools))
    np.testing.assert_array_equal(two.predict(as_bools), two.predict(as_text))
    np.testing.assert_array_equal(two.predict(as_text), one.predict(as_bools))  # in any spelling one input
    for frame in (as_bools, as_text):
        strict = quick(data={"strict": True}).fit(frame, y)
        with pytest.raises(ll.DataError, match="has the category 'maybe' in row 1"):
            strict.predict(as_text.assign(flag="maybe"))


@pytest.mark.parametrize("kind", ["bernoulli", "categorical"])
def test_bool_labels(kind: str, tmp_path: Path):
    flags = X[:, 0] > 5.0
    model = quick(distribution={"kind": kind}).fit(X, flags)
    model.save(tmp_path / "m")
    for m in (model, ll.Model.load(tmp_path / "m")):
        assert (m.predict(X).dtype, m.sample(X, 2).dtype) == (np.bool_, np.bool_)
    scores = [model.score(X, form) for form in (flags, flags.astype(int), flags.astype(str))]
    assert len(set(scores)) == 1
    with pytest.raises(ll.DataError, match="y has the class 'maybe' in row 1"):
        model.score(X, ["maybe"] * 60)


def test_several_bool_outputs():
    flags = X > 5.0
    model = quick(distribution={"kind": "bernoulli"}).fit(X, flags)
    assert (model.predict(X).shape, model.predict(X).dtype) == ((60, 2), np.bool_)
    assert model.score(X, flags) == model.score(X, flags.astype(int))
