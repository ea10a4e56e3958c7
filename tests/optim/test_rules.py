"""Optimisers: the formula for one number, the pure against the in-place form, and the same on JAX."""

import dataclasses

import jax
import numpy as np
import pytest

from likelinet.optim.optimiser import ENTRIES_AT_ONCE as CHUNK
from likelinet.optim.optimiser import Optimiser, chunks
from likelinet.optim.schedules import cosine
from tests import on_jax
from tests.cases import OPTIMISERS

STEPS, DECAYED = 6, 3
RATES = cosine(0.1, STEPS)[:]
each = pytest.mark.parametrize("rule", OPTIMISERS.values(), ids=OPTIMISERS)


def problem(members: int, size: int, dtype=np.float64, steps: int = STEPS):
    rng = np.random.default_rng(0)
    theta = rng.standard_normal((members, size)).astype(dtype)
    return theta, rng.standard_normal((steps, members, size)).astype(dtype) * dtype(3.0)


def pure(optimiser: Optimiser, theta: np.ndarray, gradients: np.ndarray) -> np.ndarray:
    state = optimiser.init(theta)
    for g in gradients:
        theta, state = optimiser.update(g, state, theta)
    return theta


def in_place(optimiser: Optimiser, theta: np.ndarray, gradients: np.ndarray) -> np.ndarray:
    theta = theta.copy()
    state = optimiser.init(theta)
    for g in gradients:
        state = optimiser.update_in_place(g.copy(), state, theta)
    return theta


def test_every_optimiser_has_a_row():
    assert set(Optimiser.__subclasses__()) == {type(rule.make(RATES, 0)) for rule in OPTIMISERS.values()}


@each
@pytest.mark.parametrize("form", [pure, in_place])
@pytest.mark.parametrize("members", [1, 2])
def test_each_number_follows_the_formula(rule, form, members):
    theta, gradients = problem(members, 5)
    got = form(rule.make(RATES, DECAYED), theta, gradients)
    for m in range(members):
        for j in range(5):
            args = float(theta[m, j]), gradients[:, m, j].tolist(), RATES.tolist(), j < DECAYED
            np.testing.assert_allclose(got[m, j], rule.reference(*args), rtol=1e-12)


@each
@pytest.mark.parametrize(("dtype", "rtol"), [(np.float32, 2e-5), (np.float64, 1e-12)])
@pytest.mark.parametrize(
    ("members", "size", "decayed"),
    [
        (1, 7, 7),
        (3, 10, 4),
        (1, CHUNK, CHUNK),
        (1, CHUNK + 5, CHUNK + 2),
        (3, CHUNK, 9),
        (2, CHUNK + 1, CHUNK // 2 + 3),
    ],
)
def test_in_place_is_the_pure_update(rule, dtype, rtol, members, size, decayed):
    theta, gradients = problem(members, size, dtype, steps=3)
    optimiser = rule.make(cosine(0.1, 3), decayed, size)
    got, want = in_place(optimiser, theta, gradients), pure(optimiser, theta, gradients)
    assert got.dtype == want.dtype == dtype
    np.testing.assert_allclose(got, want, rtol=rtol, atol=rtol)


@each
def test_the_pure_update_writes_to_nothing(rule):
    theta, gradients = problem(2, 5)
    before = theta.copy(), gradients.copy()
    pure(rule.make(RATES, DECAYED), theta, gradients)
    np.testing.assert_array_equal(theta, before[0])
    np.testing.assert_array_equal(gradients, before[1])


@each
def test_jax_gives_the_same_with_the_step_traced(rule):
    theta, gradients = problem(2, 5)

    def scanned(theta, gradients, rates):
        optimiser = rule.make(rates, DECAYED)

        def step(carry, g):
            theta, state = optimiser.update(g, carry[1], carry[0])
            return (theta, state), None

        start = jax.tree.map(jax.numpy.asarray, (theta, optimiser.init(theta)))
        return jax.lax.scan(step, start, gradients)[0][0]

    want = pure(rule.make(RATES, DECAYED), theta, gradients)
    np.testing.assert_allclose(on_jax.run(scanned, theta, gradients, RATES), want, rtol=1e-10)


def test_weight_decay_shrinks_the_decayed_entries_alone():
    adamw = OPTIMISERS["adamw"].make(np.full(4, 0.5), 2)
    assert adamw.weight_decay == 0.3
    for form in (pure, in_place):
        got = form(adamw, np.ones((1, 5)), np.zeros((4, 1, 5)))
        np.testing.assert_allclose(got, [[(1 - 0.5 * 0.3) ** 4] * 2 + [1.0] * 3], rtol=1e-13)


def test_members_are_updated_by_themselves():
    theta, gradients = problem(3, 2 * CHUNK // 3 + 1)
    for rule in OPTIMISERS.values():
        optimiser = rule.make(RATES, DECAYED, theta.shape[1])
        together = in_place(optimiser, theta, gradients)
        for m in range(3):
            np.testing.assert_array_equal(
                together[m : m + 1], in_place(optimiser, theta[m : m + 1], gradients[:, m : m + 1])
            )


@pytest.mark.parametrize("shape", [(1, 1), (1, CHUNK), (1, CHUNK + 1), (3, CHUNK), (2 * CHUNK, 1), (2, 0)])
def test_pieces_are_views_that_cover_every_entry_once(shape):
    first, second = np.zeros(shape), np.zeros(shape)
    for a, b in chunks(first, second):
        a += 1.0
        b += 2.0
        assert a.size == b.size <= CHUNK
    assert (first == 1.0).all()
    assert (second == 2.0).all()


def test_an_optimiser_is_data():
    assert all(dataclasses.is_dataclass(rule.make(RATES, 0)) for rule in OPTIMISERS.values())
