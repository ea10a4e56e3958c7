"""Written by docs/make_stubs.py; do not edit by hand."""
# ruff: noqa
# fmt: off

from typing import Any, Literal

from likelinet.config.family import FamilyConfig, LinkName

FAMILY_CONFIGS: tuple[type[FamilyConfig], ...]

class AsymmetricLaplaceConfig(FamilyConfig):
    loc: Any
    scale: Any
    tau: Any
    offset: Any
    def __init__(self, *, loc: Any = ..., scale: Any = ..., tau: Any = ..., offset: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["asymmetric_laplace"] = ...) -> None: ...

class CauchyConfig(FamilyConfig):
    loc: Any
    scale: Any
    offset: Any
    def __init__(self, *, loc: Any = ..., scale: Any = ..., offset: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["cauchy"] = ...) -> None: ...

class GaussianConfig(FamilyConfig):
    loc: Any
    scale: Any
    offset: Any
    def __init__(self, *, loc: Any = ..., scale: Any = ..., offset: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["gaussian"] = ...) -> None: ...

class GumbelConfig(FamilyConfig):
    loc: Any
    scale: Any
    offset: Any
    def __init__(self, *, loc: Any = ..., scale: Any = ..., offset: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["gumbel"] = ...) -> None: ...

class JohnsonSUConfig(FamilyConfig):
    skewness: Any
    tailweight: Any
    loc: Any
    scale: Any
    offset: Any
    def __init__(self, *, skewness: Any = ..., tailweight: Any = ..., loc: Any = ..., scale: Any = ..., offset: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["johnson_su"] = ...) -> None: ...

class LaplaceConfig(FamilyConfig):
    loc: Any
    scale: Any
    offset: Any
    def __init__(self, *, loc: Any = ..., scale: Any = ..., offset: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["laplace"] = ...) -> None: ...

class LogisticConfig(FamilyConfig):
    loc: Any
    scale: Any
    offset: Any
    def __init__(self, *, loc: Any = ..., scale: Any = ..., offset: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["logistic"] = ...) -> None: ...

class SkewNormalConfig(FamilyConfig):
    loc: Any
    scale: Any
    alpha: Any
    offset: Any
    def __init__(self, *, loc: Any = ..., scale: Any = ..., alpha: Any = ..., offset: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["skew_normal"] = ...) -> None: ...

class StudentTConfig(FamilyConfig):
    df: Any
    loc: Any
    scale: Any
    offset: Any
    def __init__(self, *, df: Any = ..., loc: Any = ..., scale: Any = ..., offset: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["student_t"] = ...) -> None: ...

class ExponentialConfig(FamilyConfig):
    rate: Any
    exposure: Any
    def __init__(self, *, rate: Any = ..., exposure: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["exponential"] = ...) -> None: ...

class GammaConfig(FamilyConfig):
    concentration: Any
    rate: Any
    exposure: Any
    def __init__(self, *, concentration: Any = ..., rate: Any = ..., exposure: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["gamma"] = ...) -> None: ...

class GeneralizedParetoConfig(FamilyConfig):
    scale: Any
    concentration: Any
    exposure: Any
    def __init__(self, *, scale: Any = ..., concentration: Any = ..., exposure: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["generalized_pareto"] = ...) -> None: ...

class HalfNormalConfig(FamilyConfig):
    scale: Any
    exposure: Any
    def __init__(self, *, scale: Any = ..., exposure: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["half_normal"] = ...) -> None: ...

class InverseGammaConfig(FamilyConfig):
    concentration: Any
    rate: Any
    exposure: Any
    def __init__(self, *, concentration: Any = ..., rate: Any = ..., exposure: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["inverse_gamma"] = ...) -> None: ...

class InverseGaussianConfig(FamilyConfig):
    loc: Any
    concentration: Any
    exposure: Any
    def __init__(self, *, loc: Any = ..., concentration: Any = ..., exposure: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["inverse_gaussian"] = ...) -> None: ...

class LogLogisticConfig(FamilyConfig):
    scale: Any
    concentration: Any
    exposure: Any
    def __init__(self, *, scale: Any = ..., concentration: Any = ..., exposure: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["log_logistic"] = ...) -> None: ...

class LogNormalConfig(FamilyConfig):
    loc: Any
    scale: Any
    exposure: Any
    def __init__(self, *, loc: Any = ..., scale: Any = ..., exposure: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["log_normal"] = ...) -> None: ...

class WeibullConfig(FamilyConfig):
    scale: Any
    concentration: Any
    exposure: Any
    def __init__(self, *, scale: Any = ..., concentration: Any = ..., exposure: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["weibull"] = ...) -> None: ...

class BetaConfig(FamilyConfig):
    concentration1: Any
    concentration0: Any
    def __init__(self, *, concentration1: Any = ..., concentration0: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["beta"] = ...) -> None: ...

class KumaraswamyConfig(FamilyConfig):
    concentration1: Any
    concentration0: Any
    def __init__(self, *, concentration1: Any = ..., concentration0: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["kumaraswamy"] = ...) -> None: ...

class LogitNormalConfig(FamilyConfig):
    loc: Any
    scale: Any
    def __init__(self, *, loc: Any = ..., scale: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["logit_normal"] = ...) -> None: ...

class VonMisesConfig(FamilyConfig):
    loc: Any
    concentration: Any
    def __init__(self, *, loc: Any = ..., concentration: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["von_mises"] = ...) -> None: ...

class BetaBinomialConfig(FamilyConfig):
    total_count: Any
    concentration1: Any
    concentration0: Any
    def __init__(self, *, total_count: Any, concentration1: Any = ..., concentration0: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["beta_binomial"] = ...) -> None: ...

class BinomialConfig(FamilyConfig):
    total_count: Any
    logits: Any
    offset: Any
    def __init__(self, *, total_count: Any, logits: Any = ..., offset: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["binomial"] = ...) -> None: ...

class GeometricConfig(FamilyConfig):
    logits: Any
    offset: Any
    def __init__(self, *, logits: Any = ..., offset: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["geometric"] = ...) -> None: ...

class NegativeBinomialConfig(FamilyConfig):
    total_count: Any
    logits: Any
    exposure: Any
    def __init__(self, *, total_count: Any = ..., logits: Any = ..., exposure: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["negative_binomial"] = ...) -> None: ...

class PoissonConfig(FamilyConfig):
    rate: Any
    exposure: Any
    def __init__(self, *, rate: Any = ..., exposure: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["poisson"] = ...) -> None: ...

class BernoulliConfig(FamilyConfig):
    logits: Any
    offset: Any
    def __init__(self, *, logits: Any = ..., offset: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["bernoulli"] = ...) -> None: ...

class CategoricalConfig(FamilyConfig):
    logits: Any
    def __init__(self, *, logits: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["categorical"] = ...) -> None: ...

class OrderedLogisticConfig(FamilyConfig):
    loc: Any
    cutpoints: Any
    offset: Any
    levels: Any
    def __init__(self, *, loc: Any = ..., cutpoints: Any = ..., offset: Any = ..., levels: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["ordered_logistic"] = ...) -> None: ...

class DirichletConfig(FamilyConfig):
    concentration: Any
    def __init__(self, *, concentration: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["dirichlet"] = ...) -> None: ...

class MultinomialConfig(FamilyConfig):
    total_count: Any
    logits: Any
    def __init__(self, *, total_count: Any, logits: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["multinomial"] = ...) -> None: ...

class MultivariateGaussianConfig(FamilyConfig):
    loc: Any
    scale_tril: Any
    def __init__(self, *, loc: Any = ..., scale_tril: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["multivariate_gaussian"] = ...) -> None: ...
