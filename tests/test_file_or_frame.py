"""A DataFrame of pandas and the file that pandas writes of it are read alike."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import likelinet as ll
from likelinet.config import DataConfig
from likelinet.tables.inputs import Inputs, learn_inputs
from likelinet.tables.recognise.durations import durations_in
from likelinet.tables.rows import read_rows
from likelinet.tables.table import Table, as_table, read_table
from likelinet.tables.text import Text
from likelinet.targets.suggestion import suggested

N = 60
RNG = np.random.default_rng(0)
ROWS, NUMBERS = np.arange(N), RNG.normal(size=N)
LASTS = pd.Series(pd.to_timedelta(RNG.integers(-(10**6), 10**6, N), unit="s"))


def both(folder: Path, column: pd.Series) -> tuple[Table, Table]:
    frame = pd.DataFrame({"a": column, "x": NUMBERS})
    frame.to_csv(folder / "t.csv", index=False)
    return as_table(frame), read_table(folder / "t.csv")


def learned(table: Table) -> Inputs:
    return learn_inputs(table, [*table.columns], np.ones(table.n), DataConfig())


@pytest.mark.parametrize("empty", [[], [7], [3, 20, 41]])
@pytest.mark.parametrize("shuffled", [False, True])
def test_numbers_of_rows(tmp_path: Path, empty: list[int], shuffled: bool):
    numbers = pd.Series(RNG.permutation(N) if shuffled else ROWS) + 1
    column = numbers.where(~numbers.index.isin(empty)) if empty else numbers
    kinds = [learned(table).columns[0] for table in both(tmp_path, column)]
    kinds += [learned(table).columns[0] for table in both(tmp_path, column.astype("Int64"))]
    assert kinds[0].tag == "identifier"
    assert kinds == kinds[:1] * 4


def test_floating_point_without_a_gap_is_measured(tmp_path: Path):
    for column in (pd.Series(ROWS + 1.0), pd.Series(np.where(ROWS == 7, np.nan, ROWS + 0.5))):
        assert [learned(table).columns[0].tag for table in both(tmp_path, column)] == ["number"] * 2


def test_postal_codes_and_other_long_ones(tmp_path: Path):
    for name, code in (("zip", 10115 + 7 * (ROWS % 4)), ("account", 123_456_789_012 + ROWS % 5)):
        frame = pd.DataFrame({name: pd.Series(code).where(ROWS != 9).astype("Int64"), "x": NUMBERS})
        frame.to_csv(tmp_path / "t.csv", index=False)
        read = pd.read_csv(tmp_path / "t.csv").assign(x=NUMBERS)  # some versions of its parser are off by a bit
        tables = read_table(tmp_path / "t.csv"), as_table(frame), as_table(read)
        one, *others = (learned(table) for table in tables)
        assert one.columns[0].tag == "category"
        assert [other.columns[0] for other in others] == [one.columns[0]] * 2
        for table in tables[1:]:
            np.testing.assert_array_equal(one.rows(table)[:], one.rows(tables[0])[:])


DURATIONS = {
    "seconds": LASTS,
    "with gaps": LASTS.where(ROWS % 7 > 0),
    "whole days": LASTS.dt.floor("D"),
    "parts of a second": LASTS / 1000,
    "two of them": pd.Series(pd.to_timedelta(ROWS % 2, unit="s")),
}


@pytest.mark.parametrize("case", DURATIONS)
def test_durations(tmp_path: Path, case: str):
    frame, file = both(tmp_path, DURATIONS[case])
    one, two = learned(frame), learned(file)
    assert (one.columns[0].tag, two.columns[0].tag) == ("number", "number")
    expected = one.rows(frame)[:]
    for inputs in (one, two):
        for table in (frame, file):
            np.testing.assert_allclose(inputs.rows(table)[:], expected, rtol=1e-12, atol=1e-12)
    there = DURATIONS[case].dropna().dt.total_seconds()
    np.testing.assert_allclose([one.columns[0].low, two.columns[0].low], there.min(), rtol=1e-12)
    np.testing.assert_allclose([one.columns[0].high, two.columns[0].high], there.max(), rtol=1e-12)


def test_y_that_is_durations(tmp_path: Path):
    frame, file = both(tmp_path, DURATIONS["seconds"])
    data = DataConfig(target="a")
    with pytest.warns(UserWarning, match=r"^Target 'a' is read as durations \('.*' is -?\d+ seconds\)\.$"):
        rows = read_rows(data, False, file, None, None, "Target 'a'")
    expected = read_rows(data, False, frame, None, None, "Target 'a'").y
    np.testing.assert_array_equal(rows.y, expected)
    assert suggested(file, "a") == suggested(frame, "a")
    clocks = as_table({"a": ["09:30", "12:45", "15:00"] * 9, "x": ROWS[:27]})
    with pytest.raises(ll.DataError, match="must hold numbers"):  # times of day are none
        ll.Model({"quality": "plain", "data": {"target": "a"}}).fit(clocks)


def test_negative_ones_as_python_and_others_write_them():
    found = durations_in(
        Text.of(["-1 day, 23:00:00", "-1 days +23:00:00", "-1 days 01:00:00", "-0:00:30", "2 days 0:00:01"])
    )
    assert found is not None
    assert found.seconds.tolist() == [-3600.0, -3600.0, -90000.0, -30.0, 172801.0]


@pytest.mark.filterwarnings("ignore:Missing cells are filled", "ignore:.*spells classes otherwise")
@pytest.mark.parametrize("how", ["categorical", "ordered"])
@pytest.mark.parametrize("many", [3, 200])
def test_whole_numbers_as_levels_are_the_same_with_point_0(how: str, many: int, tmp_path: Path):
    zips = pd.Series(3000 + np.arange(400) % many)
    for name, column in (("whole", zips), ("floating", zips.where(zips.index != 9))):
        pd.DataFrame({"zip": column, "x": np.arange(400.0) ** 2}).to_csv(tmp_path / f"{name}.csv", index=False)
    assert "3001.0," in (tmp_path / "floating.csv").read_text()
    tables = [read_table(tmp_path / f"{name}.csv") for name in ("whole", "floating")]
    tables += [as_table(pd.read_csv(tmp_path / f"{name}.csv")) for name in ("whole", "floating")]
    there = zips.index != 9
    for table in tables:
        inputs = learn_inputs(table, ["zip", "x"], np.ones(400), DataConfig.model_validate({how: ["zip"]}))
        x = [inputs.rows(other)[:][there] for other in tables]
        assert np.ptp(x[0][:, 0]) > 0.0
        for other in x[1:]:
            np.testing.assert_array_equal(other, x[0])
