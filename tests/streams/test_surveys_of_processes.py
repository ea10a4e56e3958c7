"""The first pass over a stream in parts: what several processes find together is what one finds alone, to the bit."""

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
from likelinet.model.beyond import sampled
from likelinet.tables import samples
from likelinet.tables.fingerprint import of_table
from likelinet.tables.reading import parts, text_blocks
from likelinet.tables.survey import Survey, surveyed
from tests.as_processes import in_each

N, SEED = 700, 3
COUNTS = [2, 3, 9]


def columns(n: int = N, seed: int = 0) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    numbers, labels = rng.standard_normal(n), np.array(["a", "b", "c"], object)[rng.integers(0, 3, n)]
    numbers[[n // 2, 5]], labels[n - 3] = (np.inf, np.nan), "rare"
    grades = pa.array(np.array(["u", "v"])[rng.integers(0, 2, n)]).dictionary_encode()
    return {"i": np.arange(n) - 40, "x": numbers, "b": labels, "g": grades, "t": np.arange(n).astype("M8[D]")}


def written(folder: Path, form: str) -> list[Path]:
    """Return a file, or for a form with a number so many."""
    name, _, many = form.partition(" ")
    paths = [folder / f"k={k % 2}" / f"{k}.{name}" for k in range(int(many or 1))]
    for seed, path in enumerate(paths):
        path.parent.mkdir(exist_ok=True, parents=True)
        table = pa.table(columns(N // len(paths), seed))
        if name == "parquet":
            pq.write_table(table, path, row_group_size=60)
        elif name == "feather":
            feather.write_feather(table.drop_columns("g"), path, chunksize=60)
        else:
            with pa.output_stream(str(path)) as file:  # which compresses by the name
                csv.write_csv(table.drop_columns("g"), file)
    return paths


def assert_same(found: Survey, want: Survey) -> None:
    assert (found.parts, found.digests, found.n, found.whole) == (want.parts, want.digests, want.n, want.whole)
    assert found.table.index is not None
    assert want.table.index is not None
    np.testing.assert_array_equal(found.table.index, want.table.index)
    assert of_table(found.table) == of_table(want.table)
    assert [*found.table.columns] == [*want.table.columns]


@pytest.mark.parametrize("rows", [40, N], ids=["some", "all"])
@pytest.mark.parametrize("form", ["parquet", "feather", "csv", "csv.gz", "parquet 5", "csv 5"])
def test_what_several_find_is_what_one_finds(form: str, rows: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(parts, "ROWS", 17)
    monkeypatch.setattr(text_blocks, "BLOCK", 3000)
    written(tmp_path, form)
    want, *others = (
        found
        for count in (1, *COUNTS)
        for found in in_each(
            count, lambda processes: surveyed(ll.Stream(tmp_path, rows=rows), SEED, ("x", "b"), True, processes)
        )
    )
    assert len(others) == sum(COUNTS)
    assert {*want.digests} == {*want.stream.names}
    for found in others:
        assert_same(found, want)


def test_the_sample_has_the_smallest_of_keys_that_each_piece_draws(tmp_path: Path):
    written(tmp_path, "parquet 5")
    groups = [(file, group, rows) for file in range(5) for group, rows in enumerate((60, 60, 20))]
    keys = np.concatenate([np.random.default_rng([SEED, 3, *piece]).random(rows) for *piece, rows in groups])
    want = np.sort(np.argsort(keys)[:40])
    stream = ll.Stream(tmp_path, rows=40)
    for found in in_each(3, lambda processes: surveyed(stream, SEED, (), processes=processes)):
        assert found.table.index is not None
        np.testing.assert_array_equal(found.table.index, want)


@pytest.mark.parametrize("by_a_fit", [False, True])
def test_the_pieces_of_a_parquet_file_are_read_once(by_a_fit: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Each by one process: as many row groups as there are, none twice."""
    written(tmp_path, "parquet")
    read, plain = [], ll.Stream.in_parts

    def told(self: ll.Stream, pieces: Any = None) -> Any:
        read.extend(pieces)
        return plain(self, pieces)

    monkeypatch.setattr(ll.Stream, "in_parts", told)
    stream, config = ll.Stream(tmp_path, rows=40), ll.Model({"quality": "plain", "data": {"target": "i"}}).config
    if by_a_fit:
        in_each(3, lambda processes: sampled(config, stream, False, False, processes))
    else:
        in_each(3, lambda processes: surveyed(stream, SEED, (), False, processes))
    assert sorted(read) == [(0, group) for group in range(12)]


@pytest.mark.parametrize("most", [2, 8, 9, 10, 30])
def test_labels_are_few_in_all_processes_or_in_none(most: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """There are nine, no process has seen all of them, and a column turns from floats to whole numbers."""
    monkeypatch.setattr(samples, "LEVELS", most)
    monkeypatch.setattr(samples, "FLOATS", 5)
    for k in range(3):
        y = np.arange(60) % 3 + 3 * k
        mixed = y if k else y.astype(float)
        pq.write_table(pa.table({"y": y, "m": mixed}), tmp_path / f"{k}.parquet", row_group_size=20)
    stream = ll.Stream(tmp_path, rows=1)
    want, *others = (
        found
        for count in (1, 2, 3)
        for found in in_each(count, lambda processes: surveyed(stream, SEED, ("y",), processes=processes))
    )
    labels = {*want.table.numbers("y").tolist()}
    assert (labels == {*range(9)}) is (most >= 9)
    assert {0, 8} <= labels
    for found in others:
        assert_same(found, want)
    assert len({surveyed(stream, SEED, ("m",)).table.n, *(of_mixed(stream, count) for count in (2, 3))}) == 1


def of_mixed(stream: ll.Stream, count: int) -> int:
    (n,) = {found.table.n for found in in_each(count, lambda each: surveyed(stream, SEED, ("m",), processes=each))}
    return n


@pytest.mark.parametrize("count", [1, *COUNTS])
def test_an_error_of_one_is_raised_in_all(count: int, tmp_path: Path):
    written(tmp_path, "csv 5")
    (path,) = tmp_path.glob("*/2.csv")
    path.write_text(path.read_text() + "1,2\n")

    def said(processes: Any) -> str:
        with pytest.raises(DataError) as found:
            surveyed(ll.Stream(tmp_path), SEED, (), False, processes)
        return str(found.value)

    (message,) = {*in_each(count, said)}
    assert "2.csv" in message


def test_no_rows_in_any_of_them(tmp_path: Path):
    pq.write_table(pa.table({"a": np.zeros(0)}), tmp_path / "t.parquet")

    def asked(processes: Any) -> None:
        with pytest.raises(DataError, match="it has no rows"):
            surveyed(ll.Stream(tmp_path), SEED, (), False, processes)

    assert in_each(3, asked) == [None] * 3
