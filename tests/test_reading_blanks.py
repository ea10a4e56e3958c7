"""Files whose cells are separated by blanks, however many stand between them."""

from pathlib import Path

import pytest

from likelinet.tables.table import read_table
from tests.small import cli

XYZ = {"x": ["0.530", "2.5"], "y": ["1.753", "4"], "z": ["2.283", "1"]}


def read(path: Path) -> dict[str, list]:
    return {name: column.tolist() for name, column in read_table(path).columns.items()}


@pytest.mark.filterwarnings("ignore:.*separated by blanks")
@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("x y z\n0.530  1.753 2.283\n2.5  4 1\n", XYZ),
        ("x y  z\n   0.530  1.753   2.283\n   2.5  4   1\n", XYZ),
        ("x y  z\n0.530 1.753  2.283\n2.5 4  1\n", XYZ),
        ("x   y z\n0.530 1.753  2.283\n2.5    4 1\n", XYZ),
        ("x y  z\n1 0.530 1.753  2.283\n2 2.5 4  1\n", XYZ),  # with names of rows
        ("city  n\nNew York  5\nLos Angeles  6\n", {"city": ["New York", "Los Angeles"], "n": ["5", "6"]}),
        ("a  b\n1 250  3\n900  4\n", {"a": ["1 250", "900"], "b": ["3", "4"]}),
        ("p q z\n1  2 3\n1  2\n", {"p q z": ["1  2 3", "1  2"]}),
        ("said\nwell  then\nfor now\n", {"said": ["well  then", "for now"]}),
    ],
)
def test_cells_have_blanks_only_where_words_do_not_make_columns(text: str, columns: dict[str, list], tmp_path: Path):
    (tmp_path / "t").write_text(text)
    assert read(tmp_path / "t") == columns


@pytest.mark.filterwarnings("ignore:.*separated by blanks")
def test_rows_between_uneven_blanks_are_split_as_they_stand(tmp_path: Path):
    lines = [f"{i / 4:{i % 7}}  {i % 5} {i}" for i in range(20)]
    (tmp_path / "t").write_text("\n".join(["p q z", *lines, ""]))
    parts = [tmp_path / "1", tmp_path / "2"]
    assert cli("split", tmp_path / "t", "-o", *parts).code == 0
    assert sorted(line for part in parts for line in part.read_text().splitlines()[1:]) == sorted(lines)
    assert sorted(z for part in parts for z in read(part)["z"]) == sorted(map(str, range(20)))
