"""The estimators within what scikit-learn puts around estimators, each against the same by hand."""

import numpy as np
import pandas as pd
import pytest
from sklearn import config_context
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.ensemble import (
    BaggingRegressor,
    StackingClassifier,
    StackingRegressor,
    VotingClassifier,
    VotingRegressor,
)
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.feature_selection import RFECV
from sklearn.inspection import partial_dependence, permutation_importance
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.model_selection import (
    GridSearchCV,
    HalvingGridSearchCV,
    KFold,
    RandomizedSearchCV,
    cross_val_predict,
    learning_curve,
)
from sklearn.multioutput import ClassifierChain, MultiOutputRegressor, RegressorChain
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

import likelinet as ll
from likelinet.sklearn import feature_influence, scorers
from tests.sklearn.quick import classifier, labels, numbers, regressor

pytestmark = pytest.mark.filterwarnings("ignore:Numbers outside of the range of training")  # as folds have them

X, Y = numbers()
FOLDS = KFold(3)


def by_folds(estimator, score):
    """Return the score of each fold, by hand."""
    return [score(clone(estimator).fit(X[train], Y[train]), X[test], Y[test]) for train, test in FOLDS.split(X)]


def test_pipeline():
    scaler = StandardScaler().fit(X)
    whole = make_pipeline(StandardScaler(), regressor()).fit(X, Y)
    by_hand = regressor().fit(scaler.transform(X), Y)
    np.testing.assert_array_equal(whole.predict(X), by_hand.predict(scaler.transform(X)))
    np.testing.assert_array_equal(whole.predict(X, return_std=True)[1], by_hand.predict_dist(scaler.transform(X)).std())
    assert scorers["crps"](whole, X, Y) == -by_hand.predict_dist(scaler.transform(X)).crps(Y).mean()


@pytest.mark.parametrize(
    ("output", "sparse"), [("default", True), ("default", False), ("pandas", False), ("polars", False)]
)
def test_columns(output, sparse):
    pytest.importorskip("polars" if output == "polars" else "sklearn")
    frame = pd.DataFrame({"x": X[:, 0], "g": np.where(X[:, 1] > 0.0, "a", "b")})
    columns = ColumnTransformer(
        [("g", OneHotEncoder(sparse_output=sparse), ["g"]), ("x", StandardScaler(), ["x"])], sparse_threshold=1.0
    ).set_output(transform=output)
    whole = make_pipeline(columns, regressor()).fit(frame, Y)
    z = (frame["x"] - frame["x"].mean()) / frame["x"].std(ddof=0)
    dense = np.column_stack([frame["g"] == "a", frame["g"] == "b", z]).astype(float)
    np.testing.assert_allclose(whole.predict(frame), regressor().fit(dense, Y).predict(dense), rtol=1e-5, atol=1e-6)
    assert whole.score(frame, Y) > 0.8


JOBS = pytest.mark.parametrize("jobs", [None, pytest.param(2, marks=pytest.mark.slow)])  # processes take long to start


@JOBS
def test_grid_search_by_the_score_of_distributions(jobs: int | None):
    grid = {"distribution": ["gaussian", "laplace"], "hidden": [(), (8,)]}
    search = GridSearchCV(regressor(), grid, scoring=scorers, refit="log_score", cv=FOLDS, n_jobs=jobs).fit(X, Y)
    for i, parameters in enumerate(search.cv_results_["params"]):
        folds = by_folds(regressor(**parameters), lambda e, X, y: e.log_score(X, y))
        assert search.cv_results_["mean_test_log_score"][i] == pytest.approx(np.mean(folds), rel=1e-6)
    assert search.best_index_ == search.cv_results_["mean_test_log_score"].argmax()
    assert 0.5 < search.cv_results_["mean_test_coverage_90"][search.best_index_] <= 1.0
    d = search.best_estimator_.predict_dist(X)
    assert scorers["pinball_95"](search, X, Y) == pytest.approx(
        -2.0 * np.mean(np.where(d.ppf(0.95) < Y, 0.95 * (Y - d.ppf(0.95)), 0.05 * (d.ppf(0.95) - Y))), rel=1e-12
    )


@JOBS
def test_random_and_halving_search(jobs: int | None):
    one = RandomizedSearchCV(
        make_pipeline(StandardScaler(), regressor()),
        {"distributionregressor__learning_rate": [1e-6, 0.02]},
        n_iter=2,
        cv=FOLDS,
        scoring=scorers["crps"],
        n_jobs=jobs,
    ).fit(X, Y)
    assert one.best_params_ == {"distributionregressor__learning_rate": 0.02}
    half = HalvingGridSearchCV(
        regressor(),
        {"learning_rate": [1e-6, 1e-5, 1e-4, 0.02]},
        resource="epochs",
        min_resources=8,
        max_resources=24,
        cv=FOLDS,
        n_jobs=jobs,
    ).fit(X, Y)
    assert half.best_params_ == {"learning_rate": 0.02, "epochs": 24}
    assert half.n_resources_ == [8, 24]


def test_predictions_out_of_folds():
    found = cross_val_predict(regressor(), X, Y, cv=FOLDS)
    by_hand = [regressor().fit(X[train], Y[train]).predict(X[test]) for train, test in FOLDS.split(X)]
    np.testing.assert_array_equal(found, np.concatenate(by_hand))
    K = labels()[1]
    found = cross_val_predict(classifier(), X, K, cv=FOLDS, method="predict_proba")
    by_hand = [classifier().fit(X[train], K[train]).predict_proba(X[test]) for train, test in FOLDS.split(X)]
    np.testing.assert_array_equal(found, np.concatenate(by_hand))


def test_learning_curve():
    X, Y = numbers(240)
    sizes, _, scores = learning_curve(regressor(epochs=15), X, Y, train_sizes=[0.2, 1.0], cv=FOLDS)
    assert sizes.tolist() == [32, 160]
    assert scores[1].mean() > scores[0].mean()


def test_importance_of_features():
    found = regressor().fit(X, Y)
    for scoring in (None, scorers["log_score"]):
        seen = permutation_importance(found, X, Y, scoring=scoring, n_repeats=3, random_state=0).importances_mean
        assert np.argsort(seen).tolist() == [2, 1, 0]
    influence = feature_influence(found)
    assert np.argsort(influence).tolist() == [2, 1, 0]
    assert influence[0] / influence[1] == pytest.approx(2.0, rel=0.4)
    assert np.argsort(feature_influence(classifier().fit(*labels()))).tolist() == [2, 1, 0]


def test_influence_of_what_is_no_number():
    frame = pd.DataFrame({"g": np.array(["a", "b", "c"])[np.arange(120) % 3], "x": X[:, 0]})
    with pytest.raises(ll.DataError, match="feature_influence is of numbers, and column 'g' is read as category"):
        feature_influence(regressor(epochs=1).fit(frame, Y))
    with pytest.warns(UserWarning, match="Columns that say nothing"):
        constant = regressor(epochs=1).fit(np.column_stack([X[:, 0], np.ones(120)]), Y)
    assert feature_influence(constant)[1] == 0.0


def test_elimination_of_features():
    found = RFECV(regressor(), importance_getter=feature_influence, cv=FOLDS, min_features_to_select=1).fit(X, Y)
    assert found.support_[:2].all()
    assert found.ranking_[2] >= found.ranking_[0]


def test_partial_dependence():
    found = regressor().fit(X, Y)
    curve = partial_dependence(found, X, [0], kind="average", grid_resolution=5)
    grid, seen = curve["grid_values"][0], curve["average"][0]
    by_hand = [found.predict(np.column_stack([np.full(len(X), x), X[:, 1:]])).mean() for x in grid]
    np.testing.assert_allclose(seen, by_hand, rtol=1e-12)
    assert (np.diff(seen) > 0.0).all()


def test_voting():
    each = [("a", regressor(random_state=0)), ("b", regressor(random_state=1)), ("c", LinearRegression())]
    vote = VotingRegressor(each).fit(X, Y)
    np.testing.assert_allclose(vote.predict(X), np.mean([e.fit(X, Y).predict(X) for _, e in each], axis=0), rtol=1e-12)
    K = labels()[1]
    each = [("a", classifier()), ("b", LogisticRegression())]
    vote = VotingClassifier(each, voting="soft").fit(X, K)
    by_hand = np.mean([e.fit(X, K).predict_proba(X) for _, e in each], axis=0)
    np.testing.assert_allclose(vote.predict_proba(X), by_hand, rtol=1e-9)


def test_stacking():
    own = regressor()
    stack = StackingRegressor([("a", own), ("b", Ridge())], LinearRegression(), cv=FOLDS).fit(X, Y)
    columns = [cross_val_predict(e, X, Y, cv=FOLDS) for e in (own, Ridge())]
    last = LinearRegression().fit(np.stack(columns, axis=1), Y)
    np.testing.assert_allclose(stack.final_estimator_.coef_, last.coef_, rtol=1e-9)
    assert stack.score(X, Y) > 0.9
    stack = StackingClassifier([("a", classifier()), ("b", LogisticRegression())], cv=3).fit(*labels())
    assert stack.score(*labels()) > 0.8


def test_bagging():
    bag = BaggingRegressor(regressor(), n_estimators=3, random_state=0).fit(X, Y)
    each = [e.predict(X) for e in bag.estimators_]
    np.testing.assert_allclose(bag.predict(X), np.mean(each, axis=0), rtol=1e-12)
    assert np.abs(each[0] - each[1]).max() > 0.01


def test_chains_and_outputs():
    both = np.column_stack([Y, X[:, 2] + Y])
    chain = RegressorChain(regressor()).fit(X, both)
    second = regressor().fit(np.column_stack([X, Y]), both[:, 1])
    first = regressor().fit(X, Y).predict(X)
    np.testing.assert_allclose(chain.predict(X)[:, 1], second.predict(np.column_stack([X, first])), rtol=1e-12)
    apart = MultiOutputRegressor(regressor()).fit(X, both)
    np.testing.assert_array_equal(apart.predict(X)[:, 0], first)
    signs = (both > 0.0).astype(int)
    chain = ClassifierChain(classifier()).fit(X, signs)
    assert (chain.predict(X) == signs).mean() > 0.85


def test_calibrated_classifier():
    K = labels()[1]
    found = CalibratedClassifierCV(classifier(), cv=3).fit(X, K)
    np.testing.assert_allclose(found.predict_proba(X).sum(axis=1), 1.0, rtol=1e-9)
    assert found.score(X, K) > 0.7


def test_transformed_target():
    y = np.exp(Y)
    found = TransformedTargetRegressor(regressor(), func=np.log, inverse_func=np.exp).fit(X, y)
    np.testing.assert_allclose(found.predict(X), np.exp(regressor().fit(X, np.log(y)).predict(X)), rtol=1e-9)
    with pytest.raises(ll.DataError, match="TransformedTargetRegressor predicts no distributions"):
        scorers["log_score"](found, X, y)


def test_weights_are_routed():
    weight = np.random.default_rng(0).integers(1, 4, len(Y)).astype(float)
    with config_context(enable_metadata_routing=True):
        weighted = regressor().set_fit_request(sample_weight=True).set_score_request(sample_weight=False)
        scorer = clone(scorers["log_score"]).set_score_request(sample_weight=True)
        search = GridSearchCV(
            make_pipeline(StandardScaler().set_fit_request(sample_weight=False), weighted), {}, cv=FOLDS, scoring=scorer
        )
        search.fit(X, Y, sample_weight=weight)
    folds = []
    for train, test in FOLDS.split(X):
        scaler = StandardScaler().fit(X[train])
        by_hand = regressor().fit(scaler.transform(X[train]), Y[train], weight[train])
        folds.append(by_hand.log_score(scaler.transform(X[test]), Y[test], weight[test]))
    np.testing.assert_allclose([search.cv_results_[f"split{i}_test_score"][0] for i in range(3)], folds, rtol=1e-9)


def test_validation_rows_go_through_a_pipeline():
    held = numbers(40, seed=1)
    with config_context(enable_metadata_routing=True):
        last = regressor().set_fit_request(X_val=True, y_val=True)
        whole = Pipeline([("z", StandardScaler()), ("r", last)], transform_input=["X_val"])
        whole.fit(X, Y, X_val=held[0], y_val=held[1])
    scaler = StandardScaler().fit(X)
    by_hand = regressor().fit(scaler.transform(X), Y, X_val=scaler.transform(held[0]), y_val=held[1])
    np.testing.assert_array_equal(whole.predict(X), by_hand.predict(scaler.transform(X)))
