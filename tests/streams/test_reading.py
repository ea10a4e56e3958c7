"""Streams: the same cells as in memory, whatever the format and wherever blocks are cut."""

import gzip
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.fs as fs
import pyarrow.parquet as pq
import pytest

import likelinet as ll
from likelinet.core.errors import DataError
from likelinet.tables.reading import parts, text_blocks
from likelinet.tables.table import Table, read_table
from likelinet.tables.text import Text

N = 90
RNG = np.random.default_rng(0)
FRAME = pa.table(
    {
        "a": RNG.standard_normal(N),
        "b": pa.array([["x", "y z", None][i % 3] for i in range(N)]),
        "c": pa.array([None if i == 4 else i for i in range(N)], pa.int64()),
        "d": pa.DictionaryArray.from_arrays(pa.array(RNG.integers(0, 3, N)), pa.array(["u", "v", "w"])),
        "t": pa.array(np.arange(N).astype("datetime64[D]")),
    }
)
TEXTS = {
    "plain": "".join(f"{i},{i / 7:.3f},w{i % 3}\n" for i in range(60)),
    "crlf": "".join(f"{i},{i / 7:.3f},w{i % 3}\r\n" for i in range(60)),
    "cr": "".join(f"{i},{i / 7:.3f},w{i % 3}\r" for i in range(60)),
    "no end": "".join(f"\n{i},{i / 7:.3f},w{i % 3}" for i in range(60))[1:],
    "lines in quotes": "".join(f'{i},{i / 7:.3f},"a ""b""\n{"c," * (i % 5)}"\n' for i in range(60)),
    "comments": "".join(f"{i},{i / 7:.3f},w\n" + "# no row\n" * (i % 7 == 3) + "\n" * (i % 11 == 3) for i in range(60)),
    "empty rows at the end": "".join(f"{i},{i / 7:.3f},w{i % 3}\n" for i in range(60)) + ",,\n,,\n",
}


def rows_of(tables: list[Table]) -> dict[str, list]:
    """Return the cells of tables by column, one table after the other."""

    def plain(table: Table, name: str) -> list:
        cells = table.plain(name)
        return cells.tolist() if isinstance(cells, Text) else np.asarray(cells).astype(object).tolist()

    return {name: [c for table in tables for c in plain(table, name)] for name in tables[0].columns}


def assert_same(stream: ll.Stream, table: Table) -> None:
    blocks = list(stream)
    found, want = rows_of(blocks), rows_of([table])
    assert [*found] == [*want] == stream.names
    for name in want:
        np.testing.assert_equal(found[name], want[name])
    assert len(stream) == table.n
    assert np.concatenate([block.index for block in blocks]).tolist() == list(range(table.n))


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("size", [150, 333, 1 << 20])
@pytest.mark.filterwarnings("ignore:.*beginning with #")
def test_text_is_cut_where_rows_end(text, size, tmp_path, monkeypatch):
    monkeypatch.setattr(text_blocks, "BLOCK", size)
    path = tmp_path / "t.csv"
    path.write_bytes(b"\xef\xbb\xbf" + ("i,f,w" + ("\r" if text == "cr" else "\n") + TEXTS[text]).encode())
    stream = ll.Stream(path)
    assert_same(stream, read_table(path))
    assert (len(list(stream)) > 1) == (size < 1 << 20)


def test_names_of_rows_and_decimal_commas_are_those_of_the_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(text_blocks, "BLOCK", 200)
    path = tmp_path / "t.csv"
    path.write_text(";x;y;\n" + "".join(f"{i + 1};{i},25;{i};\n" for i in range(100)))
    assert_same(ll.Stream(path), read_table(path))
    assert ll.Stream(path).names == ["x", "y"]


def test_without_a_header(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("1,2\n3,4\n")
    assert_same(ll.Stream(path, header=False), read_table(path, header=False))


@pytest.mark.parametrize("form", ["parquet", "feather", "csv.gz", "csv"])
def test_formats(form, tmp_path, monkeypatch):
    monkeypatch.setattr(parts, "ROWS", 7)
    path = tmp_path / f"t.{form}"
    if form == "parquet":
        pq.write_table(FRAME, path, row_group_size=25)
    elif form == "feather":
        feather.write_feather(FRAME, path, chunksize=25)
    else:
        text = ("i,f,w\n" + TEXTS["lines in quotes"]).encode()
        path.write_bytes(gzip.compress(text) if form == "csv.gz" else text)
    assert_same(ll.Stream(path), read_table(path))


def test_folders_are_columns_and_several_files_follow_one_another(tmp_path):
    for year in (2020, 2021):
        (tmp_path / f"year={year}" / "kind=a%20b").mkdir(parents=True)
        part = FRAME.select(["a", "c"]).slice(40 * (year - 2020), 40)
        pq.write_table(part, tmp_path / f"year={year}" / "kind=a%20b" / "rows.parquet")
    (tmp_path / "_SUCCESS").write_text("x")
    (tmp_path / ".hidden.parquet").write_text("x")
    stream = ll.Stream(tmp_path)
    found = rows_of(list(stream))
    assert found["year"] == ["2020"] * 40 + ["2021"] * 40
    assert set(found["kind"]) == {"a b"}
    np.testing.assert_array_equal(found["a"], FRAME["a"].to_numpy()[:80])
    files = sorted(tmp_path.rglob("rows.parquet"))
    assert_same(ll.Stream(files), read_table(files))


def test_addresses_and_file_systems(tmp_path):
    pq.write_table(FRAME, tmp_path / "t.parquet")
    want = read_table(tmp_path / "t.parquet")
    assert_same(ll.Stream((tmp_path / "t.parquet").as_uri()), want)
    assert_same(ll.Stream(Path("file:/" + str(tmp_path / "t.parquet"))), want)  # a Path has one slash of the two
    assert_same(ll.Stream("t.parquet", filesystem=fs.SubTreeFileSystem(str(tmp_path), fs.LocalFileSystem())), want)


@pytest.mark.parametrize("damage", ["ragged", "quote", "not utf-8"])
def test_a_fault_is_named_with_its_line(damage, tmp_path, monkeypatch):
    monkeypatch.setattr(text_blocks, "BLOCK", 100)
    lines = [b"a,b", *(f"{i},{i}".encode() for i in range(100))]
    lines[61] = {"ragged": b"1,2,3", "quote": b'1,"2', "not utf-8": b"1,\xff"}[damage]
    path = tmp_path / "t.csv"
    path.write_bytes(b"\n".join(lines) + b"\n")
    with pytest.raises(DataError, match=r"line 62\b"):
        list(ll.Stream(path))


def test_what_does_not_go_together_is_said(tmp_path):
    pq.write_table(FRAME.select(["a", "b"]), tmp_path / "1.parquet")
    pq.write_table(FRAME.select(["a"]), tmp_path / "2.parquet")
    (tmp_path / "3.csv").write_text("a,b\n1,2\n")
    with pytest.raises(DataError, match=r"2\.parquet: there is no column 'b', which the other file has"):
        ll.Stream([tmp_path / "1.parquet", tmp_path / "2.parquet"])
    with pytest.raises(DataError, match=r"3\.csv: text and Parquet or Arrow files are no one stream"):
        ll.Stream([tmp_path / "1.parquet", tmp_path / "3.csv"])
    with pytest.raises(DataError, match=r"nothing\.csv: cannot read the table \(No such file or directory\)"):
        ll.Stream(tmp_path / "nothing.csv")
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="no files in this folder"):
        ll.Stream(tmp_path / "empty")
    (tmp_path / "broken.parquet").write_bytes(b"PAR1" + bytes(50))
    with pytest.raises(DataError, match=r"broken\.parquet: cannot read the table .*damaged"):
        ll.Stream(tmp_path / "broken.parquet")
    with pytest.raises(DataError, match="rows must be a whole number"):
        ll.Stream(tmp_path / "1.parquet", rows=0)


def test_what_takes_no_stream_says_so(tmp_path):
    pq.write_table(FRAME, tmp_path / "1.parquet")
    stream = ll.Stream(tmp_path / "1.parquet")
    with pytest.raises(DataError, match="got Stream, which is read block by block: iterate over it"):
        ll.Model({"data": {"target": "a"}}).partial_fit(stream)
