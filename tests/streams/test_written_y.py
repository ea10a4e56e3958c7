"""How y is written is told from the sample of a stream: one of its blocks alone may look like something else."""

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import likelinet as ll
from likelinet.model import beyond
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


def fitted(path: Path) -> ll.Model:
    found = quick(data={"target": "y"}, distribution={"kind": "gamma"}, training={"epochs": 1, "batch_size": 64})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of how y is read, and of what it lacks
        return found.fit(ll.Stream(path, rows=ROWS), progress=False)


@pytest.mark.parametrize(
    ("how", "word"), [(str, "ERR"), (european, "ERR"), (in_money, "n/a?"), (in_minutes, "none yet")]
)
def test_blocks_are_read_as_the_sample_is(how, word: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
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
    cells = [how(int(y)) for y in Y]
    cells[OUT] = [word] * MANY
    fitted(write(tmp_path / "t.parquet", cells))
    expected = np.delete(Y, np.union1d(held[0], np.arange(N)[OUT]))
    np.testing.assert_allclose(np.sort(np.concatenate(windows)), np.sort(expected), rtol=1e-6)


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
