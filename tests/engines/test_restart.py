"""A restart: other weights, rates and moments, and the same noise and warm-up of the loss as if there had been none."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from likelinet.config import parse_config
from likelinet.engines.engine import Batches, Data, Task
from likelinet.engines.jax import JaxEngine
from likelinet.engines.lbfgs import LbfgsEngine
from likelinet.engines.numpy import NumpyEngine
from likelinet.heads.build import build_head
from likelinet.networks.build import build_network
from likelinet.objective.objective import Objective
from likelinet.optim.averaged import Averaged
from likelinet.optim.schedules import constant
from likelinet.optim.sgd import SGD
from tests import on_jax

ENGINES = {"numpy": NumpyEngine, "jax": lambda: JaxEngine(on_jax.OPTIONS, at_once=1)}
N, BATCH, STEPS = 12, 3, 8
RNG = np.random.default_rng(0)
X = RNG.standard_normal((N, 2))
ROWS = RNG.integers(0, N, (STEPS, 2, BATCH))


class Counting(Objective):
    """A loss with the number of steps before it added, as one that is warmed up depends on it."""

    def __call__(self, params, noise, x, columns, y, weight, step=None):
        values, backward = super().__call__(params, noise, x, columns, y, weight, step)
        return values + (0 if step is None else step), backward


def task(network: dict, rate: float) -> tuple[Task, np.ndarray]:
    config = parse_config({"quality": "plain", "network": network})
    head = build_head(config.distribution, None, 0, None)
    objective = Counting(build_network(config.network, 2, head.predicted), head)
    rule = Averaged(SGD(constant(rate, STEPS), 0.9), 0.9)
    noise = [np.random.default_rng(m) for m in range(2)]
    data = Data(X, None, np.sin(X[:, 0]), np.ones(N))
    theta = 0.3 * np.random.default_rng(1).standard_normal((2, objective.layout.size))
    return Task(objective, data, rule, None, noise, np.arange(4).reshape(2, 2)), theta


def batches(first: int, last: int) -> Batches:
    return Batches(ROWS[first:last], np.full((last - first, 2, BATCH), 1.0 / BATCH))


def losses(run, restarts: list[int], theta: np.ndarray) -> np.ndarray:
    """Return the losses of all steps, with a restart from the start after so many of them."""
    found = []
    for first, last in pairwise([0, *restarts, STEPS]):
        if first:
            run.restart(theta, constant(1e-300, STEPS))
        found += [next(run.epochs(iter([batches(first, last)]))).losses]
    return np.concatenate(found)


@pytest.mark.parametrize("engine", ENGINES.values(), ids=ENGINES)
def test_noise_and_warm_up_go_on(engine):
    """No weight moves, so that a restart changes nothing of the losses with dropout."""
    work, theta = task({"hidden": [3], "dropout": 0.5}, 1e-300)
    work = replace(work, held_out=work.held_out[:, :0])  # which would be compiled, too
    run = engine().start(work, theta)
    begun = run.state()
    want = losses(run, [], theta)
    assert len(set(want[:, 0].tolist())) == STEPS
    run.restore(begun)
    np.testing.assert_allclose(losses(run, [3, 5], theta), want, rtol=1e-10)


@pytest.mark.parametrize("engine", ENGINES.values(), ids=ENGINES)
def test_moments_and_average_begin_anew(engine):
    work, theta = task({"hidden": [3]}, 0.1)
    run = engine().start(work, theta)
    first = next(run.epochs(iter([batches(0, 2)])))
    run.restart(first.weights, constant(0.01, STEPS))
    np.testing.assert_array_equal(run.weights(), first.weights)
    second = next(run.epochs(iter([batches(2, 5)])))
    fresh = NumpyEngine().start(replace(work, optimiser=work.optimiser.by(constant(0.01, STEPS))), theta)
    fresh.restart(first.weights, constant(0.01, STEPS))
    want = next(fresh.epochs(iter([batches(2, 5)])))
    assert second.learning_rate == 0.01
    np.testing.assert_allclose(second.weights, want.weights, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(second.held_out, want.held_out, rtol=1e-9)
    assert np.abs(second.weights - first.weights).max() > 1e-4


def test_l_bfgs_searches_anew():
    work, theta = task({"hidden": []}, 0.1)
    every = Batches(np.tile(np.arange(N), (1, 2, 1)), np.full((1, 2, N), 1.0 / N))
    run = LbfgsEngine().start(work, theta)
    first = next(run.epochs(iter([every])))
    next(run.epochs(iter([every])))
    run.restart(theta, None)
    np.testing.assert_array_equal(run.weights(), theta)
    np.testing.assert_array_equal(next(run.epochs(iter([every]))).weights, first.weights)
