"""The family that the outputs parametrise: for each parameter a source and a link."""

import re
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import AfterValidator, Discriminator, Field, Tag, model_validator

from likelinet.config.base import Config, kind_or, nearest
from likelinet.distributions import (
    Bernoulli,
    Categorical,
    Distribution,
    Gamma,
    Gaussian,
    NegativeBinomial,
    Parameter,
    Poisson,
    StudentT,
)
from likelinet.links import Exp, Identity, Link, Sigmoid, Softplus

Source = Literal["predicted", "shared"] | float
LinkName = Literal["identity", "softplus", "exp", "sigmoid"]

LINKS: dict[str, type[Link]] = {"identity": Identity, "softplus": Softplus, "exp": Exp, "sigmoid": Sigmoid}


class FamilyConfig(Config):
    """A family with named parameters; each is predicted by the network, shared by all rows, or a fixed number."""

    distribution: ClassVar[type[Distribution]]
    links: dict[str, LinkName] = {}
    """Link of each parameter, from raw outputs into its domain; parameters left out keep their default."""

    @property
    def sources(self) -> dict[str, Source]:
        """Source of each parameter by name."""
        return {p.name: getattr(self, p.name, "predicted") for p in self.distribution.parameters}

    @model_validator(mode="after")
    def _fits(self) -> Any:
        check_parameters(self.distribution.parameters, self.sources, self.links)
        return self


def check_parameters(parameters: tuple[Parameter, ...], sources: dict[str, Source], links: dict[str, LinkName]) -> None:
    """Check names, fixed values and links against the parameters' domains; raise ValueError with one sentence."""
    by_name = {p.name: p for p in parameters}
    for name in (*sources, *links):
        if name not in by_name:
            raise ValueError(f"unknown parameter '{name}'{nearest(name, by_name)}")
    for name, link in links.items():
        domain, image = by_name[name].domain, LINKS[link]().domain
        fits = [n for n, other in LINKS.items() if _inside(other().domain, domain)]
        if not _inside(image, domain):
            raise ValueError(
                f"link '{link}' does not map into {domain.description}, as {name} needs (possible: {', '.join(fits)})"
            )
    for name, source in sources.items():
        if not isinstance(source, str) and not by_name[name].domain.contains(np.asarray(source)):
            raise ValueError(f"{name} must be {by_name[name].domain.description}, got {source:g}")


def _inside(image: Any, domain: Any) -> bool:
    return image.low >= domain.low and image.high <= domain.high


class GaussianConfig(FamilyConfig):
    """Gaussian with mean `loc` and standard deviation `scale`; `scale: 1.0` is least squares."""

    distribution = Gaussian
    kind: Literal["gaussian"] = "gaussian"
    """Which family."""
    loc: Source = "predicted"
    """Mean."""
    scale: Source = "predicted"
    """Standard deviation, in the units of the target."""
    links: dict[str, LinkName] = {"loc": "identity", "scale": "softplus"}
    """Link of each parameter."""


class StudentTConfig(FamilyConfig):
    """Student's t with `df` degrees of freedom, for heavy tails."""

    distribution = StudentT
    kind: Literal["student_t"] = "student_t"
    """Which family."""
    df: Source = "predicted"
    """Degrees of freedom, positive."""
    loc: Source = "predicted"
    """Location."""
    scale: Source = "predicted"
    """Scale, in the units of the target."""
    links: dict[str, LinkName] = {"df": "softplus", "loc": "identity", "scale": "softplus"}
    """Link of each parameter."""


class GammaConfig(FamilyConfig):
    """Gamma for positive targets."""

    distribution = Gamma
    kind: Literal["gamma"] = "gamma"
    """Which family."""
    concentration: Source = "predicted"
    """Shape, positive."""
    rate: Source = "predicted"
    """Rate, positive, per unit of the target."""
    links: dict[str, LinkName] = {"concentration": "softplus", "rate": "softplus"}
    """Link of each parameter."""


class PoissonConfig(FamilyConfig):
    """Poisson for counts."""

    distribution = Poisson
    kind: Literal["poisson"] = "poisson"
    """Which family."""
    rate: Source = "predicted"
    """Mean, positive."""
    links: dict[str, LinkName] = {"rate": "exp"}
    """Link of each parameter."""


class NegativeBinomialConfig(FamilyConfig):
    """Negative binomial for overdispersed counts, in torch's convention."""

    distribution = NegativeBinomial
    kind: Literal["negative_binomial"] = "negative_binomial"
    """Which family."""
    total_count: Source = "predicted"
    """Number of failures at which counting stops, positive; small values mean more overdispersion."""
    logits: Source = "predicted"
    """Log odds of one more count."""
    links: dict[str, LinkName] = {"total_count": "softplus", "logits": "identity"}
    """Link of each parameter."""


class BernoulliConfig(FamilyConfig):
    """Bernoulli for a yes or no, or for two classes."""

    distribution = Bernoulli
    kind: Literal["bernoulli"] = "bernoulli"
    """Which family."""
    logits: Source = "predicted"
    """Log odds of 1."""
    links: dict[str, LinkName] = {"logits": "identity"}
    """Link of each parameter."""


class CategoricalConfig(FamilyConfig):
    """Categorical for unordered classes."""

    distribution = Categorical
    kind: Literal["categorical"] = "categorical"
    """Which family."""
    logits: Literal["predicted", "shared"] = "predicted"
    """Unnormalised log-probabilities of the classes."""
    links: dict[str, LinkName] = {"logits": "identity"}
    """Link of each parameter."""


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


ComponentConfig = Annotated[
    GaussianConfig | StudentTConfig | GammaConfig | PoissonConfig | NegativeBinomialConfig, Field(discriminator="kind")
]


class MixtureConfig(Config):
    """A mixture of several components of one family, with weights that depend on x."""

    kind: Literal["mixture"] = "mixture"
    """Which family."""
    components: Annotated[int, Field(ge=1)] = 3
    """How many components."""
    base: ComponentConfig = GaussianConfig()
    """Family of each component."""
    logits: Literal["predicted", "shared"] = "predicted"
    """Unnormalised log-weights of the components."""


class TransformedConfig(Config):
    """loc + scale · x, with x from another family: a gamma that starts at `loc`, say."""

    kind: Literal["transformed"] = "transformed"
    """Which family."""
    base: Annotated[GaussianConfig | StudentTConfig | GammaConfig, Field(discriminator="kind")]
    """Family of x."""
    loc: float = 0.0
    """Shift, in the units of the target."""
    scale: Annotated[float, Field(gt=0.0)] = 1.0
    """Factor."""


DistributionConfig = Annotated[
    Annotated[GaussianConfig, Tag("gaussian")]
    | Annotated[StudentTConfig, Tag("student_t")]
    | Annotated[GammaConfig, Tag("gamma")]
    | Annotated[PoissonConfig, Tag("poisson")]
    | Annotated[NegativeBinomialConfig, Tag("negative_binomial")]
    | Annotated[BernoulliConfig, Tag("bernoulli")]
    | Annotated[CategoricalConfig, Tag("categorical")]
    | Annotated[MixtureConfig, Tag("mixture")]
    | Annotated[TransformedConfig, Tag("transformed")]
    | Annotated[CustomConfig, Tag("custom")],
    Discriminator(kind_or("gaussian")),
]
