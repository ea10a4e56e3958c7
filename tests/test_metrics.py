"""Metrics against their formulas, written out."""

import numpy as np
import pytest

import likelinet as ll
from likelinet.scores import metrics

RNG = np.random.default_rng(0)
N = 200
LOC, SCALE = RNG.normal(size=N), RNG.uniform(0.5, 2.0, N)
Y = LOC + 1.3 * SCALE * RNG.standard_normal(N)
WEIGHT = RNG.uniform(0.0, 3.0, N) * (np.arange(N) % 4 > 0)
GAUSSIAN = ll.Gaussian(LOC, SCALE)
LOGITS = RNG.normal(size=(N, 3))
PROBS = np.exp(LOGITS) / np.exp(LOGITS).sum(1, keepdims=True)
CODES = RNG.integers(0, 3, N)
WEIGHTS = [None, WEIGHT]


def average(values: np.ndarray, weight: np.ndarray | None) -> float:
    weight = np.ones(len(values)) if weight is None else weight
    return float(np.sum(weight * values) / np.sum(weight))


@pytest.mark.parametrize("weight", WEIGHTS)
def test_numbers(weight: np.ndarray | None):
    z, h = (Y - LOC) / SCALE, 1.6448536269514722
    density = np.exp(-0.5 * z**2) / np.sqrt(2.0 * np.pi)
    crps = SCALE * (z * (2.0 * GAUSSIAN.cdf(Y) - 1.0) + 2.0 * density - 1.0 / np.sqrt(np.pi))
    expected = {
        "nll": average(0.5 * z**2 + np.log(SCALE) + 0.5 * np.log(2.0 * np.pi), weight),
        "rmse": average((Y - LOC) ** 2, weight) ** 0.5,
        "mae": average(np.abs(Y - LOC), weight),
        "crps": average(crps, weight),
        "coverage_90": average(np.abs(z) <= h, weight),
        "r2": 1.0 - average((Y - LOC) ** 2, weight) / average((Y - average(Y, weight)) ** 2, weight),
    }
    assert metrics.evaluate(GAUSSIAN, Y, weight) == pytest.approx(expected, rel=1e-9)


def test_several_outputs_are_averaged_and_their_nll_summed():
    d = ll.Independent(ll.Gaussian(np.stack([LOC, LOC], 1), np.stack([SCALE, 2.0 * SCALE], 1)))
    one, two = (metrics.evaluate(ll.Gaussian(LOC, k * SCALE), Y) for k in (1.0, 2.0))
    both = metrics.evaluate(d, np.stack([Y, Y], 1))
    assert both["nll"] == pytest.approx(one["nll"] + two["nll"], rel=1e-12)
    for name in ("mae", "crps", "coverage_90"):
        assert both[name] == pytest.approx((one[name] + two[name]) / 2.0, rel=1e-9)


@pytest.mark.parametrize("weight", WEIGHTS)
@pytest.mark.parametrize("labels", [None, ["a", "b", "c"], [2, 5, 9]])
def test_classes(labels: list | None, weight: np.ndarray | None):
    d = ll.Categorical(LOGITS) if labels is None else ll.Labelled(ll.Categorical(LOGITS), labels)
    y = CODES if labels is None else np.array(labels)[CODES]
    expected = {
        "nll": average(-np.log(PROBS[np.arange(N), CODES]), weight),
        "accuracy": average(PROBS.argmax(1) == CODES, weight),
        "brier": average(sum((PROBS[:, k] - (k == CODES)) ** 2 for k in range(3)), weight),
        "ece": calibration(PROBS.max(1), PROBS.argmax(1) == CODES, np.ones(N) if weight is None else weight),
        "roc_auc_macro": np.mean([metrics.roc_auc(PROBS[:, k], k == CODES, weight) for k in range(3)]),
    }
    assert metrics.evaluate(d, y, weight) == pytest.approx(expected, rel=1e-9)


def calibration(confidence: np.ndarray, hit: np.ndarray, weight: np.ndarray) -> float:
    total = 0.0
    for low in np.arange(10) / 10:
        here = (confidence >= low) & (confidence < low + 0.1)
        total += abs(np.sum(weight[here] * confidence[here]) - np.sum(weight[here] * hit[here]))
    return total / weight.sum()


@pytest.mark.parametrize("labels", [None, ["no", "yes"]])
def test_two_classes(labels: list[str] | None):
    p, codes = 1.0 / (1.0 + np.exp(-LOGITS[:, 0])), CODES % 2
    d = ll.Bernoulli(LOGITS[:, 0]) if labels is None else ll.Labelled(ll.Bernoulli(LOGITS[:, 0]), labels)
    found = metrics.evaluate(d, codes if labels is None else np.array(labels)[codes])
    assert found["nll"] == pytest.approx(np.mean(-np.log(np.where(codes == 1, p, 1.0 - p))))
    assert found["brier"] == pytest.approx(np.mean(2.0 * (p - codes) ** 2))
    assert found["accuracy"] == pytest.approx(np.mean((p > 0.5) == (codes == 1)))


def test_several_outputs_of_classes():
    d = ll.Independent(ll.Bernoulli(LOGITS))
    y = (LOGITS > 0.3).astype(float)
    found = metrics.evaluate(d, y)
    assert set(found) == {"nll", "accuracy"}
    assert found["accuracy"] == pytest.approx(np.mean((LOGITS > 0.0) == (y == 1.0)))


def test_certain_and_right_or_wrong():
    sure, y = ll.Categorical([[0.0, -800.0], [-800.0, 0.0]]), np.array([0, 1])
    right, wrong = metrics.evaluate(sure, y), metrics.evaluate(sure, 1 - y)
    order = {"brier_binary": 0.0, "roc_auc": 1.0, "average_precision": 1.0}
    assert right == pytest.approx({"nll": 0.0, "accuracy": 1.0, "brier": 0.0, "ece": 0.0, **order})
    order = {"brier_binary": 1.0, "roc_auc": 0.0, "average_precision": 0.5}
    assert wrong == pytest.approx({"nll": 800.0, "accuracy": 0.0, "brier": 2.0, "ece": 1.0, **order})


def test_counts_by_the_sum_over_whole_numbers():
    rate, y = np.array([0.7, 4.0, 12.0]), np.array([0.0, 9.0, 11.0])
    d, k = ll.Poisson(rate), np.arange(200.0)[:, None]
    expected = np.mean(np.sum((d.cdf(np.broadcast_to(k, (200, 3))) - (k >= y)) ** 2, axis=0))
    assert metrics.evaluate(d, y)["crps"] == pytest.approx(expected, rel=1e-8)


def test_weights_of_zero_leave_rows_out():
    kept = WEIGHT > 0.0
    some = metrics.evaluate(GAUSSIAN[kept], Y[kept], WEIGHT[kept])
    assert metrics.evaluate(GAUSSIAN, Y, WEIGHT) == pytest.approx(some, rel=1e-12)


def test_what_does_not_exist_is_left_out():
    found = metrics.evaluate(ll.Cauchy(LOC, SCALE), Y)
    assert list(found) == ["nll", "mae", "crps", "coverage_90"]
    assert "rmse" not in metrics.evaluate(ll.StudentT(df=0.5, loc=LOC, scale=SCALE), Y)


def test_an_impossible_y_is_not_hidden():
    assert metrics.evaluate(ll.Gamma([1.0, 1.0], rate=1.0), np.array([1.0, -1.0]))["nll"] == np.inf


@pytest.mark.parametrize("form", ["plain", "members", "outputs"])
def test_angles_are_scored_around_their_mean_direction(form: str):
    loc, y = np.array([3.0, -3.0, 0.5]), np.array([-3.0, 3.0, 0.25])
    d = ll.VonMises(loc, 4.0)
    gap = np.array([2.0 * np.pi - 6.0, 6.0 - 2.0 * np.pi, -0.25])
    expected = metrics.evaluate(ll.VonMises(np.zeros(3), 4.0), gap)
    assert expected["mae"] == pytest.approx(np.abs(gap).mean(), rel=1e-9)
    assert expected["rmse"] == pytest.approx(np.sqrt(np.mean(gap**2)), rel=1e-9)
    if form == "members":
        d = ll.Mixture(d[:, None], np.zeros((3, 1)))
    if form == "outputs":
        d, y = ll.Independent(d[:, None]), y[:, None]
    assert metrics.evaluate(d, y) == pytest.approx(expected, rel=1e-7)


def test_the_direction_of_members_is_that_of_their_resultant():
    d = ll.Mixture(ll.VonMises([[2.5, -2.0]], [[8.0, 2.0]]), [[0.3, 0.0]])
    t = -np.pi + 2.0 * np.pi * np.arange(4096) / 4096
    resultant = np.sum(np.exp(d.log_prob(t[:, None]))[:, 0] * np.exp(1j * t))
    assert d.mean()[0] == pytest.approx(np.angle(resultant), rel=1e-9)
    moved = d.turned(np.array([0.7]))
    np.testing.assert_allclose(moved.log_prob(np.array([1.1])), d.log_prob(np.array([1.8])), rtol=1e-9)


ORDERED = ll.OrderedLogistic(LOGITS[:, 0], [-0.5, 1.0])


@pytest.mark.parametrize("weight", WEIGHTS)
@pytest.mark.parametrize("labelled", [False, True])
def test_ordered_classes_have_a_ranked_score(labelled: bool, weight: np.ndarray | None):
    cdf = 1.0 / (1.0 + np.exp(LOGITS[:, :1] - np.array([-0.5, 1.0])))
    ranked = np.sum((cdf - (CODES[:, None] <= np.arange(2))) ** 2, axis=1)
    names = np.array(["low", "middle", "high"])
    d, y = (ll.Labelled(ORDERED, names), names[CODES]) if labelled else (ORDERED, CODES)
    found = metrics.evaluate(d, y, weight)
    assert found["rps"] == pytest.approx(average(ranked, weight), rel=1e-9)
    assert found["brier"] == pytest.approx(metrics.evaluate(ll.Categorical(probs=d.probs), CODES, weight)["brier"])


def test_a_correlated_family_has_the_metrics_of_each_output():
    d = ll.MultivariateGaussian(np.stack([LOC, LOC], 1), np.linalg.cholesky([[1.0, 0.8], [0.8, 4.0]]))
    y = np.stack([Y, Y], 1)
    apart = metrics.evaluate(ll.Independent(ll.Gaussian(np.stack([LOC, LOC], 1), [1.0, 2.0])), y)
    found = metrics.evaluate(d, y)
    assert found.pop("nll") != pytest.approx(apart.pop("nll"))
    assert found == pytest.approx(apart, rel=1e-9)


def test_certain_rows_are_in_the_last_bin():
    # 0.95 and 1.0 share a bin: its gap is that of both, (0.95 - 1 + 1.0 - 0) / 4; the other's (0.5 + 0.5 - 1) / 4.
    confidence, hit = np.array([0.95, 1.0, 0.5, 0.5]), np.array([True, False, True, False])
    np.testing.assert_allclose(metrics.calibration_error(confidence, hit), 0.95 / 4.0, rtol=1e-14)
    assert metrics.equal_bins(np.array([0.0, 0.25, 0.5, 0.99, 1.0]), 4).tolist() == [0, 1, 2, 3, 3]


def test_a_score_that_a_few_rows_have_not_is_left_out_with_a_note():
    d = ll.StudentT(df=[3.0, 0.4, 5.0, 0.3], loc=0.0, scale=1.0)
    with pytest.warns(UserWarning, match="is left out") as caught:
        scores = metrics.evaluate(d, np.array([0.1, 0.2, 0.3, 0.4]))
    assert [str(w.message) for w in caught] == [
        f"{name} is left out: the predictions of 2 of 4 rows have tails so heavy that it is not finite there."
        for name in ("rmse", "crps")
    ]
    assert list(scores) == ["nll", "mae", "coverage_90"]


def test_a_score_that_no_row_has_goes_without_saying():
    scores = metrics.evaluate(ll.Cauchy(np.zeros(3), 1.0), np.array([0.1, 0.2, 0.3]))
    assert list(scores) == ["nll", "mae", "crps", "coverage_90"]
