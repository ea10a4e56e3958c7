"""Small tables, quick models and the command line in-process, as the tests of model and commands share them."""

import contextlib
import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import likelinet as ll
from likelinet.cli.main import main


def quick(**declared: Any) -> ll.Model:
    """Return a model that trains in a blink, of the plain quality; keywords are keys of the config."""
    training = {"epochs": 3, "batch_size": 16, **declared.pop("training", {})}
    network = {"hidden": [4], "activation": "tanh", **declared.pop("network", {})}
    return ll.Model({"quality": "plain", **declared, "network": network, "training": training})


def table(n: int = 60, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return X (n, 2) and y (n,), far from standardised."""
    rng = np.random.default_rng(seed)
    X = rng.normal(5.0, 3.0, (n, 2))
    return X, 200.0 + 10.0 * X[:, 0] + 5.0 * rng.standard_normal(n)


def labels(X: np.ndarray, names: Sequence[Any]) -> np.ndarray:
    """Return one of the names for each row of `table`, by its first column, with all of them present."""
    rank = X[:, 0].argsort().argsort()
    return np.array(names)[rank * len(names) // len(X)]


# Columns of a CSV file of 40 rows, with something for every family.
_rng = np.random.default_rng(1)
_size = _rng.normal(size=40)
COLUMNS: dict[str, list[Any]] = {
    "size": _size.round(3).tolist(),
    "age": _rng.integers(20, 60, 40).tolist(),
    "colour": [["red", "green", "blue"][i % 3] for i in range(40)],
    "price": (10.0 + 2.0 * _size + _rng.normal(size=40)).round(3).tolist(),
    "visits": _rng.poisson(np.exp(0.5 * _size)).tolist(),
    "sold": np.where(_size > 0, "yes", "no").tolist(),
    "grade": np.digitize(_size, [-0.5, 0.5]).tolist(),
}
FEATURES = "data.features=[size, age, colour]"


def write_csv(path: Path, columns: Mapping[str, Sequence[Any]]) -> Path:
    """Write columns as CSV and return the path."""
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([list(columns), *zip(*columns.values(), strict=True)])
    return path


def read_csv(text: str) -> dict[str, list[str]]:
    """Return the columns of CSV text."""
    header, *rows = csv.reader(io.StringIO(text))
    return {name: [row[j] for row in rows] for j, name in enumerate(header)}


def edited(name: str, row: int, value: Any) -> dict[str, list[Any]]:
    """Return COLUMNS with one cell changed; rows are counted from 1, as messages do."""
    column = list(COLUMNS[name])
    column[row - 1] = value
    return {**COLUMNS, name: column}


@dataclass(frozen=True)
class Result:
    """What a command did: exit code, standard output and standard error."""

    code: int
    out: str
    err: str


def cli(*arguments: Any) -> Result:
    """Run a command in this process."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main([str(a) for a in arguments])
        except SystemExit as end:
            code = int(end.code or 0)
    return Result(code, out.getvalue(), err.getvalue())


def fit(folder: Path, *overrides: str, columns: Mapping[str, Sequence[Any]] = COLUMNS) -> Result:
    """Run `likelinet fit` with a quick config on columns; the model is `folder/model.safetensors`."""
    config = folder / "config.yaml"
    config.write_text("quality: plain\nnetwork: {hidden: [4]}\ntraining: {epochs: 3}\n")
    train = write_csv(folder / "train.csv", columns)
    sets = [part for o in (FEATURES, *overrides) for part in ("--set", o)]
    return cli("fit", config, train, "-o", folder / "model.safetensors", *sets)


def narrowed(model: ll.Model) -> str:
    """Return what `show` says of the factor of all scales, behind the groups' weights."""
    factor = model.history.groups[0].factor
    return "" if factor == 1.0 else f"; scales times {factor:.3g}"
