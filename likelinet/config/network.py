"""The network from x to raw outputs."""

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Discriminator, Field, NonNegativeInt, PositiveFloat, PositiveInt, Tag

from likelinet.config.base import Config, kind_or
from likelinet.core.wording import called

Activation = Literal["sigmoid", "tanh", "relu", "leaky_relu", "gelu", "silu", "softplus"]


class LayersConfig(Config):
    """What all networks of dense layers can be told."""

    if not TYPE_CHECKING:  # each says which it is; here it comes first
        kind: str
        """Which network."""
    activation: Activation = "silu"
    """Function after each hidden layer."""
    dropout: Annotated[float, Field(ge=0.0, lt=1.0)] = 0.0
    """Probability that a hidden unit is dropped in training."""
    layer_norm: bool = False
    """Whether to normalise each hidden layer before its activation."""
    residual: bool = False
    """Whether to add a skip around each hidden layer that is as wide as the one before it."""
    init: Literal["auto"] | PositiveFloat = "auto"
    """Initial weights: "auto" follows from the activation, a number is their standard deviation."""


class MLPConfig(LayersConfig):
    """A multilayer perceptron; `hidden: []` is the linear model."""

    other_names = called("linear", "a linear model is {kind: mlp, hidden: []}") | called("dense nn network perceptron")

    kind: Literal["mlp"] = "mlp"
    """Which network."""
    hidden: list[PositiveInt] = [128, 128]
    """Width of each hidden layer."""

    @property
    def widths(self) -> str:
        """The widths of its layers, as a message writes them."""
        return f"{self.hidden}"


class CoderConfig(LayersConfig):
    """A network through a code; without a target, y is x: the features themselves."""

    encoder: list[PositiveInt] = [256]
    """Width of each hidden layer from x to the code."""
    latent: PositiveInt = 32
    """How many numbers make a code."""
    decoder: list[PositiveInt] = [256]
    """Width of each hidden layer from the code to the raw outputs."""

    @property
    def widths(self) -> str:
        """The widths of its layers, as a message writes them."""
        return f"{self.encoder} {self.latent} {self.decoder}"


class AutoencoderConfig(CoderConfig):
    """An autoencoder: y is predicted from a code of few numbers, which is computed from x.

    Without a target, y is x: the features themselves.
    """

    kind: Literal["autoencoder"] = "autoencoder"
    """Which network."""


class VAEConfig(CoderConfig):
    """A variational autoencoder: the code is drawn from a Gaussian q(z | x), and the evidence lower bound is maximised.

    Without a target, y is x: the features themselves. New rows can be generated from codes of the prior N(0, I).
    """

    kind: Literal["vae"] = "vae"
    """Which network."""
    kl_warm_up: NonNegativeInt = 0
    """Epochs over which the divergence of q(z | x) from the prior comes to count in full."""


NetworkConfig = Annotated[
    Annotated[MLPConfig, Tag("mlp")]
    | Annotated[AutoencoderConfig, Tag("autoencoder")]
    | Annotated[VAEConfig, Tag("vae")],
    Discriminator(kind_or("mlp")),
]
