"""Configs: defaults, the same from every source, frozen, and back again."""

import json
from pathlib import Path
from typing import Any

import pytest

import likelinet as ll
from likelinet.config import dump_config, load_config, parse_config

DECLARED = {
    "data": {"target": "strength", "features": ["a", "b"], "weight": "w", "standardize": False},
    "network": {"kind": "mlp", "hidden": [64, 32], "activation": "relu", "dropout": 0.1, "init": 0.5},
    "distribution": {"kind": "gaussian", "scale": "shared", "links": {"scale": "exp"}},
    "training": {"optimizer": {"kind": "sgd", "momentum": 0.9}, "epochs": 7, "batch_size": 8},
    "ensemble": 2,
}
YAML = """
data: {target: strength, features: [a, b], weight: w, standardize: false}
network: {kind: mlp, hidden: [64, 32], activation: relu, dropout: 0.1, init: 0.5}
distribution: {kind: gaussian, scale: shared, links: {scale: exp}}
training:
  optimizer: {kind: sgd, momentum: 0.9}
  epochs: 7
  batch_size: 8
ensemble: 2
"""
TOML = """
ensemble = 2
[data]
target = "strength"
features = ["a", "b"]
weight = "w"
standardize = false
[network]
kind = "mlp"
hidden = [64, 32]
activation = "relu"
dropout = 0.1
init = 0.5
[distribution]
kind = "gaussian"
scale = "shared"
links = {scale = "exp"}
[training]
epochs = 7
batch_size = 8
optimizer = {kind = "sgd", momentum = 0.9}
"""
TYPED = ll.ModelConfig(
    data=ll.DataConfig(target="strength", features=["a", "b"], weight="w", standardize=False),
    network=ll.MLPConfig(hidden=[64, 32], activation="relu", dropout=0.1, init=0.5),
    distribution=ll.GaussianConfig(scale="shared", links={"scale": "exp"}),
    training=ll.TrainingConfig(optimizer=ll.SGDConfig(momentum=0.9), epochs=7, batch_size=8),
    ensemble=2,
)
FAMILIES: list[dict[str, Any]] = [
    {"kind": "gaussian", "scale": 1.0},
    {"kind": "student_t", "df": 4.0, "scale": "shared"},
    {"kind": "gamma"},
    {"kind": "poisson"},
    {"kind": "negative_binomial", "total_count": "shared"},
    {"kind": "bernoulli"},
    {"kind": "categorical", "logits": "shared"},
    {"kind": "mixture", "components": 4, "base": {"kind": "student_t"}},
    {"kind": "transformed", "base": {"kind": "gamma"}, "loc": -1.0, "scale": 2.0},
    {"kind": "custom", "target": "some.module:Class.<locals>.Inner", "parameters": {"a": 1.0}},
]


@pytest.mark.parametrize(
    ("name", "text"), [("c.yaml", YAML), ("c.yml", YAML), ("c.toml", TOML), ("c.json", json.dumps(DECLARED))]
)
def test_every_format_declares_the_same(tmp_path: Path, name: str, text: str):
    file = tmp_path / name
    file.write_text(text)
    assert load_config(file) == TYPED == ll.ModelConfig.model_validate(DECLARED) == ll.load_config(str(file))


@pytest.mark.parametrize("text", ["", "# nothing\n", "{}"])
def test_everything_has_a_default(tmp_path: Path, text: str):
    file = tmp_path / "c.yaml"
    file.write_text(text)
    config = load_config(file)
    assert config == ll.ModelConfig() == ll.Model().config == ll.Model({}).config
    assert isinstance(config.distribution, ll.AutoConfig)
    assert (config.quality, config.engine, config.training.seed) == ("good", "auto", 0)


def test_kind_may_be_left_out():
    config = ll.ModelConfig.model_validate(
        {
            "quality": "plain",
            "distribution": {"scale": 2.0},
            "training": {"optimizer": {"learning_rate": 0.5}, "schedule": {"warmup": 0.2}},
        }
    )
    assert config.distribution == ll.GaussianConfig(scale=2.0)
    assert config.training.optimizer == ll.AdamWConfig(learning_rate=0.5)
    assert config.training.schedule == ll.CosineConfig(warmup=0.2)


def test_what_may_be_null():
    off = ll.TrainingConfig(schedule=None, early_stopping=None, gradient_clip=None, batch_size=None)
    data = {"schedule": None, "early_stopping": None, "gradient_clip": None, "batch_size": None}
    assert ll.TrainingConfig.model_validate({**data, "validation_fraction": 0}) == off.model_copy(
        update={"validation_fraction": 0.0}
    )


def test_frozen():
    config = ll.ModelConfig()
    for target, key in ((config, "ensemble"), (config.training, "epochs"), (config.distribution, "scale")):
        with pytest.raises(ValueError, match="frozen"):
            setattr(target, key, 3)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda f: f["kind"])
def test_dump_is_read_back(tmp_path: Path, family: dict[str, Any]):
    config = parse_config({**DECLARED, "distribution": family})
    file = tmp_path / "c.yaml"
    file.write_text(dump_config(config))
    assert load_config(file) == config
    assert ll.ModelConfig.model_validate(config.model_dump(mode="json")) == config


@pytest.mark.parametrize(
    ("override", "key", "value"),
    [
        ("training.epochs=50", ("training", "epochs"), 50),
        ("training.batch_size=null", ("training", "batch_size"), None),
        ("training.optimizer.learning_rate=1e-2", ("training", "optimizer", "learning_rate"), 0.01),
        ("network.hidden=[5, 6]", ("network", "hidden"), [5, 6]),
        ("network.hidden=[]", ("network", "hidden"), []),
        ("data.target=a b", ("data", "target"), "a b"),
        ("data.features=[]", ("data", "features"), []),
        ("distribution={kind: student_t, df: 3}", ("distribution", "df"), 3.0),
        ("distribution.scale=2.5", ("distribution", "scale"), 2.5),
        ("training.schedule={kind: step}", ("training", "schedule"), ll.StepConfig()),
        (" ensemble =5", ("ensemble",), 5),
    ],
)
def test_overrides(tmp_path: Path, override: str, key: tuple[str, ...], value: Any):
    file = tmp_path / "c.yaml"
    file.write_text(YAML.replace("kind: sgd, momentum: 0.9", "kind: adam"))
    found: Any = load_config(file, [override])
    for part in key:
        found = getattr(found, part)
    assert found == value


def test_the_last_override_wins(tmp_path: Path):
    file = tmp_path / "c.yaml"
    file.write_text("")
    config = load_config(file, ["training.epochs=1", "training.epochs=2", "training.seed=9"])
    assert (config.training.epochs, config.training.seed) == (2, 9)
