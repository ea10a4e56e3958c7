"""The whole declaration of a model."""

from typing import Any, Literal

from pydantic import PositiveInt, model_validator

from likelinet.config.base import Config
from likelinet.config.data import DataConfig, PiecewiseLinearConfig
from likelinet.config.distribution import DistributionConfig
from likelinet.config.families import GaussianConfig
from likelinet.config.network import CoderConfig, MLPConfig, NetworkConfig, VAEConfig
from likelinet.config.training import LBFGSConfig, TrainingConfig


class ModelConfig(Config):
    """A network whose outputs are the parameters of a distribution, and how to fit it."""

    data: DataConfig = DataConfig()
    """Columns of the table."""
    network: NetworkConfig = MLPConfig()
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

    @model_validator(mode="after")
    def _fits_together(self) -> Any:
        """Refuse more folds than members, other objectives where they make no sense, and more with a code."""
        if self.training.folds is not None and self.ensemble < self.training.folds:
            raise ValueError(
                f"'training.folds' is {self.training.folds}, but 'ensemble' is {self.ensemble}: each fold needs a "
                "member that holds it out; make 'ensemble' as many or more, or 'folds' fewer"
            )
        kind = self.training.objective.kind
        if kind != "nll":
            searches = isinstance(self.training.optimizer, LBFGSConfig)
            if searches or self.data.features == [] or isinstance(self.network, CoderConfig):
                where = "L-BFGS" if searches else "a model without features" if self.data.features == [] else "a code"
                raise ValueError(f"'training.objective' is '{kind}', but {where} takes the likelihood: make it 'nll'")
        if not isinstance(self.network, CoderConfig):
            return self
        if self.ensemble > 1:
            raise ValueError(f"'{self.network.kind}' has one code for each row: 'ensemble' must be 1")
        if isinstance(self.data.numeric, PiecewiseLinearConfig):
            raise ValueError(f"'{self.network.kind}' makes its code of the numbers alone: data.numeric must be linear")
        if self.data.features == []:
            raise ValueError(f"'{self.network.kind}' needs features to make a code of: data.features is empty")
        if isinstance(self.network, VAEConfig) and isinstance(self.training.optimizer, LBFGSConfig):
            raise ValueError("'vae' draws new codes at each step: training.optimizer cannot be 'lbfgs'")
        return self
