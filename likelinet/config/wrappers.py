"""Configs of families over another family, each made from its class."""

import importlib
import inspect
import pkgutil
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

import numpy as np
from pydantic import ConfigDict, Field, create_model, model_validator

from likelinet.config import families
from likelinet.config.custom import CustomConfig as CustomConfig
from likelinet.config.family import Declared, Filling, KnownSource, LearnedSource, Source, column_of, described
from likelinet.core.errors import ConfigError
from likelinet.core.links import Identity
from likelinet.distributions import Distribution, over
from likelinet.distributions.base.family import Family
from likelinet.distributions.over.family import WrapperFamily
from likelinet.distributions.over.row_settings import ByRowFamily

if TYPE_CHECKING:
    from likelinet.config.distribution import DistributionConfig


class WrapperConfig(Declared):
    """A family over another one, `base`; what it may be over, its class says."""

    model_config = ConfigDict(use_attribute_docstrings=False)
    family: ClassVar[type[WrapperFamily]]
    base: "DistributionConfig"

    if TYPE_CHECKING:

        def __init__(self, **fields: Any) -> None: ...

    @property
    def sources(self) -> dict[str, Any]:
        return {**self.by_row, **{p.name: getattr(self, p.name) for p in self.family.parameters}}

    @property
    def by_row(self) -> dict[str, Any]:
        """The settings that are columns, by name."""
        given = {s.name: getattr(self, s.name) for s in self.family.settings}
        return {name: value for name, value in given.items() if column_of(value) is not None}

    def settings(self, of_rows: float | None = None) -> dict[str, Any]:
        """Return what it says beside its base and its sources, by name, with this for what is a column."""
        return {s.name: of_rows if s.name in self.by_row else getattr(self, s.name) for s in self.family.settings}

    def leaf_class(self, own: type[Distribution] | None) -> type[Distribution]:
        return self.base.leaf_class(own)

    def opened(self, own: type[Distribution] | None, size: int) -> tuple[Family, list[Filling]]:
        base, inner = self.base.opened(own, size)
        family = self.family.of(base, self.settings())
        family = ByRowFamily(family, tuple(self.by_row)) if self.by_row else family
        try:
            family.check_base(self.base.kind)
        except ValueError as error:
            raise ConfigError(f"distribution: {error}.") from None
        return family, [*(Filling(source, Identity()) for source in self.sources.values()), *inner]

    @property
    def own_class(self) -> str | None:
        return self.base.own_class

    def naming(self, target: str) -> Self:
        return self.model_copy(update={"base": self.base.naming(target)})

    @property
    def in_brief(self) -> str:
        return f"{self.kind}({self.base.in_brief})"

    @property
    def leaf(self) -> Declared:
        return self.base.leaf

    @property
    def y(self) -> Literal["number", "class", "vector"]:
        return self.base.y

    @property
    def is_continuous(self) -> bool:
        return self.family.keeps_density and self.base.is_continuous

    @property
    def with_zeros(self) -> Declared | None:
        return self if self.family.adds_zeros else self.base.with_zeros

    @property
    def takes_intervals(self) -> bool:
        return self.family.takes_intervals

    @property
    def columns(self) -> tuple[str, ...]:
        return (*super().columns, *self.base.columns)

    @model_validator(mode="after")
    def _sensible(self) -> Any:
        family, base, it_is_not = self.family, self.base, f"the base of '{self.kind}' cannot be '{self.base.kind}'"
        if base.is_open:
            raise ValueError(f"{it_is_not}, which stands for the whole: write distribution: auto")
        if base.takes_intervals:
            raise ValueError(f"{it_is_not}: write {base.kind} around everything else")
        if base.y == "vector" and not family.takes_vectors:
            raise ValueError(f"{it_is_not}, whose y is a vector: choose a family of single numbers")
        if base.y == "class":
            raise ValueError(f"{it_is_not}, whose y is a class: choose a family of numbers")
        if family.adds_zeros and (inner := base.with_zeros):
            raise ValueError(
                f"the base of '{self.kind}' cannot be '{inner.kind}', which has zeros of its own: leave out one of the "
                "two"
            )
        if family.of_densities and not base.is_continuous:
            raise ValueError(f"{it_is_not}, which is not continuous: choose a family of real numbers")
        family.check_settings(self.settings(of_rows=np.nan))
        return self


def wrapper_config(family: type[WrapperFamily]) -> type[WrapperConfig]:
    """Return the config class of a wrapper: everything in it follows from the class of its family."""
    name, meanings = family.__name__.removesuffix("Family"), described(family)  # none where python -OO drops docstrings
    default = getattr(families, f"{family.default_base}Config")() if family.default_base else ...
    fields: dict[str, Any] = {
        "base": ("DistributionConfig", Field(default=default, description=meanings.get("base"))),
        "kind": (Literal[family.kind], Field(default=family.kind, description="Which family.")),
    }
    known: Any = KnownSource
    for s in family.settings:
        fields[s.name] = (
            known | None if s.by_row else s.type,
            Field(default=s.default, ge=s.least, gt=s.above, description=meanings.get(s.name)),
        )
    for p in family.parameters:
        source = LearnedSource if p.event_ndim else Source
        fields[p.name] = (source, Field(default="predicted", description=meanings.get(p.name)))
    summary = (inspect.getdoc(family) or name).partition("\n\n")[0]
    config = create_model(f"{name}Config", __base__=WrapperConfig, __doc__=summary, __module__=__name__, **fields)
    config.family, config.other_names = family, family.other_names
    return config


def wrapper_families() -> list[type[WrapperFamily]]:
    """Return the families of wrappers that the files of `likelinet.distributions.over` define, by their kinds."""
    modules = [importlib.import_module(f"{over.__name__}.{m.name}") for m in pkgutil.iter_modules(over.__path__)]
    found = {c for m in modules for c in vars(m).values() if isinstance(c, type) and issubclass(c, WrapperFamily)}
    return sorted((c for c in found if c.kind), key=lambda c: c.kind)


BY_KIND: dict[str, type[WrapperConfig]] = {f.kind: wrapper_config(f) for f in wrapper_families()}
CensoredConfig = BY_KIND["censored"]
ClippedConfig = BY_KIND["clipped"]
DiscretisedConfig = BY_KIND["discretised"]
HurdleConfig = BY_KIND["hurdle"]
MixtureConfig = BY_KIND["mixture"]
TransformedConfig = BY_KIND["transformed"]
TruncatedConfig = BY_KIND["truncated"]
ZeroInflatedConfig = BY_KIND["zero_inflated"]
