"""The bits of a row depend on nothing but the row: neither on its place nor on the rows beside it."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import likelinet as ll
from likelinet.config import DataConfig
from likelinet.networks.blocks_of_rows import ROWS_PER_PRODUCT
from likelinet.tables.inputs import learn_inputs
from likelinet.tables.kinds.moment import Moment
from likelinet.tables.table import as_table
from tests.families.declared import DECLARED, as_seen, columns_for, declared, head_of, observed
from tests.test_prediction import CASES, parameters

N = 2 * ROWS_PER_PRODUCT + 5
RNG = np.random.default_rng(3)
WIDE = RNG.standard_normal((N, 40))
MODELS = {
    "wide": {"network": {"hidden": [64, 33, 20]}},
    "normalised": {"network": {"hidden": [24, 24, 24], "layer_norm": True, "residual": True, "activation": "gelu"}},
    "one unit": {"network": {"hidden": [16, 1, 16], "activation": "softplus"}},
    "double": {"network": {"hidden": [50, 17]}, "training": {"precision": "float64"}},
    "coded": {"data": {"numeric": {"kind": "piecewise_linear"}}, "ensemble": 3, "network": {"hidden": [32, 16]}},
    "members": {"ensemble": 9, "network": {"hidden": [32, 16]}},
    "members of classes": {"ensemble": 9, "distribution": {"kind": "categorical"}},
    "groups": {
        "ensemble": 2,
        "training": {"folds": 2},
        "groups": [{"network": {"hidden": [24]}}, {"distribution": {"kind": "laplace"}}],
    },
    "autoencoder": {"network": {"kind": "autoencoder", "latent": 3, "encoder": [20], "decoder": [20]}},
    "variational": {"network": {"kind": "vae", "latent": 3, "encoder": [20], "decoder": [20]}},
}
TARGETS = {
    "members of classes": RNG.choice(list("abcdefghijkl"), N),
    "autoencoder": WIDE[:, :12],
    "variational": WIDE[:, :12],
}
seeds = st.integers(0, 10_000)


def drawn(n: int, seed: int) -> np.ndarray:
    """Return some of n rows, few or all, in any order; the first comes twice."""
    rng = np.random.default_rng(seed)
    many = [0, 1, rng.integers(2, 20), min(ROWS_PER_PRODUCT + 1, n), n][seed % 5]
    rows = rng.permutation(n)
    return np.append(rows[:many], rows[0])


@cache
def trained(name: str) -> tuple[ll.Model, object, object]:
    """Return a model, its rows and their y."""
    config, x, y = CASES[name] if name in CASES else (MODELS[name], WIDE, TARGETS.get(name, WIDE[:, 0] + WIDE[:, 1]))
    training = {"epochs": 1, **config.get("training", {})}
    return (
        ll.Model({"quality": "plain", "network": {"hidden": [40, 9]}, **config, "training": training}).fit(
            x, y, progress=False
        ),
        x,
        y,
    )


def at(values: object, rows: np.ndarray) -> object:
    """Return some rows of a table or of targets."""
    if isinstance(values, ll.Interval):
        return ll.Interval(values.lower[rows], values.upper[rows])
    return values.iloc[rows] if isinstance(values, pd.DataFrame) else values[rows]


@pytest.mark.parametrize("name", [*CASES, *MODELS])
@given(seed=seeds)
def test_predictions(name, seed):
    model, x, y = trained(name)
    rows = drawn(len(x), seed)
    d, some_d = model.predict_dist(x), model.predict_dist(at(x, rows))
    for whole, part in zip(parameters(d), parameters(some_d), strict=True):
        np.testing.assert_array_equal(
            *np.broadcast_arrays(whole[rows] if whole.shape[:1] == (len(x),) else whole, part)
        )
    np.testing.assert_array_equal(some_d.log_prob(at(y, rows)), d.log_prob(y)[rows])
    np.testing.assert_array_equal(model.predict(at(x, rows)), model.predict(x)[rows])


@pytest.mark.parametrize("name", ["autoencoder", "variational"])
@given(seed=seeds)
def test_codes_and_their_images(name, seed):
    model, x, _ = trained(name)
    rows = drawn(len(x), seed)
    codes = model.encode(x)
    np.testing.assert_array_equal(model.encode(x[rows]), codes[rows])
    np.testing.assert_array_equal(model.decode(codes[rows]).base.loc, model.decode(codes).base.loc[rows])


def test_bounds_of_the_first_rows():
    model, x, y = trained("variational")
    for n in (1, 2, ROWS_PER_PRODUCT, N - 1):  # what is drawn for a row depends on those before it
        np.testing.assert_array_equal(model.elbo(x[:n], y=y[:n], seed=1), model.elbo(x, y=y, seed=1)[:n])


ROWS = 9
CHEAP = ("log_prob", "cdf", "log_sf", "ppf", "mean", "var")
INTEGRALS = ("crps", "entropy", "kl_divergence", "gini_mean_difference")


@pytest.mark.parametrize("family", DECLARED)
@pytest.mark.parametrize(
    "methods", [CHEAP, pytest.param(INTEGRALS, marks=pytest.mark.slow)], ids=["cheap", "integrals"]
)
def test_methods_of_a_row_alone(family, methods):
    rng = np.random.default_rng(5)
    head = head_of(declared(DECLARED[family]))
    raw, shared = rng.normal(size=(ROWS, head.predicted)), 0.5 * rng.normal(size=head.shared)
    columns = columns_for(head, rng, (ROWS,))
    y = as_seen(head, observed(head, raw, shared, columns, rng))
    d = head.distribution(raw, shared, columns)
    q = rng.random((ROWS, *d.event_shape))
    asked = {"ppf": q, "kl_divergence": d[::-1], **dict.fromkeys(("mean", "var", "entropy", "gini_mean_difference"))}
    for name in methods:
        of = asked.get(name, y)
        if isinstance(of, ll.Interval) and name != "log_prob":
            continue
        try:
            whole = getattr(d, name)(*([] if of is None else [of]))
        except ll.UndefinedError:
            continue
        for rows in (np.array([0]), np.array([7]), np.array([4, 2]), rng.permutation(ROWS)):
            part = head.distribution(raw[rows], shared, columns[rows])
            got = getattr(part, name)(*([] if of is None else [at(of, rows)]))
            np.testing.assert_array_equal(got, whole[rows], err_msg=name)
        if not isinstance(of, ll.Interval):
            np.testing.assert_array_equal(getattr(d[3], name)(*([] if of is None else [of[3]])), whole[3], err_msg=name)
            backwards = getattr(d[::-1], name)(*([] if of is None else [of[::-1]]))
            np.testing.assert_array_equal(backwards, whole[::-1], err_msg=name)


def test_inputs_of_groups_read_a_column_once_where_they_read_it_alike(monkeypatch: pytest.MonkeyPatch):
    days = np.datetime64("2024-01-01") + np.arange(48)
    table = as_table({"day": days.astype(str), "a": np.linspace(0.0, 1.0, 48) ** 2, "town": ["u", "w", "v"] * 16})
    coded = DataConfig.model_validate({"numeric": {"kind": "piecewise_linear", "bins": 6}})
    first, other = (learn_inputs(table, [*table.columns], np.ones(48), data) for data in (DataConfig(), coded))
    assert first.columns[1] != other.columns[1]
    expected, rows = other.rows(table)[:], first.rows(table)
    monkeypatch.delattr(Moment, "read")  # is not asked again
    np.testing.assert_array_equal(other.rows(table, like=rows)[:], expected)
