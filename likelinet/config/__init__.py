"""What a user may declare: frozen pydantic models, tagged by `kind`, unknown keys forbidden."""

from likelinet.config.data import DataConfig
from likelinet.config.distribution import (
    BernoulliConfig,
    CategoricalConfig,
    CustomConfig,
    GammaConfig,
    GaussianConfig,
    MixtureConfig,
    NegativeBinomialConfig,
    PoissonConfig,
    StudentTConfig,
    TransformedConfig,
)
from likelinet.config.files import dump_config, load_config, parse_config
from likelinet.config.model import ModelConfig
from likelinet.config.network import MLPConfig
from likelinet.config.training import (
    AdamConfig,
    AdamWConfig,
    ConstantConfig,
    CosineConfig,
    EarlyStoppingConfig,
    LBFGSConfig,
    SGDConfig,
    StepConfig,
    TrainingConfig,
)

__all__ = [
    "AdamConfig",
    "AdamWConfig",
    "BernoulliConfig",
    "CategoricalConfig",
    "ConstantConfig",
    "CosineConfig",
    "CustomConfig",
    "DataConfig",
    "EarlyStoppingConfig",
    "GammaConfig",
    "GaussianConfig",
    "LBFGSConfig",
    "MLPConfig",
    "MixtureConfig",
    "ModelConfig",
    "NegativeBinomialConfig",
    "PoissonConfig",
    "SGDConfig",
    "StepConfig",
    "StudentTConfig",
    "TrainingConfig",
    "TransformedConfig",
    "dump_config",
    "load_config",
    "parse_config",
]
