"""Fits to streams: those of memory where all rows are there, to the bit; and as good where they are not."""

import warnings
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as csv
import pyarrow.parquet as pq
import pytest

import likelinet as ll
from likelinet.core.errors import ConfigError, DataError
from likelinet.model import beyond, fitting
from likelinet.model.needs import needs
from likelinet.tables.stream import Part
from likelinet.tables.survey import Survey, surveyed
from likelinet.tables.table import as_table
from likelinet.training.streams import held_out_stream
from tests.small import quick

N = 900
ENGINES = ["numpy", pytest.param("jax", marks=pytest.mark.slow)]


def frame(n: int = N, seed: int = 0) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.standard_normal(n)
    return {
        "x": x,
        "b": np.array(["u", "v", "w"])[rng.integers(0, 3, n)],
        "w": rng.uniform(0.5, 2.0, n),
        "y": 2.0 * x + 0.5 * rng.standard_normal(n),
    }


def stream(path, columns: dict[str, Any], rows: int, group: int = 70) -> ll.Stream:
    table = pa.table(columns)
    if path.suffix == ".csv":
        csv.write_csv(table, path)
    else:
        pq.write_table(table, path, row_group_size=group)
    return ll.Stream(path, rows=rows)


def same_fit(one: ll.Model, other: ll.Model) -> None:
    for a, b in zip(one._fit.groups, other._fit.groups, strict=True):
        np.testing.assert_array_equal(a.theta, b.theta)
    data, more = one.history.to_json(), other.history.to_json()
    for epoch in (*data["epochs"], *more["epochs"]):
        epoch["seconds"] = 0.0
    assert data == more


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_a_stream_that_is_in_memory_is_a_table(engine, form, tmp_path):
    declared = {"data": {"target": "y", "weight": "w"}, "engine": engine, "ensemble": 2}
    rows = stream(tmp_path / f"t.{form}", frame(300), 300)
    same_fit(quick(**declared).fit(rows), quick(**declared).fit(tmp_path / f"t.{form}"))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_one_window_has_the_bits_of_memory(engine, form, tmp_path, monkeypatch):
    """The way of the windows, with all rows in one: the same data in the same order."""
    monkeypatch.setattr(Survey, "whole", False)
    columns = frame(300)
    columns["b"] = columns["b"].astype(object)
    declared = {"data": {"target": "y", "weight": "w"}, "engine": engine, "ensemble": 2}
    found = quick(**declared).fit(stream(tmp_path / f"t.{form}", columns, 300, group=300))
    held = np.zeros(300, bool)
    held[held_out_stream(0).permutation(300)[:30]] = True
    table = ll.Stream(tmp_path / f"t.{form}", rows=300)
    (whole,) = list(table)
    same_fit(found, quick(**declared).fit(whole.taken(~held), validation=(whole.taken(held),)))


def windows_of(monkeypatch) -> list:
    """Return a list that gets each window that is made, with its number."""
    made, plain = [], beyond._Maker.__call__

    def kept(self, k, check):
        made.append((k, plain(self, k, check)))
        return made[-1][1]

    monkeypatch.setattr(beyond._Maker, "__call__", kept)
    return made


def test_windows_have_the_rows_of_the_stream_once_a_pass(tmp_path, monkeypatch):
    made = windows_of(monkeypatch)
    columns = frame()
    model = quick(data={"target": "y", "weight": "w"}, training={"epochs": 2, "batch_size": 32})
    model.fit(stream(tmp_path / "t.parquet", columns, 200))
    fit = model._fit
    sizes = {len(data.y) for _, data in made}
    of_pass = -(-(N - 25) // 200)  # an eighth of what is in memory is held out
    assert sizes == {-(-(N - 25) // of_pass) + 25}
    assert len(model.history.epochs) == 2 * of_pass
    first = sorted(made, key=lambda pair: pair[0])[:of_pass]
    y = np.concatenate([data.y[:-25][data.weight[:-25] > 0] for _, data in first])
    held = first[0][1].y[-25:]
    want = np.sort(fit.targets.encode(columns["y"]))
    np.testing.assert_array_equal(np.sort(np.concatenate([y, held])), want)
    for _, data in made:
        np.testing.assert_array_equal(data.y[-25:], held)
    ratio = np.concatenate([d.weight[:-25][d.weight[:-25] > 0] for _, d in first])
    by_y = dict(zip(fit.targets.encode(columns["y"]).tolist(), columns["w"].tolist(), strict=True))
    each = ratio / np.array([by_y[v] for v in y.tolist()])
    np.testing.assert_allclose(each, each[0], rtol=1e-12)  # all by one unit


@pytest.mark.filterwarnings("ignore:Missing cells are filled")
@pytest.mark.parametrize("missing", [[], ["v", "-1"]])
@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view(), pa.binary()])
def test_categories_that_come_as_dictionaries_make_the_same_windows(kind, missing, tmp_path, monkeypatch):
    """Parquet has them, Arrow's own format has not."""
    made, columns, rng = windows_of(monkeypatch), frame(), np.random.default_rng(5)
    cells = rng.choice(np.array(["u", " u ", "v", "V", "NA", "-1", "", None], object), N)
    cells[::97] = [f"rare {i}" for i in range(len(cells[::97]))]
    table = pa.table({**columns, "b": pa.array(cells).cast(kind), "c d": pa.array(columns["b"]).dictionary_encode()})
    pq.write_table(table, tmp_path / "t.parquet", row_group_size=70)
    with pa.ipc.new_file(tmp_path / "t.arrow", table.schema) as file:
        file.write_table(table, max_chunksize=70)
    declared = {"data": {"target": "y", "missing": missing}, "training": {"epochs": 2, "batch_size": 32}}
    of_each: list[dict[int, Any]] = []
    for form in ("parquet", "arrow"):
        made.clear()
        history = quick(**declared).fit(ll.Stream(tmp_path / f"t.{form}", rows=200)).history
        of_each.append(dict(made))
    for k in range(len(history.epochs)):  # the one behind the last is made or not
        one, other = (windows[k] for windows in of_each)
        np.testing.assert_array_equal(one.x, other.x)
        np.testing.assert_array_equal(one.y, other.y)
    assert len(history.epochs) >= 10
    of_file = ll.Stream(tmp_path / "t.parquet")
    (some,) = of_file.part(Part(0, 0, 0, 70), None, {"b", "x", "c d"})
    assert pa.types.is_dictionary(some["b"].type) is (kind in (pa.string(), pa.large_string()))
    assert some["x"].type == pa.float64()


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["numpy", "jax"])
@pytest.mark.filterwarnings("ignore:Numbers outside of the range of training")  # a few of 1,000 new rows are
def test_a_model_of_windows_is_as_good_and_the_same_again(engine, tmp_path):
    declared = {"data": {"target": "y"}, "engine": engine, "training": {"epochs": 8, "batch_size": 32}}
    columns, new = frame(3000), frame(1000, seed=1)
    for name in ("x", "b", "w", "y"):  # sorted, as tables on disk often are
        columns[name] = columns[name][np.argsort(frame(3000)["x"], kind="stable")]
    rows = stream(tmp_path / "t.parquet", columns, 500)
    found, again = (quick(**declared).fit(rows) for _ in range(2))
    same_fit(found, again)
    in_memory = quick(**declared).fit(columns)
    assert found.score(new) > in_memory.score(new) - 0.02


@pytest.mark.slow
def test_groups_of_members_and_a_chosen_family(tmp_path):
    training = {"epochs": 4, "batch_size": 64}
    rows = stream(tmp_path / "t.parquet", frame(2000), 500)
    model = ll.Model({"data": {"target": "y"}, "training": training, "network": {"hidden": [8]}, "ensemble": 2})
    model.fit(rows)
    assert model.history.choice is not None
    assert model.score(frame(500, seed=1)) > -1.0
    assert model.history.out_of_fold_nll is None
    assert {*np.round([g.weight for g in model.history.groups], 9)} != {round(1 / len(model.history.groups), 9)}


def test_categories_of_many_levels_know_nothing_of_their_own_y(tmp_path, monkeypatch):
    """Rows of the sample have the means of the other folds, those beyond it the means that new rows have."""
    made = windows_of(monkeypatch)
    rng = np.random.default_rng(2)
    n = 4000
    level, effect = rng.integers(0, 300, n), rng.standard_normal(300)
    columns = {"c": np.array([f"c{i}" for i in level], object), "y": effect[level] + rng.standard_normal(n)}
    model = quick(data={"target": "y"}, training={"epochs": 1, "batch_size": 64})
    taken = {}
    plain = beyond.beyond_sample

    def kept(fit, rows, sample, plan, apart, *rest):
        taken["index"], taken["apart"] = rows.table.index, apart
        return plain(fit, rows, sample, plan, apart, *rest)

    monkeypatch.setattr("likelinet.model.fitting.beyond_sample", kept)
    model.fit(stream(tmp_path / "t.parquet", columns, 2000, group=500))
    ((at, values),) = taken["apart"]
    place = {float(y): i for i, y in enumerate(model._fit.targets.encode(columns["y"]))}
    of_new = model._fit.rows(as_table(columns))[slice(None)][0]
    assert np.abs(values - of_new[taken["index"], at]).max() > 0.1
    of_sample = dict(zip(taken["index"].tolist(), values.astype(np.float32), strict=True))
    seen = {"sample": 0, "beyond": 0}
    for _, data in made[:2]:
        for x, y in zip(data.x[:-250], data.y[:-250], strict=True):
            i = place[float(y)]
            want = of_sample.get(i)
            seen["beyond" if want is None else "sample"] += 1
            np.testing.assert_array_equal(x[at], of_new[i, at].astype(np.float32) if want is None else want)
    assert min(seen.values()) > 500


def test_rows_without_y_or_weight_do_not_count(tmp_path, monkeypatch):
    made = windows_of(monkeypatch)
    columns = frame()
    columns["y"][:300] = np.nan  # whole parts of it
    columns["w"][300:450] = 0.0  # and of this
    with pytest.warns(UserWarning, match="y' is missing in"):
        quick(data={"target": "y", "weight": "w"}).fit(stream(tmp_path / "t.parquet", columns, 200))
    first, size = [data for k, data in made if k < 5], 175  # a fifth of the rows but the 25 that are held out
    held = len(first[0].y) - size  # of which some have no y
    assert 5 < held < 25
    assert sum(int((data.weight[:size] > 0.0).sum()) for data in first) == 450 - held
    for data in first:
        assert np.isfinite(data.y).all()


@pytest.mark.parametrize("cell", ["oops", ""])
def test_rows_without_y_beyond_the_sample_are_noted_once(cell, tmp_path):
    columns = frame(1500)
    columns["y"] = columns["y"].astype(str).astype(object)
    columns["y"][777] = cell
    rows = stream(tmp_path / "t.csv", columns, 150)
    assert 777 not in surveyed(rows, 0, ("y",)).table.index
    groups = [{"ensemble": 2}, {"ensemble": 2, "network": {"hidden": []}}]
    model = quick(data={"target": "y"}, ensemble=4, groups=groups, training={"folds": "auto"})
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        model.fit(rows)
    said = "text" if cell else "missing"
    more = ": 'oops', say." if cell else "."
    note = f"Of the whole stream, Target 'y' is {said} in 1 row (row 778), which is left out{more}"
    assert [str(w.message) for w in told].count(note) == 1


def test_rare_labels_are_known_and_odd_y_is_named_before_training(tmp_path):
    columns = frame()
    columns["k"] = np.array(["a", "b"], object)[(columns["x"] > 0).astype(int)]
    columns["k"][777] = "rare"
    model = quick(data={"target": "k", "exclude": ["y"]}, distribution={"kind": "categorical"})
    model.fit(stream(tmp_path / "k.parquet", columns, 100))
    assert model.classes.tolist() == ["a", "b", "rare"]
    columns["y"] = np.abs(columns["y"]) + 0.1
    columns["y"][500] = -3.0
    del columns["k"]
    model, told = quick(data={"target": "y"}, distribution={"kind": "gamma"}), []
    with pytest.raises(DataError, match=r"row 501\b"):
        model.fit(stream(tmp_path / "y.parquet", columns, 100), callbacks=[told.append])
    assert told == []


@pytest.mark.parametrize("y", [np.inf, -np.inf])
def test_y_that_is_infinite_is_named_before_training(y, tmp_path):
    columns, told = frame(), []
    columns["y"][777] = y
    with pytest.raises(DataError, match=r"row 778\b"):
        quick(data={"target": "y"}).fit(stream(tmp_path / "t.parquet", columns, 100), callbacks=[told.append])
    assert told == []


def test_a_rare_label_that_is_a_float_is_known(tmp_path):
    columns = frame()
    columns["y"] = np.where(columns["x"] > 0, 2.0, 3.5)
    columns["y"][777] = 1.0
    model = quick(data={"target": "y"}, distribution={"kind": "categorical"})
    model.fit(stream(tmp_path / "t.parquet", columns, 100))
    assert model.classes.tolist() == [1.0, 2.0, 3.5]


@pytest.mark.parametrize("kind", [float, int])
def test_of_very_many_different_numbers_the_ends_alone_are_kept(kind, tmp_path):
    y = np.random.default_rng(0).permutation(1500).astype(kind)
    found = surveyed(stream(tmp_path / "t.parquet", {"y": y}, 10, group=400), 0, ("y",)).table
    assert found.n <= 12
    assert {0, 1499} <= {*found.numbers("y").tolist()}


def test_what_only_training_meets_is_raised_with_its_row(tmp_path):
    columns = frame()
    columns["w"][777] = np.inf
    assert 777 not in surveyed(stream(tmp_path / "t.parquet", columns, 100), 0, ("y",)).table.index
    with pytest.raises(DataError, match=r"row 778\b"):
        quick(data={"target": "y", "weight": "w"}).fit(stream(tmp_path / "t.parquet", columns, 100))


def test_a_wrong_weight_in_the_sample_is_raised_with_its_row_of_the_stream(tmp_path):
    columns = frame()
    row = int(surveyed(stream(tmp_path / "t.parquet", columns, 100), 0, ("y",)).table.index[-1])
    columns["w"][row] = -1.0
    with pytest.raises(DataError, match=rf"row {row + 1}\b"):
        quick(data={"target": "y", "weight": "w"}).fit(stream(tmp_path / "t.parquet", columns, 100))


def test_a_strict_model_takes_rows_that_the_sample_has_not_seen(tmp_path):
    columns = {**frame(), "b": np.array(["u"] * N, object)}
    columns["b"][:20], columns["b"][777] = "v", "alone"
    rows = stream(tmp_path / "t.parquet", columns, 100)
    assert 777 not in surveyed(rows, 0, ("y",)).table.index
    model = quick(data={"target": "y", "strict": True}).fit(rows)
    with pytest.raises(DataError, match="category 'alone' in row 778"):
        model.predict(rows)


@pytest.mark.parametrize("rows", [100, N])
def test_scores_of_the_rows_of_training_are_noted(rows, tmp_path):
    path = tmp_path / "t.csv"
    model = quick(data={"target": "y"}).fit(stream(path, frame(), rows))
    assert model._fit.source.rows == N
    model.save(tmp_path / "m.safetensors")
    for given in (ll.Stream(path), path):
        with pytest.warns(UserWarning, match="t.csv: the model was trained on these very rows"):
            ll.Model.load(tmp_path / "m.safetensors").evaluate(given)
    model.evaluate(stream(tmp_path / "other.csv", frame(seed=1), rows))


def test_what_a_fit_takes_is_that_of_all_rows_of_which_three_windows_are_in_memory(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(fitting, "check_needs", lambda fit, *rows: asked.append(needs(fit, *rows)))
    model = quick(data={"target": "y"}).fit(stream(tmp_path / "t.parquet", frame(), 100))
    quick(data={"target": "y"}).fit(stream(tmp_path / "t.parquet", frame(), N))
    found, whole = asked
    assert found.work / whole.work == pytest.approx((N - 12) / N, abs=1e-12)  # but for those that are held out
    assert found.steps == pytest.approx(whole.steps, rel=0.02)
    assert found.rows == needs(model._fit, 3 * (99 + 12)).rows
    assert found.passes == whole.passes


def test_what_a_stream_cannot_do_is_said(tmp_path):
    columns = {**frame(), "g": np.arange(N) % 7}
    rows = stream(tmp_path / "t.parquet", columns, 100)
    with pytest.raises(ConfigError, match=r"training\.folds: of a stream of more rows than 100"):
        quick(data={"target": "y"}, training={"folds": 3}, ensemble=3).fit(rows)
    with pytest.raises(ConfigError, match=r"data\.groups: of a stream of more rows than 100"):
        quick(data={"target": "y", "groups": "g"}).fit(rows)
    with pytest.raises(DataError, match="name their columns, by y or data"):
        quick().fit(rows, columns["y"])
    with pytest.raises(DataError, match=r"There is no column 'yy' in the table \(did you mean 'y'\?\)"):
        quick().fit(rows, "yy")
    with pytest.raises(DataError, match="got Stream, which is read block by block"):
        quick().fit(rows, "y").fit(rows, warm_start=True)


def test_named_y_validation_rows_and_plain_maximum_likelihood(tmp_path):
    columns, held = frame(), frame(50, seed=1)
    for each in (columns, held):
        each |= {"price": each.pop("y"), "share": each.pop("w")}
    rows = stream(tmp_path / "t.parquet", columns, 100)
    model = quick(data={"groups": "b", "weight": "share"}).fit(rows, "price", validation=(held,))
    assert model.config.data.target == "price"
    with pytest.warns(UserWarning, match=r"only be those of a sample of the stream: [0-9]+ of 888\."):
        quick(data={"target": "price", "features": []}).fit(rows)
