"""Quotes in CSV files: a cell may hold commas, quotes and lines, and none that was left open swallows a row."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import likelinet as ll
from likelinet.tables.table import Table, read_table
from tests.small import COLUMNS, cli, write_csv

OPEN = r"line {} opens a quote that is not closed where its cell ends; close it, or write \"\" for a quote"


def from_text(folder: Path, text: str) -> Table:
    file = folder / "t.csv"
    file.write_bytes(text.encode())
    return read_table(file)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('a,b\n1,red\n2,"blue\n3,red\n4,blue\n5,red\n', 3),
        ('a,b\n"1,red\n2,blue\n', 2),
        ('a,b\n1,red\n2,"blue\n', 3),  # in the last line
        ('a,b\n1,red\n2,"blue', 3),  # without an end
        ('a,b\n1,red\n2,"\n', 3),
        ('a,b\n1,red\n\n\n2,"blue\n3,red\n', 5),
        ('a,"b\n1,red\n2,blue\n', 1),
        ('"a,b\n', 1),
        ('a,b\r\n1,red\r\n2,"blue\r\n3,red\r\n', 3),
        ('a,b\n1,"red\ndark"\n2,"blue\n3,red\n', 4),  # behind a cell of two lines
        ('a,b\n"1,red\n2,blue\n"3,red\n', 2),  # closed by a quote that opens: the rows would have two cells each
        ('a,b\n1,"red\n2,"blue"\n3,red\n', 2),
        ('a,b\n1,"5"" red\n2,blue\n', 2),
    ],
)
def test_a_quote_that_is_left_open_is_refused(text: str, line: int, tmp_path: Path):
    with pytest.raises(ll.DataError, match=OPEN.format(line)) as found:
        from_text(tmp_path, text)
    assert str(found.value).startswith(str(tmp_path / "t.csv"))
    assert "\n" not in str(found.value)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ('"red\ndark"', "red\ndark"),
        ('"red,\n""dark"""', 'red,\n"dark"'),
        ('"red\ndark"  ', "red\ndark"),
        ('"red"', "red"),
        ('"red" ', "red"),
        ('""', ""),
        ('"red"ish', "redish"),  # in one line nothing is swallowed
        ('5"', '5"'),
        ('5" red "', '5" red "'),
        ('"\n\n"', ""),
    ],
)
@pytest.mark.parametrize("end", ["\n3,z\n", "\n3,z", "\n", ""])
def test_quotes_that_are_closed(cell: str, value: str, end: str, tmp_path: Path):
    table = from_text(tmp_path, f"a,b\n1,x\n2,{cell}{end}")
    assert table.columns["b"].tolist() == ["x", value, *(["z"] if "z" in end else [])]
    assert table.columns["a"].tolist() == ["1", "2", *(["3"] if "z" in end else [])]


words = st.text(st.sampled_from('ab ,"\n'), min_size=1, max_size=5).map(str.strip).filter(bool)
texts = st.lists(st.tuples(words, words), min_size=1, max_size=6)


@given(rows=texts)
def test_what_a_writer_wrote_is_read(rows: list[tuple[str, str]], tmp_path_factory: pytest.TempPathFactory):
    text = io.StringIO()
    csv.writer(text).writerows([("a", "b"), *rows])
    table = from_text(tmp_path_factory.mktemp("csv"), text.getvalue())
    assert list(zip(table.columns["a"].tolist(), table.columns["b"].tolist(), strict=True)) == rows


@given(n=st.integers(1, 8), data=st.data())
def test_one_or_two_stray_quotes_are_found(n: int, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory):
    stray = data.draw(st.sets(st.tuples(st.integers(0, n - 1), st.integers(0, 2)), min_size=1, max_size=2))
    cells = [[f'"{i}{j}' if (i, j) in stray else f"{i}{j}" for j in range(3)] for i in range(n)]
    text = "\n".join(["a,b,c", *(",".join(row) for row in cells)])
    rows = sorted(i for i, _ in stray)
    if len(rows) == 2 and rows[0] == rows[1]:  # in one line: other commas, and so another number of cells
        with pytest.raises(ll.DataError, match=f"line {rows[0] + 2} "):
            from_text(tmp_path_factory.mktemp("csv"), text)
        return
    with pytest.raises(ll.DataError, match=OPEN.format(rows[0] + 2)):
        from_text(tmp_path_factory.mktemp("csv"), text)


LONG = csv.field_size_limit() + 1


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        (f"a,b\n1,x\n2,{'y' * LONG}\n3,z\n", 3, 2),
        (f"a,b,{'c' * LONG}\n1,2,3\n", 1, 3),
        ('a,b\n1,x\n2,"y\n' + "3,zz\n" * LONG, 3, 2),  # a quote that is left open
        ('a,b\n"1\n\n1",x\n"2\n2","y\n' + "3,zz\n" * LONG, 6, 2),  # behind cells of several lines
        (f'a,b,c\r\n"{"x" * (LONG - 1)}",{"y" * (LONG - 1)},"z\r\n{"4,5,6" * LONG}', 2, 3),  # behind some that just fit
        (f"a,b\n1,{'y' * LONG}", 2, 2),
        ("y" * LONG, 1, 1),
    ],
)
def test_a_cell_that_is_too_long_is_named(text: str, line: int, column: int, tmp_path: Path):
    with pytest.raises(ll.DataError) as found:
        from_text(tmp_path, text)
    assert str(found.value) == (
        f"{tmp_path / 't.csv'}: line {line}, column {column}: this cell is longer than {LONG - 1:,} "
        "characters, most often because a quote before it is open; close that, or shorten the text."
    )


def test_a_cell_that_just_fits_is_read(tmp_path: Path):
    assert from_text(tmp_path, f"a,b\n1,{'y' * (LONG - 1)}\n").columns["b"].tolist() == ["y" * (LONG - 1)]


def test_the_command_line_says_so_and_fits_nothing(tmp_path: Path):
    lines = write_csv(tmp_path / "t.csv", COLUMNS).read_text().splitlines()
    lines[7] = lines[7].replace("red", '"red').replace("green", '"green').replace("blue", '"blue')
    (tmp_path / "t.csv").write_text("\n".join(lines))
    (tmp_path / "c.yaml").write_text("data: {target: price}")
    done = cli("fit", tmp_path / "c.yaml", tmp_path / "t.csv", "-o", tmp_path / "m.safetensors")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"likelinet: {tmp_path / 't.csv'}: line 8 opens a quote")
    assert not (tmp_path / "m.safetensors").exists()
