"""scikit-learn's own checks: all of them, none left out and none expected to fail."""

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from likelinet.config import quality
from likelinet.sklearn import DistributionClassifier, DistributionRegressor
from tests.sklearn.quick import DETERMINISTIC, classifier, regressor

# Notes of the model, as of few rows for many features, are not what is checked here.
pytestmark = pytest.mark.filterwarnings("ignore")
SHORT = {"steps": 60, "schedule": {"kind": "hold_then_anneal", "warmup": 5, "anneal": 20}}


@pytest.fixture(autouse=True)
def _with_array_api(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SCIPY_ARRAY_API", "1")  # or scikit-learn skips a check


@parametrize_with_checks(
    [
        regressor(),  # by batches and held-out rows drawn at random, but where rows are few
        classifier(),
        regressor(**DETERMINISTIC),  # by all rows at once
        classifier(**DETERMINISTIC, ensemble=3),
    ]
)
def test_checks(estimator, check):
    check(estimator)


@pytest.mark.slow
@parametrize_with_checks([DistributionRegressor(), DistributionClassifier()])
def test_checks_of_the_default(estimator, check, monkeypatch: pytest.MonkeyPatch):
    """As it stands, but that no training is long: choice of a family, folds, groups and few rows are as ever."""
    good = quality.SETTINGS["good"]
    monkeypatch.setitem(quality.SETTINGS, "good", {**good, "training": {**good["training"], **SHORT}})
    check(estimator)


@pytest.mark.slow
@parametrize_with_checks([regressor(**DETERMINISTIC, engine="jax")])  # each training of which compiles its steps
def test_checks_with_jax(estimator, check):
    check(estimator)
