"""How y is written is told from the sample of a stream: one of its blocks alone may look like something else."""

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import likelinet as ll
from likelinet.model import beyond
from likelinet.tables.cells import Parsed
from likelinet.tables.recognise.written import Written
from likelinet.tables.text import Text
from tests.small import quick

N, ROWS = 4000, 250
RNG = np.random.default_rng(0)
X = np.sort(RNG.standard_normal(N))
Y = np.round(np.exp(6.0 + X)).astype(int)  # sorted, so that the last blocks have thousands alone
MANY = 150  # rows that have no y, one after the other: many of those of a block, and few of all
OUT = slice(1200, 1200 + MANY)


def european(y: int) -> str:
    return f"{y:,}".replace(",", ".")


def in_money(y: int) -> str:
    return f"$ {y}"


def in_minutes(y: int) -> str:
    return f"{y // 3600}:{y // 60 % 60:02}:{y % 60:02}"


def write(path: Path, cells: list[str]) -> Path:
    pq.write_table(pa.table({"x": X, "y": cells}), path, row_group_size=500)
    return path


def fitted(path: Path, strict: bool = False) -> ll.Model:
    data, training = {"target": "y", "strict": strict}, {"epochs": 1, "batch_size": 64}
    found = quick(data=data, distribution={"kind": "gamma"}, training=training)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of how y is read, and of what it lacks
        return found.fit(ll.Stream(path, rows=ROWS), progress=False)


def trained_on(path: Path, monkeypatch: pytest.MonkeyPatch, strict: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Return all y that a stream is trained on, sorted, and the held-out rows."""
    original, windows, held = beyond._Maker.__call__, list[np.ndarray](), list[np.ndarray]()

    def made(self: Any, k: int, check: Any) -> Any:
        data = original(self, k, check)
        if k >= self._beyond.windows:  # of the next pass
            return data
        targets, training = self._fit.targets, slice(self._beyond.rows)
        windows.append((targets.loc + targets.scale * data.y[training])[data.weight[training] > 0.0].ravel())
        held.append(self._beyond.held)
        return data

    monkeypatch.setattr(beyond._Maker, "__call__", made)
    fitted(path, strict)
    return np.sort(np.concatenate(windows)), held[0]


@pytest.mark.parametrize(
    ("how", "word"), [(str, "ERR"), (european, "ERR"), (in_money, "n/a?"), (in_minutes, "none yet")]
)
def test_blocks_are_read_as_the_sample_is(how, word: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    cells = [how(int(y)) for y in Y]
    cells[OUT] = [word] * MANY
    found, held = trained_on(write(tmp_path / "t.parquet", cells), monkeypatch)
    expected = np.delete(Y, np.union1d(held, np.arange(N)[OUT]))
    np.testing.assert_allclose(found, np.sort(expected), rtol=1e-6)


@pytest.mark.parametrize("how", [str, european, in_money, in_minutes])
def test_so_they_are_in_strict_models(how, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    cells = [how(int(y)) for y in Y]
    found, held = trained_on(write(tmp_path / "t.parquet", cells), monkeypatch, strict=True)
    np.testing.assert_allclose(found, np.sort(np.delete(Y, held)), rtol=1e-6)


def american(y: int) -> str:
    return f"{y:,}"


def half_in_commas(y: int) -> str:
    return str(y) if y < 400 else f"{y},0"


@pytest.mark.parametrize("how", [str, american, in_money, half_in_commas])
def test_scores_are_those_of_memory_whatever_the_first_block_looks_like(how, tmp_path: Path):
    path = write(tmp_path / "t.parquet", [how(int(y)) for y in Y])
    model = fitted(write(tmp_path / "plain.parquet", [*map(str, Y)]))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        stream = ll.Stream(path, rows=ROWS)
        expected, found = model.evaluate({"x": X, "y": Y}), model.evaluate(stream)
        score = model.score(stream)
    assert found["nll"] == pytest.approx(expected["nll"], rel=1e-9)
    assert found["rmse"] == pytest.approx(expected["rmse"], rel=1e-9)
    assert -score == pytest.approx(expected["nll"], rel=1e-9)


@pytest.mark.parametrize("how", [european, american, in_money])
def test_weights_may_be_written_so_too(how, tmp_path: Path):
    declared = {"data": {"target": "y", "weight": "w"}, "training": {"epochs": 1, "batch_size": 64}}
    each = []
    for name, weights in (("plain", Y), ("dressed", [how(int(y)) for y in Y])):
        pq.write_table(
            pa.table({"x": X, "y": np.sin(X), "w": weights}), tmp_path / f"{name}.parquet", row_group_size=500
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of how they are read, and of y that x tells
            memory = quick(**declared).fit(tmp_path / f"{name}.parquet", progress=False)
            stream = quick(**declared).fit(ll.Stream(tmp_path / f"{name}.parquet", rows=ROWS), progress=False)
        each.append((memory._fit.theta, stream._fit.theta))
    np.testing.assert_array_equal(each[0], each[1])


@pytest.mark.filterwarnings("ignore:Target|Weight|Column")
@pytest.mark.parametrize(("column", "strict"), [("w", False), ("y", True)])
def test_one_other_cell_beyond_the_sample(column: str, strict: bool, tmp_path: Path):
    cells = [in_money(int(y)) for y in Y]
    columns = {"x": X, "y": cells, "w": [*cells]}
    columns[column][777] = "ask"  # of which the sample knows nothing
    pq.write_table(pa.table(columns), tmp_path / "t.parquet", row_group_size=500)
    model = quick(data={"target": "y", "weight": "w", "strict": strict}, training={"epochs": 1, "batch_size": 64})
    said = rf"^Column '{column}' is written in another .*: 1 of \d+ cells differs, first 'ask' in row 778; write them "
    with pytest.raises(ll.DataError, match=said):
        model.fit(ll.Stream(tmp_path / "t.parquet", rows=ROWS), progress=False)


@pytest.fixture(scope="module")
def by_points(tmp_path_factory: pytest.TempPathFactory) -> ll.Model:
    return fitted(write(tmp_path_factory.mktemp("points") / "t.parquet", [european(int(y)) for y in Y]))


@pytest.mark.parametrize("how", [european, in_money, american, in_minutes])
def test_blocks_are_scored_as_training_was_read(how, tmp_path: Path):
    cells = [how(int(y)) for y in Y]
    path = write(tmp_path / "t.parquet", cells)
    fitted(path).save(tmp_path / "m")
    model = ll.Model.load(tmp_path / "m")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of how y is read, and of what only whole tables tell
        expected = model.evaluate({"x": X, "y": Y})
        assert model.evaluate({"x": X, "y": cells}) == expected
        stream = ll.Stream(path, rows=ROWS)
        found = model.evaluate(stream)
        assert model.score(stream) == pytest.approx(-expected["nll"], rel=1e-12)
    for name in found:
        assert found[name] == pytest.approx(expected[name], rel=1e-9), name


@pytest.mark.filterwarnings("ignore:Target 'y' is read|Numbers outside")
def test_blocks_of_text_alone_are_left_out(by_points: ll.Model, tmp_path: Path):
    cells = [european(int(y)) for y in Y]
    cells[1000:1300] = ["n/a yet"] * 300  # of which one block is full
    path = write(tmp_path / "t.parquet", cells)
    with pytest.warns(UserWarning, match=r"^Target 'y' is text in \d+ rows"):
        found = by_points.score(ll.Stream(path, rows=ROWS))
    kept = np.r_[0:1000, 1300:N]
    expected = by_points.score({"x": X[kept], "y": Y[kept]})
    assert found == pytest.approx(expected, rel=1e-12)


@pytest.mark.filterwarnings("ignore:Target 'y' is|Numbers outside")
@pytest.mark.parametrize(("rows", "first"), [(slice(0, 401), 1), (slice(2000, 2401), 2001), (slice(0, N), 1)])
def test_a_stream_that_is_written_in_another_way(rows: slice, first: int, by_points: ll.Model, tmp_path: Path):
    cells = [european(int(y)) for y in Y]
    cells[rows] = [f"{y} kg" for y in Y[rows]]
    path = write(tmp_path / "t.parquet", cells)
    with pytest.raises(ll.DataError) as caught:
        by_points.evaluate(ll.Stream(path, rows=ROWS))
    assert str(caught.value) == (
        f"Column 'y' is written in another way than in training, where it was {by_points.written['y'].words}: "
        f"{len(Y[rows])} of 4000 cells differ, first '{Y[first - 1]} kg' in row {first}; write them as there, or "
        "pass the column as numbers."
    )


def test_validation_rows_beside_a_stream(tmp_path: Path):
    path = write(tmp_path / "t.parquet", [european(int(y)) for y in Y])
    each = []
    for y in (Y[-10:], [european(int(v)) for v in Y[-10:]]):
        model = quick(data={"target": "y"}, training={"epochs": 1, "batch_size": 64})
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model.fit(ll.Stream(path, rows=ROWS), validation=({"x": X[-10:], "y": y},), progress=False)
        each.append([epoch.validation_nll for epoch in model.history.epochs])
    assert each[0] == each[1]


@pytest.mark.filterwarnings("ignore:Target 'y' is")
def test_a_block_without_any_weight(tmp_path: Path):
    weight = np.where(np.arange(N) < ROWS, 0.0, 1.0)
    table = pa.table({"x": X, "y": [european(int(y)) for y in Y], "w": weight})
    pq.write_table(table, tmp_path / "t.parquet", row_group_size=ROWS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = quick(data={"target": "y", "weight": "w"}, training={"epochs": 1}).fit(tmp_path / "t.parquet")
    score = model.score(ll.Stream(tmp_path / "t.parquet", rows=ROWS))
    assert score == pytest.approx(model.score({"x": X, "y": Y, "w": weight}), rel=1e-12)


@pytest.mark.filterwarnings("ignore:Target 'y' is")
@pytest.mark.parametrize("other", [lambda y: european(y), lambda y: f"{y}.5"])
def test_half_of_it_is_written_in_another_way(other: Callable[[int], str], tmp_path: Path):
    euros = [f"€{european(int(y))}" for y in Y]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = quick(data={"target": "y"}, training={"epochs": 1}).fit({"x": X, "y": euros})
    odd = [other(int(y)) for y in Y[N // 2 :]]
    path = write(tmp_path / "t.parquet", [*euros[: N // 2], *odd])
    for table in (path, ll.Stream(path, rows=ROWS)):
        with pytest.raises(ll.DataError, match=r"^Column 'y' is written in another way .*: \d+ of 4000 cells differ"):
            model.score(table)


@pytest.mark.filterwarnings("ignore:Target 'y' is|Weight 'w' is")
def test_an_odd_weight_is_named_as_in_memory(tmp_path: Path):
    weight = [f"€{1 + i % 3}" for i in range(N)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = quick(data={"target": "y", "weight": "w"}, training={"epochs": 1}).fit({"x": X, "y": Y, "w": weight})
    weight[777] = "2x"
    pq.write_table(pa.table({"x": X, "y": Y, "w": weight}), tmp_path / "t.parquet", row_group_size=ROWS)
    for table in (tmp_path / "t.parquet", ll.Stream(tmp_path / "t.parquet", rows=ROWS)):
        with pytest.raises(
            ll.DataError, match=r"^Column 'w' is written in another way .* differs, first '2x' in row 778;"
        ):
            model.score(table)


@pytest.mark.filterwarnings("ignore:Target 'y' is|Numbers outside")
def test_y_of_each_block_is_read_once(by_points: ll.Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    stream = ll.Stream(write(tmp_path / "t.parquet", [european(int(y)) for y in Y]))
    original, read = Written.numbers, list[int]()

    def numbers(self: Written, cells: Text, parsed: Parsed) -> np.ndarray:
        read.append(len(cells))
        return original(self, cells, parsed)

    monkeypatch.setattr(Written, "numbers", numbers)
    by_points.score(stream)
    assert read == [block.n for block in stream]
