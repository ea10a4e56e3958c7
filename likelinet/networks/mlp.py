"""The multilayer perceptron, put together from its layers."""

import math
from collections.abc import Sequence
from itertools import pairwise

from likelinet.networks.activations import Activation
from likelinet.networks.chain import Chain, Residual
from likelinet.networks.dense import Dense
from likelinet.networks.dropout import Dropout
from likelinet.networks.layer import Layer
from likelinet.networks.layer_norm import LayerNorm

# Inputs are standardised, so that 1 would keep their size; a little more gave better held-out likelihoods on the
# regression sets of benchmarks/uci.py.
INPUT_GAIN = 1.3


def mlp(
    inputs: int,
    hidden: Sequence[int],
    outputs: int,
    activation: Activation,
    *,
    dropout: float = 0.0,
    layer_norm: bool = False,
    residual: bool = False,
    std: float | None = None,
    output_gain: float = 0.1,
    input_gradient: bool = False,
) -> Chain:
    """Return a network of dense layers; no hidden layer is the linear model.

    Parameters
    ----------
    inputs, outputs : int
        Widths of x and of the raw outputs.
    hidden : sequence of int
        Widths of the hidden layers.
    activation : Activation
        After every hidden layer.
    dropout : float
        Probability that a hidden unit is dropped in training.
    layer_norm : bool
        Whether to normalise before each activation.
    residual : bool
        Whether to add a skip around each hidden layer that is as wide as the one before it.
    std : float, optional
        Standard deviation of the initial weights; by default it follows from the activation's gain.
    output_gain : float
        Gain of the last layer. A small one keeps the first predictions close to the marginal fit that the output bias
        holds.
    input_gradient : bool
        Whether anybody needs the gradient of x.

    Returns
    -------
    Chain
        Layers from x to the raw outputs.

    Examples
    --------
    >>> from likelinet.networks.activations import SILU
    >>> sum(w.size for w in mlp(3, [4], 2, SILU).weights())
    26
    """
    layers: list[Layer] = []
    widths = [inputs, *hidden]
    for i, (n, m) in enumerate(pairwise(widths)):
        gain = activation.gain if i else INPUT_GAIN
        dense = Dense(n, m, gain / math.sqrt(max(n, 1)) if std is None else std, input_gradient=input_gradient or i > 0)
        block: list[Layer] = [dense, *([LayerNorm(m)] if layer_norm else []), activation]
        if dropout > 0.0:
            block.append(Dropout(m, dropout))
        layers += [Residual(Chain(tuple(block)))] if residual and i > 0 and n == m else block
    last = widths[-1]
    gain = output_gain / math.sqrt(max(last, 1))
    layers.append(Dense(last, outputs, gain if std is None else std, input_gradient=input_gradient or len(hidden) > 0))
    return Chain(tuple(layers))
