"""A cell that is ten times too large, as a height is in the abalone data: what it costs its own row and all others."""

from typing import Any

import numpy as np
import pytest

import likelinet as ll

pytestmark = pytest.mark.filterwarnings("ignore:Numbers (outside|far)")
TRAIN, TEST = slice(800), slice(800, 1100)
SAME = {"training": {"epochs": 30, "validation_fraction": 0.0}}  # so that two fits differ by the cell alone
SAID = "Numbers outside of the range of training are held within it: column 'height' in 300 rows"


def shells() -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Return measures of shells, which grow less and less, and their years; the higher ones are older."""
    rng = np.random.default_rng(5)
    age = rng.gamma(9.0, 1.1, 1100) + 1.0
    size = (1.0 - np.exp(-0.25 * age)) * np.exp(0.18 * rng.normal(size=1100))
    high, *noise = rng.normal(size=(3, 1100))
    length, height, weight = size, size * np.exp(0.1 * high), size**3
    columns = {
        "length": 0.62 * length * np.exp(0.02 * noise[0]),
        "height": 0.17 * height,
        "weight": 1.6 * weight * np.exp(0.1 * noise[1]),
    }
    return {name: values.round(4) for name, values in columns.items()}, (age + 2.0 * high).round(1)


def some(
    columns: dict[str, np.ndarray], rows: slice, wrong: int | slice | None = None, times: float = 10.0
) -> dict[str, np.ndarray]:
    """Return some rows, with so many times the height in those that are wrong."""
    found = {name: values[rows].copy() for name, values in columns.items()}
    if wrong is not None:
        found["height"][wrong] *= times
    return found


X, Y = shells()


def fitted(config: dict[str, Any], wrong: int | None = None, times: float = 10.0) -> ll.Model:
    """Return a model of the training rows."""
    return ll.Model({"quality": "plain", **config}).fit(some(X, TRAIN, wrong, times), Y[TRAIN], progress=False)


def log_scores(model: ll.Model, wrong: int | slice | None = None) -> np.ndarray:
    """Return the log score of each test row."""
    return model.predict_dist(some(X, TEST, wrong)).log_prob(Y[TEST])


@pytest.mark.parametrize("times", [10.0, 1000.0])
def test_in_training_it_costs_its_neighbours_little_and_others_nothing(times: float):
    wrong = 7
    cost = log_scores(fitted(SAME)) - log_scores(fitted(SAME, wrong, times))
    apart = sum(((v[TEST] - v[TRAIN][wrong]) / v[TRAIN].std()) ** 2 for v in X.values())
    near = apart <= np.quantile(apart, 0.1)
    assert cost[near].max() < 2.0
    assert cost[~near].mean() < 0.05


def test_at_prediction_it_costs_its_own_row_little_and_others_nothing():
    model = fitted({})
    right = log_scores(model)
    one = log_scores(model, wrong=11)
    np.testing.assert_array_equal(np.delete(one, 11), np.delete(right, 11))
    with pytest.warns(UserWarning, match=SAID):
        each = log_scores(model, wrong=slice(None))  # of each row, which no other one influences
    assert one[11] == each[11]
    assert (right - each).mean() < 4.0  # 13 at the 95 % quantile, and 10⁶ and more where nothing holds it
