"""Small tables and models that the tests of training share."""

from typing import Any

import numpy as np

import likelinet as ll


def table(n: int = 60, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return X (n, 2) and a noisy y (n,), in units far from the standardised ones."""
    rng = np.random.default_rng(seed)
    X = rng.normal(3.0, 2.0, (n, 2))
    return X, 100.0 + 30.0 * np.sin(X[:, 0]) + 5.0 * rng.standard_normal(n)


def held(X: np.ndarray, n: int = 30, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Return rows to look at beside X, none of which is outside of it."""
    new, y = table(n, seed)
    return new.clip(X.min(0), X.max(0)), y


def model(*, hidden: list[int] | None = None, members: int = 1, network: dict[str, Any] | None = None, **training: Any):
    """Return a small Gaussian model; `distribution` and `engine` may be among the keywords."""
    distribution, engine = training.pop("distribution", {}), training.pop("engine", "numpy")
    declared = {
        "quality": "plain",
        "network": {"hidden": [4] if hidden is None else hidden, "activation": "tanh", **(network or {})},
        "distribution": distribution,
        "training": {"epochs": 5, "batch_size": 16, "precision": "float64", **training},
        "ensemble": members,
        "engine": engine,
    }
    return ll.Model(declared)


def weights(fitted: ll.Model) -> np.ndarray:
    """Return the trained weights, shape (M, P), as the model file has them."""
    return fitted._fit.theta


EXACT = {"optimizer": {"kind": "lbfgs"}, "validation_fraction": 0.0, "epochs": 500}
FROZEN = {"kind": "sgd", "learning_rate": 1e-300}
