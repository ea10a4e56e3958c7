"""The multilayer perceptron: what it is put together from, and the gradient of every combination."""

import itertools

import jax
import numpy as np
import pytest

from likelinet.networks.activations import RELU, SILU, TANH
from likelinet.networks.chain import Residual
from likelinet.networks.dense import Dense
from likelinet.networks.mlp import mlp
from tests import on_jax
from tests.cases import ACTIVATIONS
from tests.differences import assert_gradients, of_a_sum

COMBINATIONS = {
    f"{hidden}{' dropout' * (dropout > 0)}{' norm' * norm}{' residual' * residual}": (
        hidden,
        {"dropout": dropout, "layer_norm": norm, "residual": residual},
    )
    for hidden, dropout, norm, residual in itertools.product(
        ((), (3,), (3, 3), (4, 3, 3)), (0.0, 0.4), (False, True), (False, True)
    )
}
each = pytest.mark.parametrize(("hidden", "options"), COMBINATIONS.values(), ids=COMBINATIONS)


def arrays(network, members: int, rows: int, inputs: int, seed: int = 0):
    rng = np.random.default_rng(seed)
    weights = tuple(w.mean + rng.standard_normal((members, *w.shape)) for w in network.weights())
    uniform = tuple(rng.random((members, rows, width)) for width in network.noise())
    return weights, uniform, rng.standard_normal((members, rows, inputs))


@each
@pytest.mark.parametrize(("members", "rows"), [(1, 1), (2, 3)])
def test_backward_against_differences(hidden, options, members, rows):
    network = mlp(2, hidden, 2, SILU, **options)
    weights, uniform, x = arrays(network, members, rows, 2, seed=rows)
    y, backward = network.forward((*weights, *uniform), x)
    dy = np.cos(np.arange(y.size)).reshape(y.shape)
    dx, grads = backward(dy)
    assert dx is None
    assert_gradients(grads, of_a_sum(lambda *w: np.vdot(network.forward((*w, *uniform), x)[0], dy), weights))


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_jax_grad_agrees_for_every_activation(name):
    network = mlp(3, (4, 4), 2, ACTIVATIONS[name][0], dropout=0.3, layer_norm=True, residual=True)
    weights, uniform, x = arrays(network, 2, 5, 3)
    y, backward = network.forward((*weights, *uniform), x)
    want = on_jax.run(jax.grad(lambda w: (network.forward((*w, *uniform), x)[0] ** 2).sum()), weights)
    for got, expected in zip(backward(2.0 * y)[1], want, strict=True):
        np.testing.assert_allclose(got, expected, rtol=1e-10, atol=1e-12)


@each
def test_what_it_is_put_together_from(hidden, options):
    network = mlp(2, hidden, 5, TANH, **options)
    widths = [2, *hidden, 5]
    matrices = [w for w in network.weights() if len(w.shape) == 2]
    assert [w.shape for w in matrices] == list(itertools.pairwise(widths))
    norms = sum(hidden) * 2 * options["layer_norm"]
    assert sum(w.size for w in network.weights()) == sum((n + 1) * m for n, m in itertools.pairwise(widths)) + norms
    assert network.noise() == (tuple(hidden) if options["dropout"] else ())
    skips = sum(isinstance(layer, Residual) for layer in network.layers)
    assert skips == options["residual"] * sum(n == m for n, m in itertools.pairwise(hidden))
    assert all(w.decayed == (len(w.shape) == 2) for w in network.weights())


def test_no_hidden_layer_is_the_linear_model():
    w, b = np.arange(6.0).reshape(1, 3, 2), np.array([[10.0, 20.0]])
    y, _ = mlp(3, (), 2, RELU).forward((w, b), np.array([[[1.0, 2.0, 3.0]]]))
    np.testing.assert_array_equal(y, [[[0 + 4 + 12 + 10.0, 1 + 6 + 15 + 20.0]]])


@each
def test_without_noise_nothing_is_dropped(hidden, options):
    network, plain = mlp(2, hidden, 2, SILU, **options), mlp(2, hidden, 2, SILU, **options | {"dropout": 0.0})
    weights, _, x = arrays(network, 2, 3, 2)
    np.testing.assert_array_equal(network.forward(weights, x)[0], plain.forward(weights, x)[0])


def test_initial_spread_follows_from_the_gain_or_is_the_one_given():
    spread = [w.std for w in mlp(16, (25, 4), 2, RELU).weights()]
    np.testing.assert_allclose(spread, [1.3 / 4, 0, 2**0.5 / 5, 0, 0.1 / 2, 0])
    assert [w.std for w in mlp(16, (25, 4), 2, RELU, std=0.7).weights()] == [0.7, 0, 0.7, 0, 0.7, 0]


def test_only_the_first_layer_leaves_its_input_gradient_out():
    wants = [layer.input_gradient for layer in mlp(2, (3, 4), 1, TANH).layers if isinstance(layer, Dense)]
    assert wants == [False, True, True]
