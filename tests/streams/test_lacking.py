"""Rows of a stream that lack y: a score says of all its blocks what it says of a table in memory."""

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as csv
import pyarrow.parquet as pq
import pytest

import likelinet as ll
from likelinet.tables.reading import parts, text_blocks
from tests.small import quick

N, SOME = 900, slice(230, 420)  # of which whole blocks lack y, and halves of others
RNG = np.random.default_rng(0)
X = RNG.standard_normal(N)
Y = np.round(np.exp(6.0 + X)).astype(int)
COLUMNS: dict[str, list[Any]] = {
    "x": X.tolist(),
    "v": RNG.standard_normal(N).tolist(),
    "y": (X + RNG.standard_normal(N)).tolist(),
    "k": np.where(X + RNG.standard_normal(N) < 0, "no", "yes").tolist(),
    "euros": [f"€{y:,}" for y in Y],
    "t": RNG.uniform(0.1, 3.0, N).tolist(),
    "e": RNG.integers(0, 2, N).tolist(),
    "w": (np.arange(N) % 3).astype(float).tolist(),
}
MODELS = {
    "y": {"data": {"target": "y", "features": ["x"]}},
    "v": {"data": {"target": ["y", "v"], "features": ["x"]}},
    "k": {"data": {"target": "k", "features": ["x"]}, "distribution": {"kind": "bernoulli"}},
    "euros": {"data": {"target": "euros", "features": ["x"], "weight": "w"}, "distribution": {"kind": "gamma"}},
    "t": {
        "data": {"target": {"time": "t", "event": "e"}, "features": ["x"]},
        "distribution": {"kind": "censored", "base": {"kind": "weibull"}},
    },
    "x": {"data": {"features": ["x", "v", "y"]}, "network": {"kind": "autoencoder", "latent": 2, "encoder": [4]}},
}


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "ROWS", 60)
    monkeypatch.setattr(text_blocks, "BLOCK", 4000)


def fitted(name: str, **data: Any) -> ll.Model:
    declared = MODELS[name]
    declared = {**declared, "data": {**declared["data"], **data}}
    model = quick(**declared) if "network" not in declared else ll.Model({"quality": "plain", **declared})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of how y is read
        return model.fit(pa.table(COLUMNS), progress=False)


def write(folder: Path, form: str, name: str, cells: list[Any]) -> Path:
    """Write a table in which these cells, of some rows in the middle, take the place of a column's own."""
    column = [*COLUMNS[name]]
    column[SOME] = cells
    path, table = folder / f"t.{form}", pa.table({**COLUMNS, name: column})
    pq.write_table(table, path, row_group_size=300) if form == "parquet" else csv.write_csv(table, path)
    other = np.array([new != own for new, own in zip(column, COLUMNS[name], strict=True)])
    assert any(other[block.index].all() for block in ll.Stream(path))
    return path


def said(question: Any, table: Any) -> tuple[Any, list[str]]:
    """Return an answer, and the notes about rows that were left out for it."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        answer = question(table)
    return answer, [str(w.message) for w in told if "left out" in str(w.message) and "at once" not in str(w.message)]


@pytest.mark.parametrize("form", ["parquet", "csv"])
@pytest.mark.parametrize("name", MODELS)
def test_rows_without_y_are_said_once_as_in_memory(name: str, form: str, tmp_path: Path):
    many = SOME.stop - SOME.start
    path, model = write(tmp_path, form, name, [None] * many), fitted(name)
    expected, memory = said(model.score, path)
    found, notes = said(model.score, ll.Stream(path))
    assert found == pytest.approx(expected, rel=1e-12)
    assert len(notes) == 1
    assert notes == memory == said(model.evaluate, ll.Stream(path))[1]
    if name == "y":
        assert notes == ["Target 'y' is missing in 190 rows (rows 231, 232, 233, 234, 235, …), which are left out."]


@pytest.mark.parametrize("form", ["parquet", "csv"])
@pytest.mark.parametrize("gap", ["n/a yet", None])
def test_text_that_is_no_y_is_said_once_as_in_memory(gap: str | None, form: str, tmp_path: Path):
    cells: list[Any] = [gap] * (SOME.stop - SOME.start)
    cells[:3] = cells[150:153] = ["none yet"] * 3
    if gap:  # text in a tenth of all rows is an error
        cells[85:] = COLUMNS["euros"][SOME][85:]
    path, model = write(tmp_path, form, "euros", cells), fitted("euros")
    expected, memory = said(model.score, path)
    found, notes = said(model.score, ll.Stream(path))
    assert found == pytest.approx(expected, rel=1e-12)
    assert notes == memory
    assert len(notes) == 1
    assert "'none yet', say." in notes[0]


def test_strict_models_refuse_a_block_without_y(tmp_path: Path):
    cells = COLUMNS["y"][SOME]
    cells[10:70] = [None] * 60  # a block as a whole, and no other row
    path, model = write(tmp_path, "parquet", "y", cells), fitted("y", strict=True)
    for table in (path, ll.Stream(path)):
        with pytest.raises(ll.DataError, match=r"^Target 'y' has 60 rows with missing, .* \(rows 241, 242"):
            model.score(table)
