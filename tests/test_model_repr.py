"""A model says what it is, and whether it is fitted; its history says in a line how that went."""

import numpy as np
import pytest

import likelinet as ll
from likelinet.training.history import Epoch, GroupHistory, History

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


def history(best: list[int], groups: int = 0) -> History:
    epochs = [Epoch(i + 1, 60, [0.5], [0.6], [0], 0.1, 0.5) for i in range(60)]
    each = [GroupHistory("as the whole config", 8, "finished", 0.5, 0.5) for _ in range(groups)]
    return History(epochs, best, "early stopping", groups=each)


def test_a_history_is_a_line():
    assert repr(history([42])) == "History(60 epochs, best epoch 42, early stopping)"
    assert repr(history([42, 7], 2)) == "History(2 groups, 60 epochs, best epoch 42, 7, early stopping)"
    assert repr(History(epochs=history([1]).epochs[:1])) == "History(1 epoch, no best epoch, finished)"


def test_best_epochs_of_many_members_are_a_range():
    assert history([9, 3, 60, 4, 5]).best_in_words == "best epoch 9, 3, 60, 4, 5"
    assert history([9, 3, 60, 4, 5, 8]).best_in_words == "best epochs 3 to 60"
    assert history([7] * 16).best_in_words == "best epoch 7"
