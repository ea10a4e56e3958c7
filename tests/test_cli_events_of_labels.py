"""`likelinet predict --prob`, `--interval` and `--cost` of labels with signs in them, and of grades."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import likelinet as ll
from likelinet.cli.event import EventType
from tests.small import COLUMNS, cli, fit, read_csv, write_csv

GRADES = [1 + (3 * i + i // 7) % 5 for i in range(40)]
WEALTH = ["<=50K" if i % 3 else ">50K" for i in range(40)]
TABLE = {**COLUMNS, "stars": GRADES, "income": WEALTH}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("labels")
    for name, overrides in {
        "stars": ["data.target=stars", "distribution={kind: ordered_logistic, levels: [1, 2, 3, 4, 5]}", "ensemble=2"],
        "income": ["data.target=income", "distribution.kind=bernoulli"],
    }.items():
        done = fit(folder, *overrides, "data.features=[age, size]", columns=TABLE)
        assert done.code == 0, done.err
        (folder / "model.safetensors").rename(folder / name)
    write_csv(folder / "new.csv", TABLE)
    return folder


def asked(folder: Path, name: str, *arguments: Any) -> dict[str, np.ndarray]:
    done = cli("predict", folder / name, folder / "new.csv", *arguments)
    assert done.code == 0, done.err
    return {key: np.array(column) for key, column in read_csv(done.out).items()}


def test_labels_with_signs(folder: Path):
    found = asked(folder, "income", "--prob", "income == >50K", "--prob", 'y == "<=50K"', "--prob", "'>50K' == income")
    rich = found["p_>50K"].astype(float)
    np.testing.assert_array_equal(found["P(income == >50K)"].astype(float), rich)
    np.testing.assert_array_equal(found["P(>50K == income)"].astype(float), rich)
    np.testing.assert_allclose(found["P(y == <=50K)"].astype(float), 1.0 - rich, rtol=1e-9)


@pytest.mark.parametrize(
    ("text", "operands", "operators"),
    [
        ("y == a<b", ("y", "a<b"), ("==",)),
        ("y == 'a == b'", ("y", "a == b"), ("==",)),
        ('"a<b" > 3', ("a<b", "3"), (">",)),
        ("y == rock 'n' roll", ("y", "rock 'n' roll"), ("==",)),
        ("1 < y <= '2'", ("1", "y", "2"), ("<", "<=")),
    ],
)
def test_what_a_text_is_made_of(text: str, operands: tuple[str, ...], operators: tuple[str, ...]):
    event = EventType().convert(text, None, None)
    assert (event.operands, event.operators) == (operands, operators)


def test_grades_are_compared_as_numbers(folder: Path):
    p = ll.Model.load(folder / "stars").predict_dist(folder / "new.csv").class_probabilities()
    events = ("y > 3.5", "1 < stars <= 4.2", "y == 2.0", "9 > y")
    found = asked(folder, "stars", *(a for e in events for a in ("--prob", e)), "--above", "3.5")
    np.testing.assert_allclose(found["p_above_3.5"].astype(float), p[:, 3:].sum(1), rtol=1e-9)
    np.testing.assert_allclose(found["P(y > 3.5)"].astype(float), p[:, 3:].sum(1), rtol=1e-9)
    np.testing.assert_allclose(found["P(1 < stars <= 4.2)"].astype(float), p[:, 1:4].sum(1), rtol=1e-9)
    np.testing.assert_allclose(found["P(y == 2.0)"].astype(float), p[:, 1], rtol=1e-9)
    np.testing.assert_allclose(found["P(9 > y)"].astype(float), np.ones(40), rtol=1e-9)


def test_grades_have_intervals_and_decisions(folder: Path):
    p = ll.Model.load(folder / "stars").predict_dist(folder / "new.csv").class_probabilities()
    found = asked(folder, "stars", "--interval", "0.5", "--cost", "under=3,over=1")
    upto = p.cumsum(1)
    assert found["low"].tolist() == [str(k) for k in 1 + (upto < 0.25).sum(1)]
    assert found["high"].tolist() == [str(k) for k in 1 + (upto < 0.75).sum(1)]
    away = np.arange(5.0) - np.arange(5.0)[:, None]
    each = np.sum(p[:, None] * np.maximum(3.0 * away, -away), axis=-1)
    assert found["action"].tolist() == [str(k) for k in 1 + each.argmin(1)]
    np.testing.assert_allclose(found["expected_loss"].astype(float), each.min(1), rtol=1e-9)


@pytest.mark.parametrize(
    ("name", "event", "message"),
    [
        ("stars", "y == 3.5", "'3.5' is none of the classes"),
        ("stars", "y > good", "'good' is none of the classes"),
        ("stars", "1 < 2 < y", "--prob: '1 < 2 < y': 'y' stands between the ends of a range, like 10 < y <= 20."),
        ("income", "income == >50k", "'>50k' is none of the classes (did you mean '>50K'?)"),
        ("income", "income > >50K", "something is missing beside >"),
    ],
)
def test_refused_in_a_sentence(folder: Path, name: str, event: str, message: str):
    done = cli("predict", folder / name, folder / "new.csv", "--prob", event)
    assert (done.code, done.out) == (2, "")
    assert message in " ".join(done.err.split())


def test_a_range_of_grades_that_is_empty(folder: Path):
    done = cli("predict", folder / "stars", folder / "new.csv", "--prob", "4 < stars < 2")
    assert (done.code, done.out) == (2, "")
    assert "'4 < stars < 2' is an empty range: write the lower end first" in done.err
    found = asked(folder, "stars", "--prob", "3 <= stars <= 3", "--prob", "stars == 3")
    np.testing.assert_array_equal(found["P(3 <= stars <= 3)"], found["P(stars == 3)"])
