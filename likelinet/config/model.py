"""The whole declaration of a model."""

from typing import Literal

from pydantic import PositiveInt

from likelinet.config.base import Config
from likelinet.config.data import DataConfig
from likelinet.config.distribution import DistributionConfig
from likelinet.config.families import GaussianConfig
from likelinet.config.network import MLPConfig
from likelinet.config.training import TrainingConfig


class ModelConfig(Config):
    """A network whose outputs are the parameters of a distribution, and how to fit it."""

    data: DataConfig = DataConfig()
    """Columns of the table."""
    network: MLPConfig = MLPConfig()
    """From x to raw outputs."""
    distribution: DistributionConfig = GaussianConfig()
    """Family that the raw outputs parametrise."""
    training: TrainingConfig = TrainingConfig()
    """How to maximise the likelihood."""
    ensemble: PositiveInt = 1
    """How many networks to train together; the prediction is their mixture."""
    engine: Literal["numpy", "jax", "auto"] = "numpy"
    """What computes the training steps: `jax` compiles them first, which takes a second or two, and is faster at very
    many small steps; `auto` takes whichever will probably be done first. L-BFGS, and models without features, run on
    NumPy."""
