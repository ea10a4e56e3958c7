"""The stable array formulas against mpmath, across the points where they change from a series to a function."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from mpmath import mp

from likelinet.core import arrays
from tests import exact, on_jax

FORMULAS = {
    "sigmoid": (arrays.sigmoid, exact.sigmoid),
    "softplus": (lambda x: arrays.softplus_and_sigmoid(x)[0], exact.softplus),
    "log1pmx": (arrays.log1pmx, lambda x: mp.log1p(x) - x),
    "stirling_error": (
        arrays.stirling_error,
        lambda a: mp.loggamma(a) - (a - mp.mpf(1) / 2) * mp.log(a) + a - mp.log(2 * mp.pi) / 2,
    ),
    "log_minus_digamma": (arrays.log_minus_digamma, lambda a: mp.log(a) - mp.digamma(a)),
}


def check(name: str, x: float, rtol: float, atol: float = 0.0) -> None:
    function, formula = FORMULAS[name]
    with mp.workdps(80):
        want = float(formula(mp.mpf(x)))
    np.testing.assert_allclose(function(np.array([x]))[0], want, rtol=rtol, atol=atol)


@pytest.mark.parametrize("name", ["softplus", "sigmoid"])
@given(x=st.floats(-700.0, 700.0))
def test_softplus_and_sigmoid(name, x):
    check(name, x, rtol=1e-14 if name == "softplus" else 0.0, atol=0.0 if name == "softplus" else 2e-16)


@given(x=st.floats(-700.0, 700.0))
def test_the_pair_equals_its_parts(x):
    value, slope = arrays.softplus_and_sigmoid(np.array([x]))
    with mp.workdps(50):
        want = float(exact.softplus(mp.mpf(x))), float(exact.sigmoid(mp.mpf(x)))
    np.testing.assert_allclose([value[0], slope[0]], want, rtol=1e-14)


@given(log_x=st.floats(-30.0, 0.0), sign=st.sampled_from([-1.0, 1.0]))
@example(log_x=np.log(0.0199999), sign=1.0)
@example(log_x=np.log(0.0200001), sign=-1.0)
def test_log1pmx(log_x, sign):
    check("log1pmx", sign * 0.99 * float(np.exp(log_x)), rtol=2e-14)


@pytest.mark.parametrize("name", ["stirling_error", "log_minus_digamma"])
@given(log_a=st.floats(-30.0, 50.0))
@example(log_a=float(np.log(15.999)))
@example(log_a=float(np.log(16.001)))
def test_what_stirling_leaves_out(name, log_a):
    check(name, float(np.exp(log_a)), rtol=1e-11)


def test_repeated_and_clipped_are_those_of_numpy_on_both_engines():
    a, times = np.random.default_rng(0).standard_normal((2, 3, 4)), np.array([2, 1, 5, 3])
    want = np.repeat(a, times, axis=-1)
    low, high = np.linspace(-1.0, 0.0, 11), np.linspace(0.5, 1.0, 11)
    np.testing.assert_array_equal(arrays.repeated(a, times), want)
    np.testing.assert_array_equal(on_jax.run(lambda a: arrays.repeated(a, times), a), want)
    np.testing.assert_array_equal(on_jax.run(arrays.clipped, want, low, high), np.clip(want, low, high))
    np.testing.assert_array_equal(arrays.clipped(want.copy(), low, high), np.clip(want, low, high))
