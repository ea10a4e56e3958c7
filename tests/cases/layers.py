"""Activations and layers."""

from collections.abc import Callable

import numpy as np
import scipy.special
import scipy.stats

from likelinet.networks import activations
from likelinet.networks.activations import Activation
from likelinet.networks.autoencoder import Autoencoder, VariationalAutoencoder
from likelinet.networks.chain import Chain, Residual
from likelinet.networks.dense import Dense
from likelinet.networks.dropout import Dropout
from likelinet.networks.filling import Filling
from likelinet.networks.layer import Layer
from likelinet.networks.layer_norm import LayerNorm
from likelinet.networks.masking import Masking
from likelinet.networks.piecewise import PiecewiseLinear

# Every activation, by its textbook formula.
ACTIVATIONS: dict[str, tuple[Activation, Callable[[np.ndarray], np.ndarray]]] = {
    "sigmoid": (activations.SIGMOID, scipy.special.expit),
    "tanh": (activations.TANH, lambda x: 1.0 - 2.0 / (np.exp(2.0 * x) + 1.0)),
    "relu": (activations.RELU, lambda x: np.where(x > 0.0, x, 0.0)),
    "leaky_relu": (activations.LEAKY_RELU, lambda x: np.where(x > 0.0, x, 0.01 * x)),
    "gelu": (activations.GELU, lambda x: x * scipy.stats.norm.cdf(x)),
    "silu": (activations.SILU, lambda x: x * scipy.special.expit(x)),
    "softplus": (activations.SOFTPLUS, lambda x: np.logaddexp(0.0, x)),
}


def filling_matrix(inputs: int, many: int) -> np.ndarray:
    """Return coefficients, constants, and ends that hold some of the numbers."""
    coefficients = np.cos(np.arange((inputs + 1.0) * many)).reshape(inputs + 1, many)
    return np.concatenate([coefficients, np.full((1, many), -1.0), np.full((1, many), 1.5)])


def piecewise(inputs: int) -> PiecewiseLinear:
    """Return codes of the last input, and of the first one if there are two; no bend is where strategies draw x."""
    columns = [*{inputs - 1, 0}]
    edges = [[-1.4, -0.5, 0.15, 1.1], [-1.4, 0.15, 1.1]][: len(columns)]
    return PiecewiseLinear(columns, edges, [[0.7, 0.4, 0.2], [0.6, 0.3]][: len(columns)])


# Every layer, from the number of its inputs.
LAYERS: dict[str, Callable[[int], Layer]] = {
    "dense": lambda n: Dense(n, n + 1, 1.0),
    "layer_norm": LayerNorm,
    "dropout": lambda n: Dropout(n, 0.4),
    "masking": lambda n: Masking((0,) * n, (0.4,) * n, tuple(0.3 * j for j in range(n))),
    "filling": lambda n: Filling([(j, n - 1) for j in range(max(n - 1, 1))], filling_matrix(n, max(n - 1, 1))),
    "piecewise": piecewise,
    "chain": lambda n: Chain((Dense(n, 3, 1.0), activations.SILU, Dropout(3, 0.3), Dense(3, 2, 1.0))),
    "chain_of_nothing": lambda n: Chain(()),
    "chain_of_dropouts": lambda n: Chain((Dropout(n, 0.2), LayerNorm(n), Dropout(n, 0.5))),
    "residual": lambda n: Residual(Chain((Dense(n, n, 1.0), activations.TANH, Dropout(n, 0.3)))),
    "residual_in_residual": lambda n: Residual(Chain((LayerNorm(n), Residual(Dense(n, n, 1.0))))),
    "autoencoder": lambda n: Autoencoder(Chain((Dense(n, 2, 1.0), activations.TANH)), Chain((Dense(2, 3, 1.0),)), 2),
    "vae": lambda n: VariationalAutoencoder(
        Chain((Dropout(n, 0.2), Dense(n, 4, 1.0))), Chain((Dense(2, 3, 1.0), activations.TANH, Dropout(3, 0.3))), 2
    ),
    **{name: (lambda n, layer=layer: layer) for name, (layer, _) in ACTIVATIONS.items()},
}
