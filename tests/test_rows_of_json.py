"""Rows as JSON has them: a list of dicts, of which a cell may be absent or be no cell."""

from pathlib import Path

import numpy as np
import pytest

import likelinet as ll
from likelinet.tables.table import as_table, read_table
from tests.small import quick


def same(found: list, expected: list) -> None:
    assert [*map(str, found)] == [*map(str, expected)]


def test_rows_that_are_dicts():
    rows = [{"a": 1.5, "b": "u"}, {"b": "w", "c": True}, {"a": None, "c": False}]
    found = as_table(rows).columns
    assert [*found] == ["a", "b", "c"]
    same(found["a"].tolist(), ["1.5", "", ""])  # read as a number where one is
    same(found["b"].tolist(), ["u", "w", ""])
    same(found["c"].tolist(), ["", True, False])
    X = {"a": np.arange(40.0), "b": [*"uw"] * 20}
    y = np.sin(X["a"])
    model = quick().fit([{"a": a, "b": b} for a, b in zip(*X.values(), strict=True)], y)
    expected = quick().fit(X, y).predict_dist(X).mean()[3:4]
    np.testing.assert_array_equal(model.predict_dist([{"b": "w", "a": 3}]).mean(), expected)
    with pytest.raises(ll.DataError, match=r"^The table lacks the column b \(possible: a\)\.$"):
        model.predict_dist([{"a": 1.0}])
    with pytest.raises(ll.DataError, match=r"got shape \(\); for one row pass \[X\], a list of dicts\.$"):
        model.predict_dist({"a": 1.0, "b": "u"})


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([{"a": 1.0}, None], r"^X has rows that are dicts, but row 2 is of type NoneType\.$"),
        ([], r"^X is empty: it has no rows\.$"),
    ],
)
def test_rows_that_are_none(rows: list[object], message: str):
    with pytest.raises(ll.DataError, match=message):
        as_table(rows)


@pytest.mark.parametrize("cell", [{"v": 1.0}, (1.0, 2.0), [3.0], {1.0}])
def test_cells_of_several_values(cell: object):
    table = as_table([{"a": 1.0, "b": cell}, {"a": "x", "b": cell}])
    assert table.text("a").tolist() == ["1.0", "x"]
    with pytest.raises(ll.DataError, match=f"^Column 'b' has cells of several values .of type {type(cell).__name__}."):
        table.text("b")


@pytest.mark.parametrize("cell", [np.array(2.5), np.float32(2.5)])
def test_a_number_as_an_array_without_dimensions_is_one_value(cell: object):
    assert as_table([{"b": cell}, {"b": "x"}]).text("b").tolist() == ["2.5", "x"]


JSON = ['{"a": 1, "b": 2}\n{"a": 3, "b": 4}\n', '\n[\n {"a": 1}]', "[[1, 2], [3, 4]]", '{"a\\"b": 1}', '[{}, {"a": 1}]']


@pytest.mark.parametrize("text", [*JSON, '{"a": ' + 100_000 * "["], ids=range(len(JSON) + 1))
def test_a_file_of_them_is_no_table(text: str, tmp_path: Path):
    (tmp_path / "t.jsonl").write_text(text)
    with pytest.raises(ll.DataError, match=r"t\.jsonl: this is JSON, which is not read as a table: write its rows as"):
        read_table(tmp_path / "t.jsonl")


@pytest.mark.parametrize("text", ["[[link]],y\na,1\n", '{"a": 1}\ty\n{"a": 2}\t5\n'])
def test_a_table_may_begin_alike(text: str, tmp_path: Path):
    (tmp_path / "t.csv").write_text(text)
    assert read_table(tmp_path / "t.csv").n == 1
