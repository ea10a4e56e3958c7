"""Pictures of predicted distributions against what was observed, of training, and of what moves predictions."""

from likelinet.plots.calibration import coverage_curve, pit_histogram, reliability, reliability_of_class
from likelinet.plots.classes import by_class, confusion, plot_classes
from likelinet.plots.curves import learning_curves
from likelinet.plots.densities import densities
from likelinet.plots.discrimination import precision_recall, roc
from likelinet.plots.explained import importance, partial_dependence
from likelinet.plots.intervals import fan
from likelinet.plots.regression import plot_regression
from likelinet.plots.survival import survival

__all__ = [
    "by_class",
    "confusion",
    "coverage_curve",
    "densities",
    "fan",
    "importance",
    "learning_curves",
    "partial_dependence",
    "pit_histogram",
    "plot_classes",
    "plot_regression",
    "precision_recall",
    "reliability",
    "reliability_of_class",
    "roc",
    "survival",
]
