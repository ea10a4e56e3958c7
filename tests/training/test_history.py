"""The history: in the user's units, and true to what `score` says of the same rows."""

from itertools import pairwise

import numpy as np
import pytest

from likelinet.training.history import History
from tests.training.problems import EXACT, FROZEN, held, model, table

X, Y = table(60)
TWO = np.stack([Y, 0.01 * Y[::-1] - 3.0], axis=1)
TARGETS = {
    "gaussian": ({}, Y),
    "two outputs": ({}, TWO),
    "gamma": ({"kind": "gamma"}, Y),
    "poisson": ({"kind": "poisson"}, np.floor(Y)),
    "classes": ({"kind": "categorical"}, np.array(["a", "b", "c"])[(Y // 20).astype(int) % 3]),
    "mixture": ({"kind": "mixture", "components": 2}, Y),
    "shifted gamma": ({"kind": "transformed", "base": {"kind": "gamma"}, "loc": 10.0, "scale": 2.0}, Y),
}
each = pytest.mark.parametrize(("distribution", "y"), TARGETS.values(), ids=TARGETS)


@each
@pytest.mark.parametrize("weight", [None, np.linspace(0.5, 3.0, 60)], ids=["plain", "weighted"])
def test_nll_is_minus_the_score_of_the_same_rows(distribution, y, weight):
    settings = {"distribution": distribution, "epochs": 2, "batch_size": None, "optimizer": FROZEN}
    held = (X[:20], y[:20], None if weight is None else weight[:20])
    fitted = model(**settings).fit(X, y, weight, validation=held)
    last = fitted.history.epochs[-1]
    np.testing.assert_allclose(last.train_nll, [-fitted.score(X, y, weight)], rtol=1e-9)
    np.testing.assert_allclose(last.validation_nll, [-fitted.score(*held)], rtol=1e-9)


@each
def test_minibatches_of_weights_that_do_not_move_average_to_the_same(distribution, y):
    weight = np.linspace(0.5, 3.0, 60)
    settings = {"distribution": distribution, "epochs": 1, "batch_size": 7, "optimizer": FROZEN}
    fitted = model(validation_fraction=0.0, **settings).fit(X, y, weight)
    np.testing.assert_allclose(fitted.history.epochs[0].train_nll, [-fitted.score(X, y, weight)], rtol=1e-9)


def test_the_nll_of_an_epoch_is_that_before_its_full_batch_step():
    settings = {"batch_size": None, "schedule": None, "validation_fraction": 0.0}
    shorter, longer = (model(epochs=n, **settings).fit(X, Y) for n in (3, 4))
    np.testing.assert_allclose(longer.history.epochs[3].train_nll[0], -shorter.score(X, Y), rtol=1e-10)


@each
@pytest.mark.filterwarnings("ignore:L-BFGS has not converged in 20 iterations")
def test_lbfgs_reports_the_weights_it_returns(distribution, y):
    fitted = model(distribution=distribution, hidden=[], **EXACT | {"epochs": 20}).fit(X, y)
    np.testing.assert_allclose(fitted.history.epochs[-1].train_nll[0], -fitted.score(X, y), rtol=1e-8)


def test_lbfgs_keeps_the_best_on_held_out_rows():
    x, y = table(200)
    fitted = model(hidden=[16], **EXACT | {"epochs": 60}).fit(x, y, validation=held(x))
    validation = [e.validation_nll[0] for e in fitted.history.epochs]
    assert fitted.history.best_epoch == [1 + int(np.argmin(validation))]
    np.testing.assert_allclose(-fitted.score(*held(x)), min(validation), rtol=1e-10)


def test_training_lowers_the_nll():
    epochs = model(epochs=60, optimizer={"learning_rate": 0.02}).fit(X, Y).history.epochs
    assert epochs[-1].train_nll[0] < epochs[0].train_nll[0] - 0.05
    assert all(a.seconds <= b.seconds for a, b in pairwise(epochs))  # certain: a clock that does not go back


def test_it_survives_as_plain_data():
    history = model(members=2).fit(X, Y).history
    assert History.from_json(history.to_json()) == history
