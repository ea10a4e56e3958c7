"""How well two classes are told apart, and the share of variance explained, against formulas over all pairs."""

import numpy as np
import pytest
import scipy.stats
import sklearn.metrics

import likelinet as ll
from likelinet.scores import average_precision, evaluate, r_squared, roc_auc, roc_auc_macro

RNG = np.random.default_rng(7)
N = 300
PLAIN = RNG.uniform(size=N)
TIED = np.round(PLAIN, 1)  # eleven different probabilities
POSITIVE = RNG.uniform(size=N) < 0.2 + 0.4 * PLAIN
COUNTS = RNG.integers(0, 4, N)  # whole weights, so that a row may as well be repeated


@pytest.mark.parametrize("p", [PLAIN, TIED])
def test_the_area_is_the_statistic_of_mann_and_whitney(p: np.ndarray):
    u = scipy.stats.mannwhitneyu(p[POSITIVE], p[~POSITIVE]).statistic
    assert roc_auc(p, POSITIVE) == pytest.approx(u / (POSITIVE.sum() * (~POSITIVE).sum()), rel=1e-12)
    pairs = p[POSITIVE][:, None] - p[~POSITIVE][None, :]
    weight = COUNTS[POSITIVE][:, None] * COUNTS[~POSITIVE][None, :]
    expected = np.sum(weight * (np.sign(pairs) + 1.0) / 2.0) / weight.sum()
    assert roc_auc(p, POSITIVE, COUNTS) == pytest.approx(expected, rel=1e-12)
    assert roc_auc(p, POSITIVE.astype(int), COUNTS) == roc_auc(p, POSITIVE, COUNTS)


@pytest.mark.parametrize("p", [PLAIN, TIED])
def test_the_average_precision_is_a_sum_over_thresholds(p: np.ndarray):
    recall, expected = 0.0, 0.0
    for threshold in np.unique(p)[::-1]:
        taken = p >= threshold
        now = np.mean(taken[POSITIVE])
        expected, recall = expected + (now - recall) * np.mean(POSITIVE[taken]), now
    assert average_precision(p, POSITIVE) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("score", [roc_auc, average_precision])
def test_a_weight_is_a_row_that_is_there_so_often(score):
    repeated = (np.repeat(v, COUNTS) for v in (TIED, POSITIVE))
    assert score(TIED, POSITIVE, COUNTS) == pytest.approx(score(*repeated), rel=1e-12)


@pytest.mark.parametrize(("score", "chance"), [(roc_auc, 0.5), (average_precision, POSITIVE.mean())])
def test_zero_points(score, chance: float):
    assert score(np.full(N, 0.3), POSITIVE) == pytest.approx(chance, rel=1e-12)
    assert score(np.where(POSITIVE, 0.6, 0.4), POSITIVE) == 1.0
    assert score(PLAIN, np.ones(N, bool)) is None
    assert score(PLAIN, np.zeros(N, bool)) is None
    assert score(PLAIN, POSITIVE, np.where(POSITIVE, 1.0, 0.0)) is None


@pytest.mark.parametrize("labels", [None, ["no", "yes"]])
@pytest.mark.parametrize("family", ["bernoulli", "categorical", "ordered"])
def test_a_report_of_two_classes_is_on_the_second(family: str, labels: list[str] | None):
    logits = np.log(PLAIN / (1.0 - PLAIN))
    d = {
        "bernoulli": ll.Bernoulli(logits),
        "categorical": ll.Categorical(np.stack([np.zeros(N), logits], axis=1)),
        "ordered": ll.OrderedLogistic(logits, [0.0]),
    }[family]
    codes = POSITIVE.astype(int)
    y = codes if labels is None else np.array(labels)[codes]
    found = evaluate(d if labels is None else ll.Labelled(d, labels), y, COUNTS)
    assert found["roc_auc"] == pytest.approx(roc_auc(PLAIN, POSITIVE, COUNTS), rel=1e-12)
    assert found["average_precision"] == pytest.approx(average_precision(PLAIN, POSITIVE, COUNTS), rel=1e-12)
    assert not {"roc_auc", "average_precision"} & evaluate(d, np.ones(N, int)).keys()


@pytest.mark.parametrize("weight", [None, COUNTS])
def test_the_area_of_several_classes_is_the_mean_of_each_against_the_rest(weight: np.ndarray | None):
    logits = np.round(RNG.normal(size=(N, 4)), 1)
    codes = np.where(RNG.uniform(size=N) < 0.5, logits.argmax(axis=1), RNG.integers(0, 4, N))
    d = ll.Labelled(ll.Categorical(logits), ["a", "b", "c", "d"])
    found = evaluate(d, np.array([*"abcd"])[codes], weight)["roc_auc_macro"]
    expected = sklearn.metrics.roc_auc_score(
        codes, d.class_probabilities(), multi_class="ovr", average="macro", sample_weight=weight
    )
    assert found == pytest.approx(expected, rel=1e-12)


def test_classes_that_were_not_observed_have_no_area():
    p = np.stack([0.5 * PLAIN, 0.5 * (1.0 - PLAIN), np.full(N, 0.5)], axis=1)
    expected = (roc_auc(PLAIN, POSITIVE) + roc_auc(-PLAIN, ~POSITIVE)) / 2.0
    assert roc_auc_macro(p, np.where(POSITIVE, 0, 1)) == pytest.approx(expected, rel=1e-12)
    assert roc_auc_macro(p, np.full(N, 2)) is None


def test_the_share_explained_is_zero_for_the_mean_and_that_of_a_line_for_a_line():
    x, y = PLAIN, 2.0 * PLAIN + RNG.normal(size=N)
    line = scipy.stats.linregress(x, y)
    fitted = line.intercept + line.slope * x
    assert r_squared(fitted, y) == pytest.approx(line.rvalue**2, rel=1e-10)
    assert r_squared(np.full(N, np.average(y, weights=COUNTS)), y, COUNTS) == pytest.approx(0.0, abs=1e-12)
    repeated = (np.repeat(v, COUNTS) for v in (fitted, y))
    assert r_squared(fitted, y, COUNTS) == pytest.approx(r_squared(*repeated), rel=1e-10)
    assert r_squared(y, y) == 1.0
    assert r_squared(fitted, np.ones(N)) is None


def test_outputs_that_do_not_vary_are_left_out():
    y = RNG.normal(size=(N, 2))
    m = 0.5 * y
    y = np.concatenate([y, np.full((N, 1), 3.0)], axis=1)
    m = np.concatenate([m, np.zeros((N, 1))], axis=1)
    each = [r_squared(m[:, j], y[:, j]) for j in range(2)]
    assert r_squared(m, y) == pytest.approx(np.mean(each), rel=1e-12)
    assert evaluate(ll.Independent(ll.Gaussian(m, 1.0)), y)["r2"] == pytest.approx(np.mean(each), rel=1e-12)


def test_what_has_no_mean_or_is_an_angle_has_no_share():
    y = RNG.normal(size=N)
    assert "r2" not in evaluate(ll.Cauchy(PLAIN, 1.0), y)
    assert "r2" not in evaluate(ll.VonMises(PLAIN, 1.0), np.arctan(y))
    assert "r2" not in evaluate(ll.Gaussian([1.0], 1.0), np.array([2.0]))
