"""A limit of time, by a clock of the test's own: each step takes a second."""

import numpy as np
import pytest

from likelinet.training.annealing import Annealing, Stretch
from likelinet.training.budget import Budget
from likelinet.training.history import Epoch
from likelinet.training.progress import Progress
from tests.training.problems import EXACT, model, table, weights
from tests.training.scripted import Clock, Scripted, ScriptedRun, training

X, Y = table(60)
HELD = Annealing(None, Stretch(30, 0.2))


def fallen(steps: int) -> list[float]:
    return [100.0 - 0.1 * steps] * 2


def timed(seconds: float, annealing: Annealing | None = None, steps: int = 1000, step: float = 1.0, **more):
    clock = Clock()
    script = Scripted(fallen, clock, step)
    done = training(script, annealing, steps, seconds=seconds, **more)
    done.go_on()
    theta, history, cause = done.end()
    assert cause is None
    return script, theta[0, 0], history, done.cut_off


@pytest.mark.parametrize("seconds", [50.0, 203.0, 900.0])
def test_it_ends_when_the_time_is_spent(seconds):
    """Within a piece of the fiftieth part of it, and with a look at what it has come to."""
    script, kept, history, cut_off = timed(seconds)
    assert seconds <= script.steps <= seconds * 1.02 + 1.0
    assert history.stopped == "time"
    assert kept == script.steps
    assert history.best_epoch == [len(history.epochs)] * 2
    np.testing.assert_allclose(history.epochs[-1].validation_nll, fallen(script.steps), rtol=1e-13)
    left = 1000 - script.steps
    assert cut_off == f"training would have gone on, for up to {left} more step{'s' * (left > 1)}"


def test_an_epoch_longer_than_the_time_ends_within_it():
    """A thousand steps an epoch: the training rows of what was done are those that count."""
    script, kept, history, _ = timed(100.0, rows=10_000, steps=3000)
    assert len(history.epochs) == 1
    assert 100 <= script.steps == kept <= 103


def test_with_time_enough_nothing_is_cut_off():
    script, kept, history, cut_off = timed(1001.0)
    assert (script.steps, kept, history.stopped, cut_off) == (1000, 1000, "finished", None)


def test_time_is_left_for_the_annealing():
    """Held until 36 seconds, 1.2 times what 30 steps take, are left of 200."""
    script, _, history, cut_off = timed(200.0, HELD)
    (turn, _, rates), *others = script.restarts
    assert others == []
    assert 158 <= turn <= 165
    assert len(rates) == min(round(0.2 * turn), int((200 - turn) / 1.2))
    assert script.steps == turn + len(rates) <= 200
    assert history.stopped == "time"
    assert history.epochs[-1].learning_rate < 0.01
    held = f"the learning rate would have been held for more than {turn} steps"
    assert cut_off == f"{held}, or fallen over more than {len(rates)}"


def test_of_little_time_a_third_is_for_the_annealing():
    script, _, history, _ = timed(30.0, Annealing(None, Stretch(500)), steps=5000)
    (turn, _, rates), *_ = script.restarts
    assert turn in (20, 21)
    assert len(rates) == int((30 - turn) / 1.2)  # with a sixth of that time to spare
    assert (script.steps, history.stopped) == (turn + len(rates), "time")


def test_an_annealing_that_takes_longer_than_it_seemed_is_cut_off():
    clock = Clock()
    script = Scripted(fallen, clock, 1.0)

    def slower(epoch: Epoch) -> None:
        if script.restarts:
            script.seconds = 3.0

    done = training(script, HELD, 1000, seconds=200.0, callbacks=[slower])
    done.go_on()
    history = done.end()[1]
    left = len(script.restarts[0][2]) - (script.steps - script.restarts[0][0])
    assert history.stopped == "time"
    assert left > 0
    assert done.cut_off == f"the learning rate would have fallen to 0 over {left} more steps"


def test_an_annealing_for_which_little_time_is_left_falls_faster():
    script = Scripted(lambda steps: [abs(steps - 40.0)] * 2, Clock(), 1.0)
    done = training(script, Annealing(Stretch(20), Stretch(300)), seconds=120.0)
    done.go_on()
    assert [at for at, *_ in script.restarts] == [60]
    assert script.steps == 60 + 50  # sixty steps' time, with a sixth of it to spare
    history = done.end()[1]
    assert history.stopped == "time"
    assert history.epochs[-1].epochs == history.epochs[-1].epoch
    assert "held for more than 60 steps, or fallen over more than 50" in str(done.cut_off)


def test_a_search_that_has_arrived_has_lost_nothing(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(ScriptedRun, "converged", True)
    script, _, history, cut_off = timed(2.0)
    assert (history.stopped, cut_off) == ("finished", None)
    assert script.steps < 1000


def test_a_hold_that_stalls_in_time_has_lost_nothing():
    script = Scripted(lambda steps: [abs(steps - 40.0)] * 2, Clock(), 1.0)
    done = training(script, Annealing(Stretch(20), Stretch(30)), seconds=500.0)
    done.go_on()
    assert [at for at, *_ in script.restarts] == [60]
    assert (done.end()[1].stopped, done.cut_off) == ("finished", None)


def test_without_a_limit_no_epoch_is_cut():
    budget = Budget(None, Clock())
    assert not budget.over
    assert not budget.late(10**9, 1)
    assert min(budget.piece(0), budget.piece(5), budget.enough_for(5)) > 10**15


def test_what_is_spent_goes_on_after_a_pause():
    clock = Clock()
    budget = Budget(10.0, clock)
    clock.now += 4.0
    later = Budget(10.0, Clock())
    later.go_on_from(budget.spent)
    assert (later.spent, later.over, later.enough_for(8)) == (4.0, False, 12)


NO_TIME = 1e-9  # spent at once on any machine


def test_a_fit_says_what_it_would_have_gone_on_to_do():
    fitted = model(time=NO_TIME)
    with pytest.warns(UserWarning, match="1e-09 s of training.time are spent: training would have gone on, for up to "):
        fitted.fit(X, Y)
    assert fitted.history.stopped == "time"
    assert len(fitted.history.epochs) == 1
    # Its four steps are fewer than are done before the first look at the clock.
    first = model().fit(X, Y, callbacks=[lambda e: True])
    np.testing.assert_array_equal(weights(fitted), weights(first))


def test_l_bfgs_has_its_time_as_well():
    fitted = model(**EXACT, time=NO_TIME)
    with pytest.warns(UserWarning, match="for up to 499 more steps"):
        fitted.fit(X, Y)
    assert (fitted.history.stopped, len(fitted.history.epochs)) == ("time", 1)


def test_the_bar_shows_the_time_that_is_left(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setattr("likelinet.training.progress.on_terminal", lambda: True)
    with Progress() as bar:
        bar.begin(12, 60.0)
        bar(Epoch(1, 8, [1.25], None, [0], 0.1, 12.4))
    shown = capsys.readouterr().err
    assert "48 s of 60 s left" in shown
    assert "epoch 1/8" in shown


@pytest.mark.parametrize(("epochs", "left"), [(800, "00:47 left]"), (3, "00:24 left]")])
def test_what_is_left_ends_with_the_time(
    epochs: int, left: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr("likelinet.training.progress.on_terminal", lambda: True)
    with Progress() as bar:
        bar.begin(epochs, 60.0)
        bar(Epoch(1, epochs, [1.25], None, [0], 0.1, 12.4))
    assert f" epoch 1/{epochs} [{left}" in capsys.readouterr().err
