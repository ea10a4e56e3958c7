"""Configs of families over another family, and of a class of the user's."""

import re
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from likelinet.config.base import Config
from likelinet.config.families import GaussianConfig
from likelinet.config.family import ColumnConfig, FamilyConfig, LearnedSource, LinkName, Source

if TYPE_CHECKING:
    from likelinet.config.distribution import DistributionConfig


def _names_class(target: str) -> str:
    if not re.fullmatch(r"[\w.]+:[\w.<>]+", target):
        raise ValueError(f"write it as module:Class, got '{target}'")
    return target


class CustomConfig(Config):
    """A distribution class of your own, which has `parameters` and `log_prob`."""

    kind: Literal["custom"] = "custom"
    """Which family."""
    target: Annotated[str, AfterValidator(_names_class)]
    """Where the class is, as `module:Class`."""
    parameters: dict[str, Source] = {}
    """Source of each parameter; those left out are predicted."""
    links: dict[str, LinkName] = {}
    """Link of each parameter; those left out follow from the parameter's domain."""


class WrapperConfig(Config):
    """A family over another one, `base`."""

    base: "DistributionConfig"
    """The family that it is over; its keys are those of that family."""

    @model_validator(mode="after")
    def _sensible(self) -> Any:
        kind = kind_of(self)
        if isinstance(self.base, CensoredConfig):
            raise ValueError(f"the base of '{kind}' cannot be 'censored': write censored around everything else")
        y = y_of(self.base)
        if y == "vector" and not isinstance(self, MixtureConfig):
            raise ValueError(
                f"the base of '{kind}' cannot be '{self.base.kind}', whose y is a vector: "
                "choose a family of single numbers"
            )
        if y == "class":
            raise ValueError(
                f"the base of '{kind}' cannot be '{self.base.kind}', whose y is a class: choose a family of numbers"
            )
        if isinstance(self, ZeroInflatedConfig | HurdleConfig) and (inner := with_zeros(self.base)):
            raise ValueError(
                f"the base of '{kind}' cannot be '{inner.kind}', which has zeros of its own: leave out one of the two"
            )
        if isinstance(self, DiscretisedConfig | TransformedConfig) and not is_continuous(self.base):
            raise ValueError(
                f"the base of '{kind}' cannot be '{self.base.kind}', which is not continuous: "
                "choose a family of real numbers"
            )
        return self


class MixtureConfig(WrapperConfig):
    """A mixture of several components of one family, with weights that depend on x."""

    kind: Literal["mixture"] = "mixture"
    """Which family."""
    components: Annotated[int, Field(ge=1)] = 3
    """How many components."""
    base: "DistributionConfig" = GaussianConfig()
    """Family of each component."""
    logits: LearnedSource = "predicted"
    """Unnormalised log-weights of the components."""


class TruncatedConfig(WrapperConfig):
    """Another family given that y lies between two bounds, which belong to it."""

    kind: Literal["truncated"] = "truncated"
    """Which family."""
    base: "DistributionConfig"
    """The family without the bounds."""
    low: float | None = None
    """Least possible y, in the units of the target; null for none."""
    high: float | None = None
    """Greatest possible y; null for none."""

    @model_validator(mode="after")
    def _bounded(self) -> Any:
        if self.low is not None and self.high is not None and not self.low < self.high:
            raise ValueError(f"truncated: low must be less than high, got {self.low:g} and {self.high:g}")
        if self.low is None and self.high is None:
            raise ValueError("truncated: give low or high, or both")
        return self


class CensoredConfig(WrapperConfig):
    """Another family of which some y are known only to lie in an interval: see `data.target`."""

    kind: Literal["censored"] = "censored"
    """Which family."""
    base: "DistributionConfig"
    """The family of y itself."""


class ZeroInflatedConfig(WrapperConfig):
    """Another family with extra zeros: y is 0 with the probability of the gate, else from the base."""

    kind: Literal["zero_inflated"] = "zero_inflated"
    """Which family."""
    base: "DistributionConfig"
    """The family of what comes through the gate, which may give zeros of its own."""
    gate_logits: Source = "predicted"
    """Log odds of an extra zero."""


class HurdleConfig(WrapperConfig):
    """Zero or not, and another family given that y is not zero."""

    kind: Literal["hurdle"] = "hurdle"
    """Which family."""
    base: "DistributionConfig"
    """The family of what is not zero; one of counts is truncated at 1."""
    gate_logits: Source = "predicted"
    """Log odds of zero."""


class DiscretisedConfig(WrapperConfig):
    """A continuous family rounded to the nearest whole number."""

    kind: Literal["discretised"] = "discretised"
    """Which family."""
    base: "DistributionConfig"
    """The continuous family."""


class TransformedConfig(WrapperConfig):
    """Another family seen through a map of y: its logarithm, its logit, or loc + scale · x."""

    kind: Literal["transformed"] = "transformed"
    """Which family."""
    base: "DistributionConfig"
    """Family of log y, of logit y, or of x."""
    transform: Literal["affine", "log", "logit"] = "affine"
    """Which map."""
    loc: float = 0.0
    """Shift of the affine map, in the units of the target."""
    scale: Annotated[float, Field(gt=0.0)] = 1.0
    """Factor of the affine map."""

    @model_validator(mode="after")
    def _only_of_affine(self) -> Any:
        if self.transform != "affine" and (self.loc, self.scale) != (0.0, 1.0):
            raise ValueError(f"loc and scale belong to the affine transform, not to '{self.transform}'")
        return self


def y_of(config: Any) -> str:
    """Return what the y of a family is: "number", "class" or "vector"; of a custom one that is for its class to say."""
    inner = leaf(config)
    return inner.distribution.y if isinstance(inner, FamilyConfig) else "number"


def kind_of(config: Any) -> str:
    """Return the kind of a config, which every one has."""
    return config.kind


def is_continuous(config: Any) -> bool:
    """Whether a family has a density: y is neither a whole number nor has zeros of its own."""
    match config:
        case ZeroInflatedConfig() | HurdleConfig() | DiscretisedConfig():
            return False
        case WrapperConfig():
            return is_continuous(config.base)
        case FamilyConfig():
            return not config.distribution.support.integer and config.distribution.y == "number"
        case _:
            return True


def with_zeros(config: Any) -> Any:
    """Return the zero inflation or the hurdle among nested families, or None."""
    if isinstance(config, ZeroInflatedConfig | HurdleConfig):
        return config
    return with_zeros(config.base) if isinstance(config, WrapperConfig) else None


def leaf(config: Any) -> Any:
    """Return the family under all wrappers."""
    return leaf(config.base) if isinstance(config, WrapperConfig) else config


def levels_of(config: Any) -> list[str | int] | None:
    """Return the declared classes of an ordered family from the lowest to the highest, if there are any."""
    match config:
        case FamilyConfig() if config.distribution.ordered:
            return getattr(config, "levels")  # noqa: B009
        case _:
            return None


def columns_of(config: Any) -> tuple[str, ...]:
    """Return the columns of the table that parameters are read from, or that are an exposure."""
    match config:
        case FamilyConfig():
            read = [s.column for s in config.sources.values() if isinstance(s, ColumnConfig)]
            return (*read, *((config.exposure_column,) if config.exposure_column else ()))
        case CustomConfig():
            return tuple(s.column for s in config.parameters.values() if isinstance(s, ColumnConfig))
        case ZeroInflatedConfig() | HurdleConfig() if isinstance(config.gate_logits, ColumnConfig):
            return (config.gate_logits.column, *columns_of(config.base))
        case WrapperConfig():
            return columns_of(config.base)
        case _:
            return ()
