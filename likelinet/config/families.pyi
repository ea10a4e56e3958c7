"""Written by docs/make_stubs.py; do not edit by hand."""
# ruff: noqa
# fmt: off

from typing import Any, Literal

from likelinet.config.family import FamilyConfig, LinkName

FAMILY_CONFIGS: tuple[type[FamilyConfig], ...]

class AsymmetricLaplaceConfig(FamilyConfig):
    kind: Literal["asymmetric_laplace"]
    loc: Any
    scale: Any
    tau: Any
    links: dict[str, LinkName]
    def __init__(self, *, loc: Any = ..., scale: Any = ..., tau: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["asymmetric_laplace"] = ...) -> None: ...

class CauchyConfig(FamilyConfig):
    kind: Literal["cauchy"]
    loc: Any
    scale: Any
    links: dict[str, LinkName]
    def __init__(self, *, loc: Any = ..., scale: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["cauchy"] = ...) -> None: ...

class GaussianConfig(FamilyConfig):
    kind: Literal["gaussian"]
    loc: Any
    scale: Any
    links: dict[str, LinkName]
    def __init__(self, *, loc: Any = ..., scale: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["gaussian"] = ...) -> None: ...

class GumbelConfig(FamilyConfig):
    kind: Literal["gumbel"]
    loc: Any
    scale: Any
    links: dict[str, LinkName]
    def __init__(self, *, loc: Any = ..., scale: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["gumbel"] = ...) -> None: ...

class JohnsonSUConfig(FamilyConfig):
    kind: Literal["johnson_su"]
    skewness: Any
    tailweight: Any
    loc: Any
    scale: Any
    links: dict[str, LinkName]
    def __init__(self, *, skewness: Any = ..., tailweight: Any = ..., loc: Any = ..., scale: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["johnson_su"] = ...) -> None: ...

class LaplaceConfig(FamilyConfig):
    kind: Literal["laplace"]
    loc: Any
    scale: Any
    links: dict[str, LinkName]
    def __init__(self, *, loc: Any = ..., scale: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["laplace"] = ...) -> None: ...

class LogisticConfig(FamilyConfig):
    kind: Literal["logistic"]
    loc: Any
    scale: Any
    links: dict[str, LinkName]
    def __init__(self, *, loc: Any = ..., scale: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["logistic"] = ...) -> None: ...

class SkewNormalConfig(FamilyConfig):
    kind: Literal["skew_normal"]
    loc: Any
    scale: Any
    alpha: Any
    links: dict[str, LinkName]
    def __init__(self, *, loc: Any = ..., scale: Any = ..., alpha: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["skew_normal"] = ...) -> None: ...

class StudentTConfig(FamilyConfig):
    kind: Literal["student_t"]
    df: Any
    loc: Any
    scale: Any
    links: dict[str, LinkName]
    def __init__(self, *, df: Any = ..., loc: Any = ..., scale: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["student_t"] = ...) -> None: ...

class ExponentialConfig(FamilyConfig):
    kind: Literal["exponential"]
    rate: Any
    links: dict[str, LinkName]
    def __init__(self, *, rate: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["exponential"] = ...) -> None: ...

class GammaConfig(FamilyConfig):
    kind: Literal["gamma"]
    concentration: Any
    rate: Any
    links: dict[str, LinkName]
    def __init__(self, *, concentration: Any = ..., rate: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["gamma"] = ...) -> None: ...

class GeneralizedParetoConfig(FamilyConfig):
    kind: Literal["generalized_pareto"]
    scale: Any
    concentration: Any
    links: dict[str, LinkName]
    def __init__(self, *, scale: Any = ..., concentration: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["generalized_pareto"] = ...) -> None: ...

class HalfNormalConfig(FamilyConfig):
    kind: Literal["half_normal"]
    scale: Any
    links: dict[str, LinkName]
    def __init__(self, *, scale: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["half_normal"] = ...) -> None: ...

class InverseGammaConfig(FamilyConfig):
    kind: Literal["inverse_gamma"]
    concentration: Any
    rate: Any
    links: dict[str, LinkName]
    def __init__(self, *, concentration: Any = ..., rate: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["inverse_gamma"] = ...) -> None: ...

class InverseGaussianConfig(FamilyConfig):
    kind: Literal["inverse_gaussian"]
    loc: Any
    concentration: Any
    links: dict[str, LinkName]
    def __init__(self, *, loc: Any = ..., concentration: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["inverse_gaussian"] = ...) -> None: ...

class LogLogisticConfig(FamilyConfig):
    kind: Literal["log_logistic"]
    scale: Any
    concentration: Any
    links: dict[str, LinkName]
    def __init__(self, *, scale: Any = ..., concentration: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["log_logistic"] = ...) -> None: ...

class LogNormalConfig(FamilyConfig):
    kind: Literal["log_normal"]
    loc: Any
    scale: Any
    links: dict[str, LinkName]
    def __init__(self, *, loc: Any = ..., scale: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["log_normal"] = ...) -> None: ...

class WeibullConfig(FamilyConfig):
    kind: Literal["weibull"]
    scale: Any
    concentration: Any
    links: dict[str, LinkName]
    def __init__(self, *, scale: Any = ..., concentration: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["weibull"] = ...) -> None: ...

class BetaConfig(FamilyConfig):
    kind: Literal["beta"]
    concentration1: Any
    concentration0: Any
    links: dict[str, LinkName]
    def __init__(self, *, concentration1: Any = ..., concentration0: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["beta"] = ...) -> None: ...

class KumaraswamyConfig(FamilyConfig):
    kind: Literal["kumaraswamy"]
    concentration1: Any
    concentration0: Any
    links: dict[str, LinkName]
    def __init__(self, *, concentration1: Any = ..., concentration0: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["kumaraswamy"] = ...) -> None: ...

class LogitNormalConfig(FamilyConfig):
    kind: Literal["logit_normal"]
    loc: Any
    scale: Any
    links: dict[str, LinkName]
    def __init__(self, *, loc: Any = ..., scale: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["logit_normal"] = ...) -> None: ...

class VonMisesConfig(FamilyConfig):
    kind: Literal["von_mises"]
    loc: Any
    concentration: Any
    links: dict[str, LinkName]
    def __init__(self, *, loc: Any = ..., concentration: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["von_mises"] = ...) -> None: ...

class BetaBinomialConfig(FamilyConfig):
    kind: Literal["beta_binomial"]
    total_count: Any
    concentration1: Any
    concentration0: Any
    links: dict[str, LinkName]
    def __init__(self, *, total_count: Any, concentration1: Any = ..., concentration0: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["beta_binomial"] = ...) -> None: ...

class BinomialConfig(FamilyConfig):
    kind: Literal["binomial"]
    total_count: Any
    logits: Any
    links: dict[str, LinkName]
    def __init__(self, *, total_count: Any, logits: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["binomial"] = ...) -> None: ...

class GeometricConfig(FamilyConfig):
    kind: Literal["geometric"]
    logits: Any
    links: dict[str, LinkName]
    def __init__(self, *, logits: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["geometric"] = ...) -> None: ...

class NegativeBinomialConfig(FamilyConfig):
    kind: Literal["negative_binomial"]
    total_count: Any
    logits: Any
    exposure: Any
    links: dict[str, LinkName]
    def __init__(self, *, total_count: Any = ..., logits: Any = ..., exposure: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["negative_binomial"] = ...) -> None: ...

class PoissonConfig(FamilyConfig):
    kind: Literal["poisson"]
    rate: Any
    exposure: Any
    links: dict[str, LinkName]
    def __init__(self, *, rate: Any = ..., exposure: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["poisson"] = ...) -> None: ...

class BernoulliConfig(FamilyConfig):
    kind: Literal["bernoulli"]
    logits: Any
    links: dict[str, LinkName]
    def __init__(self, *, logits: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["bernoulli"] = ...) -> None: ...

class CategoricalConfig(FamilyConfig):
    kind: Literal["categorical"]
    logits: Any
    links: dict[str, LinkName]
    def __init__(self, *, logits: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["categorical"] = ...) -> None: ...

class OrderedLogisticConfig(FamilyConfig):
    kind: Literal["ordered_logistic"]
    loc: Any
    cutpoints: Any
    levels: Any
    links: dict[str, LinkName]
    def __init__(self, *, loc: Any = ..., cutpoints: Any = ..., levels: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["ordered_logistic"] = ...) -> None: ...

class DirichletConfig(FamilyConfig):
    kind: Literal["dirichlet"]
    concentration: Any
    links: dict[str, LinkName]
    def __init__(self, *, concentration: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["dirichlet"] = ...) -> None: ...

class MultinomialConfig(FamilyConfig):
    kind: Literal["multinomial"]
    total_count: Any
    logits: Any
    links: dict[str, LinkName]
    def __init__(self, *, total_count: Any, logits: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["multinomial"] = ...) -> None: ...

class MultivariateGaussianConfig(FamilyConfig):
    kind: Literal["multivariate_gaussian"]
    loc: Any
    scale_tril: Any
    links: dict[str, LinkName]
    def __init__(self, *, loc: Any = ..., scale_tril: Any = ..., links: dict[str, LinkName] = ..., kind: Literal["multivariate_gaussian"] = ...) -> None: ...
