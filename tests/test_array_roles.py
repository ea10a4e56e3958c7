"""Of an array any column may have a role, the last one as well as the first."""

import numpy as np
import pytest

import likelinet as ll
from tests.small import quick, table

X, y = table()
RNG = np.random.default_rng(0)
DAYS, COUNTS = RNG.uniform(0.5, 2.0, 60), RNG.poisson(3.0, 60)
at_each_place = pytest.mark.parametrize("place", [0, 1, 2])


def with_column(column: np.ndarray, place: int) -> np.ndarray:
    return np.insert(X, place, column, axis=1)


def same(model: ll.Model, of_array: np.ndarray, plain: ll.Model, of_plain: np.ndarray) -> None:
    """The role must change nothing: the network sees the same inputs."""
    np.testing.assert_array_equal(model.predict(of_array), plain.predict(of_plain))


@at_each_place
def test_exposure(place: int):
    family = {"kind": "poisson", "exposure": f"x{place}"}
    model = quick(distribution=family).fit(with_column(DAYS, place), COUNTS)
    assert model.feature_names == [f"x{j}" for j in range(3) if j != place]
    frame = {"kind": "poisson", "exposure": "x0"}
    plain = quick(distribution=frame).fit(with_column(DAYS, 0), COUNTS)
    same(model, with_column(DAYS, place), plain, with_column(DAYS, 0))
    np.testing.assert_allclose(
        model.predict(with_column(2.0 * DAYS, place)), 2.0 * model.predict(with_column(DAYS, place)), rtol=1e-12
    )
    assert np.isfinite(model.score(with_column(DAYS, place), COUNTS))


@at_each_place
def test_weight(place: int):
    weight = RNG.uniform(0.5, 2.0, 60)
    model = quick(data={"weight": f"x{place}"}).fit(with_column(weight, place), y)
    plain = quick().fit(X, y, weight)
    same(model, with_column(weight, place), plain, X)


@at_each_place
def test_target(place: int):
    model = quick(data={"target": f"x{place}"}).fit(with_column(y, place))
    plain = quick().fit(X, y)
    same(model, with_column(y, place), plain, X)
    assert model.score(with_column(y, place)) == plain.score(X, y)
    assert model.evaluate(with_column(y, place)) == plain.evaluate(X, y)


def test_a_last_column_with_the_target_may_be_missing_in_new_rows():
    model = quick(data={"target": "x2"}).fit(with_column(y, 2))
    same(model, X, model, with_column(y, 2))


@at_each_place
def test_parameter_of_a_column(place: int):
    scale = RNG.uniform(1.0, 2.0, 60)
    model = quick(distribution={"scale": {"column": f"x{place}"}}).fit(with_column(scale, place), y)
    d = model.predict_dist(with_column(scale, place))
    np.testing.assert_allclose(d.scale, scale, rtol=1e-12)
    plain = quick(distribution={"scale": {"column": "x0"}}).fit(with_column(scale, 0), y)
    same(model, with_column(scale, place), plain, with_column(scale, 0))


@at_each_place
def test_left_out_of_the_features(place: int):
    features = [f"x{j}" for j in range(3) if j != place]
    model = quick(data={"features": features}).fit(with_column(RNG.normal(size=60), place), y)
    same(model, with_column(RNG.normal(size=60), place), quick().fit(X, y), X)


def test_held_out_rows_have_the_roles_too():
    array = with_column(DAYS, 2)
    model = quick(distribution={"kind": "poisson", "exposure": "x2"})
    model.fit(array[:40], COUNTS[:40], validation=(array[40:], COUNTS[40:]))
    assert np.isfinite(model.history.epochs[-1].validation_nll).all()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (np.ones((4, 4)), r"X has 3 columns beside x2, but the model was fitted on 2\."),
        (np.ones((4, 1)), r"X has 1 column, but the model was fitted on 2\."),
        (np.ones((4, 2)), r"The table lacks the column 'x2', from which the family reads"),
    ],
)
def test_another_number_of_columns(wrong: np.ndarray, message: str):
    model = quick(distribution={"kind": "poisson", "exposure": "x2"}).fit(with_column(DAYS, 2), COUNTS)
    with pytest.raises(ll.DataError, match=message):
        model.predict(wrong)
