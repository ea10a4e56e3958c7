"""From the config of a network to its layers."""

from collections.abc import Sequence
from typing import Any, assert_never, get_args

from likelinet.config.network import Activation, AutoencoderConfig, LayersConfig, MLPConfig, NetworkConfig, VAEConfig
from likelinet.networks import activations
from likelinet.networks.autoencoder import Autoencoder, VariationalAutoencoder
from likelinet.networks.chain import Chain
from likelinet.networks.layer import Layer
from likelinet.networks.mlp import mlp
from likelinet.networks.piecewise import FUNCTIONS, PiecewiseLinear

ACTIVATIONS = {name: getattr(activations, name.upper()) for name in get_args(Activation)}


def build_network(config: NetworkConfig, inputs: int, outputs: int, codes: PiecewiseLinear | None = None) -> Layer:
    """Return the network; without inputs there is nothing for hidden layers to do.

    Layers that code some inputs come first; networks through a code of their own have none.
    """
    match config:
        case MLPConfig() if codes is not None:
            dense = _dense_layers(config, inputs + FUNCTIONS, config.hidden, outputs, input_gradient=True)
            return Chain((codes, dense))
        case MLPConfig():
            return _dense_layers(config, inputs, config.hidden if inputs else [], outputs)
        case AutoencoderConfig() | VAEConfig():
            variational = isinstance(config, VAEConfig)
            numbers = 2 * config.latent if variational else config.latent
            encoder = _dense_layers(config, inputs, config.encoder, numbers, output_gain=1.0)
            decoder = _dense_layers(config, config.latent, config.decoder, outputs, input_gradient=True)
            return (VariationalAutoencoder if variational else Autoencoder)(encoder, decoder, config.latent)
        case _:
            assert_never(config)


def _dense_layers(config: LayersConfig, inputs: int, hidden: Sequence[int], outputs: int, **options: Any) -> Chain:
    return mlp(
        inputs,
        hidden,
        outputs,
        ACTIVATIONS[config.activation],
        dropout=config.dropout,
        layer_norm=config.layer_norm,
        residual=config.residual,
        std=None if config.init == "auto" else config.init,
        **options,
    )
