"""`likelinet predict --prob`, `--interval` and `--cost`: probabilities, intervals and decisions as columns."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.stats

import likelinet as ll
from tests.small import COLUMNS, cli, fit, read_csv, write_csv

TIMED = {**COLUMNS, "time": np.exp(np.array(COLUMNS["price"]) / 10.0).round(3).tolist(), "event": [1, 1, 0, 1] * 10}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("events")
    for name, overrides in {
        "price": ["data.target=price", "ensemble=2"],
        "two": ["data.target=[price, size]", "data.features=[age]"],
        "visits": ["data.target=visits", "distribution.kind=poisson"],
        "zeros": ["data.target=visits", "distribution={kind: zero_inflated, base: {kind: gamma}}"],
        "sold": ["data.target=sold", "distribution.kind=bernoulli"],
        "grade": ["data.target=grade", "distribution.kind=ordered_logistic"],
        "both": ["data.target=[sold, colour]", "data.features=[age]", "distribution.kind=categorical"],
        "time": [
            "data.target={time: time, event: event}",
            "data.features=[age]",
            "distribution={kind: censored, base: {kind: weibull}}",
        ],
    }.items():
        columns = TIMED if name == "time" else COLUMNS
        done = fit(folder, *overrides, columns=columns)
        assert done.code == 0, done.err
        (folder / "model.safetensors").rename(folder / name)
    write_csv(folder / "new.csv", COLUMNS)
    return folder


def predicted(folder: Path, name: str, *arguments: Any) -> dict[str, np.ndarray]:
    done = cli("predict", folder / name, folder / "new.csv", *arguments)
    assert done.code == 0, done.err
    return {key: np.array(column) for key, column in read_csv(done.out).items()}


def asked(folder: Path, name: str, *events: str) -> list[np.ndarray]:
    found = predicted(folder, name, *(part for event in events for part in ("--prob", event)))
    return [column.astype(float) for key, column in found.items() if key.startswith("P(")]


def dist(folder: Path, name: str) -> Any:
    return ll.Model.load(folder / name).predict_dist(folder / "new.csv")


def test_of_numbers_under_any_name(folder: Path):
    d = dist(folder, "price")
    found = predicted(folder, "price", "--prob", "price>12", "--prob", " 9 <y<= 11.5", "--prob", "10 >= price")
    assert list(found)[-3:] == ["P(price > 12)", "P(9 < y <= 11.5)", "P(10 >= price)"]
    each = d.components
    w, norm = d.weights.probs, scipy.stats.norm(each.loc, each.scale)
    for name, p in (
        ("P(price > 12)", norm.sf(12.0)),
        ("P(9 < y <= 11.5)", norm.cdf(11.5) - norm.cdf(9.0)),
        ("P(10 >= price)", norm.cdf(10.0)),
    ):
        np.testing.assert_allclose(found[name].astype(float), np.sum(w * p, axis=1), rtol=1e-7)


def test_of_counts_each_end_counts_or_not(folder: Path):
    p = scipy.stats.poisson(dist(folder, "visits").rate)
    events = ["y == 2", "y >= 2", "y > 2", "y < 2", "1 <= y <= 3", "3 > visits > 1", "y == 1.5", "1 < y < 2"]
    two, least, more, less, some, only, half, none = asked(folder, "visits", *events)
    np.testing.assert_allclose([two, only], [p.pmf(2)] * 2, rtol=1e-9)
    np.testing.assert_allclose(least, p.sf(1), rtol=1e-9)
    np.testing.assert_allclose([more, less], [p.sf(2), p.cdf(1)], rtol=1e-9)
    np.testing.assert_allclose(some, p.pmf([[1], [2], [3]]).sum(0), rtol=1e-9)
    np.testing.assert_array_equal([half, none], np.zeros((2, 40)))


def test_of_single_values_that_have_a_probability(folder: Path):
    d = dist(folder, "zeros")
    zero, least, above = asked(folder, "zeros", "y == 0", "0 <= y", "y > 0")
    np.testing.assert_allclose([zero, above], [d.gate, 1.0 - d.gate], rtol=1e-9)
    np.testing.assert_array_equal(least, np.ones(40))


def test_of_a_time_to_an_event(folder: Path):
    base = dist(folder, "time").base
    weibull = scipy.stats.weibull_min(base.concentration, scale=base.scale)
    late, between = asked(folder, "time", "time > 3", "2 < time <= 3")
    np.testing.assert_allclose(late, weibull.sf(3.0), rtol=1e-9)
    np.testing.assert_allclose(between, weibull.cdf(3.0) - weibull.cdf(2.0), rtol=1e-9)
    found = predicted(folder, "time", "--cost", "under=3,over=1", "--interval", "0.5")
    np.testing.assert_allclose(found["action"].astype(float), weibull.ppf(0.75), rtol=1e-9)
    np.testing.assert_allclose(found["high"].astype(float), weibull.ppf(0.75), rtol=1e-9)


def test_of_classes_and_of_those_in_an_order(folder: Path):
    (yes,) = asked(folder, "sold", "sold == yes")
    np.testing.assert_array_equal(yes, predicted(folder, "sold")["p_yes"].astype(float))
    p = np.stack([predicted(folder, "grade")[f"p_{k}"].astype(float) for k in range(3)])
    most, least, middle = asked(folder, "grade", "grade <= 1", "1 <= y", "0 < grade < 2")
    np.testing.assert_allclose([most, least, middle], [p[0] + p[1], p[1] + p[2], p[1]], rtol=1e-12)


def test_of_one_of_several_outputs(folder: Path):
    d = dist(folder, "two")
    (size,) = asked(folder, "two", "size > 1")
    np.testing.assert_allclose(size, scipy.stats.norm(d.base.loc[:, 1], d.base.scale[:, 1]).sf(1.0), rtol=1e-9)
    p = dist(folder, "both").class_probabilities()
    sold, red = asked(folder, "both", "sold == yes", "colour == red")
    np.testing.assert_allclose([sold, red], [p[:, 0, 1], p[:, 1, 2]], rtol=1e-12)
    found = predicted(folder, "two", "--interval", "0.8", "--cost", "under=3,over=1")
    assert list(found)[4:] == [
        f"{n}_{t}" for n in ("low", "high", "action", "expected_loss") for t in ("price", "size")
    ]
    np.testing.assert_allclose(found["action_size"].astype(float), d.ppf(0.75)[:, 1], rtol=1e-12)


def test_an_interval_takes_the_place_of_its_ends_among_the_quantiles(folder: Path):
    d = dist(folder, "visits")
    found = predicted(folder, "visits", "--interval", "0.8")
    assert list(found) == ["mean", "q0.5", "low", "high"]
    assert [found["low"].tolist(), found["high"].tolist()] == [
        e.astype(int).astype(str).tolist() for e in d.interval(0.8)
    ]
    assert list(predicted(folder, "visits", "--interval", "0.8", "--quantiles", "0.1")) == [
        "mean",
        "q0.1",
        "low",
        "high",
    ]


def test_a_decision_is_that_of_the_newsvendor(folder: Path):
    found = predicted(folder, "visits", "--cost", "over=1, under=4")
    rate, k = dist(folder, "visits").rate, np.arange(60.0)[:, None]
    p = scipy.stats.poisson(rate).pmf(k)
    cost = [np.sum(p * np.maximum(4.0 * (k - a), a - k), axis=0) for a in range(20)]
    assert found["action"].tolist() == [str(a) for a in np.argmin(cost, axis=0)]
    np.testing.assert_allclose(found["expected_loss"].astype(float), np.min(cost, axis=0), rtol=1e-9)


WRONG = [
    ("price", ["--prob", "prise > 12"], "--prob: 'prise > 12' must name what the model predicts, price, or y, and not"),
    ("price", ["--prob", "prise > 12"], "(did you mean 'price'?)"),
    ("price", ["--prob", "3 < 4"], "--prob: '3 < 4' must name what the model predicts, price, or y."),
    ("two", ["--prob", "y > 1"], "must name what the model predicts, price, size, and not 'y'."),
    ("price", ["--prob", "price > 12kg"], "'12kg' is no number; write it without a unit, as 12.5."),
    ("price", ["--prob", "y > inf"], "'inf' is no number"),
    ("price", ["--prob", "y == 3"], "has no probability, as y is continuous; ask for a range around it."),
    ("price", ["--prob", "y >"], "'y >': something is missing beside >; write"),
    ("price", ["--prob", "y = 3"], "'y = 3': = is none of < <= > >= ==; write"),
    ("price", ["--prob", "y != 3"], "!= is none of < <= > >= ==; write"),
    ("price", ["--prob", "y"], "'y' is no event; write"),
    ("price", ["--prob", "1 < y > 3"], "the ends of a range stand in order, like 10 < y <= 20"),
    ("price", ["--prob", "5 < y < 3"], "'5 < y < 3' is an empty range: write the lower end first, as 10 < y <= 20."),
    ("price", ["--prob", "3 >= y > 5"], "'3 >= y > 5' is an empty range"),
    ("visits", ["--prob", "3 < y <= 3"], "'3 < y <= 3' is an empty range"),
    ("price", ["--prob", "1 == y == 3"], "the ends of a range stand in order, like 10 < y <= 20"),
    ("sold", ["--prob", "sold > no"], "the classes no, yes have no order; ask by ==."),
    ("sold", ["--prob", "sold == yess"], "'yess' is none of the classes (did you mean 'yes'?)."),
    ("sold", ["--interval", "0.9"], "--interval is for numbers, and this model predicts classes."),
    ("sold", ["--cost", "under=1,over=2"], "--cost is for numbers, and this model predicts classes."),
    ("price", ["--interval", "90"], "90.0 is not in the range 0.0<x<1.0"),
    (
        "price",
        ["--cost", "under=5"],
        "'under=5' must be like under=5,over=1: what a unit too few costs, and one too many",
    ),
    ("price", ["--cost", "under=5,over=1,under=2"], "must be like under=5,over=1"),
    ("price", ["--cost", "under=5€,over=1"], "under must be a number above 0, not '5€'"),
    ("price", ["--cost", "under=5,over=-1"], "over must be a number above 0, not '-1'"),
]


@pytest.mark.parametrize(("name", "arguments", "message"), WRONG)
def test_refused_in_a_sentence(folder: Path, name: str, arguments: list[str], message: str, tmp_path: Path):
    done = cli("predict", folder / name, folder / "new.csv", *arguments, "-o", tmp_path / "o.csv")
    assert (done.code, done.out) == (2, "")
    assert message in " ".join(done.err.split())
    assert list(tmp_path.iterdir()) == []
