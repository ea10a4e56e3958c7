"""The config of a family: for each parameter a source and a link."""

import inspect
import re
from abc import abstractmethod
from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, NamedTuple

from pydantic import AfterValidator, ConfigDict, Discriminator, Field, Tag, create_model, model_validator

from likelinet.config.base import Config
from likelinet.config.links import LinkName as LinkName
from likelinet.config.links import check_parameters, default_link, link_of
from likelinet.core.domains import increasing, real
from likelinet.core.links import Identity, Link
from likelinet.core.wording import snake_case
from likelinet.distributions import Distribution
from likelinet.distributions.base.family import Family
from likelinet.distributions.base.leaf import Leaf


class ColumnConfig(Config):
    """A parameter that is known for each row: a column of the table."""

    column: str
    """Name of the column."""


def _form(value: Any) -> str:
    return "form:column" if isinstance(value, dict | ColumnConfig) else "form:value"


LearnedSource = Literal["predicted", "shared"]
KnownSource = Annotated[
    Annotated[float, Tag("form:value")] | Annotated[ColumnConfig, Tag("form:column")], Discriminator(_form)
]
Source = Annotated[
    Annotated[LearnedSource | float, Tag("form:value")] | Annotated[ColumnConfig, Tag("form:column")],
    Discriminator(_form),
]


Labels = list[str | int | float]


def _nesting(value: Any) -> str:
    return "form:each" if isinstance(value, list) and any(isinstance(v, list) for v in value) else "form:one"


# Classes from the lowest to the highest: of all outputs, or a list for each.
Levels = Annotated[
    Annotated[Labels, Tag("form:one")] | Annotated[list[Labels], Tag("form:each")], Discriminator(_nesting)
]


def column_of(source: Any) -> str | None:
    """Return the column that a parameter is read from, None for one that is no column."""
    return source.column if isinstance(source, ColumnConfig) else None


def _each_once(levels: Any) -> Any:
    for known in levels if _nesting(levels) == "form:each" else [levels or []]:
        for label, times in Counter(map(str, known)).items():
            if times > 1:
                raise ValueError(f"'{label}' comes twice")
    return levels


class Filling(NamedTuple):
    """What a config says of one parameter of its family."""

    source: Any
    link: Link
    exposure: str | None = None
    size_of_y: str | None = None
    offset: str | None = None


class Declared(Config):
    """What a user may declare as a distribution, and what others ask of it.

    `own` is a class of the user's that was passed beside the config, in place of the one that a custom family names.
    """

    if TYPE_CHECKING:  # every one has it
        kind: str

    @property
    @abstractmethod
    def sources(self) -> dict[str, Any]:
        """Source of each of its own parameters by name."""

    @abstractmethod
    def leaf_class(self, own: type[Distribution] | None) -> type[Distribution]:
        """Return the distribution class under all wrappers."""

    @abstractmethod
    def opened(self, own: type[Distribution] | None, size: int) -> tuple[Family, list[Filling]]:
        """Return the family of one y, for so many classes or entries of a vector, and what fills its parameters."""

    @property
    def own_class(self) -> str | None:
        """The class of the user's that it names, as `module:Class`."""
        return None

    def naming(self, target: str) -> "Declared":
        """Return it with another name of the class of the user's, if it has one."""
        return self

    @property
    def in_brief(self) -> str:
        """Its kind, with what it is over."""
        return self.kind

    @property
    def is_open(self) -> bool:
        """Whether the family is still to be chosen."""
        return False

    @property
    def leaf(self) -> "Declared":
        """The family under all wrappers."""
        return self

    @property
    def has_fixed_scale(self) -> bool:
        """Whether a scale of the family under all wrappers is a given number, rather than learned."""
        leaf = self.leaf
        scales = (p.name for p in leaf.leaf_class(None).parameters if p.role == "scale")
        return any(not isinstance(leaf.sources[name], str) for name in scales)

    @property
    def y(self) -> Literal["number", "class", "vector"]:
        """What kind of thing y is."""
        return "number"

    @property
    def is_continuous(self) -> bool:
        """Whether it has a density: y is neither a whole number nor has zeros of its own."""
        return True

    @property
    def with_zeros(self) -> "Declared | None":
        """The zero inflation or the hurdle among nested families, or None."""
        return None

    @property
    def takes_intervals(self) -> bool:
        """Whether y is made of intervals."""
        return False

    @property
    def class_levels(self) -> Labels | list[Labels] | None:
        """The declared classes of an ordered family from the lowest to the highest, if there are any."""
        return None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the table that parameters are read from, or that are an exposure."""
        return tuple(c for s in self.sources.values() if (c := column_of(s)) is not None)


class FamilyConfig(Declared):
    """A family with named parameters; each is predicted, shared by all rows, a fixed number or a column."""

    model_config = ConfigDict(use_attribute_docstrings=False)  # there is no source text to read them from
    distribution: ClassVar[type[Distribution]]
    default_links: ClassVar[dict[str, LinkName]]
    exposed: ClassVar[str] = ""  # whose raw number gets the logarithm of an exposure added
    growing: ClassVar[tuple[str, ...]] = ()  # that change with the exposure as with the unit of y
    shifted: ClassVar[str] = ""  # to which an offset is added

    if TYPE_CHECKING:  # every family has them; the class below lists them after its parameters
        links: dict[str, LinkName]
        kind: str

        def __init__(self, **fields: Any) -> None: ...

    @property
    def sources(self) -> dict[str, Any]:
        """Source of each parameter by name."""
        return {p.name: getattr(self, p.name) for p in self.distribution.parameters}

    def leaf_class(self, own: type[Distribution] | None) -> type[Distribution]:
        return self.distribution

    def opened(self, own: type[Distribution] | None, size: int) -> tuple[Family, list[Filling]]:
        sources = self.sources
        return Leaf.of(self.distribution, size), [
            Filling(
                sources[p.name],
                link_of(p, self.links[p.name]) if p.learned else Identity(),
                self.exposure_column if p.name == self.exposed else None,
                self.exposure_column if p.name in self.growing else None,
                self.offset_column if p.name == self.shifted else None,
            )
            for p in self.distribution.parameters
        ]

    @property
    def y(self) -> Literal["number", "class", "vector"]:
        return self.distribution.y

    @property
    def is_continuous(self) -> bool:
        return not self.distribution.support.integer and self.y == "number"

    @property
    def columns(self) -> tuple[str, ...]:
        return (*super().columns, *(c for c in (self.exposure_column, self.offset_column) if c))

    @property
    def class_levels(self) -> Labels | list[Labels] | None:
        return getattr(self, "levels") if self.distribution.ordered else None  # noqa: B009

    @property
    def exposure_column(self) -> str | None:
        """Column with the exposure of each row, with which y grows in proportion."""
        return getattr(self, "exposure") if self.exposed or self.growing else None  # noqa: B009

    @property
    def offset_column(self) -> str | None:
        """Column with the offset of each row."""
        return getattr(self, "offset") if self.shifted else None  # noqa: B009

    @model_validator(mode="before")
    @classmethod
    def _all_links(cls, data: Any) -> Any:
        """Fill up the links with the defaults."""
        if isinstance(data, dict) and isinstance(data.get("links"), dict):
            return {**data, "links": {**cls.default_links, **data["links"]}}
        return data

    @model_validator(mode="after")
    def _fits(self) -> Any:
        check_parameters(self.distribution.parameters, self.sources, self.links)
        if self.exposure_column is not None:
            if self.exposed and self.links[self.exposed] != self.default_links[self.exposed]:
                raise ValueError(f"exposure needs the link '{self.default_links[self.exposed]}' of {self.exposed}")
            for name in (self.exposed, *self.growing):
                if name and not isinstance(self.sources[name], str):
                    raise ValueError(f"exposure needs a {name} that is predicted or shared")
        if self.offset_column is not None and not isinstance(self.sources[self.shifted], str):
            raise ValueError(f"offset needs a {self.shifted} that is predicted or shared")
        return self


def family_config(distribution: type[Distribution]) -> type[FamilyConfig]:
    """Return the config class of a family: everything in it follows from what the class declares.

    The raw number of its `exposure`, the parameter that grows with the exposure of a row, gets the logarithm added. Of
    positive numbers that may be in any unit, all parameters that change with the unit change with the exposure.
    """
    name = distribution.__name__
    kind = snake_case(name)
    defaults: dict[str, LinkName] = {p.name: default_link(p) for p in distribution.parameters if p.learned}
    meanings = described(distribution)
    fields: dict[str, Any] = {"kind": (Literal[kind], Field(default=kind, description="Which family."))}
    for p in distribution.parameters:
        meaning = meanings.get(p.name, f"{p.name}, {p.domain.description}.")
        if not p.learned:
            fields[p.name] = (KnownSource, Field(description=meaning))
        elif p.event_ndim:
            source = "shared" if p.domain == increasing else "predicted"
            fields[p.name] = (LearnedSource, Field(default=source, description=meaning))
        else:
            fields[p.name] = (Source, Field(default="predicted", description=meaning))
    growing: tuple[str, ...] = ()
    if distribution.exposure:
        grows = f"Column with the exposure of each row, positive: `{distribution.exposure}` grows with it."
        fields["exposure"] = (str | None, Field(default=None, description=grows))
    elif Leaf.of(distribution, 1).standardisation == "scale":
        growing = tuple(p.name for p in distribution.parameters if p.role in ("scale", "rate", "log_location"))
        grows = "Column with the exposure of each row, positive: y grows in proportion to it."
        fields["exposure"] = (str | None, Field(default=None, description=grows))
    at = [p.name for p in distribution.parameters if p.role == "location" and p.domain == real and not p.event_ndim]
    if shifted := distribution.offset or (at[0] if len(at) == 1 else ""):
        adds = f"Column that is added to `{shifted}`, known for each row."
        fields["offset"] = (str | None, Field(default=None, description=adds))
    if distribution.ordered:
        meaning = (
            "The classes from the lowest to the highest, or a list of them for each output; null sorts whole numbers."
        )
        fields["levels"] = (
            Annotated[Levels | None, AfterValidator(_each_once)],
            Field(default=None, description=meaning),
        )
    fields["links"] = (
        dict[str, LinkName],
        Field(default=defaults, description="Link of each parameter; those left out keep their default."),
    )
    summary = (inspect.getdoc(distribution) or name).partition("\n\n")[0]
    config = create_model(
        f"{name}Config", __base__=FamilyConfig, __doc__=summary, __module__="likelinet.config.families", **fields
    )
    config.other_names = distribution.other_names
    config.distribution, config.default_links, config.exposed = distribution, defaults, distribution.exposure
    config.growing, config.shifted = growing, shifted
    return config


def described(distribution: type) -> dict[str, str]:
    """Return what the docstring of a family says about each of its parameters."""
    text = inspect.getdoc(distribution) or ""
    section = re.search(r"^Parameters\n-+\n(.*?)(?=^\w+\n-+$|\Z)", text, re.M | re.S)
    entries = re.findall(r"^(\w[\w, ]*) : .*\n((?:    .*\n?|\n)+)", section.group(1) if section else "", re.M)
    return {name: " ".join(body.split()) for names, body in entries for name in names.split(", ")}
