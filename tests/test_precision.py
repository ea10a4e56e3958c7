"""Which precision each array has, and how little memory it takes to fill them."""

import tracemalloc

import numpy as np
import pandas as pd
import pytest

import likelinet as ll
from likelinet.config import parse_config
from likelinet.heads.build import build_head
from likelinet.model import fit as fits
from likelinet.tables.table import as_table
from tests.training.problems import model

RNG = np.random.default_rng(0)
N = 50
TABLE = pd.DataFrame(
    {"a": RNG.standard_normal(N), "colour": RNG.choice(["red", "blue"], N), "days": RNG.uniform(0.1, 2.0, N)}
)
COUNTS = RNG.poisson(3.0, N)
EXPOSED = {"quality": "plain", "distribution": {"kind": "poisson", "exposure": "days"}, "training": {"epochs": 1}}


@pytest.mark.parametrize(("kind", "loss"), [("bernoulli", "float32"), ("categorical", "float32"), ("gamma", "float64")])
def test_the_family_says_in_what_its_loss_is_computed(kind, loss):
    head = build_head(parse_config({"distribution": {"kind": kind}}).distribution, None, 2, None)
    single, double = head.precision("float32"), head.precision(np.dtype("float64"))
    assert (single.network, single.loss, single.columns) == ("float32", loss, "float64")
    assert (double.network, double.loss, double.columns) == ("float64", "float64", "float64")
    raw, shared = np.zeros((1, 3, head.predicted), "float32"), np.zeros((1, head.shared), "float32")
    assert {p.dtype for p in head.parameters(raw, shared)[0]} == {np.dtype(loss)}


@pytest.mark.parametrize(("precision", "dtype"), [("float32", np.float32), ("float64", np.float64)])
def test_columns_of_the_head_are_exact_beside_x_in_the_precision_of_the_network(precision, dtype, monkeypatch):
    monkeypatch.setattr(fits, "ROWS_AT_ONCE", 7)
    monkeypatch.setattr(fits, "CELLS_AT_ONCE", 1)
    config = {**EXPOSED, "training": {"epochs": 1, "precision": precision}}
    fit = ll.Model(config).fit(TABLE, COUNTS)._fit
    table = as_table(TABLE)
    x, columns = fit.encode([table, table.rows(slice(9), tuple(TABLE))], ())
    assert x.dtype == dtype
    assert x.flags.c_contiguous
    a, colour = (TABLE["a"] - TABLE["a"].mean()) / TABLE["a"].std(ddof=0), TABLE["colour"]
    whole = np.stack([a, colour == "blue", colour == "red"], axis=1)
    np.testing.assert_allclose(x, np.concatenate([whole, whole[:9]]), rtol=np.finfo(dtype).eps, atol=1e-15)
    np.testing.assert_array_equal(columns[:, 0], np.concatenate([TABLE["days"], TABLE["days"][:9]]))
    assert columns.dtype == np.float64


@pytest.mark.parametrize("engine", ["numpy", "jax"])
def test_the_exposure_is_no_input(engine):
    """Twice the days give twice the rate, exactly: the network does not see them."""
    fitted = ll.Model({"quality": "plain", **EXPOSED, "engine": engine}).fit(TABLE, COUNTS)
    twice = TABLE.assign(days=2.0 * TABLE["days"])
    np.testing.assert_allclose(fitted.predict(twice), 2.0 * fitted.predict(TABLE), rtol=1e-14)
    assert fitted._fit.objective.layout.weights[0].shape[0] == 3  # a, blue, red


ONCE = {"precision": "float32", "epochs": 1}
EXACT = {"optimizer": {"kind": "lbfgs"}, "epochs": 3}


@pytest.mark.parametrize(
    ("training", "dtype", "without"),
    [
        ({**ONCE, "engine": "numpy"}, np.float32, 0),
        ({**ONCE, "engine": "jax"}, np.float32, 0),
        ({**ONCE, "engine": "numpy"}, np.float32, 1),
        ({**EXACT, "validation_fraction": 0.0}, np.float64, 0),
        (EXACT, np.float64, 0),
    ],
    ids=["numpy", "jax", "a row of weight 0", "lbfgs", "lbfgs beside held-out rows"],
)
def test_a_fit_takes_little_more_memory_than_its_inputs(training, dtype, without):
    n, inputs = 30_000, 60
    X, y, weight = RNG.standard_normal((n, inputs)), RNG.standard_normal(n), np.ones(n)
    weight[:without] = 0.0
    fitted = model(hidden=[64], **training)
    fitted.fit(X[:100], y[:100])  # what is imported and kept for good
    tracemalloc.start()
    try:
        fitted.fit(X, y, weight)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 2.2 * n * inputs * np.dtype(dtype).itemsize
    assert fitted.history.stopped == ("finished" if training["epochs"] == 1 else "not converged")
