"""L-BFGS: its line search, its memory, and the minima that it finds."""

import numpy as np
import pytest
import scipy.optimize
from hypothesis import given
from hypothesis import strategies as st

from likelinet.optim import lbfgs, line_search
from likelinet.optim.lbfgs import MEMORY, Search, begin, iterate

seeds = st.integers(0, 2**32 - 1)


def search(function, point, most: int = 500) -> list[Search]:
    """Return every stage of a search, from its beginning to where it has arrived."""
    stages = [begin(function, np.asarray(point, dtype=float))]
    while not stages[-1].arrived and len(stages) <= most:
        stages.append(iterate(function, stages[-1]))
    return stages


def rosenbrock(x: np.ndarray) -> tuple[float, np.ndarray]:
    return float(scipy.optimize.rosen(x)), scipy.optimize.rosen_der(x)


def wavy(seed: int, size: int = 3):
    """Return a smooth function that is bounded below and has many minima."""
    rng = np.random.default_rng(seed)
    a, b = rng.standard_normal((4, size)), rng.standard_normal(4)

    def function(x: np.ndarray) -> tuple[float, np.ndarray]:
        z = a @ x + b
        return float(np.sin(z).sum() + 0.05 * x @ x), a.T @ np.cos(z) + 0.1 * x

    return function


@given(seed=seeds)
def test_a_quadratic_has_its_minimum_where_linear_algebra_says(seed):
    rng = np.random.default_rng(seed)
    root, b = rng.standard_normal((8, 6)), rng.standard_normal(6)
    a = root.T @ root + 0.1 * np.eye(6)
    last = search(lambda x: (float(0.5 * x @ a @ x - b @ x), a @ x - b), np.zeros(6))[-1]
    assert last.arrived
    np.testing.assert_allclose(last.point, np.linalg.solve(a, b), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("size", [2, 10])
def test_a_curved_valley_is_followed_to_its_end(size):
    stages = search(rosenbrock, np.tile([-1.2, 1.0], size // 2))
    assert stages[-1].arrived
    np.testing.assert_allclose(stages[-1].point, 1.0, rtol=1e-6)
    values = [s.value for s in stages]
    assert values == sorted(values, reverse=True)
    # About as many evaluations as SciPy's: it is the same method.
    theirs = scipy.optimize.minimize(rosenbrock, stages[0].point, jac=True, method="L-BFGS-B", options={"gtol": 1e-9})
    assert len(stages) < 1.5 * theirs.nit + 10


@given(seed=seeds, length=st.sampled_from([1e-3, 1.0, 30.0]))
def test_the_line_search_meets_the_weak_wolfe_conditions(seed, length):
    function, rng = wavy(seed), np.random.default_rng(seed)
    x = 3.0 * rng.standard_normal(3)
    value, gradient = function(x)
    direction = -gradient * rng.uniform(0.2, 2.0, 3)
    slope = gradient @ direction
    found = line_search.line_search(function, x, value, gradient, direction, length)
    assert found is not None
    np.testing.assert_array_equal(found.point, x + found.length * direction)
    assert (found.value, found.slope) == (function(found.point)[0], function(found.point)[1] @ direction)
    assert found.value <= value + 1e-3 * found.length * slope
    assert found.slope >= 0.9 * slope


def test_a_point_that_is_hardly_lower_is_not_enough():
    """A cubic with f(0) = 0 and f'(0) = -1; at 1 it is flat enough, but lower by 1e-5 alone."""
    c = -0.5 + 2e-5
    b = 1.0 - 1e-5 - c

    def function(x: np.ndarray) -> tuple[float, np.ndarray]:
        return float(-x[0] + b * x[0] ** 2 + c * x[0] ** 3), -1.0 + 2.0 * b * x + 3.0 * c * x**2

    found = line_search.line_search(function, np.zeros(1), 0.0, np.array([-1.0]), np.ones(1), 1.0)
    # The cubic through both ends is the function itself, so that the next point is its minimum.
    minimum = (-b + np.sqrt(b * b + 3.0 * c)) / (3.0 * c)
    np.testing.assert_allclose([found.length, found.slope], [minimum, 0.0], rtol=1e-12, atol=1e-12)


@given(seed=seeds, many=st.integers(1, MEMORY))
def test_the_memory_stands_for_the_matrix_of_bfgs(seed, many):
    """The inverse Hessian of BFGS, written out (Nocedal & Wright 2006, equation 7.16)."""
    rng, p = np.random.default_rng(seed), 5
    root = rng.standard_normal((p, p))
    steps = rng.standard_normal((many, p))
    changes = steps @ (root @ root.T + np.eye(p))
    h = np.eye(p) * (steps[-1] @ changes[-1]) / (changes[-1] @ changes[-1])
    for s, y in zip(steps, changes, strict=True):
        v = np.eye(p) - np.outer(y, s) / (y @ s)
        h = v.T @ h @ v + np.outer(s, s) / (y @ s)
    g = rng.standard_normal(p)
    np.testing.assert_allclose(lbfgs._inverse_hessian_times(g, steps, changes), h @ g, rtol=1e-8, atol=1e-10)


def test_only_the_last_steps_are_remembered():
    stages = search(rosenbrock, [-1.2, 1.0, -1.2, 1.0])
    assert max(len(s.steps) for s in stages) == MEMORY
    late = stages[MEMORY + 5]
    moved = np.diff([s.point for s in stages[: MEMORY + 6]], axis=0)
    np.testing.assert_array_equal(late.steps, moved[-MEMORY:])


def test_where_the_function_is_not_finite_it_comes_back():
    """-2 log x - log(1 - x) has its minimum at 2/3, and nothing beyond 0 and 1."""

    def function(x: np.ndarray) -> tuple[float, np.ndarray]:
        if not 0.0 < x[0] < 1.0:
            return np.inf, np.zeros(1)
        return float(-2.0 * np.log(x[0]) - np.log1p(-x[0])), -2.0 / x + 1.0 / (1.0 - x)

    for start in (1e-6, 0.9999):
        np.testing.assert_allclose(search(function, [start])[-1].point, 2.0 / 3.0, rtol=1e-7)


def test_a_minimum_is_left_alone():
    assert begin(rosenbrock, np.ones(4)).arrived
    assert not begin(rosenbrock, np.zeros(4)).arrived


def test_a_gradient_that_misleads_ends_the_search_where_it_is():
    stages = search(lambda x: (float(x @ x), -2.0 * x), [1.0, 2.0])
    assert len(stages) == 2
    assert stages[-1].arrived
    np.testing.assert_array_equal(stages[-1].point, [1.0, 2.0])


def test_a_memory_that_misleads_is_forgotten():
    first = begin(rosenbrock, np.array([-1.2, 1.0]))
    misled = Search(first.point, first.value, first.gradient, np.array([[1.0, 0.0]]), np.array([[-1.0, 0.0]]), False)
    after = iterate(rosenbrock, misled)
    np.testing.assert_array_equal(after.point, iterate(rosenbrock, first).point)
    assert after.value < first.value
