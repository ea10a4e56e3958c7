"""A loaded model is the saved one: the same bits of every prediction, the same config and history."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import likelinet as ll
from tests.small import labels, quick, table

X, y = table()
COUNTS = np.random.default_rng(0).poisson(3.0, 60).astype(float)
FRAME = pd.DataFrame(X, columns=["a", "b"]).assign(colour=["red", "green", "blue"] * 20)
CASES: dict[str, tuple[dict[str, Any], Any, Any]] = {
    "gaussian": ({}, X, y),
    "double precision": ({"training": {"precision": "float64"}}, X, y),
    "frame": ({}, FRAME, y),
    "ensemble": ({"ensemble": 3}, X, y),
    "several outputs": ({"ensemble": 2}, X, np.stack([y, -y], axis=1)),
    "shared": ({"distribution": {"scale": "shared"}}, X, y),
    "fixed": ({"distribution": {"scale": 7.0}}, X, y),
    "student_t": ({"distribution": {"kind": "student_t"}}, X, y),
    "gamma": ({"distribution": {"kind": "gamma"}}, X, y),
    "poisson": ({"distribution": {"kind": "poisson"}}, X, COUNTS),
    "negative_binomial": ({"distribution": {"kind": "negative_binomial"}}, X, COUNTS),
    "mixture": ({"distribution": {"kind": "mixture"}, "ensemble": 2}, X, y),
    "transformed": ({"distribution": {"kind": "transformed", "base": {"kind": "gamma"}, "loc": 50.0}}, X, y),
    "bernoulli": ({"distribution": {"kind": "bernoulli"}}, X, labels(X, ["n", "y"])),
    "categorical": ({"distribution": {"kind": "categorical"}, "ensemble": 2}, X, labels(X, [3, 5, 8])),
    "codes": ({"distribution": {"kind": "categorical"}}, X, labels(X, [0, 1, 2])),
    "intercept only": ({"data": {"features": []}}, X, y),
    "network": ({"network": {"hidden": [4, 4], "layer_norm": True, "residual": True, "dropout": 0.2}}, X, y),
}


@pytest.mark.parametrize("case", CASES)
def test_bit_identical_after_loading(case: str, tmp_path: Path):
    declared, x, target = CASES[case]
    model = quick(**declared).fit(x, target)
    model.save(tmp_path / "m.safetensors")
    loaded = ll.Model.load(str(tmp_path / "m.safetensors"))
    np.testing.assert_array_equal(loaded.predict_dist(x).log_prob(target), model.predict_dist(x).log_prob(target))
    np.testing.assert_array_equal(loaded.predict(x), model.predict(x))
    np.testing.assert_array_equal(loaded.sample(x, 3, seed=1), model.sample(x, 3, seed=1))
    assert loaded.evaluate(x, target) == model.evaluate(x, target)
    assert (loaded.config, loaded.history) == (model.config, model.history)
    assert (loaded.feature_names, loaded.target_names) == (model.feature_names, model.target_names)
    assert np.array_equal(loaded.classes, model.classes) if model.classes is not None else loaded.classes is None


def test_a_loaded_model_can_be_fitted_again(tmp_path: Path):
    quick().fit(X, -y).save(tmp_path / "m.safetensors")
    loaded = ll.Model.load(tmp_path / "m.safetensors").fit(X, y)
    np.testing.assert_array_equal(loaded.predict(X), quick().fit(X, y).predict(X))
