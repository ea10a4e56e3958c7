"""What moves predictions: importance of features, partial dependence."""

from likelinet.explain.importance import Importance
from likelinet.explain.partial_dependence import PartialDependence

__all__ = ["Importance", "PartialDependence"]
