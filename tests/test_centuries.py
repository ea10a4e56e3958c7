"""Years of two digits: those of a column lie together, and new ones in the same hundred years."""

import datetime
import warnings

import numpy as np
import pytest

import likelinet as ll
from likelinet.tables.inputs import learn_inputs
from likelinet.tables.kinds.moment import Moment
from likelinet.tables.recognise.moments import moments_in
from likelinet.tables.table import Table
from likelinet.tables.text import Text


def written(years: range, form: str = "%d/%m/%y") -> list[str]:
    """Return a day of each year, none of which could be its month."""
    return [datetime.date(year, 1 + year % 12, 13 + year % 16).strftime(form) for year in years]


@pytest.mark.parametrize(
    ("years", "since"),
    [
        (range(1998, 2027), 1962),
        (range(1931, 1969), 1900),  # or all of it would be ahead of us
        (range(1935, 1938), 1886),
        (range(1908, 1965), 1886),  # or its end
        (range(1940, 2012), 1926),  # on both sides of 1969
        (range(1920, 2010), 1915),
        (range(2015, 2046), 1980),
        (range(2029, 2050), 1989),
        (range(1929, 1951), 1890),
        (range(1964, 1965), 1914),
        (range(1930, 2030), 1930),  # without a gap
    ],
)
@pytest.mark.parametrize("form", ["%d/%m/%y", "%d.%m.%y", "%d-%b-%y", "%b %y"])
def test_years_lie_together(years: range, since: int, form: str):
    found = moments_in(Text.of([*written(years, form), ""]))
    assert found is not None
    assert [value.year for value in found.values[:-1].tolist()] == [*years]
    assert found.since == since
    assert f"years are {since} to {since + 99})" in found.words


@pytest.mark.parametrize("form", ["%d/%m/%y", "%d/%m/%Y", "%Y-%m-%d"])
def test_new_rows_are_in_the_hundred_years_of_training(form: str, tmp_path):
    rows = 3 * written(range(1931, 1969), form)
    table = {"born": rows, "y": np.arange(len(rows)) ** 2.0}
    with pytest.warns(UserWarning, match="read as dates"):
        model = ll.Model({"quality": "plain", "data": {"extrapolate": True}, "training": {"epochs": 1}}).fit(
            table, "y", progress=False
        )
    model.save(tmp_path / "m.safetensors")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Dates of another form")
        loaded = ll.Model.load(tmp_path / "m.safetensors")
        short, long = (loaded.predict({"born": written(range(1900, 2000), f)}) for f in ("%d/%m/%y", "%d/%m/%Y"))
    np.testing.assert_array_equal(short, long)
    assert len(np.unique(short)) == 100  # none of them is held


def test_with_a_time_of_its_own():
    days = written(range(1931, 1969))
    frame = Table({"day": Text.of(days), "time": Text.of(["10:30", "22:45"] * 19)}, 38)
    kind = learn_inputs(frame, ["day", "time"], np.ones(38), ll.DataConfig()).columns[0]
    assert isinstance(kind, Moment)
    assert kind.words.endswith(", years are 1900 to 1999), with the times of 'time'")
    moments = kind.moments(frame)
    assert [moment.year for moment in moments.tolist()] == [*range(1931, 1969)]
