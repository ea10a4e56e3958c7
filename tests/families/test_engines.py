"""Wrapper families inside jax.jit, in 64 bits: value and gradient as under NumPy."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import likelinet as ll
from tests import on_jax
from tests.families.declared import WRAPPERS, columns_for, declared, head_of, observed

ROWS = 8
IN_CLOSED_FORM = (
    "truncated gaussian",
    "mixture of truncated",
    "censored weibull",
    "zero inflated poisson",
    "hurdle negative binomial",
    "discretised log normal",
    "transformed logit",
    "clipped gaussian",
)
SLOW = (
    "censored mixture",
    "censored truncated",
    "censored zero inflated",
    "zero inflated gamma",
    "zero inflated truncated",
    "mixture of zero inflated",
    "hurdle log normal",
    "discretised mixture",
    "transformed log",
    "truncated discretised",
    "truncated transformed",
    "clipped mixture",
    "mixture of clipped",
)


def drawn(name: str):
    """Return a head, and raw outputs, constants, columns and y for it."""
    head, rng = head_of(declared(WRAPPERS[name])), np.random.default_rng(3)
    raw, shared = rng.standard_normal((1, ROWS, head.predicted)), rng.standard_normal((1, head.shared))
    columns = columns_for(head, rng, (1, ROWS))
    return head, (raw, shared, observed(head, raw, shared, columns, rng), columns)


@pytest.mark.parametrize("name", [*IN_CLOSED_FORM, *(pytest.param(n, marks=pytest.mark.slow) for n in SLOW)])
def test_loss_of_a_wrapper(name: str):
    head, arrays = drawn(name)
    weight = np.random.default_rng(4).uniform(0.5, 2.0, (1, ROWS))

    def run(weight, *arrays):
        values, backward = head.loss(*arrays)
        return values, backward(weight)

    want, got = run(weight, *arrays), on_jax.run(run, weight, *arrays)
    for a, b in zip(jax.tree.leaves(got), jax.tree.leaves(want), strict=True):
        assert a.dtype == np.float64
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-10 * np.abs(b).max())


def test_a_family_whose_tails_have_no_gradient_in_jax_is_refused_by_name():
    head, arrays = drawn("truncated gamma")
    with jax.enable_x64(True), pytest.raises(ll.UndefinedError, match="Gamma: its cdf has no gradient on this engine"):
        head.loss(*map(jnp.asarray, arrays))
