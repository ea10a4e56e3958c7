"""Moments and durations: what is read as which, and what is not."""

import datetime

import numpy as np
import pyarrow as pa
import pytest

from likelinet.tables.recognise.durations import durations_in, read_durations
from likelinet.tables.recognise.forms import FORMS
from likelinet.tables.recognise.moments import moments_in, moments_in_numbers, read_moments
from likelinet.tables.text import Text

RNG = np.random.default_rng(7)
DAYS = [datetime.datetime(1971, 1, 1) + datetime.timedelta(days=int(d)) for d in RNG.integers(0, 23_000, 60)]
CLOCKS = [d + datetime.timedelta(seconds=int(s)) for d, s in zip(DAYS, RNG.integers(0, 86_400, 60), strict=True)]
WRITTEN = [form for form in FORMS if not {"q", "H"} & {*form} and form != "%Y"]


def cells(line: str) -> Text:
    return Text.of(line.split("|"))


@pytest.mark.parametrize("form", WRITTEN)
@pytest.mark.parametrize("clock", ["", " %H:%M:%S", "T%H:%M:%S", "%H%M%S", " %I:%M %p", " %H:%M:%S.%f"])
def test_all_that_strftime_writes(form: str, clock: str):
    if (clock == "%H%M%S") > (form == "%Y%m%d"):
        return
    if clock and ("%d" not in form or (form == "%Y%m%d" and clock not in ("T%H:%M:%S", "%H%M%S"))):
        return
    written = [c.strftime(form + clock) for c in CLOCKS]
    found = moments_in(Text.of([*written, "NA"]))
    assert found is not None
    assert found.form == form
    expected = [datetime.datetime.strptime(w, form + clock) for w in written]
    assert found.values[:-1].tolist() == expected
    assert np.isnat(found.values[-1])
    values, stray = read_moments(Text.of(["soon", *written]), found.form)
    assert values[1:].tolist() == expected
    assert stray.tolist() == [True] + 60 * [False]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("2020-01-03T12:30:00Z|2020-01-04T12:30:00+02:00", ["2020-01-03T12:30", "2020-01-04T12:30"]),
        ("2020-01-03 24:00|2020-01-03 01:00", ["2020-01-04T00:00", "2020-01-03T01:00"]),
        ("2020-01-03|2020-01-03 01:00", ["2020-01-03T00:00", "2020-01-03T01:00"]),
        ("03 Jan 2020|4. February 2021|5th Mar 2021", ["2020-01-03", "2021-02-04", "2021-03-05"]),
        ("Fri, 03 Jan 2020 10:11:12 GMT|Saturday 4 jan 2020", ["2020-01-03T10:11:12", "2020-01-04"]),
        ("03/May/2024:23:05:43 +0200|12/Jun/2024:01:02:03 +0000", ["2024-05-03T23:05:43", "2024-06-12T01:02:03"]),
        ("Fri May  3 00:00:43 2024|Sat Jun 15 13:08:45 +0000 2024", ["2024-05-03T00:00:43", "2024-06-15T13:08:45"]),
        ("Jan 3, 2020|March 12 2021", ["2020-01-03", "2021-03-12"]),
        ("Jan-3-2020|March-12-2021", ["2020-01-03", "2021-03-12"]),
        ("31-Jul-18|1-Aug-18", ["2018-07-31", "2018-08-01"]),
        ("2020Q1|2020-Q3", ["2020-01-01", "2020-07-01"]),
        ("Q4 2020|Q2 2021", ["2020-10-01", "2021-04-01"]),
        ("12/2020|1/2021", ["2020-12-01", "2021-01-01"]),
        ("18.00.00|19.30.05", ["1970-01-01T18:00", "1970-01-01T19:30:05"]),
        ("9:05|23:59:59.25", ["1970-01-01T09:05", "1970-01-01T23:59:59.25"]),
        ("12:00 AM|1:30 p.m.", ["1970-01-01T00:00", "1970-01-01T13:30"]),
        ("15/08/69|15/08/68", ["1969-08-15", "1968-08-15"]),
    ],
)
def test_read(line: str, expected: list[str]):
    found = moments_in(cells(line))
    assert found is not None
    assert found.values.tolist() == np.array(expected, "M8[us]").tolist()


@pytest.mark.parametrize(
    ("line", "first", "why"),
    [
        ("31/01/2020|01/02/2020", "2020-01-31", None),
        ("01/31/2020|2/1/2020", "2020-01-31", None),
        ("03/04/2020|05/04/2020|04/05/2020", "2020-04-03", "since the rows are in its order"),
        ("04/03/2020|04/05/2020|05/04/2020", "2020-04-03", "since the rows are in its order"),
        ("01/03/2020|01/01/2020|01/02/2020", "2020-03-01", "since all are then the first of a month"),
        ("01/02/2020|03/02/2020|02/02/2020", "2020-02-01", "since it spans less time"),
        ("03/04/2020|05/06/2020|01/07/2020|07/01/2020", "2020-03-04", "as is usual"),
        ("03-04-2020|05-06-2020|01-07-2020|07-01-2020", "2020-04-03", "as is usual"),
        ("01.02.2020|03.02.2020|02.02.2020", "2020-02-01", "as is usual"),
        ("02.01.2020|02.03.2020|02.02.2020", "2020-01-02", "as is usual"),
    ],
)
def test_day_and_month(line: str, first: str, why: str | None):
    found = moments_in(cells(line))
    assert found is not None
    assert found.values[0] == np.datetime64(first)
    assert found.words.partition("; ")[2].endswith(why or "")
    assert ("could be the other way round" in found.words) == (why is not None)


@pytest.mark.parametrize(
    "line",
    [
        "2016|2015",
        "20200103|20211331",
        "202001|202012|202105|202106|202107",  # few
        "202001|202012|202105|202106|202107|202108|202113",
        "18991231|18991230",
        "2020-02-30|2020-02-28",
        "2010-11|2011-12",  # seasons
        "3:45|4:12",  # durations
        "1:23:45|0:50:01",
        "25:10|3:10",
        "12.5|3.7",
        "1.2.20|10.1.19",  # versions
        "1/2|3/4",
        "555-123-4567|555-123-4568",
        "May|June",
        "Marble 2020|Onyx 2021",
        "2020-01-03|soon",
        "|NA",
    ],
)
def test_not_read(line: str):
    assert moments_in(cells(line)) is None


def test_words():
    assert moments_in(cells("1/31/2005|1/2/2005")).words == "dates ('1/31/2005' is 2005-01-31)"  # pyright: ignore
    assert moments_in(cells("2020-01-03|2020-01-31")).words == "dates"  # pyright: ignore
    zoned = moments_in(cells("2020-01-03T12:30:05Z"))
    assert zoned is not None
    assert zoned.words == "dates with times in local time ('2020-01-03T12:30:05Z' is 2020-01-03 12:30:05)"


def test_large_strings():
    for line in ("2020-01-03|2020-01-04 5:30 PM", "20200103|20200104", "4. Feb 2020", "2020Q1", "9:05|NA|10:30"):
        large, text = Text(cells(line).cells.cast(pa.large_string())), cells(line)
        one, two = moments_in(large), moments_in(text)
        assert one is not None
        assert two is not None
        assert (one.words, one.values.tolist()) == (two.words, two.values.tolist())
    for line in ("1:23:45", "2h 30m|1h", "PT1H"):
        found = durations_in(Text(cells(line).cells.cast(pa.large_string())))
        assert found is not None


def test_most_cells():
    text = Text.of(["NA"] * 200 + ["2020-01-03"] * 9 + ["soon"])
    assert moments_in(text) is None
    found = moments_in(text, agree=0.9)
    assert found is not None
    assert found.stray.nonzero()[0].tolist() == [209]


def test_all_cells_before_most_cells():
    line = "|".join([*(f"{m}/1/2020" for m in range(1, 13)), *(f"2/{d}/2020" for d in range(1, 13)), "3/13/2020"])
    found = moments_in(cells(line), agree=0.9)
    assert found is not None
    assert (found.form, found.values[-1]) == ("%m/%d/%Y", np.datetime64("2020-03-13"))
    assert not found.stray.any()


def test_whole_numbers():
    found = moments_in_numbers(np.array([20200131.0, np.nan, 20200229.0]))
    assert found is not None
    assert found.values.astype(str).tolist() == ["2020-01-31T00:00:00.000000", "NaT", "2020-02-29T00:00:00.000000"]
    months = moments_in_numbers(np.array([202001, 202012, 202105, 202106, 202107, 202108]))
    assert months is not None
    assert months.values[1] == np.datetime64("2020-12-01")
    for numbers in ([202001, 202012], [20200131, 20200230], [20200131, 7], [2020.5], [np.nan]):
        assert moments_in_numbers(np.array(numbers)) is None


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("1:23:45|0:50:01|30:00:00.5", [5025.0, 3001.0, 108000.5]),
        ("3:45|4:12|NA", [225.0, 252.0, np.nan]),
        ("2h 30m|45m|1h", [9000.0, 2700.0, 3600.0]),
        ("2h30m15s|1d 1s", [9015.0, 86401.0]),
        ("90 min|5 mins.", [5400.0, 300.0]),
        ("1 hour and 5 minutes|2 hours", [3900.0, 7200.0]),
        ("1.5 h|2,5 h", [5400.0, 9000.0]),
        ("2 weeks|1 week", [1209600.0, 604800.0]),
        ("500 ms|1 s", [0.5, 1.0]),
        ("PT1H30M|P1DT2H|-PT0.5S", [5400.0, 93600.0, -0.5]),
        ("1 days 02:03:04|0 days 00:00:01.5", [93784.0, 1.5]),
        ("1 day, 2:03:04|2:03:04", [93784.0, 7384.0]),
    ],
)
def test_durations(line: str, expected: list[float]):
    found = durations_in(cells(line))
    assert found is not None
    np.testing.assert_allclose(found.seconds, expected, rtol=1e-14)
    seconds, stray = read_durations(cells(line + "|long"), found.form)
    np.testing.assert_array_equal(seconds[:-1], found.seconds)
    assert stray.tolist() == [False] * len(expected) + [True]


@pytest.mark.parametrize(
    "line", ["5 m|6 m", "12 kg|3 kg", "P1Y|P2Y", "P|PT", "3:75|2:10", "5' 11\"|6' 2\"", "12|13", "a|b"]
)
def test_no_durations(line: str):
    assert durations_in(cells(line)) is None


def test_durations_of_python():
    lasts = [datetime.timedelta(seconds=int(s), microseconds=int(u)) for s, u in RNG.integers(0, 10**6, (50, 2))]
    found = durations_in(Text.of(map(str, lasts)))
    assert found is not None
    np.testing.assert_allclose(found.seconds, [d.total_seconds() for d in lasts], rtol=1e-14)
    assert found.words.startswith(f"durations ('{lasts[0]}' is ")


def test_iso_dates_are_read_beside_any_form_of_dates():
    values, stray = read_moments(Text.of(["31/01/2021", "2021-02-03", "soon", ""]), "%d/%m/%Y")
    assert values.astype("datetime64[D]").astype(str).tolist() == ["2021-01-31", "2021-02-03", "NaT", "NaT"]
    assert stray.tolist() == [False, False, True, False]
    assert np.isnat(read_moments(Text.of(["2021-02-03"]), "%H:%M")[0]).all()
