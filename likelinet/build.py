"""From a config to the objects that do the work."""

import importlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, assert_never

import numpy as np

from likelinet.config import (
    AdamConfig,
    AdamWConfig,
    CensoredConfig,
    ConstantConfig,
    CosineConfig,
    CustomConfig,
    DiscretisedConfig,
    HurdleConfig,
    LBFGSConfig,
    MixtureConfig,
    ModelConfig,
    OrderedLogisticConfig,
    SGDConfig,
    StepConfig,
    TransformedConfig,
    TruncatedConfig,
    ZeroInflatedConfig,
)
from likelinet.config.distribution import DistributionConfig
from likelinet.config.family import LINKS, ColumnConfig, FamilyConfig, LinkName, check_parameters, default_link
from likelinet.config.network import AutoencoderConfig, LayersConfig, MLPConfig, NetworkConfig, VAEConfig
from likelinet.config.training import OptimizerConfig, ScheduleConfig
from likelinet.config.wrappers import VECTORS, leaf
from likelinet.distributions import Affine, Distribution, Log, Logit, Parameter
from likelinet.domains import real
from likelinet.engines.auto import faster_engine
from likelinet.engines.engine import Data, Engine
from likelinet.engines.numpy import NumpyEngine
from likelinet.errors import ConfigError
from likelinet.families.censored import CensoredFamily
from likelinet.families.discretised import DiscretisedFamily
from likelinet.families.family import Column, Family, Slot
from likelinet.families.independent import IndependentFamily
from likelinet.families.mixture import WEIGHT_LOGITS, MixtureFamily
from likelinet.families.parametric import Parametric
from likelinet.families.transformed import TransformedFamily
from likelinet.families.truncated import TruncatedFamily
from likelinet.families.zeros import GATE_LOGITS, HurdleFamily, ZeroInflatedFamily
from likelinet.layout import Layout
from likelinet.links import Angle, Cholesky, Identity, Link, Ordered, Softplus
from likelinet.networks import activations
from likelinet.networks.autoencoder import Autoencoder, VariationalAutoencoder
from likelinet.networks.chain import Chain
from likelinet.networks.layer import Layer
from likelinet.networks.mlp import mlp
from likelinet.objective import Objective
from likelinet.optim import schedules
from likelinet.optim.adam import Adam
from likelinet.optim.optimiser import Optimiser
from likelinet.optim.sgd import SGD
from likelinet.training.loop import Plan

SCALE_FLOOR = 1e-3  # least scale that the softplus link gives, in spreads of the target: keeps likelihoods bounded

ACTIVATIONS = {
    "sigmoid": activations.SIGMOID,
    "tanh": activations.TANH,
    "relu": activations.RELU,
    "leaky_relu": activations.LEAKY_RELU,
    "gelu": activations.GELU,
    "silu": activations.SILU,
    "softplus": activations.SOFTPLUS,
}


def build_network(config: NetworkConfig, inputs: int, outputs: int) -> Layer:
    """Return the network; without inputs there is nothing for hidden layers to do."""
    match config:
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


def build_family(
    config: DistributionConfig, custom: type[Distribution] | None, n_classes: int, outputs: int | None
) -> Family:
    """Return the family for y of shape (n,), or (n, outputs), with fixed parameters still in the user's units."""
    if isinstance(leaf(config), VECTORS):
        return _family(config, custom, outputs or 1)
    family = _family(config, custom, n_classes)
    return family if outputs is None else IndependentFamily(family, outputs)


def build_optimiser(config: OptimizerConfig, schedule: ScheduleConfig | None, steps: int, layout: Layout) -> Optimiser:
    """Return the optimiser with the learning rates of all steps."""
    match config:
        case AdamWConfig():
            return Adam(_rates(schedule, config.learning_rate, steps), config.weight_decay, layout.decayed)
        case AdamConfig():
            return Adam(_rates(schedule, config.learning_rate, steps))
        case SGDConfig():
            return SGD(_rates(schedule, config.learning_rate, steps), config.momentum, config.nesterov)
        case LBFGSConfig():
            raise TypeError("L-BFGS takes no steps of its own: see training.lbfgs.")
        case _:
            assert_never(config)


def build_engine(config: ModelConfig, objective: Objective, data: Data, plan: Plan) -> Engine:
    """Return the engine that computes the training steps of a plan."""
    work = plan.probable_steps, plan.batch_size, objective.layout.size, config.ensemble
    if config.engine == "numpy" or (config.engine == "auto" and faster_engine(*work) == "numpy"):
        return NumpyEngine()
    try:
        from likelinet.engines.jax import JaxEngine, inexpressible

        engine = JaxEngine()
    except (ImportError, RuntimeError) as error:  # not there, or not fit for this machine
        if config.engine == "auto":
            return NumpyEngine()
        raise ConfigError(
            f"engine: 'jax' cannot be used ({error}): pip install \"likelinet[jax]\", or choose 'numpy'."
        ) from None
    if config.engine == "auto" and inexpressible(objective, data) is not None:
        return NumpyEngine()
    return engine


def import_distribution(target: str) -> type[Distribution]:
    """Return the class that `module:Class` names."""
    module, _, name = target.partition(":")
    try:
        found = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise ConfigError(
            f"distribution.target: cannot import '{target}' ({error}); pass the class itself or mend the name."
        ) from None
    if not (isinstance(found, type) and issubclass(found, Distribution)):
        raise ConfigError(f"distribution.target: '{target}' is not a subclass of likelinet.Distribution.")
    return found


def _family(config: DistributionConfig, custom: type[Distribution] | None, size: int) -> Family:
    """Return the family of one y; `size` is the number of classes, or of entries of a vector."""
    match config:
        case MixtureConfig():
            logits = Slot(WEIGHT_LOGITS, config.logits, Identity(), (config.components,))
            return MixtureFamily(_family(config.base, custom, size), logits)
        case TruncatedConfig():
            low, high = (
                np.float64(b if b is not None else e) for b, e in ((config.low, -np.inf), (config.high, np.inf))
            )
            return _not_empty(TruncatedFamily(_family(config.base, custom, size), low, high), config)
        case CensoredConfig():
            return CensoredFamily(_family(config.base, custom, size))
        case ZeroInflatedConfig() | HurdleConfig():
            base, gate = _family(config.base, custom, size), _slot(GATE_LOGITS, config.gate_logits, Identity(), ())
            if isinstance(config, ZeroInflatedConfig):
                return ZeroInflatedFamily(base, gate)
            if base.support.integer and base.support.low < 0.0:
                raise ConfigError(
                    f"distribution: the base of 'hurdle' cannot be '{config.base.kind}' with negative whole numbers: "
                    "truncate it at 0, or choose a family of counts."
                )
            return HurdleFamily(base, gate)
        case DiscretisedConfig():
            return DiscretisedFamily(_family(config.base, custom, size))
        case TransformedConfig():
            maps = {"affine": Affine(config.loc, config.scale), "log": Log(), "logit": Logit()}
            return TransformedFamily(_family(config.base, custom, size), maps[config.transform])
        case CustomConfig():
            cls = custom or import_distribution(config.target)
            sources = {**dict.fromkeys((p.name for p in cls.parameters), "predicted"), **config.parameters}
            links: dict[str, LinkName] = {**{p.name: default_link(p) for p in cls.parameters}, **config.links}
            try:
                check_parameters(cls.parameters, sources, links)
            except ValueError as error:
                raise ConfigError(f"distribution: {error}.") from None
            return Parametric(
                cls, tuple(_slot(p, sources[p.name], _link(p, links[p.name]), ()) for p in cls.parameters)
            )
        case FamilyConfig():
            shapes = {0: (), 1: (size - isinstance(config, OrderedLogisticConfig),), 2: (size, size)}
            slots = [
                _slot(
                    p,
                    config.sources[p.name],
                    _link(p, config.links[p.name]) if p.learned else Identity(),
                    shapes[p.event_ndim],
                )
                for p in config.distribution.parameters
            ]
            if config.exposure_column is not None:
                exposure = Column(config.exposure_column)
                slots = [replace(s, exposure=exposure) if s.parameter.name == config.exposed else s for s in slots]
            return Parametric(config.distribution, tuple(slots))
        case _:
            assert_never(config)


def _not_empty(family: TruncatedFamily, config: TruncatedConfig) -> Family:
    """Return the family, if its bounds leave something of its base."""
    low, high = family.support.low, family.support.high
    if (np.ceil(low) > np.floor(high)) if family.support.integer else low >= high:
        raise ConfigError(
            f"distribution: 'truncated' leaves nothing of '{config.base.kind}', whose y must be "
            f"{family.base.support.description}: change its low or high."
        )
    return family


def _slot(parameter: Parameter, source: Any, link: Link, shape: tuple[int, ...]) -> Slot:
    match source:
        case str():
            return Slot(parameter, source, link, shape)  # type: ignore[arg-type]
        case ColumnConfig():
            return Slot(parameter, Column(source.column), link, shape)
        case _:
            return Slot(parameter, np.asarray(source, dtype=np.float64), link, shape)


def _link(parameter: Parameter, name: LinkName) -> Link:
    match name:
        case "softplus" if parameter.role in ("scale", "log_scale"):
            return Softplus(SCALE_FLOOR)
        case "cholesky":
            return Cholesky(SCALE_FLOOR)
        case "angle":
            return Angle()
        case "ordered":
            return Ordered(SCALE_FLOOR)
        case "identity" if parameter.domain.low > real.low:
            raise ConfigError(
                f"distribution: '{parameter.name}' has a domain without a default link; choose one of "
                f"{', '.join(LINKS)}."
            )
        case _:
            return LINKS[name]()


def _rates(schedule: ScheduleConfig | None, rate: float, steps: int) -> schedules.Schedule:
    match schedule:
        case None:
            return schedules.constant(rate, steps)
        case ConstantConfig():
            rates = schedules.constant(rate, steps)
        case StepConfig():
            rates = schedules.step_decay(rate, steps, schedule.every, schedule.factor)
        case CosineConfig():
            rates = schedules.cosine(rate, steps)
        case _:
            assert_never(schedule)
    return schedules.warmed_up(rates, schedule.warmup)
