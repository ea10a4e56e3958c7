"""The values of a network alone, computed in place: what a prediction takes, without the memory for a gradient."""

from collections.abc import Callable
from functools import partial

import numpy as np

from likelinet.networks.activations import SILU
from likelinet.networks.autoencoder import Coder
from likelinet.networks.dense import Dense
from likelinet.networks.layer import Layer

Step = Callable[[np.ndarray], np.ndarray]


def values(network: Layer, params: tuple[np.ndarray, ...]) -> Step:
    """Return x -> `network.forward(params, x)[0]`, bit for bit.

    Parameters
    ----------
    network : Chain
        A network, for NumPy arrays alone.
    params : tuple of ndarray
        Its weights.
    """
    if isinstance(network, Coder):
        return lambda x: network.decoded(params, network.code(params, x))
    steps: list[Step] = []
    at = 0
    for before, layer, then in zip((None, *network.layers), network.layers, (*network.layers[1:], None), strict=False):
        n = len(layer.weights())
        own, at = params[at : at + n], at + n
        if isinstance(layer, Dense):
            steps.append(partial(_affine, *((0.5 * p for p in own) if then == SILU else own)))
        elif layer == SILU and isinstance(before, Dense):
            steps.append(_silu_of_twice)
        else:
            steps.append(lambda x, forward=layer.forward, own=own: forward(own, x)[0])

    def forward(x: np.ndarray) -> np.ndarray:
        for step in steps:
            x = step(x)
        return x

    return forward


def _affine(weight: np.ndarray, bias: np.ndarray, x: np.ndarray) -> np.ndarray:
    y = x @ weight
    y += bias[..., None, :]
    return y


def _silu_of_twice(h: np.ndarray) -> np.ndarray:
    """Return silu(2h) = h (1 + tanh h); that the weights before it are halved rounds nothing."""
    y = np.tanh(h)
    y += 1.0
    y *= h
    return y
