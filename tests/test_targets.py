"""y as the loss sees it, and back: what each kind of target learns, by hand."""

from typing import Any

import numpy as np
import pytest

import likelinet as ll
from likelinet.config import parse_config
from likelinet.distributions import Interval
from likelinet.heads.build import build_head
from likelinet.targets.build import targets_of
from likelinet.targets.classes import ClassTargets
from likelinet.targets.intervals import IntervalTargets
from likelinet.targets.numbers import NumberTargets
from likelinet.targets.target import Naming, Targets
from likelinet.targets.vectors import VectorTargets

RNG = np.random.default_rng(0)
N = 40
WEIGHT = RNG.uniform(0.5, 2.0, N)
POSITIVE, REAL = RNG.gamma(2.0, 30.0, N), RNG.normal(300.0, 40.0, N)
SHARES = RNG.dirichlet([1.0, 2.0, 3.0], N)


def learned(y: Any, standardize: bool = True, **distribution: Any) -> Targets:
    config = parse_config({"distribution": distribution, "data": {"standardize": standardize}})
    kind, naming = targets_of(config.distribution, None), Naming("y", config.distribution.kind)
    return kind.learn(kind.clean(y, naming), WEIGHT[: len(y)], config, None, naming)


def moments(y: np.ndarray, weight: np.ndarray = WEIGHT) -> tuple[Any, Any]:
    mean = (weight[:, None] * y.reshape(len(y), -1)).sum(0) / weight.sum()
    var = (weight[:, None] * (y.reshape(len(y), -1) - mean) ** 2).sum(0) / weight.sum()
    return mean.reshape(y.shape[1:]), np.sqrt(var).reshape(y.shape[1:])


class Own(ll.Distribution):
    """A family of a user's, over numbers."""

    parameters = (ll.Parameter("loc", role="location"),)

    def log_prob(self, y):
        return -np.abs(np.asarray(y) - self.loc) - np.log(2.0)


class Coin(ll.Bernoulli):
    """A family of a user's, over classes."""


@pytest.mark.parametrize(
    ("distribution", "custom", "kind"),
    [
        ({}, None, NumberTargets),
        ({"kind": "poisson"}, None, NumberTargets),
        ({"kind": "zero_inflated", "base": {"kind": "gamma"}}, None, NumberTargets),
        ({"kind": "mixture", "base": {"kind": "multivariate_gaussian"}}, None, VectorTargets),
        *(({"kind": k}, None, VectorTargets) for k in ("dirichlet", "multivariate_gaussian")),
        *(({"kind": k}, None, ClassTargets) for k in ("bernoulli", "categorical", "ordered_logistic")),
        ({"kind": "censored", "base": {"kind": "weibull"}}, None, IntervalTargets),
        ({"kind": "custom", "target": "no.such:Thing"}, Own, NumberTargets),
        ({"kind": "custom", "target": "no.such:Thing"}, Coin, ClassTargets),
        ({"kind": "censored", "base": {"kind": "custom", "target": "no.such:Thing"}}, Own, IntervalTargets),
    ],
)
def test_the_distribution_says_what_its_y_is(distribution: dict, custom: Any, kind: type[Targets]):
    assert targets_of(parse_config({"distribution": distribution}).distribution, custom) is kind


@pytest.mark.parametrize("y", [REAL, np.stack([REAL, -POSITIVE], axis=1)], ids=["one", "two"])
def test_numbers_on_the_line_by_mean_and_spread(y: np.ndarray):
    t = learned(y)
    mean, sd = moments(y)
    np.testing.assert_allclose(t.loc, mean, rtol=1e-13)
    np.testing.assert_allclose(t.scale, sd, rtol=1e-12)
    np.testing.assert_array_equal(t.spread, np.ones(y.shape[1:]))
    assert t.outputs == (2 if y.ndim == 2 else None)
    np.testing.assert_allclose(t.encode(y), (y - mean) / sd, rtol=1e-10, atol=1e-13)
    np.testing.assert_allclose(t.shift_of_nll(np.ones(y.shape, bool)), np.full(N, np.log(sd).sum()), rtol=1e-12)
    np.testing.assert_array_equal(t.shift_of_nll(np.zeros(y.shape, bool)), np.zeros(N))


def test_positive_numbers_by_their_mean():
    t = learned(POSITIVE, kind="gamma")
    mean, sd = moments(POSITIVE)
    np.testing.assert_allclose([t.loc, t.scale, t.spread], [0.0, mean, sd / mean], rtol=1e-12)


@pytest.mark.parametrize(
    ("kind", "y"),
    [
        ("poisson", np.round(POSITIVE)),
        ("beta", SHARES[:, 0]),
        ("logit_normal", SHARES[:, 0]),
        ("von_mises", SHARES[:, 0]),
    ],
)
def test_what_has_no_unit_stays(kind: str, y: np.ndarray):
    t = learned(y, kind=kind)
    np.testing.assert_array_equal([t.loc, t.scale], [0.0, 1.0])
    np.testing.assert_array_equal(t.encode(y), y)
    np.testing.assert_array_equal(t.shift_of_nll(np.ones(N, bool)), np.zeros(N))


def test_not_standardised_but_with_the_spread_of_the_floor():
    t = learned(REAL, standardize=False)
    np.testing.assert_allclose([t.loc, t.scale, t.spread], [0.0, 1.0, moments(REAL)[1]], rtol=1e-12)


def test_vectors():
    y = np.stack([REAL, POSITIVE], axis=1)
    t = learned(y, kind="multivariate_gaussian")
    mean, sd = moments(y)
    np.testing.assert_allclose([t.loc, t.scale], [mean, sd], rtol=1e-12)
    t = learned(SHARES, kind="dirichlet")
    np.testing.assert_array_equal([t.loc, t.scale, t.spread], [[0.0] * 3, [1.0] * 3, [1.0] * 3])


def test_an_entry_of_a_vector_of_shares_may_be_the_same_in_every_row():
    fixed = np.concatenate([0.8 * SHARES, np.full((N, 1), 0.2)], axis=1)
    for family in ({"kind": "dirichlet"}, {"kind": "mixture", "components": 2, "base": {"kind": "dirichlet"}}):
        np.testing.assert_array_equal(learned(fixed, **family).scale, np.ones(4))


def test_intervals_by_the_middle_or_the_only_end():
    low, high = np.full(N, -np.inf), np.full(N, np.inf)
    low[:10] = high[:10] = REAL[:10]  # exact
    low[10:20], high[10:20] = REAL[10:20] - 3.0, REAL[10:20] + 3.0
    low[20:25], high[25:30] = REAL[20:25], REAL[25:30]  # ten more tell nothing
    t = learned(Interval(low, high), kind="censored", base={"kind": "gaussian"})
    mean, sd = moments(REAL[:30], WEIGHT[:30])
    np.testing.assert_allclose([t.loc, t.scale], [mean, sd], rtol=1e-12)
    encoded = t.encode(Interval(low, high))
    np.testing.assert_allclose(encoded[:10, 0], (REAL[:10] - mean) / sd, rtol=1e-9)
    np.testing.assert_array_equal(encoded[30:], [[-np.inf, np.inf]] * 10)


def test_of_several_outputs_of_intervals_each_its_own_rows():
    y = np.stack([REAL, POSITIVE], axis=1)
    high = np.where(np.arange(2 * N).reshape(N, 2) % 3 == 0, np.inf, y)
    low = np.where(np.isinf(high), -np.inf, y)
    t = learned(Interval(low, high), kind="censored", base={"kind": "gaussian"})
    for j in range(2):
        known = np.isfinite(high[:, j])
        np.testing.assert_allclose([t.loc[j], t.scale[j]], moments(y[known, j], WEIGHT[known]), rtol=1e-12)


@pytest.mark.parametrize(
    ("kind", "y", "known", "codes"),
    [
        ("categorical", ["b", "a", "c", "a"], ["a", "b", "c"], [1, 0, 2, 0]),
        ("categorical", [0, 2, 1, 1], None, [0, 2, 1, 1]),
        ("categorical", [7, -1, 7, 9], [-1, 7, 9], [1, 0, 1, 2]),
        ("bernoulli", [True, False, True], [False, True], [1, 0, 1]),
        ("bernoulli", [[True, False], [True, True]], [False, True], [[1, 0], [1, 1]]),
        ("bernoulli", [[0, 1], [0, 0]], None, [[0, 1], [0, 0]]),
        ("ordered_logistic", [0.0, 2.0, 1.0], None, [0, 2, 1]),
        ("ordered_logistic", [3, 5, 9], [3, 5, 9], [0, 1, 2]),
    ],
)
def test_classes(kind: str, y: list, known: list | None, codes: list):
    t = learned(np.array(y), kind=kind)
    got = t.classes
    assert (None if got is None else np.asarray(got).tolist()) == known
    np.testing.assert_array_equal(t.encode(t.clean(np.array(y), Naming("y", kind))), codes)
    assert t.n_classes == np.max(codes) + 1


def test_declared_levels_give_the_order():
    y = np.array(["high", "low", "low"])
    t = learned(y, kind="ordered_logistic", levels=["low", "middle", "high"])
    np.testing.assert_array_equal(t.encode(y), [2, 0, 0])
    assert t.n_classes == 3


@pytest.mark.parametrize(
    ("y", "distribution"),
    [
        (REAL, {}),
        (np.stack([REAL, POSITIVE], 1), {"kind": "gamma"}),
        (SHARES, {"kind": "dirichlet"}),
        (Interval.right_censored(POSITIVE, POSITIVE < 50.0), {"kind": "censored", "base": {"kind": "gamma"}}),
        (np.array(["u", "v"] * 20), {"kind": "bernoulli"}),
        (np.arange(N) % 3, {"kind": "categorical"}),
        (np.stack([np.array(["u", "v"] * 20), np.array(list("abcd") * 10)], 1), {"kind": "categorical"}),
    ],
)
def test_plain_data_and_back(y: Any, distribution: dict):
    import json

    t = learned(y, **distribution)
    config = parse_config({"distribution": distribution}).distribution
    plain = json.loads(json.dumps([t.to_json(), t.n_classes]))
    again = type(t).from_json(*plain)
    assert set(plain[0]) == {"outputs", "classes", "loc", "scale", "spread"}
    assert (again.to_json(), again.n_classes, type(again)) == (t.to_json(), t.n_classes, type(t))
    np.testing.assert_array_equal(again.encode(y), t.encode(y))
    family = build_head(config, None, again.n_classes, again.outputs).family
    np.testing.assert_array_equal(again.encode(again.recognise(y, family, Naming("y", config.kind))), t.encode(y))


def test_a_class_of_the_users_keeps_its_labels(tmp_path):
    """A subclass of a family of classes is one of classes, labels and all."""
    X = RNG.normal(size=(N, 1))
    y = np.where(X[:, 0] > 0.0, "yes", "no")
    model = ll.Model(
        {"quality": "plain", "training": {"epochs": 2}, "network": {"hidden": [3]}}, distribution=Coin
    ).fit(X, y)
    assert set(model.predict(X)) <= {"yes", "no"}
    model.save(tmp_path / "m.safetensors")
    again = ll.Model.load(tmp_path / "m.safetensors", distribution=Coin)
    assert again.score(X, y) == model.score(X, y)


def test_counts_of_each_row_must_sum_to_its_own_total():
    total = RNG.integers(3, 9, N)
    y = RNG.multinomial(total, [0.2, 0.3, 0.5])
    table = np.stack([RNG.normal(size=N), total], axis=1)
    family = {"kind": "multinomial", "total_count": {"column": "x1"}}
    model = ll.Model(
        {"quality": "plain", "distribution": family, "training": {"epochs": 1}, "network": {"hidden": [3]}}
    )
    assert np.isfinite(model.fit(table, y).score(table, y))
    y[6, 1] += 1
    with pytest.raises(ll.DataError, match=r"y has 1 row that .* \(row 7\): its counts must sum to total_count\."):
        model.fit(table, y)
