"""The quality that a config has without naming one: what it fills, where it fills nothing, and what `plain` is."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

import likelinet as ll
from likelinet.config.quality import SETTINGS
from likelinet.model import container
from likelinet.selection.baselines import baselines
from tests.small import cli, quick, write_csv

RNG = np.random.default_rng(11)
X = RNG.uniform(-1.0, 1.0, (56, 2))
Y = X[:, 0] + 0.1 * RNG.standard_normal(56)
GOOD, PLAIN = ll.ModelConfig(quality="good"), ll.ModelConfig(quality="plain")
VAE = {"kind": "vae", "encoder": [3], "latent": 1, "decoder": [3]}
LBFGS = {"kind": "lbfgs"}

# The whole config that a model without any declaration had before there was a default quality.
FORMER: dict[str, Any] = yaml.safe_load("""
data:
  target: null
  features: null
  exclude: []
  categorical: []
  ordered: []
  datetime: []
  text: []
  numeric: {kind: linear}
  missing: []
  strict: false
  extrapolate: false
  weight: null
  class_weight: null
  groups: null
  time: null
  header: true
  standardize: true
network:
  kind: mlp
  activation: silu
  dropout: 0.0
  layer_norm: false
  residual: false
  init: auto
  hidden: [128, 128]
distribution:
  kind: gaussian
  loc: predicted
  scale: predicted
  offset: null
  links: {loc: identity, scale: softplus}
training:
  objective: {kind: nll}
  optimizer: {kind: adamw, learning_rate: 0.003, weight_decay: 0.01}
  scale_rate: 1.0
  scale_decay: 1.0
  schedule: {kind: cosine, warmup: 0.1}
  epochs: null
  steps: null
  time: null
  batch_size: auto
  validation_fraction: 0.1
  folds: null
  early_stopping: {patience: null}
  average: null
  gradient_clip: 5.0
  precision: float32
  seed: 0
ensemble: 1
groups: null
engine: numpy
""")


def filled_of(config: ll.ModelConfig) -> tuple[str, str, int, int, Any]:
    """Return the quality, the family, members, groups and folds of a config."""
    return config.quality, config.distribution.kind, config.ensemble, len(config.each_group), config.training.folds


@pytest.mark.parametrize(
    ("declared", "found"),
    [
        ({}, ("good", "auto", 8, 3, "auto")),
        ({"data": {"target": "y"}}, ("good", "auto", 8, 3, "auto")),
        ({"training": {"epochs": 5}}, ("good", "auto", 8, 3, "auto")),
        ({"training": ll.TrainingConfig(epochs=5)}, ("good", "auto", 8, 3, "auto")),
        ({"training": {"optimizer": {"kind": "sgd"}}}, ("good", "auto", 8, 3, "auto")),
        ({"training": {"optimizer": {}}}, ("good", "auto", 8, 3, "auto")),
        ({"distribution": {"kind": "gamma"}}, ("good", "gamma", 8, 3, "auto")),
        ({"distribution": {"scale": "shared"}}, ("good", "gaussian", 8, 3, "auto")),
        ({"distribution": {}}, ("good", "gaussian", 8, 3, "auto")),
        ({"distribution": ll.GaussianConfig()}, ("good", "gaussian", 8, 3, "auto")),
        ({"network": {"hidden": [4]}}, ("good", "auto", 8, 2, "auto")),
        ({"network": ll.MLPConfig(hidden=[4])}, ("good", "auto", 8, 2, "auto")),
        ({"ensemble": 1}, ("good", "auto", 1, 1, "auto")),
        ({"ensemble": 5}, ("good", "auto", 5, 3, "auto")),
        ({"training": {"validation_fraction": 0.2}}, ("good", "auto", 8, 1, None)),
        ({"training": {"validation_fraction": 0.2, "folds": 4}}, ("good", "auto", 8, 3, 4)),
        ({"groups": None}, ("good", "auto", 8, 1, "auto")),
        ({"data": {"features": []}}, ("good", "auto", 1, 1, None)),
        ({"data": {"features": []}, "distribution": {"kind": "gamma"}}, ("good", "gamma", 1, 1, None)),
        ({"data": ll.DataConfig(features=[])}, ("good", "auto", 1, 1, None)),
        ({"quality": "plain", "ensemble": 3}, ("plain", "gaussian", 3, 1, None)),
        ({"quality": "fast"}, ("fast", "auto", 4, 2, "auto")),
        ({"network": VAE}, ("plain", "gaussian", 1, 1, None)),
        ({"network": ll.AutoencoderConfig()}, ("plain", "gaussian", 1, 1, None)),
        ({"training": {"optimizer": LBFGS}}, ("plain", "gaussian", 1, 1, None)),
        ({"training": ll.TrainingConfig(optimizer=ll.LBFGSConfig())}, ("plain", "gaussian", 1, 1, None)),
        ({"quality": "good", "training": {"optimizer": LBFGS}}, ("good", "auto", 8, 3, "auto")),
    ],
    ids=str,
)
def test_what_is_filled(declared: dict[str, Any], found: tuple[str, str, int, int, Any]):
    config = ll.ModelConfig.model_validate(declared)
    assert filled_of(config) == found
    assert config == ll.ModelConfig(**declared) == ll.Model(declared).config
    # What is printed of it is the same config, and so is what was declared of it.
    assert ll.ModelConfig.model_validate(config.model_dump(mode="json")) == config
    assert ll.ModelConfig.model_validate(config.model_dump(mode="json", exclude_unset=True)) == config
    assert config.model_fields_set == declared.keys()


def test_what_is_declared_stays_apart_from_what_is_filled():
    config = ll.ModelConfig.model_validate({"training": {"seed": 3, "optimizer": {"learning_rate": 0.01}}})
    assert config.training.optimizer == ll.AdamWConfig(learning_rate=0.01, weight_decay=0.1)
    own = {"training": {"seed": 3, "optimizer": {"learning_rate": 0.01}}}
    assert config.model_dump(mode="json", exclude_unset=True) == own
    again = ll.ModelConfig(quality="best", training=config.training)
    assert (again.training.seed, again.training.steps) == (3, SETTINGS["best"]["training"]["steps"])


def test_a_kind_that_is_left_out_is_the_one_that_is_listed_first():
    training = {"schedule": {"warmup": 0.2}, "optimizer": {}}
    config = ll.ModelConfig.model_validate({"data": {"numeric": {}}, "training": training, "quality": "fast"})
    assert config.training.schedule == ll.CosineConfig(warmup=0.2)
    assert config.training.optimizer == ll.AdamWConfig(learning_rate=0.004, weight_decay=0.1)
    assert config.data.numeric == ll.LinearConfig()


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        ({"quality": None}, "quality: is not null any more: write plain, for the defaults of each key."),
        ({"quality": ["good"]}, "quality: '.*' is not possible"),
        ({"quality": "plan"}, "quality: 'plan' is not possible .did you mean 'plain'?"),
        ({"quality": "fast", "network": VAE}, "'quality' is of predictions from features, and 'vae' makes codes"),
    ],
    ids=str,
)
def test_what_it_cannot_be(declared: dict[str, Any], message: str):
    with pytest.raises(ll.ConfigError, match=message):
        ll.ModelConfig.model_validate(declared)


def test_plain_is_what_there_was_without_any_quality():
    training = {**FORMER["training"], "further": None}  # a later key
    former = {**FORMER, "training": training, "quality": "plain", "devices": None}
    assert PLAIN.model_dump(mode="json") == former
    assert ll.ModelConfig(quality="plain", network=ll.MLPConfig(hidden=[4])).network == ll.MLPConfig(hidden=[4])


def test_plain_predicts_the_bits_of_its_keys_written_out():
    declared = {"quality": "plain", "network": {"hidden": [4]}, "training": {"epochs": 4}}
    whole = {"network": {**FORMER["network"], "hidden": [4]}, "training": {**FORMER["training"], "epochs": 4}}
    plain, written_out = (
        ll.Model(c).fit(X, Y, progress=False).predict_dist(X)
        for c in (declared, {"quality": "good", **FORMER, **whole})
    )
    np.testing.assert_array_equal(plain.log_prob(Y), written_out.log_prob(Y))


def test_coders_and_l_bfgs_train_as_ever():
    """No members, no folds, and of codes no choice of a family, which could not be made."""
    coder = ll.Model({"network": VAE, "training": {"epochs": 2}}).fit(X, progress=False)
    assert (coder.config.quality, len(coder.history.best_epoch)) == ("plain", 1)
    exact = {"network": {"hidden": []}, "training": {"optimizer": LBFGS, "validation_fraction": 0.0}}
    d = ll.Model(exact).fit(X, Y, progress=False).predict_dist(X)
    inputs = np.column_stack([X, np.ones(len(X))])
    assert isinstance(d, ll.Gaussian)
    assert ll.Model(exact).config.distribution == ll.GaussianConfig()
    assert np.mean((d.mean() - Y) ** 2) < 1.2 * np.mean((inputs @ np.linalg.lstsq(inputs, Y)[0] - Y) ** 2)


def test_few_rows_are_not_noted_beside_a_linear_model():
    model = ll.Model({"training": {"steps": 6}}).fit(X[:40, :1], Y[:40], progress=False)  # a warning is an error
    assert [group.is_linear for group in model.config.each_group] == [True, False, False]


def test_the_default_is_trained_and_read_again(tmp_path: Path):
    model = ll.Model({"training": {"steps": 6}}).fit(X[:, :1], Y, progress=False)
    assert (model.config.quality, len(model.history.groups), len(model.history.best_epoch)) == ("good", 6, 48)
    assert len(model.history.choice.candidates) > 1
    assert model.out_of_fold.log_prob.shape == (56,)
    model.save(tmp_path / "m")
    loaded = ll.Model.load(tmp_path / "m")
    assert loaded.config == model.config
    np.testing.assert_array_equal(loaded.predict_dist(X[:, :1]).log_prob(Y), model.predict_dist(X[:, :1]).log_prob(Y))
    simpler = baselines(model.config)
    assert {filled_of(c)[0] for c in simpler.values()} == {"plain"}


@pytest.mark.parametrize("before", [{"quality": None}, {}], ids=["null", "not there"])
def test_a_file_of_before_is_plain(before: dict[str, Any], tmp_path: Path):
    model = quick(ensemble=2).fit(X, Y, progress=False)
    model.save(tmp_path / "m")
    arrays, metadata = container.load(tmp_path / "m")
    config = {key: part for key, part in metadata["config"].items() if key != "quality"} | before
    container.save(tmp_path / "old", arrays, {**metadata, "schema": 2, "config": config})
    loaded = ll.Model.load(tmp_path / "old")
    assert loaded.config == model.config
    assert loaded.config.quality == "plain"
    np.testing.assert_array_equal(loaded.predict_dist(X).log_prob(Y), model.predict_dist(X).log_prob(Y))


def test_a_file_of_before_with_another_quality_keeps_it(tmp_path: Path):
    model = quick(quality="fast", ensemble=2, distribution={}, training={"steps": 4}).fit(X, Y, progress=False)
    model.save(tmp_path / "m")
    arrays, metadata = container.load(tmp_path / "m")
    container.save(tmp_path / "old", arrays, {**metadata, "schema": 2})
    assert ll.Model.load(tmp_path / "old").config == model.config
    assert model.config.quality == "fast"


def test_fit_and_show_say_what_was_trained(tmp_path: Path):
    columns = {"a": X[:, 0].tolist(), "b": X[:, 1].tolist(), "y": Y.tolist()}
    table, quickly = write_csv(tmp_path / "t.csv", columns), ("--set", "training.steps=4")
    for more, said in (
        ((), "Fitted 48 networks in 6 groups (quality good), "),
        (("--set", "network.hidden=[3]", "--set", "quality=fast"), "Fitted 4 networks (quality fast), "),
        (("--set", "ensemble=1", "--set", "distribution={kind: gaussian}"), "Fitted 1 network (quality good), "),
        (("--set", "quality=plain", "--set", "network.hidden=[3]"), "Fitted 17 parameters in "),
    ):
        done = cli("fit", table, "--target", "y", *quickly, *more, "-o", tmp_path / "m")
        assert done.code == 0, done.err
        (line,) = (line for line in done.out.splitlines() if line.startswith("Fitted "))
        assert line.startswith(said)
        assert said in cli("show", tmp_path / "m").out
        (tmp_path / "m").unlink()
    done = cli("fit", table, "--target", "y", "--set", "quality=null", "-o", tmp_path / "m")
    assert done.code == 2
    assert "quality: is not null any more: write plain, for the defaults of each key." in done.err
