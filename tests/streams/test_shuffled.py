"""A pass over a stream: each row once, whatever the parts, and samples that are what they claim to be."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

import likelinet as ll
from likelinet.core.errors import DataError
from likelinet.tables import samples, shuffled
from likelinet.tables.reading import parts
from likelinet.tables.shuffled import Beyond, Reader, Slice
from likelinet.tables.stream import Part
from likelinet.tables.survey import Survey, surveyed

SEED = 3


class Names:
    """As much of a stream as a plan of a pass asks for."""

    names = ("a", "b")

    def __init__(self, rows_in_memory: int) -> None:
        self.rows_in_memory = rows_in_memory


def written(path, n: int, group: int, **columns) -> ll.Stream:
    pq.write_table(pa.table({"i": np.arange(n), **columns}), path, row_group_size=group)
    return ll.Stream(path, rows=max(n // 4, 1))


@given(sizes=st.lists(st.integers(1, 40), min_size=1, max_size=12), rows=st.integers(1, 60), data=st.data())
def test_the_windows_of_a_pass_have_each_row_once(sizes, rows, data):
    first = np.cumsum([0, *sizes])
    every = tuple(Part(0, i, int(f), size) for i, (f, size) in enumerate(zip(first, sizes, strict=False)))
    held = np.array(sorted(data.draw(st.sets(st.integers(0, int(first[-1]) - 1), max_size=int(first[-1]) - 1))), int)
    beyond = Beyond(Survey(Names(rows), None, every), held)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shuffled, "SLICE", 7)
        for passes in (0, 1):
            order, seen = beyond.order(SEED, passes), []
            for k in range(beyond.windows):
                window = beyond.window(order, k)
                at = [np.arange(s.part.first + s.start, s.part.first + s.stop) for s in window]
                own = np.setdiff1d(np.concatenate(at), held, assume_unique=True) if at else np.zeros(0, int)
                assert len(own) == (beyond.rows if k < beyond.windows - 1 else beyond.n - k * beyond.rows) or not len(
                    own
                )
                assert beyond.rows <= rows
                seen.append(own)
            assert sorted(np.concatenate(seen).tolist()) == np.setdiff1d(np.arange(first[-1]), held).tolist()


def test_passes_have_other_orders_and_windows_rows_of_several_parts(tmp_path):
    stream = written(tmp_path / "t.parquet", 4000, 100)
    beyond = Beyond(surveyed(stream, SEED, ()), np.zeros(0, int))
    assert beyond.order(SEED, 0) != beyond.order(SEED, 1) != beyond.order(SEED + 1, 1)
    assert beyond.order(SEED, 0) == beyond.order(SEED, 0)
    order = beyond.order(SEED, 0)
    assert len({s.part for s in beyond.window(order, 1)}) >= 9


@pytest.mark.parametrize("form", ["parquet", "feather", "csv", "csv.gz"])
def test_what_is_read_is_what_was_asked_for(form, tmp_path, monkeypatch):
    import gzip

    import pyarrow.csv as csv
    import pyarrow.feather as feather

    from likelinet.tables.reading import text_blocks

    monkeypatch.setattr(parts, "ROWS", 17)
    monkeypatch.setattr(shuffled, "SLICE", 23)
    monkeypatch.setattr(text_blocks, "BLOCK", 300)
    table, path = pa.table({"i": np.arange(500), "more": np.zeros(500)}), tmp_path / f"t.{form}"
    if form == "parquet":
        pq.write_table(table, path, row_group_size=60)
    elif form == "feather":
        feather.write_feather(table, path, chunksize=60)
    else:
        csv.write_csv(table, tmp_path / "t.csv")
        if form == "csv.gz":
            path.write_bytes(gzip.compress((tmp_path / "t.csv").read_bytes()))
    stream = ll.Stream(path, rows=90)
    beyond = Beyond(surveyed(stream, SEED, ()), np.array([3, 77]))
    order = beyond.order(SEED, 0)
    straight = [_read(Reader(stream, {"i"}), beyond.window(order, k)) for k in range(beyond.windows)]  # each anew
    reader = Reader(stream, {"i"})
    assert [_read(reader, beyond.window(order, k)) for k in range(beyond.windows)] == straight
    assert sorted(i for window in straight for i in window if i not in (3, 77)) == [
        i for i in range(500) if i not in (3, 77)
    ]


def test_parts_that_are_never_read_to_their_end_do_not_stay_open(tmp_path):
    stream = written(tmp_path / "t.parquet", 400, 100)
    parts = surveyed(stream, SEED, ()).parts
    reader = Reader(stream, {"i"}, most=2)
    for start in (0, 40):
        for part in parts:
            assert _read(reader, [Slice(part, start, start + 10)]) == [
                *range(part.first + start, part.first + start + 10)
            ]
            assert len(reader._at) <= 2


def _read(reader: Reader, window) -> list[int]:
    found: list[int] = []
    for part in window:
        for table in reader.read(part):
            assert [*table.columns] == ["i"]
            np.testing.assert_array_equal(table.numbers("i"), table.index)
            found += table.index.tolist()
    return found


def test_a_sample_is_uniform(tmp_path):
    found = surveyed(written(tmp_path / "a.parquet", 20_000, 137), SEED, ())
    assert found.n == 20_000
    assert not found.whole
    np.testing.assert_array_equal(found.table.numbers("i"), found.table.index)
    index = found.table.index
    assert len(index) == 5000
    # Dvoretzky, Kiefer and Wolfowitz, at one in a million.
    at = np.arange(1, len(index) + 1) / len(index)
    assert np.abs(at - (index + 1) / 20_000).max() < np.sqrt(np.log(2e6) / (2 * len(index)))
    other = surveyed(ll.Stream(tmp_path / "a.parquet", rows=5000), SEED + 1, ()).table.index
    assert not np.array_equal(index, other)


def test_a_stream_that_fits_is_all_in_the_sample(tmp_path):
    written(tmp_path / "t.parquet", 500, 60)
    found = surveyed(ll.Stream(tmp_path / "t.parquet", rows=500), SEED, ("i",))
    assert found.whole
    assert found.table.index.tolist() == list(range(500))


def test_the_sample_has_each_label_and_the_ends_of_numbers(tmp_path, monkeypatch):
    n = 3000
    labels = np.array(["common"] * n, object)
    labels[[1234, 2500]] = "rare", "rarest"
    codes, numbers = np.zeros(n, int), np.random.default_rng(0).uniform(0, 1, n)
    codes[777], numbers[[10, 2999]] = 5, (-9.0, 9.0)
    written(tmp_path / "t.parquet", n, 100, labels=labels, codes=codes, numbers=numbers)
    stream = ll.Stream(tmp_path / "t.parquet", rows=50)
    table = surveyed(stream, SEED, ("labels", "codes", "numbers")).table
    assert {1234, 2500, 777, 10, 2999} <= {*table.index.tolist()}
    assert len(table.index) <= 50 + 2 + 3 + 4 + 2
    np.testing.assert_array_equal(table.numbers("i"), table.index)
    monkeypatch.setattr(samples, "LEVELS", 20)
    many = surveyed(ll.Stream(tmp_path / "t.parquet", rows=50), SEED, ("i",)).table.index
    assert len(many) <= 52  # so many are no labels: the ends alone
    assert {0, n - 1} <= {*many.tolist()}


def test_no_rows(tmp_path):
    pq.write_table(pa.table({"a": np.zeros(0)}), tmp_path / "t.parquet")
    with pytest.raises(DataError, match="it has no rows"):
        surveyed(ll.Stream(tmp_path / "t.parquet"), SEED, ())
