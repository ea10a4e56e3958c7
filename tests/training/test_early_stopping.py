"""Early stopping, each member by itself, and the best weights restored."""

import numpy as np
import pytest

from likelinet.training.best import Best
from tests.training.problems import FROZEN, held, model, table, weights

X, Y = table(200)
HELD = held(X)
OVERFITS = {"epochs": 60, "schedule": None, "optimizer": {"learning_rate": 0.05}, "early_stopping": {"patience": 4}}


def test_best_keeps_the_best_of_each_member_and_counts_its_patience():
    best = Best(np.zeros((2, 1)), patience=2)
    both, values = np.arange(2), iter([[3.0, 3.0], [2.0, 4.0], [2.5, 5.0]])
    goes_on = [best.record(both, np.full((2, 1), e), np.array(next(values)), e).tolist() for e in (1, 2, 3)]
    assert goes_on == [[True, True], [True, True], [True, False]]
    assert best.record(both[:1], np.full((1, 1), 4.0), np.array([1.0]), 4).tolist() == [True]
    assert best.epoch.tolist() == [4, 1]
    assert best.theta.tolist() == [[4.0], [1.0]]


def test_best_does_not_take_what_is_only_as_good_or_infinite():
    best = Best(np.zeros((1, 1)), patience=None)
    for epoch, value in enumerate([np.inf, 2.0, 2.0, np.inf], start=1):
        assert best.record(np.array([0]), np.full((1, 1), epoch), np.array([value]), epoch).all()
    assert best.epoch.tolist() == [2]
    assert best.theta.tolist() == [[2.0]]


def test_what_best_knows_outlives_it_as_arrays():
    """With the weights before the last ones, and the start, to which it falls back."""
    best, both = Best(np.zeros((2, 1)), patience=2), np.arange(2)
    for epoch in (1, 2):
        best.record(both, np.full((2, 1), float(epoch)), None, epoch)
    again = Best(np.full((2, 1), 9.0), patience=2)
    again.restore(best.state())
    again.fall_back(lambda theta: theta[:, 0] < [2.0, 1.0])
    assert again.theta.tolist() == [[1.0], [0.0]]
    assert again.epoch.tolist() == [1, 0]
    assert best.theta.tolist() == [[2.0], [2.0]]


def test_it_stops_when_patience_ends_and_restores_the_best():
    fitted = model(hidden=[32], **OVERFITS).fit(X, Y, validation=HELD)
    history = fitted.history
    validation = [e.validation_nll[0] for e in history.epochs]
    assert history.stopped == "early stopping"
    assert history.best_epoch == [1 + int(np.argmin(validation))]
    assert len(validation) == history.best_epoch[0] + 4
    np.testing.assert_allclose(-fitted.score(*HELD), min(validation), rtol=1e-10)
    assert validation[-1] > min(validation)  # certain: the last four epochs were no better


def test_each_member_of_an_ensemble_stops_by_itself():
    fitted = model(hidden=[32], members=3, **OVERFITS).fit(X, Y)
    epochs, best = fitted.history.epochs, fitted.history.best_epoch
    for m in range(3):
        own = [e.validation_nll[e.members.index(m)] for e in epochs if m in e.members]
        assert best[m] == 1 + int(np.argmin(own))
        assert len(own) == min(best[m] + 4, 60)
    assert len({len([e for e in epochs if m in e.members]) for m in range(3)}) > 1


def test_the_weights_kept_are_those_of_a_training_that_ends_there():
    settings = {**OVERFITS, "validation_fraction": 0.0}
    stopped = model(hidden=[32], **settings).fit(X, Y, validation=HELD)
    ended = model(hidden=[32], **{**settings, "epochs": stopped.history.best_epoch[0]}).fit(X, Y)
    np.testing.assert_array_equal(weights(stopped), weights(ended))


@pytest.mark.parametrize("weight", [None, np.linspace(0.0, 2.0, 30)])
def test_validation_rows_given_are_used_with_their_weights(weight):
    rows = HELD if weight is None else (*HELD, weight)
    fitted = model(early_stopping=None, epochs=30, optimizer={"learning_rate": 0.02}).fit(X, Y, validation=rows)
    kept = fitted.history.epochs[fitted.history.best_epoch[0] - 1]
    np.testing.assert_allclose(kept.validation_nll[0], -fitted.score(*rows), rtol=1e-10)


def test_validation_rows_given_do_not_take_any_from_training():
    settings = {"epochs": 1, "batch_size": None, "optimizer": FROZEN}
    given = model(**settings).fit(X, Y, validation=HELD)
    # No weight moves, so the NLL of the epoch is that of all rows at the start.
    np.testing.assert_allclose(given.history.epochs[0].train_nll[0], -given.score(X, Y), rtol=1e-10)


def test_values_of_the_validation_rows_do_not_touch_the_scaling():
    far = HELD[0] + 50.0, HELD[1] + 1000.0
    settings = {
        "early_stopping": None,
        "epochs": 1,
        "optimizer": FROZEN,
    }  # else they say whether the start is better
    near, other = (model(**settings).fit(X, Y, validation=v) for v in (HELD, far))
    np.testing.assert_array_equal(near.predict(X), other.predict(X))
