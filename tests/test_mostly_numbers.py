"""Columns that are numbers, dates or durations but for a few cells, as features and as y."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

import likelinet as ll
from likelinet.config import DataConfig
from likelinet.tables.inputs import Inputs, learn_inputs
from likelinet.tables.kinds.noted import note_readings
from likelinet.tables.rows import read_rows
from likelinet.tables.table import Table
from likelinet.tables.text import Text
from likelinet.tables.undressed import undressed
from tests.small import cli, quick, write_csv

N = 40
RNG = np.random.default_rng(5)
KM = np.round(RNG.uniform(500.0, 90_000.0, N))
LINE = np.linspace(0.0, 1.0, N)


def table(cells: list[str]) -> Table:
    return Table({"a": Text.of(cells), "x": np.linspace(0.0, 1.0, len(cells))}, len(cells))


def learned(cells: list[str], **data) -> Inputs:
    inputs = learn_inputs(table(cells), ["a", "x"], np.ones(len(cells)), DataConfig(**data))
    note_readings(table(cells), inputs.columns)
    return inputs


CASES = {
    "numbers": [f"{v:.0f}" for v in KM],
    "dress": [f"{v:,.0f} kms" for v in KM],
    "durations": [f"PT{v:.0f}S" for v in KM],
    "dates": [str(np.datetime64("2020-01-01") + int(v)) for v in KM / 100.0],
}


@pytest.mark.filterwarnings("ignore:Columns|Missing cells are filled, beside")
@pytest.mark.parametrize("case", CASES)
def test_a_few_cells_of_text_are_missing_ones(case: str):
    cells = CASES[case]
    odd = ["Petrol", *cells[1:20], "see below", *cells[21:]]
    inputs, rows = learned(odd), learned(odd).rows(table(odd))
    x, missing = rows[:], learned(["", *cells[1:20], "", *cells[21:]]).rows(table(["", *cells[1:20], "", *cells[21:]]))
    np.testing.assert_array_equal(x, missing[:])
    assert x[:, inputs.columns[0].width - 1].nonzero()[0].tolist() == [0, 20]
    with pytest.warns(
        UserWarning, match=r"^Text among numbers or dates counts as missing: column 'a' in 2 rows \(1, 21"
    ):
        rows.oddities.note()
    new = inputs.rows(table([cells[1], "Petrol"]))
    np.testing.assert_array_equal(new[:][:, :-1], x[[1, 0], :-1])


@pytest.mark.filterwarnings("ignore:Columns")
@pytest.mark.parametrize("case", CASES)
def test_new_cells_of_text(case: str):
    inputs = learned(CASES[case])
    rows = inputs.rows(table([CASES[case][3], "Petrol"]))
    np.testing.assert_array_equal(rows[:][0, :-1], inputs.rows(table(CASES[case]))[:][3, :-1])
    with pytest.warns(UserWarning, match=r"counts as missing: column 'a' in 1 row \(2: Petrol\)|Missing cells"):
        rows.oddities.note()
    alone = inputs.rows(table(["Petrol"]))  # one row of a service
    np.testing.assert_array_equal(alone[:][0, :-1], rows[:][1, :-1])
    what = "dates or times" if case == "dates" else "numbers"
    for new in ([CASES[case][3], "Petrol"], ["Diesel", "Petrol"]):
        with pytest.raises(ll.DataError, match=f"^Column 'a' must hold {what}, but has text: '(Petrol|Diesel)' in row"):
            inputs.rows(table(new), strict=True)
    none = inputs.rows(table(["Diesel", "Petrol"]))
    np.testing.assert_array_equal(none[:][:, 0], rows[:][[1, 1], 0])
    with pytest.warns(UserWarning, match="Text") as said:
        none.oddities.note()
    assert [str(w.message) for w in said] == [
        "Text among numbers or dates counts as missing: column 'a' in 2 rows (1, 2: Diesel, Petrol); data.categorical "
        "makes categories of such a column."
    ]


@pytest.mark.filterwarnings("ignore:Columns of digits", "ignore:Missing cells are filled, beside")
def test_codes_of_which_few_have_a_letter():
    cells = [*[f"{j % 13 + 207}" for j in range(37)], "207a", "207b", "NA"]
    (kind, _) = learned(cells).columns
    assert (kind.tag, kind.words) == (
        "category",
        "whole numbers that come again, some with a letter, like 207a",
    )
    with pytest.raises(ll.DataError, match=r"text: '207a' in row 38, '207b' .*; correct .* in data\.categorical"):
        learned(cells, strict=True)


def test_strict_models_refuse_them():
    with pytest.raises(ll.DataError, match="holds numbers but also text: 'Petrol' in row 1"):
        learned(["Petrol", *CASES["numbers"][1:]], strict=True)
    with pytest.raises(ll.DataError, match="'a' is text with 58 different"):
        learned(["Petrol", *CASES["dress"], *[f"{v} kms" for v in range(17)]], strict=True)


def frame(price: list[str]) -> dict[str, object]:
    return {"x": LINE, "price": price}


PRICES = [f"{v:,.0f}" for v in 1000.0 + KM]


def test_y_in_dress():
    prices = ["Ask For Price", *PRICES[1:-1], ""]
    with pytest.warns(UserWarning, match="price") as notes:
        rows = read_rows(DataConfig(target="price"), False, frame(prices), None, None, "Target 'price'")
    np.testing.assert_array_equal(rows.y, 1000.0 + KM[1:-1])
    assert [str(n.message) for n in notes] == [
        f"Target 'price' is read as numbers with thousands separators ('{PRICES[1]}' is {1000 + KM[1]:.0f}, "
        "and not a decimal comma).",
        "Target 'price' is missing in 2 rows (rows 1, 40), which are left out; it is text in row 1: 'Ask For Price', "
        "say.",
    ]
    strict = DataConfig(target="price", strict=True)
    with pytest.raises(ll.DataError, match=r"^Column 'price' has numbers with commas"):
        read_rows(strict, False, frame(prices), None, None, "y")
    with pytest.warns(UserWarning, match="is read as"):
        assert isinstance(read_rows(strict, False, frame(PRICES), None, None, "y").y, np.ndarray)
    labels = read_rows(DataConfig(target="price"), True, frame(PRICES), None, None, "y").y
    assert isinstance(labels, np.ndarray)
    assert labels.tolist() == PRICES  # classes are called as they are written


@pytest.mark.filterwarnings("ignore:Columns|Target")
def test_thousands_by_points():
    cells = [f"{v:,.0f}".replace(",", ".") for v in [7, 950, *KM[2:]]]
    inputs = learned(cells)
    rows = inputs.rows(table(cells))[:]
    plain = [f"{v:.0f}" for v in [7, 950, *KM[2:]]]
    np.testing.assert_array_equal(rows, learned(plain).rows(table(plain))[:])
    np.testing.assert_array_equal(inputs.rows(table(cells[5:6]))[:][:, 0], rows[5:6, 0])
    y = read_rows(DataConfig(target="price"), False, frame(cells), None, None, "y").y
    np.testing.assert_array_equal(y, [7.0, 950.0, *KM[2:]])


def test_rows_of_weight_0_do_not_shift_y():
    prices = [PRICES[0], *PRICES]
    weight = np.r_[0.0, np.ones(N)]
    columns = {"x": np.r_[0.0, LINE], "price": prices, "w": weight}
    with pytest.warns(UserWarning, match="is read as"):
        rows = read_rows(DataConfig(target="price", weight="w"), False, columns, None, None, "y")
    np.testing.assert_array_equal(rows.y, 1000.0 + KM)


@pytest.mark.filterwarnings("ignore:Target")
def test_the_rows_that_are_taken():
    some = Table({"price": Text.of(PRICES)}, N).taken(KM[0] < KM)
    again = undressed(some, ["price"], 1.0, "Target")
    np.testing.assert_array_equal(again.numeric("price"), 1000.0 + KM[KM[0] < KM])
    assert (again.n, again.index is some.index) == (some.n, True)


@pytest.mark.filterwarnings("ignore:Column 'km' tells")
def test_from_end_to_end(tmp_path):
    data = pd.DataFrame({"x": LINE, "km": [f"{v:,.0f} kms" for v in KM], "price": PRICES})
    plain = pd.DataFrame({"x": LINE, "km": KM, "price": 1000.0 + KM})
    with pytest.warns(UserWarning, match="read as"):
        model = quick(data={"target": "price"}).fit(data)
    expected = quick(data={"target": "price"}).fit(plain)
    np.testing.assert_array_equal(model.predict(data), expected.predict(plain))
    model.save(tmp_path / "m")
    np.testing.assert_array_equal(ll.Model.load(tmp_path / "m").predict(data[3:4]), model.predict(data)[3:4])


def test_compare_leaves_out_the_same_rows(tmp_path):
    odd = write_csv(tmp_path / "odd.csv", {"x": LINE, "price": ["on request", *PRICES[1:]]})
    (tmp_path / "c.yaml").write_text("data: {target: price}\ntraining: {epochs: 2}")
    done = cli("compare", tmp_path / "c.yaml", odd, "--families", "gaussian,laplace", "--folds", "2")
    assert (done.code, done.out.count("laplace"), "failed" in done.out) == (0, 1, False)
    assert "held-out rows in nats (39 rows, 2 folds)" in done.out
    assert done.err.count("The target is text in 1 row (row 1), which is left out: 'on request', say.") == 1


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ({}, "is missing in 3 rows (rows 4, 8, 10), which are left out."),
        (
            {5: "bad"},
            "is missing in 4 rows (rows 4, 6, 8, 10), which are left out; it is text in row 6: 'bad', say.",
        ),
    ],
)
@pytest.mark.parametrize("target", [["a", "b"], {"time": "a", "event": "b"}])
def test_of_several_columns_a_missing_cell_is_no_text_in_another(target: Any, texts: dict[int, str], said: str):
    a, b = [f"{v:.2f}" for v in LINE + 2.0], [str(i % 2) for i in range(len(LINE))]
    a[3], b[7], b[9] = "", "NA", "n/a"
    for i, text in texts.items():
        a[i] = text
    with pytest.warns(UserWarning, match="which are left out") as notes:
        read_rows(DataConfig(target=target), False, {"x": LINE, "a": a, "b": b}, None, None, "Target 'a, b'")
    assert [str(n.message) for n in notes] == [f"Target 'a, b' {said}"]
