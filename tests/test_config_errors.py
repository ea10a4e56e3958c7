"""A wrong config is one sentence: where, what, and the nearest valid value."""

from pathlib import Path
from typing import Any

import pytest

import likelinet as ll
from likelinet.config import load_config, parse_config
from tests.small import cli

WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "key at the top": ({"trainin": {}}, "unknown key 'trainin' (did you mean 'training'?)."),
    "key inside": ({"training": {"epoch": 3}}, "training: unknown key 'epoch' (did you mean 'epochs'?)."),
    "key deep inside": (
        {"training": {"optimizer": {"kind": "adam", "lr": 1}}},
        "training.optimizer: unknown key 'lr' (possible: kind, learning_rate).",
    ),
    "key of a family": (
        {"distribution": {"kind": "gamma", "rates": 1.0}},
        "distribution: unknown key 'rates' (did you mean 'rate'?).",
    ),
    "family": (
        {"distribution": {"kind": "gausian"}},
        "distribution: unknown kind 'gausian' (did you mean 'gaussian'?).",
    ),
    "family of a mixture": (
        {"distribution": {"kind": "mixture", "base": {"kind": "gama"}}},
        "distribution.base: unknown kind 'gama' (did you mean 'gamma'?).",
    ),
    "network": ({"network": {"kind": "mpl"}}, "network: unknown kind 'mpl' (did you mean 'mlp'?)."),
    "optimiser": (
        {"training": {"optimizer": {"kind": "adamm"}}},
        "training.optimizer: unknown kind 'adamm' (did you mean 'adam'?).",
    ),
    "schedule": (
        {"training": {"schedule": {"kind": "cosin"}}},
        "training.schedule: unknown kind 'cosin' (did you mean 'cosine'?).",
    ),
    "activation": (
        {"network": {"activation": "rellu"}},
        "network.activation: 'rellu' is not possible (did you mean 'relu'?).",
    ),
    "engine": ({"engine": "nump"}, "engine: 'nump' is not possible (did you mean 'numpy'?)."),
    "link": (
        {"distribution": {"links": {"scale": "softmax"}}},
        "distribution.links.scale: 'softmax' is not possible (did you mean 'softplus'?).",
    ),
    "link of what": (
        {"distribution": {"links": {"scal": "exp"}}},
        "distribution: unknown parameter 'scal' (did you mean 'scale'?).",
    ),
    "link that does not fit": (
        {"distribution": {"links": {"scale": "identity"}}},
        "distribution: link 'identity' does not map into a positive number, as scale needs "
        "(possible: softplus, exp, sigmoid).",
    ),
    "source": (
        {"distribution": {"scale": "sharred"}},
        "distribution.scale: 'sharred' is not possible (did you mean 'shared'?) or a number.",
    ),
    "fixed value": ({"distribution": {"scale": -1}}, "distribution: scale must be a positive number, got -1."),
    "zero epochs": ({"training": {"epochs": 0}}, "training.epochs: input should be greater than 0, got 0."),
    "negative rate": (
        {"training": {"optimizer": {"learning_rate": -0.1}}},
        "training.optimizer.learning_rate: input should be greater than 0, got -0.1.",
    ),
    "dropout of 1": ({"network": {"dropout": 1.0}}, "network.dropout: input should be less than 1, got 1.0."),
    "all rows held out": (
        {"training": {"validation_fraction": 1.0}},
        "training.validation_fraction: input should be less than 1, got 1.0.",
    ),
    "negative spread of weights": (
        {"network": {"init": -1}},
        "network.init: input should be greater than 0, got -1.",
    ),
    "no members": ({"ensemble": 0}, "ensemble: input should be greater than 0, got 0."),
    "negative seed": (
        {"training": {"seed": -1}},
        "training.seed: input should be greater than or equal to 0, got -1.",
    ),
    "infinite clip": (
        {"training": {"gradient_clip": float("inf")}},
        "training.gradient_clip: input should be a finite number, got inf.",
    ),
    "text for a number": (
        {"training": {"epochs": "many"}},
        "training.epochs: input should be a valid integer, got 'many'.",
    ),
    "number for a list": ({"network": {"hidden": 5}}, "network.hidden: input should be a valid list, got 5."),
    "text in a list": (
        {"network": {"hidden": [5, "a"]}},
        "network.hidden.1: input should be a valid integer, got 'a'.",
    ),
    "nothing to transform": ({"distribution": {"kind": "transformed"}}, "distribution.base: is missing."),
    "class without a module": (
        {"distribution": {"kind": "custom", "target": "Rayleigh"}},
        "distribution.target: write it as module:Class, got 'Rayleigh'.",
    ),
    "family without kind": ({"distribution": "gamma"}, "distribution: write it as {kind: gamma}, got 'gamma'."),
    "family as a list": ({"distribution": ["gamma"]}, "distribution: must be a mapping of keys, got ['gamma']."),
    "base without kind": (
        {"distribution": {"kind": "mixture", "base": "gamma"}},
        "distribution.base: write it as {kind: gamma}, got 'gamma'.",
    ),
    "unknown base": (
        {"distribution": {"kind": "mixture", "base": {"kind": "gauss"}}},
        "distribution.base: unknown kind 'gauss' (did you mean 'gaussian'?)",
    ),
    "optimiser without kind": (
        {"training": {"optimizer": "sgd"}},
        "training.optimizer: write it as {kind: sgd}, got 'sgd'.",
    ),
    "schedule none": (
        {"training": {"schedule": "none"}},
        "training.schedule: must be a mapping of keys, got 'none'; write null for none at all.",
    ),
    "network without kind": ({"network": "mlp"}, "network: write it as {kind: mlp}, got 'mlp'."),
    "family as its class": (
        {"distribution": ll.JohnsonSU},
        "distribution: write it as {kind: johnson_su}, got the class JohnsonSU.",
    ),
    "family as another class": (
        {"distribution": dict},
        "distribution: must be a mapping of keys, got the class dict: a family of your own is passed beside the "
        "config, as Model(config, distribution=dict).",
    ),
    "number for a mapping": ({"data": 3}, "data: must be a mapping of keys, got 3."),
    "number for a name": ({"data": {"target": 2019}}, "data.target: must be text, got 2019: write it in quotes."),
    "number among names": (
        {"data": {"features": ["a", 3]}},
        "data.features.1: must be text, got 3: write it in quotes.",
    ),
    "a word of YAML for a name": (
        {"data": {"target": False}},
        "data.target: must be text, got False: write it in quotes (yes, no, on and off are true and false in YAML).",
    ),
    "objective in a word": (
        {"training": {"objective": "crsp"}},
        "training.objective: must be a mapping of keys, got 'crsp' (did you mean {kind: crps}?).",
    ),
    "family in a word": (
        {"distribution": "autoo"},
        "distribution: must be a mapping of keys, got 'autoo' (did you mean {kind: auto}?).",
    ),
    "another name of a family in a word": (
        {"distribution": "normal"},
        "distribution: must be a mapping of keys, got 'normal' (did you mean {kind: gaussian}?).",
    ),
    "no family": ({"distribution": "zzzzzzz"}, "distribution: must be a mapping of keys, got 'zzzzzzz'."),
    "half a member": ({"ensemble": 1.5}, "ensemble: must be a whole number, got 1.5."),
    "quality": ({"quality": "godo"}, "quality: 'godo' is not possible (did you mean 'good'?)."),
    "quality in a list": ({"quality": ["good"]}, "quality: '['good']' is not possible (did you mean 'good'?)."),
    "groups as a mapping": (
        {"groups": {"network": {}}},
        "groups: is a list of groups of members, got {'network': {}}: the column of the rows' groups is data.groups.",
    ),
    "a family for each group": (
        {"groups": [{"distribution": "auto"}]},
        "groups.0.distribution: 'auto' chooses one family for all groups: write it in 'distribution' of the whole "
        "config.",
    ),
    "no targets": ({"data": {"target": []}}, "data.target"),
    "two mistakes": (
        {"training": {"epochs": 0}, "ensemble": 0},
        "training.epochs: input should be greater than 0, got 0; ensemble: input should be greater than 0, got 0.",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_message(name: str, tmp_path: Path):
    data, message = WRONG[name]
    for declare in (ll.Model, ll.ModelConfig.model_validate, lambda d: ll.ModelConfig(**d)):
        with pytest.raises(ll.ConfigError) as found:
            declare(data)
        assert message in str(found.value)
        assert "\n" not in str(found.value)
    with pytest.raises(ll.ConfigError) as found:
        parse_config(data, "there.yaml")
    assert str(found.value).startswith("there.yaml: ")


def test_a_part_by_itself():
    with pytest.raises(ll.ConfigError, match=r"^unknown key 'epoch' \(did you mean 'epochs'\?\)\.$"):
        ll.TrainingConfig(epoch=3)  # type: ignore[call-arg]
    with pytest.raises(ll.ConfigError, match=r"^scale must be a positive number, got 0\.$"):
        ll.GaussianConfig(scale=0.0)


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (["training.epochs=3", "ensembl=3", "training.seed=1"], "with --set ensembl=3, {}: unknown key 'ensembl' (did"),
        (["data.target=no"], "with --set data.target=no, {}: data.target: must be text, got False"),
        (["data=3", "data={}"], ""),
    ],
)
def test_the_override_at_fault_is_named(tmp_path: Path, overrides: list[str], message: str):
    (tmp_path / "c.yaml").write_text("data: {target: x}\n")
    if not message:
        assert ll.load_config(tmp_path / "c.yaml", overrides).data.target is None
        return
    with pytest.raises(ll.ConfigError) as found:
        ll.load_config(tmp_path / "c.yaml", overrides)
    assert str(found.value).startswith(message.format(tmp_path / "c.yaml"))
    (tmp_path / "c.yaml").write_text("dat: {target: x}\n")
    with pytest.raises(ll.ConfigError) as found:
        ll.load_config(tmp_path / "c.yaml", overrides)
    assert str(found.value).startswith(f"{tmp_path / 'c.yaml'}: unknown key 'dat'")  # or is it the file


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (5, "expected a mapping of keys"),
        (["data"], "expected a mapping of keys"),
        ("config.yaml", "must be a dict or a ModelConfig, got 'config.yaml': load_config reads a file"),
    ],
)
def test_not_a_config(config: Any, message: str):
    with pytest.raises(ll.ConfigError, match=message):
        ll.Model(config)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("c.yaml", b"data: [1\n x", "cannot be parsed: .*line 2"),
        ("c.toml", b"data = ", "cannot be parsed: Invalid value"),
        ("c.json", b'{"data": ', "cannot be parsed: Expecting value: line 1"),
        ("c.json", b"[1]", "expected a mapping"),
        ("c.yaml", b"just words", "expected a mapping"),
        ("c.yaml", b"\xff\xfe\x00", "not a text file"),
    ],
)
def test_files(tmp_path: Path, name: str, content: bytes, message: str):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ll.ConfigError, match=message) as found:
        load_config(tmp_path / name)
    assert str(found.value).startswith(str(tmp_path / name))
    assert "\n" not in str(found.value)


@pytest.mark.parametrize(
    ("name", "content"), [("c.json", '{"ensemble": 2}'), ("c.toml", "ensemble = 2"), ("c.yaml", "ensemble: 2")]
)
def test_byte_order_mark(tmp_path: Path, name: str, content: str):
    (tmp_path / name).write_text(content, encoding="utf-8-sig")
    assert load_config(tmp_path / name).ensemble == 2


def test_missing_file(tmp_path: Path):
    with pytest.raises(ll.ConfigError, match=r"none\.yaml: cannot read the config .*; check the path"):
        load_config(tmp_path / "none.yaml")


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("epochs", "write it as key.subkey=value"),
        ("=5", "write it as key.subkey=value"),
        ("training.epochs=[1", "the value cannot be parsed"),
        ("training.epoch=5", r"unknown key 'epoch' \(did you mean 'epochs'\?\)"),
    ],
)
def test_overrides(tmp_path: Path, override: str, message: str):
    (tmp_path / "c.yaml").write_text("")
    with pytest.raises(ll.ConfigError, match=message):
        load_config(tmp_path / "c.yaml", [override])


@pytest.mark.parametrize("override", ["ensemble=2", "training.epochs=1"])
def test_override_of_no_mapping(tmp_path: Path, override: str):
    (tmp_path / "c.yaml").write_text("[1, 2]")
    with pytest.raises(ll.ConfigError, match="expected a mapping"):
        load_config(tmp_path / "c.yaml", [override])


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        ({"target": "y"}, "unknown key 'target' (did you mean 'data.target' or 'distribution.target'?)."),
        ({"epochs": 3}, "unknown key 'epochs' (did you mean 'training.epochs'?)."),
        ({"training": {"learning_rate": 1}}, "unknown key 'learning_rate' (did you mean 'optimizer.learning_rate'?)."),
        (
            {"ensembl": 3, "exclude": ["g"]},
            "'ensembl' (did you mean 'ensemble'?); unknown key 'exclude' (did you",
        ),
        ({"data": {"exclude": "id"}}, "data.exclude: input should be a valid list, got 'id': write [id]."),
        ({"network": {"kind": "linear"}}, "unknown kind 'linear' (a linear model is {kind: mlp, hidden: []})."),
        ({"data": {"target": ["y", "z", "y"]}}, "target names 'y' twice: name each column once."),
    ],
)
def test_what_a_beginner_writes(declared: dict[str, Any], message: str):
    with pytest.raises(ll.ConfigError) as found:
        parse_config(declared)
    assert message in str(found.value)


@pytest.mark.parametrize("empty", ["groups=", "training.folds= "])
def test_an_empty_value(empty: str, tmp_path: Path):
    (tmp_path / "c.yaml").write_text("ensemble: 3\n")
    key = empty.partition("=")[0]
    with pytest.raises(ll.ConfigError) as found:
        load_config(tmp_path / "c.yaml", [empty])
    assert str(found.value) == f"--set {empty}: the value is missing; write {key}=null for none at all."
    assert load_config(tmp_path / "c.yaml", [f"{key}=null"]).groups is None


def test_keys_by_themselves():
    with pytest.raises(TypeError) as found:
        ll.Model(quality="fast", ensemble=3)  # pyright: ignore
    assert str(found.value) == "Model takes its config as one dict: write ll.Model({'quality': 'fast', 'ensemble': 3})."
    with pytest.raises(TypeError, match="unexpected keyword argument 'speed'"):
        ll.Model(speed="fast")  # pyright: ignore


@pytest.mark.parametrize(
    ("option", "how"),
    [
        (("--quality", "fast"), "--set quality=fast."),
        (("--quality=fast",), "--set quality=fast."),
        (("--quality",), "--set quality=…."),
        (("--epochs", "5"), "--set training.epochs=5."),
        (("--learning-rate", "0.1"), "--set training.optimizer.learning_rate=0.1."),
        (("--zoom", "5"), None),
    ],
)
def test_a_key_as_an_option(option: tuple[str, ...], how: str | None):
    done = cli("fit", "t.csv", *option)
    rest = "" if how is None else f": it is a key of the config, so write {how}"
    assert done.code == 2
    assert f"'{option[0].partition('=')[0]}'{rest}" in done.err
    assert ("--set" in done.err) is (how is not None)
    assert "--set" not in cli("predict", "m", "t.csv", *option).err
