"""Comparing families: cross-validated scores against closed-form fits, and the ranking against SciPy's paired test."""

from typing import Any

import numpy as np
import pytest
import scipy

import likelinet as ll
from likelinet.scores.ranking import ranking
from likelinet.selection.candidates import families
from likelinet.selection.comparison import HeldOut, compare, ranked
from likelinet.tables.table import Table, as_table

RNG = np.random.default_rng(0)
N = 60
Y = RNG.gamma(3.0, 2.0, N)
COUNTS = RNG.poisson(3.0, N)
WEIGHT = RNG.uniform(0.0, 2.0, N) * (np.arange(N) % 5 > 0)
TABLE = as_table(np.column_stack([Y, COUNTS, WEIGHT]))
INTERCEPT: dict[str, Any] = {"target": "x0", "features": []}


def alone(**data: Any) -> ll.ModelConfig:
    """Return a config without features, whose fit is exact maximum likelihood."""
    return ll.ModelConfig(data={**INTERCEPT, **data}, training={"seed": 3})


def scores(text: str, config: ll.ModelConfig, folds: int = 5) -> dict[str, np.ndarray]:
    return {r.family: r.log_scores for r in compare(config, families(text, config), TABLE, folds)}


def held_out(y: np.ndarray, weight: np.ndarray, folds: int, fit, log_density) -> np.ndarray:
    fold = np.random.default_rng(3).permutation(len(y)) % folds
    found = np.empty(len(y))
    for k in range(folds):
        found[fold == k] = log_density(y[fold == k], *fit(y[fold != k], weight[fold != k]))
    return found


def normal(y: np.ndarray, w: np.ndarray) -> tuple[float, float]:
    mean = np.average(y, weights=w)
    return mean, np.sqrt(np.average((y - mean) ** 2, weights=w))


@pytest.mark.parametrize("folds", [2, 5])
def test_scores_are_those_of_closed_form_fits_to_the_other_folds(folds: int):
    found = scores("gaussian, exponential, log_normal", alone(), folds)
    ones = np.ones(N)
    expected = {
        "gaussian": held_out(Y, ones, folds, normal, scipy.stats.norm.logpdf),
        "exponential": held_out(Y, ones, folds, lambda y, w: (0.0, y.mean()), scipy.stats.expon.logpdf),
        "log_normal": held_out(
            np.log(Y), ones, folds, normal, lambda t, m, s: scipy.stats.lognorm.logpdf(np.exp(t), s, 0.0, np.exp(m))
        ),
    }
    for family, values in expected.items():
        # A softplus link has a floor of 0.001 spreads, which moves nothing but the last digits.
        np.testing.assert_allclose(found[family], values, rtol=1e-3, atol=1e-3)


def test_rows_of_weight_zero_take_no_part_and_others_count_by_their_weight():
    kept = WEIGHT > 0.0
    found = scores("gaussian", alone(weight="x2"))["gaussian"]
    expected = held_out(Y[kept], WEIGHT[kept], 5, normal, scipy.stats.norm.logpdf)
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-3)


def test_a_seed_draws_the_folds():
    first = scores("gaussian", alone())["gaussian"]
    np.testing.assert_array_equal(first, scores("poisson, gaussian", alone())["gaussian"])
    other = ll.ModelConfig(data=INTERCEPT, training={"seed": 4})
    assert not np.array_equal(first, scores("gaussian", other)["gaussian"])


def test_a_family_that_cannot_be_fitted_says_why_and_the_others_go_on():
    found = list(compare(alone(), families("poisson, gaussian", alone()), TABLE))
    assert [r.family for r in found] == ["poisson", "gaussian"]
    assert found[0].log_scores is None
    assert "must be a whole number 0, 1, 2, …" in str(found[0].error)
    assert found[1].error is None


def test_too_few_rows():
    with pytest.raises(ll.DataError, match=r"60 rows with a positive weight: too few for 31 folds"):
        next(compare(alone(), families("gaussian", alone()), TABLE, 31))


# ---- the ranking -------------------------------------------------------------------------------------------------

A, B = RNG.normal(size=40), RNG.normal(3.0, 1.0, 40)  # 13 standard errors apart


def test_ranked_is_the_paired_test():
    best, worse = ranked([HeldOut("a", A), HeldOut("failed", error="No."), HeldOut("b", B)])
    assert (best.family, best.difference, best.standard_error) == ("b", 0.0, 0.0)
    test = scipy.stats.ttest_rel(A, B)
    assert worse.difference / worse.standard_error == pytest.approx(test.statistic, rel=1e-12)
    assert worse.log_score == pytest.approx(A.mean())


def test_ranked_with_weights_row_by_row():
    weight = RNG.uniform(0.5, 2.0, 40)
    worse = ranked([HeldOut("a", A), HeldOut("b", B)], weight)[1]
    mean = sum(w * (a - b) for w, a, b in zip(weight, A, B, strict=True)) / sum(weight)
    square = sum((w * (a - b - mean)) ** 2 for w, a, b in zip(weight, A, B, strict=True)) / sum(weight) ** 2
    assert worse.difference == pytest.approx(mean)
    assert worse.standard_error == pytest.approx(np.sqrt(40.0 / 39.0 * square))


def test_an_impossible_row_comes_last():
    rows = ranked([HeldOut("never", np.where(np.arange(40) == 3, -np.inf, 9.0)), HeldOut("a", A)])
    assert [r.family for r in rows] == ["a", "never"]
    assert rows[1].log_score == -np.inf
    assert rows[1].clear


def test_clear_means_two_standard_errors():
    noise = RNG.normal(size=1000)
    noise = (noise - noise.mean()) / (noise.std(ddof=1) / np.sqrt(1000))  # a mean of 0 and a standard error of 1
    for errors, clear in ((1.99, False), (2.01, True)):
        worse = ranked([HeldOut("a", np.zeros(1000)), HeldOut("b", noise - errors)])[1]
        assert worse.clear == clear
        assert worse.difference / worse.standard_error == pytest.approx(-errors)


# ---- the list of families ----------------------------------------------------------------------------------------


def test_the_list_is_yaml():
    config = ll.ModelConfig(distribution={"kind": "student_t", "df": 4.0}, ensemble=2)
    text = "gaussian, config, {kind: mixture, components: 2}, {kind: hurdle, base: {kind: poisson}}"
    found = families(text, config)
    assert list(found) == ["gaussian", "config", "mixture(components=2)", "hurdle(poisson)"]
    assert found["config"] == config
    assert found["gaussian"].distribution == ll.GaussianConfig()
    assert found["mixture(components=2)"].distribution == ll.MixtureConfig(components=2)
    assert found["hurdle(poisson)"].ensemble == 2
    assert list(families(f"[{text}]", config)) == list(found)


def test_only_a_base_is_a_family_in_a_name():
    text = (
        "{kind: binomial, total_count: {column: n}}, {kind: ordered_logistic, levels: [low, high]}, "
        "{kind: poisson, exposure: null}, {base: {kind: student_t, df: 4.0, links: {scale: exp}}, kind: mixture}"
    )
    assert list(families(text, ll.ModelConfig())) == [
        "binomial(total_count={column: n})",
        "ordered_logistic(levels=[low, high])",
        "poisson(exposure=null)",
        "mixture(student_t(df=4.0, links={scale: exp}))",
    ]


@pytest.mark.parametrize(
    ("own", "kind", "key", "value"),
    [
        ({"kind": "poisson", "exposure": "t"}, "negative_binomial", "exposure", "t"),
        ({"kind": "zero_inflated", "base": {"kind": "poisson", "exposure": "t"}}, "poisson", "exposure", "t"),
        (
            {"kind": "binomial", "total_count": {"column": "n"}},
            "beta_binomial",
            "total_count",
            ll.ColumnConfig(column="n"),
        ),
        ({"kind": "binomial", "total_count": 7.0}, "beta_binomial", "total_count", 7.0),
        ({"kind": "ordered_logistic", "levels": ["low", "high"]}, "ordered_logistic", "levels", ["low", "high"]),
    ],
)
def test_a_kind_by_itself_has_what_the_config_says_of_the_data(own: dict[str, Any], kind: str, key: str, value: Any):
    config = ll.ModelConfig(distribution=own)
    found = families(f"{kind}, gaussian, categorical", config)
    assert getattr(found[kind].distribution, key) == value
    assert found["gaussian"].distribution == ll.GaussianConfig()
    assert found["categorical"].distribution == ll.CategoricalConfig()


def test_a_mapping_is_taken_as_it_is():
    config = ll.ModelConfig(distribution={"kind": "poisson", "exposure": "t"})
    found = families("{kind: poisson}, {kind: hurdle, base: {kind: poisson}}", config)
    assert found["poisson"].distribution == ll.PoissonConfig()
    assert found["hurdle(poisson)"].distribution == ll.HurdleConfig(base=ll.PoissonConfig())


@pytest.mark.parametrize("target", [{"time": "t", "event": "e"}, {"lower": "l", "upper": "u"}])
def test_a_censored_target_makes_every_family_a_censored_one(target: dict[str, str]):
    config = ll.ModelConfig(data={"target": target}, distribution={"kind": "censored", "base": {}})
    found = families("weibull, config, {kind: censored, base: {kind: gamma}}", config)
    assert found["weibull"].distribution == ll.CensoredConfig(base=ll.WeibullConfig())
    assert found["censored(gamma)"].distribution == ll.CensoredConfig(base=ll.GammaConfig())
    assert found["config"] == config


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("gausian", "--families gausian: distribution: unknown kind 'gausian' (did you mean 'gaussian'?)."),
        ("gaussian, gaussian", "--families names gaussian twice."),
        ("", "write a list like gaussian,student_t"),
        ("gaussian, 3", "write a list like gaussian,student_t"),
        ("{kind: gaussian", "write a list like gaussian,student_t"),
        ("hurdle", "--families hurdle: hurdle lacks base: write {kind: hurdle, base: {kind: …}}."),
        ("beta_binomial", "write {kind: beta_binomial, total_count: {column: …}}."),
        ("custom", "write {kind: custom, target: module:Class}."),
        ("{kind: hurdle, base: {kind: binomial}}", "--families hurdle(binomial): binomial lacks total_count: write"),
        ("{kind: hurdle, base: poisson}", "distribution.base: write it as {kind: poisson}"),
        ("{kind: [1]}", "--families [1]: distribution: "),
        ("{kind: mixture, component: 2}", "unknown key 'component' (did you mean 'components'?)"),
    ],
)
def test_bad_lists(text: str, message: str):
    with pytest.raises(ll.ConfigError) as caught:
        families(text, ll.ModelConfig())
    assert message in str(caught.value)


# ---- the features ----------------------------------------------------------------------------------------------------


def features_of(monkeypatch: pytest.MonkeyPatch, text: str, config: ll.ModelConfig, table: Any) -> dict[str, list[str]]:
    fit, seen = ll.Model.fit, []

    def noted(model: ll.Model, *arguments: Any, **more: Any) -> ll.Model:
        seen.append(list(fit(model, *arguments, **more).feature_names))
        return model

    monkeypatch.setattr(ll.Model, "fit", noted)
    done = list(compare(config, families(text, config), table, 2))
    assert [r.error for r in done] == [None] * len(done)
    assert all(seen[2 * i] == seen[2 * i + 1] for i in range(len(done)))
    return {r.family: seen[2 * i] for i, r in enumerate(done)}


RATES = Table(
    {
        "x": RNG.normal(size=N),
        "t": RNG.uniform(1.0, 9.0, N),
        "w": np.ones(N),
        "n": np.full(N, 30.0),
        "y": COUNTS.astype(float),
    },
    N,
)
CENSORED = {"kind": "censored", "base": {"kind": "gamma"}}
QUICK: dict[str, Any] = {"network": {"hidden": [2]}, "training": {"epochs": 1}}


@pytest.mark.parametrize(
    ("own", "text", "left_out"),
    [
        ({"kind": "poisson", "exposure": "t"}, "config, poisson, gaussian, {kind: poisson, exposure: null}", "t"),
        ({"kind": "poisson", "exposure": "t"}, "gaussian, geometric", "t"),
        ({}, "config, poisson, {kind: binomial, total_count: {column: n}}", "n"),
        ({"kind": "poisson", "exposure": "t"}, "{kind: gaussian, scale: {column: w}}, config", "tw"),
        ({}, "config, laplace", ""),
    ],
)
@pytest.mark.parametrize("features", [None, ["t", "x", "n"]])
def test_all_families_have_the_same_features(
    own: dict[str, Any], text: str, left_out: str, features: list[str] | None, monkeypatch: pytest.MonkeyPatch
):
    config = ll.ModelConfig(data={"target": "y", "features": features}, distribution=own, **QUICK)
    expected = [c for c in "xtwn" if c not in left_out] if features is None else features
    found = features_of(monkeypatch, text, config, RATES)
    assert len(found) == len(families(text, config))
    assert all(f == expected for f in found.values()), found


def test_neither_target_nor_weight_is_a_feature(monkeypatch: pytest.MonkeyPatch):
    config = ll.ModelConfig(data={"target": {"time": "t", "event": "w"}, "weight": "n"}, distribution=CENSORED, **QUICK)
    assert features_of(monkeypatch, "weibull, config", config, RATES) == {"weibull": ["x", "y"], "config": ["x", "y"]}


def test_a_known_exposure_makes_the_closed_form_rate():
    config = ll.ModelConfig(data={"target": "y", "features": []}, distribution={"kind": "poisson", "exposure": "t"})
    y, t = RATES.numeric("y"), RATES.numeric("t")
    fold = np.random.default_rng(config.training.seed).permutation(N) % 5
    rate = np.array([y[fold != k].sum() / t[fold != k].sum() for k in fold])
    (found,) = compare(config, families("poisson", config), RATES)
    np.testing.assert_allclose(found.log_scores, scipy.stats.poisson.logpmf(y, rate * t), rtol=1e-4)


def test_of_families_that_are_as_good_the_first_is_the_best():
    scores = {"simple": np.array([1.0, 2.0]), "rich": np.array([1.0, 2.0 + 1e-9]), "poor": np.array([0.0, 2.0])}
    weight = np.array([1.0, 3.0])
    assert [r.family for r in ranking(scores, weight)] == ["rich", "simple", "poor"]
    first, second, third = ranking(scores, weight, same=1e-6)
    assert (first.family, first.difference, second.family, third.family) == ("simple", 0.0, "rich", "poor")
    np.testing.assert_allclose([first.log_score, third.log_score, third.difference], [1.75, 1.5, -0.25], rtol=1e-12)
    assert ranking({}, np.ones(0)) == []
