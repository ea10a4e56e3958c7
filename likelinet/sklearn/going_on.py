"""Fitted estimators that go on: by `partial_fit`, or by `fit` with `warm_start`."""

from typing import Any

import numpy as np

from likelinet.config import parse_config
from likelinet.core.errors import DataError, ParameterError
from likelinet.model.model import Model

OF_TRAINING = {"training", "engine"}  # what may be another one where a model goes on


def to_go_on(model: Model, before: dict[str, Any], now: dict[str, Any]) -> Model:
    """Return a fitted model that goes on by a declaration, where another one was before.

    Raises
    ------
    ParameterError
        If they differ in more than the training.
    """
    strange = sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))
    if other := [name for name in strange if name not in OF_TRAINING]:
        raise ParameterError(
            f"A fitted estimator goes on by another training alone, but its {' and '.join(other)} changed: fit it "
            "anew, without warm_start, or set the parameters back."
        )
    if not strange:
        return model.with_training({})
    config = parse_config(now)
    whole = config.training.model_dump(mode="json")
    return model.with_training(_changes(before["training"], now["training"], whole), engine=config.engine)


def _changes(before: dict[str, Any], now: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    """Return the keys that are said otherwise now; those that are no more said are as in `whole`.

    All else stays, as that few rows are fitted by L-BFGS.
    """
    found = {}
    for name in before.keys() | now.keys():
        old: Any = before.get(name)
        new = now.get(name, whole.get(name))
        if before.get(name) == now.get(name):
            continue
        alike = isinstance(old, dict) and isinstance(new, dict) and old.get("kind") == now.get(name, old).get("kind")
        found[name] = _changes(old, now.get(name, {}), whole.get(name) or {}) if alike else new
    return found


def with_all_classes(
    X: Any, y: np.ndarray, weight: np.ndarray | None, classes: Any
) -> tuple[Any, np.ndarray, np.ndarray | None]:
    """Return the first rows of all, in which each of the classes without any row has one, like the first row.

    Nothing could be learned later of a class of which the first rows have none.

    Raises
    ------
    DataError
        If y has a class that is not among them.
    """
    known = np.unique(np.asarray(classes))
    if strange := sorted({*y.tolist()} - {*known.tolist()}):
        raise DataError(f"partial_fit: y has the class '{strange[0]}', which is not among classes.")
    absent = known[~np.isin(known, y)]
    if not len(absent):
        return X, y, weight
    at = np.concatenate([np.arange(len(y)), np.zeros(len(absent), int)])
    rows = X.iloc[at] if hasattr(X, "iloc") else X[at]
    weight = np.ones(len(y)) if weight is None else weight
    imagined = np.full(len(absent), weight.mean())
    return rows, np.concatenate([y, absent]), np.concatenate([weight, imagined])
