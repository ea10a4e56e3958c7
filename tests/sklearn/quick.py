"""Estimators that learn enough in a moment, and rows to learn from."""

from typing import Any

import numpy as np

from likelinet.sklearn import DistributionClassifier, DistributionRegressor

QUICK: dict[str, Any] = {"quality": "plain", "hidden": (16,), "learning_rate": 0.02, "epochs": 25}
# The same weights from rows of weight 2 as from rows that stand there twice.
DETERMINISTIC: dict[str, Any] = {
    **QUICK,
    "precision": "float64",
    "validation_fraction": 0.0,
    "config": {"training": {"batch_size": None}},
}


def regressor(**parameters: Any) -> DistributionRegressor:
    """Return a regressor that is trained in a moment."""
    return DistributionRegressor(**{"distribution": "gaussian", **QUICK, **parameters})


def classifier(**parameters: Any) -> DistributionClassifier:
    """Return a classifier that is trained in a moment."""
    return DistributionClassifier(**{**QUICK, **parameters})


def numbers(n: int = 120, p: int = 3, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return rows whose y follows the first feature, then the second, and no others."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, p))
    return X, 2.0 * X[:, 0] - X[:, 1] + 0.3 * rng.normal(size=n)


def labels(n: int = 120, p: int = 3, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return rows of three classes, as text."""
    X, y = numbers(n, p, seed)
    return X, np.array(["low", "middle", "up"])[np.digitize(y, [-1.0, 1.0])]
