"""Weights of a stack: closed forms, SciPy's SLSQP, rows that weigh more, and densities of 0."""

import re
from typing import Any

import numpy as np
import pytest
from scipy import stats
from scipy.optimize import minimize

import likelinet as ll
from likelinet.scores import stacked_weights

RNG = np.random.default_rng(3)
Y = RNG.normal(0.3, 1.2, 400)


def densities(*parameters: tuple[float, float]) -> np.ndarray:
    return np.stack([stats.norm.logpdf(Y, *p) for p in parameters], axis=1)


def mean_score(w: np.ndarray, scores: np.ndarray, weight: np.ndarray) -> float:
    return float(np.average(np.log(np.exp(scores) @ w), weights=weight))


def by_slsqp(scores: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Return the weights that a general optimiser finds, with its own derivatives."""
    groups = scores.shape[1]
    found = minimize(
        lambda w: -mean_score(np.maximum(w, 0.0), scores, weight),
        np.full(groups, 1.0 / groups),
        method="SLSQP",
        bounds=[(0.0, 1.0)] * groups,
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1.0},
        options={"ftol": 1e-14, "maxiter": 500},
    )
    return found.x


@pytest.mark.parametrize(
    "parameters",
    [
        [(-1.0, 1.0), (1.0, 1.0)],
        [(-1.0, 1.0), (1.0, 1.0), (0.0, 3.0)],
        [(0.3, 1.2), (5.0, 1.0), (0.0, 0.3), (0.0, 9.0)],
    ],
)
@pytest.mark.parametrize("weighted", [False, True])
def test_as_good_as_slsqp(parameters: list[tuple[float, float]], weighted: bool):
    scores, weight = densities(*parameters), RNG.uniform(0.1, 3.0, 400) if weighted else np.ones(400)
    w = stacked_weights(scores, weight if weighted else None)
    np.testing.assert_allclose(w.sum(), 1.0, rtol=1e-12)
    assert (w >= 0.0).all()
    other = by_slsqp(scores, weight)
    np.testing.assert_allclose(w, other, atol=1e-3)
    # The certificate: the maximum is no higher than by so much.
    assert mean_score(w, scores, weight) >= mean_score(other, scores, weight) - 2e-8


def test_predictions_that_are_possible_in_different_rows_get_their_shares():
    scores = np.where(np.eye(3)[[0, 0, 1, 2, 2, 2, 2]] > 0.0, -700.0, -np.inf)
    np.testing.assert_allclose(stacked_weights(scores), [2 / 7, 1 / 7, 4 / 7], rtol=1e-9)
    weight = np.array([1.0, 0.0, 5.0, 1.0, 1.0, 0.0, 0.0])
    np.testing.assert_allclose(stacked_weights(scores, weight), [1 / 8, 5 / 8, 2 / 8], rtol=1e-9)


def test_a_row_of_weight_two_is_two_rows():
    scores, weight = densities((-1.0, 1.0), (1.0, 1.0)), RNG.integers(0, 3, 400)
    np.testing.assert_allclose(
        stacked_weights(scores, weight), stacked_weights(np.repeat(scores, weight, axis=0)), rtol=1e-9
    )


def test_units_and_impossible_rows_do_not_matter():
    scores = densities((-1.0, 1.0), (1.0, 1.0))
    moved = np.concatenate([scores + 5000.0 * RNG.standard_normal((400, 1)), np.full((3, 2), -np.inf)])
    np.testing.assert_allclose(stacked_weights(moved), stacked_weights(scores), rtol=1e-7)


def test_one_prediction_and_equal_ones():
    assert stacked_weights([[-3.0], [-1.0]]).tolist() == [1.0]
    assert stacked_weights([[-3.0, -3.0], [-1.0, -1.0]]).tolist() == [0.5, 0.5]


@pytest.mark.parametrize(
    ("scores", "weight", "message"),
    [
        ([1.0, 2.0], None, "log_densities must have shape (rows, predictions), got (2,)."),
        ([[np.nan, 1.0]], None, "log_densities has nan or inf"),
        ([[np.inf, 1.0]], None, "log_densities has nan or inf"),
        ([[-np.inf, -np.inf]], None, "No row is possible under any of the predictions"),
        ([[0.0, 1.0]], [0.0], "No row is possible under any of the predictions"),
        ([[0.0, 1.0]], [-1.0], "weight must be 1 finite numbers, none negative."),
        ([[0.0, 1.0]], [1.0, 1.0], "weight must be 1 finite numbers, none negative."),
    ],
)
def test_what_cannot_be_weighed(scores: Any, weight: Any, message: str):
    with pytest.raises(ll.DataError, match=f"^{re.escape(message)}"):
        stacked_weights(scores, weight)
