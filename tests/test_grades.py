"""Few whole numbers are grades: the family to begin with has an order; and skewed whole numbers are said to be such."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import likelinet as ll
from likelinet.config import GaussianConfig
from likelinet.tables.table import as_table, read_table
from likelinet.targets.suggestion import suggested
from likelinet.targets.suitable import note_unsuitable
from likelinet.targets.target import Naming
from tests.small import cli, write_csv

RNG = np.random.default_rng(0)
X = RNG.normal(size=200)
GRADES = {
    "stars": np.clip(np.round(4.0 + X + 0.5 * RNG.normal(size=200)), 1, 5),
    "one to ten": RNG.integers(1, 11, 200),
    "agreement": RNG.integers(-2, 3, 200),
    "scores in tens": 10 * RNG.integers(5, 11, 200),
    "mostly fives": np.r_[np.full(180, 5), RNG.integers(1, 6, 20)],
}
OTHERS = {
    "counts": (RNG.poisson(1.5, 200), "negative_binomial"),
    "many levels": (RNG.integers(1, 25, 200), "negative_binomial"),
    "two": (RNG.integers(1, 3, 200), "bernoulli"),
    "few rows": (np.arange(1, 11), "negative_binomial"),
}


@pytest.mark.parametrize("case", GRADES)
def test_grades(case: str):
    y = GRADES[case]
    found = suggested(as_table({"y": y}), "y")
    assert found.distribution == {"kind": "ordered_logistic", "levels": [*map(int, np.unique(y))]}
    assert found.why == f"has few whole numbers, from {y.min():g} to {y.max():g}, as grades are"
    with pytest.warns(UserWarning, match=r"distinct whole numbers only, .* try 'ordered_logistic' for grades"):
        note_unsuitable(y * 1.0, np.ones(200), GaussianConfig(), Naming("y", "gaussian"))


@pytest.mark.parametrize("case", OTHERS)
def test_what_is_none(case: str):
    y, kind = OTHERS[case]
    assert suggested(as_table({"y": y}), "y").distribution["kind"] == kind


def test_a_grade_that_only_held_out_rows_have(tmp_path: Path):
    """All levels of the table are declared, so that none of them is unknown."""
    y = np.r_[RNG.integers(1, 5, 39), 5]
    table = write_csv(tmp_path / "t.csv", {"x": RNG.normal(size=40).tolist(), "at": range(40), "y": y.tolist()})
    more = (
        "--holdout",
        "0.2",
        "--set",
        "data.time=at",
        "--set",
        "quality=plain",
        "--set",
        "training.epochs=1",
        "--set",
        "network.hidden=[2]",
    )
    done = cli("fit", table, "--target", "y", *more, "-o", tmp_path / "m")
    assert done.code == 0, done.err
    assert done.out.startswith("Family: ordered_logistic, since 'y' has few whole numbers, from 1 to 5, as grades are.")
    assert ll.Model.load(tmp_path / "m").classes.tolist() == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("cells", "distribution"),
    [
        (["5 stars", "1 star", "3 stars"], {"kind": "ordered_logistic", "levels": ["1 star", "3 stars", "5 stars"]}),
        (["5 stars", "1 star", "3 stars", "3 star"], {"kind": "categorical"}),  # two labels of one grade
        (["2 stars", "1 star"], {"kind": "bernoulli"}),
    ],
)
def test_grades_in_dress_are_labels(cells: list[str], distribution: dict[str, Any], tmp_path: Path):
    y = (cells * 40)[:40] + cells
    table = write_csv(tmp_path / "t.csv", {"x": np.linspace(-1.0, 1.0, len(y)).tolist(), "y": y})
    assert suggested(read_table(table), "y").distribution == distribution
    more = ("--set", "quality=plain", "--set", "training.epochs=1", "--set", "network.hidden=[2]")
    done = cli("fit", table, "--target", "y", *more, "-o", tmp_path / "m")
    assert done.code == 0, done.err
    assert sorted(ll.Model.load(tmp_path / "m").classes) == sorted(cells)


@pytest.mark.parametrize("shape", [0.8, 1.0])
def test_prices_in_whole_numbers_are_skewed(shape: float):
    for seed in range(5):
        y = np.ceil(1e5 * np.random.default_rng(seed).gamma(shape, size=800))
        with pytest.warns(UserWarning, match="skewed") as said:
            note_unsuitable(y, np.ones(800), GaussianConfig(), Naming("y", "gaussian"))
        assert [str(w.message) for w in said] == [
            "y is positive and very skewed, which 'gaussian' does not describe: try 'gamma' or 'log_normal', or "
            "'negative_binomial' for counts."
        ]
