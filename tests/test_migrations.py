"""Files of other versions: earlier ones are lifted, what is missing and has a default is filled, the rest is named."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import likelinet as ll
from likelinet.model import container
from likelinet.model.migrations import MIGRATIONS, Contents, lifted
from tests.small import quick, table

X, y = table()


def renamed(arrays: dict[str, np.ndarray], metadata: dict[str, Any]) -> Contents:
    """From schema 1 to 2: the weights have another name."""
    return {"weights": arrays["theta"]}, metadata


def doubled(arrays: dict[str, np.ndarray], metadata: dict[str, Any]) -> Contents:
    """From schema 2 to 3: a number has another unit."""
    return arrays, {**metadata, "number": 2 * metadata["number"]}


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("model") / "m.safetensors"
    quick().fit(X, y).save(file)
    return file


def changed(saved: Path, to: Path, *keys: str | int, **parts: Any) -> Path:
    """Write the file with some parts, which lie under the keys, changed; None takes one away."""
    arrays, metadata = container.load(saved)
    at: Any = metadata
    for key in keys:
        at = at[key]
    for name, value in parts.items():
        if value is None:
            del at[name]
        else:
            at[name] = value
    container.save(to, arrays, metadata)
    return to


def test_there_is_a_way_from_every_schema():
    assert set(MIGRATIONS) == set(range(1, container.SCHEMA))


@pytest.mark.parametrize(("start", "names", "number"), [(1, ["weights"], 14), (2, ["theta"], 14), (3, ["theta"], 7)])
def test_one_step_after_the_other(start: int, names: list[str], number: int):
    arrays, metadata = lifted({"theta": np.ones(2)}, {"schema": start, "number": 7}, 3, {1: renamed, 2: doubled})
    assert (list(arrays), metadata) == (names, {"schema": 3, "number": number})


def test_an_earlier_file_is_lifted(saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    old = changed(saved, tmp_path / "old.safetensors", "inputs", named=None, names=["x0", "x1"])

    def newer(arrays: dict[str, np.ndarray], metadata: dict[str, Any]) -> Contents:
        inputs = {"columns": metadata["inputs"]["columns"], "named": False}
        return arrays, {**metadata, "inputs": inputs}

    monkeypatch.setattr(container, "SCHEMA", container.SCHEMA + 1)
    monkeypatch.setitem(MIGRATIONS, container.SCHEMA - 1, newer)
    np.testing.assert_array_equal(ll.Model.load(old).predict(X), quick().fit(X, y).predict(X))


@pytest.mark.parametrize(
    ("keys", "name"),
    [
        ((), "optimiser"),
        (("inputs",), "scale"),
        (("inputs", "columns", 0), "fill"),
        (("targets",), "unit"),
        (("history",), "resumed"),
        (("history", "epochs", 0), "gradient"),
        (("config",), "streams"),
        (("config", "training"), "momentum"),
    ],
)
def test_unknown_parts_are_named(saved: Path, tmp_path: Path, keys: tuple[str | int, ...], name: str):
    file = changed(saved, tmp_path / "odd.safetensors", *keys, **{name: 1})
    with pytest.raises(
        ll.ModelFileError, match=f"does not describe a model of this version .*unknown (part|key) '{name}'"
    ):
        ll.Model.load(file)


@pytest.mark.parametrize(
    ("keys", "name"),
    [
        ((), "targets"),
        (("inputs",), "columns"),
        (("inputs", "columns", 1), "name"),
        (("targets",), "loc"),
        (("history", "epochs", 2), "train_nll"),
    ],
)
def test_missing_parts_are_named(saved: Path, tmp_path: Path, keys: tuple[str | int, ...], name: str):
    file = changed(saved, tmp_path / "odd.safetensors", *keys, **{name: None})
    with pytest.raises(ll.ModelFileError, match=f"does not describe a model of this version .*'{name}' is missing"):
        ll.Model.load(file)


@pytest.mark.parametrize("part", ["inputs", "targets", "history"])
@pytest.mark.parametrize("value", [3, [1, 2], "text"])
def test_parts_of_another_kind(saved: Path, tmp_path: Path, part: str, value: Any):
    file = changed(saved, tmp_path / "odd.safetensors", **{part: value})
    with pytest.raises(ll.ModelFileError, match=rf"\({part}: expected named parts, got "):
        ll.Model.load(file)


def test_missing_parts_with_a_default_are_filled(saved: Path, tmp_path: Path):
    model = ll.Model.load(saved)
    file = changed(saved, tmp_path / "a.safetensors", "history", engine=None, stopped=None)
    assert ll.Model.load(file).history == model.history
    file = changed(saved, tmp_path / "b.safetensors", "inputs", "columns", 0, indicator=None)
    np.testing.assert_array_equal(ll.Model.load(file).predict(X), model.predict(X))
    file = changed(saved, tmp_path / "c.safetensors", "config", "training", schedule=None, gradient_clip=None)
    assert ll.Model.load(file).config == model.config


def test_newer_is_refused_in_one_sentence(saved: Path, tmp_path: Path):
    file = changed(saved, tmp_path / "newer.safetensors", schema=container.SCHEMA + 1)
    with pytest.raises(ll.ModelFileError, match=r"written by a newer likelinet \(file schema 4, .*\); upgrade it\.$"):
        ll.Model.load(file)
