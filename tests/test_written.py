"""How y and weights are written is told in training, kept with the model, and holds for all rows that come later."""

import json
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import likelinet as ll
from likelinet.model import container
from tests.small import cli, quick, write_csv

pytestmark = pytest.mark.filterwarnings("ignore:Target|Weight|Columns|Column 'x' tells|.*rows are too few")

N = 60
RNG = np.random.default_rng(3)
X = RNG.normal(size=N)
PRICE = np.round(np.exp(7.0 + 1.5 * X + 0.1 * RNG.normal(size=N)))
NEW = np.array([1250.0, 12500.0, 3070.0, 1001.0, 2600.0, 9999.0, 1800.0, 4321.0, 7000.0, 1010.0])  # thousands alone
NEW_X = np.log(NEW) - 7.0


def european(y: float) -> str:
    return f"{y:,.0f}".replace(",", ".")


def clock(y: float) -> str:
    return f"{int(y) // 60}:{int(y) % 60:02}"


# How cells are written, and what numbers: of the new ones alone another thing would be told, or nothing.
WAYS: dict[str, tuple[Callable[[float], str], Callable[[np.ndarray], np.ndarray], np.ndarray]] = {
    "points": (european, lambda y: y, NEW),
    "euros": (lambda y: f"€{y:,.0f}", lambda y: y, NEW),
    "percent": (lambda y: f"{y} %", lambda y: y / 8.0, NEW / 8.0),
    "accounts": (lambda y: f"({-y:,.0f})" if y < 0 else f"{y:,.0f}", lambda y: y - 1000.0, -NEW),
    "minutes": (clock, lambda y: y, np.round(NEW / 11.0)),  # all are also times of day
}


def frame(how: Callable[[float], str], y: np.ndarray, x: np.ndarray) -> dict[str, Any]:
    return {"x": x, "price": [how(v) for v in y.tolist()]}


def plain(y: np.ndarray, x: np.ndarray) -> dict[str, Any]:
    return {"x": x, "price": y}


def fitted(table: Mapping[str, Any], **declared: Any) -> ll.Model:
    return quick(**{"data": {"target": "price"}, **declared}).fit(table, progress=False)


@pytest.fixture(scope="module")
def by_points() -> ll.Model:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return fitted(frame(european, PRICE, X))


def again(model: ll.Model, path: Path, change: Callable[[dict[str, Any]], object] = lambda _: None) -> ll.Model:
    """Return a model as it is read from its file, maybe with other metadata."""
    model.save(path)
    arrays, metadata = container.load(path)
    change(metadata)
    container.save(path, arrays, metadata)
    return ll.Model.load(path)


@pytest.mark.parametrize("way", WAYS)
def test_few_rows_are_read_as_training_was(way: str, tmp_path: Path):
    how, of, new = WAYS[way]
    model = fitted(frame(how, of(PRICE), X))
    assert [*model.written] == ["price"]
    cells = frame(how, new, NEW_X)
    path = write_csv(tmp_path / "new.csv", cells)
    expected = model.evaluate(plain(new, NEW_X))
    for known in (model, again(model, tmp_path / "m")):
        assert known.evaluate(cells) == expected
        assert known.evaluate(path) == expected
        assert known.score(cells) == model.score(plain(new, NEW_X))
        for j in range(len(new)):
            one = {name: column[j : j + 1] for name, column in cells.items()}
            assert known.observed(one).y == new[j]


def test_all_that_reads_y(by_points: ll.Model, tmp_path: Path):
    def copy() -> ll.Model:
        return again(by_points, tmp_path / "m")

    cells, numbers = frame(european, NEW, NEW_X), plain(NEW, NEW_X)
    many = {name: [*column, *column] for name, column in cells.items()}, plain(np.tile(NEW, 2), np.tile(NEW_X, 2))
    own, other = (copy().recalibrate("pit", table)._fitted().recalibration for table in many)
    assert own == other
    own, other = (copy().partial_fit(table, progress=False) for table in (cells, numbers))
    np.testing.assert_array_equal(own._fitted().theta, other._fitted().theta)
    np.testing.assert_array_equal(own.partial_fit(cells)._fitted().theta, other.partial_fit(numbers)._fitted().theta)
    held = [(cells,), (numbers,)]
    own, other = (copy().fit(t, validation=h, warm_start=True) for t, h in zip((cells, numbers), held, strict=True))
    np.testing.assert_array_equal(own._fitted().theta, other._fitted().theta)
    assert own.history.epochs[-1].validation_nll == other.history.epochs[-1].validation_nll
    assert own.written == by_points.written


def test_validation_rows_are_read_as_the_others():
    tables = frame(european, PRICE, X), plain(PRICE, X)
    held = frame(european, NEW, NEW_X), plain(NEW, NEW_X)
    own, other = (
        quick(data={"target": "price"}).fit(table, validation=(rows,), progress=False)
        for table, rows in zip(tables, held, strict=True)
    )
    assert [e.validation_nll for e in own.history.epochs] == [e.validation_nll for e in other.history.epochs]


def test_several_outputs_and_weights(tmp_path: Path):
    euros, accounts = WAYS["euros"][0], WAYS["accounts"][0]

    def table(y: np.ndarray, x: np.ndarray, dressed: bool) -> dict[str, Any]:
        each = [(european, y), (accounts, 1000.0 - y), (euros, y + 1.0), (european, y + 2.0)]
        columns = [[how(v) for v in values.tolist()] if dressed else values for how, values in each]
        return {"x": x, **dict(zip(["a", "b", "c", "w"], columns, strict=True))}

    declared = {"target": ["a", "b", "c"], "weight": "w"}
    model = again(fitted(table(PRICE, X, dressed=True), data=declared), tmp_path / "m")
    assert {*model.written} == {"a", "b", "c", "w"}
    np.testing.assert_array_equal(
        model._fitted().theta, fitted(table(PRICE, X, dressed=False), data=declared)._fitted().theta
    )
    assert model.evaluate(table(NEW, NEW_X, dressed=True)) == model.evaluate(table(NEW, NEW_X, dressed=False))
    wrong = {**table(NEW, NEW_X, dressed=True), "w": ["1 kg"] * 10, "c": ["2020-01-01"] * 10}
    with pytest.raises(ll.DataError) as caught:
        model.evaluate(wrong)
    assert [fault.partition(", where")[0] for fault in caught.value.faults] == [
        "Column 'w' is written in another way than in training",
        "Column 'c' is written in another way than in training",
    ]
    with pytest.raises(ll.DataError, match=r"^Column 'w' is .*: 1 of 10 cells differs, first '1 kg' in row 3; write"):
        model.evaluate({**table(NEW, NEW_X, dressed=True), "w": ["1.500"] * 2 + ["1 kg"] + ["1.500"] * 7})


def test_rows_of_weight_0_may_be_written_in_any_way(tmp_path: Path):
    weights = np.ones(N).tolist()
    model = fitted({**frame(european, PRICE, X), "w": weights}, data={"target": "price", "weight": "w"})
    cells = {name: [*column, *column] for name, column in frame(european, NEW, NEW_X).items()}
    cells["price"][10:] = ["12 kg"] * 10
    path = write_csv(tmp_path / "t.csv", {**cells, "w": [1.0] * 10 + [0.0] * 10})
    expected = model.score({**plain(NEW, NEW_X), "w": np.ones(10)})
    assert model.score(path) == expected
    assert model.score(ll.Stream(path, rows=5)) == pytest.approx(expected, rel=1e-12)


def test_a_network_through_a_code():
    def table(y: np.ndarray, x: np.ndarray, dressed: bool) -> dict[str, Any]:
        return {"x": x, "price": [european(v) for v in y.tolist()] if dressed else y}

    declared = {"quality": "plain", "network": {"kind": "autoencoder", "latent": 1}, "training": {"epochs": 1}}
    model = ll.Model(declared).fit(table(PRICE, X, dressed=True), progress=False)
    assert [*model.written] == ["price"]
    np.testing.assert_array_equal(
        model.observed(table(NEW, NEW_X, dressed=True)).y, model.observed(table(NEW, NEW_X, dressed=False)).y
    )


def test_what_is_written_in_another_way(by_points: ll.Model):
    def scored(cells: list[str]) -> float:
        return by_points.score({"x": NEW_X[: len(cells)], "price": cells})

    some = [european(v) for v in NEW[:8].tolist()]
    with pytest.raises(ll.DataError) as caught:
        scored([*some, "1:30", "12.5"])
    words = by_points.written["price"].words
    assert words.startswith("numbers with thousands separators ('")
    assert str(caught.value) == (
        f"Column 'price' is written in another way than in training, where it was {words}: 2 of 10 cells differ, "
        "first '1:30' in row 9; write them as there, or pass the column as numbers."
    )
    with pytest.raises(ll.DataError, match="2 of 10 cells differ, first '1:30' in row 9"):
        ll.Model._of(by_points._fitted(), None).partial_fit({"x": NEW_X, "price": [*some, "1:30", "12.5"]})
    with pytest.warns(UserWarning, match=r"is text in 1 row \(row 9\), which is left out: 'on request', say\."):
        assert scored([*some, "on request", "9.000"]) == by_points.score(
            plain(np.r_[NEW[:8], 9000.0], NEW_X[[*range(8), 9]])
        )


def test_plain_numbers_are_read_plainly_where_they_are_the_same(by_points: ll.Model):
    euros = fitted(frame(lambda y: f"€{european(y)}", PRICE, X))
    for model in (by_points, euros):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            np.testing.assert_array_equal(model.observed({"x": NEW_X, "price": [f"{v:g}" for v in NEW]}).y, NEW)
        with pytest.raises(ll.DataError, match=r"10 of 10 cells differ, first '1250\.5' in row 1"):
            model.observed({"x": NEW_X, "price": [f"{v:.1f}" for v in NEW + 0.5]})


def test_thousands_without_their_unit_are_no_decimal_numbers(tmp_path: Path):
    model = fitted(frame(lambda y: f"€{european(y)}", PRICE, X))
    for way in (european, lambda y: f"{y:,.0f}"):  # by points and by commas
        for table in (frame(way, NEW, NEW_X), write_csv(tmp_path / "new.csv", frame(way, NEW, NEW_X))):
            with pytest.raises(ll.DataError, match=r"10 of 10 cells differ, first '1[.,]250' in row 1"):
                model.score(table)


def test_thousands_by_the_other_mark_are_no_decimal_numbers(by_points: ll.Model):
    with pytest.raises(ll.DataError, match="10 of 10 cells differ, first '1,250' in row 1"):
        by_points.score(frame(lambda y: f"{y:,.0f}", NEW, NEW_X))
    parts = NEW + np.arange(10) / 10
    cells = frame(lambda y: f"{y:,.1f}".translate(str.maketrans(".,", ",.")), parts, NEW_X)
    np.testing.assert_array_equal(by_points.observed(cells).y, parts)


@pytest.mark.parametrize(
    ("how", "cells", "read"),
    [
        (lambda y: f"{y / 1000.0:.1f}M", ["2.849M", "3.1M"], [2849000.0, 3100000.0]),
        (lambda y: f"{y:.0f} kg", ["70.125 kg", "80 kg"], [70.125, 80.0]),
    ],
    ids=["suffixes", "unit"],
)
def test_decimal_marks_where_training_had_no_thousands(
    how: Callable[[float], str], cells: list[str], read: list[float]
):
    model = fitted(frame(how, PRICE, X))
    np.testing.assert_array_equal(model.observed({"x": X[:2], "price": cells}).y, read)


def test_a_point_of_thousands_with_suffixes_is_no_decimal_one():
    model = fitted(frame(lambda y: f"{y:,.0f}K", PRICE, X))
    with pytest.raises(ll.DataError, match=r"1 of 2 cells differs, first '1\.250K' in row 1"):
        model.observed({"x": X[:2], "price": ["1.250K", "3,820K"]})


def test_points_of_decimal_numbers_stay_such(tmp_path: Path):
    model = fitted(write_csv(tmp_path / "t.csv", frame(lambda y: f"{y / 1000.0:g}", PRICE, X)))
    assert [*model.written] == ["price"]
    path, expected = write_csv(tmp_path / "new.csv", frame(european, NEW, NEW_X)), plain(NEW / 1000.0, NEW_X)
    for known in (model, again(model, tmp_path / "m")):
        assert known.score(path) == model.score(expected)
    assert "written" not in cli("show", tmp_path / "m").out


def test_going_on_tells_it_of_those_that_were_numbers():
    model = fitted(plain(PRICE, X))
    assert model.written == {}
    model.partial_fit(frame(european, PRICE, X), progress=False)
    assert model.score(frame(european, NEW, NEW_X)) == model.score(plain(NEW, NEW_X))


def test_an_array_is_not_in_the_table(by_points: ll.Model):
    odd = {"x": NEW_X, "price": ["1,5 kg"] * 10}
    assert by_points.score(odd, NEW) == by_points.score(plain(NEW, NEW_X))
    np.testing.assert_array_equal(by_points.predict(odd), by_points.predict({"x": NEW_X}))


def test_strict_models_take_no_other_cell():
    model = fitted(frame(european, PRICE, X), data={"target": "price", "strict": True})
    cells = frame(european, NEW, NEW_X)
    assert model.score(cells) == model.score(plain(NEW, NEW_X))
    with pytest.raises(ll.DataError, match=r"training, .*: 1 of 10 cells differs, first 'ask' in row 10; write them"):
        model.score({**cells, "price": [*cells["price"][:9], "ask"]})


def test_files(by_points: ll.Model, tmp_path: Path):
    def metadata(model: ll.Model) -> dict[str, Any]:
        model.save(tmp_path / "m")
        return container.load(tmp_path / "m")[1]

    words = by_points.written["price"].words
    dress = {"thousands": ".", "decimal": ",", "unit": "", "scaled": False}
    assert metadata(by_points)["written"] == {"price": {"dress": dress, "words": words, "whole": True}}
    took = metadata(fitted(frame(clock, PRICE, X)))["written"]["price"]
    assert took == {"form": "M:SS", "words": f"durations ('{clock(PRICE[0])}' is {PRICE[0]:.0f} seconds)"}
    assert "written" not in metadata(fitted(plain(PRICE, X)))
    assert "written" not in metadata(fitted(frame(str, PRICE, X)))
    grades = [f"{v % 3:.0f} stars" for v in PRICE]
    assert "written" not in metadata(fitted({"x": X, "price": grades}, distribution={"kind": "categorical"}))
    before = again(by_points, tmp_path / "m", lambda m: m.pop("written"))  # of an earlier version
    assert before.written == {}
    cells, as_decimals = frame(european, NEW, NEW_X), plain(NEW / 1000.0, NEW_X)
    assert before.score(cells) == by_points.score(as_decimals)


DRESS = {"thousands": ".", "decimal": ",", "unit": "", "scaled": False}
FORGED: list[tuple[object, str]] = [
    ([], "the part 'written' is"),
    ({"price": []}, "written: expected named parts"),
    ({"price": {"words": "w"}}, "expected either a dress or a form of durations, and words for it"),
    ({"price": {"dress": DRESS}}, "expected either a dress or a form of durations, and words for it"),
    ({"price": {"dress": DRESS, "form": "M:SS", "words": "w"}}, "expected either a dress or a form"),
    ({"price": {"dress": DRESS, "words": 1}}, "the part 'words' is 1"),
    ({"price": {"dress": DRESS, "words": "\ud800"}}, "the words are too long, or have letters that cannot be written"),
    (
        {"price": {"dress": {**DRESS, "unit": "\ud800"}, "words": "w"}},
        "the unit is too long, or has letters that cannot be written",
    ),
    ({"price": {"dress": DRESS, "words": "\x1b[2J"}}, "the words are too long, or have letters that"),
    ({"price": {"dress": DRESS, "words": "w" * 1001}}, "the words are too long, or have letters that"),
    ({"price": {"dress": {**DRESS, "unit": "w\n"}, "words": "w"}}, "the unit is too long, or has letters that"),
    ({"price": {"dress": {**DRESS, "decimal": "."}, "words": "w"}}, "no numbers have the marks '.' and '.'"),
    ({"price": {"dress": {**DRESS, "thousands": "["}, "words": "w"}}, r"no numbers have the marks '\[' and ','"),
    ({"price": {"dress": {**DRESS, "scaled": 1}, "words": "w"}}, "the part 'scaled' is 1"),
    ({"price": {"dress": [".", ","], "words": "w"}}, "dress: expected named parts"),
    ({"price": {"form": "H", "words": "w"}}, "there is no form 'H' of durations"),
    ({"x": {"dress": DRESS, "words": "w"}}, "written: 'x' is neither a target of numbers nor the weight"),
]


@pytest.mark.parametrize(("forged", "said"), FORGED, ids=str)
def test_forged_metadata(by_points: ll.Model, forged: object, said: str, tmp_path: Path):
    def change(metadata: dict[str, Any]) -> None:
        metadata["written"] = forged

    with pytest.raises(ll.ModelFileError, match=f"does not describe a model of this version .*{said}"):
        again(by_points, tmp_path / "m", change)


def test_show_says_it(by_points: ll.Model, tmp_path: Path):
    by_points.save(tmp_path / "m")
    shown = cli("show", tmp_path / "m").out.splitlines()
    at = shown.index("target: price")
    assert shown[at + 1] == f"written: 'price' as {by_points.written['price'].words}"
    fitted(plain(PRICE, X)).save(tmp_path / "m")
    assert "written:" not in cli("show", tmp_path / "m").out


def test_the_command_line(by_points: ll.Model, tmp_path: Path):
    by_points.save(tmp_path / "m")
    new = write_csv(tmp_path / "new.csv", frame(european, NEW, NEW_X))
    done = cli("evaluate", tmp_path / "m", new, "--json")
    assert json.loads(done.out)["nll"] == by_points.evaluate(plain(NEW, NEW_X))["nll"]
    assert f"Target 'price' is read as {by_points.written['price'].words}." in done.err
    done = cli("fit", "--from", tmp_path / "m", new, "-o", tmp_path / "n")
    assert done.code == 0, done.err
    expected = ll.Model._of(by_points._fitted(), None).fit(plain(NEW, NEW_X), warm_start=True)
    np.testing.assert_array_equal(ll.Model.load(tmp_path / "n")._fitted().theta, expected._fitted().theta)
    wrong = write_csv(tmp_path / "wrong.csv", {"x": NEW_X.tolist(), "price": ["12 kg"] * 10})
    done = cli("recalibrate", tmp_path / "m", wrong, "-o", tmp_path / "n")
    assert done.code == 2
    assert "10 of 10 cells differ, first '12 kg' in row 1" in done.err
