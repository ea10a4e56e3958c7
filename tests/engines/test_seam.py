"""The seam: another engine, made of the pure functions, trains to the same weights as the NumPy engine."""

import numpy as np
import pytest

from likelinet.build import build_family, build_network, build_optimiser
from likelinet.config import parse_config
from likelinet.engines.engine import Data
from likelinet.engines.numpy import NumpyEngine
from likelinet.errors import NonFiniteError
from likelinet.families.head import Head
from likelinet.objective import Objective
from likelinet.training.loop import Plan, Streams, train
from likelinet.training.minibatches import split
from likelinet.training.start import initial_weights
from tests.engines.jax_engine import JaxEngine

N = 48
CASES = {
    "gaussian, adamw, clipped, everything in the network": {
        "network": {"hidden": [5, 5], "dropout": 0.2, "layer_norm": True, "residual": True},
        "training": {"gradient_clip": 0.5, "optimizer": {"kind": "adamw", "weight_decay": 0.5}},
    },
    "student t with a shared df, adam": {
        "network": {"hidden": [6], "activation": "tanh"},
        "distribution": {"kind": "student_t", "df": "shared"},
        "training": {"gradient_clip": None, "optimizer": {"kind": "adam"}},
    },
    "two outputs, nesterov": {
        "network": {"hidden": [4], "activation": "relu"},
        "training": {"optimizer": {"kind": "sgd", "learning_rate": 0.05, "momentum": 0.9, "nesterov": True}},
    },
}


def fitted(engine, declared: dict, members: int, patience: int | None = None):
    """Return weights and history of 100 steps on `engine`; the same start and the same batches for every engine."""
    config = parse_config(declared)
    rng = np.random.default_rng(0)
    x = rng.standard_normal((N, 3))
    y = np.sin(x[:, 0]) + 0.3 * rng.standard_normal(N)
    y = np.stack([y, -y + x[:, 1]], axis=1) if config.training.optimizer.kind == "sgd" else y
    weight = rng.uniform(0.5, 1.5, N)
    head = Head(build_family(config.distribution, None, 0, None if y.ndim == 1 else 2))
    objective = Objective(build_network(config.network, 3, head.predicted), head)
    streams = Streams.of(7, members)
    theta = initial_weights(objective, y, weight, [s.initial for s in streams], "float64")
    rows, held = split(N, 0.2, [s.split for s in streams])
    # 38 training rows in batches of 10: four steps an epoch, the last one filled up.
    plan = Plan(rows, held, 10, 25, 100, patience, config.training.gradient_clip, np.zeros(len(y)))
    optimiser = build_optimiser(config.training.optimizer, config.training.schedule, 100, objective.layout)
    return train(engine, objective, Data(x, y, weight), optimiser, plan, theta, streams)


@pytest.mark.parametrize(("declared", "members"), [(c, 1 + i) for i, c in enumerate(CASES.values())], ids=CASES)
def test_a_hundred_steps_give_the_same_weights(declared, members):
    theta, history, cause = fitted(NumpyEngine(), declared, members)
    other, other_history, other_cause = fitted(JaxEngine(), declared, members)
    assert cause is other_cause is None
    assert len(history.epochs) == 25
    np.testing.assert_allclose(other, theta, rtol=1e-10, atol=1e-10)
    assert history.best_epoch == other_history.best_epoch
    for a, b in zip(history.epochs, other_history.epochs, strict=True):
        np.testing.assert_allclose(b.train_nll, a.train_nll, rtol=1e-10)
        np.testing.assert_allclose(b.validation_nll, a.validation_nll, rtol=1e-10)


def test_what_diverges_on_one_diverges_on_the_other():
    declared = {"training": {"optimizer": {"kind": "sgd", "learning_rate": 1e200}, "gradient_clip": None}}
    for engine in (NumpyEngine(), JaxEngine()):
        theta, history, cause = fitted(engine, CASES["two outputs, nesterov"] | declared, 1)
        assert isinstance(cause, NonFiniteError)
        assert "in epoch 1 at step 2" in str(cause)
        assert history.stopped == "not finite"
        assert np.isfinite(theta).all()


def test_members_stop_one_by_one_on_both():
    declared = {"network": {"hidden": [8]}, "training": {"optimizer": {"kind": "adam", "learning_rate": 0.1}}}
    theta, history, _ = fitted(NumpyEngine(), declared, 3, patience=2)
    other, other_history, _ = fitted(JaxEngine(), declared, 3, patience=2)
    running = [len(e.members) for e in history.epochs]
    assert set(running) >= {3, 2}
    assert running == [len(e.members) for e in other_history.epochs]
    np.testing.assert_allclose(other, theta, rtol=1e-9, atol=1e-9)
