"""Cells of new rows that are written otherwise than in training: what can be read is read, and the rest is filled."""

import datetime

import numpy as np
import pandas as pd
import pytest

import likelinet as ll
from likelinet.config import DataConfig
from likelinet.tables.inputs import Encoded, Inputs, learn_inputs
from likelinet.tables.kinds import category
from likelinet.tables.recognise.moments import read_moments
from likelinet.tables.table import Table
from likelinet.tables.text import Text

DAYS = [datetime.date(2024, 1, 3) + datetime.timedelta(days=i) for i in range(80)]


def table(cells: list[str]) -> Table:
    return Table({"a": Text.of(cells), "x": np.linspace(0.0, 1.0, len(cells))}, len(cells))


def learned(cells: list[str], **data) -> Inputs:
    return learn_inputs(table(cells), ["a", "x"], np.ones(len(cells)), DataConfig(**data))


def notes(rows: Encoded) -> list[str]:
    with pytest.warns(UserWarning, match="column 'a'") as said:
        rows.oddities.note()
    return [str(w.message) for w in said]


@pytest.mark.parametrize("training", [["yes", "no", "yes", "yes"] * 10, ["yes", "no", "yes", "yes", ""] * 10])
@pytest.mark.parametrize("data", [{}, {"standardize": False}])
def test_neither_yes_nor_no_is_their_mean(training: list[str], data: dict[str, bool]):
    rows = learned(training, **data).rows(table(["yes", "maybe", "no"]))
    x = rows[:]
    np.testing.assert_allclose(x[1, 0], 0.75 * x[0, 0] + 0.25 * x[2, 0], atol=1e-12)
    assert not x[:, 1:-1].any()  # and it is not missing
    assert notes(rows) == [
        "What is neither yes nor no is filled with the mean of its column: column 'a' in 1 row (2: maybe)."
    ]
    with pytest.raises(ll.DataError, match=r"^Column 'a' has the category 'maybe' in row 2, which was not seen in"):
        learned(["yes", "no"] * 10, strict=True).rows(table(["yes", "maybe"]), strict=True).check()


@pytest.mark.parametrize("training", [["1", "0", "1", "1"] * 10, ["yes", "no", "yes", "yes", ""] * 10])
@pytest.mark.parametrize("odd", [2.0, -1.0, 0.5, 1e300, np.inf])
def test_numbers_but_one_and_zero_are_neither_yes_nor_no(training: list[str], odd: float):
    inputs = learned(training)
    cells = [1.0, odd, 0.0]
    as_numbers = inputs.rows(Table({"a": np.array(cells), "x": np.linspace(0.0, 1.0, 3)}, 3))
    as_text = inputs.rows(table([str(cell) for cell in cells]))
    x = as_numbers[:]
    np.testing.assert_array_equal(x, as_text[:])
    np.testing.assert_allclose(x[1, 0], 0.75 * x[0, 0] + 0.25 * x[2, 0], atol=1e-12)
    assert notes(as_numbers) == notes(as_text)
    assert notes(as_text) == [
        f"What is neither yes nor no is filled with the mean of its column: column 'a' in 1 row (2: {odd})."
    ]
    with pytest.raises(ll.DataError, match=r"^Column 'a' has the category '.*' in row 2, which was not seen in"):
        inputs.rows(Table({"a": np.array(cells), "x": np.zeros(3)}, 3), strict=True).check()


def test_a_level_that_an_order_has_not_is_the_middle_one():
    inputs = learned(["1", "2", "2", "3"] * 10, ordered=["a"])
    rows = inputs.rows(table(["2", "9"]))
    x = rows[:]
    np.testing.assert_array_equal(x[0, :2], x[1, :2])
    assert notes(rows) == [
        "Levels that training had not are filled with the one in the middle of their column: column 'a' in 1 row "
        "(2: 9)."
    ]


def test_yes_and_no_as_numbers_of_any_form():
    """As pandas writes 0 and 1 beside a missing cell."""
    plain = learned(["1", "0", ""] * 10)
    for cells in (["1.0", "0.0", ""] * 10, ["1", "0.0", ""] * 10):
        inputs = learned(cells)
        np.testing.assert_array_equal(inputs.rows(table(cells))[:], plain.rows(table(["1", "0", ""] * 10))[:])
    np.testing.assert_array_equal(plain.rows(table(["1.0", "0"]))[:], plain.rows(table(["1", "0.0"]))[:])


@pytest.mark.parametrize("cells", [["0 %", "1 %"], ["0:00", "0:01"], ["0 days 00:00:00", "0 days 00:00:01"]])
def test_two_numbers_in_dress_are_numbers(cells: list[str]):
    inputs = learned(cells * 10)
    assert inputs.columns[0].tag == "number"
    np.testing.assert_array_equal(inputs.rows(table(cells))[:][:, 0], [-1.0, 1.0])


FORMS = {
    "%d.%m.%Y": ["25/01/2024", "Feb 3, 2024", "20240229", "4 March 2024", "2024/01/05", "03/02/2024", "01-02-2024"],
    "%Y-%m-%d": ["25/01/2024", "Feb 3, 2024", "20240229", "4 March 2024", "2024/01/05", "03/02/2024", "01.02.2024"],
    "%m/%d/%Y": ["01.25.2024", "Feb 3, 2024", "20240229", "4 March 2024", "2024/01/05", "02.03.2024", "02-01-2024"],
}
MEANT = ["2024-01-25", "2024-02-03", "2024-02-29", "2024-03-04", "2024-01-05", "2024-02-03", "2024-02-01"]


@pytest.mark.parametrize("form", FORMS)
def test_dates_of_other_forms_that_leave_no_doubt(form: str):
    inputs = learned([day.strftime(form) for day in DAYS])
    rows = inputs.rows(table([*FORMS[form], "soon"]))
    written = [datetime.date.fromisoformat(day).strftime(form) for day in MEANT]
    np.testing.assert_array_equal(rows[:][:-1, :-1], inputs.rows(table(written))[:][:, :-1])
    said = notes(rows)
    assert [note.partition(":")[0] for note in said] == [
        "Text among numbers or dates counts as missing",
        "Dates of another form than in training are read all the same",
    ]
    assert f"column 'a' in 7 rows (1, 2, 3, 4, 5, …: {FORMS[form][0]} as 2024-01-25, " in said[1]
    strict = learned([day.strftime(form) for day in DAYS], strict=True)
    np.testing.assert_array_equal(strict.rows(table(FORMS[form]), strict=True)[:][:, :-1], rows[:][:-1, :-1])


@pytest.mark.parametrize(
    ("form", "cells", "expected"),
    [
        ("%Y-%m-%d", "03/04/2024", "NaT"),
        ("%Y-%m-%d", "03/04/2024|12/25/2024", "2024-03-04|2024-12-25"),
        ("%Y-%m-%d", "03/04/2024|12/25/2024|25/12/2024", "NaT|2024-12-25|2024-12-25"),
        ("%Y-%m-%d", "05/05/2024|03.04.2024", "2024-05-05|2024-04-03"),
        ("%d/%m/%Y", "03/04/2024|12/25/2024|25/12/2024", "2024-04-03|2024-12-25|2024-12-25"),
        ("%d/%m/%Y", "03/04/2024|12/25/2024", "NaT|2024-12-25"),  # as in another country
        ("%m/%d/%Y", "03-04-2024|25/12/2024|soon|2024|", "2024-03-04|2024-12-25|NaT|NaT|NaT"),
        ("%d.%m.%Y", "1.2.24|01-02-24|12345678", "NaT|NaT|NaT"),
        ("%H:%M", "12.30.45|9:30 pm|2024-01-01", "1970-01-01T12:30:45|1970-01-01T21:30|NaT"),
    ],
)
def test_what_is_in_doubt_is_missing(form: str, cells: str, expected: str):
    written = cells.split("|")
    values, stray = read_moments(Text.of(written), form)
    np.testing.assert_array_equal(values, np.array(expected.split("|"), "M8[us]"))
    assert stray.tolist() == [bool(cell) and np.isnat(v) for cell, v in zip(written, values, strict=True)]


def test_text_is_read_by_declared_moments_as_by_dates_of_iso():
    declared = {"a": np.array(DAYS, "M8[us]"), "x": np.linspace(0.0, 1.0, len(DAYS))}
    inputs = learn_inputs(Table(declared, len(DAYS)), ["a", "x"], np.ones(len(DAYS)), DataConfig())
    alone = inputs.rows(table(["03/04/2024"]))
    np.testing.assert_array_equal(alone[:], inputs.rows(table([""]))[:])  # which does not guess by its one row
    assert notes(alone)[0].startswith("Dates whose day could be their month count as missing: column 'a' in 1 row")
    np.testing.assert_array_equal(inputs.rows(table(FORMS["%Y-%m-%d"]))[:], inputs.rows(table(MEANT))[:])


@pytest.mark.parametrize("cell", ["14:30", "14:30:00", "2:30 pm"])
def test_text_is_read_by_declared_times_of_day(cell: str):
    declared = {"a": np.arange(0, 86400, 600).astype("m8[s]") + np.datetime64("1970-01-01T00:00:00", "us")}
    inputs = learn_inputs(Table(declared, 144), ["a"], np.ones(144), DataConfig())
    moment = Table({"a": np.array(["1970-01-01T14:30"], "M8[us]")}, 1)
    np.testing.assert_array_equal(inputs.rows(Table({"a": Text.of([cell])}, 1))[:], inputs.rows(moment)[:])


def test_strict_models_refuse_dates_in_doubt():
    inputs = learned([str(day) for day in DAYS], strict=True)
    with pytest.raises(
        ll.DataError, match=r"^Column 'a' must hold dates or times, but has text: '03/04/2024' in row 1"
    ):
        inputs.rows(table(["03/04/2024"]), strict=True)


def test_a_batch_of_dates_in_another_form_is_predicted():
    frame = pd.DataFrame({"when": [str(day) for day in DAYS], "x": np.linspace(0.0, 1.0, 80) ** 2})
    with pytest.warns(UserWarning, match="read as dates"):
        model = ll.Model({"quality": "plain", "training": {"epochs": 2}}).fit(frame, frame.x**2)
    other = frame.assign(when=[day.strftime("%d %B %Y") for day in DAYS])
    with pytest.warns(UserWarning, match="Dates of another form"):
        np.testing.assert_array_equal(model.predict(other), model.predict(frame))


def test_levels_are_looked_up_once_for_all_slices(monkeypatch: pytest.MonkeyPatch):
    levels = [f"l{i}" for i in range(200)]
    inputs = learned(levels * 5)
    (kind, _), looked_up, hash_of = inputs.columns, list[str](), category.hash_of
    assert isinstance(kind, category.Category)
    cells = [*levels[::-1], "new", "", "new"] * 3
    new = table(cells)
    each = np.empty((kind.width, len(cells)))
    strange = kind.encode(new.column("a"), each)
    np.testing.assert_array_equal(strange.unseen, np.array(cells) == "new")
    np.testing.assert_array_equal(strange.missing, np.array(cells) == "")
    monkeypatch.setattr(category, "hash_of", lambda level: looked_up.append(level) or hash_of(level))
    rows = inputs.rows(new)
    x = np.concatenate([rows[at : at + 7] for at in range(0, len(cells), 7)])
    np.testing.assert_array_equal(x[:, :-1], each.T)
    assert len(looked_up) == len({*looked_up}) > 100
    assert notes(rows)[0].endswith("column 'a' in 6 rows (201, 203, 404, 406, 607, …: new).")
