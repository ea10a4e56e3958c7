"""Codes of numbers: the dense product with φ written out, at any x, and what they begin with."""

import numpy as np
import pytest

from likelinet.networks.piecewise import FUNCTIONS, SIZE, PiecewiseLinear

RNG = np.random.default_rng(0)
EDGES = [np.cumsum(RNG.uniform(0.01, 0.5, 49)) - 6.0, np.array([-1.0, 0.5, 0.7]), np.linspace(-2.0, 2.0, 17)]
MEANS = [RNG.random(len(edges) - 1) for edges in EDGES]
LAYER = PiecewiseLinear([3, 0, 2], EDGES, MEANS)


def written_out(x: np.ndarray) -> np.ndarray:
    """Return φ of one row, number by number."""
    phi = []
    for j, edges, means in zip([3, 0, 2], EDGES, MEANS, strict=True):
        many = len(means)
        for t in range(many):
            least, most = -0.5 if t == 0 else 0.0, 1.5 if t == many - 1 else 1.0
            phi.append(min(max((x[j] - edges[t]) / (edges[t + 1] - edges[t]), least), most) - means[t])
    return np.array(phi)


def test_it_is_the_dense_product_with_the_code():
    x = RNG.normal(0.0, 3.0, (2, 40, 5))
    x[0, :3, 3] = EDGES[0][0], EDGES[0][7], EDGES[0][-1]  # at the very edges
    w, dy = RNG.standard_normal((2, 66, FUNCTIONS)), RNG.standard_normal((2, 40, 5 + FUNCTIONS))
    phi = np.apply_along_axis(written_out, -1, x)
    y, backward = LAYER.forward((w,), x)
    _, (dw,) = backward(dy)
    np.testing.assert_array_equal(y[..., :5], x)
    np.testing.assert_allclose(y[..., 5:], phi @ w, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(dw, phi.mT @ dy[..., 5:], rtol=1e-12, atol=1e-12)


def test_single_precision_tells_where_in_a_bin_a_number_lies():
    narrow = PiecewiseLinear([0], [[-4.0, 3.0, 3.0001, 4.0]], [[0.3, 0.2, 0.1]])
    w = np.ones((3, FUNCTIONS), np.float32)
    y, _ = narrow.forward((w,), np.array([[3.00005]], np.float32))
    np.testing.assert_allclose(y[0, 1:], 1.5 - 0.6, atol=5e-3)


def test_beyond_the_ends_a_code_goes_on_for_half_a_bin():
    w = np.ones((66, FUNCTIONS))
    far, end = (LAYER.forward((w,), np.full((1, 5), x))[0][0, 5] for x in (1e9, 20.0))
    assert far == end
    np.testing.assert_allclose(end, 66 + 3 * 0.5 - sum(m.sum() for m in MEANS), rtol=1e-12)


def test_the_functions_begin_as_large_as_they_are_said_to():
    (weight,) = LAYER.weights()
    assert weight.shape == (66, FUNCTIONS)
    assert weight.decayed
    even = [np.arange(49.0), np.arange(31.0)]
    layer = PiecewiseLinear([0, 1], even, [np.linspace(1.0, 0.0, 2 * len(e) - 1)[1:-1:2] for e in even])
    x = np.stack([np.linspace(0.0, e[-1], 501) for e in even], axis=1)
    (weight,) = layer.weights()
    rng = np.random.default_rng(1)
    draws = rng.standard_normal((150, *weight.shape)) * weight.std
    made = layer.forward((draws,), rng.permuted(x, axis=0))[0][..., 2:]
    np.testing.assert_allclose(made.mean(axis=1).mean(), 0.0, atol=0.05)
    np.testing.assert_allclose(made.var(axis=1).mean(), SIZE**2, rtol=0.12)


@pytest.mark.parametrize("input_gradient", [False, True])
def test_nobody_pays_for_the_gradient_of_x_of_the_first_layer(input_gradient):
    layer = PiecewiseLinear([3, 0, 2], EDGES, MEANS, input_gradient)
    y, backward = layer.forward((np.ones((66, FUNCTIONS)),), RNG.standard_normal((4, 5)))
    assert (backward(y)[0] is not None) == input_gradient
