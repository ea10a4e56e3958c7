"""What is said of scores: which model is better beyond noise, what cannot be ranked, what Ctrl-C has left out."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.stats

import likelinet as ll
from likelinet.cli.compare import comparison_json, comparison_table
from likelinet.cli.holdout import OWN, verdict
from likelinet.cli.output import metrics_table
from likelinet.selection.comparison import DENSITY, MASS, HeldOut, ranked
from tests.small import COLUMNS, cli, write_csv

QUICK = (
    "--target",
    "price",
    "--set",
    "quality=plain",
    "--set",
    "data.features=[size, age]",
    "--set",
    "network.hidden=[4]",
)
RNG = np.random.default_rng(0)
ROWS = RNG.normal(size=50)
NOISE = RNG.normal(size=50)


def said(**scores: np.ndarray) -> str:
    """Return the verdict on log scores of rows, the model's as `own`."""
    named = {OWN if name == "own" else name.replace("_", "-"): each for name, each in scores.items()}
    ranks = ranked([HeldOut(name, each) for name, each in named.items()])
    return verdict(ranks, {name: {"nll": -float(each.mean())} for name, each in named.items()})


def test_a_difference_within_noise_is_none():
    other = ROWS + 0.1 + NOISE - NOISE.mean()
    error = scipy.stats.sem(other - ROWS)
    noise = f"but within noise: by 0.1 with a standard error of {error:.2g}."
    better = f"model is better here, {noise}"
    assert said(own=ROWS, intercept_only=other) == f"By its nll the intercept-only {better}"
    assert said(own=ROWS, linear=other, intercept_only=ROWS - 9.0) == f"By its nll the linear {better}"
    mine = f"By its nll this model is better here than the linear one, {noise}"
    assert said(own=other, linear=ROWS, intercept_only=ROWS - 9.0) == mine


def test_a_difference_beyond_noise_is_told():
    other = ROWS + 1.0 + NOISE - NOISE.mean()
    assert said(own=ROWS, intercept_only=other).startswith("By its nll the intercept-only model is better here: ")
    assert said(own=other, linear=ROWS, intercept_only=ROWS) == ""
    assert said(own=ROWS) == ""  # there is no other
    assert said(own=ROWS, linear=ROWS, intercept_only=ROWS + 1e-15) == ""  # nor here


def test_one_row_and_probabilities_of_zero_have_no_noise_to_name():
    assert said(own=ROWS[:1], linear=ROWS[:1] + 1.0) == "By its nll the linear model is better here, but within noise."
    never = np.where(np.arange(50) == 3, -np.inf, 9.0)
    assert said(own=never, linear=ROWS).startswith("By its nll the linear model is better here: ")


def test_families_of_two_measures_are_ranked_apart():
    results = [
        HeldOut("gamma", ROWS + 9.0, DENSITY),
        HeldOut("poisson", ROWS - 1.0, MASS),
        HeldOut("broken", error="No."),
        HeldOut("binomial", ROWS, MASS),
    ]
    header, *lines = comparison_table(results, np.ones(50), 5).splitlines()
    assert header.split()[0] == "family"
    first = [line.split()[0] for line in lines if line]
    assert first[:6] == ["By", "gamma", "By", "binomial", "poisson", "broken"]
    assert [line for line in lines if line.startswith("By")] == ["By the density at y:", "By the probability of y:"]
    gamma, binomial, poisson = (next(line for line in lines if line.startswith(n)) for n in ("ga", "bi", "po"))
    assert [len(line.split()) for line in (gamma, binomial)] == [2, 2]  # the best ones have no distance
    assert poisson.split()[2] == "-1.0000"
    found = json.loads(comparison_json(results, np.ones(50), 5))["families"]
    assert [(r["family"], r.get("difference")) for r in found] == [
        ("gamma", 0.0),
        ("binomial", 0.0),
        ("poisson", -1.0),
        ("broken", None),
    ]


def pressed_at_fit(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Press Ctrl-C when the fit of this number, counted from 1, begins."""
    fit, seen = ll.Model.fit, []

    def stopped(model: ll.Model, *arguments: Any, **more: Any) -> ll.Model:
        seen.append(model)
        if len(seen) == number:
            raise KeyboardInterrupt
        return fit(model, *arguments, **more)

    monkeypatch.setattr(ll.Model, "fit", stopped)


@pytest.mark.parametrize(("number", "names"), [(2, ["linear", "intercept-only"]), (3, ["intercept-only"])])
def test_ctrl_c_leaves_the_scores_that_are_there(
    number: int, names: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    pressed_at_fit(monkeypatch, number)
    table = write_csv(tmp_path / "t.csv", COLUMNS)
    done = cli("fit", table, *QUICK, "--set", "training.epochs=3", "--holdout", "0.25", "-o", tmp_path / "m")
    assert (done.code, done.err.strip()) == (130, "likelinet: interrupted.")
    assert f"\nInterrupted before the scores of {' and '.join(names)}.\n" in done.out
    assert OWN in done.out
    assert (tmp_path / "m").exists()


def test_ctrl_c_in_training_says_that_nothing_is_scored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def look(_: Any, epoch: ll.Epoch) -> None:
        if epoch.epoch == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr("likelinet.training.progress.Progress.__call__", look)
    table, steep = write_csv(tmp_path / "t.csv", COLUMNS), ("--set", "training.optimizer={learning_rate: 0.05}")
    done = cli("fit", table, *QUICK, *steep, "--holdout", "0.25", "-o", tmp_path / "m")
    assert done.code == 130
    assert done.err.splitlines()[0].endswith(f"is in {tmp_path / 'm'}. The rows that were held out are not scored.")


def test_a_comparison_that_is_cut_short_at_once_has_no_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    pressed_at_fit(monkeypatch, 1)
    arguments = ("--target", "price", "--families", "gaussian,laplace", "--folds", "2")
    done = cli("compare", write_csv(tmp_path / "t.csv", COLUMNS), *arguments)
    assert (done.code, done.out) == (130, "")
    assert done.err.split("\n")[0] == "likelinet: not compared: gaussian, laplace."


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (12345678.9, "12345678.9"),
        (1234.56789, "1234.5679"),
        (0.5, "0.5000"),
        (1.23e-5, "0.0000123"),
        (1.23e-3, "0.0012"),
        (0.0, "0.0000"),
    ],
)
def test_a_score_has_as_many_decimals_as_tell_it(value: float, text: str):
    assert metrics_table({"": {"rmse": value}}).split() == ["rmse", text]
    both = metrics_table({"a": {"rmse": value}, "b": {"rmse": value / 3.0}}).splitlines()[1].split()
    assert both[1] == text
    assert len(both[2].partition(".")[2]) == len(text.partition(".")[2])
