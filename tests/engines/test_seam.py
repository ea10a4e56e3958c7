"""The seam: both engines, started from the same weights with the same batches, do the same."""

import numpy as np
import pytest

from likelinet.config import parse_config
from likelinet.core.errors import NonFiniteError, UndefinedError
from likelinet.engines.engine import Batches, Data, Task
from likelinet.engines.jax import JaxEngine
from likelinet.engines.numpy import NumpyEngine
from likelinet.heads.build import build_head
from likelinet.networks.build import build_network
from likelinet.objective.build import build_criterion
from likelinet.objective.objective import Objective
from likelinet.optim.apart import ScalesApart
from likelinet.optim.build import build_optimiser
from likelinet.training.loop import Training
from likelinet.training.minibatches import split
from likelinet.training.plan import Plan
from likelinet.training.start import initial_weights
from likelinet.training.streams import Streams
from tests import on_jax
from tests.families.declared import DECLARED, columns_for, declared, head_of, observed

N = 48
JAX = JaxEngine(on_jax.OPTIONS)
STACKED = JaxEngine(on_jax.OPTIONS, at_once=1)
CASES = {
    "adamw, clipped, everything in the network, cosine with warmup": {
        "network": {"hidden": [5, 5], "layer_norm": True, "residual": True},
        "training": {
            "gradient_clip": 0.5,
            "optimizer": {"kind": "adamw", "weight_decay": 0.5},
            "schedule": {"kind": "cosine", "warmup": 0.1},
        },
        "ensemble": 2,
    },
    "student t with a shared df, adam": {
        "network": {"hidden": [6], "activation": "tanh"},
        "distribution": {"kind": "student_t", "df": "shared"},
        "training": {"gradient_clip": None, "optimizer": {"kind": "adam"}},
        "ensemble": 2,
    },
    "two outputs, nesterov, rate in steps": {
        "network": {"hidden": [4], "activation": "relu"},
        "training": {
            "optimizer": {"kind": "sgd", "learning_rate": 0.05, "momentum": 0.9, "nesterov": True},
            "schedule": {"kind": "step"},
        },
    },
    "mixture, plain descent": {
        "network": {"hidden": [4], "activation": "gelu"},
        "distribution": {"kind": "mixture", "components": 2},
        "training": {"optimizer": {"kind": "sgd", "learning_rate": 0.02}},
    },
    "student t with a shared df, averaged": {
        "network": {"hidden": [6], "activation": "tanh"},
        "distribution": {"kind": "student_t", "df": "shared"},
        "training": {"average": 0.9},
        "ensemble": 2,
    },
    "natural gradient, scales apart": {
        "network": {"hidden": [4]},
        "training": {"objective": {"kind": "natural_gradient"}, "scale_rate": 0.3, "scale_decay": 3.0, "average": 0.9},
        "ensemble": 2,
    },
    "linear, all shared but the location": {
        "network": {"hidden": []},
        "distribution": {"scale": "shared"},
        "training": {"optimizer": {"kind": "sgd", "momentum": 0.5}},
    },
}


def fitted(
    engine,
    settings: dict,
    patience: int | None = None,
    dtype: str = "float64",
    epochs: int = 25,
    misled: int | None = None,
):
    """Return weights and history of a training on `engine`; the same start and the same batches for every engine.

    The member `misled` validates on the opposite of what it learns, and the others on what they learn.
    """
    config = parse_config({"quality": "plain", **settings})
    rng = np.random.default_rng(0)
    x = rng.standard_normal((N, 3))
    y = np.sin(x[:, 0]) + 0.3 * rng.standard_normal(N)
    y = np.stack([y, -y + x[:, 1]], axis=1) if config.training.optimizer.kind == "sgd" else y
    weight = rng.uniform(0.5, 1.5, N)
    head = build_head(config.distribution, None, 0, None if y.ndim == 1 else 2)
    criterion = build_criterion(config.training.objective)
    objective = Objective(build_network(config.network, 3, head.predicted), head, criterion=criterion)
    streams = Streams.of(7, config.ensemble)
    theta = initial_weights(objective, y, weight, [s.initial for s in streams], dtype)
    rows, held = split(N, 0.2, [s.split for s in streams])
    if misled is not None:
        n = held.shape[1]
        x, y, weight = (
            np.concatenate([x, x[:n]]),
            np.concatenate([y, -10.0 * y[:n]]),
            np.concatenate([weight, np.ones(n)]),
        )
        held = rows[:, :n].copy()
        held[misled] = N + np.arange(n)
    # 38 training rows in batches of 10: four steps an epoch, the last one filled up; the last epoch has only two.
    steps = 4 * epochs - 2
    plan = Plan(rows, held, 10, epochs, steps, patience, config.training.gradient_clip, np.zeros(len(y)))
    declared = config.training
    scales = ScalesApart(head.scales, declared.scale_rate, declared.scale_decay)
    optimiser = build_optimiser(
        declared.optimizer, declared.schedule, steps, objective.layout, declared.average, scales
    )
    training = Training(engine, objective, Data(x.astype(dtype), None, y, weight), optimiser, plan, theta, streams)
    training.go_on()
    return training.end()


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-10), ("float32", 1e-3)])
def test_a_hundred_steps_give_the_same_weights(name, dtype, tolerance):
    theta, history, cause = fitted(NumpyEngine(), CASES[name], dtype=dtype)
    other, other_history, other_cause = fitted(JAX, CASES[name], dtype=dtype)
    assert cause is other_cause is None
    assert len(history.epochs) == 25
    assert other.dtype == dtype
    np.testing.assert_allclose(other, theta, rtol=tolerance, atol=tolerance)
    for a, b in zip(history.epochs, other_history.epochs, strict=True):
        np.testing.assert_allclose(b.train_nll, a.train_nll, rtol=tolerance)
        np.testing.assert_allclose(b.validation_nll, a.validation_nll, rtol=tolerance)
        assert a.learning_rate == b.learning_rate


@pytest.mark.parametrize("engine", [NumpyEngine(), JAX, STACKED], ids=["numpy", "jax", "stacked"])
def test_what_diverges_on_one_diverges_on_the_others(engine):
    case = CASES["two outputs, nesterov, rate in steps"]
    settings = {"training": {"optimizer": {"kind": "sgd", "learning_rate": 1e200}, "gradient_clip": None}}
    theta, history, cause = fitted(engine, case | settings)
    assert isinstance(cause, NonFiniteError)
    assert "in epoch 1 at step 2; the first parameter to fail is 'loc'" in str(cause)
    assert history.stopped == "not finite"
    assert np.isfinite(theta).all()


@pytest.mark.parametrize("engine", [JAX, STACKED], ids=["jax", "stacked"])
def test_members_stop_one_by_one_on_all(engine):
    settings = {
        "network": {"hidden": [8]},
        "training": {"optimizer": {"kind": "adam", "learning_rate": 0.01}},
        "ensemble": 3,
    }
    theta, history, _ = fitted(NumpyEngine(), settings, patience=2, misled=1)
    other, other_history, _ = fitted(engine, settings, patience=2, misled=1)
    running = [len(e.members) for e in history.epochs]
    assert set(running) >= {3, 2}
    assert running == [len(e.members) for e in other_history.epochs]
    assert history.stopped == other_history.stopped
    np.testing.assert_allclose(other, theta, rtol=1e-9, atol=1e-9)


FAST = ("poisson with exposure", "categorical", "censored gaussian", "multivariate gaussian")


@pytest.mark.parametrize("name", [n if n in FAST else pytest.param(n, marks=pytest.mark.slow) for n in DECLARED])
def test_every_family_trains_alike_or_is_refused_by_name(name):
    head, rng = head_of(declared(DECLARED[name])), np.random.default_rng(3)
    objective = Objective(build_network(parse_config({"network": {"hidden": [3]}}).network, 2, head.predicted), head)
    columns = columns_for(head, rng, (1, 8))
    theta = 0.3 * rng.standard_normal((1, objective.layout.size))
    x = rng.standard_normal((1, 8, 2))
    *params, shared = objective.layout.views(theta)
    raw, _ = objective.network.forward(tuple(params), x)
    y = observed(head, raw, shared, columns, rng)[0]
    data = Data(x[0], columns[0] if head.columns else None, y.astype(float), rng.uniform(0.5, 1.5, 8))
    rows = rng.integers(0, 8, (6, 1, 4))
    batches = Batches(rows, data.weight[rows] / 4)
    optimiser = build_optimiser(
        parse_config({"training": {"optimizer": {"kind": "sgd", "learning_rate": 1e-3}}}).training.optimizer,
        None,
        6,
        objective.layout,
    )

    def outcome(engine):
        run = engine.start(Task(objective, data, optimiser, 5.0, [np.random.default_rng(0)], rows[0]), theta)
        return next(run.epochs(iter([batches])))

    want = outcome(NumpyEngine())
    try:
        got = outcome(JAX)
    except UndefinedError as error:
        assert "on this engine" in str(error) or "takes the engine 'numpy'" in str(error)  # noqa: PT017
        assert name in NUMPY_ONLY
        return
    assert name not in NUMPY_ONLY
    np.testing.assert_allclose(got.losses, want.losses, rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(got.held_out, want.held_out, rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(got.weights, want.weights, rtol=1e-10, atol=1e-10)


# Their cdf has no gradient in a shape or rate that JAX knows of.
NUMPY_ONLY = {"clipped gamma", "truncated gamma", "truncated poisson", "censored poisson", "hurdle truncated"}


@pytest.mark.parametrize("columns", [None, np.arange(20.0).reshape(10, 2)])
@pytest.mark.parametrize(
    ("rows", "copied"),
    [
        ([list(range(10))], False),
        ([[3, 4, 5]], False),
        ([[3]], False),
        ([[3, 4, 6]], True),
        ([[5, 4, 3]], True),
        ([[0, 0]], True),
        ([[3, 4, 5], [4, 5, 6]], True),
        ([[]], False),
    ],
)
def test_rows_that_follow_each_other_are_not_copied(rows, copied, columns):
    at = np.array(rows, dtype=int)
    data = Data(np.random.default_rng(0).standard_normal((10, 3)), columns, np.arange(10.0), np.ones(10))
    for table, part in zip((data.x, columns, data.y), data.at(at), strict=True):
        if table is None:
            assert part is None
        else:
            np.testing.assert_array_equal(part, table[at])
            assert part.flags.owndata == copied
