"""Activation functions: each returns its value and what it multiplies a gradient by.

References: Glorot, Bordes & Bengio 2011 (relu, softplus), Maas et al. 2013 (leaky relu), Hendrycks & Gimpel 2016
(gelu, here exact, by the normal cdf), Elfwing et al. 2018 (silu).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from likelinet.core.arrays import Array, namespace, sigmoid, softplus_and_sigmoid, special
from likelinet.networks.layer import Arrays, Layer, LayerBackward, Weight

LEAK = 0.01  # slope of leaky relu below 0, as in torch
Function = Callable[[Array], tuple[Array, Callable[[Array], Array]]]


def _sigmoid(x: Array) -> tuple[Array, Callable[[Array], Array]]:
    s = sigmoid(x)
    return s, lambda dy: dy * (s * (1 - s))


def _tanh(x: Array) -> tuple[Array, Callable[[Array], Array]]:
    t = namespace(x).tanh(x)
    return t, lambda dy: dy * (1 - t * t)


def _relu(x: Array) -> tuple[Array, Callable[[Array], Array]]:
    y = namespace(x).maximum(x, 0)
    return y, lambda dy: dy * (y > 0).astype(y.dtype)  # a boolean factor would be converted more slowly


def _leaky_relu(x: Array) -> tuple[Array, Callable[[Array], Array]]:
    xp = namespace(x)
    y = xp.maximum(x, x * LEAK)
    return y, lambda dy: dy * xp.maximum((x > 0).astype(x.dtype), LEAK)


def _gelu(x: Array) -> tuple[Array, Callable[[Array], Array]]:
    xp = namespace(x)
    phi = special(x).ndtr(x)
    return x * phi, lambda dy: dy * (phi + x * xp.exp(-0.5 * x * x) * (2 * math.pi) ** -0.5)


def _silu(x: Array) -> tuple[Array, Callable[[Array], Array]]:
    s = sigmoid(x)
    y = x * s

    def multiply(dy: Array) -> Array:
        slope = 1 - s
        slope *= y
        slope += s
        slope *= dy
        return slope

    return y, multiply


def _silu_of_twice(h: Array) -> Array:
    y = namespace(h).tanh(h)
    y += 1.0
    y *= h
    return y


def _softplus(x: Array) -> tuple[Array, Callable[[Array], Array]]:
    y, s = softplus_and_sigmoid(x)
    return y, lambda dy: dy * s


@dataclass(frozen=True)
class Activation(Layer):
    """An elementwise function between two affine layers.

    Parameters
    ----------
    function : callable
        Maps x to (y, multiply), where multiply(dy) is dx.
    gain : float
        Initial weights before it have variance gain² / inputs, so that the signal keeps its size (He et al. 2015
        for relu; the others by the same argument at the origin, or by the second moment under a unit Gaussian).
    of_twice : callable, optional
        Maps h to y at x = 2h, bit for bit, where that takes fewer passes: a chain that computes values alone then
        halves the weights of the affine layer before it.
    """

    function: Function
    gain: float
    of_twice: Callable[[Array], Array] | None = None

    def weights(self) -> tuple[Weight, ...]:
        return ()

    def forward(self, params: Arrays, x: Array) -> tuple[Array, LayerBackward]:
        y, multiply = self.function(x)
        return y, lambda dy, out=(): (multiply(dy), ())


SIGMOID = Activation(_sigmoid, 1.0)
TANH = Activation(_tanh, 5.0 / 3.0)
RELU = Activation(_relu, math.sqrt(2.0))
LEAKY_RELU = Activation(_leaky_relu, math.sqrt(2.0 / (1.0 + LEAK**2)))
GELU = Activation(_gelu, 1.53)
SILU = Activation(_silu, 1.68, _silu_of_twice)
SOFTPLUS = Activation(_softplus, 1.0)
