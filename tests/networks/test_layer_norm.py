"""Layer normalisation: the moments of its rows, and what they do not depend on."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from likelinet.networks.layer_norm import EPSILON, LayerNorm

seeds = st.integers(0, 2**32 - 1)
ONE, ZERO = np.ones((1, 6)), np.zeros((1, 6))


def rows(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(3.0, 2.0, (1, 4, 6))


@given(seed=seeds)
def test_rows_have_mean_0_and_the_variance_that_epsilon_leaves(seed):
    x = rows(seed)
    y, _ = LayerNorm(6).forward((ONE, ZERO), x)
    np.testing.assert_allclose(y.mean(-1), 0.0, atol=1e-13)
    np.testing.assert_allclose(y.var(-1), x.var(-1) / (x.var(-1) + EPSILON), rtol=1e-12)


@given(seed=seeds, shift=st.floats(-10.0, 10.0))
def test_a_shift_of_a_row_changes_nothing(seed, shift):
    x = rows(seed)
    layer = LayerNorm(6)
    np.testing.assert_allclose(
        layer.forward((ONE, ZERO), x + shift)[0], layer.forward((ONE, ZERO), x)[0], rtol=1e-9, atol=1e-9
    )


@given(seed=seeds)
def test_gain_and_bias_act_on_the_standardised_row(seed):
    x, rng = rows(seed), np.random.default_rng(seed)
    gain, bias = rng.standard_normal((2, 1, 6))
    plain, _ = LayerNorm(6).forward((ONE, ZERO), x)
    np.testing.assert_allclose(LayerNorm(6).forward((gain, bias), x)[0], plain * gain + bias, rtol=1e-13, atol=1e-14)


def test_a_constant_row_is_its_bias_and_has_a_finite_gradient():
    y, backward = LayerNorm(6).forward((ONE, ZERO + 0.5), np.full((1, 1, 6), 7.0))
    np.testing.assert_array_equal(y, np.full((1, 1, 6), 0.5))
    dx, _ = backward(np.arange(6.0)[None, None])
    # No variance: the map is x -> (x - mean) / sqrt(epsilon) to first order.
    np.testing.assert_allclose(dx[0, 0], (np.arange(6.0) - 2.5) / EPSILON**0.5, rtol=1e-10)
