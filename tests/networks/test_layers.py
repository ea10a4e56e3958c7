"""Every layer of the table: backward against differences, and the same formulas on JAX."""

from inspect import isabstract

import jax
import numpy as np
import pytest
from hypothesis import example, given

from likelinet import networks
from likelinet.networks import activations
from likelinet.networks.activations import Activation
from likelinet.networks.layer import Layer
from tests import on_jax
from tests.cases import ACTIVATIONS, LAYERS
from tests.differences import assert_gradients, of_a_sum
from tests.networks.strategies import Shape, shapes

each = pytest.mark.parametrize("make", LAYERS.values(), ids=LAYERS)


def subclasses(cls: type) -> set[type]:
    return {cls}.union(*(subclasses(c) for c in cls.__subclasses__()))


def test_every_layer_has_a_row():
    own = {c for c in subclasses(Layer) if c.__module__.startswith(networks.__name__) and not isabstract(c)}
    assert own == {type(make(3)) for make in LAYERS.values()}


def test_every_activation_has_a_row():
    constants = {id(v) for v in vars(activations).values() if isinstance(v, Activation)}
    assert constants == {id(layer) for layer, _ in ACTIVATIONS.values()}


@each
@given(shape=shapes)
@example(shape=Shape(None, 1, 1, 0))
@example(shape=Shape(2, 1, 3, 1))
def test_backward_against_differences(make, shape):
    layer = make(shape.inputs)
    weights, uniform, x = shape.arrays(layer)
    y, backward = layer.forward((*weights, *uniform), x)
    dy = np.random.default_rng(shape.seed + 1).standard_normal(y.shape)

    def total(x, *weights):
        return np.vdot(layer.forward((*weights, *uniform), x)[0], dy)

    dx, grads = backward(dy)
    assert_gradients((dx, *grads), of_a_sum(total, (x, *weights)))


@each
@given(shape=shapes)
def test_members_are_layers_of_their_own(make, shape):
    layer = make(shape.inputs)
    stacked = Shape(3, shape.rows, shape.inputs, shape.seed)
    weights, uniform, x = stacked.arrays(layer)
    y, backward = layer.forward((*weights, *uniform), x)
    dx, grads = backward(y)
    for m in range(3):
        own, own_backward = layer.forward(tuple(a[m] for a in (*weights, *uniform)), x[m])
        own_dx, own_grads = own_backward(own)
        np.testing.assert_allclose(y[m], own, rtol=1e-13, atol=1e-14)
        for got, want in zip((dx, *grads), (own_dx, *own_grads), strict=True):
            np.testing.assert_allclose(got[m], want, rtol=1e-12, atol=1e-13)


@each
@given(shape=shapes)
def test_rows_are_independent(make, shape):
    layer = make(shape.inputs)
    weights, uniform, x = shape.arrays(layer)
    y, _ = layer.forward((*weights, *uniform), x)
    alone, _ = layer.forward((*weights, *(u[..., -1:, :] for u in uniform)), x[..., -1:, :])
    np.testing.assert_allclose(y[..., -1:, :], alone, rtol=1e-13, atol=1e-14)


@each
def test_jax_gives_the_same_and_its_vjp_agrees(make):
    layer = make(4)
    weights, uniform, x = Shape(2, 3, 4, seed=7).arrays(layer)
    y, backward = layer.forward((*weights, *uniform), x)
    dy = np.cos(np.arange(y.size, dtype=float)).reshape(y.shape)
    dx, grads = backward(dy)

    def both(weights, uniform, x, dy):
        y, backward = layer.forward((*weights, *uniform), x)
        _, vjp = jax.vjp(lambda weights, x: layer.forward((*weights, *uniform), x)[0], weights, x)
        return y, backward(dy), vjp(dy)

    jax_y, (jax_dx, jax_grads), (vjp_grads, vjp_dx) = on_jax.run(both, weights, uniform, x, dy)
    np.testing.assert_allclose(jax_y, y, rtol=1e-10, atol=1e-12)
    for got in ((jax_dx, *jax_grads), (vjp_dx, *vjp_grads)):
        for a, b in zip(got, (dx, *grads), strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-12)


@each
def test_single_precision_stays_single(make):
    layer = make(4)
    weights, uniform, x = Shape(2, 3, 4, seed=7).arrays(layer)
    single = [tuple(a.astype(np.float32) for a in arrays) for arrays in (weights, uniform)]
    y, backward = layer.forward((*single[0], *single[1]), x.astype(np.float32))
    dx, grads = backward(y)
    assert {a.dtype for a in (y, dx, *grads)} == {np.dtype(np.float32)}


@each
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_values_are_those_of_forward(make, dtype):
    layer = make(4)
    weights, _, x = Shape(2, 50, 4, seed=7).arrays(layer)
    weights, x = tuple(w.astype(dtype) for w in weights), (10.0 * x).astype(dtype)
    for a in (*weights, x):
        a.flags.writeable = False
    found = layer.values(weights)(x)
    if layer.penalised:  # the mean of the code goes through the decoder then, and no divergence comes with it
        code = layer.encoder.forward(weights[:2], x)[0][..., : layer.latent]
        np.testing.assert_array_equal(found, layer.decoder.forward(weights[2:], code)[0])
    else:
        np.testing.assert_array_equal(found, layer.forward(weights, x)[0])
    assert found.dtype == dtype


@each
def test_nothing_is_written_to_what_is_given(make):
    layer = make(4)
    weights, uniform, x = Shape(2, 3, 4, seed=7).arrays(layer)
    for a in (*weights, *uniform, x):
        a.flags.writeable = False
    y, backward = layer.forward((*weights, *uniform), x)
    dy = np.ones_like(y)
    dy.flags.writeable = False
    first, second = backward(dy), backward(dy)
    np.testing.assert_array_equal(first[0], second[0])
