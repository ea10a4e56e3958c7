"""Dropout: what it promises besides a gradient."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from likelinet.networks.dropout import Dropout

rates = pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])


@rates
def test_a_unit_is_dropped_or_scaled_up(rate):
    uniform = np.random.default_rng(0).random((1, 2000, 10))
    y, backward = Dropout(10, rate).forward((uniform,), np.ones((1, 2000, 10)))
    np.testing.assert_array_equal(y, np.where(uniform < rate, 0.0, 1.0 / (1.0 - rate)))
    np.testing.assert_array_equal(backward(np.ones_like(y))[0], y)
    # Each entry of y has variance rate / (1 - rate), so this is four standard errors of their mean.
    assert abs(y.mean() - 1.0) < 4.0 * (rate / (1.0 - rate) / y.size) ** 0.5


def test_a_uniform_number_equal_to_the_rate_keeps_its_unit():
    y, _ = Dropout(2, 0.5).forward((np.array([[0.5, np.nextafter(0.5, 0.0)]]),), np.ones((1, 2)))
    np.testing.assert_array_equal(y, [[2.0, 0.0]])


@given(x=st.lists(st.floats(-5.0, 5.0), min_size=3, max_size=3))
def test_without_a_mask_it_is_the_identity(x):
    x = np.array([x])
    y, backward = Dropout(3, 0.5).forward((), x)
    assert y is x
    assert backward(x) == (x, ())
