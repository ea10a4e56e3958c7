"""Kinds of columns: what each makes of its cells, learned by weight, and how it comes back from a file."""

import hashlib
import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

import likelinet as ll
from likelinet.config import DataConfig
from likelinet.tables.coded import coded
from likelinet.tables.inputs import Inputs, learn_inputs
from likelinet.tables.kinds.category import HASHED, MANY, hash_of
from likelinet.tables.kinds.kind import Kind
from likelinet.tables.kinds.noted import note_readings
from likelinet.tables.kinds.number import Number
from likelinet.tables.kinds.stored import kind_from_json
from likelinet.tables.table import as_table
from likelinet.tables.text import Text

RNG = np.random.default_rng(0)


def learned(cells: Any, weight: Any = None, **data: Any) -> Inputs:
    """Return the encoding of one column, `a`."""
    table = as_table({"a": cells})
    weight = np.ones(table.n) if weight is None else np.array(weight)
    inputs = learn_inputs(table, ["a"], weight, DataConfig(**data))
    note_readings(table, inputs.columns)
    return inputs


def of_a_column(name: str, cells: Any) -> tuple[Kind, ...]:
    """Return how a column of some name is read, with the notes of `fit`."""
    table = as_table({name: cells})
    kinds = learn_inputs(table, [name], np.ones(table.n), DataConfig()).columns
    note_readings(table, kinds)
    return kinds


def encoded(inputs: Inputs, cells: Any) -> np.ndarray:
    """Return the inputs that new cells make, shape (width, n)."""
    return inputs.rows(as_table({"a": cells}))[:].T


NORMAL = RNG.normal(3.0, 2.0, 300)
LOG_NORMAL = np.exp(4.0 * RNG.normal(size=500))


def test_numbers_are_standardised_and_held_at_widened_ends_or_within():
    inputs = learned(NORMAL)
    low, high = NORMAL.min(), NORMAL.max()
    margin = 0.05 * (high - low)
    few, middle, many = np.quantile(NORMAL, [0.05, 0.5, 0.95], method="inverted_cdf")
    width = high - low + 2 * margin
    below, above = low - margin - 0.25 * width, high + margin + 0.25 * width
    lost, gone = low - margin - width, high + margin + width
    new = np.array([3.0, low - margin / 2, below + 1e-6, below - 1e-6, above - 1e-6, above + 1e-6])
    far = np.array([lost + 1e-6, lost - 1e-6, gone - 1e-6, gone + 1e-6, -np.inf, np.inf])
    held = [3.0, low - margin / 2, low - margin, few, high + margin, many, few, middle, many, middle, middle, middle]
    expected = [(held - NORMAL.mean()) / NORMAL.std()]
    np.testing.assert_allclose(encoded(inputs, np.append(new, far)), expected, rtol=1e-12)


def test_a_soft_limit_bends_what_is_far_and_nothing_else():
    kind = Number("a", loc=1.0, scale=2.0, limited=True)
    x = np.array([1.0, 11.0, -9.0, 11.0 + 2e-6, 1.0 + 2.0 * 30.0, 1.0 - 2.0 * 1e6])
    out = np.empty((1, 6))
    kind.encode(x, out)
    far = [5.0 + np.log1p(25.0), -5.0 - np.log1p(1e6 - 5.0)]
    np.testing.assert_allclose(out[0], [0.0, 5.0, -5.0, 5.0 + 1e-6, *far], rtol=1e-12)


def test_numbers_side_by_side_have_the_bits_of_each_by_itself():
    """Also where some are outside, missing or bent, whatever their type, and beside others that go by themselves."""
    n, rng = 500, np.random.default_rng(3)
    x = rng.standard_normal((6, n))
    cells = {
        "a": x[0],
        "b": x[1].astype(np.float32),
        "c": rng.integers(0, 90, n),
        "d": np.exp(3.0 * x[2]),
        "e": x[3] ** 5,
    }
    cells |= {"f": np.where(x[4] > 2.0, np.nan, x[4]), "g": x[5], "h": rng.uniform(0.0, 1e-3, n)}
    inputs = learn_inputs(as_table(cells), [*cells], np.ones(n), DataConfig())
    assert [kind.alike for kind in inputs.columns] == [True, True, True, False, True, False, True, True]
    new = {name: column.astype(float) for name, column in cells.items()}
    for row, name in enumerate("abcegh"):
        new[name][10 * row] = np.nan
        new[name][10 * row + 1] = 40.0 * np.abs(new[name][10 * row + 1 :]).max()
    some, float32 = slice(3, 400), np.empty((397, inputs.width), np.float32)
    together = inputs.rows(as_table(new))
    alone = [Inputs((kind,), True).rows(as_table({kind.name: new[kind.name]}))[some] for kind in inputs.columns]
    np.testing.assert_array_equal(together[some], np.hstack(alone))
    together.fill(some, float32)
    np.testing.assert_array_equal(float32, np.hstack(alone).astype(np.float32))


def test_a_few_outliers_do_not_scale_a_column():
    cells = np.append(NORMAL, [9999.0] * 3)
    said = r"far from all others .*, which may mean missing cells: 9999 \(rows 301, 302, 303\) in 'a'; if they do, name"
    with pytest.warns(UserWarning, match=said):
        (kind,) = learned(cells).columns
    lower, middle, upper = np.quantile(cells, [0.25, 0.5, 0.75], method="inverted_cdf")
    np.testing.assert_allclose([kind.loc, kind.scale], [middle, (upper - lower) / 1.3489795003921634], rtol=1e-12)


def test_far_values_of_many_rows_are_no_outliers():
    """A setting of a machine, as in the yacht data: most rows lie between -2.4 and -2.2, the others at -5 and 0."""
    cells = np.repeat([-5.0, -2.4, -2.3, -2.2, 0.0], [40, 60, 80, 70, 50])
    (kind,) = learned(cells).columns
    np.testing.assert_allclose([kind.loc, kind.scale], [cells.mean(), cells.std()], rtol=1e-12)


def test_long_tails_take_a_log_scale():
    with pytest.warns(UserWarning, match=r"^Columns with heavy tails are taken on a log scale: 'a'\.$"):
        inputs = learned(LOG_NORMAL)
    logs = np.log(LOG_NORMAL)
    expected = (logs - logs.mean()) / logs.std()
    np.testing.assert_allclose(encoded(inputs, LOG_NORMAL)[0], expected, rtol=1e-9)
    few = np.quantile(logs, 0.05, method="inverted_cdf")
    np.testing.assert_allclose(encoded(inputs, [0.0, -3.0])[0], (few - logs.mean()) / logs.std(), rtol=1e-9)
    least = logs.min() - 0.05 * np.ptp(logs)
    near = np.exp([least - 1e-6])
    np.testing.assert_allclose(encoded(inputs, near)[0], (least - logs.mean()) / logs.std(), rtol=1e-9)


@pytest.mark.parametrize("data", [{"extrapolate": True}, {"standardize": False}])
def test_numbers_left_as_they_are(data: dict[str, Any]):
    inputs = learned(LOG_NORMAL, **data)
    scale, loc = (LOG_NORMAL.std(), LOG_NORMAL.mean()) if inputs.columns[0].scale != 1.0 else (1.0, 0.0)
    if "extrapolate" in data:
        np.testing.assert_allclose(encoded(inputs, [-1e9, 1e12])[0], (np.array([-1e9, 1e12]) - loc) / scale, rtol=1e-12)
    np.testing.assert_allclose(encoded(inputs, LOG_NORMAL)[0], (LOG_NORMAL - loc) / scale, rtol=1e-12)


WITH_GAPS = np.where(np.arange(300) % 7 == 0, np.nan, NORMAL)


def test_missing_numbers_are_filled_beside_an_input_that_says_so():
    with pytest.warns(UserWarning, match=r"^Missing cells are filled, .*: 'a' in 43 rows\.$"):
        inputs = learned(WITH_GAPS)
    there = WITH_GAPS[np.isfinite(WITH_GAPS)]
    middle = np.quantile(there, 0.5, method="inverted_cdf")
    x = encoded(inputs, [np.nan, 4.0])
    np.testing.assert_allclose(x[0], (np.array([middle, 4.0]) - there.mean()) / there.std(), rtol=1e-12)
    assert x[1].tolist() == [1.0, 0.0]
    assert inputs.columns[0].inputs == ["a", "a missing"]


def test_weights_count_like_repeated_rows():
    times = RNG.integers(1, 4, 60)
    numbers, words = np.where(np.arange(60) % 5 == 0, np.nan, RNG.normal(size=60)), RNG.choice([*"uvw", ""], 60)
    for cells in (numbers, words, numbers > 0):
        one, two = learned(cells, times.astype(float)).columns[0], learned(np.repeat(cells, times)).columns[0]
        np.testing.assert_array_equal(np.isfinite(one.to_json().get("median", 0.0)), True)
        assert one.to_json().keys() == two.to_json().keys()
        for name, part in one.to_json().items():
            other = two.to_json()[name]
            close = np.isclose(part, other, rtol=1e-12) if isinstance(part, float) else part == other
            assert close, name


pytestmark = pytest.mark.filterwarnings("ignore:Missing cells are filled, beside:UserWarning")


@pytest.mark.parametrize(
    "cells",
    [
        ["yes", "no", "NO", "y"],
        ["True", "false", "f", "T"],
        [True, False, False, True],
        [1, 0, 0, 1],
        ["1", "0", "0", "1"],
        pd.array([True, False, False, True], dtype="boolean"),
    ],
)
def test_booleans_are_one_input_in_any_spelling(cells: Any):
    inputs = learned(cells)
    assert (inputs.columns[0].tag, inputs.width) == ("boolean", 1)
    assert encoded(inputs, cells)[0, 0] == -encoded(inputs, cells)[0, 1]
    for other in (["yes", "no"], ["T", "F"], [True, False], [1.0, 0.0], ["1", "0"]):
        np.testing.assert_array_equal(encoded(inputs, other)[0], encoded(inputs, cells)[0, :2])


def test_booleans_with_missing_cells():
    inputs = learned(["yes", "no", "", "yes", "NA"])
    np.testing.assert_array_equal(encoded(inputs, ["yes", "", "no"])[1], [0.0, 1.0, 0.0])
    mean = 2.0 / 3.0
    np.testing.assert_allclose(encoded(inputs, ["yes", "", "no"])[0] * np.sqrt(mean / 3.0), [1 / 3, 1 / 3, -2 / 3])


def test_categories_with_rare_ones_pooled():
    cells = [*["u"] * 1500, *["v"] * 1500, "w", "x"]
    inputs = learned(cells)
    assert inputs.columns[0].inputs == ["a=u", "a=v", "a other"]
    x = encoded(inputs, ["v", "w", "new", "u"])
    np.testing.assert_array_equal(x.T, [[0, 1, 0], [0, 0, 1], [0, 0, 1], [1, 0, 0]])
    few = encoded(learned(["u", "v", "u"]), ["u", "new"])
    np.testing.assert_array_equal(few.T, [[1, 0], [0, 0]])


def test_a_missing_category_is_a_level():
    inputs = learned(["u", "", "NA", "v"])
    np.testing.assert_array_equal(
        encoded(inputs, ["u", "?", "v", "new"]).T, [[1, 0, 0], [0, 0, 1], [0, 1, 0], [0, 0, 0]]
    )


def test_many_categories_are_hashed():
    town = np.concatenate([np.repeat(np.arange(MANY), 25), np.arange(MANY, 1000)])
    cells = np.array([f"town {i}" for i in town])
    inputs = learned(cells)
    assert inputs.width == MANY + HASHED
    x = encoded(inputs, cells)
    assert (np.abs(x).sum(0) == 1.0).all()
    assert set(np.unique(x[MANY:])) == {-1.0, 0.0, 1.0}
    np.testing.assert_array_equal(x[:MANY].sum(0) == 1.0, town < MANY)
    np.testing.assert_array_equal(encoded(inputs, ["town 5000"]), 0.0)  # which nobody has seen
    used = np.abs(x[MANY:]).sum(1)
    assert 3.0 < used.min() <= used.max() < 70.0  # 950 over 32 inputs, about 30 each
    # Stable: of the same bits in every version, since a file keeps them.
    assert hash_of("town 50") == int.from_bytes(hashlib.blake2b(b"town 50", digest_size=6).digest(), "big")


def test_up_to_some_categories_each_has_an_input():
    assert learned([f"t{i % (MANY + HASHED)}" for i in range(200)]).width == MANY + HASHED


DECLARED = {
    "category of numbers": (pd.Categorical([10115, 20095, 10115, 80331]), ["a=10115", "a=20095", "a=80331"]),
    "text of digits": (pd.Series(["10115", "20095", "10115", "80331"]), ["a=10115", "a=20095", "a=80331"]),
    "string dtype": (pd.array(["1", "2", "1", "2"], dtype="string"), ["a=1", "a=2"]),
    "K and numbers": (pd.Series(["K", "1", "2", "12"]), ["a=1", "a=12", "a=2", "a=K"]),
    "an order": (pd.Categorical([*"smls"], categories=[*"sml"], ordered=True), ["a from m up", "a from l up"]),
    "a level that does not occur": (pd.Categorical([*"smsm"], categories=[*"sxm"]), ["a=s", "a=m"]),
}


@pytest.mark.parametrize("case", DECLARED)
def test_the_type_of_a_column_decides(case: str):
    cells, names = DECLARED[case]
    frame = as_table(pd.DataFrame({"a": cells}))
    inputs = learn_inputs(frame, ["a"], np.ones(4), DataConfig())
    assert inputs.columns[0].inputs == names
    text = as_table(pd.DataFrame({"a": np.asarray(cells).astype(str)}))  # as another table may have them
    np.testing.assert_array_equal(inputs.rows(text)[:], inputs.rows(frame)[:])


def test_the_config_decides():
    plain = {"a": ["3", "10", "3", "1"]}
    for data, names in (
        ({"categorical": ["a"]}, ["a=1", "a=10", "a=3"]),
        ({"ordered": ["a"]}, ["a from 3 up", "a from 10 up"]),
        ({}, ["a"]),
    ):
        assert learn_inputs(as_table(plain), ["a"], np.ones(4), DataConfig(**data)).columns[0].inputs == names
    numbers = learned([3, 10, 3, 1], categorical=["a"])
    np.testing.assert_array_equal(encoded(numbers, [10.0, 3.0]).T, [[0, 0, 1], [0, 1, 0]])


def test_categories_in_order():
    cells = pd.Categorical(["s", "l", "m", "l", None], categories=["s", "m", "x", "l"], ordered=True)
    frame = as_table(pd.DataFrame({"a": cells}))
    inputs = learn_inputs(frame, ["a"], np.ones(5), DataConfig())
    new = as_table(pd.DataFrame({"a": ["s", "m", "x", "l", None, "huge"]}))
    steps = [[0, 0, 0, 0], [1, 0, 0, 0], [1, 1, 0, 0], [1, 1, 1, 0], [1, 0, 0, 1], [1, 0, 0, 0]]
    np.testing.assert_array_equal(inputs.rows(new)[:], steps)  # half-way up is m


@pytest.mark.parametrize("value", ["", np.nan, None, "-200"])
def test_what_means_a_missing_cell(value: Any):
    inputs = learned([1.5, 2.5, 4.0, 3.0], missing=[-200, "-200"])
    table = as_table({"a": [value, 2.5]})
    x = inputs.rows(type(table)({**table.columns}, 2, missing=(-200, "-200")))[:].T
    np.testing.assert_array_equal(x, encoded(inputs, [2.5, 2.5]))  # the median of training


KINDS = [NORMAL, WITH_GAPS, LOG_NORMAL, ["yes", "no", ""], ["u", "v", ""], [f"t{i}" for i in range(90)] * 3, [1.0, 1.0]]


@pytest.mark.filterwarnings("ignore:Columns")
@pytest.mark.parametrize("case", range(len(KINDS)))
def test_every_kind_goes_through_a_file(case: int):
    (kind,) = learned(KINDS[case]).columns
    assert kind_from_json(json.loads(json.dumps(kind.to_json()))) == kind
    assert len(kind.describe().splitlines()) == 1
    assert kind.width == len(kind.inputs)


def test_an_unknown_kind_is_named():
    with pytest.raises(ValueError, match=r"unknown kind 'numbr' \(did you mean 'number'\?\)"):
        kind_from_json({"kind": "numbr", "name": "a"})


@pytest.mark.parametrize("cells", [[3.0, np.nan, 1.0, 3.0], [True, False], Text.of(["v", "", "u", "v"])])
def test_codes_of_any_column(cells: Any):
    found = coded(cells if isinstance(cells, Text) else np.array(cells))
    assert found.codes.tolist() == ([1, -1, 0, 1] if len(cells) == 4 else [1, 0])
    assert found.levels == {3.0: ("1", "3"), True: ("False", "True"), "v": ("u", "v")}[cells[0]]


def test_a_mistake_is_not_silent():
    with pytest.raises(ll.DataError, match="holds numbers but also text: 'K' in row 1"):
        learned(["K", "1", "2", "12"])


def test_numbers_with_a_few_words_are_numbers_although_pandas_calls_them_text():
    cells = pd.Series([f"{v:.3f}" for v in NORMAL])
    cells[7] = "unknown"
    table = as_table(pd.DataFrame({"a": cells}))
    inputs = learn_inputs(table, ["a"], np.ones(300), DataConfig())
    assert inputs.columns[0].inputs == ["a", "a missing"]
    np.testing.assert_array_equal(inputs.rows(table)[:][:, 1], np.arange(300) == 7)


def test_numbers_of_groups_are_told_from_measurements():
    person = np.arange(300) % 60 * 7919
    with pytest.warns(
        UserWarning, match=r"numbers come again .* 'person_id' \(60 different ones in 300 rows\); name one"
    ):
        (kind,) = of_a_column("person_id", person)
    assert isinstance(kind, Number)
    with pytest.warns(UserWarning, match="60 different ones"):
        of_a_column("person_id", [*map(str, person), "none of them"])
    for name, cells in (("person", person), ("person_id", person + 0.5), ("person_id", person % 13)):
        of_a_column(name, cells)  # a warning is an error


@pytest.mark.parametrize("other", ["row {}", "same"])
def test_without_any_column_that_says_something(other: str):
    table = as_table({"a": [3.0] * 30, "b": [other.format(i) for i in range(30)]})
    inputs = learn_inputs(table, ["a", "b"], np.ones(30), DataConfig())
    with pytest.warns(UserWarning, match="no other is left, so the model is that of y alone") as notes:
        note_readings(table, inputs.columns)
    assert "model" in str(notes[-1].message)
    note_readings(table, ())  # as was asked for
