"""`engine: auto`: which engine it takes, and that it falls back to NumPy where JAX cannot do the work."""

import numpy as np
import pytest

import likelinet as ll
from likelinet.engines import auto
from likelinet.engines.auto import LARGE, SMALL, STEPS, faster_engine

X = np.random.default_rng(0).standard_normal((60, 2))
Y = np.exp(X[:, 0])


@pytest.mark.parametrize(
    ("steps", "batch", "weights", "members", "plugin", "engine"),
    [
        (STEPS - 1, 32, 1000, 1, False, "numpy"),
        (STEPS, 32, 1000, 1, False, "jax"),
        (STEPS, 1, SMALL + 1, 1, False, "numpy"),
        (STEPS, 1, SMALL + 1, 10**6, False, "numpy"),
        (1000, 1000, int(LARGE / 1e6), 1, True, "jax"),
        (1000, 1000, int(LARGE / 1e7), 10, True, "jax"),
        (1000, 1000, int(LARGE / 1e6) - 1, 1, True, "numpy"),
        (1, 1, 1, 1, True, "numpy"),
    ],
)
def test_the_rule(steps, batch, weights, members, plugin, engine, monkeypatch):
    monkeypatch.setattr(auto, "entry_points", lambda group: ["cuda"] if plugin and group == "jax_plugins" else [])
    assert faster_engine(steps, batch, weights, members) == engine


def test_without_jax_it_is_numpy(monkeypatch):
    monkeypatch.setattr(auto, "find_spec", lambda name: None)
    assert faster_engine(10 * STEPS, 32, 1000, 1) == "numpy"


def fitted(monkeypatch, least: int, **declared) -> ll.Model:
    monkeypatch.setattr(auto, "STEPS", least)
    training = {"epochs": 3, "batch_size": 30}
    return ll.Model(
        {"quality": "plain", "engine": "auto", "network": {"hidden": [3]}, "training": training, **declared}
    ).fit(X, Y)


def test_a_model_takes_what_the_rule_says_and_remembers_it(monkeypatch, tmp_path):
    assert fitted(monkeypatch, 7).history.engine == "numpy"  # 54 rows: 2 steps in each of 3 epochs
    model = fitted(monkeypatch, 6)
    assert model.history.engine == "jax"
    model.save(tmp_path / "model.safetensors")
    assert ll.Model.load(tmp_path / "model.safetensors").history == model.history


def test_early_stopping_is_counted_on(monkeypatch):
    training = {"epochs": 1000, "batch_size": 30, "early_stopping": {"patience": 2}}
    assert fitted(monkeypatch, 9, training=training).history.engine == "numpy"  # 2 · 2 epochs
    training["validation_fraction"] = 0.0
    training["epochs"] = 5
    assert fitted(monkeypatch, 10, training=training).history.engine == "jax"


def test_a_family_that_jax_cannot_express_is_fitted_by_numpy(monkeypatch):
    family = {"kind": "truncated", "base": {"kind": "gamma"}, "low": 0.0, "high": 1e3}
    assert fitted(monkeypatch, 1, distribution=family).history.engine == "numpy"
