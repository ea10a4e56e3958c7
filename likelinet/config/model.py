"""The whole declaration of a model."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ModelWrapValidatorHandler, PositiveInt, model_validator

from likelinet.config.base import Config
from likelinet.config.data import DataConfig, PiecewiseLinearConfig
from likelinet.config.distribution import DistributionConfig
from likelinet.config.families import GaussianConfig
from likelinet.config.group import GroupConfig, check_same_y
from likelinet.config.network import CoderConfig, MLPConfig, NetworkConfig, VAEConfig
from likelinet.config.quality import DEFAULT, Quality, filled, mark_as_filled, quality_of
from likelinet.config.training import LBFGSConfig, TrainingConfig
from likelinet.core.wording import counted


def _of_members(groups: Any) -> Any:
    if not isinstance(groups, list | tuple):
        raise ValueError(
            f"is a list of groups of members, got {groups!r}: the column of the rows' groups is data.groups"
        )
    if not groups:
        raise ValueError("is empty: name one group of members or more, or write null")
    return groups


def _in_full(declared: dict[str, Any]) -> dict[str, Any]:
    """Return a declaration with what the word `auto` by itself stands for."""
    return {**declared, "distribution": {"kind": "auto"}} if declared.get("distribution") == "auto" else declared


def _named(quality: Any) -> Any:
    if quality is None:
        raise ValueError("is not null any more: write plain, for the defaults of each key")
    return quality


class ModelConfig(Config):
    """A network whose outputs are the parameters of a distribution, and how to fit it."""

    data: DataConfig = DataConfig()
    """Columns of the table."""
    network: NetworkConfig = MLPConfig()
    """From x to raw outputs."""
    distribution: DistributionConfig = GaussianConfig()
    """Family that the raw outputs parametrise; `auto` chooses one that fits the kind of y, by held-out rows."""
    training: TrainingConfig = TrainingConfig()
    """How to maximise the likelihood."""
    ensemble: PositiveInt = 1
    """How many networks to train together; the prediction is their mixture."""
    groups: Annotated[list[GroupConfig], Field(min_length=1), BeforeValidator(_of_members)] | None = None
    """Groups of members, each an ensemble with inputs, network or family of its own, which are trained one after the
    other. The prediction is the mixture of all of them, by weights that maximise its out-of-fold log score, and then a
    factor of learned scales, of 1 or less, as a mixture is wider than its parts. Needs `training.folds`."""
    quality: Annotated[Quality, BeforeValidator(_named)] = DEFAULT
    """What all that is left open is set to: see [ensembles](user_guide/ensembles.md). Whatever is declared by itself is
    respected. `plain`: the defaults of each key, as they are listed here, so one network and a Gaussian; with L-BFGS,
    or a network through a code, it is what there is unless another is named."""
    engine: Literal["numpy", "jax", "auto"] = "numpy"
    """What computes the training steps: `jax` compiles them first, which takes a second or two, and is faster at very
    many small steps; `auto` takes whichever will probably be done first. L-BFGS, and models without features, run on
    NumPy."""
    devices: Literal["all"] | None = None
    """With `engine: jax`, `all` spreads each step over all devices that JAX finds, also those of other processes that
    run the same fit: the rows of a minibatch, or whole members of an ensemble where there are as many for each device
    of one process. The same rows make a step as on one device. See [scale](user_guide/scale.md)."""

    @property
    def each_group(self) -> "list[ModelConfig]":
        """The config that each group of members is trained by; this one alone where there are no groups."""
        return [self] if self.groups is None else [self._with(group) for group in self.groups]

    @property
    def is_linear(self) -> bool:
        """Whether it is a linear model."""
        return isinstance(self.network, MLPConfig) and not self.network.hidden

    @property
    def networks_in_brief(self) -> str:
        """How many networks there are of which size; of groups, which may be of several, how many in how many."""
        if self.groups is not None:
            return self.many_networks
        members = f"{self.ensemble} × " if self.ensemble > 1 else ""
        return f"{members}{self.network.kind} {self.network.widths}"

    @property
    def many_networks(self) -> str:
        """How many networks there are, in how many groups."""
        groups = self.each_group
        networks = counted(sum(group.ensemble for group in groups), "network")
        return f"{networks} in {len(groups)} groups" if len(groups) > 1 else networks

    def group_in_words(self, g: int) -> str:
        """Return what the members of a group are, and their family where the group has one of its own."""
        assert self.groups is not None
        family = self.groups[g].distribution
        return self.each_group[g].members_in_words + ("" if family is None else f"; {family.in_brief}")

    @property
    def members_in_words(self) -> str:
        """What the members of an ensemble are: linear models or networks, with codes of numbers or without."""
        noun = "linear model" if self.is_linear else "network"
        own = {**self.network.model_dump(mode="json", exclude_defaults=True), "kind": None, "hidden": None}
        keys = [name if value is True else f"{name} {value}" for name, value in own.items() if value is not None]
        wide = "" if self.is_linear or self.network == MLPConfig() else f" {self.network.widths}"
        numeric, codes = self.data.numeric, ""
        if isinstance(numeric, PiecewiseLinearConfig):
            codes = " with codes" if numeric.bins == "auto" else f" with codes of {numeric.bins} bins"
        return ", ".join([f"{noun}{'s' * (self.ensemble > 1)}{wide}{codes}", *keys])

    def _with(self, group: GroupConfig) -> "ModelConfig":
        own = {name: getattr(group, name) for name in ("network", "distribution", "ensemble")}
        data = self.data if group.numeric is None else self.data.model_copy(update={"numeric": group.numeric})
        own = {name: part for name, part in own.items() if part is not None}
        return self.model_copy(update={**own, "data": data, "groups": None})

    @model_validator(mode="wrap")
    @classmethod
    def _filled(cls, data: Any, handler: ModelWrapValidatorHandler["ModelConfig"]) -> "ModelConfig":
        if not isinstance(data, dict):
            return handler(data)
        declared, quality = _in_full(data), quality_of(data)
        config = handler(filled({**declared, "quality": quality}, quality))
        mark_as_filled(config, declared)
        return config

    @model_validator(mode="after")
    def _fits_together(self) -> Any:
        """Refuse what goes not together, in the whole or in a group."""
        if self.devices is not None and self.engine != "jax":
            raise ValueError(f"'devices' are those of JAX, and 'engine' is '{self.engine}': write engine: jax")
        if self.quality != "plain" and isinstance(self.network, CoderConfig):
            raise ValueError(
                f"'quality' is of predictions from features, and '{self.network.kind}' makes codes: leave it out"
            )
        if self.groups is None:
            _check(self)
            return self
        if isinstance(self.network, CoderConfig):
            raise ValueError(f"'{self.network.kind}' has one code for each row: 'groups' must be null")
        if self.training.folds is None:
            raise ValueError("'groups' are weighed by rows that their members hold out: set 'training.folds'")
        for i, group in enumerate(self.each_group):
            try:
                _check(group)
                check_same_y(self.distribution, group.distribution)
            except ValueError as error:
                raise ValueError(f"groups.{i}: {error}") from None
            if group.ensemble == 1:
                raise ValueError(f"groups.{i}: its members hold out rows for one another: 'ensemble' must be 2 or more")
        return self


def _check(config: ModelConfig) -> None:
    """Refuse more folds than members, and what L-BFGS, no features or a code cannot be combined with."""
    folds, network = config.training.folds, config.network
    if isinstance(folds, int) and config.ensemble < folds:
        raise ValueError(
            f"'training.folds' is {folds}, but 'ensemble' is {config.ensemble}: each fold needs a "
            "member that holds it out; make 'ensemble' as many or more, or 'folds' fewer"
        )
    objective, searches = config.training.objective.kind, isinstance(config.training.optimizer, LBFGSConfig)
    if objective != "nll" and (searches or config.data.features == [] or isinstance(network, CoderConfig)):
        where = "L-BFGS" if searches else "a model without features" if config.data.features == [] else "a code"
        raise ValueError(f"'training.objective' is '{objective}', but {where} takes the likelihood: make it 'nll'")
    if searches and (config.training.scale_rate, config.training.scale_decay) != (1.0, 1.0):
        raise ValueError(
            "'training.scale_rate' and 'training.scale_decay' are of steps with a learning rate, which L-BFGS has not: "
            "leave them out, or take another optimizer"
        )
    if not isinstance(network, CoderConfig):
        return
    if config.distribution.is_open:
        raise ValueError(
            f"'{network.kind}' sees y before it predicts it, so that held-out rows choose no family: name the "
            "distribution"
        )
    if config.ensemble > 1:
        raise ValueError(f"'{network.kind}' has one code for each row: 'ensemble' must be 1")
    if isinstance(config.data.numeric, PiecewiseLinearConfig):
        raise ValueError(f"'{network.kind}' makes its code of the numbers alone: data.numeric must be linear")
    if config.data.features == []:
        raise ValueError(f"'{network.kind}' needs features to make a code of: data.features is empty")
    if isinstance(network, VAEConfig) and searches:
        raise ValueError("'vae' draws new codes at each step: training.optimizer cannot be 'lbfgs'")
