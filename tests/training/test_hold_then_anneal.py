"""A rate that is held until held-out rows stop gaining, and then annealed from the best weights on."""

import numpy as np
import pytest

import likelinet as ll
from likelinet.core.errors import NonFiniteError
from likelinet.training.annealing import Annealing, Stretch
from likelinet.training.best import Best
from likelinet.training.kept import means
from likelinet.training.size import annealing_of, look_of
from tests.training.problems import held, model, table, weights
from tests.training.scripted import Scripted, training

X, Y = table(60)
HOLDS = {"kind": "hold_then_anneal"}


def falls_until(best: int):
    """Return held-out losses of two members that fall for so many steps, and then rise."""
    return lambda steps: [abs(steps - best) / best, 1.0 + abs(steps - best) / best]


def rates(script: Scripted, done) -> list[float]:
    return [e.learning_rate for e in done.end()[1].epochs]


@pytest.mark.parametrize(
    ("best", "patience", "turn", "length"),
    [
        (40, Stretch(20), 60, 30),
        (40, Stretch(20, 1.0), 80, 30),
        (40, Stretch(23), 65, 30),  # somebody looks every five steps
        (200, Stretch(20, 0.5), 300, 40),
        (200, None, 330, 40),  # of 400, a sixth is left for the annealing after all the others, from an epoch's end on
        (385, Stretch(20), 330, 66),
    ],
)
def test_it_turns_where_patience_ends_and_falls_from_the_best(best, patience, turn, length):
    script = Scripted(falls_until(best))
    done = training(script, Annealing(patience, Stretch(30, 0.2)), members=2)
    done.go_on()
    (at, from_weights, fallen), at_best = script.restarts[0], min(best, turn)
    assert (len(script.restarts), at, script.steps) == (1, turn, turn + length)
    assert from_weights == [at_best] * 2
    # cos² of the half angle: half a cosine by another identity.
    np.testing.assert_allclose(fallen, [0.5 * np.cos(np.pi * t / (2 * length)) ** 2 for t in range(length)], rtol=1e-9)
    theta, history, cause = done.end()
    assert (history.stopped, cause) == ("finished", None)
    assert history.epochs[-1].epoch == history.epochs[-1].epochs == len(history.epochs)
    held_for = -(-turn // 5)
    assert [e.learning_rate for e in history.epochs[:held_for]] == [0.5] * held_for
    ends = [min(5 * (i + 1), length) for i in range(-(-length // 5))]
    np.testing.assert_allclose([e.learning_rate for e in history.epochs[held_for:]], fallen[np.array(ends) - 1])
    kept = theta[0, 0]  # nothing of the annealing was better than the best, but where the best was still to come
    assert kept == (at_best if best < turn else min(best, turn + length))


def test_the_mean_over_members_decides_for_all():
    """One has its best at 10, the other at 50 steps, and the mean at 40."""

    def losses(steps: int) -> list[float]:
        if steps == 0:
            return [9.0, 9.0]
        return [abs(steps - 10) / 10.0, 5.0 - 0.14 * min(steps, 40) + 0.01 * max(steps - 40, 0) - (steps == 50) * 0.1]

    script = Scripted(losses)
    done = training(script, Annealing(Stretch(20), Stretch(10)))
    done.go_on()
    means = {s: np.mean(losses(s)) for s in range(5, 100, 5)}
    best = min(means, key=means.__getitem__)
    assert script.restarts[0][:2] == (best + 20, [best] * 2)
    assert done.end()[1].best_epoch == [best // 5] * 2


@pytest.mark.parametrize(("steps", "turn"), [(6, 3), (1, 1), (100, 70), (59, 30)])
def test_a_short_training_holds_for_half_of_it(steps, turn):
    """And ends where `steps` says."""
    script = Scripted(lambda steps: [-float(steps)] * 2)
    done = training(script, Annealing(anneal=Stretch(30)), steps=steps)
    done.go_on()
    assert [at for at, *_ in script.restarts] == ([turn] if turn < steps else [])
    assert script.steps == steps
    assert done.end()[1].best_epoch == [len(done.end()[1].epochs)] * 2


def test_without_held_out_rows_it_turns_at_the_last_moment():
    history = model(validation_fraction=0.0, schedule={**HOLDS, "warmup": 2, "anneal": 6}, epochs=5).fit(X, Y).history
    # 60 rows in batches of 16: four steps an epoch, twenty in all.
    assert [round(e.learning_rate / 0.003, 4) for e in history.epochs] == [
        *[1.0] * 3,  # six steps are left for the annealing, and two that would cut an epoch short
        *[round(np.cos(np.pi * t / 12) ** 2, 4) for t in (3, 5)],
    ]
    assert history.best_epoch == [5]


@pytest.mark.parametrize("epochs", range(2, 8))
def test_there_are_no_more_epochs_than_are_declared(epochs):
    for anneal in (None, 6):
        history = model(schedule={**HOLDS, "anneal": anneal}, epochs=epochs).fit(X, Y).history
        assert [(e.epoch, e.epochs) for e in history.epochs][-1] == (epochs, epochs)


def test_the_rate_rises_over_so_many_steps():
    history = model(schedule={**HOLDS, "warmup": 8, "anneal": 4}, epochs=5).fit(X, Y).history
    assert [round(e.learning_rate / 0.003, 6) for e in history.epochs[:3]] == [0.5, 1.0, 1.0]


@pytest.mark.parametrize("look", [2, 3, None])
def test_each_row_comes_once_in_an_epoch_however_often_somebody_looks(look):
    script = Scripted(falls_until(1000))
    done = training(script, Annealing(None, Stretch(10)), steps=45, look=look)
    done.go_on()
    epochs = done.end()[1].epochs
    assert len(epochs) == {2: 7 * 3 + 2 * 3, 3: 7 * 2 + 2 * 2, None: 7 + 2}[look]
    for m in range(2):  # 35 steps are held, seven epochs, and two more
        for i in range(0, 45, 5):
            rows = np.concatenate([np.array(rows)[m] for rows in script.taken[i : i + 5]])
            assert sorted(rows) == list(range(50))
    assert script.taken == [*_taken_with(None)]


def _taken_with(look):
    script = Scripted(falls_until(1000))
    training(script, Annealing(None, Stretch(10)), steps=45, look=look).go_on()
    return script.taken


def test_an_epoch_that_the_turn_leaves_begins_anew():
    """The best is after 4 steps, and the turn after 8, in the middle of the second epoch."""
    script = Scripted(falls_until(4))
    training(script, Annealing(Stretch(4), Stretch(10)), look=2).go_on()
    assert [at for at, *_ in script.restarts] == [9]  # 2, 4, 5, 7, 9: an epoch of five ends with one step
    for first in (9, 14):
        rows = np.concatenate([np.array(rows)[0] for rows in script.taken[first : first + 5]])
        assert sorted(rows) == list(range(50))


@pytest.mark.parametrize("epoch", [3, 14])
def test_a_callback_stops_it_in_either_part(epoch):
    script = Scripted(falls_until(40))
    done = training(script, Annealing(Stretch(20), Stretch(30)), callbacks=[lambda e: e.epoch == epoch])
    done.go_on()
    theta, history, _ = done.end()
    assert (history.stopped, len(history.epochs)) == ("callback", epoch)
    assert theta[0, 0] == min(5 * epoch, 40)
    assert len(script.restarts) == (epoch > 12)


def test_ctrl_c_in_the_annealing_keeps_the_best():
    def interrupt(epoch):
        if epoch.epoch == 14:
            raise KeyboardInterrupt

    done = training(Scripted(falls_until(40)), Annealing(Stretch(20), Stretch(30)), callbacks=[interrupt])
    done.go_on()
    theta, history, cause = done.end()
    assert (theta[0, 0], history.stopped, type(cause)) == (40.0, "interrupted", KeyboardInterrupt)


def test_a_loss_that_is_not_finite_in_the_annealing_keeps_the_best():
    done = training(Scripted(falls_until(40), fails=67), Annealing(Stretch(20), Stretch(30)))
    done.go_on()
    theta, history, cause = done.end()
    assert (theta[0, 0], history.stopped) == (40.0, "not finite")
    assert isinstance(cause, NonFiniteError)
    assert "in epoch 14 at step 3" in str(cause)
    assert "epoch 8 are kept" in str(cause)


def test_a_member_that_is_lost_does_not_hide_what_the_others_learn():
    best, both, one = Best(np.zeros((3, 1)), None), np.arange(3), np.ones(3)
    for epoch, values in enumerate(([2.0, 3.0, np.inf], [1.0, 3.0, np.inf], [1.0, 3.5, np.inf]), start=1):
        assert best.record(both, np.full((3, 1), float(epoch)), means(np.array(values), one, True), epoch).all()
    assert best.epoch.tolist() == [2, 2, 0]
    best.record(both, np.full((3, 1), 4.0), means(np.array([8.0, 9.0, 7.0]), one, True), 4)  # found again
    assert best.epoch.tolist() == [4, 4, 4]
    best.record(both, np.full((3, 1), 5.0), means(np.full(3, np.inf), one, True), 5)
    assert best.epoch.tolist() == [4, 4, 4]


OVERFITS = {"epochs": 60, "optimizer": {"learning_rate": 0.05}, "early_stopping": {"patience": 4}}


@pytest.mark.parametrize("average", [None, 0.9])
def test_what_is_kept_is_what_was_best(average):
    rows = held(X)
    settings = {**OVERFITS, "schedule": {**HOLDS, "anneal": 12}, "average": average}
    fitted = model(hidden=[32], **settings).fit(X, Y, validation=rows)
    history = fitted.history
    validation = [e.validation_nll[0] for e in history.epochs]
    assert (history.stopped, history.best_epoch) == ("finished", [1 + int(np.argmin(validation))])
    assert len(validation) < 60
    np.testing.assert_allclose(-fitted.score(*rows), min(validation), rtol=1e-10)


@pytest.mark.parametrize(("warmup", "up"), [(0, 1), (5, 5), (50, 8)])
def test_the_annealing_is_warmed_up_over_a_tenth_at_most(warmup, up):
    got = Annealing(warmup=warmup).rates(0.5, 80)[:]
    rise = np.minimum(1.0, np.arange(1, 81) / up)
    np.testing.assert_allclose(got, 0.5 * rise * np.cos(np.pi * np.arange(80) / 160) ** 2, rtol=1e-9)


def test_members_that_hold_out_folds_turn_together_as_well():
    """By the mean over all rows, of which folds of unlike size have unlike shares."""
    settings = {**OVERFITS, "schedule": {**HOLDS, "anneal": 12}, "average": 0.9, "folds": 3}
    fitted = model(hidden=[16], members=3, **settings).fit(X[:53], Y[:53])
    history = fitted.history
    sizes = np.bincount(fitted.out_of_fold.fold)
    assert len(set(sizes)) == 2
    means = [np.average(e.validation_nll, weights=sizes) for e in history.epochs]
    assert history.best_epoch == [1 + int(np.argmin(means))] * 3
    np.testing.assert_allclose(history.out_of_fold_nll, min(means), rtol=1e-10)


def test_what_the_config_says():
    said = ll.TrainingConfig(schedule=ll.HoldThenAnnealConfig(anneal=70), early_stopping={"patience": 3})
    assert annealing_of(said, 20) == Annealing(Stretch(60), Stretch(70), 50)
    never = ll.TrainingConfig(schedule=ll.HoldThenAnnealConfig(), early_stopping=None)
    assert annealing_of(never, 20) == Annealing(None, warmup=50)
    assert annealing_of(ll.TrainingConfig(schedule=ll.HoldThenAnnealConfig(warmup=7)), 20) == Annealing(warmup=7)
    assert annealing_of(ll.TrainingConfig(), 20) is None


@pytest.mark.parametrize(("steps", "look"), [(1, 1), (20, 20), (30, 30), (31, 30), (100, 30), (120, 30), (1001, 251)])
def test_somebody_looks_every_quarter_of_an_epoch_or_thirty_steps(steps, look):
    assert look_of(steps) == look


def test_l_bfgs_has_no_rate_to_hold():
    exact = {"optimizer": {"kind": "lbfgs"}, "epochs": 5, "validation_fraction": 0.0}
    plain, held_rate = (model(**exact, **more).fit(X, Y) for more in ({}, {"schedule": HOLDS, "average": 0.9}))
    np.testing.assert_array_equal(weights(plain), weights(held_rate))
