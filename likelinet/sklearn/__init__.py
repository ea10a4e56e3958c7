"""Estimators of scikit-learn whose predictions are distributions."""

try:
    import sklearn as _sklearn  # noqa: F401
except ImportError as error:
    raise ImportError("likelinet.sklearn needs scikit-learn: pip install 'likelinet[sklearn]'.") from error

from likelinet.sklearn.classifier import DistributionClassifier
from likelinet.sklearn.density import DensityEstimator
from likelinet.sklearn.influence import feature_influence
from likelinet.sklearn.regressor import DistributionRegressor
from likelinet.sklearn.scorers import Scorer, coverage, crps, log_score, pinball, scorers
from likelinet.sklearn.survival import DistributionSurvival

__all__ = [
    "DensityEstimator",
    "DistributionClassifier",
    "DistributionRegressor",
    "DistributionSurvival",
    "Scorer",
    "coverage",
    "crps",
    "feature_influence",
    "log_score",
    "pinball",
    "scorers",
]
