"""Densities of rows by themselves: against SciPy, and scikit-learn's checks."""

import numpy as np
import pytest
from scipy import stats
from sklearn.model_selection import GridSearchCV
from sklearn.utils.estimator_checks import parametrize_with_checks

import likelinet as ll
from likelinet.sklearn import DensityEstimator

rng = np.random.default_rng(0)
X = rng.normal(size=(200, 3)) @ np.array([[1.0, 0.5, 0.0], [0.0, 2.0, 1.0], [0.0, 0.0, 0.1]]) + [5.0, 0.0, -3.0]
WEIGHT = rng.integers(0, 4, 200).astype(float)
CHECKED = [DensityEstimator("gaussian")]


@pytest.mark.filterwarnings("ignore")
@parametrize_with_checks(CHECKED)
def test_checks(estimator, check, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SCIPY_ARRAY_API", "1")
    check(estimator)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@parametrize_with_checks([DensityEstimator()])
def test_checks_of_the_default(estimator, check, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SCIPY_ARRAY_API", "1")
    check(estimator)


def test_gaussians_are_those_of_maximum_likelihood():
    for weight in (None, WEIGHT):
        mean = np.average(X, axis=0, weights=weight)
        cov = np.cov(X.T, aweights=weight, ddof=0)
        together = DensityEstimator("multivariate_gaussian").fit(X, sample_weight=weight)
        wanted = stats.multivariate_normal(mean, cov).logpdf(X)
        np.testing.assert_allclose(together.score_samples(X), wanted, rtol=1e-6)
        apart = DensityEstimator("gaussian").fit(X, sample_weight=weight)
        wanted = stats.norm.logpdf(X, mean, np.sqrt(np.diag(cov))).sum(1)
        np.testing.assert_allclose(apart.score_samples(X), wanted, rtol=1e-6)
        assert apart.score(X) == pytest.approx(wanted.sum(), rel=1e-6)
        one = DensityEstimator("gaussian").fit(X[:, :1], sample_weight=weight)
        wanted = stats.norm.logpdf(X[:, 0], mean[0], np.sqrt(cov[0, 0]))
        np.testing.assert_allclose(one.score_samples(X[:, :1]), wanted, rtol=1e-6)


def test_draws_are_of_the_density():
    found = DensityEstimator("multivariate_gaussian").fit(X)
    draws = found.sample(20_000, random_state=0)
    assert draws.shape == (20_000, 3)
    error = np.sqrt(np.diag(found.distribution_.covariance()) / len(draws))
    assert (np.abs(draws.mean(0) - X.mean(0)) < 5.0 * error).all()
    np.testing.assert_allclose(np.corrcoef(draws.T), np.corrcoef(X.T), atol=0.05)
    np.testing.assert_array_equal(found.sample(5, random_state=1), found.sample(5, random_state=1))
    assert DensityEstimator("gaussian").fit(X[:, :1]).sample(4).shape == (4, 1)


def test_in_a_search_the_true_family_wins():
    skew = np.exp(rng.normal(size=(300, 1)))
    search = GridSearchCV(DensityEstimator(), {"distribution": ["gamma", "exponential", "log_normal"]}, cv=3)
    assert search.fit(skew).best_params_ == {"distribution": "log_normal"}


def test_auto_chooses_for_numbers():
    found = DensityEstimator().fit(X[:60, :1])
    assert found.to_model().config.distribution.kind == "gaussian"
    assert found.score(X[60:, :1]) == found.score_samples(X[60:, :1]).sum()


def test_config_and_seed_are_declared():
    declared = DensityEstimator(random_state=7, config={"distribution": {"kind": "student_t", "df": 5.0}})
    config = declared.fit(X[:, :1]).to_model().config
    assert (config.distribution.kind, config.training.seed) == ("student_t", 7)
    with pytest.raises(ll.ConfigError, match="unknown"):
        DensityEstimator("gausian").fit(X)
