"""Kinds of y: what is chosen of, what is noted, and that these agree."""

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.optimize
import scipy.stats

import likelinet as ll
from likelinet.config import parse_config
from likelinet.core.notes import FamilyNote
from likelinet.model import recalibration, stacking
from likelinet.tables.table import as_table
from likelinet.targets.suggestion import suggested
from likelinet.targets.suitable import note_unsuitable
from likelinet.targets.target import Naming
from tests.small import cli, write_csv
from tests.test_unsuitable import draws

N = 200
RNG = np.random.default_rng(5)
X = RNG.uniform(-1.0, 1.0, (N, 1))
ALONE = {"distribution": "auto", "data": {"features": []}, "training": {"steps": 80, "epochs": 25}}
SEVERAL = {
    **draws(1),
    "either sign, many zeros": np.where(RNG.random(N) < 0.3, 0.0, RNG.normal(size=N)),
    "nearly all zeros": np.r_[np.zeros(995), RNG.gamma(2.0, 1.0, 5)],
    "three large numbers": RNG.choice([0.0, 1000.0, 5000.0], N, p=[0.01, 0.5, 0.49]),
    "discounts": RNG.choice([0.0, 0.05, 0.1, 0.2], N),
    "shares with ends": np.clip(RNG.normal(0.7, 0.4, N), 0.0, 1.0),
    "a slip": np.r_[100.0 + RNG.normal(size=N - 1), 1e8],
}
COARSE = {"halves", "Kelvin"}  # on which no family of probabilities is


def noted(y: Any, x: Any = X, **config: Any) -> tuple[ll.Model, list[warnings.WarningMessage]]:
    """Return a model that has chosen its family, and all notes."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model = ll.Model({**ALONE, **config}).fit(x, y, progress=False)
    return model, caught


@pytest.mark.parametrize("kind", sorted(SEVERAL.keys() - COARSE))
def test_no_note_argues_against_a_candidate(kind: str):
    y = SEVERAL[kind].astype(np.float64)
    for declared in suggested(as_table({"y": y}), "y").candidates:
        family = parse_config({"distribution": declared}).distribution
        note_unsuitable(y, np.ones(len(y)), family, Naming("y", family.kind))  # a warning is an error


@pytest.mark.parametrize(("kind", "steps"), [("halves", "0.5"), ("Kelvin", "1")])
def test_on_coarse_steps_the_choice_says_so_and_nothing_argues(kind: str, steps: str):
    y = SEVERAL[kind]
    model, caught = noted(y, X)
    assert caught == []
    assert f" in steps of {steps}, close together, by the mean log score" in str(model.history.choice)
    assert model.history.choice is not None
    step = float(steps)
    assert model.history.choice.step == pytest.approx(step, rel=1e-9)
    with pytest.warns(FamilyNote, match="try 'discretised' of the number of steps"):
        ll.Model({"quality": "plain", "data": {"features": []}}).fit(X, y, progress=False)


@pytest.mark.parametrize("y", [np.where(X[:, 0] > 0.2, 7.0, 1.5), np.where(X[:, 0] > 0.2, -1.0, 1e-3)])
def test_two_numbers_are_a_distribution_over_them(y: np.ndarray, tmp_path: Path):
    model, caught = noted(y)
    low, high = np.unique(y)
    assert caught == []
    assert str(model.history.choice) == f"bernoulli, since y has two classes: {low:g}, {high:g}."
    model.save(tmp_path / "m.safetensors")
    for m in (model, ll.Model.load(tmp_path / "m.safetensors")):
        d: Any = m.predict_dist(X[:2])
        classes: Any = m.classes
        assert classes.tolist() == [low, high]
        np.testing.assert_allclose(d.probs[0], [np.mean(y == low), np.mean(y == high)], rtol=1e-9)
        np.testing.assert_allclose(d.log_prob([high, low]), np.log([np.mean(y == high), np.mean(y == low)]), rtol=1e-9)
        assert set(m.sample(X, 1, seed=0).ravel()) == {low, high}


def test_the_commands_write_two_numbers_as_they_are(tmp_path: Path):
    y = np.where(X[:40, 0] > 0.2, 7.25, 1.5)
    table = write_csv(tmp_path / "t.csv", {"x": X[:40, 0].tolist(), "y": y.tolist()})
    options = ("--set", "network.hidden=[2]", "--set", "training.epochs=1", "-o", tmp_path / "m")
    assert cli("fit", table, "--target", "y", *options).code == 0
    header, *rows = cli("predict", tmp_path / "m", table).out.splitlines()
    assert header == "class,p_1.5,p_7.25"
    assert all(float(row.split(",")[0]) in (1.5, 7.25) for row in rows)
    sampled = cli("sample", tmp_path / "m", table, "-n", "2").out.splitlines()
    assert len(sampled) == 41
    assert {v for row in sampled[1:] for v in row.split(",")} == {"1.5", "7.25"}


def test_few_numbers_that_are_not_whole_are_grades():
    y = RNG.choice([0.5, 1.0, 2.5, 5.0], N, p=[0.1, 0.2, 0.3, 0.4])
    model, caught = noted(y)
    assert model.history.choice is not None
    assert [c.family for c in model.history.choice.candidates] == ["ordered_logistic", "categorical"]
    assert caught == []
    assert "y has few numbers, from 0.5 to 5, as grades are" in str(model.history.choice)
    probs: Any = model.predict_dist(X[:1])
    np.testing.assert_allclose(probs.probs[0], [np.mean(y == v) for v in (0.5, 1.0, 2.5, 5.0)], rtol=1e-4)


def test_rounded_numbers_are_no_grades_though_they_are_few():
    y = np.round(50.0 + X[:60, 0] + RNG.normal(size=60))
    assert len(np.unique(y)) <= 10
    kinds = [d["kind"] for d in suggested(as_table({"y": y}), "y").candidates]
    assert "discretised" in kinds
    assert not {"ordered_logistic", "categorical"} & {*kinds}


@pytest.mark.parametrize("values", [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0, 6.0]])
def test_few_numbers_that_end_at_once_are_grades(values: list[float]):
    assert suggested(as_table({"y": RNG.choice(values, N)}), "y").distribution["kind"] == "ordered_logistic"


def test_two_numbers_of_few_rows_are_labels_where_the_family_is_named():
    y = np.array([1.5, 7.25, 7.25])
    model = ll.Model({"distribution": {"kind": "bernoulli"}, "data": {"features": []}}).fit(X[:3], y, progress=False)
    probs: Any = model.predict_dist(X[:1])
    np.testing.assert_allclose(probs.probs[0], [1.0 / 3.0, 2.0 / 3.0], rtol=1e-6)
    with pytest.raises(ll.DataError, match="fractional numbers like "):
        ll.Model({"distribution": {"kind": "categorical"}}).fit(X[:9], X[:9, 0], progress=False)


@pytest.mark.parametrize("whole", [True, False])
def test_levels_may_be_written_as_any_numbers(whole: bool):
    levels, factor = ([1, 2, 3], 1.0) if whole else ([0.5, 1.0, 1.5], 0.5)
    y = factor * RNG.choice([1.0, 2.0, 3.0], N)
    distribution = {"kind": "ordered_logistic", "levels": [factor * 3.0, factor * 2.0, factor]}
    data = {"features": [], "class_weight": {levels[0]: 2.0}}
    model = ll.Model({"quality": "plain", "distribution": distribution, "data": data}).fit(X, y, progress=False)
    classes: Any = model.classes
    assert classes.tolist() == levels[::-1]
    assert classes.dtype.kind == ("i" if whole else "f")
    share = np.array([np.sum(y == v) for v in levels[::-1]]) * [1.0, 1.0, 2.0]
    probs: Any = model.predict_dist(X[:1])
    np.testing.assert_allclose(probs.probs[0], share / share.sum(), rtol=1e-4)
    with pytest.raises(ll.DataError, match=rf"has the class '{4 * factor:g}' in row 1, which was not seen in training"):
        model.score(X[:1], [4 * factor])


def test_a_rating_has_no_probability_beside_its_grades():
    y = np.clip(np.round(4.2 + RNG.normal(size=N)), 1.0, 5.0)
    y[:5] = 1.0 + np.arange(5)
    declared = suggested(as_table({"y": y}), "y").candidates[-1]
    within = ll.Model({"distribution": declared, "data": {"features": []}}).fit(X, y, progress=False)
    d = within.predict_dist(X[:1])
    assert d.log_prob(np.array([0.0, 6.0])).tolist() == [-np.inf, -np.inf]
    np.testing.assert_allclose(np.exp(d.log_prob(np.arange(1.0, 6.0)[:, None])).sum(), 1.0, rtol=1e-9)
    beyond = ll.Model({"distribution": declared["base"], "data": {"features": []}}).fit(X, y, progress=False)
    assert within.score(X, y) > beyond.score(X, y) + 0.02


def test_many_zeros_among_numbers_of_either_sign_are_a_case_of_their_own():
    y = SEVERAL["either sign, many zeros"]
    model, caught = noted(y)
    assert model.history.choice is not None
    assert all(c.family.startswith("hurdle(") for c in model.history.choice.candidates)
    assert caught == []
    assert f"has {100 * np.mean(y == 0.0):.0f} % zeros and other numbers from" in str(model.history.choice)
    np.testing.assert_allclose(model.predict_dist(X[:1]).log_prob(0.0), np.log(np.mean(y == 0.0)), rtol=1e-6)


def test_zero_on_a_lattice_is_no_case_of_its_own_unless_it_stands_out():
    y = np.round(RNG.standard_t(1.5, N), 1)
    assert suggested(as_table({"y": y}), "y").distribution["kind"] != "hurdle"
    peaked = np.round(RNG.laplace(scale=2.0, size=N) / 0.9) * 0.9  # a fifth of these are 0, and nearly as many .9
    assert np.mean(peaked == 0.0) > 0.1
    assert suggested(as_table({"y": peaked}), "y").distribution["kind"] != "hurdle"
    y[:40] = 0.0
    assert suggested(as_table({"y": y}), "y").distribution["kind"] == "hurdle"


@pytest.mark.parametrize("zeros", [1, 40])
def test_shares_that_are_exactly_0_have_no_density_beyond_1(zeros: int):
    y = np.r_[np.zeros(zeros), RNG.beta(2.0, 3.0, N - zeros)]
    found = suggested(as_table({"y": y}), "y")
    assert found.distribution == {"kind": "hurdle", "base": {"kind": "beta"}}
    if zeros > 20:
        with pytest.warns(FamilyNote, match=r"is 0 in 20% of the rows .*: try \{kind: hurdle, base: \{kind: beta\}\}"):
            note_unsuitable(y, np.ones(N), parse_config({"quality": "plain"}).distribution, Naming("y", "gaussian"))
    families = [parse_config({"distribution": d}).distribution.opened(None, 1)[0] for d in found.candidates]
    assert [family.possible(np.array([0.0, 0.5, 1.5])).tolist() for family in families] == [[True, True, False]] * 3


def test_shares_that_are_exactly_1_have_a_probability_of_it_and_none_beyond():
    y = SEVERAL["shares with ends"]
    with pytest.warns(FamilyNote, match=r"is 1 in 2\d% of the rows and a share elsewhere.* try \{kind: clipped"):
        ll.Model({"quality": "plain", "data": {"features": []}}).fit(X, y, progress=False)
    model, caught = noted(y)
    assert model.history.choice is not None
    assert [c.family for c in model.history.choice.candidates] == [
        f"clipped({base})" for base in ("gaussian", "mixture(logistic)", "mixture(gaussian)")
    ]
    assert caught == []
    assert f"of which {100 * np.mean(y == 1.0):.2g} % are 1, {100 * np.mean(y == 0.0):.0f} % 0" in str(
        model.history.choice
    )
    assert model.predict_dist(X[:1]).sf(1.0) == 0.0

    def nll(theta: np.ndarray) -> float:
        """The two-sided Tobit likelihood."""
        law: Any = scipy.stats.norm(theta[0], np.exp(theta[1]))
        log_p = np.select([y == 0.0, y == 1.0], [law.logcdf(0.0), law.logsf(1.0)], law.logpdf(y))
        return -float(log_p.mean())

    best = scipy.optimize.minimize(nll, [0.5, -1.0], method="BFGS", options={"gtol": 1e-9})
    plain = ll.Model(
        {
            "distribution": {"kind": "clipped", "base": {"kind": "gaussian"}, "low": 0.0, "high": 1.0},
            "data": {"features": []},
        }
    ).fit(X, y, progress=False)
    assert plain.score(X, y) == pytest.approx(-best.fun, rel=1e-6)
    x = plain.predict_dist(X[:1])
    law = scipy.stats.norm(best.x[0], np.exp(best.x[1]))
    np.testing.assert_allclose(np.exp(x.log_prob([0.0, 1.0])), [law.cdf(0.0), law.sf(1.0)], rtol=1e-3)


@pytest.mark.parametrize(
    ("columns", "distribution"),
    [
        ([[0, 1], [0, 1]], {"kind": "bernoulli"}),
        ([[1.5, 7.0], [0, 1]], {"kind": "categorical"}),
        ([[1, 2, 3], [1, 2, 3]], {"kind": "ordered_logistic", "levels": [1, 2, 3]}),
        ([[1, 2, 3], [1, 2, 4]], {"kind": "ordered_logistic", "levels": [[1, 2, 3], [1, 2, 4]]}),
        ([[1, 2, 3], [0, 1]], {"kind": "categorical"}),
    ],
)
def test_several_outputs_of_few_values_are_classes(columns: list[list[float]], distribution: dict[str, Any]):
    y = np.column_stack([RNG.permutation(np.resize(values, N)) for values in columns]).astype(np.float64)
    table = as_table({"a": y[:, 0], "b": y[:, 1]})
    assert suggested(table, ["a", "b"]).distribution == distribution
    model, _ = noted(y)
    assert model.config.distribution.y == "class"
    assert np.isfinite(model.score(X, y))


@pytest.mark.parametrize("n", [10, 30, 100])
def test_one_slip_does_not_make_the_spread(n: int):
    y = 100.0 + 0.5 * X[:n, 0] + 0.1 * RNG.normal(size=n)
    y[3] = 1e6
    model, caught = noted(y, X[:n], data={}, network={"hidden": [4]})
    assert model.history.choice is not None
    assert model.config.distribution.kind == "student_t"
    rest = np.arange(n) != 3
    assert model.score(X[:n][rest], y[rest]) > -3.0
    assert not any("student_t" in str(w.message) for w in caught)


QUICK = {
    "quality": "plain",
    "network": {"hidden": [3]},
    "training": {"steps": 40, "epochs": 10, "precision": "float64"},
}
Y = X[:, 0] + RNG.normal(size=N)
RATED = RNG.choice([1, 2, 3], N, p=[0.1, 0.3, 0.6])
FACTOR = {1: 8.0, 3: 0.5}
WEIGHT = np.array([FACTOR.get(int(v), 1.0) for v in RATED])


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_weights_of_classes_have_a_say_in_the_choice():
    auto = {"distribution": "auto", **QUICK}
    of_classes = ll.Model({**auto, "data": {"class_weight": FACTOR, "standardize": False}})
    of_classes.fit(X, RATED, progress=False)
    of_rows = ll.Model({**auto, "data": {"standardize": False}}).fit(X, RATED, WEIGHT, progress=False)
    scores = []
    for model in (of_classes, of_rows):
        choice = model.history.choice
        assert choice is not None
        scores.append([c.log_score for c in choice.ranked])
    assert len(scores[0]) == 2  # of a distribution of numbers the weights of classes are none
    np.testing.assert_allclose(scores[0], scores[1][: len(scores[0])], rtol=1e-9)


@pytest.mark.parametrize("validated", [False, True])
def test_weights_of_classes_have_a_say_in_the_weights_of_groups(validated: bool, monkeypatch: pytest.MonkeyPatch):
    weighed = []
    by = stacking._weights_by
    monkeypatch.setattr(stacking, "_weights_by", lambda scores, weight: weighed.append(weight) or by(scores, weight))
    groups = [{"distribution": {"kind": "ordered_logistic"}}, {"distribution": {"kind": "categorical"}}]
    config = {"distribution": {"kind": "categorical"}, "ensemble": 2, "groups": groups, **QUICK}
    training = {**QUICK["training"], "folds": "auto"}
    model = ll.Model({**config, "training": training, "data": {"class_weight": FACTOR}})
    model.fit(X, RATED, 2.0 * X[:, 0] ** 2, validation=(X[:50], RATED[:50]) if validated else None, progress=False)
    np.testing.assert_allclose(weighed, [WEIGHT[:50]] if validated else [2.0 * X[:, 0] ** 2 * WEIGHT], rtol=1e-12)


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_families_without_the_objective_are_left_out():
    y = RNG.lognormal(X[:, 0], 1.0)
    config = {"distribution": "auto", **QUICK}

    def by(objective: str, y: Any, rows: int) -> ll.Model:
        training = {**QUICK["training"], "objective": {"kind": objective}}
        return ll.Model({**config, "training": training}).fit(X[:rows], y[:rows], progress=False)

    choice = by("crps", y, N).history.choice
    assert choice is not None
    assert [(c.family, c.error) for c in choice.candidates] == [("log_normal", None), ("mixture(gaussian)", None)]
    assert by("crps", y, 7).config.distribution.kind in ("log_normal", "gaussian")
    with pytest.raises(ll.ConfigError, match=r"'crps': Bernoulli has no CRPS .* choose a family that it is for"):
        by("crps", y > 1.0, N)


def test_where_each_group_names_its_family_none_is_chosen():
    groups = [{"distribution": {"kind": "gaussian"}}, {"distribution": {"kind": "student_t"}}]
    config = {"distribution": "auto", "ensemble": 2, "groups": groups, **QUICK}
    model = ll.Model({**config, "training": {**QUICK["training"], "folds": 2}}).fit(
        X, 1.0 / (2.0 + X[:, 0]), progress=False
    )
    assert model.history.choice is None
    assert [c.distribution.in_brief for c in model.config.each_group] == ["gaussian", "student_t"]


@pytest.mark.parametrize("own", [{"scale_rate": 0.5}, {"scale_decay": 0.0}])
def test_steps_of_scales_are_none_of_lbfgs(own: dict[str, float]):
    with pytest.raises(ll.ConfigError, match=r"'training\.scale_rate' and 'training\.scale_decay' are of steps"):
        parse_config({"training": {"optimizer": {"kind": "lbfgs"}, **own}})


def test_text_of_many_values_is_classes_or_refused():
    words = [f"town {i % 40}" for i in range(N)]
    assert suggested(as_table({"y": words}), "y").candidates == [{"kind": "categorical"}]
    with pytest.raises(ll.DataError, match="like an identifier or a date: name another column"):
        noted([f"row {i}" for i in range(N)])


@pytest.mark.parametrize("method", ["conformal", "pit"])
def test_recalibrated_densities_above_one_per_step_are_noted(method: str):
    near = RNG.normal(scale=2.0, size=400)
    y, ones, fine = np.round(near), np.ones(400), near + RNG.normal(size=400)
    said = r"values 1 apart, and in \d+ rows .* above one per 1, by which .* take the probability of y ± 0\.5 from"
    with pytest.warns(UserWarning, match=said):
        recalibration.learned(method, ll.Gaussian(y + 0.01 * near, 0.41), y, ones)
    recalibration.learned(method, ll.Gaussian(fine, 1.0), np.round(near, 2), ones)  # a warning is an error
