"""The regressor: what it declares, and each prediction against SciPy's normal law."""

import joblib
import numpy as np
import pandas as pd
import pytest
import scipy.sparse
import scipy.stats
from sklearn import config_context
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning, NotFittedError

import likelinet as ll
from likelinet.sklearn import DensityEstimator, DistributionRegressor
from tests.sklearn.quick import QUICK, numbers, regressor

X, Y = numbers()


@pytest.fixture(scope="module")
def fitted() -> DistributionRegressor:
    return regressor().fit(X, Y)


@pytest.fixture(scope="module")
def law(fitted: DistributionRegressor):
    """SciPy's normal laws with the parameters that are predicted."""
    found = fitted.predict_params(X)
    return scipy.stats.norm(found["loc"], found["scale"])


def test_it_is_the_model_with_the_same_config(fitted: DistributionRegressor):
    config = {
        "quality": "plain",
        "distribution": {"kind": "gaussian"},
        "network": {"hidden": [16]},
        "training": {"epochs": 25, "optimizer": {"learning_rate": 0.02}},
    }
    np.testing.assert_array_equal(fitted.predict(X), ll.Model(config).fit(X, Y).predict(X))
    assert fitted.score(X, Y) > 0.9
    assert (fitted.n_iter_, fitted.n_features_in_, fitted.n_outputs_) == (25, 3, 1)
    assert fitted.config_.network == ll.MLPConfig(hidden=[16])


def test_predictions_are_those_of_the_law(fitted: DistributionRegressor, law):
    def close(actual, expected):
        np.testing.assert_allclose(actual, expected, rtol=1e-11, atol=1e-12)

    close(fitted.predict_interval(X, 0.8), np.stack(law.interval(0.8), axis=1))
    close(fitted.predict_quantiles(X, [0.1, 0.7]), law.ppf([[0.1], [0.7]]).T)
    close(fitted.predict(X, quantiles=0.3), law.ppf(0.3)[:, None])
    close(fitted.predict_cdf(X, Y), law.cdf(Y))
    close(fitted.predict_cdf(X, 0.5), law.cdf(0.5))
    mean, std = fitted.predict(X, return_std=True)
    close(mean, law.mean())
    close(std, law.std())
    weight = np.arange(len(Y), dtype=float)
    close(fitted.log_score(X, Y, weight), np.average(law.logpdf(Y), weights=weight))


def test_draws_are_reproducible_and_of_the_law(fitted: DistributionRegressor, law):
    draws = fitted.sample_y(X[:5], 4000)
    assert draws.shape == (5, 4000)
    np.testing.assert_array_equal(draws, fitted.sample_y(X[:5], 4000, random_state=0))
    state = np.random.RandomState(3)
    assert not np.array_equal(draws[:, :5], fitted.sample_y(X[:5], 5, random_state=state))
    error = (draws.mean(axis=1) - law.mean()[:5]) / (law.std()[:5] / np.sqrt(4000))
    assert np.abs(error).max() < 4.5


@pytest.mark.parametrize(
    ("point", "asked"),
    [
        ("mean", lambda d: d.mean()),
        ("median", lambda d: d.median()),
        ("mode", lambda d: d.mode()),
        (0.9, lambda d: d.ppf(0.9)),
    ],
)
def test_point(point, asked):
    skewed = regressor(distribution="gamma", point=point, epochs=3).fit(X, np.exp(Y / 4.0))
    np.testing.assert_array_equal(skewed.predict(X), asked(skewed.predict_dist(X)))


def test_another_point_is_refused(fitted: DistributionRegressor):
    with pytest.raises(ll.ParameterError, match=r"point must be 'mean'.*got 'middle'"):
        clone(fitted).set_params(point="middle").fit(X, Y).predict(X)


def test_several_outputs():
    both = np.stack([Y, -Y], axis=1)
    found = regressor().fit(X, both)
    assert found.n_outputs_ == 2
    assert found.predict_interval(X[:7]).shape == (7, 2, 2)
    assert found.predict_quantiles(X[:7], [0.1, 0.5, 0.9]).shape == (7, 3, 2)
    assert found.sample_y(X[:7], 5).shape == (7, 2, 5)
    assert found.score(X, both) > 0.9
    np.testing.assert_allclose(found.predict_quantiles(X, [0.5])[:, 0], found.predict(X), rtol=1e-12)
    frame = found.set_output(transform="pandas").predict_interval(X[:7])
    assert [*frame.columns] == ["low_y0", "low_y1", "high_y0", "high_y1"]


def test_sparse_rows_without_room():
    with pytest.raises(
        ll.DataError, match=r"X is sparse, and its 10,000,000 rows of 10,000,000 columns take 800,000 GB"
    ):
        ll.Model({"quality": "plain"}).fit(scipy.sparse.csr_array((10**7, 10**7)), np.zeros(10**7))


def test_a_training_that_diverges_is_a_warning_and_predicts_as_it_began():
    with pytest.warns(ConvergenceWarning, match=r"lower training\.optimizer\.learning_rate"):
        found = regressor(optimizer="sgd", learning_rate=1e3).fit(X, Y)
    assert found.history_.stopped == "diverged"
    assert abs(found.predict(X).mean() - Y.mean()) < 0.5


def test_frames_where_they_are_asked_for():
    found = regressor(epochs=1).fit(X, Y)
    rows = pd.DataFrame(X[:4], columns=["a", "b", "c"], index=[5, 6, 7, 9])
    named = regressor(epochs=1).fit(pd.DataFrame(X, columns=["a", "b", "c"]), Y)
    plain = named.predict_interval(rows)
    frame = clone(named.set_output(transform="pandas")).fit(pd.DataFrame(X, columns=["a", "b", "c"]), Y)
    framed = frame.predict_interval(rows)
    assert [*framed.columns], [*framed.index] == (["low", "high"], [5, 6, 7, 9])
    np.testing.assert_array_equal(framed.to_numpy(), plain)
    assert [*frame.predict_params(rows).columns] == ["loc", "scale"]
    pl = pytest.importorskip("polars")
    quantiles = found.set_output(transform="polars").predict_quantiles(X[:4])
    assert isinstance(quantiles, pl.DataFrame)
    assert quantiles.columns == ["q0.05", "q0.5", "q0.95"]
    with config_context(transform_output="pandas"):
        assert isinstance(regressor(epochs=1).fit(X, Y).predict_interval(X), pd.DataFrame)
    with pytest.raises(ll.ParameterError, match="set_output: transform must be one of"):
        found.set_output(transform="arrow")


def test_config_goes_over_the_parameters():
    own = {"network": {"dropout": 0.1}, "training": {"epochs": 2, "optimizer": {"kind": "sgd"}}}
    found = regressor(config=own, epochs=50, weight_decay=0.5).fit(X, Y).config_
    assert found.network == ll.MLPConfig(hidden=[16], dropout=0.1)
    assert found.training.epochs == 2
    assert found.training.optimizer == ll.SGDConfig()  # of another kind: nothing of the other is left
    whole = ll.ModelConfig(quality="plain", training=ll.TrainingConfig(epochs=3, seed=5))
    assert DistributionRegressor("laplace", hidden=(4,), config=whole).fit(X, Y).config_.training.seed == 5


@pytest.mark.parametrize("family", ["student_t", {"kind": "student_t", "df": 5.0}, ll.StudentTConfig(df=5.0)])
def test_a_family_is_a_word_or_a_dict_or_a_config(family):
    found = regressor(distribution=family, epochs=1).fit(X, Y)
    assert found.config_.distribution.kind == "student_t"


def test_few_whole_numbers_are_numbers_to_auto():
    found = DistributionRegressor().fit(X[:20], np.tile([1, 2, 3, 4], 5))
    assert found.config_.distribution.y == "number"
    assert found.predict(X[:2]).dtype == np.float64


FEW = {
    "bernoulli": (np.where(X[:, 0] > 0.0, 1.0, 0.0), ("bernoulli",)),
    "two": (np.where(X[:, 0] > 0.0, 7.0, 3.0), ("truncated", "discretised")),
    "stars": (np.clip(np.round(1.5 * X[:, 0] + 3.0), 1.0, 5.0), ("truncated", "discretised")),
}


@pytest.mark.parametrize("y", FEW)
def test_few_different_numbers_have_all_of_the_mass(y: str):
    """As good as the classes that `Model` takes them for, with a mean and quantiles."""
    y, kinds = FEW[y]
    found = DistributionRegressor(quality="plain", epochs=40).fit(X, y)
    assert found.config_.distribution.kind in kinds
    classes = ll.Model({"quality": "plain", "distribution": {"kind": "auto"}, "training": {"epochs": 40}}).fit(X, y)
    assert found.log_score(X, y) > classes.score(X, y) - 0.1
    probability = np.exp([found.predict_dist(X).log_prob(np.full(len(X), value)) for value in np.unique(y)])
    assert probability.sum(axis=0).mean() > 0.95
    np.testing.assert_allclose(found.predict(X), (np.unique(y) @ probability) / probability.sum(axis=0), atol=0.5)
    assert set(found.predict_quantiles(X, [0.5]).ravel()) <= set(np.arange(y.min(), y.max() + 1.0))


@pytest.mark.parametrize("n", [40, 200])
def test_two_numbers_next_to_each_other_have_all_of_the_mass(n: int):
    """However few rows there are, and with no note; {0, 1} are `bernoulli`, whose numbers are the same."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(n, 1))
    y = np.where(x[:, 0] + rng.normal(size=n) > 0.0, 2.0, 1.0)
    found = DistributionRegressor(quality="plain", epochs=40).fit(x, y)
    assert found.config_.distribution.in_brief == "truncated(discretised(gaussian))"
    one, two = (np.exp(found.predict_dist(x).log_prob(np.full(n, value))) for value in (1.0, 2.0))
    np.testing.assert_allclose(one + two, 1.0, rtol=1e-9)
    np.testing.assert_allclose(found.predict(x), 1.0 + two, rtol=1e-6)
    classes = DistributionRegressor(quality="plain", epochs=40).fit(x, y - 1.0)
    assert classes.config_.distribution.kind == "bernoulli"
    assert found.log_score(x, y) > classes.log_score(x, y - 1.0) - 0.05


def test_few_different_numbers_of_zero_and_one_are_those_of_a_density():
    y = np.where(X[:, 0] > 0.0, 1.0, 0.0)
    assert DensityEstimator().fit(y[:, None]).score(y[:, None]) == pytest.approx(
        len(y) * (y.mean() * np.log(y.mean()) + (1.0 - y.mean()) * np.log(1.0 - y.mean())), rel=1e-6
    )


def test_few_numbers_that_no_family_has_get_a_note():
    with pytest.warns(UserWarning, match="y has 2 different numbers alone, from 0.1 to 0.7"):
        DistributionRegressor(quality="plain", epochs=1).fit(X, np.where(X[:, 0] > 0.0, 0.1, 0.7))


def test_seeds():
    one, same, other = (regressor(random_state=seed, epochs=2).fit(X, Y).predict(X) for seed in (1, 1, None))
    np.testing.assert_array_equal(one, same)
    assert not np.array_equal(one, other)


def test_validation_rows_are_those_of_the_model():
    held = numbers(40, seed=1)
    found = regressor().fit(X, Y, X_val=held[0], y_val=held[1], sample_weight_val=np.arange(1.0, 41.0))
    config = {**found.config_.model_dump(exclude_unset=True), "quality": "plain"}
    by_hand = ll.Model(config).fit(X, Y, validation=(*held, np.arange(1.0, 41.0)))
    np.testing.assert_array_equal(found.predict(X), by_hand.predict(X))
    assert not np.array_equal(found.predict(X), regressor().fit(X, Y).predict(X))


def test_sparse_rows_are_those_of_the_array(fitted: DistributionRegressor):
    sparse = regressor().fit(scipy.sparse.csc_array(X), Y)
    np.testing.assert_array_equal(sparse.predict(scipy.sparse.coo_array(X[:9])), fitted.predict(X[:9]))


@pytest.mark.filterwarnings("ignore:Missing cells are filled")
def test_frames_with_text_and_gaps():
    rng = np.random.default_rng(0)
    group, x = rng.integers(0, 3, 150), rng.normal(size=150)
    y = np.array([-2.0, 0.0, 2.0])[group] + x + 0.1 * rng.normal(size=150)
    frame = pd.DataFrame({"g": np.array(["a", "b", "c"])[group], "x": np.where(rng.random(150) < 0.1, np.nan, x)})
    found = regressor().fit(frame, y)
    assert found.feature_names_in_.tolist() == ["g", "x"]
    assert found.score(frame, y) > 0.8
    pl = pytest.importorskip("polars")
    np.testing.assert_array_equal(found.predict(pl.from_pandas(frame)), found.predict(frame))
    with pytest.raises(ValueError, match="feature names should match"):
        found.predict(frame[["x", "g"]])


def test_censored_y():
    y = ll.Interval.right_censored(np.exp(np.minimum(Y, 1.0)), Y < 1.0)
    assert 0.2 < y.exact.mean() < 0.9
    found = regressor(distribution={"kind": "censored", "base": {"kind": "log_normal"}}, point="median").fit(X, y)
    assert scipy.stats.spearmanr(found.predict(X), Y)[0] > 0.9
    d = found.predict_dist(X)
    seen = np.where(y.exact, d.log_prob(y.lower), d.log_sf(y.lower)).mean()
    assert found.log_score(X, y) == pytest.approx(seen, rel=1e-9)
    with pytest.raises(ll.UndefinedError, match="R² needs a y that is known exactly"):
        found.score(X, y)


def test_files_and_models_and_pickles(fitted: DistributionRegressor, tmp_path):
    expected = fitted.predict(X)
    fitted.save(tmp_path / "m.safetensors")
    joblib.dump(fitted, tmp_path / "m.joblib")
    loaded = DistributionRegressor.load(tmp_path / "m.safetensors")
    for found in (loaded, DistributionRegressor.from_model(fitted.to_model()), joblib.load(tmp_path / "m.joblib")):
        np.testing.assert_array_equal(found.predict(X), expected)
        assert (found.n_features_in_, found.n_outputs_) == (3, 1)
        np.testing.assert_array_equal(clone(found).fit(X, Y).predict(X), expected)
    named = regressor(epochs=1).fit(pd.DataFrame(X, columns=["a", "b", "c"]), Y)
    assert DistributionRegressor.from_model(named.model_).feature_names_in_.tolist() == ["a", "b", "c"]


def test_asked_before_the_fit():
    for ask in ("predict", "predict_dist", "predict_interval", "sample_y", "predict_params"):
        with pytest.raises(NotFittedError):
            getattr(regressor(), ask)(X)
    with pytest.raises(NotFittedError):
        regressor().to_model()
    assert not hasattr(regressor(), "history_")


def test_html_shows_the_parameters():
    assert "learning_rate" in regressor()._repr_html_()


def test_numbers_of_numpy_and_tuples_are_taken():
    found = DistributionRegressor(
        "gaussian", quality="plain", hidden=np.array([4]), epochs=np.int64(2), learning_rate=np.float64(0.01)
    ).fit(X, Y)
    assert (found.config_.network.hidden, found.config_.training.epochs) == ([4], 2)


def test_the_word_quick_is_what_the_tests_say():
    assert {*QUICK} <= {*DistributionRegressor().get_params()}


FRAME = pd.DataFrame({"time": np.exp(X[:, 1]), "a": X[:, 0], "id": np.arange(len(X)), "b": X[:, 2]})
EXPOSED = {"distribution": {"kind": "poisson", "exposure": "time"}, "epochs": 2}


@pytest.mark.parametrize(
    ("rows", "parameters"),
    [
        (FRAME, {**EXPOSED, "config": {"data": {"exclude": ["id"]}}}),
        (np.column_stack([FRAME["time"], X[:, 0]]), {**EXPOSED, "distribution": {"kind": "poisson", "exposure": "x0"}}),
        (pd.DataFrame(X), {"epochs": 2}),
    ],
    ids=["frame", "array", "names that are numbers"],
)
def test_files_know_each_column_that_is_read(rows, parameters, tmp_path):
    y = np.round(np.exp(X[:, 0] / 2.0))
    found = regressor(**{"distribution": "poisson", **parameters}).fit(rows, y)
    found.save(tmp_path / "m.safetensors")
    loaded = DistributionRegressor.load(tmp_path / "m.safetensors")
    np.testing.assert_array_equal(loaded.predict(rows), found.predict(rows))
    again = ll.Model.load(tmp_path / "m.safetensors").partial_fit(rows, y)
    np.testing.assert_array_equal(loaded.partial_fit(rows, y).predict(rows), again.predict_dist(rows).mean())
    assert loaded.n_features_in_ == found.n_features_in_ - ("config" in parameters)
