"""Tables: CSV files, DataFrames and arrays as named columns."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import likelinet as ll
from likelinet.tables.table import as_table, read_table


def from_text(tmp_path: Path, text: str | bytes):
    file = tmp_path / "t.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_table(file)


def test_csv(tmp_path: Path):
    table = from_text(tmp_path, 'a, b ,"the c"\n1, x ,"2,5"\n\n3.5,y, z\n')
    assert (list(table.columns), table.n, table.named) == (["a", "b", "the c"], 2, True)
    np.testing.assert_array_equal(table.numeric("a"), [1.0, 3.5])
    assert table.text("b").tolist() == ["x", "y"]
    assert table.text("the c").tolist() == ["2,5", "z"]
    assert (table.is_text("a"), table.is_text("b")) == (False, True)


def test_csv_with_byte_order_mark_and_windows_line_ends(tmp_path: Path):
    table = from_text(tmp_path, b"\xef\xbb\xbfa,b\r\n1,2\r\n")
    np.testing.assert_array_equal(table.numeric("a"), [1.0])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the table is empty; its first line must name the columns"),
        ("\n\n", "the table is empty"),
        ("a,b,a\n1,2,3\n", "must name every column once; 'a' comes twice"),
        ("a,,b\n1,2,3\n", "must name every column once"),
        ("a,b\n1,2\n\n3\n", "line 4 has 1 cell, but there are 2 columns; correct this line"),
        ("a\n1\n2,3\n", "line 3 has 2 cells, but there are 1 column"),
        (b"\xff\xfe\x00", "not a CSV file in UTF-8"),
    ],
)
def test_what_is_no_table(tmp_path: Path, text: str | bytes, message: str):
    with pytest.raises(ll.DataError, match=message) as found:
        from_text(tmp_path, text)
    assert str(found.value).startswith(str(tmp_path / "t.csv"))


@pytest.mark.parametrize(("name", "advice"), [("none.csv", "check the path"), (".", "name a file in it")])
def test_no_file(tmp_path: Path, name: str, advice: str):
    with pytest.raises(ll.DataError, match=rf"cannot read the table .*; {advice}\.$"):
        read_table(tmp_path / name)


@pytest.mark.parametrize("kind", [str, Path])
def test_an_address_is_no_file(kind: Any):
    with pytest.raises(ll.DataError, match=r"^https://host\.org/t\.csv is an address: download it, and"):
        as_table(kind("https://host.org/t.csv"))


def test_header_only(tmp_path: Path):
    assert from_text(tmp_path, "a,b\n").n == 0


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (["1", "x", "3", "4"], r"^Column 'a' must hold numbers, but has text: 'x' in row 2\.$"),
        (["1", "", "3", "nan"], r"^Column 'a' has 2 rows with missing, NaN or infinite values \(rows 2, 4\)"),
        (["1", "inf", "3", "4"], r"^Column 'a' has 1 row with missing, NaN or infinite values \(row 2\)"),
        ([*"xyzuvw", "1"], r"'x' in row 1, 'y' in row 2, 'z' in row 3, 'u' in row 4, 'v' in row 5 and 1 more"),
    ],
)
def test_numbers(tmp_path: Path, cells: list[str], message: str):
    table = from_text(tmp_path, "a,b\n" + "".join(f"{c},1\n" for c in cells))
    with pytest.raises(ll.DataError, match=message):
        table.numeric("a")


def test_mostly_numbers_with_stray_text(tmp_path: Path):
    table = from_text(tmp_path, "a,b\n" + "".join(f"{c},1\n" for c in ["1", "2", "1.5", "3x", "!", "?"]))
    with pytest.raises(ll.DataError, match=r"numbers but also text: '3x' in row 4, '!' in row 5; correct or remove"):
        table.is_text("a")


def test_missing_text(tmp_path: Path):
    table = from_text(tmp_path, "a,b\nx,1\n,1\n")
    with pytest.raises(ll.DataError, match=r"^Column 'a' has 1 missing cell \(row 2\): fill or drop these rows\.$"):
        table.text("a")


def test_nearest_column(tmp_path: Path):
    with pytest.raises(ll.DataError, match=r"no column 'colour' in the table \(did you mean 'color'\?\)"):
        from_text(tmp_path, "color,b\n1,2\n").column("colour")
    with pytest.raises(ll.DataError, match=r"no column 'zzz' in the table \(possible: b, color\)"):
        from_text(tmp_path, "color,b\n1,2\n").column("zzz")


def test_arrays():
    table = as_table([[1, 2.5], [3, 4]])
    assert (list(table.columns), table.n, table.named) == (["x0", "x1"], 2, False)
    np.testing.assert_array_equal(table.numeric("x1"), [2.5, 4.0])
    mixed = as_table(np.array([[1, "u"], [2, "v"]], dtype=object))
    np.testing.assert_array_equal(mixed.numeric("x0"), [1.0, 2.0])
    assert mixed.text("x1").tolist() == ["u", "v"]


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (np.zeros(3), r"two dimensions, rows and columns, got shape \(3,\); for one feature pass X.reshape\(-1, 1\)"),
        (np.zeros((2, 2, 2)), r"two dimensions, rows and columns, got shape \(2, 2, 2\)\."),
        ([[1, 2], [3]], "rows all have the same length"),
        ({1}, "an array or a DataFrame, got set"),
        ({"a": [1], "b": [1, 2]}, "^Column 'a' has 1 row, but 'b' has 2: they must be equally long"),
        ({"a": [[1, 2]]}, r"^Column 'a' must have one dimension, got shape \(1, 2\)"),
        (None, "an array or a DataFrame, got NoneType"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "name every column once: 'a' comes twice"),
    ],
)
def test_what_is_no_table_in_python(x: Any, message: str):
    with pytest.raises(ll.DataError, match=message):
        as_table(x)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1, 2], [1.0, 2.0]),
        ([True, False], [1.0, 0.0]),
        (pd.array([1, 2], dtype="Int64"), [1.0, 2.0]),
        (pd.array([0.5, 2.0], dtype="Float32"), [0.5, 2.0]),
    ],
)
def test_numbers_of_a_data_frame(values: Any, expected: list[float]):
    table = as_table(pd.DataFrame({"a": values}))
    assert not table.is_text("a")
    np.testing.assert_array_equal(table.numeric("a"), expected)


@pytest.mark.parametrize("values", [["u", "v"], pd.Categorical(["u", "v"]), pd.array(["u", "v"], dtype="string")])
def test_text_of_a_data_frame(values: Any):
    table = as_table(pd.DataFrame({"a": values}))
    assert table.is_text("a")
    assert table.text("a").tolist() == ["u", "v"]


@pytest.mark.parametrize(
    "values",
    [
        ["u", None, "v"],
        ["u", np.nan, "v"],
        pd.array(["u", None, "v"], dtype="string"),
        pd.Categorical(["u", None, "v"]),
    ],
)
def test_missing_text_of_a_data_frame(values: Any):
    with pytest.raises(ll.DataError, match=r"'a' has 1 missing cell \(row 2\)"):
        as_table(pd.DataFrame({"a": values})).text("a")


@pytest.mark.parametrize("values", [[1.0, None, 2.0], pd.array([1, None, 2], dtype="Int64"), [1.0, np.inf, 2.0]])
def test_missing_numbers_of_a_data_frame(values: Any):
    with pytest.raises(ll.DataError, match=r"'a' has 1 row with missing, NaN or infinite values \(row 2\)"):
        as_table(pd.DataFrame({"a": values})).numeric("a")


def test_numbers_as_categories_are_written_in_full():
    table = as_table(pd.DataFrame({"a": [1234567, 2], "b": [0.1, 2.0]}))
    assert table.text("a").tolist() == ["1234567", "2"]
    assert table.text("b").tolist() == ["0.1", "2"]


def test_rows_that_are_taken_are_the_ones_asked_for(tmp_path: Path):
    """They stay where they are in memory, and are called by their place in the user's table."""
    table = from_text(tmp_path, "a,b\n" + "".join(f"{i},{chr(97 + i)}\n" for i in range(8)))
    even = table.taken(np.arange(8) % 2 == 0)
    assert (even.n, even.columns["a"] is table.columns["a"]) == (4, True)
    np.testing.assert_array_equal(even.numeric("a"), [0.0, 2.0, 4.0, 6.0])
    last = even.taken(np.array([False, True, False, True]))
    assert (last.n, last.text("b").tolist(), last.index.tolist()) == (2, ["c", "g"], [2, 6])
    middle = even.rows(slice(1, 3), ("b", "absent"))
    assert (list(middle.columns), middle.text("b").tolist(), middle.index.tolist()) == (["b"], ["c", "e"], [2, 4])
    assert middle.taken(np.array([False, True])).text("b").tolist() == ["e"]
    with pytest.raises(ll.DataError, match=r"'c' in row 3, 'e' in row 5"):
        even.taken(np.array([False, True, True, False])).numeric("b")
