"""Model files: damaged bytes, and forged parts whose checksum is right; a model that answers, or a sentence."""

import json
import struct
import warnings
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import likelinet as ll
from likelinet.model import container
from tests.fuzz.corpus import FORGED
from tests.fuzz.harness import Refused, inputs, many_inputs, one_of, outcome
from tests.fuzz.mutate import damaged, mutated
from tests.small import labels, quick, table

X, y = table()
DAYS = pd.date_range("2020-01-01", periods=60, freq="5D").astype(str)
FRAME = pd.DataFrame(X, columns=["a", "b"]).assign(
    colour=["red", "green", "blue"] * 20, yes=["yes", "no"] * 30, day=DAYS, took=[f"{i % 9}h" for i in range(60)],
    price=[f"$ {1000 + i:,}" for i in range(60)], gap=[*[""] * 5, *(str(i * 1.7 % 11) for i in range(55))],
    many=[f"v{i % 20}" for i in range(60)],
)  # fmt: skip
ASKED = FRAME[::5]
TEXT = ASKED.astype(str)
TYPES = ("BF16", "F8_E4M3", "F8_E5M2", "F16", "F64", "I8", "BOOL", "C64", "X9")
GROUPS = [{"network": {"hidden": []}}, {"network": {"hidden": [3]}}]


def _models() -> dict[str, ll.Model]:
    grades = {"kind": "ordered_logistic", "levels": ["c", "b", "a"]}
    return {
        "frame": quick(data={"ordered": ["colour"]}).fit(FRAME, y),
        "codes": quick(data={"numeric": {"kind": "piecewise_linear", "bins": 3}}, ensemble=2).fit(FRAME, y),
        "mixture": quick(distribution={"kind": "mixture", "components": 2}).fit(FRAME, np.stack([y, -y], axis=1)),
        "classes": quick(distribution={"kind": "categorical"}).fit(FRAME, labels(X, ["x", "y", "z"])),
        "levels": quick(distribution=grades).fit(FRAME, labels(X, ["a", "b", "c"])),
        "groups": quick(groups=GROUPS, ensemble=2, training={"folds": 2}).fit(FRAME, y).recalibrate(),
        "dressed": quick(data={"target": "price"}).fit(FRAME),
        "exact": quick(training={"optimizer": {"kind": "lbfgs"}}).fit(FRAME, y),
    }


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return small model files by name."""
    path = tmp_path_factory.mktemp("fuzz") / "m.safetensors"
    found = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of how columns are read
        models = _models()
    for name, model in models.items():
        model.save(path)
        found[name] = path.read_bytes()
    return found


def asked(path: Path) -> None:
    """Load a model and ask it what its columns and weights answer."""
    model = ll.Model.load(path)
    repr(model)
    model.predict(ASKED)
    model.predict_dist(TEXT).ppf(0.5)


def parts(raw: bytes, folder: Path) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Return arrays and metadata of a whole file."""
    (folder / "whole").write_bytes(raw)
    return container.load(folder / "whole")


def written(path: Path, arrays: dict[str, np.ndarray], metadata: dict[str, Any]) -> None:
    """Write a model file that need not outlive a power cut, which takes as long as all else."""
    with path.open("wb") as file:
        container.save(file, arrays, metadata)


def forged_arrays(arrays: dict[str, np.ndarray], rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Return arrays of which one is not as it was."""
    name = one_of(rng, [*arrays])
    a = arrays[name].copy()
    with np.errstate(all="ignore"):
        match int(rng.integers(6)):
            case 0:
                a.flat[int(rng.integers(a.size))] = one_of(rng, (np.nan, np.inf, -1e38, 1e30))
            case 1:
                a = a.astype(one_of(rng, (bool, np.uint8, np.float64, np.float16, np.int64)))
            case 2:
                a = one_of(rng, (a[0], a[:, :-1], a.repeat(2, 0), a.T, a[None], a[:0], a.ravel()[:1]))
            case 3:
                a = a * np.array(one_of(rng, (1e3, 1e20, 0.0, -1.0)), a.dtype)
            case 4:
                return {**arrays, one_of(rng, ("more", "theta.1", "theta.9", "sha256x")): a}
            case _:
                return {k: v for k, v in arrays.items() if k != name}
    return {**arrays, name: a}


@many_inputs
def test_damaged_bytes(many: int, files: dict[str, bytes], tmp_path: Path):
    path = tmp_path / "m.safetensors"
    for i, rng in inputs(many):
        name = one_of(rng, [*files])
        raw = files[name]
        (size,) = struct.unpack("<Q", raw[:8])
        raw = damaged(raw[: 8 + size], rng) + raw[8 + size :] if rng.random() < 0.7 else damaged(raw, rng)
        path.write_bytes(raw)
        outcome(lambda: asked(path), f"damaged bytes {i} of '{name}'")


@many_inputs
def test_forged_parts(many: int, files: dict[str, bytes], tmp_path: Path):
    path, known = tmp_path / "m.safetensors", {name: parts(raw, tmp_path) for name, raw in files.items()}
    for i, rng in inputs(many):
        name = one_of(rng, [*known])
        arrays, metadata = known[name]
        if rng.random() < 0.3:
            arrays = forged_arrays(arrays, rng)
        else:
            part = one_of(rng, [*metadata])
            metadata = {**metadata, part: mutated([metadata[part]], rng)}
            metadata[part] = metadata[part][0] if isinstance(metadata[part], list) and metadata[part] else None
        if outcome(lambda arrays=arrays, metadata=metadata: written(path, arrays, metadata), "") is not Refused:
            outcome(lambda: asked(path), f"forged parts {i} of '{name}'")


@many_inputs
def test_forged_long_metadata(many: int, files: dict[str, bytes], tmp_path: Path):
    path, (arrays, metadata) = tmp_path / "m.safetensors", parts(files["frame"], tmp_path)
    for i, rng in inputs(many // 10):
        forged = mutated(metadata, rng) if rng.random() < 0.5 else metadata
        text = json.dumps(forged).encode()
        text = damaged(text, rng) if forged is metadata else text
        written(path, {**arrays, "metadata": np.frombuffer(text, np.uint8)}, {"metadata": True})
        outcome(lambda: asked(path), f"forged long metadata {i}")


@many_inputs
def test_forged_headers(many: int, files: dict[str, bytes], tmp_path: Path):
    path = tmp_path / "m.safetensors"
    for i, rng in inputs(many // 10):
        raw = files["frame"]
        (size,) = struct.unpack("<Q", raw[:8])
        head, body = json.loads(raw[8 : 8 + size]), raw[8 + size :]
        extra = {"dtype": one_of(rng, TYPES), "shape": [4], "data_offsets": [len(body), len(body) + 8]}
        head = {**head, "extra": extra} if rng.random() < 0.5 else mutated(head, rng)
        text = json.dumps(head).encode()
        path.write_bytes(struct.pack("<Q", len(text)) + text + body + b"\0" * 8)
        outcome(lambda: asked(path), f"forged header {i}")


@pytest.mark.parametrize(("name", "at", "value"), FORGED)
def test_what_was_found(name: str, at: list[Any], value: Any, files: dict[str, bytes], tmp_path: Path):
    arrays, metadata = parts(files[name], tmp_path)
    metadata = deepcopy(metadata)
    holder: Any = metadata
    for key in at[:-1]:
        holder = holder[key]
    holder[at[-1]] = value
    container.save(tmp_path / "m.safetensors", arrays, metadata)
    assert outcome(lambda: ll.Model.load(tmp_path / "m.safetensors"), f"{at}") is Refused


@pytest.mark.parametrize("value", [5, 1 << 63])
def test_whole_numbers_are_floats_where_these_are(value: int, files: dict[str, bytes], tmp_path: Path):
    answers = list[np.ndarray]()
    for number in (value, float(value)):
        arrays, metadata = parts(files["frame"], tmp_path)
        metadata = deepcopy(metadata)
        metadata["inputs"]["columns"][0]["median"] = number
        container.save(tmp_path / "m.safetensors", arrays, metadata)
        model = ll.Model.load(tmp_path / "m.safetensors")
        with pytest.warns(UserWarning, match="Missing cells are filled"):
            answers.append(model.predict(ASKED.assign(**{model.feature_names[0]: np.nan})))
    np.testing.assert_array_equal(*answers)
