"""Training that is agreed with other processes, of which there are none here: all of them would do the same."""

import signal
from typing import Any

import numpy as np
import pytest

from likelinet.model.model import Model
from tests.engines.spread_fits import table
from tests.small import quick

jax_engine = pytest.importorskip("likelinet.engines.jax")
X, Y = table()
EPOCHS = 6


@pytest.fixture(autouse=True)
def agreed(monkeypatch: pytest.MonkeyPatch, ctrl_c: None):
    """Have the engine agree with all processes, and hear Ctrl-C."""
    original = jax_engine.JaxEngine.__init__

    def begun(self: Any, *given: Any, **more: Any) -> None:
        original(self, *given, **more)
        self.together = True

    monkeypatch.setattr(jax_engine.JaxEngine, "__init__", begun)


def model(**training: Any) -> Model:
    return quick(engine="jax", devices="all", training={"epochs": EPOCHS, "batch_size": 100, **training})


def test_the_weights_are_those_of_one_device():
    whole = quick(engine="jax", training={"epochs": EPOCHS, "batch_size": 100}).fit(X, Y)
    found = model().fit(X, Y)
    np.testing.assert_allclose(found.predict_dist(X).log_prob(Y), whole.predict_dist(X).log_prob(Y), atol=1e-4)


def test_a_callback_ends_it_at_the_same_place_for_all():
    found = model(epochs=1000).fit(X, Y, callbacks=[lambda epoch: epoch.epoch == 2])
    assert found.history.stopped == "callback"
    assert 2 <= len(found.history.epochs) <= 3


def test_an_error_of_a_callback_is_passed_on():
    def broken(_: Any) -> None:
        raise ArithmeticError("of the user's")

    with pytest.raises(ArithmeticError, match="of the user's"):
        model(epochs=1000).fit(X, Y, callbacks=[broken])


def test_ctrl_c_waits_for_the_next_piece():
    begun = model(epochs=1000)
    with pytest.raises(KeyboardInterrupt):
        begun.fit(X, Y, callbacks=[lambda epoch: epoch.epoch == 3 and signal.raise_signal(signal.SIGINT)])
    assert begun.history.stopped == "interrupted"
    assert 3 <= len(begun.history.epochs) <= 4


def test_time_is_that_of_the_first_process():
    with pytest.warns(UserWarning, match="The 1 s of training.time are spent"):
        found = model(epochs=100_000, time=1.0, early_stopping=None).fit(X, Y)
    assert found.history.stopped == "time"
