"""The network from x to raw outputs."""

from typing import Annotated, Literal

from pydantic import Field, PositiveFloat, PositiveInt

from likelinet.config.base import Config


class MLPConfig(Config):
    """A multilayer perceptron; `hidden: []` is the linear model."""

    kind: Literal["mlp"] = "mlp"
    """Which network."""
    hidden: list[PositiveInt] = [128, 128]
    """Width of each hidden layer."""
    activation: Literal["sigmoid", "tanh", "relu", "leaky_relu", "gelu", "silu", "softplus"] = "silu"
    """Function after each hidden layer."""
    dropout: Annotated[float, Field(ge=0.0, lt=1.0)] = 0.0
    """Probability that a hidden unit is dropped in training."""
    layer_norm: bool = False
    """Whether to normalise each hidden layer before its activation."""
    residual: bool = False
    """Whether to add a skip around each hidden layer that is as wide as the one before it."""
    init: Literal["auto"] | PositiveFloat = "auto"
    """Initial weights: "auto" follows from the activation, a number is their standard deviation."""
