"""How long training goes on, and the settings that null or 0 turns off."""

import numpy as np
import pytest

from tests.training.problems import model, table, weights

X, Y = table(60)


def epochs_of(**training):
    return model(**training).fit(X, Y).history.epochs


def test_epochs_end_the_training():
    history = model(epochs=7).fit(X, Y).history
    assert [e.epoch for e in history.epochs] == list(range(1, 8))
    assert {e.epochs for e in history.epochs} == {7}
    assert history.stopped == "finished"


@pytest.mark.parametrize(("steps", "epochs"), [(1, 1), (4, 1), (5, 2), (9, 3), (100, 5)])
def test_steps_end_the_training_if_they_come_first(steps, epochs):
    # 54 training rows, four steps an epoch.
    history = model(steps=steps, epochs=5).fit(X, Y).history
    assert len(history.epochs) == epochs
    assert history.stopped == "finished"


def test_a_cut_epoch_does_only_the_steps_that_are_left():
    settings = {"schedule": None, "optimizer": {"kind": "sgd", "learning_rate": 1e-3}, "validation_fraction": 0.0}
    cut = model(steps=1, gradient_clip=1e-6, **settings).fit(X, Y)
    whole = model(steps=4, gradient_clip=1e-6, **settings).fit(X, Y)
    start = model(steps=1, gradient_clip=1e-300, **settings).fit(X, Y)
    moved = [np.linalg.norm(weights(m) - weights(start)) for m in (cut, whole)]
    np.testing.assert_allclose(moved[0], 1e-9, rtol=1e-3)
    assert moved[1] > 1e-9
    assert moved[1] <= 4.001e-9  # certain: four steps of that length


def test_a_batch_larger_than_the_table_is_one_full_batch():
    fits = [model(batch_size=size, validation_fraction=0.0).fit(X, Y) for size in (1000, 60, None)]
    for other in fits[1:]:
        np.testing.assert_array_equal(weights(other), weights(fits[0]))


def test_no_schedule_keeps_the_rate():
    assert {e.learning_rate for e in epochs_of(schedule=None, optimizer={"learning_rate": 0.02})} == {0.02}


def test_the_default_schedule_rises_and_falls():
    rates = [e.learning_rate for e in epochs_of(epochs=20, optimizer={"learning_rate": 0.02}, early_stopping=None)]
    assert rates[1] > rates[0]
    assert 0.0 < rates[-1] < 1e-3
    assert max(rates) <= 0.02


def test_no_early_stopping_uses_every_epoch():
    settings = {"epochs": 40, "schedule": None, "optimizer": {"learning_rate": 0.1}}
    stopped = model(early_stopping={"patience": 1}, **settings).fit(X, Y).history
    history = model(early_stopping=None, **settings).fit(X, Y).history
    assert (stopped.stopped, history.stopped) == ("early stopping", "finished")
    assert len(stopped.epochs) < len(history.epochs) == 40
    assert history.best_epoch[0] == 1 + int(np.argmin([e.validation_nll[0] for e in history.epochs]))


def test_no_validation_keeps_the_last_epoch():
    history = model(validation_fraction=0.0, optimizer={"learning_rate": 0.02}, schedule=None).fit(X, Y).history
    assert {e.validation_nll for e in history.epochs} == {None}
    assert history.best_epoch == [5]


def test_no_clipping_is_clipping_at_a_limit_never_reached():
    settings = {"validation_fraction": 0.0, "optimizer": {"learning_rate": 0.02}}
    free, loose, tight = (weights(model(gradient_clip=c, **settings).fit(X, Y)) for c in (None, 1e9, 1e-3))
    np.testing.assert_array_equal(free, loose)
    assert not np.array_equal(free, tight)


@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_precision_is_that_of_the_weights(precision):
    assert weights(model(precision=precision).fit(X, Y)).dtype == precision


def test_two_rows_are_enough():
    with pytest.warns(UserWarning, match="^2 rows are too few to hold any out"):
        history = model(validation_fraction=0.5).fit(X[:2], Y[:2]).history
    assert history.epochs[-1].validation_nll is None
