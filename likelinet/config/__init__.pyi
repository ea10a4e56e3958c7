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
from likelinet.config.files import dump_config as dump_config
from likelinet.config.files import load_config as load_config
from likelinet.config.files import parse_config as parse_config
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

__all__ = [
    "AdamConfig",
    "AdamWConfig",
    "AsymmetricLaplaceConfig",
    "AutoConfig",
    "AutoencoderConfig",
    "BernoulliConfig",
    "BetaBinomialConfig",
    "BetaConfig",
    "BetaNLLConfig",
    "BinomialConfig",
    "CRPSConfig",
    "CategoricalConfig",
    "CauchyConfig",
    "CensoredConfig",
    "ClippedConfig",
    "ColumnConfig",
    "ConstantConfig",
    "CosineConfig",
    "CustomConfig",
    "DataConfig",
    "DirichletConfig",
    "DiscretisedConfig",
    "EarlyStoppingConfig",
    "EventConfig",
    "ExponentialConfig",
    "GammaConfig",
    "GaussianConfig",
    "GeneralizedParetoConfig",
    "GeometricConfig",
    "GroupConfig",
    "GumbelConfig",
    "HalfNormalConfig",
    "HoldThenAnnealConfig",
    "HurdleConfig",
    "IntervalTargetConfig",
    "InverseGammaConfig",
    "InverseGaussianConfig",
    "JohnsonSUConfig",
    "KumaraswamyConfig",
    "LBFGSConfig",
    "LaplaceConfig",
    "LinearConfig",
    "LogLogisticConfig",
    "LogNormalConfig",
    "LogisticConfig",
    "LogitNormalConfig",
    "MLPConfig",
    "MixtureConfig",
    "ModelConfig",
    "MultinomialConfig",
    "MultivariateGaussianConfig",
    "NLLConfig",
    "NaturalGradientConfig",
    "NegativeBinomialConfig",
    "OrderedLogisticConfig",
    "PiecewiseLinearConfig",
    "PoissonConfig",
    "SGDConfig",
    "SkewNormalConfig",
    "StepConfig",
    "StudentTConfig",
    "TimeTargetConfig",
    "TrainingConfig",
    "TransformedConfig",
    "TruncatedConfig",
    "VAEConfig",
    "VonMisesConfig",
    "WeibullConfig",
    "ZeroInflatedConfig",
    "dump_config",
    "load_config",
    "parse_config",
]
