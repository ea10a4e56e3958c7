"""What a model is declared by: a config as a whole, and a class of the user's own."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from likelinet.config import CustomConfig, ModelConfig, TrainingConfig, parse_config
from likelinet.config.quality import merged
from likelinet.core.errors import ConfigError
from likelinet.distributions import Distribution

Arguments = ParamSpec("Arguments")
Of = TypeVar("Of")

Init = Callable[Concatenate[Of, Arguments], None]


def without_keys(init: Init[Of, Arguments]) -> Init[Of, Arguments]:
    """Return an `__init__` that says, of keys of a config among its keywords, how to write them."""

    @wraps(init)
    def new(self: Of, *args: Arguments.args, **named: Arguments.kwargs) -> None:
        known = init.__kwdefaults__ or {}
        keys = {name: value for name, value in named.items() if name in ModelConfig.model_fields.keys() - known.keys()}
        if keys:
            raise TypeError(f"Model takes its config as one dict: write ll.Model({keys!r}).")
        init(self, *args, **named)

    return new


def with_class(config: ModelConfig, own: type[Distribution] | None) -> ModelConfig:
    """Return a config whose family is a class of the user's own, if there is one."""
    if own is None:
        return config
    if missing := sorted(getattr(own, "__abstractmethods__", ())):
        raise ConfigError(f"{own.__name__} cannot be used yet: define {', '.join(missing)}.")
    declared, target = config.distribution, f"{own.__module__}:{own.__qualname__}"
    named = CustomConfig(target=target) if declared.own_class is None else declared.naming(target)
    return config.model_copy(update={"distribution": named})


def with_training(config: ModelConfig, training: TrainingConfig | dict[str, Any], engine: str | None) -> ModelConfig:
    """Return a config with another training, of which a dict says what is to change, and maybe another engine."""
    whole, known = config.model_dump(mode="json"), config.training
    own = training.model_dump(mode="json") if isinstance(training, TrainingConfig) else training
    engine = engine or config.engine
    computed = {"engine": engine, "devices": config.devices if engine == "jax" else None}
    changed = parse_config({**whole, "training": merged(own, whole["training"], known), **computed}, "with_training")
    return config.model_copy(update={"training": changed.training, **computed})
