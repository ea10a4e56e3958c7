"""Written by docs/make_stubs.py; do not edit by hand."""
# ruff: noqa
# fmt: off

from likelinet.config.auto import AutoConfig as AutoConfig
from likelinet.config.custom import CustomConfig as CustomConfig
from likelinet.config.data import DataConfig as DataConfig
from likelinet.config.data import EventConfig as EventConfig
from likelinet.config.data import IntervalTargetConfig as IntervalTargetConfig
from likelinet.config.data import LinearConfig as LinearConfig
from likelinet.config.data import PiecewiseLinearConfig as PiecewiseLinearConfig
from likelinet.config.data import TimeTargetConfig as TimeTargetConfig
from likelinet.config.families import AsymmetricLaplaceConfig as AsymmetricLaplaceConfig
from likelinet.config.families import BernoulliConfig as BernoulliConfig
from likelinet.config.families import BetaBinomialConfig as BetaBinomialConfig
from likelinet.config.families import BetaConfig as BetaConfig
from likelinet.config.families import BinomialConfig as BinomialConfig
from likelinet.config.families import CategoricalConfig as CategoricalConfig
from likelinet.config.families import CauchyConfig as CauchyConfig
from likelinet.config.families import DirichletConfig as DirichletConfig
from likelinet.config.families import ExponentialConfig as ExponentialConfig
from likelinet.config.families import GammaConfig as GammaConfig
from likelinet.config.families import GaussianConfig as GaussianConfig
from likelinet.config.families import GeneralizedParetoConfig as GeneralizedParetoConfig
from likelinet.config.families import GeometricConfig as GeometricConfig
from likelinet.config.families import GumbelConfig as GumbelConfig
from likelinet.config.families import HalfNormalConfig as HalfNormalConfig
from likelinet.config.families import InverseGammaConfig as InverseGammaConfig
from likelinet.config.families import InverseGaussianConfig as InverseGaussianConfig
from likelinet.config.families import JohnsonSUConfig as JohnsonSUConfig
from likelinet.config.families import KumaraswamyConfig as KumaraswamyConfig
from likelinet.config.families import LaplaceConfig as LaplaceConfig
from likelinet.config.families import LogLogisticConfig as LogLogisticConfig
from likelinet.config.families import LogNormalConfig as LogNormalConfig
from likelinet.config.families import LogisticConfig as LogisticConfig
from likelinet.config.families import LogitNormalConfig as LogitNormalConfig
from likelinet.config.families import MultinomialConfig as MultinomialConfig
from likelinet.config.families import MultivariateGaussianConfig as MultivariateGaussianConfig
from likelinet.config.families import NegativeBinomialConfig as NegativeBinomialConfig
from likelinet.config.families import OrderedLogisticConfig as OrderedLogisticConfig
from likelinet.config.families import PoissonConfig as PoissonConfig
from likelinet.config.families import SkewNormalConfig as SkewNormalConfig
from likelinet.config.families import StudentTConfig as StudentTConfig
from likelinet.config.families import VonMisesConfig as VonMisesConfig
from likelinet.config.families import WeibullConfig as WeibullConfig
from likelinet.config.family import ColumnConfig as ColumnConfig
from likelinet.config.files import load_config as load_config
from likelinet.config.group import GroupConfig as GroupConfig
from likelinet.config.model import ModelConfig as ModelConfig
from likelinet.config.network import AutoencoderConfig as AutoencoderConfig
from likelinet.config.network import MLPConfig as MLPConfig
from likelinet.config.network import VAEConfig as VAEConfig
from likelinet.config.training import AdamConfig as AdamConfig
from likelinet.config.training import AdamWConfig as AdamWConfig
from likelinet.config.training import BetaNLLConfig as BetaNLLConfig
from likelinet.config.training import CRPSConfig as CRPSConfig
from likelinet.config.training import ConstantConfig as ConstantConfig
from likelinet.config.training import CosineConfig as CosineConfig
from likelinet.config.training import EarlyStoppingConfig as EarlyStoppingConfig
from likelinet.config.training import HoldThenAnnealConfig as HoldThenAnnealConfig
from likelinet.config.training import LBFGSConfig as LBFGSConfig
from likelinet.config.training import NLLConfig as NLLConfig
from likelinet.config.training import NaturalGradientConfig as NaturalGradientConfig
from likelinet.config.training import SGDConfig as SGDConfig
from likelinet.config.training import StepConfig as StepConfig
from likelinet.config.training import TrainingConfig as TrainingConfig
from likelinet.config.wrappers import CensoredConfig as CensoredConfig
from likelinet.config.wrappers import ClippedConfig as ClippedConfig
from likelinet.config.wrappers import DiscretisedConfig as DiscretisedConfig
from likelinet.config.wrappers import HurdleConfig as HurdleConfig
from likelinet.config.wrappers import MixtureConfig as MixtureConfig
from likelinet.config.wrappers import TransformedConfig as TransformedConfig
from likelinet.config.wrappers import TruncatedConfig as TruncatedConfig
from likelinet.config.wrappers import ZeroInflatedConfig as ZeroInflatedConfig
from likelinet.core.domains import Domain as Domain
from likelinet.core.domains import binary as binary
from likelinet.core.domains import nonnegative as nonnegative
from likelinet.core.domains import nonnegative_integer as nonnegative_integer
from likelinet.core.domains import open_unit_interval as open_unit_interval
from likelinet.core.domains import positive as positive
from likelinet.core.domains import real as real
from likelinet.core.domains import unit_interval as unit_interval
from likelinet.core.errors import ConfigError as ConfigError
from likelinet.core.errors import DataError as DataError
from likelinet.core.errors import DivergedError as DivergedError
from likelinet.core.errors import LikelinetError as LikelinetError
from likelinet.core.errors import MissingLibraryError as MissingLibraryError
from likelinet.core.errors import ModelFileError as ModelFileError
from likelinet.core.errors import NonFiniteError as NonFiniteError
from likelinet.core.errors import NotFittedError as NotFittedError
from likelinet.core.errors import ParameterError as ParameterError
from likelinet.core.errors import UndefinedError as UndefinedError
from likelinet.decisions.bayes import decide as decide
from likelinet.decisions.decision import Decision as Decision
from likelinet.distributions.base.distribution import Distribution as Distribution
from likelinet.distributions.base.interval import Interval as Interval
from likelinet.distributions.base.parameter import Parameter as Parameter
from likelinet.distributions.bounded.beta import Beta as Beta
from likelinet.distributions.bounded.kumaraswamy import Kumaraswamy as Kumaraswamy
from likelinet.distributions.bounded.logit_normal import LogitNormal as LogitNormal
from likelinet.distributions.bounded.von_mises import VonMises as VonMises
from likelinet.distributions.classes.bernoulli import Bernoulli as Bernoulli
from likelinet.distributions.classes.categorical import Categorical as Categorical
from likelinet.distributions.classes.labelled import Labelled as Labelled
from likelinet.distributions.classes.ordered_logistic import OrderedLogistic as OrderedLogistic
from likelinet.distributions.counts.beta_binomial import BetaBinomial as BetaBinomial
from likelinet.distributions.counts.binomial import Binomial as Binomial
from likelinet.distributions.counts.geometric import Geometric as Geometric
from likelinet.distributions.counts.negative_binomial import NegativeBinomial as NegativeBinomial
from likelinet.distributions.counts.poisson import Poisson as Poisson
from likelinet.distributions.over.censored import Censored as Censored
from likelinet.distributions.over.clipped import Clipped as Clipped
from likelinet.distributions.over.concatenation import concatenate as concatenate
from likelinet.distributions.over.discretised import Discretised as Discretised
from likelinet.distributions.over.hurdle import Hurdle as Hurdle
from likelinet.distributions.over.independent import Independent as Independent
from likelinet.distributions.over.mixture import Mixture as Mixture
from likelinet.distributions.over.mixture_of import MixtureOf as MixtureOf
from likelinet.distributions.over.transformed import Transformed as Transformed
from likelinet.distributions.over.transforms import Affine as Affine
from likelinet.distributions.over.transforms import Log as Log
from likelinet.distributions.over.transforms import Logit as Logit
from likelinet.distributions.over.transforms import Transform as Transform
from likelinet.distributions.over.truncated import Truncated as Truncated
from likelinet.distributions.over.zero_inflated import ZeroInflated as ZeroInflated
from likelinet.distributions.positive.exponential import Exponential as Exponential
from likelinet.distributions.positive.gamma import Gamma as Gamma
from likelinet.distributions.positive.generalized_pareto import GeneralizedPareto as GeneralizedPareto
from likelinet.distributions.positive.half_normal import HalfNormal as HalfNormal
from likelinet.distributions.positive.inverse_gamma import InverseGamma as InverseGamma
from likelinet.distributions.positive.inverse_gaussian import InverseGaussian as InverseGaussian
from likelinet.distributions.positive.log_logistic import LogLogistic as LogLogistic
from likelinet.distributions.positive.log_normal import LogNormal as LogNormal
from likelinet.distributions.positive.weibull import Weibull as Weibull
from likelinet.distributions.real.asymmetric_laplace import AsymmetricLaplace as AsymmetricLaplace
from likelinet.distributions.real.cauchy import Cauchy as Cauchy
from likelinet.distributions.real.gaussian import Gaussian as Gaussian
from likelinet.distributions.real.gumbel import Gumbel as Gumbel
from likelinet.distributions.real.johnson_su import JohnsonSU as JohnsonSU
from likelinet.distributions.real.laplace import Laplace as Laplace
from likelinet.distributions.real.logistic import Logistic as Logistic
from likelinet.distributions.real.skew_normal import SkewNormal as SkewNormal
from likelinet.distributions.real.student_t import StudentT as StudentT
from likelinet.distributions.vectors.dirichlet import Dirichlet as Dirichlet
from likelinet.distributions.vectors.multinomial import Multinomial as Multinomial
from likelinet.distributions.vectors.multivariate_gaussian import MultivariateGaussian as MultivariateGaussian
from likelinet.model.members import Uncertainty as Uncertainty
from likelinet.model.model import Model as Model
from likelinet.model.out_of_fold import OutOfFold as OutOfFold
from likelinet.selection.tuning import tune as tune
from likelinet.tables.stream import Stream as Stream
from likelinet.training.checkpoint import Checkpoint as Checkpoint
from likelinet.training.history import Epoch as Epoch
from likelinet.training.history import GroupHistory as GroupHistory
from likelinet.training.history import History as History
from likelinet import datasets as datasets
from likelinet import decisions as decisions
from likelinet import distributed as distributed
from likelinet import explain as explain
from likelinet import plots as plots
from likelinet import scores as scores
from likelinet import selection as selection
from likelinet import testing as testing
from likelinet import config as config
from likelinet import distributions as distributions
from likelinet import sklearn as sklearn
__version__: str

__all__ = [
    "AdamConfig",
    "AdamWConfig",
    "Affine",
    "AsymmetricLaplace",
    "AsymmetricLaplaceConfig",
    "AutoConfig",
    "AutoencoderConfig",
    "Bernoulli",
    "BernoulliConfig",
    "Beta",
    "BetaBinomial",
    "BetaBinomialConfig",
    "BetaConfig",
    "BetaNLLConfig",
    "Binomial",
    "BinomialConfig",
    "CRPSConfig",
    "Categorical",
    "CategoricalConfig",
    "Cauchy",
    "CauchyConfig",
    "Censored",
    "CensoredConfig",
    "Checkpoint",
    "Clipped",
    "ClippedConfig",
    "ColumnConfig",
    "ConfigError",
    "ConstantConfig",
    "CosineConfig",
    "CustomConfig",
    "DataConfig",
    "DataError",
    "Decision",
    "Dirichlet",
    "DirichletConfig",
    "Discretised",
    "DiscretisedConfig",
    "Distribution",
    "DivergedError",
    "Domain",
    "EarlyStoppingConfig",
    "Epoch",
    "EventConfig",
    "Exponential",
    "ExponentialConfig",
    "Gamma",
    "GammaConfig",
    "Gaussian",
    "GaussianConfig",
    "GeneralizedPareto",
    "GeneralizedParetoConfig",
    "Geometric",
    "GeometricConfig",
    "GroupConfig",
    "GroupHistory",
    "Gumbel",
    "GumbelConfig",
    "HalfNormal",
    "HalfNormalConfig",
    "History",
    "HoldThenAnnealConfig",
    "Hurdle",
    "HurdleConfig",
    "Independent",
    "Interval",
    "IntervalTargetConfig",
    "InverseGamma",
    "InverseGammaConfig",
    "InverseGaussian",
    "InverseGaussianConfig",
    "JohnsonSU",
    "JohnsonSUConfig",
    "Kumaraswamy",
    "KumaraswamyConfig",
    "LBFGSConfig",
    "Labelled",
    "Laplace",
    "LaplaceConfig",
    "LikelinetError",
    "LinearConfig",
    "Log",
    "LogLogistic",
    "LogLogisticConfig",
    "LogNormal",
    "LogNormalConfig",
    "Logistic",
    "LogisticConfig",
    "Logit",
    "LogitNormal",
    "LogitNormalConfig",
    "MLPConfig",
    "MissingLibraryError",
    "Mixture",
    "MixtureConfig",
    "MixtureOf",
    "Model",
    "ModelConfig",
    "ModelFileError",
    "Multinomial",
    "MultinomialConfig",
    "MultivariateGaussian",
    "MultivariateGaussianConfig",
    "NLLConfig",
    "NaturalGradientConfig",
    "NegativeBinomial",
    "NegativeBinomialConfig",
    "NonFiniteError",
    "NotFittedError",
    "OrderedLogistic",
    "OrderedLogisticConfig",
    "OutOfFold",
    "Parameter",
    "ParameterError",
    "PiecewiseLinearConfig",
    "Poisson",
    "PoissonConfig",
    "SGDConfig",
    "SkewNormal",
    "SkewNormalConfig",
    "StepConfig",
    "Stream",
    "StudentT",
    "StudentTConfig",
    "TimeTargetConfig",
    "TrainingConfig",
    "Transform",
    "Transformed",
    "TransformedConfig",
    "Truncated",
    "TruncatedConfig",
    "Uncertainty",
    "UndefinedError",
    "VAEConfig",
    "VonMises",
    "VonMisesConfig",
    "Weibull",
    "WeibullConfig",
    "ZeroInflated",
    "ZeroInflatedConfig",
    "binary",
    "concatenate",
    "datasets",
    "decide",
    "decisions",
    "distributed",
    "explain",
    "load_config",
    "nonnegative",
    "nonnegative_integer",
    "open_unit_interval",
    "plots",
    "positive",
    "real",
    "scores",
    "selection",
    "testing",
    "tune",
    "unit_interval",
]
