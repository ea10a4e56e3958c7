"""Training past the best look: what it does, when it is kept, and what it leaves alone."""

import importlib
import logging
import signal
from functools import cache
from typing import Any

import numpy as np
import pytest

import likelinet as ll
from likelinet.cli.describe import summary
from likelinet.model import story
from likelinet.model.members import each_member
from likelinet.model.unseen import Unseen
from tests.small import quick

RNG = np.random.default_rng(5)
N = 160
X = RNG.uniform(-2.0, 2.0, (N, 2))
CLEAR = np.sin(3.0 * X[:, 0]) * X[:, 1] + 0.001 * RNG.normal(size=N)
NOISE = RNG.normal(size=N)
TRAINING = {"epochs": 40, "folds": 4, "optimizer": {"learning_rate": 0.02}}


def model(further: float | None, **declared: Any) -> ll.Model:
    training = {**TRAINING, "further": further, **declared.pop("training", {})}
    return quick(**{"network": {"hidden": [32]}, "ensemble": 4, "training": training, **declared})


@cache
def fitted(further: float | None, clear: bool) -> ll.Model:
    return model(further).fit(X, CLEAR if clear else NOISE)


def test_where_locations_still_gain_scales_have_a_factor():
    before, after = fitted(None, True), fitted(1.0, True)
    assert after.history.out_of_fold_nll < before.history.out_of_fold_nll - 0.1
    assert after.history.factor > 1.1
    assert after.history.factor_in_words == f"scales times {after.history.factor:.3g}"
    assert after.history.best_epoch == [after.history.most_epochs] * 4
    epochs = [e for e in after.history.epochs if e.epoch > before.history.most_epochs]
    assert len(epochs) == max(before.history.best_epoch)
    assert [e.epoch for e in after.history.epochs] == list(range(1, after.history.most_epochs + 1))
    assert max(e.learning_rate for e in epochs) == pytest.approx(0.25 * 0.02, rel=0.05)
    assert epochs[-1].learning_rate < 1e-4
    assert all(e.validation_nll is None for e in epochs)


def test_its_story_ends_with_score_and_factor(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO, "likelinet")
    history = fitted(1.0, True).history
    story.fitted(history, 1.0)
    score = f"out-of-fold NLL {history.out_of_fold_nll:.4g}, scales times {history.factor:.3g}"
    assert caplog.messages[-1] == f"Fitted in 1.0 s, {score}."
    assert summary(fitted(1.0, True)).endswith(f", {score}")


def test_weights_of_the_last_layer_that_feed_scales_stay():
    before, after = (fitted(further, True)._fitted() for further in (None, 1.0))
    *_, old_first, _, old_last, old_bias, _ = (None, *before.objective.layout.views(before.theta))
    *_, new_first, _, new_last, new_bias, _ = (None, *after.objective.layout.views(after.theta))
    scales = before.head.scales
    assert scales.sum() == 1
    np.testing.assert_allclose(new_last[..., scales], old_last[..., scales], rtol=1e-5)
    np.testing.assert_allclose(new_bias[..., scales], old_bias[..., scales], rtol=1e-5)
    for new, old in ((new_first, old_first), (new_last[..., ~scales], old_last[..., ~scales])):
        assert np.abs(new - old).max() > 1e-3


def test_out_of_fold_rows_are_those_of_the_members_that_are_kept():
    after = fitted(1.0, True)
    out = after.out_of_fold
    members = after._ask(X, lambda fit, x: list(each_member(fit, x)))
    for fold in range(4):
        rows = out.fold == fold
        np.testing.assert_allclose(out.log_prob[rows], members[fold].log_prob(CLEAR)[rows], rtol=1e-5, atol=1e-5)


def test_where_held_out_rows_are_less_likely_all_is_as_before(monkeypatch):
    monkeypatch.setattr(Unseen, "log_scores", lambda _, *predicted: [-float(i) for i in range(len(predicted))])
    before, after = fitted(None, False), model(1.0).fit(X, NOISE)
    np.testing.assert_array_equal(after._fitted().theta, before._fitted().theta)
    assert after.history.factor == 1.0
    assert after.history.best_epoch == before.history.best_epoch
    assert after.history.out_of_fold_nll == before.history.out_of_fold_nll


def test_groups_have_factors_of_their_own(tmp_path):
    both = model(1.0, groups=[{}, {"network": {"hidden": [24]}}]).fit(X, CLEAR)
    each = [group.factor for group in both.history.groups]
    assert len({*each}) == 2
    assert all(group.weight > 0.0 for group in both.history.groups)
    assert both.history.factor_in_words == f"scales times {min(each):.3g} to {max(each):.3g}"
    both.save(tmp_path / "m")
    again = ll.Model.load(tmp_path / "m")
    np.testing.assert_array_equal(again.predict_dist(X).log_prob(CLEAR), both.predict_dist(X).log_prob(CLEAR))
    assert again.history == both.history


def test_a_file_keeps_the_factor_of_a_model_without_groups(tmp_path):
    after = fitted(1.0, True)
    after.save(tmp_path / "m")
    again = ll.Model.load(tmp_path / "m")
    assert again.history == after.history
    np.testing.assert_array_equal(again.predict_dist(X).log_prob(CLEAR), after.predict_dist(X).log_prob(CLEAR))
    assert f"scales times {after.history.factor:.3g}" in after._repr_html_()


def test_it_is_nothing_for_members_that_hold_out_no_folds():
    own = model(0.5, training={"folds": None}).fit(X, CLEAR)
    assert own.history.factor == 1.0
    assert all(e.validation_nll is not None for e in own.history.epochs)


def test_it_is_left_out_where_there_is_no_time_for_it():
    with pytest.warns(UserWarning, match="are spent"):
        own = model(0.5, training={"time": 0.02, "epochs": 10_000}).fit(X, CLEAR)
    assert own.history.stopped == "time"
    assert own.history.factor == 1.0


def test_a_model_without_inputs_is_at_its_maximum():
    own = model(0.5, data={"features": []}, network={}).fit(X, CLEAR)
    assert own.history.factor == 1.0
    np.testing.assert_allclose(own.predict_dist(X).std(), CLEAR.std(), rtol=1e-6)


def test_callbacks_are_told_and_may_end_it():
    seen: list[int] = []
    many = fitted(None, True).history.most_epochs

    def told(epoch: ll.Epoch) -> bool:
        seen.append(epoch.epoch)
        return epoch.epoch == many + 3

    ended = model(1.0).fit(X, CLEAR, callbacks=[told])
    assert seen == [*range(1, many + 4)]
    assert (ended.history.stopped, ended.history.factor) == ("callback", 1.0)
    np.testing.assert_array_equal(ended._fitted().theta, fitted(None, True)._fitted().theta)


def test_ctrl_c_leaves_what_was_learned_before():
    many = fitted(None, True).history.most_epochs

    def told(epoch: ll.Epoch) -> None:
        if epoch.epoch == many + 2:
            raise KeyboardInterrupt

    own = model(1.0)
    with pytest.raises(KeyboardInterrupt):
        own.fit(X, CLEAR, callbacks=[told])
    np.testing.assert_array_equal(own._fitted().theta, fitted(None, True)._fitted().theta)
    assert own.history.stopped == "interrupted"
    assert own.history.out_of_fold_nll == fitted(None, True).history.out_of_fold_nll


def test_ctrl_c_in_it_leaves_the_group_its_weight():
    def told(epoch: ll.Epoch) -> None:
        if epoch.group == 1 and epoch.validation_nll is None:
            raise KeyboardInterrupt

    own = model(1.0, groups=[{}, {"network": {"hidden": [24]}}])
    with pytest.raises(KeyboardInterrupt):
        own.fit(X, CLEAR, callbacks=[told])
    assert own.history.stopped == "interrupted"
    assert all(group.weight > 0.0 for group in own.history.groups)
    assert own.history.groups[0].factor > 1.0


@pytest.mark.usefixtures("ctrl_c")
@pytest.mark.parametrize("step", ["fitting.out_of_fold", "fitting.dispersed", "stacking.likelier"])
@pytest.mark.parametrize("groups", [None, [{}, {"network": {"hidden": [24]}}]])
def test_ctrl_c_once_all_is_learned_loses_none_of_it(step: str, groups: Any, monkeypatch: pytest.MonkeyPatch):
    file, name = step.split(".")
    module = importlib.import_module(f"likelinet.model.{file}")
    expected, done, pressed = model(1.0, groups=groups).fit(X, CLEAR), getattr(module, name), []

    def press(*args: Any) -> Any:
        if not pressed:
            pressed.append(signal.raise_signal(signal.SIGINT))
            signal.raise_signal(signal.SIGINT)
        return done(*args)

    monkeypatch.setattr(module, name, press)
    own = model(1.0, groups=groups)
    with pytest.raises(KeyboardInterrupt) as raised:
        own.fit(X, CLEAR)
    assert "What had been trained by then is kept." in raised.value.__notes__
    if groups is None or file == "stacking":
        np.testing.assert_array_equal(own._fitted().theta, expected._fitted().theta)
        assert (own.history.stopped, own.history.factor) == (expected.history.stopped, expected.history.factor)
    else:
        assert own.history.stopped == "interrupted"
        assert [group.weight > 0.0 for group in own.history.groups] == [True]
        assert own.history.groups[0].factor == pytest.approx(fitted(1.0, True).history.factor)
