"""Outliers that own mean and standard deviation: the start is at median and quartiles, and the maximum is found."""

import numpy as np
import pytest
import scipy.stats

import likelinet as ll
from likelinet.distributions.numerics.estimates import median_and_quartiles

T = {"kind": "student_t"}
pytestmark = pytest.mark.filterwarnings("ignore:.* has a number far from all others")


def intercept_only(y: np.ndarray, family: dict, weight: np.ndarray | None = None) -> ll.Model:
    nothing = np.zeros((len(y), 0))
    return ll.Model({"quality": "plain", "distribution": family}).fit(nothing, y, weight, progress=False)


def line_with_one_outlier(seed: int, far: float = 1e4) -> np.ndarray:
    r = np.random.Generator(np.random.PCG64(seed))  # what the maxima below belong to
    y = r.standard_normal((200, 1))[:, 0] + 0.3 * r.standard_normal(200)
    y[0] = far
    return y


def best_of_scipy(y: np.ndarray) -> float:
    return float(scipy.stats.t.logpdf(y, *scipy.stats.t.fit(y, 2, loc=0, scale=1)).mean())


@pytest.mark.parametrize(("seed", "right"), [(0, -1.632), (1, -1.566), (2, -1.652), (3, -1.683)])
def test_one_outlier_leaves_the_maximum_where_it_is(seed: int, right: float):
    y = line_with_one_outlier(seed)
    model = intercept_only(y, T)
    assert model.score(np.zeros((200, 0)), y) == pytest.approx(right, abs=5e-4)
    assert model.history.stopped == "finished"


@pytest.mark.parametrize("far", [1e2, 1e3, 1e6, 1e9, -1e7])
def test_however_far_it_is(far: float):
    y = line_with_one_outlier(5, far)
    assert intercept_only(y, T).score(np.zeros((200, 0)), y) == pytest.approx(best_of_scipy(y), abs=1e-6)


def test_tails_on_one_side():
    """Every tenth row a thousandfold: still the maximum, that of y seen in a mirror."""
    r = np.random.default_rng(0)
    y = 5.0 + r.standard_normal(300)
    y[::10] *= 1000.0
    score = intercept_only(y, T).score(np.zeros((300, 0)), y)
    assert score == pytest.approx(best_of_scipy(y), abs=1e-6)
    assert intercept_only(-y, T).score(np.zeros((300, 0)), -y) == pytest.approx(score, abs=1e-6)


def test_a_weight_is_so_many_rows():
    y, weight = line_with_one_outlier(1), np.repeat([1.0, 2.0], 100)
    weighted = intercept_only(y, T, weight)
    repeated = intercept_only(np.repeat(y, weight.astype(int)), T)
    new = np.zeros((1, 0))
    np.testing.assert_allclose(weighted.predict_dist(new).ppf(0.9), repeated.predict_dist(new).ppf(0.9), rtol=1e-6)


def test_each_output_by_itself():
    y = np.stack([line_with_one_outlier(0), 1e3 * line_with_one_outlier(1, -1e6)], axis=1)
    nothing = np.zeros((200, 0))
    together = ll.Model({"quality": "plain", "distribution": T}).fit(nothing, y).score(nothing, y)
    assert together == pytest.approx(sum(best_of_scipy(column) for column in y.T), abs=1e-5)


@pytest.mark.parametrize("kind", ["student_t", "cauchy", "johnson_su"])
def test_the_middle_of_the_prediction_is_that_of_the_rows(kind: str):
    """Under a family whose tails hold outliers they do not widen the half of y between its quartiles."""
    y = line_with_one_outlier(2)
    d = intercept_only(y, {"kind": kind}).predict_dist(np.zeros((1, 0)))
    wide = float((d.ppf(0.75) - d.ppf(0.25))[0])
    assert wide == pytest.approx(np.subtract(*np.quantile(y, [0.75, 0.25])), rel=0.4)


@pytest.mark.filterwarnings("ignore:.* has a number far from all others")
@pytest.mark.parametrize("kind", ["laplace", "logistic", "gumbel_r"])
def test_light_tails_have_their_maximum_as_well(kind: str):
    """Outliers own these families; the start must not be so far off that nothing leads to the maximum."""
    family, nothing = getattr(scipy.stats, kind), np.zeros((200, 0))
    for y in (line_with_one_outlier(0), -line_with_one_outlier(0)):
        score = intercept_only(y, {"kind": kind.removesuffix("_r")}).score(nothing, y)
        assert score >= family.logpdf(y, *family.fit(y)).mean() - 1e-6


def test_mixtures_and_logarithms():
    y = line_with_one_outlier(0)
    nothing = np.zeros((200, 0))
    mixed = intercept_only(y, {"kind": "mixture", "components": 2, "base": T})
    assert mixed.score(nothing, y) >= best_of_scipy(y) - 1e-3
    positive = np.exp(line_with_one_outlier(0, 60.0))
    log_t = {"kind": "transformed", "transform": "log", "base": T}
    right = best_of_scipy(np.log(positive)) - np.log(positive).mean()
    assert intercept_only(positive, log_t).score(nothing, positive) == pytest.approx(right, abs=1e-6)


def test_a_mixture_of_gaussians_gives_the_outlier_a_component():
    y = line_with_one_outlier(0)
    d = intercept_only(y, {"kind": "mixture", "components": 3}).predict_dist(np.zeros((1, 0)))
    clean = y[1:]
    assert float(d.log_prob(clean).mean()) > scipy.stats.norm.logpdf(clean, clean.mean(), clean.std()).mean() - 0.1


@pytest.mark.parametrize("seed", range(2))
def test_with_inputs(seed: int):
    """3 % of the rows are a thousandfold: the others are predicted as well as by a Cauchy, and better."""
    r = np.random.default_rng(seed)
    X = r.standard_normal((400, 1))
    y = 50.0 + 5.0 * X[:, 0] + r.standard_normal(400)
    y[r.choice(400, 12, replace=False)] *= 1000.0
    new = np.clip(r.standard_normal((1000, 1)), X.min(), X.max())
    clean = 50.0 + 5.0 * new[:, 0] + r.standard_normal(1000)
    model = ll.Model({"quality": "plain", "distribution": T, "training": {"epochs": 100}}).fit(X, y, progress=False)
    assert -model.score(new, clean) < 2.05


def test_median_and_quartiles():
    y = np.array([1.0, 2.0, 3.0, 4.0, 1e9])
    assert [float(v) for v in median_and_quartiles(y, np.ones(5))] == [3.0, 1.0]
    assert [float(v) for v in median_and_quartiles(y, np.array([0.0, 0.0, 1.0, 1.0, 1.0]))] == [4.0, 0.5e9 - 1.5]
    alike = np.array([7.0, 7.0, 7.0, 7.0, 12.0])
    assert [float(v) for v in median_and_quartiles(alike, np.ones(5))] == [7.0, 1.0]


@pytest.mark.parametrize("cls", [ll.StudentT, ll.JohnsonSU, ll.Cauchy])
def test_estimates_do_not_move_with_an_outlier(cls: type[ll.Distribution]):
    y, weight = line_with_one_outlier(3), np.ones(200)
    there, gone = cls.estimate(y, weight), cls.estimate(y[1:], weight[1:])
    np.testing.assert_allclose(there, gone, atol=0.05)
