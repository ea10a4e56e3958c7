"""Whole settings by name: what is left open is filled, what is declared is respected."""

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import likelinet as ll
from likelinet.config import dump_config, load_config
from likelinet.config.quality import SETTINGS
from likelinet.model import stacking
from likelinet.model.prediction import predict_dist
from likelinet.tables.hold_out import HoldOut
from likelinet.tables.table import as_table

RNG = np.random.default_rng(5)
X = RNG.uniform(-1.0, 1.0, (40, 2))
Y = np.abs(X[:, 0]) + 0.1 * RNG.standard_normal(40)
LINEAR, CODED = ll.GroupConfig(numeric=ll.LinearConfig()), ll.GroupConfig(numeric=ll.PiecewiseLinearConfig())
LINEAR_MODEL = ll.GroupConfig(network=ll.MLPConfig(hidden=[]))
SHORT = {"steps": 20, "schedule": None}


def test_all_that_is_open_is_filled():
    for name, setting in SETTINGS.items():
        config = ll.ModelConfig.model_validate({"quality": name})
        dumped = config.model_dump(mode="json")
        assert config.training.folds == "auto"
        assert config.training.optimizer == ll.AdamWConfig(learning_rate=0.004, weight_decay=0.1)
        assert config.training.schedule == ll.HoldThenAnnealConfig()
        assert (config.training.average, config.training.steps) == (0.9995, setting["training"]["steps"])
        assert config.ensemble == setting["ensemble"]
        assert len(config.each_group) == len(setting.get("groups", [{}]))
        assert ll.ModelConfig.model_validate(dumped) == config  # and filling again changes nothing


@pytest.mark.parametrize(
    "training",
    [
        {"optimizer": {"learning_rate": 0.01}, "seed": 3},
        ll.TrainingConfig(optimizer=ll.AdamWConfig(learning_rate=0.01), seed=3),
        {"optimizer": ll.AdamWConfig(learning_rate=0.01), "seed": 3},
    ],
    ids=["plain", "configs", "mixed"],
)
def test_what_is_declared_is_respected_to_the_single_key(training: Any):
    found = ll.ModelConfig(quality="good", training=training).training
    assert (found.seed, found.optimizer) == (3, ll.AdamWConfig(learning_rate=0.01, weight_decay=0.1))
    assert (found.average, found.folds, found.schedule) == (0.9995, "auto", ll.HoldThenAnnealConfig())


@pytest.mark.parametrize(
    ("declared", "at", "value"),
    [
        ({"training": {"optimizer": {"kind": "adam"}}}, "training.optimizer", ll.AdamConfig()),
        ({"training": {"optimizer": ll.AdamConfig()}}, "training.optimizer", ll.AdamConfig()),
        ({"training": {"schedule": None}}, "training.schedule", None),
        ({"training": {"folds": None, "average": None}, "groups": None}, "training.folds", None),
        ({"network": {"hidden": [8]}}, "groups", [LINEAR, CODED]),
        ({"network": {"hidden": [8]}, "data": {"numeric": {"bins": 9}}}, "groups", None),
        ({"data": {"numeric": {"kind": "linear"}}}, "groups", [LINEAR_MODEL, ll.GroupConfig()]),
        ({"data": ll.DataConfig(numeric=ll.LinearConfig())}, "groups", [LINEAR_MODEL, ll.GroupConfig()]),
        ({"ensemble": 1}, "groups", None),
        ({"groups": None}, "data.numeric", ll.PiecewiseLinearConfig()),
        ({"groups": None}, "distribution", ll.AutoConfig()),
        ({"ensemble": 1}, "data.numeric", ll.PiecewiseLinearConfig()),
        ({"ensemble": 1, "data": {"numeric": {"kind": "linear"}}}, "data.numeric", ll.LinearConfig()),
        ({"groups": [{"ensemble": 3}]}, "groups", [ll.GroupConfig(ensemble=3)]),
        ({"data": {"features": []}}, "ensemble", 1),
        ({"data": {"features": []}}, "distribution", ll.AutoConfig()),
        ({"training": {"folds": None}}, "groups", None),
        ({"training": {"folds": 10}}, "ensemble", 10),
    ],
)
def test_other_kinds_and_parts(declared: dict[str, Any], at: str, value: Any):
    config: Any = ll.ModelConfig.model_validate({"quality": "good", **declared})
    for part in at.split("."):
        config = getattr(config, part)
    assert config == value


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        ({"quality": "great"}, r"quality: 'great' is not possible \(possible: best, fast, good, plain\)\."),
        ({"quality": "good", "data": 3}, "data: must be a mapping of keys, got 3"),
        ({"quality": "good", "ensemble": "many"}, "ensemble: input should be a valid integer, got 'many'"),
        ({"quality": "good", "network": {"kind": "vae"}}, "'quality' is of predictions from features, and 'vae' makes"),
        ({"training": {"folds": "auto"}, "ensemble": 2, "groups": [{"ensemble": 1}]}, "groups.0: its members hold out"),
    ],
)
def test_what_cannot_be(declared: dict[str, Any], message: str):
    with pytest.raises(ll.ConfigError, match=message):
        ll.ModelConfig.model_validate(declared)


@pytest.mark.parametrize(
    ("rows", "ensemble", "data", "folds"),
    [
        (40, 10, {}, 8),
        (40, 3, {}, 3),
        (5, 8, {}, 5),
        (2, 8, {}, 2),
        (40, 1, {}, None),
        (40, 8, {"groups": "g"}, 4),
        (40, 8, {"time": "t"}, 3),
    ],
)
def test_folds_that_are_left_to_the_table(rows: int, ensemble: int, data: dict[str, str], folds: int | None):
    table = {"x": X[:rows, 0], "g": np.arange(rows) % 4, "t": np.array([0, 0, 0, 1, 2] * 8)[:rows]}
    table = {name: column for name, column in table.items() if name in ("x", *data.values())}
    training = ll.TrainingConfig(folds="auto", steps=2)
    config = ll.ModelConfig(quality="plain", data={"features": ["x"], **data}, ensemble=ensemble, training=training)
    model = ll.Model(config).fit(table, Y[:rows], progress=False)
    assert model.config.training.folds == "auto"  # as declared, for another fit
    out = model._fit.out_of_fold  # without the note on gaps in time
    assert (None if out is None else len(np.unique(out.fold))) == folds


def test_times_of_many_rows_make_fewer_folds():
    hold = HoldOut(np.array([0] * 30 + [1, 2, 3]), in_time=True, column="day")
    parts = [len(np.unique(hold.parts(many, np.random.default_rng(0)))) for many in (hold.most(8),)]
    assert parts == [hold.most(8)]
    assert hold.most(8) >= 2


def test_groups_beside_validation_rows_are_weighed_by_these(monkeypatch: pytest.MonkeyPatch):
    asked, w, weight = [], np.array([0.3, 0.7]), RNG.uniform(0.5, 2.0, 15)
    monkeypatch.setattr(stacking, "stacked_weights", lambda *scores: asked.append(scores) or w)
    own = {"quality": "plain", "ensemble": 2, "network": {"hidden": [8]}, "training": {**SHORT, "folds": "auto"}}
    model = ll.Model({**own, "groups": [{}, {"network": {"hidden": []}}]})
    model.fit(X[15:], Y[15:], validation=(X[:15], Y[:15], weight), progress=False)
    each = [predict_dist(fit, fit.rows(as_table(X[:15]))) for fit in model._fit.groups]
    log_prob = np.stack([d.log_prob(Y[:15]) for d in each], axis=1)
    ((scores, weights),) = asked
    np.testing.assert_allclose(scores, log_prob, rtol=1e-12)
    np.testing.assert_allclose(weights / weights.sum(), weight / weight.sum(), rtol=1e-12)
    expected = np.logaddexp(*(log_prob + np.log(w)).T)
    np.testing.assert_allclose(model.predict_dist(X[:15]).log_prob(Y[:15]), expected, rtol=1e-9)
    with pytest.raises(ll.UndefinedError, match="no out-of-fold predictions"):
        _ = model.out_of_fold


def test_a_model_of_groups_with_validation_rows_is_read_again_and_fitted_again(tmp_path: Path):
    own = {
        "quality": "plain",
        "ensemble": 4,
        "network": {"hidden": [4]},
        "training": {**SHORT, "folds": "auto"},
        "groups": [{}, {}],
    }
    model = ll.Model(own).fit(X, Y, validation=(X[:15], Y[:15]), progress=False)
    model.save(tmp_path / "m")
    loaded = ll.Model.load(tmp_path / "m")
    np.testing.assert_array_equal(loaded.predict_dist(X).log_prob(Y), model.predict_dist(X).log_prob(Y))
    assert len(np.unique(loaded.fit(X[:3], Y[:3], progress=False).out_of_fold.fold)) == 3


def test_what_a_later_group_cannot_be_ends_the_fit_and_keeps_none():
    training = {"folds": 2, "steps": 2, "objective": {"kind": "crps"}}
    groups = [{"distribution": {"kind": "gaussian"}}, {"distribution": {"kind": "student_t"}}]
    model = ll.Model({"quality": "plain", "ensemble": 2, "training": training, "groups": groups})
    with pytest.raises(ll.ConfigError, match="StudentT has no CRPS"):
        model.fit(X, Y, progress=False)
    assert not model.fitted


def test_groups_are_weighed_by_the_cells_of_a_rounded_y(monkeypatch: pytest.MonkeyPatch):
    asked, y = [], np.round(Y, 2)
    monkeypatch.setattr(stacking, "stacked_weights", lambda *scores: asked.append(scores) or np.array([0.5, 0.5]))
    own = {"quality": "plain", "ensemble": 2, "network": {"hidden": [4]}, "training": {**SHORT, "folds": 2}}
    model = ll.Model({**own, "groups": [{}, {"distribution": {"kind": "laplace"}}]}).fit(X, y, progress=False)
    ((scores, _),) = asked
    factor, step = model.history.groups[0].factor, model._fitted().targets.step
    d = model.out_of_fold.distribution.dispersed(1.0 / factor, step)
    assert d is not None
    mixed = np.log(d.cdf(y + 0.005) - d.cdf(y - 0.005))
    np.testing.assert_allclose(np.logaddexp(*scores.T) - np.log(2.0), mixed, rtol=1e-8)


@pytest.mark.parametrize(
    ("printed", "named", "others"),
    [
        ("good", "best", "training.steps"),
        ("best", "fast", "ensemble, training.steps"),
        ("fast", "fast", None),
        (
            "plain",
            "good",
            "ensemble, training.optimizer, training.schedule, training.average, training.folds, training.further, "
            "training.steps, engine",
        ),
    ],
)
def test_another_quality_in_a_config_that_was_printed_in_full(
    printed: Any, named: str, others: str | None, tmp_path: Path
):
    path = tmp_path / "c.yaml"
    config = ll.ModelConfig(quality=printed, training={"seed": 3})  # pyright: ignore
    path.write_text(dump_config(config).replace(f"quality: {printed}", f"quality: {named}"))
    said = (
        f"quality: {named} changes nothing here: all keys that it sets are declared by themselves, and {others} "
        "otherwise; take out those that it is to set."
    )
    with warnings.catch_warnings(record=True) as noted:
        warnings.simplefilter("always")
        read = load_config(path)
        chosen = load_config(path, ["distribution={kind: gamma}"])  # as fit has settled it
    assert [str(w.message) for w in noted] == ([] if others is None else [said] * 2)
    assert read.training.steps == config.training.steps
    assert chosen.distribution.kind == "gamma"


def test_a_quality_that_sets_something_has_no_note(tmp_path: Path):
    path = tmp_path / "c.yaml"
    path.write_text(dump_config(ll.ModelConfig(quality="good")).replace("  steps: 4000\n", ""))
    assert load_config(path, ["quality=best"]).training.steps == SETTINGS["best"]["training"]["steps"]
