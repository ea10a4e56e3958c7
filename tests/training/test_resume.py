"""A training stopped after any step and restored into a new engine reaches the bits of one that was not stopped."""

import json
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from likelinet.config import parse_config
from likelinet.engines import pieces
from likelinet.engines.engine import Data, Engine
from likelinet.engines.jax import JaxEngine
from likelinet.engines.lbfgs import LbfgsEngine
from likelinet.engines.numpy import NumpyEngine
from likelinet.heads.build import build_head
from likelinet.networks.build import build_network
from likelinet.objective.objective import Objective
from likelinet.optim.build import build_optimiser
from likelinet.training.budget import Budget
from likelinet.training.loop import Training
from likelinet.training.minibatches import split
from likelinet.training.plan import Plan
from likelinet.training.size import annealing_of
from likelinet.training.start import initial_weights
from likelinet.training.streams import Streams
from likelinet.training.windows import Windows
from tests import on_jax

N, EPOCHS, STEPS = 48, 9, 34  # 38 training rows in batches of 10: four steps an epoch, the last epoch has only two
CASES = {
    "adamw, dropout, members that stop early": {
        "network": {"hidden": [5], "dropout": 0.4},
        "training": {
            "optimizer": {"learning_rate": 0.1},
            "gradient_clip": 1.0,
            "early_stopping": {"patience": 3},
        },
        "ensemble": 3,
    },
    "nesterov, one member": {
        "network": {"hidden": [4]},
        "training": {
            "optimizer": {"kind": "sgd", "learning_rate": 0.05, "momentum": 0.9, "nesterov": True},
            "early_stopping": None,
        },
    },
    "single precision, a shared df": {
        "network": {"hidden": [4], "dropout": 0.2},
        "distribution": {"kind": "student_t", "df": "shared"},
        "training": {"precision": "float32", "optimizer": {"kind": "adam"}, "early_stopping": None},
        "ensemble": 2,
    },
    "one member that stops early": {
        "network": {"hidden": [4]},
        "training": {"early_stopping": {"patience": 3}},
    },
    "held, then annealed": {  # two epochs with two looks each, from the second of which on it gets worse
        "network": {"hidden": [5]},
        "training": {
            "average": 0.7,
            "optimizer": {"learning_rate": 0.1},
            "schedule": {"kind": "hold_then_anneal", "warmup": 2, "anneal": 10},
            "early_stopping": {"patience": 1},
        },
        "ensemble": 2,
    },
    "averaged, members that stop early": {
        "network": {"hidden": [5], "dropout": 0.2},
        "training": {"average": 0.7, "optimizer": {"learning_rate": 0.1}, "early_stopping": {"patience": 2}},
        "ensemble": 3,
    },
}
ENGINES: dict[str, Any] = {
    "numpy": NumpyEngine,
    "jax": lambda: JaxEngine(on_jax.OPTIONS, at_once=3),
    "jax, stacked": lambda: JaxEngine(on_jax.OPTIONS, at_once=1),
    "lbfgs": LbfgsEngine,
}
# Compiling takes a second: fewer cases on JAX.
PAIRS = [
    *(("numpy", case) for case in CASES),
    *(("lbfgs", case) for case in list(CASES)[:2]),
    ("jax", "adamw, dropout, members that stop early"),
    ("jax, stacked", "single precision, a shared df"),
]
each = pytest.mark.parametrize(("engine", "case"), PAIRS, ids=[" ".join(p) for p in PAIRS])


def training(
    engine: Engine,
    case: str,
    callbacks=(),
    budget: Budget | None = None,
    again: dict[str, Any] | None = None,
    data: Data | None = None,
    windows: Windows | None = None,
) -> Training:
    """Return a training that has not begun: with the same start, rows and streams whenever it is called.

    `again` has fields of its plan that are others.
    """
    config = parse_config({"quality": "plain", **CASES[case]})
    rng = np.random.default_rng(0)
    x = rng.standard_normal((N, 3))
    y, weight = np.sin(x[:, 0]) + 0.3 * rng.standard_normal(N), rng.uniform(0.5, 1.5, N)
    head = build_head(config.distribution, None, 0, None)
    objective = Objective(build_network(config.network, 3, head.predicted), head)
    streams, dtype = Streams.of(7, config.ensemble), "float64" if engine.takes_all else config.training.precision
    theta = initial_weights(objective, y, weight, [s.initial for s in streams], dtype)
    rows, held = split(N, 0.2, [s.split for s in streams])
    patience = None if config.training.early_stopping is None else config.training.early_stopping.patience
    declared = config.training
    annealing = annealing_of(declared, 4)
    patience, look = (patience, None) if annealing is None else (None, 3)
    plan = Plan(
        rows,
        held,
        10,
        EPOCHS,
        STEPS,
        patience,
        declared.gradient_clip,
        np.zeros(N),
        look=look,
        annealing=annealing,
        together=annealing is not None,
    )
    rule = build_optimiser(declared.optimizer, declared.schedule, STEPS, objective.layout, declared.average)
    data = data or Data(x.astype(dtype), None, y, weight)
    plan = replace(plan, **again or {})
    return Training(engine, objective, data, rule, plan, theta, streams, callbacks, budget, windows)


def outcome(finished: Training) -> tuple[np.ndarray, dict]:
    """Return what a training has come to: everything but the time it took."""
    theta, history, cause = finished.end()
    assert cause is None
    data = history.to_json()
    return theta, {**data, "epochs": [{**e, "seconds": 0.0} for e in data["epochs"]]}


@lru_cache
def uninterrupted(engine: str, case: str) -> tuple[np.ndarray, dict]:
    whole = training(ENGINES[engine](), case)
    whole.go_on()
    return outcome(whole)


def assert_same(found: tuple[np.ndarray, dict], want: tuple[np.ndarray, dict]) -> None:
    assert found[0].dtype == want[0].dtype
    np.testing.assert_array_equal(found[0], want[0])
    assert found[1] == want[1]


def from_plain(state: Any) -> Any:
    """Return a state as it comes out of JSON and bare arrays: nothing of it may be anything else."""
    if isinstance(state, np.ndarray):
        return state.copy()
    if isinstance(state, dict):
        return {json.loads(json.dumps(k)): from_plain(v) for k, v in state.items()}
    if isinstance(state, list):
        return [from_plain(v) for v in state]
    return json.loads(json.dumps(state, allow_nan=False))


@each
@given(steps=st.integers(0, STEPS + 2))
def test_after_any_number_of_steps(engine, case, steps):
    paused = training(ENGINES[engine](), case)
    paused.go_on(steps)
    state = from_plain(paused.state())
    resumed = training(ENGINES[engine](), case)
    resumed.restore(state)
    resumed.go_on()
    assert_same(outcome(resumed), uninterrupted(engine, case))
    if steps % 2:  # it is a copy: the first one, too, can go on
        paused.go_on()
        assert_same(outcome(paused), uninterrupted(engine, case))


@each
@pytest.mark.parametrize("epoch", [1, 4])
def test_the_state_that_a_callback_sees_is_that_of_its_epoch(engine, case, epoch):
    """Whatever the engine has begun in the meantime: JAX is one call ahead."""
    states = []
    watched = training(
        ENGINES[engine](), case, [lambda e: states.append(watched.state()) if e.epoch == epoch else None]
    )
    watched.go_on()
    assert_same(outcome(watched), uninterrupted(engine, case))
    resumed = training(ENGINES[engine](), case)
    resumed.restore(states[0])
    resumed.go_on()
    assert_same(outcome(resumed), uninterrupted(engine, case))


@pytest.mark.parametrize("steps", [3, 7])
def test_an_epoch_in_several_calls_goes_on_within_it(steps, monkeypatch):
    monkeypatch.setattr(pieces, "WORK", 3.0 * pieces.PER_STEP)  # two steps a call
    engine, case = "jax", "adamw, dropout, members that stop early"
    paused, resumed = (training(ENGINES[engine](), case) for _ in range(2))
    paused.go_on(steps)
    resumed.restore(paused.state())
    resumed.go_on()
    np.testing.assert_array_equal(outcome(resumed)[0], uninterrupted(engine, case)[0])


@pytest.mark.parametrize("engine", ["numpy", "jax"])
def test_pausing_within_an_epoch_ends_no_epoch(engine):
    paused = training(ENGINES[engine](), "nesterov, one member")
    paused.go_on(6)
    state = paused.state()
    assert (state["epoch"], state["steps"], len(state["losses"])) == (1, 6, 2)
    assert len(state["history"]["epochs"]) == 1


def test_a_training_that_has_ended_has_ended():
    engine, case = "lbfgs", "one member that stops early"
    want = uninterrupted(engine, case)
    assert want[1]["stopped"] == "early stopping"
    ended, again = (training(ENGINES[engine](), case) for _ in range(2))
    ended.go_on()
    again.restore(ended.state())
    again.go_on()
    assert_same(outcome(again), want)


def test_the_last_epoch_which_is_cut_short_runs_the_code_of_the_others():
    case = "nesterov, one member"
    paused, resumed = (training(ENGINES["jax"](), case) for _ in range(2))
    paused.go_on(32)
    resumed.restore(paused.state())
    resumed.go_on()
    assert [t.state()["run"]["steps_in_a_call"] for t in (paused, resumed)] == [4, 4]


def test_jax_turns_where_numpy_does_and_goes_on_from_there():
    case, states = "held, then annealed", {}
    engine = ENGINES["jax, stacked"]
    watched = training(engine(), case, [lambda e: states.update({e.epoch: from_plain(watched.state())})])
    watched.go_on()
    got, want = outcome(watched), uninterrupted("numpy", case)
    turn = next(epoch for epoch, state in states.items() if state["turn"] is not None) - 1
    assert 2 < turn < len(states)
    np.testing.assert_allclose(got[0], want[0], rtol=1e-4, atol=1e-5)  # in single precision
    for a, b in zip(got[1]["epochs"], want[1]["epochs"], strict=True):
        assert a["learning_rate"] == b["learning_rate"]
        np.testing.assert_allclose(a["validation_nll"], b["validation_nll"], rtol=1e-4)
    for epoch in (turn, turn + 1):
        watched.restore(states[epoch])  # the same one, which is compiled
        watched.go_on()
        assert_same(outcome(watched), got)


def test_time_ends_an_epoch_within_it_on_jax_as_on_numpy(monkeypatch):
    monkeypatch.setattr("likelinet.training.budget.FIRST", 3)  # of the four steps of an epoch
    found = []
    for engine in ("numpy", "jax, stacked"):
        short = training(ENGINES[engine](), "one member that stops early", budget=Budget(1e-9))
        short.go_on()
        found.append(outcome(short))
        assert short.state()["steps"] == 3
    (theta, history), (other, of_other) = found
    assert history["stopped"] == of_other["stopped"] == "time"
    np.testing.assert_allclose(other, theta, rtol=1e-4, atol=1e-5)  # in single precision
    for name in ("train_nll", "validation_nll"):
        np.testing.assert_allclose(history["epochs"][0][name], of_other["epochs"][0][name], rtol=1e-4)
    assert (len(history["epochs"]), len(of_other["epochs"])) == (1, 1)


def test_members_do_stop_early_in_what_is_tried():
    epochs = uninterrupted("numpy", "adamw, dropout, members that stop early")[1]["epochs"]
    assert len({len(e["members"]) for e in epochs}) > 1
    assert len(uninterrupted("lbfgs", "nesterov, one member")[1]["epochs"]) == EPOCHS
