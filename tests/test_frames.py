"""Tables in Python: DataFrames of any kind, Arrow tables, dicts of columns, sparse matrices."""

import datetime
import decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import scipy.sparse

import likelinet as ll
from likelinet.config import DataConfig
from likelinet.tables.rows import read_rows
from likelinet.tables.table import as_table
from likelinet.tables.text import Text
from tests.small import quick


def column(values: Any) -> list:
    return as_table(values).columns["a"].tolist()


def same(found: list, expected: list) -> None:
    assert [*map(str, found)] == [*map(str, expected)]


DAYS = [datetime.datetime(2024, 2, 29), datetime.datetime(2024, 3, 1)]
HOUR, SECOND = datetime.timedelta(hours=1), datetime.timedelta(seconds=1)
EAST = datetime.timezone(datetime.timedelta(hours=2))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (np.array([1.5, np.nan]), [1.5, np.nan]),
        (np.array([1, 2], dtype=np.uint8), [1, 2]),
        (np.array([0.5, 2.0], dtype=np.longdouble), [0.5, 2.0]),
        (np.array([True, False]), [True, False]),
        (pd.array([1, None], dtype="Int64"), [1.0, np.nan]),
        (pd.array([True, None], dtype="boolean"), ["True", ""]),
        (pd.array([True, False], dtype="boolean"), [True, False]),
        (pd.array([1.5, None], dtype="double[pyarrow]"), [1.5, np.nan]),
        (pd.array([1, 2], dtype="int64[pyarrow]"), [1, 2]),
        (pd.array([" u ", None], dtype="string[pyarrow]"), ["u", ""]),
        (pd.arrays.SparseArray([0.0, 1.5]), [0.0, 1.5]),
        (pd.Categorical(["u", None]), ["u", ""]),
        (pd.Categorical([3, 5]), [3, 5]),
        (pd.cut([0.5, 1.5], [0, 1, 2]), ["(0, 1]", "(1, 2]"]),
        (pd.array(["2024-02", "2024-03"], dtype="period[M]"), ["2024-02", "2024-03"]),
        (pd.Series(DAYS), DAYS),
        (pd.Series(DAYS).dt.tz_localize("Europe/Berlin"), DAYS),
        (pd.Series([DAYS[0], None, DAYS[1].replace(hour=5)]), [DAYS[0], None, DAYS[1].replace(hour=5)]),
        (pd.Series([pd.Timedelta("1h"), pd.Timedelta("1.5s"), None]), [HOUR, 1.5 * SECOND, None]),
        (pd.array([DAYS[0], None], dtype="timestamp[ns][pyarrow]"), [DAYS[0], None]),
        ([datetime.date(2024, 2, 29), None], [DAYS[0], None]),
        ([DAYS[0], "u"], ["2024-02-29 00:00:00", "u"]),
        ([decimal.Decimal("1.5"), decimal.Decimal("2")], [1.5, 2.0]),
        ([1, "u", None, 2.5], ["1", "u", "", "2.5"]),
        ([True, None], ["True", ""]),
        ([None, None], ["", ""]),
        ([2**70, 1], [str(2**70), "1"]),
    ],
)
def test_pandas(values: Any, expected: list):
    same(column(pd.DataFrame({"a": values})), expected)


ARROW = {
    "numbers": (pa.array([1, None]), [1.0, np.nan]),
    "halves": (pa.array(np.array([0.5, 2.0], dtype=np.float16)), [0.5, 2.0]),
    "text": (pa.array(["u", None], pa.large_string()), ["u", ""]),
    "views": (pa.array(["u", None], pa.string_view()), ["u", ""]),
    "categories": (pa.array(["u", None]).dictionary_encode(), ["u", ""]),
    "bools": (pa.array([True, False]), [True, False]),
    "nothing": (pa.nulls(2), ["", ""]),
    "dates": (pa.array([datetime.date(2024, 2, 29), None]), [DAYS[0], None]),
    "dates in milliseconds": (pa.array(DAYS, pa.date64()), DAYS),
    "times of a zone": (pa.array(DAYS, pa.timestamp("ms", "Etc/GMT-2")), [d + 2 * HOUR for d in DAYS]),
    "hours": (pa.array([datetime.time(5), None]), [datetime.datetime(1970, 1, 1, 5), None]),
    "hours in seconds": (pa.array([datetime.time(5)], pa.time32("s")), [datetime.datetime(1970, 1, 1, 5)]),
    "times": (pa.array(DAYS, pa.timestamp("us")), DAYS),
    "times in nanoseconds": (
        pa.array([1_500, None], pa.timestamp("ns")),
        [datetime.datetime(1970, 1, 1, 0, 0, 0, 1), None],
    ),
    "durations": (pa.array([HOUR, None], pa.duration("s")), [HOUR, None]),
    "decimals": (pa.array([decimal.Decimal("1.25"), None]), [1.25, np.nan]),
}


class Capsule:
    """A DataFrame of which nothing is known but the Arrow PyCapsule interface."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._table.__arrow_c_stream__(requested_schema)


@pytest.mark.parametrize("case", ARROW)
@pytest.mark.parametrize("wrap", [pa.table, lambda columns: Capsule(pa.table(columns))])
def test_arrow(case: str, wrap: Any):
    values, expected = ARROW[case]
    same(column(wrap({"a": values})), expected)


def test_structured_arrays():
    frame = pd.DataFrame({"a": [1.5, np.nan], "b": ["u", "w"], "c": [3, 4]})
    found, expected = as_table(frame.to_records(index=False)).columns, as_table(frame).columns
    assert [*found] == [*expected]
    for name in expected:
        assert found[name].tolist() == pytest.approx(expected[name].tolist(), nan_ok=True)


def test_dicts_of_columns():
    table = as_table({"a": [1.0, 2.0], 7: ["u", None], "c": pd.Series([True, False])})
    assert ([*table.columns], table.n, table.named) == (["a", "7", "c"], 2, True)
    assert [c.tolist() for c in table.columns.values()] == [[1.0, 2.0], ["u", ""], [True, False]]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (np.array(["2024-02-29", "NaT"], "M8[D]"), [DAYS[0], None]),
        (np.array([90, 30], "m8[m]"), [1.5 * HOUR, 0.5 * HOUR]),
        (DAYS, DAYS),
        ([datetime.date(2024, 2, 29), None], [DAYS[0], None]),
        ([DAYS[0].replace(tzinfo=EAST), DAYS[1].replace(tzinfo=EAST)], DAYS),
        ([HOUR, None, SECOND], [HOUR, None, SECOND]),
        ([HOUR, DAYS[0]], ["1:00:00", "2024-02-29 00:00:00"]),
    ],
)
def test_times_of_a_dict(values: Any, expected: list):
    same(column({"a": values}), expected)


def test_times_where_numbers_are_needed():
    frame = pd.DataFrame({"x": [0.0, 1.0, 0.0, 1.0], "when": pd.Series([*DAYS, *DAYS]), "lasts": 3 * [HOUR] + [SECOND]})
    table = as_table(frame)
    assert table.numeric("lasts").tolist() == table.bounds("lasts", np.inf).tolist() == [3600.0, 3600.0, 3600.0, 1.0]
    refused = r"^Column 'when' holds dates or times where numbers are needed: make numbers of them"
    for use in (
        {"target": "when"},
        {"target": ["x", "when"]},
        {"target": "x", "weight": "when"},
        {"target": {"lower": "x", "upper": "when"}},
        {"target": {"time": "when", "event": "x"}},
    ):
        with pytest.raises(ll.DataError, match=refused):
            read_rows(DataConfig(**use), False, table, None, None, "y")  # pyright: ignore[reportArgumentType]
    y = read_rows(DataConfig(target="lasts"), False, table, None, None, "y").y
    assert isinstance(y, np.ndarray)
    assert y.tolist() == [3600.0, 3600.0, 3600.0, 1.0]


def test_dates_among_the_features():
    x = pd.DataFrame({"when": pd.Series([DAYS[0], DAYS[1]] * 10), "lasts": pd.Series([HOUR, 3 * HOUR] * 10)})
    model = quick().fit(x, np.arange(20.0))
    as_seconds = x.assign(lasts=x["lasts"].dt.total_seconds())
    np.testing.assert_array_equal(model.predict(x), model.predict(as_seconds))


@pytest.mark.parametrize("kind", [scipy.sparse.csr_matrix, scipy.sparse.coo_array])
def test_sparse(kind: Any):
    table = as_table(kind(np.array([[0.0, 1.5], [2.0, 0.0]])))
    assert ([c.tolist() for c in table.columns.values()], table.named) == ([[0.0, 2.0], [1.5, 0.0]], False)


class LazyFrame:
    """As polars calls a query that has not run."""


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (
            pa.table({"a": [[1, 2], [3]]}),
            r"^Column 'a' has cells of several values \(of type list<.*int64>\): spread it",
        ),
        (pd.DataFrame({"a": [1 + 0j, 2]}), "^Column 'a' holds complex numbers: make columns of their parts"),
        (pa.table({"a": [{"b": 1}]}), r"^Column 'a' has cells of several values \(of type struct<b: int64>\)"),
        (pd.DataFrame({"a": [[1, 2], [3]]}), r"^Column 'a' has cells of several values \(of type list<"),
        (pa.table({"a": [b"\xff"]}), "^Column 'a' is of type binary: make numbers or text of it"),
        (LazyFrame(), r"^X is a lazy frame, which holds no rows yet: pass X\.collect\(\)\.$"),
        (pd.Series([1.0]), r"^X must be an array or a DataFrame, got Series; for one feature pass X\.to_frame\(\)"),
        (pa.chunked_array([[1.0]]), "^X must be an array or a DataFrame, got ChunkedArray"),
        (pa.table([[1], [2]], ["a", "a"]), "^X must name every column once: 'a' comes twice"),
    ],
)
def test_what_is_refused(x: Any, message: str):
    with pytest.raises(ll.DataError, match=message):
        as_table(x).column("a")


def test_cells_of_several_values_are_in_nobodys_way_that_does_not_ask_for_them(tmp_path: Path):
    frame = pa.table({"x": [1.0, 2.0, 4.0], "y": [1.0, 3.0, 2.0], "l": [[1], [2], [3]], "s": [{"b": 1}] * 3})
    declared = {
        "quality": "plain",
        "data": {"target": "y", "features": ["x"]},
        "network": {"hidden": [2]},
        "training": {"epochs": 1, "validation_fraction": 0},
    }
    same = ll.Model(declared).fit(frame.select(["x", "y"])).predict(frame.select(["x"]))
    assert ll.Model(declared).fit(frame).predict(frame).tolist() == same.tolist()
    assert ll.Model(declared).fit(frame.to_pandas()).predict(frame).tolist() == same.tolist()
    path, again = str(tmp_path / "t.parquet"), str(tmp_path / "u.parquet")
    pq.write_table(frame, path)
    pq.write_table(frame, again)
    assert ll.Model(declared).fit(path).predict(frame).tolist() == same.tolist()
    twice = as_table([path, again])
    assert (twice.n, twice.numeric("x").tolist()) == (6, [1.0, 2.0, 4.0, 1.0, 2.0, 4.0])
    with pytest.raises(ll.DataError, match=r"^Column 's' has cells of several values \(of type struct<b: int64>\)"):
        twice.column("s")
    with pytest.raises(ll.DataError, match=r"(?m)^  Column 'l' has cells of several values"):
        ll.Model({"quality": "plain", "data": {"target": "y"}}).fit(frame)  # all others are features
    renamed = frame.select(["l", "y"]).rename_columns(["x", "y"])
    with pytest.raises(ll.DataError, match=r"^Column 'x' has cells of several values"):
        ll.Model(declared).fit(frame).predict(renamed)


def test_polars():
    pl = pytest.importorskip("polars", reason="polars is not installed")
    frame = pl.DataFrame(
        {"a": [1, None], "b": ["u", None], "c": pl.Series(["x", "y"], dtype=pl.Categorical), "d": [True, False]}
    )
    table = as_table(frame)
    same([c.tolist() for c in table.columns.values()], [[1.0, np.nan], ["u", ""], ["x", "y"], [True, False]])
    with pytest.raises(ll.DataError, match=r"lazy frame.*X\.collect\(\)"):
        as_table(frame.lazy())
    with pytest.raises(ll.DataError, match="Column 'e' has cells of several values"):
        as_table(frame.with_columns(e=pl.Series([[1], [2]]))).column("e")
    with pytest.raises(ll.DataError, match=r"^X has a column of a type that Arrow has not .*make numbers of 64 bits"):
        as_table(frame.with_columns(e=pl.Series([1, 2], dtype=pl.Int128)))


def test_all_types_of_polars():
    pl = pytest.importorskip("polars", reason="polars is not installed")
    n = 24
    hours = [datetime.datetime(2020, 1, 1) + datetime.timedelta(hours=37 * i) for i in range(n)]
    frame = pl.DataFrame(
        {
            "whole": pl.Series([i % 7 for i in range(n)], dtype=pl.UInt8),
            "single": pl.Series(np.linspace(0.0, 1.0, n) ** 2, dtype=pl.Float32),
            "decimal": [decimal.Decimal(i % 9) / 4 for i in range(n)],
            "when": pl.Series(hours).dt.replace_time_zone("Europe/Berlin"),
            "lasts": [datetime.timedelta(minutes=13 * i) for i in range(n)],
            "grade": pl.Series(["lo", "mid", "hi"] * 8, dtype=pl.Enum(["lo", "mid", "hi"])),
            "kind": pl.Series(["a", "b", None] * 8, dtype=pl.Categorical),
            "flag": [True, False, None] * 8,
            "town": ["Ulm", "Bonn"] * 12,
            "y": [1.0 + (i % 11) ** 1.5 for i in range(n)],
        }
    )
    with pytest.warns(UserWarning, match="Missing cells are filled"):
        model = quick().fit(frame, "y")
    assert [kind.tag for kind in model.kinds] == [
        *["number"] * 3,
        "moment",
        "number",
        "ordered",
        "category",
        "boolean",
        "category",
    ]
    expected = model.predict(frame)
    np.testing.assert_array_equal(model.predict(frame.to_pandas()), expected)
    np.testing.assert_array_equal(model.predict(frame[3:5].drop("y")), expected[3:5])
    with pytest.warns(UserWarning, match="Missing cells are filled"):
        apart = quick().fit(frame.drop("y"), frame["y"])
    np.testing.assert_array_equal(apart.predict(frame.drop("y")), expected)
    levels = quick(distribution={"kind": "ordered_logistic"}).fit(frame.select("whole"), frame["grade"]).classes
    assert list(levels) == ["lo", "mid", "hi"]


def test_rows_of_text():
    text = Text.of(["u", "v", "w", "", "v"])
    assert text[1:4].tolist() == ["v", "w", ""]
    assert text[::2].tolist() == ["u", "w", "v"]
    assert text[np.array([True, False, False, False, True])].tolist() == ["u", "v"]
    assert text[np.array([4, 0])].tolist() == ["v", "u"]
    assert text[np.array([4, 2, 4])].tolist() == ["v", "w", "v"]
    assert text[np.zeros(5, bool)].tolist() == []
    assert (text[2], len(text), text.longest(), text.distinct()) == ("w", 5, 1, ["", "u", "v", "w"])
    assert text.codes(["v", "u"]).tolist() == [1, 0, -1, -1, 0]
    with pytest.raises(ll.DataError, match="half a character"):
        Text.of(["\ud800"])


def test_a_label_that_is_too_long():
    frame = pd.DataFrame({"x": np.arange(4.0), "y": ["u", "v", "u", "v" * 1001]})
    model = ll.Model({"quality": "plain", "data": {"target": "y"}, "distribution": {"kind": "bernoulli"}})
    with pytest.raises(
        ll.DataError, match="Target 'y' has a text of 1,001 bytes; labels of classes may have up to 1,000: name"
    ):
        model.fit(frame)


def test_text_without_blanks_around_it_is_not_copied():
    cells = pa.table({"a": pa.chunked_array([["x y", ""], ["é"]]), "b": [" x", "y", "z\u00a0"]})
    a, b = (as_table(cells).columns[name] for name in "ab")
    assert isinstance(a, Text)
    addresses = [chunk.buffers()[2].address for chunk in (*a.cells.chunks, *cells["a"].chunks)]
    assert addresses[:2] == addresses[2:]
    assert isinstance(b, Text)
    assert b.tolist() == ["x", "y", "z"]


def test_a_column_of_numbers_in_one_file_and_text_in_another(tmp_path: Path):
    for name, cells in (("1", [1.5]), ("2", ["x"])):
        pq.write_table(pa.table({"a": cells}), tmp_path / name)
    with pytest.raises(ll.DataError, match=r"2: column 'a' holds text in this file, and numbers in the first one"):
        as_table([tmp_path / "1", tmp_path / "2"])
