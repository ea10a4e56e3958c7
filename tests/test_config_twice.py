"""A key that comes twice in a config would hide the first one, so it is refused, with both places."""

from pathlib import Path
from typing import Any

import pytest

import likelinet as ll
from likelinet.config.plain import read_json, read_toml, read_yaml
from likelinet.selection.candidates import families
from tests.small import COLUMNS, cli, write_csv

TWICE: dict[str, tuple[str, str, str]] = {
    "block of YAML": (
        "c.yaml",
        "training: {epochs: 3}\ndata: {target: y}\n\ntraining:\n  seed: 1\n",
        "the key 'training' comes twice, in lines 1 and 4",
    ),
    "key of YAML": (
        "c.yml",
        "training:\n  epochs: 3\n  # fewer\n  epochs: 2\n",
        "the key 'epochs' comes twice, in lines 2 and 4",
    ),
    "quoted key": ("c.yaml", "engine: numpy\n'engine': jax\n", "the key 'engine' comes twice, in lines 1 and 2"),
    "flow of YAML": ("c.yaml", "data: {target: a, target: b}", "the key 'target' comes twice, in lines 1 and 1"),
    "in a sequence": ("c.yaml", "a:\n- {b: 1}\n- b: 1\n  c: 2\n  b: 3\n", "the key 'b' comes twice, in lines 3 and 5"),
    "top of JSON": (
        "c.json",
        '{"training": {"epochs": 3},\n "training": {"seed": 1}}',
        "the key 'training' comes twice, in lines 1 and 2",
    ),
    "key of JSON": (
        "c.json",
        '{"training":\n {"optimizer":\n {"kind": "sgd",\n\n "kind": "adam"}}}',
        "the key 'kind' comes twice, in lines 3 and 5",
    ),
    "in a list": ("c.json", '{"a": [1, {"b": 1, "b": 1}]}', "the key 'b' comes twice, in lines 1 and 1"),
    "behind braces in text": (
        "c.json",
        '{"}\\"{": ["]", "a\\\\"],\n "a" :"a:",\n "b": {"a": 1},\n "\\u0061": 2}',
        "the key 'a' comes twice, in lines 2 and 4",
    ),
    "key of TOML": (
        "c.toml",
        "[training]\nepochs = 3\nseed = 1\nepochs=2\n",
        "the key 'epochs' comes twice, in lines 2 and 4",
    ),
    "table of TOML": (
        "c.toml",
        "[training]\nepochs = 3\n[data]\ntarget = 'y'\n[training]\nseed = 1\n",
        "the key 'training' comes twice, in lines 1 and 5",
    ),
    "dotted key of TOML": (
        "c.toml",
        "training.epochs = 3\nengine = 'numpy'\n[training]\nseed = 1\n",
        "the key 'training' comes twice, in lines 1 and 3",
    ),
    "dotted key in a table": (
        "c.toml",
        "[training]\noptimizer.kind = 'sgd'\nseed = 1\noptimizer.'kind' = 'adam'\n",
        "the key 'optimizer.'kind'' comes twice, in lines 2 and 4",
    ),
    "table for a dotted key": (
        "c.toml",
        "[data]\nkind = 1\n[training]\noptimizer.kind = 'sgd'\n[training.optimizer]\nkind = 'adam'\n",
        "the key 'training.optimizer' comes twice, in lines 4 and 5",
    ),
    "value over several lines": (
        "c.toml",
        "[data]\nfeatures = ['a']\ntarget = 'y'\nfeatures = [\n  'b',\n]\n",
        "the key 'features' comes twice, in lines 2 and 4",
    ),
}


@pytest.mark.parametrize("case", TWICE)
def test_in_a_file(case: str, tmp_path: Path):
    name, text, message = TWICE[case]
    (tmp_path / name).write_text(text)
    with pytest.raises(ll.ConfigError) as found:
        ll.load_config(tmp_path / name)
    assert str(found.value) == f"{tmp_path / name}: {message}: keep one of them."


def test_in_what_toml_finds_by_itself(tmp_path: Path):
    (tmp_path / "c.toml").write_text("training = {seed = 1, seed = 2}\n")
    with pytest.raises(ll.ConfigError, match=r"cannot be parsed: .*line 1"):
        ll.load_config(tmp_path / "c.toml")


def test_on_the_command_line(tmp_path: Path):
    (tmp_path / "c.yaml").write_text("data: {target: price}\ntraining: {epochs: 3}\ntraining: {seed: 1}\n")
    done = cli("fit", tmp_path / "c.yaml", write_csv(tmp_path / "t.csv", COLUMNS), "-o", tmp_path / "m")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"likelinet: {tmp_path / 'c.yaml'}: the key 'training' comes twice, in lines 2 and 3")
    with pytest.raises(ll.ConfigError, match=r"^--set training=.*: the key 'epochs' comes twice, in lines 1 and 1"):
        ll.load_config(write_config(tmp_path), ["training={epochs: 1, epochs: 2}"])
    with pytest.raises(ll.ConfigError, match=r"^--families .*: the key 'scale' comes twice"):
        families("{kind: gaussian, scale: 1.0, scale: 2.0}", ll.ModelConfig())


def write_config(folder: Path) -> Path:
    (folder / "fine.yaml").write_text("data: {target: price}\n")
    return folder / "fine.yaml"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", None),
        ("a: 1\nb: {a: 2}\nc: [{a: 3}, {a: 4}]\n", {"a": 1, "b": {"a": 2}, "c": [{"a": 3}, {"a": 4}]}),
        ("1: a\n'1': b\n", {1: "a", "1": "b"}),
        ("a: &a {x: 1, y: 1}\nb: {<<: *a, x: 2}\n", {"a": {"x": 1, "y": 1}, "b": {"x": 2, "y": 1}}),
        (
            "a: &a {x: 1}\nd: {e: {f: &b {<<: *a, x: 2}}}\nc: {<<: *b, x: 3}\ng: *b\n",
            {"a": {"x": 1}, "d": {"e": {"f": {"x": 2}}}, "c": {"x": 3}, "g": {"x": 2}},
        ),
        ("a: &a {x: 1}\nb: &b {y: 2}\nc:\n  <<: *a\n  <<: *b\n", {"a": {"x": 1}, "b": {"y": 2}, "c": {"y": 2, "x": 1}}),
    ],
)
def test_yaml_is_read_as_before(text: str, expected: Any):
    import yaml

    assert read_yaml(text) == yaml.safe_load(text) == expected


def test_an_alias_in_a_circle_is_refused():
    with pytest.raises(ll.ConfigError, match="the value of line 1 refers to itself"):
        read_yaml("a: &a {b: *a}\n")


def test_json_and_toml_are_read_as_before():
    data = {"a": [1, {"b": 1.5, "c": None}, [{"b": "x"}]], "d": {"a": {}, "b": []}, "e": True}
    assert read_json('{"a": [1, {"b": 1.5, "c": null}, [{"b": "x"}]], "d": {"a": {}, "b": []}, "e": true}') == data
    text = 'a = 1\n[b]\na = "x = 1"\n[[c]]\na = 2\n[[c]]\na = 3\n[d]\na = 4\n'
    assert read_toml(text) == {"a": 1, "b": {"a": "x = 1"}, "c": [{"a": 2}, {"a": 3}], "d": {"a": 4}}
