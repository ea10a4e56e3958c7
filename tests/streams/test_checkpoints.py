"""Checkpoints of fits to streams: the bits of one that was not cut off, and no other stream is gone on with."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import likelinet as ll
from likelinet.core import writing
from likelinet.core.errors import DataError
from likelinet.tables.survey import surveyed
from likelinet.training import budget, record
from likelinet.training.loop import Training
from tests.small import quick
from tests.streams.test_fitting import ENGINES, frame, same_fit, stream
from tests.test_checkpoints import CutOff, cut_off_after

N = 400
DECLARED: dict[str, Any] = {"data": {"target": "y"}, "training": {"epochs": 2, "batch_size": 32}}


@pytest.fixture(autouse=True)
def _always_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look after each two steps, write whenever somebody looks, and do not wait for the disk."""
    monkeypatch.setattr(writing, "_flush", lambda _: None)
    monkeypatch.setattr(budget, "FIRST", 2)
    monkeypatch.setattr(record, "LOOK", 1e-12)
    monkeypatch.setattr(record, "SHARE", np.inf)


def fitted(rows: ll.Stream, folder: Path | None, resume: bool = True, **declared: Any) -> ll.Model:
    given = None if folder is None else ll.Checkpoint(folder, every=1e-9, resume=resume)
    return quick(**DECLARED | declared).fit(rows, progress=False, checkpoint=given)


@pytest.fixture
def half_done(tmp_path: Path) -> Path:
    """Return a folder with checkpoints of a fit to 100 rows of t.parquet at a time that was cut off."""
    rows = stream(tmp_path / "t.parquet", frame(N), 100)
    with pytest.MonkeyPatch.context() as cut:
        cut_off_after(5, cut)
        with pytest.raises(CutOff):
            fitted(rows, tmp_path / "checkpoints", resume=False)
    return tmp_path / "checkpoints"


def test_rows_beyond_the_sample_are_of_the_fit(half_done: Path, tmp_path: Path):
    columns = frame(N)
    beyond_it = np.setdiff1d(np.arange(N), surveyed(ll.Stream(tmp_path / "t.parquet", rows=100), 0, ("y",)).table.index)
    columns["x"][beyond_it[-1]] += 1e-9
    columns["b"][beyond_it[0]] = "u" if columns["b"][beyond_it[0]] == "v" else "v"
    with pytest.raises(DataError, match="of other data, the table differs in 'b', 'x': take those of before"):
        fitted(stream(tmp_path / "t.parquet", columns, 100), half_done)


@pytest.mark.parametrize(
    ("n", "rows", "group", "said"),
    [
        (N, 100, 50, "the table is cut into other parts, such as files or row groups: take"),
        (N, 90, 70, r"100 rows were in memory at a time, and 90 are \(rows of a Stream\): take"),
        (N - 1, 100, 70, "the table had 400 rows, and has 399: take"),
        (N, N, 70, "the table had more rows than are in memory at a time there: take"),
    ],
)
def test_the_layout_is_of_the_fit(n: int, rows: int, group: int, said: str, half_done: Path, tmp_path: Path):
    columns = {name: values[:n] for name, values in frame(N).items()}
    with pytest.raises(DataError, match=said):
        fitted(stream(tmp_path / "t.parquet", columns, rows, group), half_done)


@pytest.mark.filterwarnings("ignore:.*no checkpoint to go on from")
@pytest.mark.parametrize("form", ["parquet", "csv"])
@pytest.mark.parametrize("engine", ENGINES)
def test_goes_on_to_the_same_bits(engine: str, form: str, tmp_path: Path):
    """Cut off within windows and between them, and after the last look, before it is judged what is kept."""
    more = {"engine": engine, "network": {"dropout": 0.3}}
    rows = stream(tmp_path / f"t.{form}", frame(N), 100)
    want = fitted(rows, None, **more)
    for writes in (1, 3, 2, 5):
        with pytest.MonkeyPatch.context() as cut:
            cut_off_after(writes, cut)
            with pytest.raises(CutOff):
                fitted(rows, tmp_path / "checkpoints", **more)
    with pytest.MonkeyPatch.context() as cut:
        cut.setattr(Training, "end", cut_off)
        with pytest.raises(CutOff):
            fitted(rows, tmp_path / "checkpoints", **more)
    same_fit(fitted(rows, tmp_path / "checkpoints", **more), want)


def cut_off(_: Training) -> None:
    raise CutOff


@pytest.mark.parametrize("engine", ENGINES)
def test_a_loss_that_rose_is_told_of_the_last_window_also_when_it_goes_on(engine: str, tmp_path: Path):
    """Without held-out rows the last window alone is there to judge by."""
    rows, folder, said = stream(tmp_path / "t.parquet", frame(N), 100), tmp_path / "checkpoints", []
    wild = {"optimizer": {"kind": "sgd", "learning_rate": 50.0}, "gradient_clip": 1.0, "early_stopping": None}
    declared = {"engine": engine, "training": DECLARED["training"] | wild | {"validation_fraction": 0.0}}
    with pytest.MonkeyPatch.context() as cut:
        cut.setattr(Training, "end", cut_off)
        with pytest.raises(CutOff):
            fitted(rows, folder, resume=False, **declared)
    for own in (folder, None):
        with pytest.raises(ll.DivergedError) as found:
            fitted(rows, own, **declared)
        said.append(str(found.value))
    assert said[0] == said[1]


def test_the_folder_is_held_before_the_stream_is_read(half_done: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    rows = ll.Stream(tmp_path / "t.parquet", rows=100)
    monkeypatch.setattr(ll.Stream, "in_parts", None)
    with pytest.raises(DataError, match="holds a fit that has not ended"):
        fitted(rows, half_done, resume=False)
