"""Files as people have them: separators, encodings, compression, decimal commas, comments, and what stays strict."""

import bz2
import csv
import gzip
import io
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import feather, parquet

import likelinet as ll
from likelinet.tables.cells import parse
from likelinet.tables.table import Table, as_table, read_table
from likelinet.tables.text import Text
from tests.small import cli

PACK = {
    "plain": lambda raw: raw,
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "zst": lambda raw: pa.compress(raw, "zstd", asbytes=True),
    "zip": lambda raw: zipped({"t.csv": raw}),
}


def zipped(files: dict[str, bytes]) -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return raw.getvalue()


def read(folder: Path, content: str | bytes, header: bool = True) -> Table:
    (folder / "t").write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_table(folder / "t", header)


def cells(table: Table) -> dict[str, list]:
    return {name: column.tolist() for name, column in table.columns.items()}


# Letters that Windows-1252 has as well, and what readers trip over.
words = st.text(st.sampled_from('abzéßÖ ,;|#"\n\t.'), max_size=6).map(str.strip)
numbers = st.floats(allow_nan=False, allow_infinity=False).map(repr)
tables = st.lists(st.tuples(numbers, words, st.integers(-9, 10**6).map(str)), min_size=1, max_size=6)


@pytest.mark.filterwarnings("ignore:.*read as Windows-1252")
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("pack", PACK)
@given(
    rows=tables,
    separator=st.sampled_from(",;\t|"),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_what_a_writer_wrote_is_read(
    rows: list[tuple[str, str, str]],
    separator: str,
    encoding: str,
    pack: str,
    end: str,
    tmp_path_factory: pytest.TempPathFactory,
):
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator=end).writerows([("größe", "wort", "n"), *rows])
    table = read(tmp_path_factory.mktemp("t"), PACK[pack](text.getvalue().encode(encoding)))
    assert [*zip(*cells(table).values(), strict=True)] == rows
    assert [*table.columns] == ["größe", "wort", "n"]
    expected = np.array([[float(a), float(c)] for a, _, c in rows])
    np.testing.assert_array_equal(np.stack([table.numeric("größe"), table.numeric("n")], axis=1), expected)


literals = st.one_of(
    st.floats().map(repr),
    st.floats(width=32).map(repr),
    st.from_regex(r"\A[-+]?[0-9]{0,25}\.?[0-9]{0,25}([eE][-+]?[0-9]{1,3})?\Z").filter(bool),
    st.sampled_from(
        ["5e-324", "2.4703282292062328e-324", "1.7976931348623159e308", "1e400", "-1e-400", "+1", "1.", ".5"]
    ),
    st.sampled_from(["inf", "-Infinity", "nan", "-NaN", "nan(x)", "1_5", "0x1p3", "١٢", "１２", "1e", ".", "-", "1 2"]),
)


@given(texts=st.lists(literals, min_size=1, max_size=8))
def test_numbers_are_those_of_float(texts: list[str]):
    def number(text: str) -> float | None:
        if text in (".", "-"):
            return np.nan  # words for a missing cell
        try:
            return float(text) if text.isascii() and "_" not in text else None
        except ValueError:
            return None

    found, expected = parse(Text.of(texts)), [number(t) for t in texts]
    assert found.stray.tolist() == [n is None for n in expected]
    exact = np.array([np.nan if n is None else n for n in expected])
    np.testing.assert_array_equal(found.numbers, exact)
    np.testing.assert_array_equal(np.signbit(found.numbers[exact == 0.0]), np.signbit(exact[exact == 0.0]))
    assert found.missing.tolist() == [n is not None and np.isnan(n) for n in expected]


@given(rows=tables, separator=st.sampled_from(",;\t|"))
def test_as_pandas_reads_it(rows: list[tuple[str, str, str]], separator: str, tmp_path_factory: pytest.TempPathFactory):
    file = tmp_path_factory.mktemp("t") / "t.csv"
    rows = [(a, w, n) for a, w, n in rows if abs(np.log10(abs(float(a)) or 1.0)) < 300]
    pd.DataFrame(rows, columns=["a", "b", "c"]).to_csv(file, sep=separator, index=False)
    if not rows:
        return
    frame = pd.read_csv(file, sep=separator, keep_default_na=False, dtype={"b": str})
    one, two = read_table(file), as_table(frame)
    assert (one.n, [*one.columns]) == (two.n, [*two.columns])
    for name in "ac":
        np.testing.assert_allclose(one.numeric(name), two.numeric(name), rtol=1e-14)  # older pandas rounds
    assert one.columns["b"].tolist() == two.columns["b"].tolist()


@pytest.mark.filterwarnings("ignore:.*trained on these very rows:UserWarning")
def test_a_model_of_the_command_line_reads_the_frame_as_the_file(tmp_path: Path):
    lines = [f"{i / 7};{'red' if i % 3 else 'blue'};{i * i}" for i in range(30)]
    (tmp_path / "t.csv").write_text("\n".join(["a;b;y", *lines]))
    config = {"quality": "plain", "data": {"target": "y"}, "network": {"hidden": [2]}, "training": {"epochs": 2}}
    frame, model = pd.read_csv(tmp_path / "t.csv", sep=";"), ll.Model(config).fit(tmp_path / "t.csv")
    np.testing.assert_array_equal(model.predict(str(tmp_path / "t.csv")), model.predict(frame))
    assert model.evaluate(tmp_path / "t.csv") == model.evaluate(frame)


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("a;b\n1,5;2\n", {"a": ["1.5"], "b": ["2"]}),
        ("Preis, EUR;Menge, kg\n1,5;2,25\n", {"Preis, EUR": ["1.5"], "Menge, kg": ["2.25"]}),
        ("a;b\n1,5;NA\n-0,125;\n,5;3,0e-5\n", {"a": ["1.5", "-0.125", ".5"], "b": ["NA", "", "3.0e-5"]}),
        ("a;b\n1,234;x\n2,500;y\n", {"a": ["1,234", "2,500"], "b": ["x", "y"]}),  # thousands, or not
        ("a;b\n1,234;1,5\n2,500;2\n", {"a": ["1.234", "2.500"], "b": ["1.5", "2"]}),  # not, as b says
        ("a;b\n1,5;0.5\n", {"a": ["1,5"], "b": ["0.5"]}),  # both cannot be
        ("a;b\n1,5;x,y\n", {"a": ["1.5"], "b": ["x,y"]}),
        ("a;b\n1,5;z\n2,5,6;x\n", {"a": ["1,5", "2,5,6"], "b": ["z", "x"]}),
        ("sep=;\na;b\n1;2\n", {"a": ["1"], "b": ["2"]}),
        ('"sep=!"\na!b\n1!2\n', {"a": ["1"], "b": ["2"]}),
        ("sep=\t\na\tb\n1\t2\n", {"a": ["1"], "b": ["2"]}),
        ("# made by hand\n# a,b,c\n\na,b\n1,2\n", {"a": ["1"], "b": ["2"]}),
        ("# from a\n#id\tn\n7\t2\n8\t3\n", {"id": ["7", "8"], "n": ["2", "3"]}),
        ("a,b\n1,2\n,\n,\n", {"a": ["1"], "b": ["2"]}),
        ("a,b\n1,2\n,\n3,\n,\n", {"a": ["1", "", "3"], "b": ["2", "", ""]}),
        ("a,b,,\n1,2,,\n3,4,,\n", {"a": ["1", "3"], "b": ["2", "4"]}),
        (",a\n7,1\n", {"a": ["1"]}),
        ("2019,2020,2021\n1,2,3\n", {"2019": ["1"], "2020": ["2"], "2021": ["3"]}),
        ("y,0,1,2\n5,1,2,3\n", {"y": ["5"], "0": ["1"], "1": ["2"], "2": ["3"]}),
        ('a, b\n1, "x, y"\n2, z\n', {"a": ["1", "2"], "b": ["x, y", "z"]}),
        ("a\n1\n   \n2\n", {"a": ["1", "", "2"]}),
        ('a\n "1"\n   \n2\n', {"a": ["1", "", "2"]}),
        ('a,b\n1, "x"\n   \n3,4\n', {"a": ["1", "3"], "b": ["x", "4"]}),
        ("a,b\n1,2\n   \n3,4\n", {"a": ["1", "3"], "b": ["2", "4"]}),
        ("a\tb\nx\t\n\ty\n", {"a": ["x", ""], "b": ["", "y"]}),
        ("'a'\t'b c'\n1\t2\n", {"a": ["1"], "b c": ["2"]}),
        ("'a',b\n1,2\n", {"'a'": ["1"], "b": ["2"]}),
        ('"a"\t"b"\n"4"\t1\t2\n"9"\t3\t4\n', {"a": ["1", "3"], "b": ["2", "4"]}),  # as R writes it
        ('"a","b"\n"1",5,6\n"2",7,8\n', {"a": ["5", "7"], "b": ["6", "8"]}),
        ("the name\nJane Doe\nJohn Roe\n", {"the name": ["Jane Doe", "John Roe"]}),
        ("the year\nin 1999\n2000\n", {"the year": ["in 1999", "2000"]}),
    ],
)
def test_layouts(text: str, columns: dict[str, list[str]], tmp_path: Path):
    assert cells(read(tmp_path, text)) == columns


@pytest.mark.parametrize(
    ("text", "note", "columns"),
    [
        ("a\tb\n1,5\t2\n", r"the commas in a are read as decimal commas\.$", {"a": ["1.5"], "b": ["2"]}),
        ('a,b\n"1,5",2\n', r"the commas in a are read as decimal commas\.$", {"a": ["1.5"], "b": ["2"]}),
        ("a,b\n1,2\n# to be checked\n3,4\n", r"1 line beginning with # left out", {"a": ["1", "3"], "b": ["2", "4"]}),
        (
            "3,?,88.60\n1,2,3.5\n",
            r"first line looks like data \('3', '88\.60'\): if it names no columns, set data\.header to false, "
            r"which is --set data\.header=false for fit and compare, and --no-header for check, init and split\.$",
            {"3": ["1"], "?": ["2"], "88.60": ["3.5"]},
        ),
        (
            "a,b\n1,café\n".encode("cp1252"),
            r"line 2 is not UTF-8, so the file is read as Windows-1252",
            {"a": ["1"], "b": ["café"]},
        ),
        (
            ",a\nBonn,1\nUlm,2\n",
            r"first column has no name and is left out as names of rows \('Bonn', 'Ulm', …\); name it to use it\.$",
            {"a": ["1", "2"]},
        ),
        (
            "  a   b\n 1.5  12-15 years\n\n20.5  < 12 years\n",
            r"cells are taken to be separated by blanks\.$",
            {"a": ["1.5", "20.5"], "b": ["12-15 years", "< 12 years"]},
        ),
        (
            '"a" "b"\n"1" 5 "x, y"\n"2" 7 ""\n',
            r"cells are taken to be separated by blanks\.$",
            {"a": ["5", "7"], "b": ["x, y", ""]},
        ),
    ],
)
def test_guesses_are_said(text: str | bytes, note: str, columns: dict[str, list[str]], tmp_path: Path):
    with pytest.warns(UserWarning, match=f"{tmp_path / 't'}: (the )?{note}") as notes:
        assert cells(read(tmp_path, text)) == columns
    assert len(notes) == 1


@pytest.mark.filterwarnings("ignore:.*separated by blanks")
def test_rows_between_blanks_are_split_as_they_stand(tmp_path: Path):
    lines = [f"{i:4d}  {'a, b' if i % 3 else 'c, d, e'}" for i in range(20)]
    (tmp_path / "t").write_text("\n".join(["   x  y", *lines, ""]))
    whole, parts = read_table(tmp_path / "t"), [tmp_path / "1", tmp_path / "2"]
    assert cli("split", tmp_path / "t", "-o", *parts).code == 0
    assert sorted(line for part in parts for line in part.read_text().splitlines()[1:]) == lines
    both = read_table(parts)
    assert sorted(cells(both)["x"], key=int) == cells(whole)["x"] == [str(i) for i in range(20)]


def test_without_a_header(tmp_path: Path):
    assert cells(read(tmp_path, "3,a\n4,b\n", header=False)) == {"x0": ["3", "4"], "x1": ["a", "b"]}
    lines = "\n".join(f"{i},{i % 5}" for i in range(30))
    (tmp_path / "t").write_text(lines)
    config = {"quality": "plain", "data": {"target": "x0", "header": False}, "training": {"epochs": 1}}
    assert ll.Model(config).fit(tmp_path / "t").predict(tmp_path / "t").shape == (30,)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark(encoding: str, tmp_path: Path):
    assert cells(read(tmp_path, "a,b\n1,2\n".encode(encoding))) == {"a": ["1"], "b": ["2"]}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            "a,b\n1,2\n3,4é\n".encode() + "5,é\n".encode("cp1252"),
            "line 4 has bytes that are not UTF-8, which the rest is",
        ),
        (b"a,b\n1,\x81\n", "not a CSV file in UTF-8, nor in Windows-1252"),
        (b"a,b\n1,2\n3,\0\n", "line 3 has a NUL character: this is no file of text"),
        (
            gzip.compress(b"a,b\n1,2\n" * 99, mtime=0)[:-9],
            r"cannot uncompress it, as gzip \(.*\): the file is damaged\.",
        ),
        (bz2.compress(b"a,b\n1,2\n" * 99)[:-9], r"cannot uncompress it, as bzip2 \(.*\): the file is damaged\."),
        (PACK["zst"](b"a,b\n1,2\n" * 99)[:-5], r"cannot uncompress it, as Zstandard \(.*\): the file is damaged\."),
        (PACK["zip"](b"a,b\n1,2\n")[:-9], r"cannot uncompress it, as zip \(.*\): the file is damaged\."),
        (zipped({"a": b"", "b": b""}), "the archive holds 2 files: unpack it, and name those to read"),
        (zipped({"[Content_Types].xml": b"", "b": b""}), "an Excel workbook cannot be read: save its sheet as CSV"),
        (b"PAR1 and no more", r"cannot read the table \(.*\); the file is damaged\."),
        (b"ARROW1 and no more", r"cannot read the table \(.*\); the file is damaged\."),
        ("# nothing\n\n", "the table is empty; its first line must name the columns"),
        ("1,1\n2,3\n", r"must name every column once; '1' comes twice \(if it is data, set data.header to false\)"),
        ("a;b\n1;2\n3;4;5\n", "line 3 has 3 cells, but there are 2 columns; correct this line"),
        ("# x\nsep=;\na;b\n1;2\n\n3\n", "line 6 has 1 cell, but there are 2 columns"),
        ("9,2\n" + "1,2,3\n" * 6, "the first line has 2 cells, but those below it have 3; let it name every column"),
        ("a,b\n" + "1,2,3\n" * 5, "line 2 has 3 cells, but there are 2 columns"),
        ('a\tb\n1\t"x\n2\ty\n', "line 2 opens a quote that is not closed where its cell ends"),
    ],
)
def test_what_cannot_be_read(content: str | bytes, message: str, tmp_path: Path):
    with pytest.raises(ll.DataError, match=message) as found:
        read(tmp_path, content)
    assert str(found.value).startswith(str(tmp_path / "t"))
    assert "\n" not in str(found.value)


def test_a_fault_in_a_large_file_is_found(tmp_path: Path):
    with pytest.raises(ll.DataError, match=r"line 100001 has 3 cells, but there are 2 columns"):
        read(tmp_path, "a,b\n" + "1.2345678,2.345678\n" * 99_999 + "1,2,3\n" + "1,2\n" * 9)


def test_several_files_follow_one_another(tmp_path: Path):
    (tmp_path / "1.csv").write_text("a,b\n1,x\n")
    (tmp_path / "2.csv").write_text("b;a\ny;2\n")
    table = as_table([tmp_path / "1.csv", str(tmp_path / "2.csv")])
    assert (cells(table), table.n) == ({"a": ["1", "2"], "b": ["x", "y"]}, 2)
    np.testing.assert_array_equal(table.numeric("a"), [1.0, 2.0])
    (tmp_path / "3.csv").write_text("a,c\n1,x\n")
    with pytest.raises(ll.DataError, match=r"3\.csv: there is no column 'b', which the other file has"):
        read_table([tmp_path / "1.csv", tmp_path / "3.csv"])


@pytest.mark.parametrize("write", [parquet.write_table, feather.write_feather])
def test_binary_files(write, tmp_path: Path):
    frame = pd.DataFrame({"a": [1.5, 2.5], "b": ["x", None], "c": [True, False], "d": [3, 4]}, index=[5, 9])
    write(pa.Table.from_pandas(frame), tmp_path / "t")
    assert cells(read_table(tmp_path / "t")) == {"a": [1.5, 2.5], "b": ["x", ""], "c": [True, False], "d": [3, 4]}
    (tmp_path / "2").write_text("a,b,c,d\n1,x,true,2\n")
    with pytest.raises(ll.DataError, match=r"2: text and Parquet or Arrow files are no one table, and .*t is"):
        read_table([tmp_path / "t", tmp_path / "2"])


def test_a_long_cell_does_not_widen_its_column(tmp_path: Path):
    table = read(tmp_path, "a,b\n1,x\n" + f"2,{'y' * 10_000}\n" + "3,z\n" * 50_000)
    column = table.columns["b"]
    assert isinstance(column, Text)
    assert column.cells.nbytes < 500_000
    assert table.text("b").distinct() == ["x", "y" * 10_000, "z"]


def test_the_cells_take_as_much_memory_as_the_file(tmp_path: Path):
    rng = np.random.default_rng(0)
    pd.DataFrame(rng.standard_normal((20_000, 4))).to_csv(tmp_path / "t.csv", index=False)
    table = read_table(tmp_path / "t.csv")
    assert table.numeric("3").shape == (20_000,)
    cells = [column.cells for column in table.columns.values() if isinstance(column, Text)]
    buffers = {b.address: b.size for column in cells for chunk in column.chunks for b in chunk.buffers() if b}
    assert len(cells) == 4
    assert sum(buffers.values()) < 1.5 * (tmp_path / "t.csv").stat().st_size


def test_a_message_shows_no_control_characters(tmp_path: Path):
    table = read(tmp_path, 'a,b\n1,1\n2,1\n"x\ny\x1b[0m' + "z" * 99 + '",1\n')
    with pytest.raises(ll.DataError, match=r"'x\\ny\\x1b\[0mz{53}…' in row 3;") as found:
        table.is_text("a")
    assert str(found.value).isprintable()


def test_the_command_line_takes_several_files_without_a_header(tmp_path: Path):
    for name, rows in (("1.csv", range(30)), ("2.csv.gz", range(30, 40))):
        text = "".join(f"{i / 10};{'red' if i % 3 else 'blue'};{i * i}\n" for i in rows).replace(".", ",")
        (tmp_path / name).write_bytes(gzip.compress(text.encode()) if name.endswith("gz") else text.encode())
    files = (tmp_path / "1.csv", tmp_path / "2.csv.gz")
    (tmp_path / "c.yaml").write_text("quality: plain\ndata: {target: x2, header: false}\ntraining: {epochs: 2}")
    model = tmp_path / "m.safetensors"
    fit = cli("fit", tmp_path / "c.yaml", *files, "-o", model, "--set", "network.hidden=[4]")
    assert (fit.code, fit.err) == (0, "")
    done = cli("predict", model, *files)
    assert (done.code, done.err, len(done.out.splitlines())) == (0, "", 41)
    whole = as_table(files, header=False)
    np.testing.assert_array_equal(whole.numeric("x0"), np.arange(40) / 10)
    assert float(done.out.splitlines()[40].split(",")[0]) == ll.Model.load(model).predict([*files])[39]
    lost = cli("fit", tmp_path / "c.yaml", *files, "-o", files[1])
    assert (lost.code, "which would be lost" in lost.err) == (2, True)


def test_the_command_line_says_guesses_in_one_line(tmp_path: Path):
    (tmp_path / "t.csv").write_bytes("größe,y\n1,2\n2,4\n3,5\n".encode("cp1252"))
    (tmp_path / "c.yaml").write_text("quality: plain\ndata: {target: y}\ntraining: {steps: 1, validation_fraction: 0}")
    done = cli("fit", tmp_path / "c.yaml", tmp_path / "t.csv", "-o", tmp_path / "m", "--set", "network.hidden=[4]")
    assert (done.code, done.err.count("\n")) == (0, 1)
    assert done.err.startswith(f"likelinet: note: {tmp_path / 't.csv'}: line 1 is not UTF-8, so the file is read as W")
