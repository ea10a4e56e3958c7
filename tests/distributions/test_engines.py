"""One formula, two engines: every loss and its backward inside jax.jit, in 64 bits, against NumPy and jax.grad."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import likelinet as ll
from likelinet.links import Exp, Identity, Sigmoid, Softplus
from tests.cases import FAMILIES, Family
from tests.distributions.strategies import each

N = 40


def run(loss, params, y, d):
    """Return values and gradients from NumPy, from JAX compiled, and the gradients by jax.grad."""
    values, backward = loss(params, y)
    with jax.enable_x64(True):
        params, y, d_jax = (tuple(map(jnp.asarray, params)), jnp.asarray(y), jnp.asarray(d))

        @jax.jit
        def compiled(p, y, d):
            values, backward = loss(p, y)
            return values, backward(d)

        own = compiled(params, y, d_jax)
        grad = jax.jit(jax.grad(lambda p: (loss(p, y)[0] * d_jax).sum()))(params)
        assert own[0].dtype == jnp.float64
        own, grad = jax.tree.map(np.asarray, (own, grad))
    return (values, backward(d)), own, grad


def check(loss, params, y):
    d = np.random.default_rng(1).uniform(0.5, 2.0, N)
    mine, compiled, grad = run(loss, params, y, d)
    np.testing.assert_allclose(compiled[0], mine[0], rtol=1e-10, atol=1e-11)
    assert len(mine[1]) == len(compiled[1]) == len(grad)
    for a, b, c in zip(mine[1], compiled[1], grad, strict=True):
        unit = np.abs(a).max()
        np.testing.assert_allclose(b, a, rtol=1e-10, atol=1e-12 * unit)
        np.testing.assert_allclose(c, a, rtol=1e-9, atol=1e-11 * unit)


def arguments(case: Family):
    d, y = case.batch(N, seed=2)
    return tuple(getattr(d, p.name) for p in case.cls.parameters), y


@each(FAMILIES)
def test_loss_of_a_family(case: Family):
    check(case.cls.loss, *arguments(case))


@each(tuple(c for c in FAMILIES if c.cls in (ll.Gaussian, ll.Poisson)))
def test_loss_of_a_mixture(case: Family):
    params, y = arguments(case)
    spread = np.linspace(0.9, 1.1, 3)
    logits = np.random.default_rng(3).normal(size=(N, 3))
    check(ll.Mixture.loss_of(case.cls.loss, 0), (logits, *(p[:, None] * spread for p in params)), y)


@pytest.mark.parametrize(
    "link", [Identity(), Exp(), Softplus(), Softplus(1e-3), Sigmoid()], ids=lambda k: type(k).__name__
)
def test_links(link):
    def loss(params, y):
        value, backward = link.forward(params[0])
        return value * y, lambda d: (backward(d * y),)

    check(loss, (np.linspace(-20.0, 20.0, N),), np.linspace(1.0, 2.0, N))
