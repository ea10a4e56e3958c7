"""The moving average of weights: its closed forms, both forms of it, and what both engines make of it."""

import jax
import numpy as np
import pytest

from likelinet.optim.adam import Adam
from likelinet.optim.averaged import Averaged
from likelinet.optim.optimiser import ENTRIES_AT_ONCE, Optimiser
from likelinet.optim.schedules import constant
from likelinet.optim.sgd import SGD
from tests import on_jax

RULES = {
    "sgd": lambda rates: SGD(rates, 0.9, True),
    "adamw": lambda rates: Adam(rates, 0.3, 3),
}
each = pytest.mark.parametrize("make", RULES.values(), ids=RULES)


def pure(optimiser: Optimiser, theta: np.ndarray, gradients: np.ndarray):
    state = optimiser.init(theta)
    for g in gradients:
        theta, state = optimiser.update(g, state, theta)
    return theta, state


def in_place(optimiser: Optimiser, theta: np.ndarray, gradients: np.ndarray):
    theta = theta.copy()
    state = optimiser.init(theta)
    for g in gradients:
        state = optimiser.update_in_place(g.copy(), state, theta)
    return theta, state


def problem(steps: int, size: int = 5, members: int = 2):
    rng = np.random.default_rng(0)
    return rng.standard_normal((members, size)), rng.standard_normal((steps, members, size))


forms = pytest.mark.parametrize("form", [pure, in_place])


@forms
@each
@pytest.mark.parametrize("steps", [1, 7, 60])
def test_it_is_the_weighted_mean_of_all_weights_on_the_way(make, form, steps):
    """Each by its closed form: (1 - d) of its own step, and the d of all later ones."""
    decay, (theta, gradients) = 0.8, problem(steps)
    on_the_way = [pure(make(np.full(steps, 0.1)), theta, gradients[: t + 1])[0] for t in range(steps)]
    d = [min(decay, t / (t + 10)) for t in range(steps)]
    share = [(1 - d[t]) * np.prod(d[t + 1 :]) for t in range(steps)]
    np.testing.assert_allclose(sum(share), 1.0, rtol=1e-13)  # the start has no part in it
    optimiser = Averaged(make(np.full(steps, 0.1)), decay)
    got, state = form(optimiser, theta, gradients)
    np.testing.assert_array_equal(got, form(make(np.full(steps, 0.1)), theta, gradients)[0])
    want = sum(s * w for s, w in zip(share, on_the_way, strict=True))
    np.testing.assert_allclose(optimiser.kept(got, state), want, rtol=1e-11, atol=1e-12)


@forms
def test_on_a_quadratic_it_is_a_sum_of_powers(form):
    """Gradient descent on h θ² / 2 multiplies θ by 1 - ηh; long after, with a constant d, so does its average."""
    steps, rate, decay, h = 400, 0.1, 0.75, np.array([[0.2, 1.0, 3.0]])
    optimiser = Averaged(SGD(constant(rate, steps)), decay)
    theta, state = np.ones((1, 3)), optimiser.init(np.ones((1, 3)))
    for _ in range(steps):
        if form is pure:
            theta, state = optimiser.update(h * theta, state, theta)
        else:
            state = optimiser.update_in_place(h * theta, state, theta)
    r = 1.0 - rate * h
    # Up to t = 30, d is t / (t + 10), which gives the weights before 30 · 40 / 10 ... a mean of their own.
    young = np.zeros((1, 3))
    for t in range(30):
        young = t / (t + 10) * young + 10 / (t + 10) * r ** (t + 1)
    later = steps - 30
    # Σ (1 - d) d^k r^(steps - k) over the later ones, a geometric series.
    series = (1 - decay) * r**steps * (1 - (decay / r) ** later) / (1 - decay / r)
    np.testing.assert_allclose(theta, r**steps, rtol=1e-10)
    np.testing.assert_allclose(optimiser.kept(theta, state), decay**later * young + series, rtol=1e-9)


@each
@pytest.mark.parametrize("size", [7, ENTRIES_AT_ONCE + 5])
@pytest.mark.parametrize(("dtype", "rtol"), [(np.float32, 2e-5), (np.float64, 1e-12)])
def test_in_place_is_the_pure_average(make, size, dtype, rtol):
    theta, gradients = (a.astype(dtype) for a in problem(3, size))
    optimiser = Averaged(make(np.full(3, 0.1)), 0.6)
    (_, got), (_, want) = in_place(optimiser, theta, gradients), pure(optimiser, theta, gradients)
    assert got.average.dtype == want.average.dtype == dtype
    np.testing.assert_allclose(got.average, want.average, rtol=rtol, atol=rtol)


@each
def test_jax_gives_the_same_average_with_the_step_traced(make):
    theta, gradients = problem(30)

    def scanned(theta, gradients, rates):
        optimiser = Averaged(make(rates), 0.6)

        def step(carry, g):
            return optimiser.update(g, carry[1], carry[0]), None

        start = jax.tree.map(jax.numpy.asarray, (theta, optimiser.init(theta)))
        moved, state = jax.lax.scan(step, start, gradients)[0]
        return optimiser.kept(moved, state)

    rates = np.linspace(0.1, 0.2, 30)
    want = pure(Averaged(make(rates), 0.6), theta, gradients)[1].average
    np.testing.assert_allclose(on_jax.run(scanned, theta, gradients, rates), want, rtol=1e-10)


@each
def test_a_start_of_its_own_is_not_written_to(make):
    theta, gradients = problem(4)
    before = theta.copy()
    optimiser = Averaged(make(np.full(4, 0.1)), 0.6)
    state = optimiser.init(theta)
    optimiser.update_in_place(gradients[0].copy(), state, theta.copy())
    np.testing.assert_array_equal(theta, before)
    assert not np.shares_memory(state.average, theta)


def test_without_an_average_what_is_moved_is_kept():
    theta, optimiser = problem(1)[0], SGD(np.full(1, 0.1))
    assert optimiser.kept(theta, optimiser.init(theta)) is theta


def test_other_rates_leave_the_rest_as_it_is():
    optimiser = Averaged(Adam(np.full(2, 0.1), 0.3, 3), 0.6).by(np.full(2, 0.7))
    assert optimiser.rates[0] == 0.7
    assert (optimiser.decay, optimiser.rule.weight_decay, optimiser.rule.decayed) == (0.6, 0.3, 3)
