"""One formula, two engines: every loss and its backward inside jax.jit, in 64 bits, against NumPy and jax.grad."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import likelinet as ll
from likelinet.core.arrays import namespace
from likelinet.core.links import Exp, Identity, Ordered, Sigmoid, Softplus
from likelinet.distributions.over.mixture_formulas import loss_of_mixture
from tests import on_jax
from tests.cases import FAMILIES, UNIVARIATE, Family
from tests.distributions.strategies import each

N = 40


def run(loss, params, y, d):
    """Return values and gradients from NumPy, from JAX compiled, and the gradients by jax.grad."""

    def both(p, y, d):
        values, backward = loss(p, y)
        return (values, backward(d)), jax.grad(lambda p: (loss(p, y)[0] * d).sum())(p)

    own, grad = jax.tree.map(np.asarray, on_jax.run(both, tuple(params), y, d))
    assert own[0].dtype == np.float64
    values, backward = loss(params, y)
    return (values, backward(d)), own, grad


def check(loss, params, y, learned=None):
    d = np.random.default_rng(1).uniform(0.5, 2.0, N)
    mine, compiled, grad = run(loss, params, y, d)
    np.testing.assert_allclose(compiled[0], mine[0], rtol=1e-10, atol=1e-11)
    assert len(mine[1]) == len(compiled[1]) == len(grad)
    for a, b, c, moves in zip(mine[1], compiled[1], grad, learned or [True] * len(grad), strict=True):
        unit = np.abs(a).max()
        np.testing.assert_allclose(b, a, rtol=1e-10, atol=1e-12 * unit)
        np.testing.assert_allclose(c * moves, a, rtol=1e-10, atol=1e-12 * unit)


def arguments(case: Family):
    d, y = case.batch(N, seed=2)
    return tuple(getattr(d, p.name) for p in case.cls.parameters), y


# Compiling these takes a second each.
LONG = (ll.Beta, ll.BetaBinomial, ll.Binomial, ll.Dirichlet, ll.NegativeBinomial)


@pytest.mark.parametrize(
    "case", [pytest.param(c, marks=[pytest.mark.slow] if c.cls in LONG else [], id=str(c)) for c in FAMILIES]
)
def test_loss_of_a_family(case: Family):
    check(case.cls.loss, *arguments(case), [p.learned for p in case.cls.parameters])


@each(tuple(c for c in FAMILIES if c.cls in (ll.Gaussian, ll.Poisson)))
def test_loss_of_a_mixture(case: Family):
    params, y = arguments(case)
    spread = np.linspace(0.9, 1.1, 3)
    logits = np.random.default_rng(3).normal(size=(N, 3))
    check(loss_of_mixture(case.cls.loss, 0), (logits, *(p[:, None] * spread for p in params)), y)


@pytest.mark.parametrize(
    "link", [Identity(), Exp(), Softplus(), Softplus(1e-3), Sigmoid()], ids=lambda k: type(k).__name__
)
def test_links(link):
    def loss(params, y):
        value, backward = link.forward(params[0])
        return value * y, lambda d: (backward(d * y),)

    check(loss, (np.linspace(-20.0, 20.0, N),), np.linspace(1.0, 2.0, N))


# Their tails come by differences, or are sums of as many terms as the data ask for.
NUMPY_ONLY = tuple(c for c in UNIVARIATE if not c.cls.has_tails or c.cls is ll.BetaBinomial)
CLOSED = tuple(c for c in UNIVARIATE if c not in NUMPY_ONLY)


@pytest.mark.slow  # compiling them takes seconds
@each(CLOSED)
def test_tails(case: Family):
    def tails(params, y, d):
        log_cdf, log_sf, backward = case.cls.tails(params, y)
        return (log_cdf, log_sf), (*backward(d, 0.0 * d), *backward(0.0 * d, d))

    same_when_compiled(tails, *arguments(case))


@pytest.mark.slow
@each(CLOSED)
def test_intervals(case: Family):
    params, y = arguments(case)
    quartiles = [case.observe(params, np.full(N, u)) for u in (0.25, 0.75)]
    widths = (1.0 if case.integer else 0.5 * (quartiles[1] - quartiles[0])) * np.resize(
        [1e-9, 1e-3, 0.3, 1.0, 3.0, np.inf], N
    )

    def log_interval(params, y, d):
        values, backward = case.cls.log_interval(params, y, y + namespace(y).asarray(widths))
        return (values,), backward(d)

    same_when_compiled(log_interval, params, y)


def same_when_compiled(f, params, y):
    """Compare NumPy with JAX compiled in 64 bits, values and gradients; JAX's special functions have 12 digits."""
    d = np.random.default_rng(1).uniform(0.5, 2.0, N)
    values, grads = f(params, y, d)
    own = jax.tree.map(np.asarray, on_jax.run(f, params, y, d))
    for a, b in zip(own[0], values, strict=True):
        assert a.dtype == np.float64
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12)
    for a, b in zip(own[1], grads, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-8, atol=1e-10 * np.abs(b).max())


@each(NUMPY_ONLY)
def test_tails_in_numpy_alone_name_the_family_on_another_engine(case: Family):
    params, y = arguments(case)
    params, y = tuple(map(jnp.asarray, params)), jnp.asarray(y)
    for f in (lambda: case.cls.tails(params, y), lambda: case.cls.log_interval(params, y, y + 1.0)):
        with pytest.raises(ll.UndefinedError, match=case.cls.__name__):
            f()


def test_ordered_numbers():
    def loss(params, y):
        value, backward = Ordered(1e-3).forward(params[0])
        return (value * value).sum(-1) * y, lambda d: (backward((d * y)[..., None] * 2.0 * value),)

    check(loss, (np.random.default_rng(0).normal(size=(N, 4)),), np.linspace(1.0, 2.0, N))


CLOSED = {ll.Geometric: [], ll.OrderedLogistic: [], ll.Binomial: [pytest.mark.slow]}  # the last compiles for long


@pytest.mark.parametrize("case", [pytest.param(c, marks=CLOSED[c.cls], id=str(c)) for c in FAMILIES if c.cls in CLOSED])
def test_tails_and_intervals_in_closed_form(case: Family):
    params, y = arguments(case)
    y = np.minimum(y, case.highest(case.distribution(params)) - 1.0)  # there P(Y > y) = 0 has no gradient
    ones = np.ones(N)

    def run(params, y, d):
        log_cdf, log_sf, tails_backward = case.cls.tails(params, y)
        values, backward = case.cls.log_interval(params, y - 2.0, y + 3.0)
        return (log_cdf, log_sf, values), (tails_backward(d, d), backward(d))

    got = jax.tree.map(np.asarray, on_jax.run(run, params, y, ones))
    for a, b in zip(jax.tree.leaves(got), jax.tree.leaves(run(params, y, ones)), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-11)
