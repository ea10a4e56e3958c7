"""Columns of dates and times as inputs of the network."""

import datetime
import json

import numpy as np
import pandas as pd
import pytest

import likelinet as ll
from likelinet.config import DataConfig
from likelinet.tables.inputs import Inputs, learn_inputs
from likelinet.tables.kinds.left_out import Constant
from likelinet.tables.kinds.moment import Moment, place_in
from likelinet.tables.kinds.noted import note_readings
from likelinet.tables.recognise.moments import moments_in
from likelinet.tables.table import as_table
from likelinet.tables.text import Text
from tests.small import quick

DAYS = pd.Series(pd.date_range("2020-01-01", "2021-12-31", freq="D"))
HOURS = pd.Series(pd.date_range("2024-02-26", periods=240, freq="h"))  # from a Monday on
S3 = 0.5 * 3.0**0.5


def inputs_of(frame: pd.DataFrame, **data) -> Inputs:
    table = as_table(frame)
    inputs = learn_inputs(table, [*frame.columns], np.ones(len(frame)), DataConfig(**data))
    note_readings(table, inputs.columns)
    return inputs


def test_values_by_hand():
    inputs = inputs_of(pd.DataFrame({"when": HOURS}))
    (kind,) = inputs.columns
    assert kind.inputs == ["when", "when weekday sin", "when weekday cos", "when hour sin", "when hour cos"]
    x = inputs.rows(as_table(pd.DataFrame({"when": HOURS})))[:]
    hours = np.arange(240.0)
    np.testing.assert_allclose(x[:, 0], (hours - hours.mean()) / hours.std(), atol=1e-12)
    week = 2.0 * np.pi / 7.0
    np.testing.assert_allclose(x[[0, 23, 24, 168], 1], np.sin([0.0, 0.0, week, 0.0]), atol=1e-15)
    np.testing.assert_allclose(x[[0, 23, 24, 168], 2], np.cos([0.0, 0.0, week, 0.0]), atol=1e-15)
    np.testing.assert_allclose(x[[0, 2, 6, 12, 31], 3], [0.0, 0.5, 1.0, 0.0, np.sin(7 * np.pi / 12)], atol=1e-15)
    np.testing.assert_allclose(x[[0, 2, 6, 12, 30], 4], [1.0, S3, 0.0, -1.0, 0.0], atol=1e-15)


def test_in_words():
    (kind,) = inputs_of(pd.DataFrame({"when": HOURS})).columns
    assert kind.describe() == "dates and times as time since 2024-02-26, with the weekday, the hour"
    (kind,) = inputs_of(pd.DataFrame({"when": [*HOURS[7:30]]})).columns
    assert kind.describe() == "dates and times as time since 2024-02-26 07:00:00"


def test_the_month_goes_on_day_by_day():
    moments = np.array(["2020-01-01", "2020-04-01", "2020-04-16", "2021-02-15T12", "2019-12-31"], "M8[us]")
    expected = [0.0, 3 / 12, 3.5 / 12, 1.5 / 12, (11 + 30 / 31) / 12]
    np.testing.assert_allclose(place_in("month", moments), expected, rtol=1e-15)
    days = np.array(["1970-01-01", "2024-02-26", "1969-12-28"], "M8[us]")
    assert place_in("weekday", days).tolist() == [3 / 7, 0.0, 6 / 7]


@pytest.mark.parametrize(
    ("moments", "cycles"),
    [
        (DAYS, ("month", "weekday")),
        (DAYS[:300], ("weekday",)),  # less than a year
        (DAYS[:5], ()),
        (HOURS, ("weekday", "hour")),
        (DAYS[::7], ("month",)),
        (DAYS[DAYS.dt.is_month_start], ("month",)),  # of months the weekday says nothing
        (DAYS[DAYS.dt.is_year_start], ()),
    ],
)
def test_cycles_are_those_that_vary(moments: pd.Series, cycles: tuple[str, ...]):
    (kind,) = inputs_of(pd.DataFrame({"when": [*moments]})).columns
    assert isinstance(kind, Moment)
    assert kind.cycles == cycles


FORMS = ["%Y-%m-%d %H:%M", "%d.%m.%Y %H:%M", "%m/%d/%Y %I:%M %p", "%d %b %Y, %H:%M", "%Y%m%dT%H%M"]


@pytest.mark.parametrize("form", FORMS)
def test_text_is_as_good_as_moments(form: str):
    frame, text = pd.DataFrame({"when": HOURS}), pd.DataFrame({"when": HOURS.dt.strftime(form)})
    with pytest.warns(UserWarning, match=r"^Columns are read as dates or times: 'when' as dates with times \('"):
        inputs = inputs_of(text)
    x = inputs_of(frame).rows(as_table(frame))[:]
    np.testing.assert_array_equal(inputs.rows(as_table(text))[:], x)
    np.testing.assert_array_equal(inputs.rows(as_table(text.iloc[3:4]))[:], x[3:4])
    np.testing.assert_array_equal(inputs.rows(as_table(frame))[:], x)  # a declared column for text
    np.testing.assert_array_equal(inputs_of(frame).rows(as_table(text))[:], x)  # and the other way round


def test_missing_moments():
    frame = pd.DataFrame({"when": DAYS})
    frame.loc[[1, 5], "when"] = None
    with pytest.warns(UserWarning, match=r"^Missing cells are filled, .*: 'when' in 2 rows"):
        inputs = inputs_of(frame)
    (kind,) = inputs.columns
    assert kind.inputs[-1] == "when missing"
    x = inputs.rows(as_table(frame))[:]
    assert x[:, -1].nonzero()[0].tolist() == [1, 5]
    assert isinstance(kind, Moment)
    known = np.delete(np.arange(len(DAYS)), [1, 5])
    days = np.sort(known)
    assert kind.median == days[(len(days) - 1) // 2]
    np.testing.assert_allclose(x[1, 0], (kind.median - days.mean()) / days.std(), rtol=1e-12)
    assert x[1, 1:-1].tolist() == [0.0] * 4
    np.testing.assert_allclose(np.hypot(x[known, 1], x[known, 2]), 1.0, rtol=1e-14)


def test_beyond_training():
    frame = pd.DataFrame({"when": DAYS})
    new = pd.DataFrame({"when": [datetime.datetime(2021, 12, 31), datetime.datetime(2030, 4, 1), None]})
    encoded = inputs_of(frame).rows(as_table(new))
    x = encoded[:]
    n = np.arange(float(len(DAYS)))
    held = 1.05 * (len(DAYS) - 1)
    np.testing.assert_allclose(x[:2, 0], (np.array([n[-1], held]) - n.mean()) / n.std(), rtol=1e-12)
    np.testing.assert_allclose(x[1, 1:3], [1.0, 0.0], atol=1e-15)  # April, whatever the year
    with pytest.warns(UserWarning, match="Numbers outside|Missing cells") as notes:
        encoded.oddities.note()
    assert "column 'when' in 1 row (2: 2030-04-01" in str(notes[0].message)
    assert "training had 2020-01-01 … 2021-12-31" in str(notes[0].message)
    assert "column 'when' in 1 row (3)" in str(notes[1].message)
    free = inputs_of(frame, extrapolate=True).rows(as_table(new))[:]
    np.testing.assert_allclose(free[1, 0], (3743 - n.mean()) / n.std(), rtol=1e-12)


def test_text_that_is_no_moment():
    frame = pd.DataFrame({"when": DAYS})
    inputs = inputs_of(frame)
    x = inputs.rows(as_table(frame))[:]
    rows = inputs.rows(as_table(pd.DataFrame({"when": ["2020-01-01", "soon", "NA"]})))
    np.testing.assert_array_equal(rows[:][0], x[0])
    assert rows[:][1, 1:].tolist() == [0.0] * 4
    with pytest.warns(UserWarning, match="Text among numbers or dates|Missing cells") as notes:
        rows.oddities.note()
    assert "counts as missing: column 'when' in 1 row (2: soon)" in str(notes[0].message)
    with pytest.raises(ll.DataError, match=r"^Column 'when' must hold dates or times, but has text: 'soon'"):
        inputs.rows(as_table(pd.DataFrame({"when": ["2020-01-01", "soon"]})), strict=True)
    none = inputs.rows(as_table(pd.DataFrame({"when": ["now", "soon"]})))  # not a single one is a date
    np.testing.assert_array_equal(none[:], rows[:][[1, 2]])


def test_constant_moments():
    for values in ([DAYS[0]] * 30, pd.Series([None] * 30, dtype="datetime64[us]")):
        with pytest.warns(UserWarning, match="left out: 'when'"):
            (kind,) = inputs_of(pd.DataFrame({"when": values})).columns
        assert isinstance(kind, Constant)


DATES, TIMES = HOURS.dt.strftime("%d/%m/%Y"), HOURS.dt.strftime("%H.%M.%S")


@pytest.mark.parametrize("names", [("Date", "Time"), ("start_date", "start_time"), ("day", "clock")])
def test_a_date_and_a_time(names: tuple[str, str]):
    frame = pd.DataFrame({names[0]: DATES, names[1]: TIMES, "x": np.arange(240.0)})
    with pytest.warns(UserWarning, match=f"with the times of '{names[1]}'"):
        inputs = inputs_of(frame)
    assert [k.width for k in inputs.columns] == [5, 0, 1]
    x = inputs.rows(as_table(frame))[:]
    assert inputs.columns[1].describe() == f"together with '{names[0]}'"
    together = pd.DataFrame({"when": HOURS})
    np.testing.assert_array_equal(x[:, :5], inputs_of(together).rows(as_table(together))[:])
    again = Inputs.from_json(json.loads(json.dumps(inputs.to_json())))
    assert again == inputs
    np.testing.assert_array_equal(again.rows(as_table(frame))[:], x)


def test_two_dates_and_two_times():
    frame = pd.DataFrame({"start_date": DATES, "end_date": DATES, "end_time": TIMES, "start_time": TIMES})
    with pytest.warns(UserWarning, match="'start_date' as .* with the times of 'start_time', 'end_date'"):
        inputs = inputs_of(frame)
    assert [k.width for k in inputs.columns] == [5, 5, 0, 0]


def test_times_of_day_alone():
    frame = pd.DataFrame({"at": HOURS.dt.strftime("%H:%M")})
    with pytest.warns(UserWarning, match="'at' as times"):
        (kind,) = inputs_of(frame).columns
    assert kind.inputs == ["at", "at hour sin", "at hour cos"]


def test_columns_that_the_config_says_are_moments():
    years = pd.DataFrame({"y": [2016, 2017, 2018] * 10})
    assert inputs_of(years).columns[0].tag == "number"
    with pytest.warns(UserWarning, match="'y' as years"):
        (kind,) = inputs_of(years, datetime=["y"]).columns
    assert isinstance(kind, Moment)
    assert (kind.origin[:10], kind.cycles) == ("2016-01-01", ())
    np.testing.assert_array_equal([kind.low, kind.high], [0.0, 731.0])  # 2016 was a leap year
    mostly = pd.DataFrame({"y": ["2020-01-01", "2020-02-01", "2020-03-04", "soon"] * 10})
    with pytest.warns(UserWarning, match="read as dates"):
        (kind,) = inputs_of(mostly, datetime=["y"]).columns
    assert isinstance(kind, Moment)
    with pytest.raises(ll.DataError, match=r"^Column 'y' of data\.datetime has no dates .* but cells like 'a'\.$"):
        inputs_of(pd.DataFrame({"y": ["a", "b"] * 10}), datetime=["y"])


def test_a_model_of_dates(tmp_path):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"when": HOURS, "x": rng.normal(size=240)})
    y = np.sin(2.0 * np.pi * HOURS.dt.hour / 24.0).to_numpy() + 0.01 * rng.normal(size=240)
    model = quick(training={"optimizer": {"kind": "lbfgs"}, "epochs": 200}, network={"hidden": []}).fit(frame, y)
    assert model.evaluate(frame, y)["rmse"] < 0.02  # a line through the sine of the hour
    model.save(tmp_path / "m")
    np.testing.assert_array_equal(ll.Model.load(tmp_path / "m").predict(frame), model.predict(frame))


@pytest.mark.parametrize(
    ("minutes", "seen"),
    [
        ([0, 9, 125, 1250], "2024-05-03 00:10 … 21:00"),
        ([0, 0.1, 0.25, 0.5], "2024-05-03 00:10:00 … 00:10:30"),
        ([0, 9, 125, 1430], "2024-05-03 … 2024-05-04"),
    ],
)
def test_moments_of_one_day_are_shown_with_their_times(minutes: list[float], seen: str):
    when = pd.Timestamp("2024-05-03 00:10") + pd.to_timedelta(3 * minutes, "min")
    (kind,) = inputs_of(pd.DataFrame({"when": when})).columns
    assert kind.seen == seen


def test_times_of_a_day_are_shown_without_a_date():
    (kind,) = learn_inputs(as_table({"t": ["19:30", "12:15", "12:00"] * 9}), ["t"], np.ones(27), DataConfig()).columns
    assert kind.seen == "12:00:00 … 19:30:00"
    assert kind.describe() == "times ('19:30' is 19:30:00) as time since 12:00:00, with the hour"


def test_very_many_moments_are_those_of_pandas():
    when = pd.Series(pd.date_range("1999-12-31 23:59:58", periods=140_001, freq="73s"))
    found = moments_in(Text.of(when.astype(str)))
    assert found is not None
    np.testing.assert_array_equal(found.values, when.to_numpy())
