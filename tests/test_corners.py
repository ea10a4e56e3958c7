"""Rows that are outside of the range of training in several columns are held within it, where there are rows nearby."""

import itertools

import numpy as np
import pandas as pd
import pytest

import likelinet as ll
from likelinet.config import DataConfig
from likelinet.tables.inputs import Inputs, learn_inputs
from likelinet.tables.table import as_table

N = 101
LINE = np.linspace(-1.0, 1.0, N)
FRAME = pd.DataFrame(
    {
        "even": LINE,
        "far": np.where(np.arange(N) < 4, 60.0 + np.arange(N), LINE[::-1]),  # with a soft limit
        "log": np.exp(6.0 * LINE[(np.arange(N) * 7) % N] ** 3),
        "when": pd.date_range("2020-01-01", periods=N),
    }
)
MIDDLE = FRAME.median()


def inputs() -> Inputs:
    return learn_inputs(as_table(FRAME), [*FRAME.columns], np.ones(N), DataConfig())


def encoded(*rows: dict[str, object]) -> np.ndarray:
    """Return x of rows that are in the middle but for some columns: the inputs of numbers, and the first of dates."""
    frame = pd.DataFrame([{**MIDDLE, **row} for row in rows])
    return inputs().rows(as_table(frame))[:][:, :4]


def test_kinds():
    even, far, log, when = inputs().columns
    assert (even.limited, far.limited, far.log, log.log, when.tag) == (True, True, False, True, "moment")
    assert max(far.within) < 5.0 < encoded({"far": 63.0})[0, 1]


@pytest.mark.parametrize(("one", "other"), list(itertools.combinations(["even", "far", "log"], 2)))
def test_two_columns_outside_are_held_within(one: str, other: str):
    low = {"even": -1.3, "far": -20.0, "log": 1e-4}
    high = {"even": 1.3, "far": 75.0, "log": 5000.0}
    x = encoded({one: high[one], other: low[other]}, {one: low[one], other: high[other]})
    quantiles = {name: np.sort(FRAME[name])[[5, 95]] for name in (one, other)}
    within = [encoded({one: quantiles[one][i], other: quantiles[other][1 - i]})[0] for i in (1, 0)]
    np.testing.assert_allclose(x, within, rtol=1e-12, atol=1e-12)


def test_one_column_outside_is_held_at_its_end():
    x = encoded({"even": 1.3}, {"even": 1.3, "far": 1.0}, {"even": 1.12, "log": 410.0})
    np.testing.assert_allclose(x[:, 0], 1.1 / FRAME.even.std(ddof=0), rtol=1e-12)


def test_dates_stay_at_their_end():
    later = pd.Timestamp("2020-05-01")
    x = encoded({"when": later}, {"when": later, "even": 1.3})
    assert x[0, 3] == x[1, 3]
    np.testing.assert_allclose(x[1, 0], 0.9 / FRAME.even.std(ddof=0), rtol=1e-12)


@pytest.mark.filterwarnings("ignore:Numbers outside")
def test_a_network_is_no_surer_at_odd_corners_than_near():
    rng = np.random.default_rng(1)
    x = rng.normal(size=(300, 3))
    y = 5.0 + x[:, 0] + (0.3 + 0.2 * np.abs(x[:, 1])) * rng.normal(size=300)
    model = ll.Model({"quality": "plain", "training": {"epochs": 40}}).fit(x, y, progress=False)
    low, high = x.min(axis=0), x.max(axis=0)
    ends = np.stack([low - 0.15 * (high - low), np.zeros(3), high + 0.15 * (high - low)])
    corners = [c for c in itertools.product(range(3), repeat=3) if c.count(1) < 2]
    rows = np.array([[ends[end, j] for j, end in enumerate(corner)] for corner in corners])
    near, there = (np.subtract(*model.predict_dist(some).interval(0.9)[::-1]) for some in (x, rows))
    assert len(rows) == 20
    assert there.min() >= 0.5 * near.min()  # a sixth of it, if they are held at the ends
