"""`distribution: auto`: what is chosen for which y, how it is scored, and what is kept of it."""

import warnings
from pathlib import Path

import numpy as np
import pytest

import likelinet as ll
from likelinet.cli.describe import choice_in_lines, describe
from likelinet.model import choosing
from likelinet.selection import comparison
from likelinet.selection.candidates import families
from likelinet.selection.comparison import compare
from likelinet.tables.table import as_table
from likelinet.targets import candidates
from likelinet.training.choice import Choice
from tests.small import cli, write_csv

QUICK = {"quality": "plain", "network": {"hidden": [8]}, "training": {"steps": 80, "epochs": 25}}
N = 200
rng = np.random.default_rng(0)
X = rng.uniform(-1.0, 1.0, (N, 1))
X_0 = X[:, 0]


def fitted(y, x=X, weight=None, **config):
    """Return a model that has chosen its family, without the notes of it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return ll.Model({"distribution": "auto", **QUICK, **config}).fit(x, y, weight, progress=False)


@pytest.fixture(scope="module")
def gamma():
    """Return positive y, rounded to tenths, a weight of each row, and the model of them."""
    y, weight = np.round(rng.gamma(2.0, np.exp(X_0)), 1) + 0.1, rng.uniform(0.5, 2.0, N)
    return y, weight, fitted(y, weight=weight)


def kinds(rng):
    """Return y of each kind, to be fitted without features, and the families that are right."""
    times, ends = rng.weibull(8.0, N), rng.uniform(0.6, 1.6, N)
    peaks = np.where(rng.random(N) < 0.5, -3.0, 3.0) + 0.5 * rng.standard_normal(N)
    together = rng.multivariate_normal([0.0, 0.0], [[1.0, 0.9], [0.9, 1.0]], N)
    zeros = rng.poisson(6.0, N) * (rng.random(N) < 0.6)
    mixed = rng.gamma(2.0, 2.0, N) * (rng.random(N) < 0.7)
    return {
        "gaussian": (rng.standard_normal(N), {"gaussian", "student_t"}),
        "long tails": (rng.standard_t(1.2, N), {"student_t", "johnson_su"}),
        "several peaks": (peaks, {"mixture(gaussian)"}),
        "gamma": (rng.gamma(0.4, 2.0, N), {"gamma"}),
        "log-normal": (rng.lognormal(0.0, 1.5, N), {"log_normal", "mixture(log_normal)"}),
        "poisson": (rng.poisson(3.0, N), {"poisson", "negative_binomial", "zero_inflated(poisson)"}),
        "overdispersed": (rng.negative_binomial(2, 0.05, N), {"negative_binomial", "discretised(mixture(gaussian))"}),
        "zeros": (zeros, {"zero_inflated(poisson)", "zero_inflated(negative_binomial)"}),
        "shares": (rng.beta(8.0, 0.4, N), {"beta", "mixture(logit_normal)"}),
        "atom": (mixed, {"hurdle(gamma)", "hurdle(mixture(log_normal))"}),
        "grades": (rng.choice([1, 3, 5], N, p=[0.5, 0.1, 0.4]), {"ordered_logistic", "categorical"}),
        "rounded": (np.round(20.0 + 2.0 * rng.standard_normal(N)), {"discretised(gaussian)"}),
        "two classes": (rng.random(N) < 0.3, {"bernoulli"}),
        "classes": (rng.choice(["a", "b", "c"], N), {"categorical"}),
        "times": (ll.Interval.right_censored(np.minimum(times, ends), times <= ends), {"censored(weibull)"}),
        "outputs": (together, {"multivariate_gaussian", "mixture(multivariate_gaussian)"}),
    }


KINDS = kinds(np.random.default_rng(103))  # where no other family comes near


@pytest.mark.parametrize("kind", KINDS)
def test_the_chosen_family_is_right_and_all_candidates_can_have_y(kind):
    y, right = KINDS[kind]
    choice = fitted(y, data={"features": []}).history.choice
    assert choice.family in right
    assert [c.error for c in choice.candidates] == [None] * len(choice.candidates)
    scores = {c.family: c.log_score for c in choice.candidates if c.log_score is not None}
    assert not scores or scores[choice.family] >= max(scores.values()) - 1e-6
    if kind == "atom":  # a density of which no score would be comparable
        assert all(c.family.startswith("hurdle(") for c in choice.candidates)


@pytest.mark.parametrize("n", [12, 40])
def test_few_rows_have_simple_families(n):
    choice = fitted(X_0[:n] + rng.standard_normal(n), X[:n]).history.choice
    assert [c.family for c in choice.candidates] == ["gaussian"]
    assert choice.rows == 0


def test_scores_are_those_of_an_ensemble_that_holds_out_folds(gamma):
    y, weight, model = gamma
    schedule = {"kind": "hold_then_anneal", "anneal": 20}
    shortly = {**QUICK["training"], "folds": choosing.FOLDS, "schedule": schedule}
    scores = {}
    for kind in ("gamma", "log_normal"):
        config = {**QUICK, "distribution": {"kind": kind}, "training": shortly, "ensemble": choosing.FOLDS}
        d = ll.Model(config).fit(X, y, weight, progress=False).out_of_fold.distribution
        scores[kind] = np.log((d.cdf(y + 0.05) - d.cdf(y - 0.05)) / 0.1)
    own = {c.family: c for c in model.history.choice.candidates}
    means = {kind: np.average(each, weights=weight) for kind, each in scores.items()}
    np.testing.assert_allclose([own[kind].log_score for kind in scores], list(means.values()), rtol=1e-6)
    best = model.history.choice.ranked[0].log_score
    differences = np.array(list(means.values())) - best
    np.testing.assert_allclose([own[kind].difference for kind in scores], differences, rtol=1e-6, atol=1e-12)


def test_the_fit_is_that_of_the_chosen_family_by_name(gamma):
    y, weight, model = gamma
    named = ll.Model({**QUICK, "distribution": model.config.distribution}).fit(X, y, weight, progress=False)
    np.testing.assert_array_equal(model.predict_dist(X).log_prob(y), named.predict_dist(X).log_prob(y))
    assert model.config == named.config
    assert named.history.choice is None


def test_a_file_has_the_family_and_how_it_was_chosen(gamma, tmp_path):
    model = gamma[2]
    model.save(tmp_path / "model.safetensors")
    loaded = ll.Model.load(tmp_path / "model.safetensors")
    assert loaded.config.distribution.in_brief == model.history.choice.family
    assert loaded.history.choice == model.history.choice
    assert len(loaded.history.choice.candidates) == 4


def test_show_lists_the_candidates_best_first(gamma):
    model = gamma[2]
    first, *rows = choice_in_lines(model).splitlines()
    assert first.startswith(
        f"Family: {model.history.choice.family}, chosen since 'y' has positive, skewed numbers from "
    )
    assert first.endswith(f"; mean log score of {N} held-out rows, by the mean density within 0.05 of y:")
    assert [row.split()[0] for row in rows] == [c.family for c in model.history.choice.ranked]
    assert choice_in_lines(model) in describe(model)


def test_it_is_chosen_anew_for_another_y():
    model = fitted(X_0[:20], X[:20])
    assert model.config.distribution.kind == "gaussian"
    model.fit(X, X_0 > 0.0, progress=False)
    assert str(model.history.choice) == "bernoulli, since y has two classes: False, True."
    assert model.config.distribution.kind == "bernoulli"


def test_a_choice_says_which_family_and_why():
    choice = ll.Model({"distribution": {"kind": "auto"}, **QUICK}).fit(X, rng.lognormal(X_0, 1.0)).history.choice
    said = str(choice)  # and nothing was noted
    assert said.startswith(f"{choice.family}, since y has positive, skewed numbers from ")
    assert all(f"{family} -" in said for family in ("gamma", "log_normal", "mixture(logistic)"))


def test_rows_without_weight_have_no_say():
    y = X_0 + 0.3 * rng.standard_normal(N)
    far = np.concatenate([y, np.full(200, 1e6)])
    weight = np.concatenate([np.ones(N), np.zeros(200)])
    choice = fitted(far, np.concatenate([X, X[:200]]), weight).history.choice
    assert choice.candidates == fitted(y).history.choice.candidates


def test_a_family_that_cannot_be_fitted_is_out_with_the_reason(monkeypatch):
    scores = choosing._scores

    def failing(family, task, bar):
        if family.distribution.kind == "gaussian":
            raise ll.NonFiniteError("the loss is nan.")
        return scores(family, task, bar)

    monkeypatch.setattr(choosing, "_scores", failing)
    choice = fitted(X_0 + 0.3 * rng.standard_normal(N)).history.choice
    assert choice.candidates[0].family == "gaussian"
    assert choice.candidates[0].error == "the loss is nan."
    assert choice.candidates[0].log_score is None
    assert choice.family != "gaussian"


def test_after_ctrl_c_the_model_keeps_its_earlier_fit(gamma, monkeypatch):
    y, _, model = gamma
    before = model.predict_dist(X).log_prob(y)

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(choosing, "_scores", interrupted)
    with pytest.raises(KeyboardInterrupt) as pressed:
        model.fit(X, -y, progress=False)
    assert pressed.value.__notes__ == ["The family was still being chosen: nothing was learned."]
    np.testing.assert_array_equal(model.predict_dist(X).log_prob(y), before)


def test_what_is_wrong_with_y_is_said_as_ever():
    with pytest.raises(ll.DataError, match="y is missing"):
        fitted(None)
    with pytest.raises(ll.DataError, match="missing in every row"):
        fitted(np.full(N, np.nan))
    with pytest.raises(ll.DataError, match="There is no column 'z'"):
        fitted("z", as_table(X))


def test_text_among_numbers_is_no_y():
    y = [f"${v:.2f}" if i % 20 else "ask" for i, v in enumerate(rng.lognormal(X_0[:80], 1.0) + 1.0)]
    choice = fitted("y", {"x": X_0[:80], "y": y}).history.choice
    assert [c.error for c in choice.candidates] == [None] * 4
    assert choice.rows == 76
    np.testing.assert_allclose(choice.step, 0.01, rtol=1e-6)


def test_of_many_rows_some_are_enough(monkeypatch):
    monkeypatch.setattr(choosing, "ROWS", 100)
    weight = np.where(np.arange(N) % 4 == 0, 0.0, 1.0)
    choice = fitted(rng.poisson(3.0, N), weight=weight).history.choice
    assert choice.rows == 100
    assert choice.step == 1.0


@pytest.mark.parametrize(
    ("lower", "upper", "expected"),
    [
        ([1.0, 2.0], [1.0, np.inf], ["weibull", "log_normal", "log_logistic", "gamma"]),
        ([0.0, 2.0], [1.0, 2.0], ["weibull", "log_normal", "log_logistic", "gamma"]),
        ([0.0, 2.0], [0.0, 2.0], ["exponential", "generalized_pareto", "gaussian"]),
        ([-np.inf, 2.0], [1.0, 2.0], ["gaussian", "weibull", "log_normal", "log_logistic", "gamma"]),
        ([-np.inf, 2.0], [-1.0, 2.0], ["gaussian"]),
    ],
)
def test_what_is_known_between_bounds_has_families_that_can_be_there(lower, upper, expected):
    y = ll.Interval(np.array(lower), np.array(upper))
    found = candidates.of_intervals(y)
    assert [d["base"]["kind"] for d in found] == expected
    for declared in found:
        family, _ = ll.ModelConfig(distribution=declared).distribution.opened(None, 1)
        assert family.possible(np.stack([y.lower, y.upper], axis=-1)).all()


def test_of_families_that_are_equally_good_the_simpler_one_is_taken():
    assert fitted(np.full(N, 3)).history.choice.family == "discretised(gaussian)"


def test_groups_stay_together_and_too_few_choose_nothing():
    table = {"x": X_0, "y": X_0 + rng.standard_normal(N), "g": np.arange(N) % 3}
    assert fitted(None, table, data={"target": "y", "groups": "g"}).history.choice.rows == N
    table["g"] = np.zeros(N)
    few = fitted(None, table, data={"target": "y", "groups": "g"}, training={"steps": 20, "validation_fraction": 0.0})
    assert few.history.choice.rows == 0
    assert few.config.distribution.kind == "gaussian"


@pytest.mark.parametrize("kind", ["censored", "mixture", "discretised"])
def test_it_is_no_base_of_another_family(kind):
    with pytest.raises(ll.ConfigError, match=f"the base of '{kind}' cannot be 'auto', .*: write distribution: auto"):
        ll.ModelConfig(distribution={"kind": kind, "base": {"kind": "auto"}})


def test_a_network_through_a_code_needs_a_name():
    with pytest.raises(ll.ConfigError, match=r"'vae' sees y before it predicts it, .*: name the distribution"):
        ll.ModelConfig(distribution="auto", network={"kind": "vae"})


def test_compare_chooses_in_each_fold():
    config = ll.ModelConfig(data={"target": "y", "features": []})
    table = as_table({"y": KINDS["gamma"][0][:40]})
    auto, gamma = compare(config, families("auto, gamma", config), table, folds=2)
    np.testing.assert_array_equal(auto.log_scores, gamma.log_scores)


def test_compare_refuses_scores_of_another_measure_in_each_fold(monkeypatch):
    measures = iter((comparison.DENSITY, comparison.MASS))
    fold = lambda shared, task: comparison._Fold(np.zeros(shared[1][task.fold][1].sum()), next(measures), "", None, 0.0)  # noqa: E731
    monkeypatch.setattr(comparison, "_held_out", fold)
    config = ll.ModelConfig(data={"target": "y", "features": []})
    (auto,) = compare(config, families("auto", config), as_table({"y": X_0}), folds=2)
    assert auto.error == "Its folds have scores that do not compare: density at y and probability of y."


def test_time_is_shared_between_choosing_and_training():
    config = ll.ModelConfig(training={"time": 10.0})
    for taken, left in ((2.0, 8.0), (9.0, 3.75)):
        choice = Choice("gaussian", "is", [], seconds=taken)
        assert choosing.with_less_time(config, choice).training.time == left
    assert choosing.with_less_time(config, None) is config
    model = fitted(X_0 + rng.standard_normal(N), training={"steps": 60, "time": 100.0})
    assert model.config.training.time == 100.0


def test_time_that_is_spent_is_that_of_the_config():
    training = {"steps": 2000, "time": 1.23456e-7, "batch_size": 8}
    with warnings.catch_warnings(record=True) as noted:
        warnings.simplefilter("always")
        ll.Model({"distribution": "auto", **QUICK, "training": training}).fit(X, X_0 + rng.standard_normal(N))
    spent = [str(w.message) for w in noted if "spent" in str(w.message)]
    assert [told.partition(" are spent")[0] for told in spent] == ["The 1.23e-07 s of training.time"]


def test_a_family_by_auto(tmp_path: Path):
    table, model = (
        write_csv(tmp_path / "t.csv", {"x": [1.0, 2.0, 3.0] * 20, "sold": ["yes", "no"] * 30}),
        tmp_path / "m",
    )
    done = cli(
        "fit",
        table,
        "--target",
        "sold",
        "--set",
        "network.hidden=[4]",
        "--set",
        "training.epochs=3",
        "--set",
        "quality=plain",
        "--set",
        "distribution=auto",
        "-o",
        model,
    )
    assert (done.code, done.err) == (0, "")
    family = "Family: bernoulli, since 'sold' has two classes: no, yes."
    assert family in done.out.splitlines()
    assert family in cli("show", model).out.splitlines()
    checked = cli("check", table, "--target", "sold", "--set", "distribution=auto")
    assert (checked.code, checked.err) == (0, "")
    assert "distribution: {kind: auto}" in checked.out
