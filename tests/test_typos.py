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
    """Return measures of shells, which grow less and less, and their years."""
    rng = np.random.default_rng(5)
    age = rng.gamma(9.0, 1.1, 1100) + 1.0
    size = (1.0 - np.exp(-0.25 * age)) * np.exp(0.18 * rng.normal(size=1100))

    def measured(scale: float, power: int, noise: float) -> np.ndarray:
        return (scale * size**power * np.exp(noise * rng.normal(size=1100))).round(4)

    columns = {"length": measured(0.62, 1, 0.02), "height": measured(0.17, 1, 0.1), "weight": measured(1.6, 3, 0.1)}
    return columns, age.round(1)


def some(columns: dict[str, np.ndarray], rows: slice, wrong: int | slice | None = None) -> dict[str, np.ndarray]:
    """Return some rows, with ten times the height in those that are wrong."""
    found = {name: values[rows].copy() for name, values in columns.items()}
    if wrong is not None:
        found["height"][wrong] *= 10.0
    return found


X, Y = shells()


def fitted(config: dict[str, Any], wrong: int | None = None) -> ll.Model:
    """Return a model of the training rows."""
    return ll.Model(config).fit(some(X, TRAIN, wrong), Y[TRAIN], progress=False)


def log_scores(model: ll.Model, wrong: int | slice | None = None) -> np.ndarray:
    """Return the log score of each test row."""
    return model.predict_dist(some(X, TEST, wrong)).log_prob(Y[TEST])


def test_in_training_it_costs_its_neighbours_little_and_others_nothing():
    wrong = 7
    cost = log_scores(fitted(SAME)) - log_scores(fitted(SAME, wrong))
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
    assert (right - each).mean() < 0.5  # 35 to 10,000 where nothing holds it
    assert (right - each).max() < 8.0
