"""The rows that simpler models are fitted to: which other rows than those of training are told."""

import warnings
from pathlib import Path

import numpy as np
import pytest

import likelinet as ll
from likelinet.report.html import number
from tests.small import cli, labels, quick, table, write_csv

X, Y = table(90)
COLOUR = labels(X, ["red", "blue"])
COLUMNS = {"size": X[:, 0], "colour": COLOUR, "x": X[:, 1], "price": Y}
BINS = {"data": {"target": "price", "numeric": {"bins": 8}}}


def rows(part: slice | np.ndarray, **other) -> dict:
    return {name: values[part] for name, values in {**COLUMNS, **other}.items()}


TRAIN, NEW = rows(slice(60)), rows(slice(60, 90))


@pytest.fixture(scope="module")
def model() -> ll.Model:
    return quick(**BINS).fit(TRAIN, progress=False)


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Return a function to what is noted of rows for simpler models, without the page, which takes seconds."""
    monkeypatch.setattr("likelinet.report.write.html_of", lambda case, train, notes: "")

    def noted(model: ll.Model, new, train) -> list[str]:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            given = new if isinstance(new, tuple) else (new, None)
            model.report(*given, path=tmp_path / "r.html", train=train)
        parts = [str(w.message).partition(": simpler models are to learn from the rows that") for w in caught]
        assert all(rest == " the model was fitted to." for _, _, rest in parts)
        return [note for note, _, _ in parts]

    return noted


def test_the_rows_of_training_are_not_remarked_on(model: ll.Model, said):
    assert said(model, NEW, TRAIN) == []
    order = np.random.default_rng(0).permutation(60)
    assert said(model, NEW, rows(order)) == []


def test_the_rows_reported_on_are_told(model: ll.Model, said):
    seen = ", so that the simpler models have seen them"
    count = "train has {} rows, and the model was fitted to 60"
    assert said(model, NEW, NEW) == [f"These very rows are in train as well{seen}", count.format(30)]
    whole = rows(slice(None))
    assert said(model, NEW, whole) == [f"30 of these 30 rows are in train as well{seen}", count.format(90)]
    few = rows(np.r_[0:50, 60:70])  # of which a third may well be there twice
    assert [note[:16] for note in said(model, NEW, few)] == ["In train, column"]


def test_few_different_rows_may_be_alike_by_chance(said):
    columns = {"a": np.arange(80) % 2, "y": np.arange(80) % 5}
    part = lambda at: {name: values[at] for name, values in columns.items()}  # noqa: E731
    model = quick(data={"target": "y"}, distribution={"kind": "poisson"}).fit(part(slice(50)), progress=False)
    assert said(model, part(slice(50, 80)), part(slice(50))) == []


def test_other_rows_than_those_of_training_are_told_by_their_columns(model: ll.Model, said):
    moved = rows(slice(60), size=COLUMNS["size"] + 0.4)
    found = said(model, NEW, moved)
    assert found == ["In train, column 'size' is not as in the rows that the model was fitted to"]
    new = rows(slice(60), colour=np.where(np.arange(90) < 9, "green", COLOUR))
    found = said(model, NEW, new)
    assert found == ["In train, column 'colour' is not as in the rows that the model was fitted to"]


def test_of_a_model_that_learned_by_parts_the_rows_are_not_known(said):
    parts = quick(data={"target": "price"})
    for part in (slice(60), slice(30, 60)):
        parts.partial_fit(rows(part))
    assert said(parts, NEW, rows(slice(50))) == []


def test_censored_rows_and_pairs(said):
    y = ll.Interval.right_censored(np.exp(0.1 * X[:, 0]), X[:, 1] > 4.0)
    model = quick(distribution={"kind": "censored", "base": {"kind": "weibull"}}).fit(X[:60], y[:60], progress=False)
    new, train = (X[60:], y[60:]), (X[:60], y[:60])
    assert said(model, new, train) == []
    assert said(model, new, new)[0].startswith("These very rows are in train as well")


def test_a_table_that_lacks_a_column_is_refused_before_any_work(model: ll.Model, tmp_path: Path):
    without = {name: values for name, values in TRAIN.items() if name != "size"}
    with pytest.raises(ll.DataError, match="train: The table lacks the column size"):
        model.report(NEW, path=tmp_path / "no.html", train=without)
    assert not (tmp_path / "no.html").exists()


def test_the_rows_are_predicted_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """All 1,100 of them; for the importance a thousand are predicted with other cells."""
    x, y = np.random.default_rng(0).normal(size=(2, 1100))
    x = x[:, None]
    model = quick().fit(x[:50], y[:50], progress=False)
    asked = []
    ask = ll.Model._ask
    monkeypatch.setattr(ll.Model, "_ask", lambda self, X, q: [asked.append(self is model and X.n), ask(self, X, q)][1])
    path = model.report(x, y, tmp_path / "r.html")
    assert asked.count(1100) == 1
    assert f">{number(model.evaluate(x, y)['nll'])}<" in path.read_text(encoding="utf-8")


def test_the_page_and_the_command_say_it(model: ll.Model, tmp_path: Path):
    new = write_csv(tmp_path / "new.csv", {name: values.tolist() for name, values in NEW.items()})
    model.save(tmp_path / "m")
    done = cli("report", tmp_path / "m", new, "-o", tmp_path / "r.html", "--train", new)
    assert done.code == 0
    note = (
        "These very rows are in train as well, so that the simpler models have seen them: simpler models are to learn"
    )
    assert note in done.err
    assert f'<p class="note">{note}' in (tmp_path / "r.html").read_text(encoding="utf-8")
