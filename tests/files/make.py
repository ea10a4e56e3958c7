"""Store a small fitted model of each kind, with rows and what it predicts for them, as data of `test_stored.py`.

    PYTHONPATH=<a checkout> python tests/files/make.py v2 columns_by_kind

writes the files of the schema that this checkout writes, when `likelinet.model.container.SCHEMA` has just been raised;
with names, those whose contents it has changed.
Those of earlier schemas are never written again: they stand for the files that users have.

The networks are tiny and in double precision, so that another processor or BLAS changes no more than the last bits.
"""

import json
import sys
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

import likelinet as ll

SHOWN = 6  # rows whose predictions are kept
QUANTILES = (0.1, 0.5, 0.9)


def main(folder: Path, *names: str) -> None:
    """Fit and store every model, or those of some names."""
    from declared import COLUMNS, MODELS, Y
    from rayleigh import Rayleigh

    Rayleigh.__module__ = "tests.files.rayleigh"  # as the test imports it
    folder.mkdir(exist_ok=True)
    for name, (target, family, more) in MODELS.items():
        if names and name not in names:
            continue
        coder = "kind" in more.get("network", {})
        training = {"epochs": 2, "batch_size": 12, "precision": "float64", **more.get("training", {})}
        network = more.get("network", {"hidden": [3], "activation": "tanh"})
        config = {"quality": "plain", **more, "distribution": family, "network": network, "training": training}
        features = more.get("data", {}).get("features", ["x", "w"])
        read = [c for c in ("trials", "days") if c in json.dumps(family)]
        y = Y[target]
        table = (
            {f"y{j}": v for j, v in enumerate(y.T)} if coder else {c: COLUMNS[c] for c in [*features, *read] or ["w"]}
        )
        custom = Rayleigh if "rayleigh" in json.dumps(family) else None
        model = ll.Model(config, distribution=custom)
        model.fit(frame(table), None if coder else as_y(y, name), progress=False)
        model.save(folder / f"{name}.safetensors")
        rows = {c: values[:SHOWN] for c, values in table.items()}
        stored = {
            "X": {c: values.tolist() for c, values in rows.items()},
            "y": y[:SHOWN].tolist(),
            "predicted": predicted(model, frame(rows), as_y(y[:SHOWN], name), coder),
        }
        (folder / f"{name}.json").write_text(json.dumps(stored) + "\n", encoding="utf-8")


def frame(columns: dict[str, Any]) -> Any:
    """Return columns as a DataFrame."""
    import pandas as pd

    return pd.DataFrame(columns)


def as_y(y: np.ndarray, name: str) -> Any:
    """Return y in the form that a model of this name takes: intervals where it is censored."""
    return ll.Interval(y[:, 0], y[:, 1]) if "censored" in name else y


def predicted(model: ll.Model, X: Any, y: Any, coder: bool) -> dict[str, Any]:
    """Return what a model says of some rows: each question to its answer as plain data."""
    d = model.predict_dist(X)
    answers: dict[str, Any] = {
        "log_prob": d.log_prob(y),
        "score": model.score(X, None if coder else y),
        "names": [*model.feature_names, *model.target_names],
        "best_epoch": model.history.best_epoch,
    }
    with suppress(ll.UndefinedError):  # a class of the user's may have no mean
        answers["predict"] = model.predict(X)
    for q in QUANTILES:
        with suppress(ll.UndefinedError):
            answers[f"ppf {q}"] = d.ppf(q)
    if model.classes is not None:
        answers["classes"] = model.classes
    if hasattr(d, "probs"):
        answers["probs"] = d.probs
    if coder:
        answers["encode"] = model.encode(X)
    return {question: np.asarray(answer).tolist() for question, answer in answers.items()}


if __name__ == "__main__":
    warnings.simplefilter("error")
    warnings.filterwarnings("ignore", "Missing cells are filled|Columns")  # how they were read
    main(Path(__file__).parent / sys.argv[1], *sys.argv[2:])
