"""Importance and partial dependence: against what a known predictor must give, and against the truth of made data."""

import numpy as np
import pytest
from scipy import stats

import likelinet as ll
from likelinet.explain.importance import errors, importance
from likelinet.explain.partial_dependence import partial_dependence, tried
from likelinet.explain.traits import location_moved, spread_moved, traits
from likelinet.tables.kinds.category import Category
from likelinet.tables.kinds.number import Number
from likelinet.tables.table import Table, as_table
from tests.small import quick

RNG = np.random.default_rng(0)
N = 300
X = RNG.normal(size=(N, 3))
WEIGHT = RNG.uniform(0.5, 1.5, N)
Y = 2.0 * X[:, 0] + np.exp(0.5 * X[:, 1]) * RNG.standard_normal(N)
TABLE = as_table(X)
FEATURES = {"x0": ["x0"], "x1": ["x1"], "x2": ["x2"]}


def predict(table: Table) -> ll.Gaussian:
    """A model that is known: x0 moves the mean alone, x1 the spread alone, x2 nothing."""
    return ll.Gaussian(2.0 * table.numeric("x0"), np.exp(0.5 * table.numeric("x1")))


def test_importance_is_what_a_known_predictor_gives():
    found = importance(predict, TABLE, Y, WEIGHT, FEATURES, np.random.default_rng(7))
    rng = np.random.default_rng(7)
    first, second, _ = (rng.permutation(N) for _ in range(3))
    loc, scale, share = 2.0 * X[:, 0], np.exp(0.5 * X[:, 1]), WEIGHT / WEIGHT.sum()
    plain = stats.norm.logpdf(Y, loc, scale)
    moved, wider = stats.norm.logpdf(Y, loc[first], scale), stats.norm.logpdf(Y, loc, scale[second])
    np.testing.assert_allclose(found.log_score, [share @ (plain - moved), share @ (plain - wider), 0.0], atol=1e-12)
    np.testing.assert_allclose(found.location, [share @ np.abs(loc[first] - loc), 0.0, 0.0], atol=1e-12)
    z = stats.norm.ppf(0.9) - stats.norm.ppf(0.1)
    least = 1e-3 * np.mean(z * scale)
    spread = np.abs(np.log((z * scale[second] + least) / (z * scale + least)))
    np.testing.assert_allclose(found.spread, [0.0, share @ spread, 0.0], atol=1e-9)
    apart = plain - moved - share @ (plain - moved)
    assert found.standard_error[0] == pytest.approx(np.sqrt(N / (N - 1) * np.sum((share * apart) ** 2)))
    np.testing.assert_allclose(found.crps[2], 0.0, atol=1e-12)
    assert found.crps[0] > found.crps[1] > 0.0
    assert [found.names[i] for i in found.order] == ["x0", "x1", "x2"]
    assert found.of == ("median", "log width")
    assert [line.split()[0] for line in str(found).splitlines()] == ["feature", "x0", "x1", "x2"]


def test_columns_of_one_feature_change_places_together():
    seen = []

    def keeps(table: Table) -> ll.Gaussian:
        seen.append((table.numeric("x0"), table.numeric("x1")))
        return predict(table)

    importance(keeps, TABLE, Y, WEIGHT, {"both": ["x0", "x1"]}, np.random.default_rng(0))
    first, second = seen[1]
    where = np.argsort(X[:, 0])[np.searchsorted(np.sort(X[:, 0]), first)]
    assert (where != np.arange(N)).any()
    np.testing.assert_array_equal(X[where, 1], second)


PROBS = np.array([[0.7, 0.2, 0.1], [0.1, 0.1, 0.8]])


@pytest.mark.parametrize(
    ("a", "b", "location", "spread"),
    [
        (ll.Gaussian([0.0, 1.0], 1.0), ll.Gaussian([0.5, 1.0], 1.0), [0.5, 0.0], [0.0, 0.0]),
        (ll.Poisson([1.0, 4.0]), ll.Poisson([4.0, 4.0]), [3.0, 0.0], [np.log(2.0), 0.0]),
        (ll.VonMises([3.1, 0.0], 50.0), ll.VonMises([-3.1, 0.0], 50.0), [2 * np.pi - 6.2, 0.0], [0.0, 0.0]),
        (
            ll.Categorical(np.log(PROBS)),
            ll.Categorical(np.log(PROBS[::-1])),
            [0.7, 0.7],
            2 * [abs(stats.entropy(PROBS[0]) - stats.entropy(PROBS[1]))],
        ),
    ],
    ids=["number", "count", "angle", "classes"],
)
def test_traits_move_as_they_should(a, b, location, spread):
    before = traits(a)
    after = traits(b, before.width)
    np.testing.assert_allclose(location_moved(before, after), location, atol=1e-8)
    np.testing.assert_allclose(spread_moved(before, after), spread, atol=1e-6)


def test_several_outputs_count_in_their_widths():
    loc = np.array([[0.0, 0.0], [1.0, 50.0]])
    a, b = (ll.Independent(ll.Gaussian(loc + move, [1.0, 100.0])) for move in (0.0, np.array([1.0, 100.0])))
    z = stats.norm.ppf(0.9) - stats.norm.ppf(0.1)
    np.testing.assert_allclose(location_moved(traits(a), traits(b)), [1.0 / z, 1.0 / z], rtol=1e-6)


def test_errors_are_the_crps_or_the_brier_score():
    d = ll.Categorical(np.log(PROBS))
    np.testing.assert_allclose(errors(d, np.array([0, 0])), [0.3**2 + 0.2**2 + 0.1**2, 0.9**2 + 0.1**2 + 0.8**2])
    np.testing.assert_allclose(errors(predict(TABLE), Y), predict(TABLE).crps(Y))
    y = ll.Interval.right_censored([1.0, 1.0], [1, 1])
    plain = ll.LogNormal([0.0, 0.0], 1.0)
    np.testing.assert_allclose(errors(ll.Censored(plain), y), plain.crps([1.0, 1.0]), rtol=1e-6)


def test_partial_dependence_is_what_a_known_predictor_gives():
    found = partial_dependence(predict, TABLE, Number("x0"), ["x0"], points=7, rows=50)
    assert (len(found.at), found.rows) == (7, 50)
    assert set(found.at) <= set(X[:, 0])
    assert (found.at[0], found.at[-1]) == (X[:, 0].min(), X[:, 0].max())
    some = np.linspace(0, N - 1, 50).round().astype(int)
    half = stats.norm.ppf(0.9) * np.exp(0.5 * X[some, 1]).mean()
    for values, expected in ((found.centre, 0.0), (found.low, -half), (found.high, half)):
        np.testing.assert_allclose(values[:, 0], 2.0 * found.at + expected, atol=1e-9)


def test_categories_are_tried_by_how_often_they_are_there():
    table = as_table({"c": ["b", "a", "b", "c", "b", "a"]})
    values, rows = tried(Category("c", ("a", "b", "c")), table, points=20)
    assert values == ["b", "a", "c"]
    assert rows.tolist() == [0, 1, 3]


def made(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return rows of which x0 and x2 move the mean alone, x1 and x3 the spread alone, by different amounts."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1.0, 1.0, (2500, 4))
    scale = np.exp(-0.5 + 0.9 * x[:, 1] + 0.4 * x[:, 3])
    return x, 2.0 * x[:, 0] + 0.8 * x[:, 2] + scale * rng.standard_normal(2500)


def ranks_of(seed: int) -> tuple[list[str], list[str]]:
    """Return the features by location and by spread, the most important first, as a model fitted to them has it."""
    x, y = made(seed)
    training = {"epochs": 30, "batch_size": 64, "optimizer": {"kind": "adam", "learning_rate": 0.01}, "seed": seed}
    model = quick(network={"hidden": [16]}, training=training).fit(x[:2000], y[:2000], progress=False)
    found = model.importance(x[2000:], y[2000:], seed=seed)
    return tuple([found.names[i] for i in np.argsort(-values)] for values in (found.location, found.spread))


@pytest.mark.parametrize("seed", [*range(2), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 20))])
def test_importance_recovers_the_truth(seed: int):
    location, spread = ranks_of(seed)
    assert location[:2] == ["x0", "x2"]
    assert spread[:2] == ["x1", "x3"]


@pytest.fixture(scope="module")
def model() -> ll.Model:
    frame = {"size": X[:, 0], "colour": np.where(X[:, 1] > 0, "red", "blue")}
    return quick(data={"target": "price"}).fit({**frame, "price": Y}, progress=False)


def test_a_model_asks_by_its_names_and_by_position(model: ll.Model):
    frame = {"colour": np.where(X[:, 1] > 0, "red", "blue"), "size": X[:, 0]}
    found = model.importance({**frame, "price": Y}, rows=100, seed=3)
    assert (list(found.names), found.rows) == (["size", "colour"], 100)
    again = model.importance(frame, Y, rows=100, seed=3)
    np.testing.assert_array_equal(found.log_score, again.log_score)
    assert repr(found) == "Importance(2 features, 100 rows)"
    array = quick().fit(X, Y, progress=False)
    by_name = array.importance({"a": X[:, 0], "b": X[:, 1], "c": X[:, 2]}, Y)
    np.testing.assert_array_equal(by_name.log_score, array.importance(X, Y).log_score)


def test_a_table_is_left_as_it_was(model: ll.Model):
    frame = {"size": X[:, 0].copy(), "colour": np.where(X[:, 1] > 0, "red", "blue"), "price": Y.copy()}
    model.importance(frame)
    np.testing.assert_array_equal(frame["size"], X[:, 0])


def test_partial_dependence_of_a_model_is_its_prediction(model: ll.Model):
    frame = {"size": X[:, 0], "colour": np.where(X[:, 1] > 0, "red", "blue")}
    found = model.partial_dependence(frame, "colour", rows=N)
    assert sorted(found.at) == ["blue", "red"]
    for cell, centre in zip(found.at, found.centre[:, 0], strict=True):
        all_alike = model.predict_dist({"size": X[:, 0], "colour": np.full(N, cell)})
        assert centre == pytest.approx(all_alike.median().mean(), rel=1e-9)


def test_what_cannot_be_asked_is_said(model: ll.Model):
    frame = {"size": X[:, 0], "colour": np.where(X[:, 1] > 0, "red", "blue")}
    with pytest.raises(ll.DataError, match=r"no feature 'colur' \(did you mean 'colour'\?\)"):
        model.partial_dependence(frame, "colur")
    with pytest.raises(ll.DataError, match="rows must be a whole number, 2 or more, got 1"):
        model.importance(frame, Y, rows=1)
    with pytest.raises(ll.DataError, match="seed must be a whole number, 0 or more"):
        model.importance(frame, Y, seed=-1)
