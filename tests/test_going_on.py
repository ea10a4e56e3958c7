"""Going on from fitted weights: passes over rows as they come, and warm starts."""

import pickle
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import likelinet as ll
from likelinet.engines.jax import JaxEngine
from tests import on_jax
from tests.training.problems import EXACT, FROZEN, held, model, table, weights

X, Y = table()
PLAIN: dict[str, Any] = {"validation_fraction": 0.0, "schedule": None, "early_stopping": None}
ADAM = {"kind": "adam", "learning_rate": 0.01}
SGD = {"kind": "sgd", "learning_rate": 0.05}
COUNTS = np.random.default_rng(5).poisson(1e4 * np.exp(0.01 * X[:, 0]))
VAE = {"kind": "vae", "encoder": [4], "decoder": [4], "latent": 2, "kl_warm_up": 2}

CASES: dict[str, dict[str, Any]] = {
    "gradient descent": {"optimizer": SGD, "batch_size": None},
    "momentum": {"optimizer": {**SGD, "momentum": 0.9, "nesterov": True}},
    "adamw, dropout, members": {"network": {"dropout": 0.3}, "members": 3, "precision": "float32"},
    "an average": {"optimizer": ADAM, "average": 0.9},
    "counts in units of their own": {"optimizer": ADAM, "distribution": {"kind": "poisson"}},
}


def passes(k: int, y: np.ndarray = Y, **declared: Any) -> ll.Model:
    """Return a model after k passes over the table."""
    found = model(**declared)
    for _ in range(k):
        found.partial_fit(X, y)
    return found


def assert_same(one: ll.Model, other: ll.Model) -> None:
    np.testing.assert_array_equal(weights(one), weights(other))
    each = [[{**e.to_json(), "seconds": 0, "epochs": 0} for e in m.history.epochs] for m in (one, other)]
    assert each[0] == each[1]
    assert one.history.best_epoch == other.history.best_epoch


@pytest.mark.parametrize("case", CASES)
def test_passes_are_the_epochs_of_one_fit_to_the_bit(case: str):
    declared, y = CASES[case], COUNTS if "distribution" in CASES[case] else Y
    once = model(epochs=3, **PLAIN, **declared).fit(X, y)
    assert_same(passes(3, y, **PLAIN, **declared), once)
    later = model(epochs=2, **PLAIN, **declared).fit(X, y)
    assert_same(later.partial_fit(X, y), once)  # a fit hands its optimiser over


def test_counts_stay_in_the_units_of_the_first_rows(tmp_path: Path):
    found = passes(1, COUNTS, **CASES["counts in units of their own"])
    units = found._fit.units
    assert found.partial_fit(X[:9], COUNTS[:9] // 50)._fit.units is units
    found.save(tmp_path / "model")
    loaded = ll.Model.load(tmp_path / "model")  # which does not know them
    score = loaded.score(X[:1], COUNTS[:1])
    for _ in range(20):
        loaded.partial_fit(X[:1], COUNTS[:1])
    assert loaded.score(X[:1], COUNTS[:1]) > score + 0.1


def test_passes_of_a_code_count_on_in_its_warm_up():
    once, passed = (
        ll.Model({"network": VAE, "training": {"epochs": epochs, "batch_size": 16, **PLAIN}}) for epochs in (3, 1)
    )
    once.fit(X)
    for _ in range(3):
        passed.partial_fit(X)
    np.testing.assert_array_equal(weights(passed), weights(once))


def test_both_engines_go_on_and_one_from_the_other(monkeypatch: pytest.MonkeyPatch):
    declared = {"optimizer": ADAM, **PLAIN}
    by_numpy = passes(3, **declared)
    changed = passes(2, **declared)
    monkeypatch.setattr("likelinet.model.training.build_engine", lambda *_: JaxEngine(on_jax.OPTIONS))
    by_jax = passes(3, **declared)
    assert_same(by_jax, model(epochs=3, **declared).fit(X, Y))
    np.testing.assert_allclose(weights(by_jax), weights(by_numpy), rtol=1e-5, atol=1e-6)
    changed.partial_fit(X, Y)
    assert changed.history.engine == "jax"
    np.testing.assert_allclose(weights(changed), weights(by_numpy), rtol=1e-5, atol=1e-6)


def with_weights(found: ll.Model, theta: np.ndarray) -> ll.Model:
    """Return a model that has other weights, of which no optimiser knows."""
    other = copy(found)
    other._fit = replace(found._fit, theta=theta, carried=None)
    return other


def test_a_pass_of_gradient_descent_is_a_step_up_the_score():
    found = model(hidden=[3], epochs=2, optimizer=SGD, batch_size=None, gradient_clip=None).fit(X, Y)
    new, y = held(X, 20)
    theta, slopes = weights(found).copy(), []
    for step in 1e-5 * np.eye(theta.size)[:, None]:
        high, low = (with_weights(found, theta + side * step).score(new, y) for side in (1.0, -1.0))
        slopes.append((high - low) / 2e-5)
    moved = weights(with_weights(found, theta).partial_fit(new, y)) - theta
    np.testing.assert_allclose(moved[0], SGD["learning_rate"] * np.array(slopes), rtol=1e-5, atol=1e-8)


def test_an_optimiser_that_knows_other_weights_begins_anew(tmp_path: Path):
    """As that of a model from a file does."""
    stopped = model(epochs=40, optimizer={"learning_rate": 0.1}, early_stopping={"patience": 3}).fit(X, Y)
    assert stopped.history.best_epoch[0] < stopped.history.most_epochs
    kept = passes(3, optimizer=ADAM)
    for found, alike in ((stopped, True), (kept, False)):
        found.save(tmp_path / "model")
        loaded = ll.Model.load(tmp_path / "model").partial_fit(X, Y)
        copied = pickle.loads(pickle.dumps(found)).partial_fit(X, Y)
        found.partial_fit(X, Y)
        np.testing.assert_array_equal(weights(copied), weights(found))
        assert np.array_equal(weights(loaded), weights(found)) == alike
        assert loaded.history.most_epochs == found.history.most_epochs == found.history.best_epoch[0]


def test_only_ratios_of_weights_matter_and_a_row_is_enough():
    one, other = (passes(1, optimizer=ADAM) for _ in range(2))
    weight = np.random.default_rng(0).integers(1, 5, len(X))
    assert_same(one.partial_fit(X, Y, weight), other.partial_fit(X, Y, 4.0 * weight))
    before = weights(one)
    one.partial_fit(X[:1], Y[:1])
    assert np.isfinite(weights(one)).all()
    assert np.abs(weights(one) - before).max() > 1e-4


FRAME = {"size": X[:, 0], "colour": np.array(["red", "green", "blue"])[np.arange(len(X)) % 3]}
KIND = np.where(Y > 100.0, "yes", "no")


def test_new_rows_are_read_as_predict_reads_them():
    found = passes(1, optimizer={"kind": "sgd", "learning_rate": 0.1})
    known = found._fit
    with pytest.warns(UserWarning, match="Numbers outside of the range of training are held within it: column 'x0'"):
        found.partial_fit(10.0 * X[::-1], Y + 1000.0)
    assert (found._fit.inputs, found.config) == (known.inputs, known.config)
    assert (found._fit.targets.loc, found._fit.targets.scale) == (known.targets.loc, known.targets.scale)
    turned, straight = (ll.Model({"quality": "plain"}).partial_fit(FRAME, Y) for _ in range(2))
    new = {name: FRAME[name][:20] for name in FRAME}
    straight.partial_fit(new, Y[:20])
    turned.partial_fit({name: new[name] for name in ("colour", "size")}, Y[:20])
    np.testing.assert_array_equal(weights(turned), weights(straight))


STRANGE = {
    "a column is missing": {"size": X[:4, 0]},
    "a category is new": {"size": X[:4, 0], "colour": np.array(["red", "pink", "red", "red"])},
}


@pytest.mark.parametrize("case", STRANGE)
@pytest.mark.parametrize("warm", [True, False])
def test_what_cannot_be_read_has_the_sentence_of_predict(case: str, warm: bool):
    found = ll.Model({"quality": "plain", "data": {"strict": True}, "training": {"epochs": 2}}).fit(FRAME, Y)
    before = weights(found)
    with pytest.raises(ll.DataError) as wanted:
        found.predict(STRANGE[case])
    with pytest.raises(ll.DataError) as got:
        found.fit(STRANGE[case], Y[:4], warm_start=True) if warm else found.partial_fit(STRANGE[case], Y[:4])
    assert str(got.value) == str(wanted.value)
    assert weights(found) is before


def test_a_new_class_has_the_sentence_of_evaluate():
    found = model(distribution={"kind": "bernoulli"}).fit(X, KIND)
    strange = np.array(["yes", "no", "maybe"])
    with pytest.raises(ll.DataError) as wanted:
        found.evaluate(X[:3], strange)
    with pytest.raises(ll.DataError) as got:
        found.partial_fit(X[:3], strange)
    assert str(got.value) == str(wanted.value)
    only = found.partial_fit(X[:3], np.array(["yes"] * 3)).predict_dist(X[:3])  # one class in a call is no mistake
    assert only.log_prob(np.array(["no"] * 3)).shape == (3,)


GROUPS = [{"network": {"hidden": [4]}}, {"network": {"hidden": []}}]


def stacked(**training: Any) -> ll.Model:
    declared = {"quality": "plain", "ensemble": 2, "groups": GROUPS}
    return ll.Model({**declared, "training": {"epochs": 3, "folds": 2, "optimizer": ADAM, **training}})


def test_each_group_goes_on_by_itself_with_its_weight():
    found, declared = stacked(), [group.model_dump() for group in stacked().config.each_group]
    first, second = ll.Model(declared[0]), ll.Model({**declared[1], "ensemble": 4})  # whose last two have its streams
    for each in (found, first, second):
        each.partial_fit(X, Y).partial_fit(X, Y)
    np.testing.assert_array_equal(weights(found), weights(first))
    np.testing.assert_array_equal(found._fit.groups[1].theta, weights(second)[2:])
    assert found._fit.stack.weights == (0.5, 0.5)  # nothing was held out to weigh them by
    found = stacked().fit(X, Y)
    shares, records = found._fit.stack.weights, []
    assert shares[0] != shares[1]
    found.partial_fit(X, Y, callbacks=[records.append])
    assert found._fit.stack.weights == shares
    assert [(e.group, e.epoch, e.members) for e in records] == [(0, 4, [0, 1]), (1, 4, [2, 3])]
    assert found.history.epochs[-2:] == records
    assert found.history.best_epoch == [4] * 4
    assert records[1].seconds >= records[0].seconds >= found.history.epochs[5].seconds
    assert [g.out_of_fold_nll for g in found.history.groups] == [None, None]
    with pytest.raises(ll.UndefinedError, match="a model that has gone on has none"):
        _ = found.out_of_fold


def test_groups_keep_what_the_others_have_learned_where_one_is_cut_short():
    found = stacked().fit(X, Y)
    before = [group.theta for group in found._fit.groups]

    def stop(epoch: ll.Epoch) -> None:
        if epoch.group == 0 and epoch.epoch == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as error:
        found.fit(X, Y, warm_start=True, callbacks=[stop])
    assert error.value.__notes__ == ["This was in group 1 of 2."]
    now = [group.theta for group in found._fit.groups]
    assert found.history.stopped == "interrupted"
    assert not np.array_equal(now[0], before[0])
    assert now[1] is before[1]


def test_a_warm_start_trains_anew_from_the_weights():
    cosine = {"schedule": {"kind": "cosine"}, "epochs": 6}
    found = model(**cosine).fit(X, Y)
    first, before = found.history, weights(found)
    records: list[ll.Epoch] = []
    new, y = held(X)
    score = found.score(new, y)
    found.fit(X, Y, validation=(new, y), warm_start=True, callbacks=[records.append])
    assert found.score(new, y) >= score - 1e-12
    assert [e.learning_rate for e in records] == [e.learning_rate for e in first.epochs]
    assert [e.epoch for e in records] == [*range(7, 13)]
    assert found.history.epochs == [*first.epochs, *records]
    assert found.history.most_epochs == 12
    still = with_weights(model(optimizer=FROZEN).fit(X, Y), before)
    still.fit(X[:30], Y[:30], warm_start=True)
    np.testing.assert_array_equal(weights(still), before)
    assert still.history.best_epoch != [0]
    unfitted = [model().fit(X, Y, warm_start=warm) for warm in (True, False)]
    assert_same(*unfitted)


def test_a_warm_start_of_lbfgs_reaches_the_maximum_of_the_new_rows():
    new, y = held(X, 50)
    linear = {"hidden": [], "distribution": {"scale": "shared"}, **EXACT}  # which has one maximum, in any unit of y
    cold, warm = model(**linear).fit(new, y), model(**linear).fit(X, Y)
    warm.fit(new, y, warm_start=True)
    assert warm.score(new, y) == pytest.approx(cold.score(new, y), rel=1e-9)
    np.testing.assert_allclose(warm.predict(X), cold.predict(X), rtol=1e-5)


def test_few_rows_go_on_beside_imagined_ones():
    declared = {"distribution": {"kind": "gaussian", "scale": "shared"}}  # whose maximum is that of all rows alone
    found = ll.Model(declared).fit(X[:12], Y[:12])
    before = weights(found)
    assert found.config.training.optimizer.kind == "lbfgs"
    found.fit(X[:12], Y[:12], warm_start=True)
    np.testing.assert_allclose(weights(found), before, rtol=1e-5, atol=1e-6)


REFUSED = {
    "L-BFGS takes all rows at once": {"optimizer": {"kind": "lbfgs"}},
    "a model without inputs is fitted to all rows at once": {"features": []},
}


@pytest.mark.parametrize("said", REFUSED)
def test_a_model_that_makes_no_steps_says_so(said: str):
    declared = dict(REFUSED[said])
    data = {"features": declared.pop("features")} if "features" in declared else {}
    found = ll.Model({"quality": "plain", "network": {"hidden": []}, "data": data, "training": declared})
    for _ in range(2):
        with pytest.raises(ll.ConfigError, match=said):
            found.partial_fit(X, Y)
        found.fit(X, Y)


def test_a_pass_whose_loss_is_not_finite_leaves_the_model_as_it_was():
    wild = {"optimizer": {"kind": "sgd", "learning_rate": 1e30}, "gradient_clip": None}
    found = model(precision="float32", **wild)
    found._fit = replace(model(precision="float32").fit(X, Y)._fit, config=found.config, carried=None)
    before = found._fit
    with pytest.raises(ll.NonFiniteError) as error:
        found.partial_fit(X, Y)
    assert error.value.__notes__ == ["The model keeps its earlier fit."]
    assert found._fit is before


def test_what_was_learned_of_earlier_predictions_is_forgotten():
    found = model().fit(X, Y).recalibrate("pit", *held(X, 60))
    assert found.recalibrated == "pit"
    assert found.partial_fit(X, Y).recalibrated is None


def test_a_file_has_the_whole_history(tmp_path: Path):
    found = model().fit(X, Y).partial_fit(X, Y)
    found.save(tmp_path / "model")
    loaded = ll.Model.load(tmp_path / "model")
    assert loaded.history.to_json() == found.history.to_json()
    np.testing.assert_array_equal(loaded.predict(X), found.predict(X))


def test_another_training_goes_on_from_the_same_weights():
    found = passes(2, optimizer=ADAM, **PLAIN)
    slower = found.with_training({"optimizer": {"learning_rate": 0.001}, "epochs": 7})
    assert slower.config == replace_training(found.config, optimizer={**ADAM, "learning_rate": 0.001}, epochs=7)
    assert weights(slower) is weights(found)
    assert slower._fit.carried is found._fit.carried
    kept = weights(found).copy()
    slower.partial_fit(X, Y)
    np.testing.assert_array_equal(weights(found), kept)
    assert 0.0 < np.abs(weights(slower) - kept).max() < 0.006  # at most about the rate in each of four steps
    other = found.with_training({"optimizer": {"kind": "sgd"}})
    assert other.config.training.optimizer.kind == "sgd"
    assert other.partial_fit(X, Y).history.most_epochs == 3
    groups = stacked().fit(X, Y).with_training({"average": 0.9})
    assert [group.carried for group in groups._fit.groups] == [None, None]
    assert groups.partial_fit(X, Y).history.best_epoch == [4] * 4
    with pytest.raises(ll.ConfigError, match="with_training: training: unknown key 'epoch'"):
        found.with_training({"epoch": 3})
    with pytest.raises(ll.NotFittedError, match="call fit"):
        model().with_training({})


def replace_training(config: ll.ModelConfig, **changed: Any) -> ll.ModelConfig:
    """Return a config with other keys of training."""
    training = {**config.training.model_dump(mode="json"), **changed}
    return ll.ModelConfig.model_validate({**config.model_dump(mode="json"), "training": training})
