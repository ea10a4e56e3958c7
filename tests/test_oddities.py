"""What is said of cells that are not as those of training: each value or the range, once for rows in common."""

import datetime
import warnings

import numpy as np
import pandas as pd
import pytest

import likelinet as ll
from likelinet.config import DataConfig
from likelinet.tables.inputs import Inputs, learn_inputs
from likelinet.tables.table import as_table

N = 40
LINE = np.linspace(-1.0, 1.0, N)
WIDE = pd.DataFrame({f"x{j}": LINE[(np.arange(N) * (2 * j + 1)) % N] for j in range(7)})
DAYS = [datetime.date(2020, 1, 1) + datetime.timedelta(days=9 * j) for j in range(N)]


def inputs_of(frame: pd.DataFrame, strict: bool = False) -> Inputs:
    return learn_inputs(as_table(frame), [*frame.columns], np.ones(len(frame)), DataConfig(strict=strict))


def said(frame: pd.DataFrame, new: pd.DataFrame, at_once: int = N) -> list[str]:
    """Return the notes of new rows, which are encoded a few at once."""
    rows = inputs_of(frame).rows(as_table(new))
    for start in range(0, len(new), at_once):
        rows[start : start + at_once]
    with warnings.catch_warnings(record=True) as notes:
        warnings.simplefilter("always")
        rows.oddities.note()
    return [str(note.message) for note in notes]


@pytest.mark.parametrize("at_once", [N, 4])
def test_several_values_have_their_range(at_once: int):
    new = WIDE.copy()
    new.loc[[2, 6, 8], "x0"], new.loc[3, "x1"] = [1e9, -50.0, 7.0], 5.0 + 1e-12
    assert said(WIDE, new, at_once) == [
        "Numbers outside of the range of training are held within it: column 'x0' in 3 rows (3, 7, 9: -50 … "
        "1000000000, where training had -1 … 1); column 'x1' in 1 row (4: 5, where training had -1 … 1); "
        "data.extrapolate lets them go on as they are."
    ]


def test_large_numbers_have_no_exponent_on_either_side_of_zero():
    new = WIDE.copy()
    new.loc[[2, 6], "x0"] = [-1e9, 123456789012.5]
    assert "(3, 7: -1000000000 … 123456789012, where training had -1 … 1)" in said(WIDE, new, N)[0]


@pytest.mark.parametrize("at_once", [N, 4])
def test_columns_odd_in_the_same_rows_are_told_together(at_once: int):
    new = WIDE.copy()
    new.loc[[2, 6], [f"x{j}" for j in range(6)]] = 8.0
    new.loc[[6, 10], "x6"] = 8.0  # as many rows, and in slices the same place of another one
    assert said(WIDE, new, at_once) == [
        "Numbers outside of the range of training are held within it: columns 'x0', 'x1', 'x2', 'x3', 'x4' and 1 more "
        "in 2 rows (3, 7; 'x0': 8, where training had -1 … 1); column 'x6' in 2 rows (7, 11: 8, where training "
        "had -1 … 1); data.extrapolate lets them go on as they are."
    ]
    new = WIDE.copy()
    new.loc[4:20, ["x1", "x2", "x3"]] = np.nan
    assert said(WIDE, new, at_once) == [
        "Missing cells are filled, although training had none: columns 'x1', 'x2', 'x3' in 17 rows (5, 6, 7, 8, 9, …)."
    ]


def test_different_categories_are_named():
    frame = pd.DataFrame({"c": ["u", "v"] * (N // 2)})
    new = frame.assign(c=[*"pqpqrstu", *frame.c[8:]])
    assert said(frame, new) == [
        "Categories that training had not count as other ones: column 'c' in 7 rows (1, 2, 3, 4, 5, …: p, q, r, s, t)."
    ]
    assert "(1, 2, 3, 4, 5, …: p, q, r, s, t, …)." in said(frame, new.assign(c=[*"pqpqrstw", *frame.c[8:]]))[0]


def test_what_is_among_dates_is_told_apart():
    iso = pd.DataFrame({"when": [str(day) for day in DAYS]})
    new = pd.DataFrame({"when": ["2020-03-01", "05/06/2020", "44197", "soon", "", "2020/12/13", "4.5"]})
    assert said(iso, new) == [
        "Text among numbers or dates counts as missing: column 'when' in 1 row (4: soon); data.categorical makes "
        "categories of such a column.",
        "Dates whose day could be their month count as missing: column 'when' in 1 row (2: 05/06/2020); write the year "
        "first, as in 2024-02-29.",
        "Numbers among dates or times count as missing: column 'when' in 2 rows (3, 7: 44197, 4.5).",
        "Dates of another form than in training are read all the same: column 'when' in 1 row (6: 2020/12/13 as "
        "2020-12-13).",
        "Missing cells are filled, although training had none: column 'when' in 1 row (5).",
    ]


@pytest.mark.parametrize("declared", [True, False])
def test_numbers_in_a_column_of_dates(declared: bool):
    frame = pd.DataFrame({"when": pd.to_datetime(DAYS) if declared else [str(day) for day in DAYS]})
    new = pd.DataFrame({"when": np.arange(44000.0, 44003.0)})
    assert said(frame, new) == [
        "Numbers among dates or times count as missing: column 'when' in 3 rows (1, 2, 3: 44000.0, 44001.0, 44002.0)."
    ]
    strict = inputs_of(frame, strict=True)
    with pytest.raises(ll.DataError, match=r"^Column 'when' must hold dates or times, but has numbers: '44000.0' in r"):
        strict.rows(as_table(new), strict=True)
    days = inputs_of(frame).rows(as_table(pd.DataFrame({"when": np.array([20200301, 20201213])})))
    same = inputs_of(frame).rows(as_table(pd.DataFrame({"when": ["2020-03-01", "2020-12-13"]})))
    np.testing.assert_array_equal(days[:], same[:])
