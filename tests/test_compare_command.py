"""`likelinet compare`: the ranking as a table and as JSON, what has failed, and what does not compare."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy

import likelinet as ll
from tests.small import COLUMNS, Result, cli, write_csv
from tests.test_compare import held_out, normal


def run(folder: Path, *arguments: str, target: str = "price", features: str = "[]") -> Result:
    config = folder / "c.yaml"
    config.write_text(
        f"quality: plain\ndata: {{target: {target}, features: {features}}}\n"
        "network: {hidden: [4]}\ntraining: {epochs: 2, seed: 3}"
    )
    return cli("compare", config, write_csv(folder / "t.csv", COLUMNS), *arguments)


def test_table_and_json_are_the_ranking(tmp_path: Path):
    done = run(tmp_path, "--families", "gamma,gaussian,config,exponential", "--json")
    assert (done.code, done.err) == (0, "")
    found = json.loads(done.out)
    assert (found["rows"], found["folds"]) == (40, 5)
    y = np.array(COLUMNS["price"])
    by_hand = held_out(y, np.ones(40), 5, normal, scipy.stats.norm.logpdf)
    rows = {r["family"]: r for r in found["families"]}
    assert list(rows) == sorted(rows, key=lambda f: -rows[f]["log_score"])
    assert rows["gaussian"]["log_score"] == pytest.approx(by_hand.mean(), abs=1e-3)
    assert rows["config"]["log_score"] == rows["gaussian"]["log_score"]
    other = held_out(y, np.ones(40), 5, lambda t, w: (0.0, t.mean()), scipy.stats.expon.logpdf)
    best = found["families"][0]
    if best["family"] in ("gaussian", "config"):
        gap = scipy.stats.ttest_rel(other, by_hand)
        assert rows["exponential"]["difference"] / rows["exponential"]["standard_error"] == pytest.approx(
            gap.statistic, rel=1e-2
        )
    header, *lines = run(tmp_path, "--families", "gamma,gaussian,config,exponential").out.splitlines()
    assert header.split() == ["family", "log", "score", "difference", "std.", "error", "z"]
    for line, r in zip(lines, found["families"], strict=False):
        assert line.split()[:2] == [r["family"], f"{r['log_score']:.4f}"]
    (worst,) = (line for line in lines if line.startswith("exponential"))
    assert worst.endswith(" *")
    assert "(40 rows, 5 folds); higher is better." in lines[5]
    assert len(lines) == 8
    assert re.fullmatch(r"All fits together took [0-9]+\.[0-9] s\.", lines[7])
    assert 0.0 < found["seconds"] < 600.0


def test_failures_are_listed_below(tmp_path: Path):
    done = run(tmp_path, "--families", "poisson,gaussian", "--folds", "2", features="[size]")
    assert done.code == 0
    lines = done.out.splitlines()
    assert lines[1].startswith("gaussian")
    assert lines[2].startswith("poisson   failed: Target 'price' has")
    found = json.loads(run(tmp_path, "--families", "poisson,gaussian", "--folds", "2", "--json").out)
    assert set(found["families"][1]) == {"family", "error"}


def test_masses_and_densities_are_told_apart(tmp_path: Path):
    text = "poisson,gaussian,{kind: discretised, base: {kind: gaussian}}"
    last = run(tmp_path, "--families", text, target="visits").out.splitlines()[-1]
    assert last.startswith("These scores do not compare with each other (")
    assert "gaussian: density at y" in last
    assert "poisson, discretised(gaussian): probability of y" in last
    alike = run(tmp_path, "--families", "poisson,negative_binomial", target="visits").out
    assert "do not compare" not in alike


def test_classes_are_compared_too(tmp_path: Path):
    done = run(tmp_path, "--families", "categorical,ordered_logistic", "--json", target="grade", features="[size]")
    assert [r["measure"] for r in json.loads(done.out)["families"]] == ["probability of y"] * 2


def test_a_number_of_trials_is_taken_over_and_the_missing_column_is_named(tmp_path: Path):
    trials = "distribution={kind: binomial, total_count: {column: age}}"
    text = "beta_binomial, binomial, {kind: binomial, total_count: {column: agee}}"
    done = run(tmp_path, "--families", text, "--set", trials, "--json", target="visits", features="null")
    assert (done.code, done.err) == (0, "")
    first, second, third = json.loads(done.out)["families"]
    assert {first["family"], second["family"]} == {"beta_binomial", "binomial"}
    assert third["family"] == "binomial(total_count={column: agee})"
    assert "'agee'" in third["error"]


def test_nothing_fits(tmp_path: Path):
    done = run(tmp_path, "--families", "poisson,beta", "--folds", "2")
    assert done.code == 2
    assert done.err == "likelinet: None of the families could be fitted to these data.\n"
    assert done.out.count("failed: ") == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--families", "gausian"), "did you mean 'gaussian'?"),
        (("--families", "gaussian", "--folds", "1"), "1 is not in the range x>=2"),
        ((), "Missing option '--families'"),
        (("--families", "gaussian", "--set", "training.epoch=3"), "unknown key 'epoch'"),
        (("--families", "gaussian", "--set", "data.target=pric"), "no column 'pric' in the table"),
        (("--families", "gaussian", "--folds", "30"), "too few for 30 folds"),
    ],
)
def test_bad_arguments(tmp_path: Path, arguments: tuple[str, ...], message: str):
    done = run(tmp_path, *arguments)
    assert done.code == 2
    assert message in done.err + done.out
    assert "Traceback" not in done.err


def test_trainings_that_had_more_to_do_are_named(tmp_path: Path):
    few = ("--families", "gaussian,laplace", "--folds", "2")
    late = run(tmp_path, *few, "--set", "training.time=1e-9", "--set", "training.epochs=50", features="[size]").out
    *_, told, took = late.splitlines()
    assert told == "Training was cut off by training.time: gaussian in 2 folds, laplace in 2 folds."
    assert took.startswith("All fits together took ")
    assert "cut off" not in run(tmp_path, *few, features="[size]").out
    each = json.loads(run(tmp_path, *few, "--json", features="[size]").out)["families"]
    assert [r["stopped"] for r in each] == [{"finished": 2}] * 2
    short = "training={optimizer: {kind: lbfgs}, epochs: 2}"
    told = run(tmp_path, *few, "--set", short, features="[size]").out
    assert "\nTraining has not converged: gaussian in 2 folds, laplace in 2 folds.\n" in told


def test_ctrl_c_prints_what_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    fit, seen = ll.Model.fit, []

    def stopped(model: ll.Model, *arguments: Any, **more: Any) -> ll.Model:
        seen.append(model)
        if len(seen) == 4:
            raise KeyboardInterrupt
        return fit(model, *arguments, **more)

    monkeypatch.setattr(ll.Model, "fit", stopped)
    done = run(tmp_path, "--families", "gaussian,laplace", "--folds", "2")
    assert done.code == 130
    assert "interrupted" in done.err
    assert "gaussian" in done.out
    assert "laplace" not in done.out


def test_help():
    done = cli("compare", "--help")
    assert done.code == 0
    assert '--families "poisson, {kind: discretised, base: {kind: log_normal}}"' in done.out
    assert "takes over `exposure`, `total_count` and `levels`" in done.out
