"""A model says what it is, and whether it is fitted."""

import numpy as np
import pytest

import likelinet as ll

RNG = np.random.default_rng(0)
X, y = RNG.normal(size=(40, 3)), RNG.gamma(2.0, size=40)
STEP = {"steps": 1}
# Weights of 3 inputs, two layers of 50, and two raw outputs, with their biases.
N = 3 * 50 + 50 + 50 * 50 + 50 + 50 * 2 + 2


@pytest.mark.parametrize(
    ("config", "want"),
    [
        ({"quality": "plain"}, "Model(gaussian, mlp [128, 128], not fitted)"),
        (
            {
                "quality": "plain",
                "distribution": {
                    "kind": "censored",
                    "base": {"kind": "truncated", "low": 0, "base": {"kind": "gumbel"}},
                },
            },
            "Model(censored(truncated(gumbel)), mlp [128, 128], not fitted)",
        ),
        ({"network": {"kind": "vae", "latent": 2}}, "Model(gaussian, vae [256] 2 [256], not fitted)"),
        ({"quality": "plain", "ensemble": 5, "network": {"hidden": []}}, "Model(gaussian, 5 × mlp [], not fitted)"),
    ],
)
def test_not_fitted(config: dict, want: str):
    assert repr(ll.Model(config)) == want


def test_fitted():
    model = ll.Model({"quality": "plain", "network": {"hidden": [50, 50]}, "training": STEP}).fit(X, y)
    assert repr(model) == f"Model(gaussian, mlp [50, 50], fitted: 3 features, {N:,} parameters)"
    model = ll.Model({"quality": "plain", "network": {"hidden": [50, 50]}, "training": STEP, "ensemble": 2}).fit(X, y)
    assert repr(model) == f"Model(gaussian, 2 × mlp [50, 50], fitted: 3 features, {2 * N:,} parameters)"


def test_of_one():
    model = ll.Model({"data": {"features": []}, "distribution": {"kind": "exponential"}}).fit(X[:, :1], y)
    assert repr(model) == "Model(exponential, mlp [128, 128], fitted: 0 features, 1 parameter)"
    model = ll.Model({"quality": "plain", "network": {"hidden": []}, "training": STEP}).fit(X[:, :1], y)
    assert repr(model) == "Model(gaussian, mlp [], fitted: 1 feature, 4 parameters)"
