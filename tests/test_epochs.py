"""Seconds since 1970, and parts of them: moments where the user says so, and a note where a column is called so."""

import warnings

import numpy as np
import pandas as pd
import pytest

import likelinet as ll
from likelinet.tables.inputs import Inputs, learn_inputs
from likelinet.tables.kinds.moment import Moment
from likelinet.tables.kinds.noted import note_readings
from likelinet.tables.recognise.epochs import EPOCHS, epoch_of, is_called_time
from likelinet.tables.table import as_table, read_table

RNG = np.random.default_rng(4)
WHEN = pd.Timestamp("2024-03-01") + pd.to_timedelta(RNG.integers(0, 40 * 86_400, 80), "s")
DATES = [str(when) for when in WHEN]


def learned(column: object, **data: object) -> Inputs:
    table = as_table({"ts": column})
    return learn_inputs(table, ["ts"], np.ones(table.n), ll.DataConfig.model_validate(data))


@pytest.mark.parametrize("form", EPOCHS)
@pytest.mark.parametrize("of", [float, int, str])
def test_they_are_as_good_as_dates(form: str, of: type, tmp_path):
    many = EPOCHS[form]
    cells = [of(int(when.timestamp()) * many) for when in WHEN]
    kinds = [learned(column, datetime=["ts"]).columns[0] for column in (cells, WHEN.to_numpy())]
    assert all(isinstance(kind, Moment) for kind in kinds)
    x = [
        Inputs((kind,), True).rows(as_table({"ts": column}))[:]
        for kind, column in zip(kinds, (cells, WHEN.to_numpy()), strict=True)
    ]
    np.testing.assert_array_equal(x[0], x[1])
    assert x[0].shape == (80, 5)  # with weekday and hour
    assert (
        kinds[0].describe().startswith(f"{form} ({cells[0]} is {DATES[0]}) as time since {min(DATES)}, with the week")
    )
    pd.DataFrame({"ts": cells}).to_csv(tmp_path / "t.csv", index=False)
    np.testing.assert_array_equal(Inputs((kinds[0],), True).rows(read_table(tmp_path / "t.csv"))[:], x[0])


def test_what_is_none_is_missing():
    seconds = [int(when.timestamp()) for when in WHEN]
    inputs = learned([*map(str, seconds), ""], datetime=["ts"])
    rows = inputs.rows(as_table({"ts": [str(seconds[3]), "soon", "17", ""]}))
    np.testing.assert_array_equal(rows[:][:, -1], [0.0, 1.0, 1.0, 1.0])
    with pytest.warns(UserWarning, match="missing") as caught:
        rows.oddities.note()
    assert [str(w.message).partition("; ")[0] for w in caught] == [
        "Text among numbers or dates counts as missing: column 'ts' in 1 row (2: soon)",
        "Numbers among dates or times count as missing: column 'ts' in 1 row (3: 17).",
    ]


@pytest.mark.parametrize(
    ("low", "high", "form"),
    [
        (1e8, 4.2e9, "seconds since 1970"),
        (0.99e8, 4.2e9, None),
        (1e8, 4.21e9, None),
        (1.6e12, 1.7e12, "milliseconds since 1970"),
        (1.6e15, 1.7e15, "microseconds since 1970"),
        (1.6e18, 1.7e18, "nanoseconds since 1970"),
        (20200101.0, 20241231.0, None),
    ],
)
def test_by_their_ends(low: float, high: float, form: str | None):
    assert epoch_of(low, high) == form


@pytest.mark.parametrize(
    "name", ["ts", "event_ts", "timestamp", "unixTimestamp", "epoch_ms", "created_at", "Time", "start.date"]
)
def test_called_so(name: str):
    assert is_called_time(name)


@pytest.mark.parametrize("name", ["rights", "population", "salary", "sometimes", "update", "attic", "tsar", "cat"])
def test_not_called_so(name: str):
    assert not is_called_time(name)


def test_a_note_where_a_column_is_called_so():
    seconds = [float(when.timestamp()) for when in WHEN]
    with pytest.warns(UserWarning, match="may be moments") as caught:
        note_readings(as_table({"ts": seconds}), learned(seconds).columns)
    assert [str(w.message) for w in caught] == [
        "Columns of numbers may be moments, as computers count them: 'ts' in seconds since 1970; name them in "
        "data.datetime to have the weekday and the hour, where they go through these."
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        note_readings(as_table({"ts": [1e3 + s / 1e9 for s in seconds]}), learned([s / 1e9 for s in seconds]).columns)
