"""The losses everyone knows are special cases, to twelve digits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, log_softmax, softmax

import likelinet as ll
from tests.distributions.strategies import uniform

N, K = 5, 4


@given(u=uniform(2, N, low=-10.0, high=10.0))
def test_gaussian_with_scale_one_is_half_the_squared_error(u):
    loc, y = u
    loss, backward = ll.Gaussian.loss((loc, np.ones(N)), y)
    np.testing.assert_allclose(loss, 0.5 * (y - loc) ** 2 + 0.5 * np.log(2 * np.pi), rtol=1e-12)
    np.testing.assert_allclose(backward(np.ones(N))[0], loc - y, rtol=1e-12)


@given(z=uniform(N, low=-30.0, high=30.0), bits=st.lists(st.booleans(), min_size=N, max_size=N))
def test_bernoulli_is_binary_cross_entropy(z, bits):
    y = np.array(bits, dtype=np.float64)
    loss, backward = ll.Bernoulli.loss((z,), y)
    cross_entropy = np.where(y == 1.0, np.logaddexp(0.0, -z), np.logaddexp(0.0, z))
    np.testing.assert_allclose(loss, cross_entropy, rtol=1e-12)
    (gradient,) = backward(np.ones(N))
    np.testing.assert_allclose(gradient, expit(z) - y, rtol=0.0, atol=2e-16)


@given(z=uniform(N, K, low=-30.0, high=30.0), y=st.lists(st.integers(0, K - 1), min_size=N, max_size=N))
def test_categorical_is_softmax_cross_entropy(z, y):
    codes = np.array(y)
    loss, backward = ll.Categorical.loss((z,), codes)
    np.testing.assert_allclose(loss, -log_softmax(z, axis=-1)[np.arange(N), codes], rtol=1e-12, atol=1e-12)
    (gradient,) = backward(np.ones(N))
    np.testing.assert_allclose(gradient, softmax(z, axis=-1) - np.eye(K)[codes], rtol=0.0, atol=5e-16)


def test_two_classes_are_a_bernoulli():
    z = np.linspace(-20.0, 20.0, 41)
    pair = np.stack([np.zeros_like(z), z], axis=-1)
    for y in (0, 1):
        np.testing.assert_allclose(ll.Categorical(pair).nll(y), ll.Bernoulli(z).nll(y), rtol=1e-12, atol=1e-15)


def test_limits_of_families():
    y = np.arange(10.0)
    np.testing.assert_allclose(ll.StudentT(1e12, 1.0, 2.0).log_prob(y), ll.Gaussian(1.0, 2.0).log_prob(y), rtol=1e-10)
    near_poisson = ll.NegativeBinomial(1e12, np.log(3.0 / 1e12))
    np.testing.assert_allclose(near_poisson.log_prob(y), ll.Poisson(3.0).log_prob(y), rtol=1e-10)


@pytest.mark.parametrize("cls", [ll.Gaussian, ll.Laplace, ll.Logistic, ll.Cauchy, ll.Gumbel])
def test_a_loss_takes_a_plain_number_for_a_parameter(cls: type[ll.Distribution]):
    y = np.array([0.3, -1.2])
    values, backward = cls.loss((np.zeros(2), 2.0), y)
    np.testing.assert_array_equal(values, -cls(0.0, 2.0).log_prob(y))
    full = cls.loss((np.zeros(2), np.full(2, 2.0)), y)[1](np.ones(2))
    np.testing.assert_array_equal(backward(np.ones(2))[0], full[0])
