"""Windows of several processes: each makes its own rows as one process makes them, and knows the weights of all."""

import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as csv
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest

import likelinet as ll
from likelinet.core.errors import DataError
from likelinet.core.processes import ALONE, Processes
from likelinet.engines.engine import Data
from likelinet.model import beyond
from likelinet.model.training import Encoded
from likelinet.tables import shuffled
from likelinet.tables.reading import parts, text_blocks
from likelinet.tables.survey import surveyed
from likelinet.training.plan import Plan
from likelinet.training.stretches import own
from tests.as_processes import in_each
from tests.small import quick
from tests.streams.test_fitting import N, frame

COUNTS = [2, 3]
Begun = Callable[[Processes], tuple[Encoded, Plan]]


class Begin(Exception):
    """Training would begin."""


def begun(model: ll.Model, stream: ll.Stream) -> Begun:
    """Return what gives training on a stream as one of some processes begins it."""
    given: list[Any] = []

    def kept(*args: Any) -> None:
        given[:] = args
        raise Begin

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("likelinet.model.fitting.beyond_sample", kept)
        with pytest.raises(Begin):
            model.fit(stream)
    fit, rows, *rest = given
    known = rows.beyond
    return lambda processes: beyond.beyond_sample(fit, replace(rows, beyond=replace(known, processes=processes)), *rest)


def written(folder: Path, form: str, table: dict[str, Any]) -> ll.Stream:
    """Return a stream of rows of which 200 are in memory; a folder where the form is a number of files, too."""
    name, _, many = form.partition(" ")
    for k, rows in enumerate(np.array_split(np.arange(len(table["y"])), int(many or 1))):
        each, path = pa.table({column: cells[rows] for column, cells in table.items()}), folder / f"{k}.{name}"
        if name == "parquet":
            pq.write_table(each, path, row_group_size=60)
        elif name == "feather":
            feather.write_feather(each, path, chunksize=60)
        else:
            csv.write_csv(each, path)
    return ll.Stream(folder, rows=200)


def windows_of(begin: Begun, processes: Processes, many: int) -> tuple[list[Data], Plan]:
    found, plan = begin(processes)
    assert found.windows is not None
    try:
        return [found.windows.at(k) for k in range(many)], plan
    finally:
        found.windows.close()


def not_sampled(stream: ll.Stream) -> np.ndarray:
    """Return the positions of rows that only training meets."""
    sampled = surveyed(stream, 0, ("y",)).table.index
    assert sampled is not None
    return np.setdiff1d(np.arange(len(stream)), sampled)


def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "ROWS", 17)
    monkeypatch.setattr(shuffled, "SLICE", 23)
    monkeypatch.setattr(text_blocks, "BLOCK", 2000)


@pytest.mark.filterwarnings("ignore:Target 'y' is missing in")
@pytest.mark.parametrize("validates", [True, False])
@pytest.mark.parametrize("form", ["parquet", "feather", "csv", "parquet 4", "csv 4"])
def test_own_rows_are_those_of_one_process_and_the_weights_are_of_all(
    form: str, validates: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    small_blocks(monkeypatch)
    table = frame()
    table["y"][100:130] = np.nan
    table["w"][300:420] = 0.0  # whole blocks of it
    training = {"batch_size": 32, "epochs": 2} | ({} if validates else {"validation_fraction": 0.0})
    model = quick(data={"target": "y", "weight": "w"}, training=training)
    begin = begun(model, written(tmp_path, form, table))
    many = 8  # of two passes, but for the last windows
    alone, plan = windows_of(begin, ALONE, many)
    size, held = plan.train.shape[1], plan.validation.shape[1]
    assert bool(held) is validates
    order = plan.drawn(alone[0].weight, [np.random.default_rng(0)])
    for count in COUNTS:
        for rank, (data, again) in enumerate(in_each(count, lambda processes: windows_of(begin, processes, many))):
            mine = own(size, plan.batch_size, range(rank, rank + 1), count)
            theirs = np.setdiff1d(np.arange(size), np.arange(size)[mine])
            assert len(theirs)
            for found, want in zip(data, alone, strict=True):
                np.testing.assert_array_equal(found.weight, want.weight)
                for a, b in ((found.x, want.x), (found.y, want.y)):
                    np.testing.assert_array_equal(a[mine], b[mine])
                    np.testing.assert_array_equal(a[size:], b[size:])
                    assert not a[theirs][1 if rank else 0 :].any()  # but for a first row, for devices that have none
            same = again.drawn(data[0].weight, [np.random.default_rng(0)])
            np.testing.assert_array_equal(same.rows, order.rows)
            np.testing.assert_array_equal(same.share, order.share)
            columns = -(-plan.batch_size // count)
            rows = same.rows[:, :, rank * columns : (rank + 1) * columns]
            assert ((rows >= mine.start) & (rows < mine.stop)).all()


def test_rows_without_y_leave_the_others_where_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The oracle is the same stream with a y that is there in these rows, too, beyond the sample."""
    small_blocks(monkeypatch)
    table = {"i": np.arange(N), **frame()}
    (tmp_path / "whole").mkdir()
    (tmp_path / "lacking").mkdir()
    whole = written(tmp_path / "whole", "parquet", table)
    table["y"] = np.where(np.isin(np.arange(N), not_sampled(whole)[:100]), np.nan, table["y"])
    model = quick(data={"target": "y"}, training={"batch_size": 32})
    each = (whole, written(tmp_path / "lacking", "parquet", table))
    (complete, plan), (lacking, _) = (windows_of(begun(model, stream), ALONE, 5) for stream in each)
    gone, filled, size = 0, set(), plan.train.shape[1]
    for found, want in zip(lacking, complete, strict=True):
        there = found.weight[:size] > 0.0
        gone += int((~there[: int((want.weight[:size] > 0).sum())]).sum())
        np.testing.assert_array_equal(found.x[:size][there], want.x[:size][there])
        np.testing.assert_array_equal(found.y[:size][there], want.y[:size][there])
        filled |= {row.tobytes() for row in found.x[:size][~there]}
    assert gone == 100
    (one,) = filled  # a valid row
    assert one in {row.tobytes() for data in complete for row in data.x}


def test_a_process_reads_a_part_of_each_window(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """All slices once, but for those at the borders of processes, and few of the parts that are side by side."""
    monkeypatch.setattr(shuffled, "SLICE", 10)
    begin = begun(quick(data={"target": "y"}, training={"batch_size": 32}), written(tmp_path, "parquet", frame()))
    read, plain = [], shuffled.Reader.read

    def told(self: shuffled.Reader, wanted: shuffled.Slice) -> Any:
        read.append(wanted)
        return plain(self, wanted)

    monkeypatch.setattr(shuffled.Reader, "read", told)
    found, _ = begin(ALONE)
    assert found.windows is not None
    found.windows.made(0, lambda: None)
    alone, most = [*read], 0
    for rank in range(3):
        read.clear()
        other, _ = begin(Mute(rank, 3))
        assert other.windows is not None
        other.windows.made(0, lambda: None)
        most += len(read)
        assert len({each.part for each in read}) <= len({each.part for each in alone}) // 3 + 3
    assert len(alone) <= most <= len(alone) + 2


@pytest.mark.parametrize("count", COUNTS)
def test_a_stream_of_one_window_is_made_as_a_whole_by_each(count: int, tmp_path: Path):
    """Its minibatches are those of memory, for which any row may be anywhere."""
    table = frame()
    stream = ll.Stream(written(tmp_path, "parquet", table).paths[0], rows=N - 10)
    table["y"][not_sampled(stream)[:4]] = np.nan
    stream = ll.Stream(written(tmp_path, "parquet", table).paths[0], rows=N - 10)
    begin = begun(quick(data={"target": "y"}, training={"batch_size": 32}), stream)

    def made(processes: Processes) -> Data:
        found, plan = begin(processes)
        assert plan.windows == 1
        assert found.windows is not None
        data = found.windows.at(0)
        found.windows.close()
        beyond.note_lacking(found.windows)
        return data

    with pytest.warns(UserWarning, match="missing in 4 rows"):
        want = made(ALONE)
    with pytest.warns(UserWarning, match="missing in 4 rows"):
        others = in_each(count, made)
    for found in others:
        for name in ("x", "y", "weight"):
            np.testing.assert_array_equal(getattr(found, name), getattr(want, name))


class Mute(Processes):
    """One of several that says nothing."""

    def gathered(self, data: bytes) -> list[bytes]:
        raise AssertionError("windows are made in a thread, where nobody may wait for others")


@pytest.mark.parametrize("count", [1, *COUNTS])
def test_what_one_meets_is_raised_in_all(count: int, tmp_path: Path):
    table = frame()
    bad = not_sampled(written(tmp_path, "parquet", table))[[99, 300]]
    table["w"][bad] = np.inf
    stream = written(tmp_path, "parquet", table)
    begin = begun(quick(data={"target": "y", "weight": "w"}, training={"batch_size": 32}), stream)

    def said(processes: Processes) -> str:
        with pytest.raises(DataError) as found:
            windows_of(begin, processes, 5)
        return str(found.value)

    (message,) = {*in_each(count, said)}
    assert any(f"row {at + 1}" in message for at in bad)


@pytest.mark.parametrize("cell", ["oops", ""])
def test_rows_that_lack_y_are_noted_of_all(cell: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(shuffled, "SLICE", 100)
    table = frame(1500)
    table["y"] = table["y"].astype(str).astype(object)
    lacking = not_sampled(written(tmp_path, "csv", table))[[300, 600, 1000]]
    table["y"][lacking] = cell
    stream = written(tmp_path, "csv", table)
    begin = begun(quick(data={"target": "y"}, training={"batch_size": 32}), stream)

    def noted(processes: Processes) -> None:
        found, plan = begin(processes)
        assert found.windows is not None
        for k in range(plan.windows):
            found.windows.at(k)
        found.windows.close()
        beyond.note_lacking(found.windows)

    texts = []
    for count in (1, *COUNTS):
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            in_each(count, noted)
        texts += [{str(warning.message) for warning in told}]
    how = "text" if cell else "missing"
    (note,) = texts[0]
    rows = ", ".join(str(at + 1) for at in lacking)
    assert note.startswith(f"Of the whole stream, Target 'y' is {how} in 3 rows (rows {rows})")
    assert texts == [{note}] * 3
