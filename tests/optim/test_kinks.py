"""L-BFGS where there is a kink at the minimum, or no minimum at all."""

import numpy as np
import pytest
import scipy.optimize
from hypothesis import given
from hypothesis import strategies as st

from likelinet.optim.kinks import downhill
from likelinet.optim.lbfgs import begin, iterate
from likelinet.optim.line_search import line_search
from tests.optim.test_lbfgs import search, seeds


def absolute(x: np.ndarray) -> tuple[float, np.ndarray]:
    return float(np.abs(x).sum()), np.sign(x)


def deviations(seed: int, n: int = 60, p: int = 4):
    """Return the mean absolute deviation of heavy-tailed rows as a function of their coefficients, and its minimum.

    The minimum is that of a linear programme (Koenker 2005, section 6.2).
    """
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((n, p))
    y = x.sum(1) + rng.standard_cauchy(n)

    def function(beta: np.ndarray) -> tuple[float, np.ndarray]:
        away = x @ beta - y
        return float(np.abs(away).mean()), x.T @ np.sign(away) / n

    both = np.block([[x, -np.eye(n)], [-x, -np.eye(n)]])
    cost = np.concatenate([np.zeros(p), np.full(n, 1.0 / n)])
    bounds = [(None, None)] * p + [(0.0, None)] * n
    return function, scipy.optimize.linprog(cost, A_ub=both, b_ub=np.concatenate([y, -y]), bounds=bounds).fun


@pytest.mark.parametrize("start", [(3.3, -2.1), (-0.7, 40.0), (1e-3, 2.0)])
def test_the_corner_of_the_absolute_value_is_found(start):
    last = search(absolute, start)[-1]
    assert last.arrived
    np.testing.assert_allclose(last.point, 0.0, atol=1e-8)


@given(seed=seeds, size=st.integers(1, 12))
def test_from_anywhere(seed, size):
    last = search(absolute, 3.0 * np.random.default_rng(seed).standard_normal(size), most=1000)[-1]
    assert last.value < 1e-5


@pytest.mark.parametrize("seed", range(6))
def test_median_regression_is_that_of_linear_programming(seed):
    """Its minimum is a vertex, at which as many rows are met as there are coefficients."""
    function, minimum = deviations(seed)
    last = search(function, np.zeros(4))[-1]
    assert last.arrived
    np.testing.assert_allclose(last.value, minimum, rtol=1e-6)


@pytest.mark.parametrize("start", [(-1.0, 1.2), (0.5, -3.0), (2.0, 0.0)])
def test_a_kink_that_bends_is_followed_to_its_end(start):
    """Nesterov's nonsmooth variant of Rosenbrock's function (Gürbüzbalaban & Overton 2012): 0 at (1, 1)."""

    def valley(x: np.ndarray) -> tuple[float, np.ndarray]:
        away = x[1] - 2.0 * x[0] ** 2 + 1.0
        gradient = np.array([0.5 * (x[0] - 1.0) - 4.0 * x[0] * np.sign(away), np.sign(away)])
        return float(0.25 * (x[0] - 1.0) ** 2 + abs(away)), gradient

    np.testing.assert_allclose(search(valley, start)[-1].point, 1.0, rtol=1e-3)


@given(seed=seeds, length=st.sampled_from([1e-3, 1.0, 30.0]))
def test_the_line_search_comes_to_an_end_at_a_kink(seed, length):
    """The slope is never near zero: the strong Wolfe conditions hold nowhere."""
    rng = np.random.default_rng(seed)
    at, below, above = rng.uniform(0.1, 10.0, 3)

    def function(x: np.ndarray) -> tuple[float, np.ndarray]:
        away = x[0] - at
        return float(above * away if away > 0.0 else -below * away), np.array([above if away > 0.0 else -below])

    calls = []
    found = line_search(
        lambda x: calls.append(x) or function(x), np.zeros(1), below * at, np.array([-below]), np.ones(1), length
    )
    assert found is not None
    assert found.slope == above  # past the kink
    assert found.value <= below * at * (1.0 - 1e-3 * found.length / at)
    assert len(calls) < 40


def test_a_flat_function_is_at_its_minimum():
    assert downhill(lambda x: (0.0, np.zeros(2)), np.zeros(2), np.zeros(2)) is None


def test_where_there_is_no_minimum_an_iteration_is_over_soon():
    calls = []

    def falling(x: np.ndarray) -> tuple[float, np.ndarray]:
        calls.append(x)
        return float(-x.sum()), -np.ones(2)

    now = begin(falling, np.zeros(2))
    for _ in range(3):
        before, many = now, len(calls)
        now = iterate(falling, now)
        assert len(calls) - many <= 11
        assert now.value < before.value - 1e5
        assert not now.arrived
