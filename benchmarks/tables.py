"""Families compared on real tables by held-out NLL: five folds, the same for all families of a table.

    python benchmarks/tables.py [TABLE ...] [--folds 5]

Each row is a family with its NLL per held-out row, and how far that is above the best family of the table: the mean
of the paired differences, ± its standard error. `auto` chooses one in each fold, by training rows alone, for the same
network; `good` is the default quality, of which nothing but target and features is declared. Where y is a count, the
NLL of a density is that of the cell of a whole number. The data lie in `../shared/data/tables`, or in `tables` under
the folder that LIKELINET_DATA names. `engel` compares the coefficients of linear quantile regression with linear
programming.
"""

import argparse
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import pandas as pd

import likelinet as ll
from likelinet.scores.cells import log_prob_of_cells

EXACT = {"optimizer": {"kind": "lbfgs"}, "validation_fraction": 0.0}
QUANTILES = (0.1, 0.5, 0.9)
# The pinball loss has kinks; a step size that falls to 0 ends in one.
PINBALL = {
    "optimizer": {"kind": "adam", "learning_rate": 0.003},
    "epochs": 10_000,
    "batch_size": None,
    "precision": "float64",
    "validation_fraction": 0.0,
}


@dataclass(frozen=True)
class Table:
    """A table, and what is to be compared on it.

    Parameters
    ----------
    data : mapping
        `data` of the config: target and features.
    families : mapping
        `distribution` of the config by name.
    network, training : mapping
        The rest of the config.
    ensemble : int
        How many networks.
    step : float
        1 where y is a count, else 0.
    """

    data: Mapping[str, Any]
    families: Mapping[str, Any]
    network: Mapping[str, Any] = field(default_factory=dict)
    training: Mapping[str, Any] = field(default_factory=dict)
    ensemble: int = 1
    step: float = 0.0

    def config(self, family: str) -> dict[str, Any]:
        """Return the config with one of the families, or `good`."""
        if family == "good":
            return {"quality": "good", "data": dict(self.data)}
        declared = self.families.get(family, family)  # "auto" stands in no list
        rest = {"network": dict(self.network), "training": dict(self.training), "ensemble": self.ensemble}
        return {"quality": "plain", "data": dict(self.data), "distribution": declared, **rest}


def over(kind: str, base: Any, **options: Any) -> dict[str, Any]:
    """Return the config of a wrapper."""
    return {"kind": kind, "base": {"kind": base} if isinstance(base, str) else base, **options}


def kinds(*names: str) -> dict[str, Any]:
    """Return the configs of simple families by name."""
    return {name: {"kind": name} for name in names}


def wrapped(kind: str, *bases: str) -> dict[str, Any]:
    """Return the configs of one wrapper over several families, by its and their names."""
    return {f"{kind} {base}": over(kind, base) for base in bases}


def mixtures(*components: int) -> dict[str, Any]:
    """Return the configs of Gaussian mixtures, by name."""
    return {f"mixture of {k} gaussian": over("mixture", "gaussian", components=k) for k in components}


BIKE = [
    "season",
    "yr",
    "mnth",
    "hr",
    "holiday",
    "weekday",
    "workingday",
    "weathersit",
    "temp",
    "atemp",
    "hum",
    "windspeed",
]
DOCTOR = [
    "gender",
    "age",
    "income",
    "illness",
    "reduced",
    "health",
    "private",
    "freepoor",
    "freerepat",
    "nchronic",
    "lchronic",
]
GBSG2 = ["horTh", "age", "menostat", "tsize", "tgrade", "pnodes", "progrec", "estrec"]
SURVIVAL = wrapped("censored", "weibull", "log_normal", "log_logistic")
TABLES = {
    "bike_hour": Table(
        {"target": "cnt", "features": BIKE},
        {
            **kinds("poisson", "negative_binomial"),
            **wrapped("zero_inflated", "poisson", "negative_binomial"),
            **wrapped("discretised", "log_normal"),
        },
        {"hidden": [64, 64]},
        {"epochs": 40, "batch_size": 256, "optimizer": {"kind": "adamw", "learning_rate": 0.005}},
        step=1.0,
    ),
    "doctor_visits": Table(
        {"target": "visits", "features": DOCTOR},
        {
            **kinds("poisson", "negative_binomial", "geometric"),
            **wrapped("zero_inflated", "poisson", "negative_binomial"),
            **wrapped("hurdle", "poisson", "negative_binomial"),
        },
        {"hidden": [32]},
        {"epochs": 60, "batch_size": 128, "optimizer": {"kind": "adamw", "learning_rate": 0.003}},
        step=1.0,
    ),
    "mcycle": Table(
        {"target": "accel", "features": ["times"]},
        {**kinds("gaussian", "student_t"), **mixtures(2, 3)},
        {"hidden": [32, 32]},
        ensemble=5,
    ),
    "galaxies": Table({"target": "dat", "features": []}, {**kinds("gaussian", "student_t"), **mixtures(2, 3, 4, 5, 6)}),
    "gbsg2": Table(
        {"target": {"time": "time", "event": "cens"}, "features": GBSG2},
        SURVIVAL,
        {"hidden": [16]},
        {"epochs": 100},
        ensemble=5,
    ),
    "nh4_leftcensored": Table(
        {"target": {"lower": "lower", "upper": "upper"}, "features": ["Week"]},
        SURVIVAL | wrapped("censored", "gaussian"),
        {"hidden": [16]},
        {"epochs": 100},
        ensemble=5,
    ),
    "interval_diabetes": Table(
        {"target": {"lower": "left", "upper": "right"}, "features": ["gender"]},
        SURVIVAL | wrapped("censored", "gaussian"),
        {"hidden": []},
        EXACT,
    ),
}


def data_folder() -> Path:
    """Return the folder with the tables."""
    root = os.environ.get("LIKELINET_DATA", Path(__file__).resolve().parents[2] / "shared" / "data")
    return Path(root) / "tables"


def load(name: str) -> pd.DataFrame:
    """Return the columns that are used; a concentration below the limit of detection lies between -inf and it."""
    table = pd.read_csv(data_folder() / f"{name}.csv")
    if name == "nh4_leftcensored":
        table["upper"] = table["NH4.mg.per.L"]
        table["lower"] = table["upper"].where(~table["Censored"], -np.inf)
    if name not in TABLES:
        return table
    target, features = TABLES[name].data["target"], TABLES[name].data["features"]
    return table.loc[:, [*features, *(target.values() if isinstance(target, dict) else [target])]]


def held_out(name: str, family: str, folds: int = 5) -> np.ndarray:
    """Return the NLL of each row of a table, by a model that was fitted to the other folds."""
    return by_folds(name, family, folds)[0]


def by_folds(name: str, family: str, folds: int) -> tuple[np.ndarray, list[str]]:
    """Return the NLL of each row of a table, by a model that was fitted to the other folds, and the family of each."""
    table, config = load(name), TABLES[name].config(family)
    fold = np.random.default_rng(0).permutation(len(table)) % folds
    nll, used = np.zeros(len(table)), []
    for k in range(folds):
        train, test = table[fold != k], table[fold == k]
        model = ll.Model(config).fit(train, progress=False)
        nll[fold == k] = -log_prob_of_cells(model.predict_dist(test), model.observed(test).y, TABLES[name].step)
        families = dict.fromkeys(group.distribution.in_brief for group in model.config.each_group)
        used.append(" + ".join(families))
    return nll, used


def quantile_regression(table: pd.DataFrame, tau: float, training: Mapping[str, Any]) -> tuple[float, float]:
    """Return intercept and slope of the τ-quantile of food expenditure as a linear function of income."""
    family = {"kind": "asymmetric_laplace", "tau": tau, "scale": "shared"}
    data = {"target": "foodexp", "features": ["income"], "extrapolate": True}  # a line, from 0 on
    config = {
        "quality": "plain",
        "data": data,
        "distribution": family,
        "network": {"hidden": []},
        "training": dict(training),
    }
    model = ll.Model(config).fit(table, progress=False)
    at_0, at_1000 = model.predict_dist(pd.DataFrame({"income": [0.0, 1000.0]})).ppf(tau)
    return float(at_0), float(at_1000 - at_0) / 1000.0


def linear_programming(x: np.ndarray, y: np.ndarray, tau: float) -> tuple[float, float]:
    """Return intercept and slope of quantile regression as the solution of a linear programme (Koenker 2005, 6.2)."""
    from scipy.optimize import linprog

    n = len(y)
    cost = np.concatenate([[0.0, 0.0], np.full(n, tau), np.full(n, 1.0 - tau)])
    residuals = np.column_stack([np.ones(n), x, np.eye(n), -np.eye(n)])
    bounds = [(None, None)] * 2 + [(0.0, None)] * (2 * n)
    intercept, slope = linprog(cost, A_eq=residuals, b_eq=y, bounds=bounds).x[:2]
    return float(intercept), float(slope)


def print_engel() -> None:
    """Print the coefficients of quantile regression beside those of linear programming."""
    table = load("engel")
    print("| τ | | intercept | slope | off in intercept | off in slope |\n|---:|---|---:|---:|---:|---:|")
    for tau in QUANTILES:
        exact = linear_programming(table["income"].to_numpy(), table["foodexp"].to_numpy(), tau)
        print(f"| {tau} | linear programming | {exact[0]:.5f} | {exact[1]:.7f} | | |")
        for name, training in {"adam": PINBALL, "lbfgs": EXACT}.items():
            a, b = quantile_regression(table, tau, training)
            print(f"| | {name} | {a:.5f} | {b:.7f} | {abs(a - exact[0]):.0e} | {abs(b - exact[1]):.0e} |", flush=True)


def print_table(name: str, folds: int) -> None:
    """Print the families of a table from the best to the worst."""
    rows = {}
    for family in (*TABLES[name].families, "auto", "good"):
        nll, used = by_folds(name, family, folds)
        chosen = ", ".join(f"{f} {used.count(f)} ×" for f in sorted({*used}))
        label = family if family in TABLES[name].families else f"{family}: {chosen}"
        rows[label] = nll
        print(f"{name}: {label} {nll.mean():.4f}", file=sys.stderr, flush=True)
    best = min(rows.values(), key=np.mean)
    print("| family | held-out NLL | above the best |\n|---|---:|---:|")
    for family, nll in sorted(rows.items(), key=lambda item: item[1].mean()):
        above = nll - best
        error = above.std(ddof=1) / np.sqrt(len(above))
        print(
            f"| {family} | {nll.mean():.4f} | {'' if nll is best else f'{above.mean():.4f} ± {error:.4f}'} |",
            flush=True,
        )


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tables", nargs="*", default=[*TABLES, "engel"])
    parser.add_argument("--folds", type=int, default=5)
    options = parser.parse_args()
    if not data_folder().is_dir():
        sys.exit(f"The tables are not in {data_folder()}; set LIKELINET_DATA.")
    if unknown := [name for name in options.tables if name not in (*TABLES, "engel")]:
        parser.error(f"no table {', '.join(unknown)}; there are {', '.join((*TABLES, 'engel'))}")
    for name in options.tables:
        print(f"\n### {name}\n")
        if name == "engel":
            print_engel()
        else:
            print(f"From {', '.join(TABLES[name].data['features']) or 'nothing'}:\n")
            print_table(name, options.folds)


if __name__ == "__main__":
    main()
