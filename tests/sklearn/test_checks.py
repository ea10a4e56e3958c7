"""scikit-learn's own checks: all of them, none left out and none expected to fail."""

from collections.abc import Callable
from typing import Any

import pytest
from sklearn.utils.estimator_checks import estimator_checks_generator, parametrize_with_checks

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


def pairs(estimator: Any, chosen: Callable[[str], bool]) -> list[Any]:
    """Return an estimator with each of the checks whose name is chosen."""
    named = ((check.func.__name__, pair) for pair in estimator_checks_generator(estimator) for check in pair[1:])
    return [pytest.param(*pair, id=f"{type(estimator).__name__}-{name}") for name, pair in named if chosen(name)]


OF_REGRESSORS = {check.func.__name__ for _, check in estimator_checks_generator(DistributionRegressor())}
# Where the rows of a training matter, or what its weights become: all else is done before an engine is asked.
OF_TRAININGS = {
    "check_dict_unchanged",
    "check_estimators_dtypes",
    "check_estimators_pickle",
    "check_fit_idempotent",
    "check_methods_subset_invariance",
    "check_readonly_memmap_input",
    "check_regressors_train",
    "check_sample_weight_equivalence_on_dense_data",
}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("estimator", "check"),
    [
        *pairs(DistributionRegressor(), lambda _: True),
        *pairs(DistributionClassifier(), lambda name: name not in OF_REGRESSORS or "equivalence" in name),
    ],
)
def test_checks_of_the_default(estimator, check, monkeypatch: pytest.MonkeyPatch):
    """As it stands, but that no training is long: choice of a family, folds, groups and few rows are as ever."""
    good = quality.SETTINGS["good"]
    monkeypatch.setitem(quality.SETTINGS, "good", {**good, "training": {**good["training"], **SHORT}})
    check(estimator)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("estimator", "check"), pairs(regressor(**DETERMINISTIC, engine="jax"), OF_TRAININGS.__contains__)
)
def test_checks_with_jax(estimator, check):
    check(estimator)
