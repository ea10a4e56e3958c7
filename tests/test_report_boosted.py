"""Boosted trees of either library beside a model: near the truth of made data, and scored on rows not seen."""

import html
import re
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import pytest

import likelinet as ll
from likelinet.model.predicted import Predicted
from likelinet.report import boosted
from likelinet.report.beside import by_other_rows, in_turn, learner, own
from likelinet.report.case import Case
from likelinet.report.trees import LIGHTGBM, SCIKIT_LEARN, Trees, installed
from likelinet.scores.metrics import evaluate
from likelinet.selection.baselines import baselines
from tests.small import quick
from tests.test_report import checked

N = 1200
RNG = np.random.default_rng(0)
X = RNG.uniform(-1.0, 1.0, (N, 2))
STEP = X[:, 0] > 0.0
LOC = np.where(STEP, 5.0, 1.0)


def case_of(declared: dict, y: np.ndarray) -> Case:
    """Return a model of some kind that has hardly learned anything, and the second half of the rows."""
    model = quick(**declared).fit(X[:600], y[:600], progress=False)
    rows = model.observed(X[600:], y[600:])
    inputs = lambda table: np.column_stack([table.numeric("x0"), table.numeric("x1")])  # noqa: E731
    return Case(
        model, rows.table, 600, Predicted(rows, model.predict_dist(rows.table)), False, lambda table: table, inputs, 0
    )


each_library = pytest.mark.parametrize("trees", [LIGHTGBM, SCIKIT_LEARN], ids=lambda trees: trees.name)


def learned(case: Case, trees: Trees, y: np.ndarray, rows: Any = slice(600)) -> ll.Distribution:
    """Return what boosted trees of the first half of the rows, or of other ones, predict of the second half."""
    return boosted.learner(case, trees)(case.model.observed(X[rows], y[rows]))(case.rows.table)


@each_library
def test_numbers_have_the_mean_and_one_width(trees: Trees):
    y = LOC + 0.3 * RNG.standard_normal(N)
    d = learned(case_of({}, y), trees, y)
    assert isinstance(d, ll.Gaussian)
    assert np.abs(d.mean() - LOC[600:]).mean() < 0.15
    assert np.unique(d.scale).size == 1
    assert d.scale.max() == pytest.approx(0.3, abs=0.08)


@each_library
def test_positive_numbers_are_those_of_their_logarithm(trees: Trees):
    y = LOC * np.exp(0.2 * RNG.standard_normal(N))
    d = learned(case_of({"distribution": {"kind": "gamma"}}, y), trees, y)
    assert isinstance(d, ll.LogNormal)
    assert np.abs(d.median() / LOC[600:] - 1.0).mean() < 0.1


@each_library
def test_counts_have_their_mean(trees: Trees):
    y = RNG.poisson(LOC).astype(float)
    d = learned(case_of({"distribution": {"kind": "poisson"}}, y), trees, y)
    assert isinstance(d, ll.Poisson)
    assert np.abs(d.mean() / LOC[600:] - 1.0).mean() < 0.2


@each_library
def test_classes_have_their_probabilities_and_those_unseen_a_little(trees: Trees):
    y = np.where(STEP, "b", "a")
    y[RNG.random(N) < 0.2] = "a"
    y[[0, 1, 700]] = "c"
    case = case_of({"distribution": {"kind": "categorical"}}, y)
    d = learned(case, trees, y)
    probs = d.class_probabilities()
    np.testing.assert_allclose(probs.sum(1), 1.0)
    assert np.abs(probs[:, 1] - 0.8 * STEP[600:]).mean() < 0.1
    assert evaluate(d, y[600:])["nll"] < 0.5
    some = np.flatnonzero(y[:600] == "a")
    alone = learned(case, trees, y, some)
    np.testing.assert_allclose(alone.class_probabilities()[:, 1:], 1e-3 / 3)


def test_what_trees_have_no_answer_to():
    y = LOC + RNG.standard_normal(N)
    assert boosted.fits(case_of({}, y))
    censored = ll.Interval.right_censored(np.exp(y), STEP)
    assert not boosted.fits(case_of({"distribution": {"kind": "censored", "base": {"kind": "weibull"}}}, censored))
    assert not boosted.fits(case_of({"distribution": {"kind": "von_mises"}}, np.angle(np.exp(1j * y))))


def test_each_row_is_scored_by_models_of_other_rows():
    y = LOC + 0.3 * RNG.standard_normal(N)
    case = case_of({}, y)
    config = baselines(case.model.config)["linear"]
    given = by_other_rows(case, learner(case, config), case.model.observed(X[:600], y[:600]))
    fitted = ll.Model(config).fit(X[:600], y[:600], progress=False)
    np.testing.assert_allclose(given.log_score, fitted.predict_dist(X[600:]).log_prob(y[600:]))
    seen = []

    def learn(rows):
        seen.append(rows.y)
        return lambda table: ll.Gaussian(np.full(table.n, rows.y.mean()), 1.0)

    turned = in_turn(case, learn)
    assert [len(part) for part in seen] == [400, 400, 400]
    assert np.isfinite(turned.log_score).all()
    leaks = [np.isin(y[600:], part) for part in seen]  # who has seen which row
    for row in range(0, 600, 50):
        means = [part.mean() for part, had in zip(seen, leaks, strict=True) if not had[row]]
        assert len(means) == 1
        assert turned.log_score[row] == pytest.approx(-0.5 * (y[600 + row] - means[0]) ** 2 - 0.5 * np.log(2 * np.pi))
    np.testing.assert_allclose(own(case).log_score, case.d.log_prob(y[600:]))


def test_they_have_a_line_in_the_report(tmp_path: Path):
    y = LOC + 0.3 * RNG.standard_normal(N)
    model = quick().fit(X[:600], y[:600], progress=False)
    path = model.report(X[600:700], y[600:700], tmp_path / "r.html", train=(X[:600], y[:600]))
    found = checked(path)
    assert installed() == LIGHTGBM
    assert "The boosted trees are those of LightGBM with its defaults" in path.read_text(encoding="utf-8")
    lines = {row[0]: row for row in found.rows["scores"] if len(row) == 7}
    assert list(lines) == ["model", "this model", "linear", "intercept-only", "boosted trees"]
    scores = {name: float(row[1].replace("−", "-")) for name, row in lines.items() if name != "model"}
    assert scores["boosted trees"] > scores["linear"] > scores["intercept-only"]
    assert float(lines["boosted trees"][2].replace("−", "-")) == pytest.approx(
        scores["boosted trees"] - scores["this model"], abs=2e-3
    )


def said_of_trees(path: Path) -> tuple[list[str], str]:
    """Return which models have a line in a report, and what is said of boosted trees that have none."""
    lines = [row[0] for row in checked(path).rows["scores"] if len(row) == 7]
    found = re.findall(r"<p[^>]*>boosted trees: (.*?)</p>", path.read_text(encoding="utf-8"))
    return lines, html.unescape("".join(found))


POISSON = {"distribution": {"kind": "poisson"}}


@each_library
def test_counts_that_are_nearly_all_zero_have_a_small_rate(trees: Trees):
    y = RNG.poisson(LOC).astype(float)
    case = case_of(POISSON, y)
    y[:60] = 0.0
    np.testing.assert_allclose(learned(case, trees, y, slice(50)).mean(), 0.01)
    y[5] = 3.0
    rate = learned(case, trees, y, slice(60)).mean()
    assert np.all((rate > 0.0) & (rate < 1.0))


def test_rows_that_are_too_few_to_learn_from_are_said(tmp_path: Path):
    y = LOC + 0.3 * RNG.standard_normal(N)
    model = quick().fit(X[:60], y[:60], progress=False)
    with pytest.warns(UserWarning, match="train has 1 row, and the model was fitted to 60"):
        path = model.report(X[:60], y[:60], tmp_path / "r.html", train=(X[:1], y[:1]))
    lines, words = said_of_trees(path)
    assert "boosted trees" not in lines
    assert words == "They need 40 rows to learn from, and here are 1."
    with pytest.warns(UserWarning, match="20 of these 20 rows are in train as well"):
        path = model.report(X[:20], y[:20], tmp_path / "r.html", train=(X[:60], y[:60]))
    lines, words = said_of_trees(path)
    assert "boosted trees" in lines  # however few rows are scored
    assert words == ""


@pytest.mark.parametrize(
    ("trees", "grow"),
    [(LIGHTGBM, "lightgbm.train"), (SCIKIT_LEARN, "sklearn.ensemble.HistGradientBoostingRegressor.fit")],
    ids=lambda of: getattr(of, "name", ""),
)
def test_what_trees_cannot_learn_from_is_said(trees: Trees, grow: str, monkeypatch: pytest.MonkeyPatch):
    def fails(*_, **__):
        raise lightgbm.basic.LightGBMError("no < such rows") if trees is LIGHTGBM else ValueError("no < such rows")

    y = LOC + 0.3 * RNG.standard_normal(N)
    case = case_of({}, y)
    monkeypatch.setattr(grow, fails)
    with pytest.raises(ll.DataError, match=f"^{trees.name} cannot learn from these rows .no < such rows.\\.$"):
        learned(case, trees, y)


def test_trees_that_cannot_see_the_exposure_are_not_beside(tmp_path: Path):
    exposure = RNG.uniform(1.0, 100.0, 80)
    columns = {"a": X[:80, 0], "days": exposure, "y": RNG.poisson(0.1 * exposure)}
    declared = {"data": {"target": "y"}, "distribution": {"kind": "poisson", "exposure": "days"}}
    model = quick(**declared).fit(columns, progress=False)
    lines, words = said_of_trees(model.report(columns, path=tmp_path / "r.html"))
    assert lines == ["model", "this model", "linear", "intercept-only"]
    assert words == ""
