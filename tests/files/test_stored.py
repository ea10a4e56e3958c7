"""Model files that earlier versions wrote: each loads and predicts what it predicted then."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import likelinet as ll
from tests.files.declared import MODELS, SINCE
from tests.files.make import as_y, frame, predicted
from tests.files.rayleigh import Rayleigh

STORED = sorted(Path(__file__).parent.glob("v*/*.safetensors"))


def number(file: Path) -> str:
    return f"{file.parent.name} {file.stem}"


def stored(file: Path) -> tuple[dict[str, list[Any]], np.ndarray, dict[str, Any]]:
    data = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))
    return data["X"], np.array(data["y"]), data["predicted"]


def test_every_kind_of_model_is_there():
    of = {v: {file.stem for file in STORED if file.parent.name == v} for v in ("v1", "v2", "v3")}
    assert of["v1"] == set(MODELS) - SINCE["v2"] - SINCE["v3"]
    assert of["v2"] >= SINCE["v2"]
    assert of["v3"] >= SINCE["v3"]
    assert sum(file.stat().st_size for file in Path(__file__).parent.glob("v*/*")) < 1e6


@pytest.mark.parametrize("file", STORED, ids=number)
def test_predicts_what_it_did(file: Path):
    X, y, expected = stored(file)
    custom = Rayleigh if file.stem.startswith("custom") else None
    model = ll.Model.load(file, distribution=custom)
    assert model.config.quality == ("fast" if file.stem == "by_quality" else "plain")
    got = predicted(model, frame(X), as_y(y, file.stem), "encode" in expected)
    assert got.keys() >= expected.keys()  # a later version may answer more
    for question, answer in expected.items():
        before, now = np.array(answer), np.array(got[question])
        assert now.shape == before.shape, question
        if before.dtype.kind != "f":
            np.testing.assert_array_equal(now, before, err_msg=question)
            continue
        # Another processor adds up the products of a network in another order: only the last bits may differ.
        rounding = 1e-5 if file.stem == "single_precision" else 1e-12
        np.testing.assert_allclose(now, before, rtol=rounding, atol=rounding, err_msg=question)


def test_trusted_by_name():
    file = Path(__file__).parent / "v1" / "custom.safetensors"
    X, y, expected = stored(file)
    d = ll.Model.load(file, trust="tests.files.rayleigh:Rayleigh").predict_dist(frame(X))
    np.testing.assert_allclose(d.log_prob(y), expected["log_prob"], rtol=1e-12)
