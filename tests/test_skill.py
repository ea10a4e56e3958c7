"""Zero points of scores: skill over the distribution of y without x, and the scores of scikit-learn."""

from pathlib import Path

import numpy as np
import pytest
import scipy.stats
from sklearn import metrics as sk

import likelinet as ll
from likelinet.scores import evaluate, skill
from tests.small import labels, quick, table

X, Y = table(90)
NEW, NEW_Y = table(50, seed=1)
WEIGHT = np.random.default_rng(0).integers(0, 4, 90).astype(float)
LBFGS = {"training": {"optimizer": {"kind": "lbfgs"}}}
SHARED = {"distribution": {"kind": "gaussian", "scale": "shared"}}
NEW_WEIGHT = np.linspace(0.5, 2.0, 50)


@pytest.mark.parametrize("declared", [{}, {"ensemble": 2}, LBFGS, SHARED], ids=str)
def test_of_a_normal_y_it_is_over_the_mean_and_deviation_of_the_training_rows(declared: dict):
    model = quick(**declared).fit(X, Y, WEIGHT)
    found = model.evaluate(NEW, NEW_Y, NEW_WEIGHT)
    mean = np.average(Y, weights=WEIGHT)
    normal = scipy.stats.norm(mean, np.sqrt(np.average((Y - mean) ** 2, weights=WEIGHT)))
    nll = -np.average(normal.logpdf(NEW_Y), weights=NEW_WEIGHT)
    assert found["nll_skill"] == pytest.approx(nll - found["nll"], rel=1e-4)
    z = (NEW_Y - mean) / normal.std()
    crps = normal.std() * (z * (2.0 * scipy.stats.norm.cdf(z) - 1.0) + 2.0 * scipy.stats.norm.pdf(z) - np.pi**-0.5)
    assert found["crps_skill"] == pytest.approx(1.0 - found["crps"] / np.average(crps, weights=NEW_WEIGHT), rel=1e-4)
    assert list(found)[-2:] == ["nll_skill", "crps_skill"]


def test_a_model_without_inputs_has_none():
    found = quick(data={"features": []}).fit(X, Y).evaluate(NEW, NEW_Y)
    assert found["nll_skill"] == pytest.approx(0.0, abs=1e-6)
    assert found["crps_skill"] == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("weight", [None, {"no": 1.0, "yes": 5.0}])
def test_of_classes_it_is_over_their_shares_whatever_they_weigh_in_training(weight: dict | None):
    y, new = labels(X, ["no", "no", "yes"]), labels(NEW, ["no", "yes"])
    model = quick(distribution={"kind": "bernoulli"}, data={"class_weight": weight}).fit(X, y)
    found, p = model.evaluate(NEW, new), np.mean(y == "yes")
    nll = -np.mean(np.log(np.where(new == "yes", p, 1.0 - p)))
    assert found["nll_skill"] == pytest.approx(nll - found["nll"], rel=1e-4)
    assert "crps_skill" not in found


def test_an_exposure_counts_without_x_as_well():
    rng = np.random.default_rng(0)
    frame = {"x": X[:, 0], "t": rng.uniform(1.0, 9.0, 90)}
    frame["y"] = rng.poisson(0.5 * frame["t"]).astype(float)
    model = quick(data={"target": "y"}, distribution={"kind": "poisson", "exposure": "t"}).fit(frame)
    rate = frame["y"].sum() / frame["t"].sum()
    nll = -np.mean(scipy.stats.poisson(rate * frame["t"]).logpmf(frame["y"]))
    found = model.evaluate(frame)
    assert found["nll_skill"] == pytest.approx(nll - found["nll"], rel=1e-3, abs=1e-5)


def test_of_censored_times():
    y = ll.Interval.right_censored(Y, np.arange(90) % 3 > 0)
    model = quick(distribution={"kind": "censored", "base": {"kind": "exponential"}}).fit(X, y)
    found = model.evaluate(X, y)
    rate = np.sum(np.arange(90) % 3 > 0) / Y.sum()  # events by time at risk
    nll = -np.mean(np.where(y.exact, np.log(rate), 0.0) - rate * Y)
    assert found["nll_skill"] == pytest.approx(nll - found["nll"], rel=1e-3, abs=1e-4)
    assert found["crps_skill"] < 1.0


def test_of_groups_it_is_over_the_mixture_of_their_families():
    groups = [{"distribution": {"kind": kind}} for kind in ("gaussian", "laplace")]
    model = quick(groups=groups, training={"folds": 2, "epochs": 30}, ensemble=2).fit(X, Y)
    weights = [group.weight for group in model.history.groups]
    assert min(weights) > 0.1
    normal, middle = scipy.stats.norm(Y.mean(), Y.std()), np.median(Y)
    laplace = scipy.stats.laplace(middle, np.abs(Y - middle).mean())
    nll = -np.mean(np.log(weights[0] * normal.pdf(NEW_Y) + weights[1] * laplace.pdf(NEW_Y)))
    found = model.evaluate(NEW, NEW_Y)
    assert found["nll_skill"] == pytest.approx(nll - found["nll"], rel=1e-2)


def test_it_is_kept_in_files_and_missing_in_those_of_earlier_versions(tmp_path: Path):
    model = quick(ensemble=2).fit(X, Y)
    model.save(tmp_path / "m")
    assert ll.Model.load(tmp_path / "m").evaluate(NEW, NEW_Y) == model.evaluate(NEW, NEW_Y)
    stored = ll.Model.load(Path(__file__).parent / "files" / "v3" / "by_quality.safetensors")
    assert stored._fitted().start.shape == (0,)


@pytest.mark.parametrize("weight", [None, {"no": 1.0, "yes": 5.0}])
def test_a_warm_start_fits_the_zero_point_to_its_rows(weight: dict | None):
    """To their shares, as they are, whatever classes weigh in training."""
    first, then, new = labels(X, ["no", "yes"]), labels(X, ["no", "no", "yes"]), labels(NEW, ["no", "yes"])
    model = quick(distribution={"kind": "bernoulli"}, data={"class_weight": weight}).fit(X, first)
    found = model.fit(X, then, WEIGHT, warm_start=True).evaluate(NEW, new)
    p = np.average(then == "yes", weights=WEIGHT)
    nll = -np.mean(np.log(np.where(new == "yes", p, 1.0 - p)))
    assert found["nll_skill"] == pytest.approx(nll - found["nll"], rel=1e-4)


def test_passes_over_parts_do_not_know_it(tmp_path: Path):
    model = quick(ensemble=2).partial_fit(X[:50], Y[:50])
    assert "nll_skill" in model.evaluate(NEW, NEW_Y)
    model.partial_fit(X[50:], Y[50:]).save(tmp_path / "m")
    for each in (model, ll.Model.load(tmp_path / "m")):
        assert not {"nll_skill", "crps_skill"} & each.evaluate(NEW, NEW_Y).keys()
        assert "nll_skill" in each.fit(X, Y, warm_start=True).evaluate(NEW, NEW_Y)


def test_scores_that_are_infinite_say_what_they_can():
    far = ll.Gaussian([0.0, 0.0], 1e-3)
    wrong = evaluate(ll.Gamma([1.0, 1.0], rate=1.0), np.array([1.0, -1.0]))
    assert skill(wrong, far, np.array([1.0, -1.0]))["nll_skill"] == -np.inf
    heavy = ll.StudentT(0.3, [0.0, 0.0], 1.0)
    assert set(skill(evaluate(far, np.zeros(2)), heavy, np.zeros(2))) == {"nll_skill"}
    assert skill(wrong, ll.Gamma([1.0, 1.0], rate=2.0), np.array([1.0, -1.0])).keys() == {"crps_skill"}


def test_of_angles_there_is_none_in_the_crps():
    d = ll.VonMises([0.0, 1.0], 2.0)
    assert set(skill(evaluate(d, np.zeros(2)), d, np.zeros(2))) == {"nll_skill"}


def test_two_classes_have_the_scores_of_scikit_learn():
    rng = np.random.default_rng(3)
    p = np.round(rng.uniform(size=200), 2)
    y, weight = (rng.uniform(size=200) < p).astype(int), rng.uniform(0.5, 2.0, 200)
    found = evaluate(ll.Bernoulli(probs=p), y, weight)
    assert found["roc_auc"] == pytest.approx(sk.roc_auc_score(y, p, sample_weight=weight), rel=1e-12)
    assert found["average_precision"] == pytest.approx(
        sk.average_precision_score(y, p, sample_weight=weight), rel=1e-12
    )
    assert found["brier_binary"] == pytest.approx(sk.brier_score_loss(y, p, sample_weight=weight), rel=1e-12)
    assert found["brier"] == pytest.approx(2.0 * found["brier_binary"], rel=1e-12)
    labelled = evaluate(ll.Labelled(ll.Bernoulli(probs=p), ["no", "yes"]), np.array(["no", "yes"])[y], weight)
    assert labelled == pytest.approx(found, rel=1e-12)


def test_the_share_explained_is_that_of_scikit_learn():
    m, weight = Y + np.random.default_rng(3).normal(size=90), np.linspace(0.5, 2.0, 90)
    found = evaluate(ll.Gaussian(m, 1.0), Y, weight)
    assert found["r2"] == pytest.approx(sk.r2_score(Y, m, sample_weight=weight), rel=1e-12)
