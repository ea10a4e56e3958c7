"""Predicted numbers: intervals of every row with what was observed, and how far they hold."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from likelinet.distributions import Distribution, Interval
from likelinet.plots.calibration import coverage_curve, pit_histogram
from likelinet.plots.intervals import SORTED, fan
from likelinet.plots.style import plain
from likelinet.plots.survival import has_survival, survival
from likelinet.scores.angles import around
from likelinet.scores.calibration import marginals

if TYPE_CHECKING:
    from matplotlib.figure import Figure

OUTPUTS = 4  # drawn at most


def plot_regression(
    d: Distribution, y: np.ndarray | Interval, x: np.ndarray | None = None, names: Sequence[str] = ("x", "y")
) -> "Figure":
    """Return a figure of intervals with the observed values, the PIT histogram and the coverage curve.

    Parameters
    ----------
    d : Distribution
        One per row; of several outputs the marginals are drawn, each in a row of panels of its own, the first few.
    y : ndarray or Interval
        Observed values.
    x : ndarray, shape (n,), optional
        The only feature, for the horizontal axis; without it rows are sorted by their predicted median.
    names : sequence of str
        Of x and of each output.

    Returns
    -------
    Figure
        Three panels for each output, and where y is censored from the right one of survival.
    """
    outputs = [(d.censored_outermost(), y)]
    if d.event_shape:
        each = marginals(d)
        outputs = [(each[:, j], y[:, j]) for j in range(min(d.event_shape[0], OUTPUTS))]
    from matplotlib.figure import Figure  # takes long to import

    with_survival = not d.event_shape and has_survival(y)
    figure = Figure(figsize=(17 if with_survival else 13, 4 * len(outputs)), layout="constrained")
    ratios = (2.2, 1, 1, 1.2)[: 4 if with_survival else 3]
    panels = figure.subplots(len(outputs), len(ratios), width_ratios=ratios, squeeze=False)
    for (left, middle, right, *more), (marginal, observed), name in zip(panels, outputs, names[1:], strict=False):
        centre = None
        if marginal.is_angle:
            assert not isinstance(observed, Interval)
            centre = marginal.mean()
            marginal, observed = marginal.turned(centre), around(observed - centre)
        fan(left, marginal, observed, x, centre)
        left.set_xlabel(plain(names[0]) if x is not None else SORTED)
        left.set_ylabel(plain(name))
        pit_histogram(middle, marginal, observed)
        coverage_curve(right, marginal, observed)
        for axes in more:
            assert isinstance(observed, Interval)
            survival(axes, marginal, observed)
            axes.set_xlabel(plain(name))
    return figure
