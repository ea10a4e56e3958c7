"""The start is a candidate for the best weights, and a fit that learned nothing replaces no other."""

import re
from typing import Any

import numpy as np
import pytest

import likelinet as ll
from likelinet.engines.numpy import NumpyRun
from likelinet.training.best import Best
from tests.training.problems import FROZEN, model, table, weights

X, Y = table(60)
FULL = {"schedule": None, "batch_size": None, "epochs": 1}
# One step with all rows, far over the top: deterministic, finite, and terrible.
WILD = {**FULL, "optimizer": {"kind": "sgd", "learning_rate": 30.0}}


def not_learned(fitted: ll.Model, kind: type[BaseException], X=X, Y=Y) -> tuple[str, list[str]]:
    """Return what a fit raises, with the notes on it."""
    with pytest.raises(kind) as caught:
        fitted.fit(X, Y)
    return str(caught.value), getattr(caught.value, "__notes__", [])


def test_best_goes_back_to_the_start_of_some_members():
    best = Best(np.array([[7.0], [8.0]]), patience=None)
    best.record(np.arange(2), np.ones((2, 1)), np.array([3.0, 3.0]), 1)
    best.back_to_start(np.array([False, True]))
    assert best.theta.tolist() == [[1.0], [8.0]]
    assert best.epoch.tolist() == [1, 0]


@pytest.mark.parametrize(
    ("fraction", "members", "engine"), [(0.0, 1, "numpy"), (0.2, 1, "numpy"), (0.0, 2, "numpy"), (0.2, 2, "jax")]
)
def test_a_loss_that_rises_keeps_the_start(fraction: float, members: int, engine: str):
    settings = {"validation_fraction": fraction, "members": members}
    broken, start = model(**WILD, **settings, engine=engine), model(**FULL, optimizer=FROZEN, **settings).fit(X, Y)
    message, notes = not_learned(broken, ll.DivergedError)
    assert (broken.history.stopped, broken.history.best_epoch) == ("diverged", [0] * members)
    assert broken.history.untrained
    assert len(broken.history.epochs) == 1
    np.testing.assert_allclose(weights(broken), weights(start), rtol=0.0, atol=1e-300)
    assert message.endswith("lower training.optimizer.learning_rate (nothing was learned).")
    assert notes == []


def test_the_message_has_the_loss_of_the_training_rows_before_and_after():
    message, _ = not_learned(model(**WILD), ll.DivergedError)
    longer = model(**WILD | {"epochs": 2})
    not_learned(longer, ll.DivergedError)
    told = re.findall(r"from (\S+) at the start to (\S+),", message)
    # The loss of an epoch with a single step is that of the weights before it.
    np.testing.assert_allclose([*map(float, *told)], [e.train_nll[0] for e in longer.history.epochs], rtol=2e-3)


@pytest.mark.filterwarnings("ignore:Column 'x0' tells y")
def test_what_is_of_no_use_for_held_out_rows_leaves_the_start():
    """Whatever is learned of a slope makes rows of the opposite slope worse; that is no failure."""
    x = np.linspace(-1.0, 1.0, 50)[:, None]
    settings: dict[str, Any] = {"optimizer": {"learning_rate": 0.05}, "epochs": 8, "early_stopping": None}
    fitted = model(hidden=[], **settings).fit(x, 3.0 * x[:, 0], validation=(x, -3.0 * x[:, 0]))
    start = model(hidden=[], **settings | {"optimizer": FROZEN}).fit(x, 3.0 * x[:, 0])
    history = fitted.history
    assert history.epochs[-1].train_nll[0] < history.epochs[0].train_nll[0] - 0.1
    assert (history.stopped, history.best_epoch, history.untrained) == ("finished", [0], False)
    np.testing.assert_allclose(weights(fitted), weights(start), rtol=0.0, atol=1e-300)
    assert "(gaussian, mlp [], fitted: 1 feature" in repr(fitted)


@pytest.mark.filterwarnings("ignore:Column 'x0' tells y")
def test_patience_is_counted_as_before():
    """Epochs that are worse than the start are epochs: the first of them is better than what came before it."""
    x = np.linspace(-1.0, 1.0, 50)[:, None]
    settings: dict[str, Any] = {"optimizer": {"learning_rate": 0.05}, "epochs": 30, "early_stopping": {"patience": 4}}
    fitted = model(hidden=[], **settings).fit(x, 3.0 * x[:, 0], validation=(x, -3.0 * x[:, 0]))
    validation = [e.validation_nll[0] for e in fitted.history.epochs]
    assert len(validation) == 1 + int(np.argmin(validation)) + 4
    assert fitted.history.best_epoch == [0]


def test_during_a_warm_up_the_latest_weights_are_kept():
    """By the loss of after the warm-up the start is better, but that is not what was minimised."""
    settings: dict[str, Any] = {"optimizer": {"learning_rate": 0.1}, "schedule": None, "epochs": 30}
    network = {"kind": "vae", "encoder": [4], "latent": 2, "decoder": [4], "activation": "tanh"}

    def fitted(warm_up: int, **training: Any) -> ll.Model:
        declared = {"network": {**network, "kl_warm_up": warm_up}, "training": {**settings, **training}}
        return ll.Model(declared).fit(X, validation=(X,))

    warm, start = fitted(1000), fitted(0, optimizer=FROZEN, epochs=1)
    assert warm.history.epochs[-1].validation_nll[0] > start.history.epochs[-1].validation_nll[0] + 0.1
    assert warm.history.best_epoch == [30]


def linear() -> ll.Model:
    """Return a model that learns from x of size 1, and diverges where x is large."""
    training = {**FULL, "epochs": 5, "optimizer": {"kind": "sgd", "learning_rate": 0.02}, "gradient_clip": None}
    training |= {"precision": "float64", "validation_fraction": 0.0}
    return ll.Model(
        {"quality": "plain", "network": {"hidden": []}, "data": {"standardize": False}, "training": training}
    )


SMALL = np.linspace(-1.0, 1.0, 40)[:, None]
Z = 2.0 * SMALL[:, 0] + 0.1 * np.cos(np.arange(40))


@pytest.mark.parametrize(
    ("far", "kind", "stopped"), [(1e3, ll.DivergedError, "diverged"), (1e100, ll.NonFiniteError, "not finite")]
)
def test_a_fit_that_learned_nothing_leaves_the_earlier_one(far: float, kind: type[Exception], stopped: str):
    fitted, first = linear().fit(SMALL, Z), linear()
    history, before = fitted.history, fitted.predict(SMALL)
    assert history.best_epoch == [5]
    message, notes = not_learned(fitted, kind, far * SMALL, Z)
    assert "(nothing was learned)" in message
    assert notes == ["The model keeps its earlier fit."]
    assert fitted.history is history
    np.testing.assert_array_equal(fitted.predict(SMALL), before)
    assert not_learned(first, kind, far * SMALL, Z) == (message, [])
    assert (first.history.stopped, first.history.best_epoch) == (stopped, [0])
    assert repr(first) == "Model(gaussian, mlp [], not trained, weights of the start: 1 feature, 4 parameters)"
    assert np.isfinite(first.predict(SMALL)).all()


def test_ctrl_c_in_the_first_epoch_leaves_the_earlier_fit(monkeypatch: pytest.MonkeyPatch):
    def press(*_: Any) -> None:
        raise KeyboardInterrupt

    fitted, first = model().fit(X, Y), model()
    history, before = fitted.history, weights(fitted)
    monkeypatch.setattr(NumpyRun, "_epoch", press)
    assert not_learned(fitted, KeyboardInterrupt) == ("", ["The model keeps its earlier fit."])
    assert fitted.history is history
    np.testing.assert_array_equal(weights(fitted), before)
    assert not_learned(first, KeyboardInterrupt) == ("", [])
    assert (first.history.stopped, first.history.best_epoch, first.history.untrained) == ("interrupted", [0], True)
    assert "not trained, weights of the start: 2 features" in repr(first)


def test_a_fit_that_learned_something_replaces_the_earlier_one():
    def press(epoch: ll.Epoch) -> None:
        if epoch.epoch == 3:
            raise KeyboardInterrupt

    fitted = linear().fit(SMALL, Z)
    with pytest.raises(KeyboardInterrupt):
        fitted.fit(SMALL, 5.0 + Z, callbacks=[press])
    assert (fitted.history.stopped, fitted.history.best_epoch) == ("interrupted", [3])
    assert fitted.predict(SMALL).mean() > 4.0
