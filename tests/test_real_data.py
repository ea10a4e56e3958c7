"""Real data, where it is at hand: the model beats the simplest honest baseline on held-out rows."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import likelinet as ll

DATA = Path(os.environ.get("LIKELINET_DATA", Path(__file__).parents[2] / "shared" / "data"))
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"no data in {DATA}; set LIKELINET_DATA to where it is")

EXACT = {"optimizer": {"kind": "lbfgs"}, "validation_fraction": 0.0}
COLUMNS = [
    "age",
    "workclass",
    "fnlwgt",
    "education",
    "education_num",
    "marital_status",
    "occupation",
    "relationship",
    "race",
    "sex",
    "capital_gain",
    "capital_loss",
    "hours_per_week",
    "native_country",
    "income",
]


def test_concrete_beats_the_linear_gaussian():
    folder = DATA / "uci" / "concrete"
    rows = np.loadtxt(folder / "data.txt")
    columns = [
        np.loadtxt(folder / f"index_{name}.txt", dtype=float, ndmin=1).astype(int) for name in ("features", "target")
    ]
    X, y = rows[:, columns[0]], rows[:, columns[1][0]]
    train, test = (np.loadtxt(folder / f"index_{name}_0.txt").astype(int) for name in ("train", "test"))
    linear = {"network": {"hidden": []}, "distribution": {"scale": "shared"}, "training": EXACT}
    deep = {"network": {"hidden": [64, 64]}, "training": {"epochs": 40}}
    baseline, scores = (ll.Model(c).fit(X[train], y[train]).evaluate(X[test], y[test]) for c in (linear, deep))
    assert baseline["nll"] == pytest.approx(least_squares_nll(X, y, train, test), rel=1e-4)
    assert scores["nll"] < baseline["nll"] - 0.4
    assert scores["rmse"] < 0.8 * baseline["rmse"]
    assert scores["crps"] < 0.8 * baseline["crps"]


def least_squares_nll(X: np.ndarray, y: np.ndarray, train: np.ndarray, test: np.ndarray) -> float:
    """Return the held-out NLL of least squares with the spread of its own residuals."""
    design = np.column_stack([X, np.ones(len(X))])
    residual = y - design @ np.linalg.lstsq(design[train], y[train])[0]
    variance = np.mean(residual[train] ** 2)
    return float(np.mean(0.5 * residual[test] ** 2 / variance + 0.5 * np.log(2.0 * np.pi * variance)))


def adult(rows: int) -> pd.DataFrame:
    """Return a sample of the census table: numbers and text, with '?' as a category of its own."""
    names = {"names": COLUMNS, "header": None, "skipinitialspace": True}
    return pd.read_csv(DATA / "tables" / "adult_train.csv", **names).sample(rows, random_state=0)


@pytest.mark.parametrize("kind", ["bernoulli", "categorical"])
def test_income_beats_the_frequencies(kind: str):
    frame = adult(4000).drop(columns=["native_country"])  # too many countries to have met all in a sample
    train, test = frame.iloc[:3000], frame.iloc[3000:]
    assert (train.workclass == "?").any()
    declared = {"data": {"target": "income"}, "distribution": {"kind": kind}, "network": {"hidden": [32]}}
    model = ll.Model({**declared, "training": {"epochs": 8}}).fit(train)
    shares = train.income.value_counts(normalize=True)
    scores = model.evaluate(test)
    assert scores["nll"] < -np.log(shares[test.income]).mean() - 0.15
    assert scores["accuracy"] > shares.max() + 0.04
    assert set(model.predict(test)) == {"<=50K", ">50K"}
    assert model.predict_dist(test).log_prob(test.income).mean() == pytest.approx(-scores["nll"])


def test_an_unseen_country_is_named():
    frame = adult(4000)
    few = frame[frame.native_country.isin(["United-States", "Mexico"])]
    model = ll.Model(
        {"data": {"target": "income"}, "distribution": {"kind": "bernoulli"}, "training": {"steps": 1}}
    ).fit(few)
    with pytest.raises(ll.DataError, match=r"'native_country' has the category '.*' in row .*not seen in training"):
        model.predict(frame)
