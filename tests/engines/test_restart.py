"""A restart: other weights, rates and moments, and the same noise and warm-up of the loss as if there had been none."""

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
VAE = {"kind": "vae", "encoder": [], "latent": 1, "decoder": []}


def task(network: dict, rate: float, warm_up: int = 0, width: int = 1) -> tuple[Task, np.ndarray]:
    config = parse_config({"network": network})
    head = build_head(config.distribution, None, 0, width if width > 1 else None)
    objective = Objective(build_network(config.network, 2, head.predicted), head, warm_up)
    y = X if width > 1 else np.sin(X[:, 0])
    rule = Averaged(SGD(constant(rate, STEPS), 0.9), 0.9)
    noise = [np.random.default_rng(m) for m in range(2)]
    data = Data(X, None, y, np.ones(N))
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
    """No weight moves, so that a restart changes nothing: the divergence of a VAE, its weight, its draws."""
    work, theta = task(VAE, 1e-300, warm_up=6, width=2)
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
    fresh = NumpyEngine().start(Task(**{**vars(work), "optimiser": work.optimiser.by(constant(0.01, STEPS))}), theta)
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
