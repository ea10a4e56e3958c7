"""Groups of members: what is refused, what is kept of a training that ends early, what is told, and damaged files."""

import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import likelinet as ll
from likelinet.cli.describe import describe, groups_in_words, summary
from likelinet.config import parse_config
from likelinet.core.wording import counted
from likelinet.model import container, fitting, stacking, training
from tests.small import COLUMNS, cli, fit, labels, narrowed, quick, table

X, Y = table(40)
COUNTS = np.random.default_rng(0).poisson(np.exp(0.2 * X[:, 0]))
TRAINING = {"folds": 2, "epochs": 3, "optimizer": {"learning_rate": 0.05}}
FOLDED = {"quality": "plain", "ensemble": 2, "training": {"folds": 2}}
THREE: list[dict[str, Any]] = [
    {"network": {"hidden": [2]}},
    {"numeric": {"kind": "piecewise_linear", "bins": 4}, "ensemble": 3},
    {"distribution": {"kind": "mixture", "components": 2}},
]


def groups(each: list[dict[str, Any]] | None = None, **declared: Any) -> ll.Model:
    training = {**TRAINING, **declared.pop("training", {})}
    return quick(ensemble=2, groups=THREE if each is None else each, training=training, **declared)


@pytest.mark.parametrize(
    ("one", "other", "y", "message"),
    [
        (
            "gaussian",
            "poisson",
            COUNTS,
            "under 'poisson' y is a whole number, and under 'gaussian' a number with a dens",
        ),
        (
            "von_mises",
            "gaussian",
            X[:, 0] % 3.0,
            "under 'gaussian' y is a number with a density, and under 'von_mises' an",
        ),
        (
            "gamma",
            "hurdle",
            COUNTS + 0.5,
            "under 'hurdle(gamma)' y is a number with a density, and a probability of 0, an",
        ),
        (
            "gaussian",
            "discretised",
            COUNTS + 0.0,
            "'discretised(gaussian)' y is a whole number, and under 'gaussian' a num",
        ),
        (
            "ordered_logistic",
            "categorical",
            COUNTS % 3,
            "under 'categorical' y is a class of 3, and under 'ordered_log",
        ),
    ],
)
def test_what_does_not_compare_is_refused_before_training(one: str, other: str, y: np.ndarray, message: str):
    base = {"hurdle": {"base": {"kind": "gamma"}}, "discretised": {"base": {"kind": "gaussian"}}}
    levels = {"levels": [2, 1, 0]} if one == "ordered_logistic" else {}
    own = {"kind": other, **base.get(other, {})}
    model, seen = groups([{}, {"distribution": own}], distribution={"kind": one, **levels}), []
    with pytest.raises(ll.DataError, match=re.escape(message)):
        model.fit(X, y, callbacks=[seen.append])
    assert not seen
    assert not model.fitted


def test_a_family_that_is_chosen_is_that_of_all_groups():
    y = labels(X, ["no", "yes"])
    each: list[dict[str, Any]] = [{}, {"network": {"hidden": [2]}}]
    model = groups(each, distribution="auto").fit(X, y)
    assert [config.distribution.kind for config in model.config.each_group] == ["bernoulli"] * 2
    assert model.history.choice is not None
    assert len(model.history.groups) == 2
    single = groups(each, distribution={"kind": "bernoulli"}).fit(X, y)
    assert np.array_equal(model.predict_dist(X).class_probabilities(), single.predict_dist(X).class_probabilities())
    with pytest.raises(ll.DataError, match=r"groups\.1: 'poisson'"):
        groups([{}, {"distribution": {"kind": "poisson"}}], distribution="auto").fit(X, y)


def test_y_that_one_family_refuses_is_refused_before_training():
    seen: list[ll.Epoch] = []
    with pytest.raises(ll.DataError, match="gamma"):
        groups([{}, {"distribution": {"kind": "gamma"}}]).fit(X, Y - 200.0, callbacks=[seen.append])
    assert not seen


def test_callbacks_and_history_have_one_group_after_the_other():
    seen: list[ll.Epoch] = []
    history = groups().fit(X, Y, callbacks=[seen.append]).history
    assert seen == history.epochs
    assert [e.group for e in seen] == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert [e.epoch for e in seen] == [1, 2, 3] * 3
    assert [e.members for e in seen[::3]] == [[0, 1], [2, 3, 4], [5, 6]]
    assert all(a.seconds < b.seconds for a, b in pairwise(seen))
    assert [(g.members, g.stopped) for g in history.groups] == [(2, "finished"), (3, "finished"), (2, "finished")]
    assert len(history.best_epoch) == 7
    assert sum(g.weight for g in history.groups) == pytest.approx(1.0, abs=1e-12)


def test_a_callback_ends_the_training_of_its_group():
    history = groups().fit(X, Y, callbacks=[lambda e: e.group == 1]).history
    assert [e.group for e in history.epochs] == [0, 0, 0, 1, 2, 2, 2]
    assert [g.stopped for g in history.groups] == ["finished", "callback", "finished"]
    assert all(g.out_of_fold_nll is not None for g in history.groups)


def raising(error: BaseException, group: int, epoch: int = 2):
    def callback(e: ll.Epoch) -> None:
        if (e.group, e.epoch) == (group, epoch):
            raise error

    return callback


@pytest.mark.parametrize("error", [KeyboardInterrupt(), RuntimeError("enough")])
def test_what_ends_a_later_group_leaves_those_before_it(error: BaseException, tmp_path: Path):
    model = groups()
    with pytest.raises(type(error)) as caught:
        model.fit(X, Y, callbacks=[raising(error, 2)])
    assert "This was in group 3 of 3." in caught.value.__notes__
    two = groups(THREE[:2]).fit(X, Y)
    assert np.array_equal(model.predict_dist(X).log_prob(Y), two.predict_dist(X).log_prob(Y))
    assert [g.weight for g in model.history.groups] == [*(g.weight for g in two.history.groups), 0.0]
    assert model.history.groups[2].out_of_fold_nll is None
    assert model.history.stopped == "interrupted"
    assert not model.history.untrained
    assert model.out_of_fold.log_prob.shape == (40,)
    model.save(tmp_path / "m.safetensors")
    again = ll.Model.load(tmp_path / "m.safetensors")
    assert np.array_equal(again.predict_dist(X).log_prob(Y), two.predict_dist(X).log_prob(Y))


def test_of_the_first_group_the_best_weights_so_far_are_kept():
    model = groups()
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, Y, callbacks=[raising(KeyboardInterrupt(), 0)])
    alone = ll.Model(model.config.each_group[0])
    with pytest.raises(KeyboardInterrupt):
        alone.fit(X, Y, callbacks=[raising(KeyboardInterrupt(), None)])  # pyright: ignore
    assert np.array_equal(model.predict_dist(X).log_prob(Y), alone.predict_dist(X).log_prob(Y))
    assert [g.weight for g in model.history.groups] == [1.0]
    with pytest.raises(ll.UndefinedError, match="Training was cut short"):
        _ = model.out_of_fold


def test_an_error_before_a_later_group_trains_leaves_those_before_it(monkeypatch: pytest.MonkeyPatch):
    model, engines = groups(THREE[:2]), []

    def build(*of: Any) -> Any:
        engines.append(1)
        if len(engines) == 2:
            raise MemoryError("no room")
        return build_engine(*of)

    build_engine = training.build_engine
    monkeypatch.setattr(training, "build_engine", build)
    with pytest.raises(MemoryError, match="no room"):
        model.fit(X, Y)
    assert model.history.stopped == "interrupted"
    assert [g.weight for g in model.history.groups] == [1.0]


def test_an_earlier_fit_stays_where_nothing_was_learned():
    model = groups(THREE[:2]).fit(X, Y)
    before = model.predict_dist(X).log_prob(Y)
    wild = {"optimizer": {"kind": "sgd", "learning_rate": 1e30}, "gradient_clip": None}
    other = groups(THREE[:2], training=wild)
    other._fit = model._fit
    with pytest.raises((ll.NonFiniteError, ll.DivergedError)) as caught:
        other.fit(X, Y)
    assert caught.value.__notes__ == ["This was in group 1 of 2.", "The model keeps its earlier fit."]
    assert np.array_equal(other.predict_dist(X).log_prob(Y), before)


@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_group_whose_training_fails_is_left_out_with_the_reason(at, monkeypatch):
    def failing(config, *of):
        fit, cause = train(config, *of)
        return fit, ll.NonFiniteError("The loss is not finite.") if config == THREE_GROUPS[at] else cause

    model, train = groups(), fitting.fit
    THREE_GROUPS = model.config.each_group
    monkeypatch.setattr(fitting, "fit", failing)
    with pytest.warns(UserWarning, match=rf"Group {at + 1} of 3 is left out, since its training failed: The loss is"):
        model.fit(X, Y)
    weights = np.array([g.weight for g in model.history.groups])
    assert (weights[at], len(weights)) == (0.0, 3)
    assert weights.sum() == pytest.approx(1.0)
    kept = [own for g, own in enumerate(model.history.groups) if g != at]
    assert model.history.stopped == kept[-1].stopped
    others = groups([each for g, each in enumerate(THREE) if g != at]) if at == 2 else None
    if others is not None:  # whose members have the same streams
        assert np.array_equal(model.predict_dist(X).log_prob(Y), others.fit(X, Y).predict_dist(X).log_prob(Y))


def test_time_is_shared_by_members():
    config = parse_config({"ensemble": 2, "training": {"folds": 2, "time": 70.0}, "groups": THREE})
    left = config.each_group
    assert stacking.in_time(left, 0.0).training.time == pytest.approx(20.0)  # 2 of 7 members
    assert stacking.in_time(left[1:], 10.0).training.time == pytest.approx(36.0)  # 3 of 5, of 60 seconds
    assert stacking.in_time(left[2:], 80.0).training.time == 0.0
    free = parse_config(FOLDED | {"groups": THREE}).each_group
    assert stacking.in_time(free, 5.0) is free[0]


def test_time_that_is_spent_is_said_once_with_what_it_cuts_off_of_each_group():
    with pytest.warns(UserWarning, match="are spent") as noted:
        model = groups(THREE[:2], training={"time": 1e-9, "epochs": 300}).fit(X, Y)
    (told,) = (str(w.message) for w in noted)
    more = "training would have gone on, for up to [1-9][0-9]* more steps"
    said = f"The 1e-09 s of training.time, shared by all groups, are spent: in group 1 {more}; in group 2 {more}. The "
    assert re.match(said, told)
    assert [g.stopped for g in model.history.groups] == ["time", "time"]
    assert model.config.training.time == 1e-9


def test_the_bar_says_which_group_it_is(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setattr("likelinet.training.progress.on_terminal", lambda: True)
    groups(THREE[:2]).fit(X, Y)
    shown = capsys.readouterr().err
    assert shown.index("fit group 1 of 2") < shown.index("fit group 2 of 2")


def test_what_all_groups_see_is_noted_once():
    columns = {"a": X[:, 0], "b": X[:, 1], "same": np.ones(40)}
    with pytest.warns(UserWarning, match="say nothing") as noted:
        groups(THREE[:2]).fit(columns, Y)
    assert len(noted) == 1


def test_rows_that_tell_nothing_of_groups_weigh_nothing():
    none, spike = -np.inf, np.inf
    rows = [[0.0, none], [0.0, none], [none, 0.0], [none, none], [spike, 0.0], [np.nan, 0.0]]
    w = stacking._weights_by(np.array(rows), np.array([1.0, 1.0, 1.0, 5.0, 5.0, 5.0]))
    np.testing.assert_allclose(w, [2 / 3, 1 / 3], atol=1e-4)
    assert stacking._weights_by(np.array([[none, none]]), np.ones(1)).tolist() == [0.5, 0.5]


def having_a_say(model: ll.Model) -> int:
    return sum(group.weight > 0.0 for group in model.history.groups)


def test_what_is_shown():
    model = groups().fit(X, Y)
    text, w = describe(model), [g.weight for g in model.history.groups]
    lines = text.splitlines()
    at = lines.index(f"groups: {having_a_say(model)} of 3, by their weight{narrowed(model)}")
    for line, weight, group in zip(lines[at + 1 : at + 4], w, model.history.groups, strict=True):
        assert f"weight {weight:5.3f}" in line or (weight == 0.0 and "left out" in line)
        assert f"{group.members} members" in line
        assert line.endswith(f"NLL out-of-fold {group.out_of_fold_nll:.5g}  {group.in_brief}")
    assert any(line.startswith("  2: 3 ") for line in lines)
    assert summary(model).endswith(f"out-of-fold NLL {model.history.out_of_fold_nll:.4g}")
    assert repr(model).startswith("Model(gaussian + mixture(gaussian), 7 networks in 3 groups, fitted")


@pytest.mark.parametrize(
    ("group", "head", "last"),
    [
        (
            0,
            "groups: {} of 3, by their weight{}; interrupted, so that group 2 and group 3 had no training",
            "weight 1.000",
        ),
        (1, "groups: {} of 3, by their weight{}; interrupted, so that group 3 had no training", "left out"),
        (2, "groups: {} of 3, by their weight{}", "left out"),
    ],
)
def test_what_is_shown_of_a_model_that_was_cut_short(group: int, head: str, last: str):
    model = groups()
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, Y, callbacks=[raising(KeyboardInterrupt(), group)])
    first, *lines = groups_in_words(model)
    own, members = model.history.groups[group], counted(THREE[group].get("ensemble", 2), "member")
    assert first == head.format(having_a_say(model), narrowed(model))
    assert re.split(" {2,}", lines[-1].strip()) == [last, members, "interrupted", own.in_brief]


def test_groups_that_are_weighed_by_validation_rows_have_no_score_out_of_fold():
    model = groups(THREE[:2], training={"folds": "auto"}).fit(X, Y, validation=(X, Y))
    for line, own in zip(groups_in_words(model)[1:], model.history.groups, strict=True):
        assert line.endswith(f"  {own.members} members  {own.in_brief}")


def test_from_the_command_line(tmp_path: Path):
    sets = ("ensemble=2", "training.folds=2", "data.target=price", "groups=[{}, {network: {hidden: [2]}}]")
    done = fit(tmp_path, *sets)
    assert (done.code, done.err) == (0, "")
    shown = cli("show", tmp_path / "model.safetensors")
    model = ll.Model.load(tmp_path / "model.safetensors")
    assert f"groups: {having_a_say(model)} of 2, by their weight" in shown.out
    assert model.target_names == ["price"]
    predicted = cli("predict", tmp_path / "model.safetensors", tmp_path / "train.csv")
    rows = predicted.out.splitlines()
    mean = model.predict(tmp_path / "train.csv")
    assert len(rows) == 1 + len(COLUMNS["size"])
    np.testing.assert_allclose([float(row.split(",")[0]) for row in rows[1:]], mean, rtol=1e-5)


def test_without_groups_files_are_as_ever(tmp_path: Path):
    quick().fit(X, Y).save(tmp_path / "m.safetensors")
    arrays, metadata = container.load(tmp_path / "m.safetensors")
    assert set(arrays) == {"theta"}
    assert "stack" not in metadata
    assert "groups" not in metadata["history"]
    assert all("group" not in epoch for epoch in metadata["history"]["epochs"])


def altered(metadata: dict[str, Any], **stack: Any) -> dict[str, Any]:
    return {**metadata, "stack": {**metadata["stack"], **stack}}


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda a, m: (a, altered(m, weights=[0.5, 0.6])), "each group needs a weight above 0, and all together 1"),
        (lambda a, m: (a, altered(m, weights=[1.5, -0.5])), "each group needs a weight above 0, and all together 1"),
        (lambda a, m: (a, altered(m, weights=[1.0])), "each group needs a weight above 0, and all together 1"),
        (lambda a, m: (a, altered(m, groups=[0, 0])), "expected some of the config's 2 groups, got \\(0, 0\\)"),
        (lambda a, m: (a, altered(m, groups=[0, -1])), "expected some of the config's 2 groups"),
        (lambda a, m: (a, altered(m, groups=[0, 7])), "index out of range"),
        (lambda a, m: (a, altered(m, others=[])), "arrays: expected 'theta' alone, got theta, theta.1"),
        (lambda a, m: (a, altered(m, others=[{}])), "other group: the part 'inputs' is missing"),
        (lambda a, m: ({"theta": a["theta"]}, m), "arrays: expected 'theta', 'theta.1' alone, got theta"),
        (lambda a, m: (a, {k: v for k, v in m.items() if k != "stack"}), "expected where the config has groups"),
        (lambda a, m: ({**a, "theta.1": a["theta"][:1]}, m), "the config needs weights of float32 and shape"),
    ],
)
def test_a_damaged_stack_is_refused(damage: Any, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(stacking, "stacked_weights", lambda *_: np.array([0.3, 0.7]))
    groups([{}, {}]).fit(X, Y).save(tmp_path / "m.safetensors")
    arrays, metadata = container.load(tmp_path / "m.safetensors")
    assert set(arrays) == {"theta", "theta.1"}
    arrays, metadata = damage(arrays, metadata)
    container.save(tmp_path / "m.safetensors", arrays, {k: v for k, v in metadata.items() if k != "schema"})
    with pytest.raises(ll.ModelFileError, match=message):
        ll.Model.load(tmp_path / "m.safetensors")
