"""Callbacks: called after every epoch; True stops; Ctrl-C from one loses nothing."""

import signal
import sys
import threading

import numpy as np
import pytest

from likelinet.engines.numpy import NumpyRun
from likelinet.training.history import Epoch
from tests.training.problems import EXACT, model, table, weights

X, Y = table(60)
KINDS = {"steps": {}, "lbfgs": EXACT | {"epochs": 5}}
ENDS = ("finished", "not converged")  # five iterations are too few
each = pytest.mark.parametrize("training", KINDS.values(), ids=KINDS)


def stop_at(epoch: int, result=True):
    """Return a callback that answers `result`, or raises it, in this epoch."""

    def callback(e: Epoch):
        if e.epoch == epoch and isinstance(result, BaseException):
            raise result
        return result if e.epoch == epoch else None

    return callback


@each
def test_each_is_called_with_every_epoch(training):
    seen: tuple[list[Epoch], list[Epoch]] = ([], [])
    history = model(**training).fit(X, Y, callbacks=[s.append for s in seen]).history
    assert [e.epoch for e in history.epochs] == [1, 2, 3, 4, 5]
    assert seen[0] == seen[1] == history.epochs


@each
@pytest.mark.parametrize("true", [True, np.True_])
def test_true_stops_and_what_is_done_is_kept(training, true):
    seen: list[Epoch] = []
    stopped = model(**training).fit(X, Y, callbacks=[stop_at(3, true), seen.append])
    assert stopped.history.stopped == "callback"
    assert [e.epoch for e in stopped.history.epochs] == [e.epoch for e in seen] == [1, 2, 3]
    whole = model(**training).fit(X, Y)
    assert stopped.history.epochs[-1].train_nll == whole.history.epochs[2].train_nll


@each
@pytest.mark.parametrize("answer", [None, False, 0])
def test_any_other_answer_goes_on(training, answer):
    assert model(**training).fit(X, Y, callbacks=[lambda e: answer]).history.stopped == ENDS[training is KINDS["lbfgs"]]


@each
def test_true_stops_every_member_of_an_ensemble(training):
    seen: list[Epoch] = []
    model(members=3, **training).fit(X, Y, callbacks=[seen.append, lambda e: True])
    assert len(seen) == 1


@each
def test_ctrl_c_is_raised_and_the_model_keeps_the_best_so_far(training):
    interrupted, stopped = model(**training), model(**training)
    with pytest.raises(KeyboardInterrupt):
        interrupted.fit(X, Y, callbacks=[stop_at(3, KeyboardInterrupt())])
    stopped.fit(X, Y, callbacks=[stop_at(3)])
    assert interrupted.history.stopped == "interrupted"
    assert len(interrupted.history.epochs) == 3
    np.testing.assert_array_equal(weights(interrupted), weights(stopped))
    np.testing.assert_array_equal(interrupted.predict(X), stopped.predict(X))


@each
def test_ctrl_c_leaves_a_model_that_can_be_saved(training, tmp_path):
    interrupted = model(**training)
    with pytest.raises(KeyboardInterrupt):
        interrupted.fit(X, Y, callbacks=[stop_at(1, KeyboardInterrupt())])
    interrupted.save(tmp_path / "m.safetensors")
    loaded = type(interrupted).load(tmp_path / "m.safetensors")
    np.testing.assert_array_equal(loaded.predict(X), interrupted.predict(X))


@pytest.mark.parametrize("first", [[], [stop_at(2, KeyboardInterrupt())]])
def test_ctrl_c_while_the_last_weights_are_looked_at(first, monkeypatch):
    interrupted = model(validation_fraction=0.0)

    def again(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(NumpyRun, "evaluate", again)  # of the last weights, which nobody has looked at yet
    with pytest.raises(KeyboardInterrupt):
        interrupted.fit(X, Y, callbacks=first)
    monkeypatch.undo()
    assert interrupted.history.stopped == "interrupted"
    assert np.isfinite(interrupted.predict(X)).all()


@each
def test_any_other_error_of_a_callback_comes_through(training):
    with pytest.raises(ZeroDivisionError):
        model(**training).fit(X, Y, callbacks=[stop_at(1, ZeroDivisionError())])


@each
@pytest.mark.parametrize("error", [ZeroDivisionError("mine"), SystemExit(3)])
def test_an_error_of_a_callback_loses_nothing(training, error):
    broken, stopped = model(**training), model(**training)
    with pytest.raises(type(error)) as caught:
        broken.fit(X, Y, callbacks=[stop_at(3, error)])
    assert caught.value is error
    assert broken.history.stopped == "interrupted"
    assert len(broken.history.epochs) == 3
    stopped.fit(X, Y, callbacks=[stop_at(3)])
    np.testing.assert_array_equal(weights(broken), weights(stopped))
    np.testing.assert_array_equal(broken.predict(X), stopped.predict(X))


def test_an_error_of_a_callback_loses_nothing_on_jax():
    broken = model(engine="jax")
    with pytest.raises(ZeroDivisionError):
        broken.fit(X, Y, callbacks=[stop_at(2, ZeroDivisionError())])
    assert len(broken.history.epochs) == 2
    assert np.isfinite(broken.score(X, Y))


class Interrupting:
    """Ctrl-C comes while Python finalises it, where an error is printed and forgotten."""

    def __del__(self):
        signal.raise_signal(signal.SIGINT)


@pytest.mark.usefixtures("ctrl_c")
@pytest.mark.parametrize("engine", ["numpy", "jax"])
@pytest.mark.parametrize("epoch", [2, 5])
def test_ctrl_c_is_heard_where_python_forgets_it(engine, epoch, monkeypatch):
    forgotten = []
    monkeypatch.setattr(sys, "unraisablehook", lambda error: forgotten.append(error.exc_type))

    def callback(e: Epoch):
        if e.epoch == epoch:
            Interrupting()

    interrupted = model(engine=engine)
    with pytest.raises(KeyboardInterrupt):
        interrupted.fit(X, Y, callbacks=[callback])
    assert forgotten == [KeyboardInterrupt]
    assert interrupted.history.stopped == "interrupted"
    assert len(interrupted.history.epochs) == epoch
    assert np.isfinite(interrupted.score(X, Y))


@pytest.mark.usefixtures("ctrl_c")
@pytest.mark.parametrize("answer", [True, ZeroDivisionError()])
def test_ctrl_c_is_heard_where_a_callback_ends_the_training_at_once(answer, monkeypatch):
    """Nobody looks for it between two epochs any more: the end does."""
    monkeypatch.setattr(sys, "unraisablehook", lambda error: None)

    def callback(e: Epoch):
        Interrupting()
        if isinstance(answer, BaseException):
            raise answer
        return answer

    interrupted = model()
    with pytest.raises(KeyboardInterrupt):
        interrupted.fit(X, Y, callbacks=[callback])
    assert interrupted.history.stopped == "interrupted"
    assert len(interrupted.history.epochs) == 1


def test_what_the_user_wants_of_ctrl_c_is_done_and_put_back():
    heard = []

    def handler(number, frame):
        heard.append(number)

    before = signal.signal(signal.SIGINT, handler)
    try:
        fitted = model().fit(X, Y, callbacks=[lambda e: signal.raise_signal(signal.SIGINT)])
        assert signal.getsignal(signal.SIGINT) is handler
    finally:
        signal.signal(signal.SIGINT, before)
    assert heard == [signal.SIGINT] * 5
    assert fitted.history.stopped == "finished"


def test_a_thread_can_fit():
    fitted = model()
    thread = threading.Thread(target=fitted.fit, args=(X, Y))
    thread.start()
    thread.join()
    assert fitted.history.stopped == "finished"
