"""Counts of any size are learned alike: raw numbers have a unit that fits what single rows tell of them."""

from typing import Any

import numpy as np
import pytest
import scipy.stats

import likelinet as ll
from likelinet.config import parse_config
from likelinet.heads.build import build_head
from likelinet.networks.build import build_network
from likelinet.objective.objective import Objective
from likelinet.training.start import marginal_fit
from likelinet.training.units import Units, units_of

ROWS, NEW = 200, 1000
SHORT = {"epochs": 15, "seed": 1}


def poisson(size: float):
    return {"kind": "poisson"}, lambda r, n: r.poisson(size, n), lambda y: scipy.stats.poisson.logpmf(y, size)


def binomial(size: float):
    family = {"kind": "binomial", "total_count": size}
    return family, lambda r, n: r.binomial(int(size), 0.3, n), lambda y: scipy.stats.binom.logpmf(y, int(size), 0.3)


def negative_binomial(size: float):
    return (
        {"kind": "negative_binomial"},
        lambda r, n: r.poisson(r.gamma(10.0, size / 10.0, n)),
        lambda y: scipy.stats.nbinom.logpmf(y, 10, 10.0 / (10.0 + size)),
    )


def rounded(size: float):
    family = {"kind": "discretised", "base": {"kind": "gaussian"}}
    normal = scipy.stats.norm(size, size / 10.0)
    return (
        family,
        lambda r, n: np.round(normal.rvs(n, random_state=r)),
        lambda y: np.log(normal.cdf(y + 0.5) - normal.cdf(y - 0.5)),
    )


def excess(case: Any, size: float, engine: str = "numpy") -> float:
    """Return how many nats a fit is above the truth on new rows, where x says nothing."""
    family, draw, log_p = case(size)
    r = np.random.default_rng(0)
    X, new = r.normal(size=(ROWS, 2)), r.normal(size=(NEW, 2))
    new = np.clip(new, X.min(axis=0), X.max(axis=0))
    y, truth = draw(r, ROWS), draw(r, NEW)
    model = ll.Model({"quality": "plain", "distribution": family, "training": SHORT, "engine": engine}).fit(
        X, y, progress=False
    )
    return float(log_p(truth).mean()) - model.score(new, truth)


@pytest.mark.parametrize("case", [poisson, binomial, negative_binomial, rounded])
@pytest.mark.parametrize("size", [1e6, 1e9])
def test_counts_of_any_size(case: Any, size: float):
    """What is lost is what few rows lose, as of small counts; without a unit it is from .2 to thousands."""
    assert -0.03 < excess(case, size) < 0.1


def test_an_effect_of_x_is_learned():
    r = np.random.default_rng(0)
    X, new = r.normal(size=(ROWS, 1)), r.normal(size=(NEW, 1))
    new = np.clip(new, X.min(), X.max())

    def rate(x: np.ndarray) -> np.ndarray:
        return 1e6 * np.exp(4e-3 * x[:, 0])  # four standard deviations of a count from end to middle

    y, truth = r.poisson(rate(X)), r.poisson(rate(new))
    model = ll.Model({"quality": "plain", "distribution": {"kind": "poisson"}, "training": SHORT}).fit(
        X, y, progress=False
    )
    best = scipy.stats.poisson.logpmf(truth, rate(new)).mean()
    without = scipy.stats.poisson.logpmf(truth, y.mean()).mean()
    assert model.score(new, truth) > best - 0.15 * (best - without)


def at_start(kind: str, y: np.ndarray, **declared: Any):
    head = build_head(parse_config({"distribution": {"kind": kind, **declared}}).distribution, None, 0, None)
    at = marginal_fit(head, y, np.ones(len(y)))
    return head, at, units_of(head, at, y, np.ones(len(y)), None)


def test_the_unit_is_three_steps_of_single_rows():
    y = np.random.default_rng(0).poisson(1e6, 500).astype(float)
    _, _, units = at_start("poisson", y)
    assert units is not None
    natural = y.std() / y.mean()  # of (y - rate) / rate: the score over the information
    np.testing.assert_allclose(units.unit[0], 3.0 * natural, rtol=1e-4)
    _, _, shared = at_start("poisson", y, rate="shared")
    assert shared is not None
    np.testing.assert_allclose(shared.unit[1], 3.0 / np.sqrt(y.mean()), rtol=1e-4)


@pytest.mark.parametrize("kind", ["poisson", "negative_binomial", "geometric"])
def test_small_counts_are_learned_as_they_are(kind: str):
    assert at_start(kind, np.random.default_rng(0).poisson(3.0, 500).astype(float))[2] is None


def test_numbers_with_a_unit_of_their_own_have_no_other():
    assert at_start("gaussian", np.random.default_rng(0).normal(1e6, 1.0, 500))[2] is None


def test_the_weights_that_are_kept_give_the_same_raw_numbers():
    """From the units back into plain weights, of a network and of a shared constant."""
    config = parse_config({"network": {"hidden": [5]}, "distribution": {"kind": "negative_binomial"}})
    head = build_head(config.distribution, None, 0, None)
    objective = Objective(build_network(config.network, 2, head.predicted), head)
    units = Units((np.array([3.0, -1.0]), np.zeros(0)), (np.array([0.01, 20.0]), np.zeros(0)))
    rng = np.random.default_rng(0)
    theta, x, y = rng.normal(size=(2, objective.layout.size)), rng.normal(size=(2, 7, 2)), rng.poisson(3.0, (2, 7))
    weight, stretched = np.full((2, 7), 1.0 / 7.0), Objective(objective.network, units.head(head))
    inside = stretched(objective.layout.views(theta), (), x, None, y, weight)[0]
    plain = units.plain(theta, objective.layout)
    np.testing.assert_allclose(objective(objective.layout.views(plain), (), x, None, y, weight)[0], inside, rtol=1e-12)
    begun = units.begun(theta, objective.layout)
    np.testing.assert_array_equal(objective.layout.views(begun)[-2], 0.0)
    np.testing.assert_array_equal(objective.layout.views(begun)[-3], objective.layout.views(theta)[-3])


@pytest.mark.parametrize("declared", [{}, {"logits": "shared"}, {"exposure": "days", "total_count": "shared"}])
def test_gradients_in_these_units(declared: dict[str, Any]):
    head = build_head(
        parse_config({"distribution": {"kind": "negative_binomial", **declared}}).distribution, None, 0, None
    )
    rng = np.random.default_rng(0)
    start = rng.normal(size=head.predicted), rng.normal(size=head.shared)
    unit = rng.uniform(0.1, 3.0, head.predicted), rng.uniform(0.1, 3.0, head.shared)
    head = head.stretched(start, unit)
    raw, shared = rng.normal(size=(1, 4, head.predicted)), rng.normal(size=(1, head.shared))
    columns = rng.uniform(0.5, 2.0, (1, 4, 1)) if head.columns else None
    y, d = rng.poisson(3.0, (1, 4)).astype(float), rng.normal(size=(1, 4))

    def total(raw: np.ndarray, shared: np.ndarray) -> float:
        return float((head.loss(raw, shared, y, columns)[0] * d).sum())

    draw, dshared = head.loss(raw, shared, y, columns)[1](d)
    for i in np.ndindex(raw.shape):
        step = np.zeros_like(raw)
        step[i] = 1e-5
        slope = (total(raw + step, shared) - total(raw - step, shared)) / 2e-5
        assert draw[i] == pytest.approx(slope, rel=1e-6, abs=1e-7)
    for j in range(head.shared):
        step = np.zeros_like(shared)
        step[0, j] = 1e-5
        slope = (total(raw, shared + step) - total(raw, shared - step)) / 2e-5
        assert dshared is not None
        assert dshared[0, j] == pytest.approx(slope, rel=1e-6, abs=1e-7)


def test_the_loss_in_these_units_on_jax():
    jax = pytest.importorskip("jax")
    head = build_head(parse_config({"distribution": {"kind": "poisson"}}).distribution, None, 0, None)
    head = head.stretched((np.array([13.8]), np.zeros(0)), (np.array([3e-3]), np.zeros(0)))
    rng = np.random.default_rng(0)
    raw, shared, y = rng.normal(size=(1, 5, 1)), np.zeros((1, 0)), rng.poisson(1e6, (1, 5)).astype(float)
    values, backward = head.loss(raw, shared, y)
    with jax.enable_x64(True):
        traced, gradient = jax.value_and_grad(lambda r: head.loss(r, jax.numpy.asarray(shared), y)[0].sum())(raw)
        np.testing.assert_allclose(traced, values.sum(), rtol=1e-12)
        np.testing.assert_allclose(gradient, backward(np.ones((1, 5)))[0], rtol=1e-9)
