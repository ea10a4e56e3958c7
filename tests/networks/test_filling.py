"""Filling: what the other inputs say of a missing one, exactly where they tell it."""

import numpy as np
import pytest

from likelinet.networks.filling import RIDGE, ROWS, Filling, learn_filling

RNG = np.random.default_rng(0)
AMOUNTS = [(0, 1), (2, 3), (5, 6)]  # input 4 is an amount without missing cells, 7 is no amount
BY = [0, 1, 2, 3, 4, 5, 6]


def rows(n: int = 2000, rate: float = 0.1) -> tuple[np.ndarray, np.ndarray]:
    """Return x with missing numbers at 0, and x without: of a, b and c = a - 2 b each is told by the others."""
    a, b, d = RNG.standard_normal((3, n))
    told, missing = np.stack([a, b, a - 2.0 * b], axis=1), RNG.random((n, 3)) < rate
    x = np.zeros((n, 8))
    x[:, 4], x[:, 7] = d, a > 0.3
    x[:, [1, 3, 6]], x[:, [0, 2, 5]] = missing, np.where(missing, 0.0, told)
    whole = x.copy()
    whole[:, [0, 2, 5]] = told
    return x, whole


def filled(x: np.ndarray, matrices: np.ndarray) -> np.ndarray:
    for matrix in matrices:
        x, _ = Filling(AMOUNTS, matrix).forward((), x)
    return x


def test_columns_that_are_functions_of_others_are_recovered():
    x, whole = rows(rate=0.02)
    x[:, [1, 3, 6]] *= x[:, [1, 3, 6]].sum(1, keepdims=True) <= 1.0  # of two that are missing nothing is known
    x[:, [0, 2, 5]] = np.where(x[:, [1, 3, 6]] > 0.0, 0.0, whole[:, [0, 2, 5]])
    found = filled(x, learn_filling(AMOUNTS, BY, x, np.ones(len(x))))
    error = np.abs(found - whole)
    assert error[:, [0, 2, 5]][x[:, [1, 3, 6]] > 0.0].max() < 0.2  # of a standard deviation, where zeros were 3 off
    np.testing.assert_array_equal(found[:, [1, 3, 4, 6, 7]], x[:, [1, 3, 4, 6, 7]])
    np.testing.assert_array_equal(found[(x[:, [1, 3, 6]] == 0.0).all(1)], x[(x[:, [1, 3, 6]] == 0.0).all(1)])


def test_it_is_the_ridge_regression():
    x, _ = rows(60)
    weight = RNG.uniform(0.5, 2.0, 60)
    first, *_ = learn_filling(AMOUNTS, BY, x, weight)
    there = x[:, 3] == 0.0
    share = weight[there] / weight[there].sum()
    z, y = np.delete(x[there], [2, 3, 7], axis=1), x[there, 2]
    mean, middle = share @ z, share @ y
    spread = np.sqrt(share @ (z - mean) ** 2)
    rows_of = np.concatenate([np.sqrt(share)[:, None] * (z - mean) / spread, np.sqrt(RIDGE) * np.eye(5)])
    slope = np.linalg.lstsq(rows_of, np.append(np.sqrt(share) * (y - middle), np.zeros(5)))[0] / spread
    np.testing.assert_allclose(first[[0, 1, 4, 5, 6, 8], 1], [*slope, middle - mean @ slope], rtol=1e-9, atol=1e-12)
    np.testing.assert_array_equal(first[[2, 3, 7], 1], 0.0)
    np.testing.assert_array_equal(first[-2:, 1], [y.min(), y.max()])


def test_the_second_round_goes_by_what_the_first_has_filled():
    x, whole = rows(rate=0.3)
    one, two = (filled(x, learn_filling(AMOUNTS, BY, x, np.ones(len(x)))[:k]) for k in (1, 2))
    wrong = [np.abs(found - whole)[:, [0, 2, 5]].mean() for found in (x, one, two)]
    assert wrong[2] < 0.97 * wrong[1] < 0.6 * wrong[0]


def test_what_it_fills_is_held_within_the_range_of_training():
    x, _ = rows()
    matrices = learn_filling(AMOUNTS, BY, x, np.ones(len(x)))
    far = np.array([[0.0, 1.0, -50.0, 0.0, 0.0, -50.0, 0.0, 0.0]])
    least = x[x[:, 1] == 0.0, 0].min()
    assert filled(far, matrices)[0, 0] == least
    for layer in (Filling(AMOUNTS, matrix) for matrix in matrices):
        np.testing.assert_array_equal(layer.values(())(far), layer.forward((), far)[0])


def test_rows_of_weight_2_are_rows_twice_and_constant_columns_say_nothing():
    x, _ = rows(50)
    x[:, 4] = 0.1
    weight = 1.0 + np.arange(50) % 2
    once = learn_filling(AMOUNTS, BY, x, weight)
    twice = learn_filling(AMOUNTS, BY, x.repeat(weight.astype(int), axis=0), np.ones(75))
    np.testing.assert_allclose(once, twice, rtol=1e-9, atol=1e-11)
    np.testing.assert_array_equal(once[:, 4], 0.0)


@pytest.mark.parametrize("n", [ROWS + 1, 3 * ROWS])
def test_many_rows_are_learned_from_some(n: int):
    x, _ = rows(n)
    every = learn_filling(AMOUNTS, BY, x, np.ones(n))
    some = learn_filling(AMOUNTS, BY, x[: ROWS // 2], np.ones(ROWS // 2))
    np.testing.assert_allclose(every[:, :-2], some[:, :-2], atol=0.1)


def test_without_amounts_there_is_no_layer():
    assert learn_filling([], BY, np.zeros((3, 8)), np.ones(3)).shape == (0, 11, 0)
