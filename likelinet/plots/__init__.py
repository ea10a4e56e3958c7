"""Pictures of predicted distributions against what was observed."""

from likelinet.plots.calibration import coverage_curve, pit_histogram, reliability
from likelinet.plots.classes import plot_classes
from likelinet.plots.intervals import fan
from likelinet.plots.regression import plot_regression

__all__ = ["coverage_curve", "fan", "pit_histogram", "plot_classes", "plot_regression", "reliability"]
