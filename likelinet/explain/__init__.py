"""What moves predictions: importance of features, partial dependence, Shapley values."""

from likelinet.explain.importance import Importance
from likelinet.explain.partial_dependence import PartialDependence
from likelinet.explain.shapley import Explanation

__all__ = ["Explanation", "Importance", "PartialDependence"]
