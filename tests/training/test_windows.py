"""Windows: an engine that is fed rows does what it does with all of them at once, to the bit."""

from collections.abc import Callable
from dataclasses import replace
from threading import Event, active_count

import numpy as np
import pytest

from likelinet.config import parse_config
from likelinet.core.errors import DataError
from likelinet.engines.engine import Batches, Data, Task
from likelinet.engines.jax import JaxEngine
from likelinet.engines.numpy import NumpyEngine
from likelinet.optim.build import build_optimiser
from likelinet.training.loop import Training
from likelinet.training.windows import Windows
from tests import on_jax
from tests.training import test_resume
from tests.training.test_resume import assert_same, from_plain, outcome

ENGINES: dict[str, Callable] = {"numpy": NumpyEngine, "jax": lambda: JaxEngine(on_jax.OPTIONS, at_once=3)}
DROPOUT, HELD = "adamw, dropout, members that stop early", "held, then annealed"
SIZE, PASS = 30, 3
engines = pytest.mark.parametrize("engine", ENGINES)


def rows(k: int, data: Data) -> Data:
    """Return other rows for window k of a pass, with the held-out ones of `data`."""
    rng = np.random.default_rng(k)
    x, y, weight = data.x.copy(), data.y.copy(), data.weight.copy()
    x[:SIZE] = rng.standard_normal((SIZE, x.shape[1]))
    y[:SIZE] = np.sin(x[:SIZE, 0])
    weight[:SIZE] = rng.uniform(0.5, 1.5, SIZE)
    return Data(x, None, y, weight)


def training(
    engine: str, case: str, made: Callable[[int, Data], Data], of_pass: int, look: int = 3, fed: int | None = None
) -> tuple[Training, Windows]:
    """Return a training on windows, in which the last rows are held out of all members.

    Of as many windows as the plan has in a pass, or of so many that are `fed`.
    """
    plain = test_resume.training(ENGINES[engine](), case)
    data, members = plain._data, len(plain._plan.train)
    held = np.arange(SIZE, len(data.y))
    train, validation = (np.tile(r, (members, 1)) for r in (np.arange(SIZE), held))
    windows = Windows(of_pass if fed is None else fed, lambda k, _: made(k, data))
    again = {"train": train, "validation": validation, "windows": of_pass, "look": look}
    return test_resume.training(ENGINES[engine](), case, again=again, windows=windows, data=windows.at(0)), windows


def finished(case: Training, windows: Windows):
    case.go_on()
    windows.close()
    return outcome(case)


@engines
@pytest.mark.parametrize("case", [DROPOUT, HELD])
def test_the_same_rows_fed_again_and_again_are_those_that_stay(engine, case):
    """Copies, so that an engine is fed with each epoch."""
    fed, stay = (finished(*training(engine, case, lambda k, data: rows(0, data), 7, fed=n)) for n in (7, 1))
    assert_same(fed, stay)


@engines
def test_windows_are_the_rows_of_one_large_table(engine):
    """The oracle has all windows in one table, and is handed their rows, epoch by epoch."""
    plain = test_resume.training(ENGINES[engine](), DROPOUT)
    config, data = parse_config({"quality": "plain", **test_resume.CASES[DROPOUT]}).training, plain._data
    each = [rows(k, data) for k in range(PASS)]
    many = len(data.y)
    x, y, weight = (np.concatenate([getattr(d, name) for d in each]) for name in ("x", "y", "weight"))
    whole = Data(x, None, y, weight)
    members, rng = 3, np.random.default_rng(5)
    orders = [rng.integers(0, SIZE, (4, members, 8)) for _ in range(2 * PASS)]
    share = np.full((4, members, 8), 0.125)
    held = np.tile(np.arange(SIZE, many), (members, 1))
    found = []
    for fed in (True, False):
        rule = build_optimiser(config.optimizer, config.schedule, 99, plain._objective.layout, config.average)
        noise = [np.random.default_rng(m) for m in range(members)]
        task = Task(plain._objective, each[0] if fed else whole, rule, 1.0, noise, held)
        run = ENGINES[engine]().start(task, plain._best.start)

        def batches(run=run, fed=fed):
            for k, order in enumerate(orders):
                if fed and k:
                    run.feed(each[k % PASS])
                yield Batches(order if fed else order + many * (k % PASS), share)

        found.append([(o.weights, o.losses, o.held_out) for o in run.epochs(batches())])
    for one, other in zip(*found, strict=True):
        for a, b in zip(one, other, strict=True):
            np.testing.assert_array_equal(a, b)


@engines
@pytest.mark.parametrize("case", [DROPOUT, HELD])
@pytest.mark.parametrize("steps", [5, 9, 17])
def test_a_training_that_is_paused_goes_on_in_its_window(engine, case, steps):
    want = finished(*training(engine, case, rows_of, PASS))
    paused, windows = training(engine, case, rows_of, PASS)
    paused.go_on(steps)
    state = from_plain(paused.state())
    windows.close()
    resumed, windows = training(engine, case, rows_of, PASS)
    resumed.restore(state)
    assert_same(finished(resumed, windows), want)


@engines
@pytest.mark.parametrize(("case", "look"), [("nesterov, one member", 3), (HELD, 3), (HELD, 2)])
def test_one_that_is_restored_after_its_last_look_judges_by_its_last_window(engine, case, look):
    """As one that was not stopped does: what is kept may not depend on it."""
    whole, windows = training(engine, case, rows_of, PASS, look)
    whole.go_on()
    windows.close()
    resumed, windows = training(engine, case, rows_of, PASS, look)
    resumed.restore(from_plain(whole.state()))
    resumed.go_on()
    windows.close()
    found = [
        (each._data.y, each._data.weight, each._run.evaluate(each._best.theta, each._plan.train))
        for each in (whole, resumed)
    ]
    for one, other in zip(*found, strict=True):
        np.testing.assert_array_equal(one, other)
    assert not np.array_equal(found[0][0], rows_of(0, whole._data).y)


def rows_of(k: int, data: Data) -> Data:
    return rows(k, data)


@engines
def test_a_loss_that_is_not_finite_is_told_by_the_rows_of_its_window(engine):
    def made(k: int, data: Data) -> Data:
        found = rows(k, data)
        return found if k != 2 else replace(found, y=np.where(np.arange(len(found.y)) < SIZE, np.inf, found.y))

    bad, windows = training(engine, "nesterov, one member", made, 5)
    bad.go_on()
    windows.close()
    _, history, cause = bad.end()
    assert history.stopped == "not finite"
    assert len(history.epochs) == 2
    assert "in epoch 3 at step 1;" in str(cause)


EMPTY = Data(np.zeros((1, 1)), None, np.zeros(1), np.zeros(1))


def test_an_error_comes_through_and_ends_the_thread():
    def bad(k: int, _: Callable[[], None]) -> Data:
        if k == 1:
            raise DataError("row 7 is odd")
        return EMPTY

    before, windows = active_count(), Windows(9, bad)
    windows.at(0)
    with pytest.raises(DataError, match="row 7"):
        windows.at(1)
    assert active_count() == before


def test_nothing_is_made_after_the_end():
    began, go = Event(), Event()
    made: list[int] = []

    def slow(k: int, check: Callable[[], None]) -> Data:
        if k == 1:
            began.set()
            go.wait()
            check()
        made.append(k)
        return EMPTY

    before, windows = active_count(), Windows(9, slow)
    assert windows.at(0) is EMPTY
    began.wait()
    windows._closed.set()
    go.set()
    windows.close()
    assert made == [0]
    assert active_count() == before
