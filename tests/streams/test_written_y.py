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


def test_scores_do_not_depend_on_where_text_stands(tmp_path: Path):
    plain, cells = [*map(str, Y)], [*map(str, Y)]
    plain[OUT], cells[OUT] = [""] * MANY, ["ERR"] * MANY
    paths = write(tmp_path / "plain.parquet", plain), write(tmp_path / "cells.parquet", cells)
    model = fitted(paths[0])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        scores = [model.evaluate(ll.Stream(path, rows=ROWS)) for path in paths]
        scores += [{"nll": -model.score(ll.Stream(path, rows=ROWS))} for path in paths]
    assert scores[0] == scores[1]
    assert scores[2] == scores[3]
    assert scores[2]["nll"] == pytest.approx(scores[0]["nll"], rel=1e-12)
