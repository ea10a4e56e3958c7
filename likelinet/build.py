"""From a config to the objects that do the work."""

import importlib
import warnings
from typing import assert_never

import numpy as np

from likelinet.config import (
    AdamConfig,
    AdamWConfig,
    CategoricalConfig,
    ConstantConfig,
    CosineConfig,
    CustomConfig,
    LBFGSConfig,
    MixtureConfig,
    ModelConfig,
    SGDConfig,
    StepConfig,
    TransformedConfig,
)
from likelinet.config.distribution import LINKS, DistributionConfig, FamilyConfig, LinkName, Source, check_parameters
from likelinet.config.network import MLPConfig
from likelinet.config.training import OptimizerConfig, ScheduleConfig
from likelinet.distributions import Distribution, Parameter
from likelinet.domains import Domain, real, unit_interval
from likelinet.engines.engine import Engine
from likelinet.engines.numpy import NumpyEngine
from likelinet.errors import ConfigError
from likelinet.families.family import Family, Slot
from likelinet.families.independent import IndependentFamily
from likelinet.families.mixture import WEIGHT_LOGITS, MixtureFamily
from likelinet.families.parametric import Parametric
from likelinet.layout import Layout
from likelinet.links import Identity, Link, Softplus
from likelinet.networks import activations
from likelinet.networks.chain import Chain
from likelinet.networks.mlp import mlp
from likelinet.optim import schedules
from likelinet.optim.adam import Adam
from likelinet.optim.optimiser import Optimiser
from likelinet.optim.sgd import SGD

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


def build_network(config: MLPConfig, inputs: int, outputs: int) -> Chain:
    """Return the network; without inputs there is nothing for hidden layers to do."""
    return mlp(
        inputs,
        config.hidden if inputs else [],
        outputs,
        ACTIVATIONS[config.activation],
        dropout=config.dropout,
        layer_norm=config.layer_norm,
        residual=config.residual,
        std=None if config.init == "auto" else config.init,
    )


def build_family(
    config: DistributionConfig, custom: type[Distribution] | None, n_classes: int, outputs: int | None
) -> Family:
    """Return the family for y of shape (n,), or (n, outputs), with fixed parameters still in the user's units."""
    family = _univariate(config, custom, n_classes)
    return family if outputs is None else IndependentFamily.of(family, outputs)


def standardised(family: Family, loc: np.ndarray, scale: np.ndarray, spread: np.ndarray) -> Family:
    """Return the family of (y - loc) / scale, which has the given spread."""
    return family.with_slots(tuple(s.standardised(loc, scale, spread) for s in family.slots))


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


def build_engine(config: ModelConfig) -> Engine:
    """Return the engine that computes the training steps."""
    if config.engine == "jax":
        raise ConfigError("engine: 'jax' is not part of this version yet; use 'numpy'.")
    if config.engine == "auto":
        warnings.warn("engine: 'auto' uses NumPy, since jax comes with a later version.", stacklevel=2)
    return NumpyEngine()


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


def _univariate(config: DistributionConfig, custom: type[Distribution] | None, n_classes: int) -> Family:
    match config:
        case MixtureConfig():
            logits = Slot(WEIGHT_LOGITS, config.logits, Identity(), (config.components,))
            return MixtureFamily.of(_univariate(config.base, None, 0), logits)
        case TransformedConfig():
            return _univariate(config.base, None, 0)
        case CustomConfig():
            cls = custom or import_distribution(config.target)
            sources: dict[str, Source] = {
                **dict.fromkeys((p.name for p in cls.parameters), "predicted"),
                **config.parameters,
            }
            try:
                check_parameters(cls.parameters, sources, config.links)
            except ValueError as error:
                raise ConfigError(f"distribution: {error}.") from None
            return _parametric(cls, sources, config.links, {})
        case CategoricalConfig():
            return _parametric(config.distribution, config.sources, config.links, {"logits": (n_classes,)})
        case FamilyConfig():
            return _parametric(config.distribution, config.sources, config.links, {})
        case _:
            assert_never(config)


def _parametric(
    cls: type[Distribution], sources: dict[str, Source], links: dict[str, LinkName], shapes: dict[str, tuple[int, ...]]
) -> Family:
    slots = []
    for p in cls.parameters:
        source = sources[p.name]
        fixed = source if isinstance(source, str) else np.asarray(source, dtype=np.float64)
        link = _link(p, LINKS[links[p.name]] if p.name in links else _default_link(p.domain))
        slots.append(Slot(p, fixed, link, shapes.get(p.name, ())))
    return Parametric(cls, tuple(slots))


def _default_link(domain: Domain) -> type[Link]:
    if domain.low == 0.0 and domain.high == np.inf:
        return Softplus
    return LINKS["sigmoid"] if domain.high == unit_interval.high and domain.low == unit_interval.low else Identity


def _link(parameter: Parameter, link: type[Link]) -> Link:
    if link is Softplus and parameter.role == "scale":
        return Softplus(SCALE_FLOOR)
    if link is Identity and parameter.domain.low > real.low:
        raise ConfigError(
            f"distribution: '{parameter.name}' has a domain without a default link; choose one of {', '.join(LINKS)}."
        )
    return link()


def _rates(schedule: ScheduleConfig | None, rate: float, steps: int) -> np.ndarray:
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
