"""Weights of rows: zero is absent, two is twice."""

import numpy as np
import pytest

import likelinet as ll
from likelinet.tables.columns import column_of
from likelinet.tables.table import Table
from tests.training.problems import EXACT, model, table, weights

X, Y = table(40)
SETTINGS = {
    "steps": {},
    "ensemble": {"members": 2},
    "dropout": {"network": {"dropout": 0.3}},
    "mixture": {"distribution": {"kind": "mixture", "components": 2}},
    "lbfgs": EXACT | {"epochs": 10},
}


def strange_rows(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return rows that would change everything if they had a weight."""
    rng = np.random.default_rng(9)
    return rng.normal(500.0, 90.0, (n, 2)), rng.normal(-1e4, 5e3, n)


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
@pytest.mark.parametrize("plain", [True, False])
def test_a_row_of_weight_0_has_no_influence_at_all(settings, plain):
    rng = np.random.default_rng(1)
    place = rng.permutation(60)
    weight = np.concatenate([np.ones(40) if plain else rng.uniform(0.5, 2.0, 40), np.zeros(20)])
    more_x, more_y = strange_rows(20)
    with_them = np.concatenate([X, more_x])[place], np.concatenate([Y, more_y])[place], weight[place]
    kept = with_them[2] > 0.0
    full = model(**settings).fit(*with_them)
    dropped = model(**settings).fit(*(a[kept] for a in with_them))
    np.testing.assert_array_equal(weights(full), weights(dropped))
    np.testing.assert_array_equal(full.predict(X), dropped.predict(X))
    assert [e.train_nll for e in full.history.epochs] == [e.train_nll for e in dropped.history.epochs]


@pytest.mark.parametrize("y", [-1e4, 1e300, np.nan])
def test_nor_has_one_among_the_validation_rows(y):
    held_x, held_y = table(20, seed=2)
    more_x, _ = strange_rows(5)
    weight = np.concatenate([np.ones(20), np.zeros(5)])
    far = np.concatenate([held_x, more_x]), np.concatenate([held_y, np.full(5, y)]), weight
    plain, other = (model().fit(X, Y, validation=v) for v in ((held_x, held_y), far))
    np.testing.assert_array_equal(weights(plain), weights(other))
    assert plain.history.epochs[-1].validation_nll == other.history.epochs[-1].validation_nll


def test_its_y_may_be_missing():
    X2, y2 = np.concatenate([X, X[:5]]), np.concatenate([Y, np.full(5, np.nan)])
    fitted = model().fit(X2, y2, np.isfinite(y2).astype(float))
    np.testing.assert_array_equal(weights(fitted), weights(model().fit(X, Y)))


def test_it_may_hold_anything_in_columns_of_text():
    """Of numbers as a CSV file has them, of categories, and of what the family reads."""
    rng = np.random.default_rng(4)
    keep = rng.random(30) < 0.6
    columns = {"a": rng.standard_normal(30), "days": rng.uniform(0.5, 2.0, 30), "size": rng.choice(["s", "m"], 30)}
    text = {name: column_of(np.where(keep, values.astype(str), "lost")) for name, values in columns.items()}
    config = {
        "distribution": {"kind": "poisson", "exposure": "days"},
        "data": {"features": ["a", "size"]},
        "training": {"optimizer": {"kind": "lbfgs"}, "validation_fraction": 0.0, "epochs": 4},
    }
    counts = rng.poisson(3.0, 30)
    some = ll.Model(config).fit(Table(text, 30), counts, keep.astype(float))
    few = Table({name: values[keep] for name, values in text.items()}, int(keep.sum()))
    np.testing.assert_array_equal(weights(some), weights(ll.Model(config).fit(few, counts[keep])))


def test_a_class_or_category_of_weight_0_is_not_there():
    labels = np.array(["a", "b", "c"])[np.arange(40) % 3]
    fitted = model(distribution={"kind": "categorical"}).fit(X, labels, (labels != "c").astype(float))
    assert fitted.classes.tolist() == ["a", "b"]


FAMILIES = {
    "gaussian": {},
    "one spread": {"scale": "shared"},
    "student": {"kind": "student_t", "df": 4.0},
    "gamma": {"kind": "gamma"},
    "poisson": {"kind": "poisson"},
    "bernoulli": {"kind": "bernoulli"},
}


def targets(family: str) -> np.ndarray:
    # Every class and every level of x occurs, so each maximum is at finite weights.
    rng = np.random.default_rng(3)
    return {"poisson": rng.poisson(3.0, 40), "bernoulli": rng.integers(0, 2, 40)}.get(family, Y)


@pytest.mark.parametrize("family", FAMILIES)
def test_whole_weights_are_repeated_rows(family):
    y, times = targets(family), np.random.default_rng(4).integers(1, 4, 40)
    settings = {"hidden": [], "distribution": FAMILIES[family], **EXACT}
    weighted = model(**settings).fit(X, y, times)
    repeated = model(**settings).fit(np.repeat(X, times, axis=0), np.repeat(y, times))
    np.testing.assert_allclose(weights(weighted), weights(repeated), rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(weighted.score(X, y, times), repeated.score(np.repeat(X, times, 0), np.repeat(y, times)))


@pytest.mark.parametrize("factor", [1e-6, 1e6])
def test_only_ratios_of_weights_matter(factor):
    weight = np.linspace(0.5, 2.0, 40)
    plain, scaled = (model().fit(X, Y, w) for w in (weight, weight * factor))
    np.testing.assert_allclose(weights(scaled), weights(plain), rtol=1e-7, atol=1e-9)


def test_equal_weights_are_no_weights():
    np.testing.assert_allclose(weights(model().fit(X, Y, np.full(40, 2.0))), weights(model().fit(X, Y)), rtol=1e-12)


@pytest.mark.parametrize("weight", [-np.ones(40), np.zeros(40), np.ones(39), np.full(40, np.nan)])
def test_weights_that_make_no_sense_are_refused(weight):
    with pytest.raises(ll.DataError, match=r"[Ww]eight"):
        model().fit(X, Y, weight)
