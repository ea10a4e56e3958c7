"""`data.class_weight`: how much the rows of each class count in training."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import likelinet as ll
from tests.small import cli, labels, quick, table, write_csv

X, _ = table()
Y = labels(X, ["a", "a", "a", "b", "c", "c"])
FACTOR = {"a": 0.5, "b": 3.0, "c": 1.0}
CLASSES = {"distribution": {"kind": "categorical"}}
ALONE = {"features": []}
DOUBLE = {"precision": "float64"}
PLAIN = {"standardize": False}  # inputs are scaled by the rows as they are


def test_factors_are_weights_of_rows():
    weighted = quick(**CLASSES, data={"class_weight": FACTOR, **PLAIN}).fit(X, Y)
    by_hand = quick(**CLASSES, data=PLAIN).fit(X, Y, np.array([FACTOR[label] for label in Y]))
    np.testing.assert_array_equal(weighted.predict_dist(X).probs, by_hand.predict_dist(X).probs)  # pyright: ignore


def test_they_come_on_top_of_weights_and_hold_for_validation_rows():
    own = np.random.default_rng(0).uniform(0.5, 2.0, len(Y))
    factor = np.array([FACTOR[label] for label in Y])
    held, rest = slice(0, 15), slice(15, None)
    inside = X[held].clip(X[rest].min(0), X[rest].max(0))  # else held at quantiles, which depend on the weights
    weighted = quick(**CLASSES, data={"class_weight": FACTOR, **PLAIN}, training=DOUBLE)
    weighted.fit(X[rest], Y[rest], own[rest], validation=(inside, Y[held], own[held]))
    by_hand = quick(**CLASSES, data=PLAIN, training=DOUBLE)
    by_hand.fit(X[rest], Y[rest], (own * factor)[rest], validation=(inside, Y[held], (own * factor)[held]))
    of_weighted, of_other = (m.history.epochs[-1].validation_nll for m in (weighted, by_hand))
    assert of_weighted == pytest.approx(of_other, rel=1e-9)


def test_balanced_classes_are_equally_likely_without_inputs():
    """The maximum of the weighted likelihood is the weighted share of each class."""
    model = quick(**CLASSES, data={**ALONE, "class_weight": "balanced"}).fit(X, Y)
    np.testing.assert_allclose(model.predict_dist(X[:1]).probs, [[1 / 3, 1 / 3, 1 / 3]], rtol=1e-9)  # pyright: ignore
    weight = np.where(Y == "b", 3.0, 1.0)
    model.fit(X, Y, weight)
    np.testing.assert_allclose(model.predict_dist(X[:1]).probs, [[1 / 3, 1 / 3, 1 / 3]], rtol=1e-9)  # pyright: ignore


def test_scores_are_of_the_rows_as_they_are():
    model = quick(**CLASSES, data={"class_weight": FACTOR}).fit(X, Y)
    assert model.score(X, Y) == pytest.approx(np.mean(model.predict_dist(X).log_prob(Y)), rel=1e-12)


@pytest.mark.parametrize(
    ("y", "factors", "share"),
    [
        (["no", "yes", "no", "no"], {True: 3}, 0.5),  # what YAML makes of yes
        (["No", "Yes", "No", "No"], {"yes": 3}, 0.5),
        ([0, 1, 0, 0], {1: 3}, 0.5),
        ([1, 2, 1, 1], {"2": 3, "1": 1}, 0.5),
        ([False, True, False, False], {"true": 3}, 0.5),
        ([False, True, False, False], {False: 2.0}, 1 / 7),
    ],
)
def test_labels_as_yaml_reads_them(y: list[Any], factors: dict[Any, float], share: float):
    model = quick(distribution={"kind": "bernoulli"}, data={**ALONE, "class_weight": factors})
    d = model.fit(np.zeros((4, 1)), np.array(y)).predict_dist(np.zeros((1, 1)))
    np.testing.assert_allclose(np.exp(d.log_prob(y[1])), share, rtol=1e-9)


def test_a_file_keeps_them(tmp_path: Path):
    model = quick(**CLASSES, data={"class_weight": FACTOR}).fit(X, Y)
    model.save(tmp_path / "m")
    assert ll.Model.load(tmp_path / "m").config.data.class_weight == FACTOR


def test_from_the_command_line(tmp_path: Path):
    file = write_csv(tmp_path / "t.csv", {"sold": ["yes", "no", "no", "no"] * 5, "x": list(range(20))})
    more = ("--set", "quality=plain", "--set", "data.features=[]", "--set", "data.class_weight={yes: 3}")
    assert cli("fit", file, "--target", "sold", *more, "-o", tmp_path / "m").code == 0
    np.testing.assert_allclose(ll.Model.load(tmp_path / "m").predict_dist(file).probs, 0.5, rtol=1e-9)  # pyright: ignore


@pytest.mark.parametrize(
    ("declared", "y", "message"),
    [
        ({"data": {"class_weight": {"bb": 2}}, **CLASSES}, Y, r"class_weight: y has no class 'bb' \(did you mean 'b'"),
        (
            {"data": {"class_weight": "balanced"}},
            X[:, 0] ** 2,
            "^y is not one class a row, which data.class_weight is for",
        ),
        (
            {"data": {"class_weight": "balanced"}, "distribution": {"kind": "bernoulli"}},
            (X > 5.0).astype(int),
            "^y is not one class a row",
        ),
    ],
)
def test_what_has_no_such_classes(declared: dict[str, Any], y: np.ndarray, message: str):
    with pytest.raises(ll.DataError, match=message):
        quick(**declared).fit(X, y)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("balance", r"data.class_weight: 'balance' is not possible \(did you mean 'balanced'\?\)"),
        ({"a": 0}, "data.class_weight.a: input should be greater than 0, got 0"),
        ({}, "data.class_weight: dictionary should have at least 1 item"),
    ],
)
def test_bad_declarations(value: Any, message: str):
    with pytest.raises(ll.ConfigError, match=message):
        ll.ModelConfig(data={"class_weight": value})  # pyright: ignore
