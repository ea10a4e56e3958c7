"""The NumPy engine: what it computes, what it leaves alone, and how it fails."""

import threading
from contextlib import nullcontext
from dataclasses import replace

import numpy as np
import pytest

from likelinet.config import parse_config
from likelinet.engines import numpy as numpy_engine
from likelinet.engines import threads as threads_module
from likelinet.engines.engine import Batches, Data, Diverged, Outcome, Task
from likelinet.engines.numpy import NumpyEngine
from likelinet.heads.build import build_head
from likelinet.networks.build import build_network
from likelinet.objective.objective import Objective
from likelinet.optim.adam import Adam
from likelinet.optim.sgd import SGD

N, INPUTS = 12, 2


def problem(members: int = 2, distribution: dict | None = None, dropout: float = 0.0):
    config = parse_config({"network": {"hidden": [3], "dropout": dropout}, "distribution": distribution or {}})
    head = build_head(config.distribution, None, 0, None)
    objective = Objective(build_network(config.network, INPUTS, head.predicted), head)
    rng = np.random.default_rng(0)
    data = Data(rng.standard_normal((N, INPUTS)), None, rng.standard_normal(N), rng.uniform(0.5, 1.5, N))
    return objective, data, 0.3 * rng.standard_normal((members, objective.layout.size))


def start(objective, data, theta, rate=0.1, limit=None, seed=0):
    noise = [np.random.default_rng([seed, m]) for m in range(len(theta))]
    held_out = np.zeros((len(theta), 0), dtype=int)
    return NumpyEngine().start(Task(objective, data, SGD(np.full(100, rate)), limit, noise, held_out), theta)


def epoch(run, batches) -> np.ndarray:
    """Return the losses of one epoch."""
    return next(run.epochs(iter([batches]))).losses


def one_batch(members: int) -> Batches:
    rows = np.stack([np.roll(np.arange(N), m)[:5] for m in range(members)])[None]
    return Batches(rows, np.full(rows.shape, 0.2))


def test_a_step_is_gradient_descent_on_the_objective():
    objective, data, theta = problem()
    run, batch = start(objective, data, theta), one_batch(2)
    losses = epoch(run, batch)
    rows = batch.rows[0]
    want, backward = objective(objective.layout.views(theta), (), *data.at(rows), batch.share[0])
    np.testing.assert_allclose(losses, want[None], rtol=1e-13)
    moved = zip(objective.layout.views(run.weights()), objective.layout.views(theta), backward(), strict=True)
    for after, before, grad in moved:
        np.testing.assert_allclose(after, before - 0.1 * grad, rtol=1e-12, atol=1e-14)


def test_the_start_and_the_weights_handed_out_are_copies():
    objective, data, theta = problem()
    before = theta.copy()
    run = start(objective, data, theta)
    first = run.weights()
    epoch(run, one_batch(2))
    np.testing.assert_array_equal(theta, before)
    np.testing.assert_array_equal(first, before)
    assert not np.array_equal(run.weights(), before)


def test_rows_of_share_0_have_no_say():
    objective, data, theta = problem()
    batch, runs = one_batch(2), [start(objective, data, theta) for _ in range(2)]
    padded = Batches(np.pad(batch.rows, ((0, 0), (0, 0), (0, 3))), np.pad(batch.share, ((0, 0), (0, 0), (0, 3))))
    np.testing.assert_allclose(epoch(runs[0], padded), epoch(runs[1], batch), rtol=1e-13)
    np.testing.assert_allclose(runs[0].weights(), runs[1].weights(), rtol=1e-12)


def test_evaluate_is_the_weighted_sum_in_any_number_of_blocks(monkeypatch):
    objective, data, theta = problem(dropout=0.5)
    rows = np.stack([np.arange(N), np.arange(N)[::-1]])
    run = start(objective, data, theta)
    whole = run.evaluate(theta, rows)
    plain, _ = objective(objective.layout.views(theta), (), *data.at(rows), data.weight[rows])
    monkeypatch.setattr(numpy_engine, "ROWS_AT_ONCE", 5)
    np.testing.assert_allclose(whole, plain, rtol=1e-13)
    np.testing.assert_allclose(run.evaluate(theta, rows), plain, rtol=1e-13)


def test_members_that_are_kept_go_on_as_if_nothing_had_happened():
    objective, data, theta = problem(members=3, dropout=0.4)
    batch, runs = one_batch(3), [start(objective, data, theta) for _ in range(2)]
    for run in runs:
        epoch(run, batch)
    before = runs[0].weights()
    runs[0].stop(np.array([1]))
    outcome = next(runs[0].epochs(iter([batch])))
    epoch(runs[1], batch)
    np.testing.assert_allclose(outcome.weights[[0, 2]], runs[1].weights()[[0, 2]], rtol=1e-12)
    np.testing.assert_array_equal(runs[0].weights()[1], before[1])


def test_dropout_is_drawn_from_the_stream_given():
    objective, data, theta = problem(dropout=0.5)
    losses = [epoch(start(objective, data, theta, seed=s), one_batch(2)) for s in (0, 0, 1)]
    np.testing.assert_array_equal(losses[0], losses[1])
    assert (losses[0] != losses[2]).all()


def test_a_loss_that_is_not_finite_names_step_and_parameter():
    objective, data, theta = problem(distribution={"links": {"loc": "identity", "scale": "exp"}})
    theta[1] *= 1e3
    batch = one_batch(2)
    with pytest.raises(Diverged, match=r"^the loss is not finite at step 1; .* 'scale'$"):
        epoch(start(objective, data, theta), batch)
    objective, data, theta = problem()
    twice = Batches(np.tile(batch.rows, (2, 1, 1)), np.tile(batch.share, (2, 1, 1)))
    with pytest.raises(Diverged) as caught:
        epoch(start(objective, data, theta, rate=1e300), twice)
    assert (caught.value.step, caught.value.parameter) == (1, "loc")


def test_clipping_limits_the_step():
    objective, data, theta = problem()
    run = start(objective, data, theta, rate=1.0, limit=1e-3)
    epoch(run, one_batch(2))
    np.testing.assert_allclose(np.linalg.norm(run.weights() - theta, axis=1), 1e-3, rtol=1e-9)


@pytest.fixture
def threads(monkeypatch):
    """Every member in a thread of its own."""
    monkeypatch.setattr(threads_module, "GROUPED_FROM", 0)
    monkeypatch.setattr(threads_module, "workers", lambda: 3)


def outcome(objective, data, theta, steps=4) -> Outcome:
    rows = np.random.default_rng(3).integers(0, N, (steps, len(theta), 5))
    held_out = np.tile(np.arange(7), (len(theta), 1))
    noise = [np.random.default_rng(m) for m in range(len(theta))]
    adam = Adam(np.full(100, 0.1), weight_decay=0.1, decayed=3)
    run = NumpyEngine().start(Task(objective, data, adam, 1.0, noise, held_out), theta)
    batches = Batches(rows, np.full(rows.shape, 0.2))
    first, second = run.epochs(iter([batches, batches]))
    assert not np.array_equal(first.weights, second.weights)
    return second


def test_members_in_threads_of_their_own_have_the_same_bits(request):
    objective, data, theta = problem(members=3, dropout=0.3)
    together = outcome(objective, data, theta)
    request.getfixturevalue("threads")
    assert len(threads_module.thread_groups(objective.network, 5, 3)) == 3
    apart = outcome(objective, data, theta)
    np.testing.assert_array_equal(apart.losses, together.losses)
    np.testing.assert_array_equal(apart.held_out, together.held_out)
    np.testing.assert_array_equal(apart.weights, together.weights)


@pytest.mark.parametrize(("cores", "streamed", "one"), [(2, True, True), (2, False, False), (4, True, False)])
def test_blas_leaves_one_of_two_cores_to_what_reads(cores, streamed, one, monkeypatch):
    network, limited = problem(members=1)[0].network, nullcontext()
    monkeypatch.setattr(threads_module, "SHARED_FROM", 0)
    monkeypatch.setattr(threads_module, "workers", lambda: cores)
    monkeypatch.setattr(threads_module, "one_blas_thread", lambda: limited)
    assert (threads_module.blas_threads(network, 5, streamed) is limited) is one


@pytest.mark.parametrize("member", [0, 2])
def test_the_first_step_that_fails_is_named_from_whichever_thread(member, threads):
    objective, data, theta = problem(members=3)
    data = replace(data, y=np.where(np.arange(N) == 11, 1e200, data.y))  # squared, it overflows
    rows = np.zeros((6, 3, 1), dtype=int)
    rows[2, member] = rows[4] = 11
    run = start(objective, data, theta)
    with pytest.raises(Diverged) as caught:
        epoch(run, Batches(rows, np.ones(rows.shape)))
    assert (caught.value.step, caught.value.parameter) == (2, "scale")


def test_ctrl_c_ends_all_threads(threads, monkeypatch):
    objective, data, theta = problem(members=3)
    many = one_batch(3)
    batches = Batches(np.tile(many.rows, (90, 1, 1)), np.tile(many.share, (90, 1, 1)))
    clip, main = numpy_engine.clip_in_place, threading.get_ident()

    def interrupted(grads: np.ndarray, limit: float) -> None:
        if threading.get_ident() == main:
            raise KeyboardInterrupt
        clip(grads, limit)

    monkeypatch.setattr(numpy_engine, "clip_in_place", interrupted)
    task = Task(objective, data, SGD(np.full(100, 1e-9)), 1.0, [], np.zeros((3, 0), dtype=int))
    limited = NumpyEngine().start(task, theta)
    with pytest.raises(KeyboardInterrupt):
        epoch(limited, batches)
    assert not [t for t in threading.enumerate() if t.name.startswith("ThreadPoolExecutor")]
