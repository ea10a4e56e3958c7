"""CRPS and variance of families as training takes them: their values, and each gradient, on both engines."""

import re

import jax
import numpy as np
import pytest

import likelinet as ll
from likelinet.core.errors import UndefinedError
from likelinet.core.wording import snake_case
from likelinet.distributions.over.mixture import MixtureFamily
from likelinet.distributions.rooms import all_families
from tests import on_jax
from tests.cases import FAMILIES, Family
from tests.differences import assert_gradients, gradients
from tests.families.declared import declared, head_of

WITH_CRPS = (ll.Gaussian, ll.Laplace, ll.Logistic, ll.Cauchy, ll.Gumbel, ll.Exponential, ll.LogNormal)
WITH_VARIANCE = (ll.Gaussian, ll.Laplace, ll.Logistic, ll.Gumbel, ll.Exponential, ll.LogNormal)
ROWS = 40


def cases(classes: tuple[type, ...]):
    return pytest.mark.parametrize("case", [c for c in FAMILIES if c.cls in classes], ids=str)


def typical(case: Family, seed: int = 0):
    """Return parameters, y and an incoming gradient; a log-normal is no wider than its mean, and means no more."""
    rng = np.random.default_rng(seed)
    params = case.parameters(rng.random((ROWS, len(case.columns))))
    return params, case.observe(params, rng.uniform(0.001, 0.999, ROWS)), rng.uniform(0.1, 3.0, ROWS)


def mixture(rows: int = ROWS):
    rng = np.random.default_rng(0)
    shape = rows, 3
    params = rng.uniform(-2.0, 2.0, shape), rng.standard_normal(shape), rng.uniform(0.05, 2.0, shape)
    return params, 2.0 * rng.standard_normal(rows), rng.uniform(0.1, 3.0, rows)


MIXTURE = MixtureFamily(head_of(declared({}), None).family, 3)


def assert_gradient(loss, params, y, d, steps):
    _, backward = loss(params, y)
    want = [w * d.reshape(-1, *(1,) * (w.ndim - 1)) for w in gradients(loss, params, y, steps)]
    assert_gradients(backward(d), want, atol=1e-7)


@cases(WITH_CRPS)
def test_crps_is_that_of_the_distribution(case):
    params, y, _ = typical(case)
    np.testing.assert_allclose(case.cls.crps_loss(params, y)[0], case.distribution(params).crps(y), rtol=1e-11)


@cases(WITH_CRPS)
def test_gradient_of_the_crps(case):
    params, y, d = typical(case)
    assert_gradient(case.cls.crps_loss, params, y, d, case.steps(params))


def test_crps_of_a_mixture_and_its_gradient():
    params, y, d = mixture(rows=6)
    logits, loc, scale = params
    own = ll.Mixture(ll.Gaussian(loc, scale), logits)
    share = np.linspace(0.0, 1.0, 40_001)[:, None]
    below, above = (own.cdf(y + side * 25.0 * share) for side in (-1.0, 1.0))
    want = np.trapezoid(below**2 + (1.0 - above) ** 2, 25.0 * share, axis=0)
    np.testing.assert_allclose(MIXTURE.crps_loss(params, y)[0], want, rtol=1e-6)
    assert_gradient(MIXTURE.crps_loss, params, y, d, (np.float64(1e-3), np.float64(1e-3), 2e-3 * scale))


def test_the_crps_and_its_gradient_are_the_same_on_jax():
    tried = {str(c): (c.cls.crps_loss, typical(c)) for c in FAMILIES if c.cls in WITH_CRPS}
    tried["mixture"] = MIXTURE.crps_loss, mixture()

    def all_of(arrays):
        found = {name: tried[name][0](*own[:2]) for name, own in arrays.items()}
        return {name: (values, backward(arrays[name][2])) for name, (values, backward) in found.items()}

    there = on_jax.run(all_of, {name: own for name, (_, own) in tried.items()})
    for name, (loss, (params, y, d)) in tried.items():
        values, backward = loss(params, y)
        np.testing.assert_allclose(there[name][0], values, rtol=1e-10, atol=1e-12)
        for mine, other in zip(backward(d), there[name][1], strict=True):
            np.testing.assert_allclose(other, mine, rtol=1e-9, atol=1e-12 * np.abs(mine).max())


def test_jax_grad_of_the_crps_of_a_mixture_agrees():
    params, y, d = mixture()
    want = on_jax.run(lambda p: jax.grad(lambda q: (MIXTURE.crps_loss(q, y)[0] * d).sum())(p), params)
    for mine, other in zip(MIXTURE.crps_loss(params, y)[1](d), want, strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-9, atol=1e-11)


@cases(WITH_VARIANCE)
def test_mean_and_variance_are_those_of_the_distribution(case):
    params, *_ = typical(case)
    own = case.distribution(params)
    for got, want in zip(case.cls.mean_and_variance(params), (own.mean(), own.var()), strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-12)


def test_mean_and_variance_of_a_mixture():
    logits, loc, scale = mixture()[0]
    own = ll.Mixture(ll.Gaussian(loc, scale), logits)
    mean, variance = MIXTURE.mean_and_variance((logits, loc, scale))
    np.testing.assert_allclose(mean, own.mean(), rtol=1e-11, atol=1e-13)
    np.testing.assert_allclose(variance, own.var(), rtol=1e-11)


@pytest.mark.parametrize(
    ("answer", "classes"), [("crps_loss", WITH_CRPS), ("mean_and_variance", WITH_VARIANCE)], ids=["crps", "variance"]
)
def test_all_others_refuse_by_name(answer, classes):
    for case in FAMILIES:
        if case.cls in classes:
            continue
        params, y, _ = typical(case)
        arguments = (params, y) if answer == "crps_loss" else (params,)
        with pytest.raises(UndefinedError, match=f"^{case.cls.__name__} has no "):
            getattr(case.cls, answer)(*arguments)
    assert {*classes} <= {*all_families()}


CONFIGS = {
    ll.BetaNLLConfig: "mean_and_variance",
    ll.CRPSConfig: "crps_loss",
    ll.NaturalGradientConfig: "fisher_information",
}


@pytest.mark.parametrize(("config", "answer"), CONFIGS.items(), ids=CONFIGS.values())
def test_each_config_names_the_families_that_it_is_for(config, answer):
    words = re.findall(r"\w+", config.__doc__.partition("For families")[2])
    own = {snake_case(case.cls.__name__) for case in FAMILIES if answers(case, answer)}
    assert {snake_case(c.__name__) for c in all_families()} & {*words} == own


def answers(case: Family, answer: str) -> bool:
    params, y, _ = typical(case)
    try:
        getattr(case.cls, answer)(*((params, y) if answer == "crps_loss" else (params,)))
    except UndefinedError:
        return False
    return True
