"""Activations: values against the textbook formula and against jax.nn, their range, their gain."""

from typing import get_args

import jax
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.integrate import quad

from likelinet.config import MLPConfig
from likelinet.networks import build
from tests.cases import ACTIVATIONS

each = pytest.mark.parametrize(("layer", "formula"), ACTIVATIONS.values(), ids=ACTIVATIONS)
numbers = arrays(np.float64, 5, elements=st.floats(-15.0, 15.0))


@each
@given(x=numbers)
def test_value_is_that_of_the_textbook(layer, formula, x):
    np.testing.assert_allclose(layer.forward((), x)[0], formula(x), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_value_is_that_of_jax(name):
    x = np.linspace(-6.0, 6.0, 25)
    with jax.enable_x64(True):
        f = getattr(jax.nn, name)
        want = f(x, approximate=False) if name == "gelu" else f(x)
    np.testing.assert_allclose(ACTIVATIONS[name][0].forward((), x)[0], want, rtol=1e-12, atol=1e-15)


@each
def test_far_out_it_stays_finite(layer, formula):
    x = np.array([-1e4, -800.0, 0.0, 800.0, 1e4])
    y, backward = layer.forward((), x)
    assert np.isfinite(y).all()
    slope, _ = backward(np.ones(5))
    assert np.isfinite(slope).all()
    assert (np.abs(slope) <= 1.0).all()


@pytest.mark.parametrize("name", ["relu", "leaky_relu", "gelu", "silu"])
def test_gain_keeps_the_second_moment(name):
    layer, formula = ACTIVATIONS[name]
    density = lambda x: np.exp(-0.5 * x * x) / np.sqrt(2.0 * np.pi)  # noqa: E731
    moment, _ = quad(lambda x: formula(np.float64(x)) ** 2 * density(x), -10.0, 10.0, points=[0.0])
    np.testing.assert_allclose(layer.gain**2 * moment, 1.0, rtol=0.01)


def test_a_config_can_name_each_of_them():
    names = get_args(MLPConfig.model_fields["activation"].annotation)
    assert {name: ACTIVATIONS[name][0] for name in names} == build.ACTIVATIONS
    assert set(names) == set(ACTIVATIONS)
