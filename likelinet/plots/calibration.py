"""Whether observed values fall where predicted distributions say: PIT, coverage, reliability."""

from typing import TYPE_CHECKING

import numpy as np

from likelinet.distributions import Distribution, Interval
from likelinet.plots.style import BLUE, GREY
from likelinet.scores.calibration import pit_cdf, pit_shares
from likelinet.scores.metrics import equal_bins

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def pit_histogram(axes: "Axes", d: Distribution, y: np.ndarray | Interval) -> None:
    """Draw the histogram of F(y), flat where the predicted distributions are right.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Where to draw.
    d : Distribution
        One distribution for each row.
    y : ndarray or Interval, shape (n,)
        What was observed.
    """
    bins = max(5, min(20, len(y) // 10))
    edges = np.linspace(0.0, 1.0, bins + 1)
    axes.bar(edges[:-1], bins * pit_shares(d, y, bins), np.diff(edges), align="edge", color=BLUE, edgecolor="white")
    axes.axhline(1.0, color=GREY, ls="--")
    axes.set(xlabel="F(y)", ylabel="density", title="PIT: flat is right", xlim=(0, 1))


def coverage_curve(axes: "Axes", d: Distribution, y: np.ndarray | Interval) -> None:
    """Draw how often central intervals held y against how often they should.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Where to draw.
    d : Distribution
        One distribution for each row.
    y : ndarray or Interval, shape (n,)
        What was observed.
    """
    levels = np.linspace(0.05, 0.95, 19)
    # Not by the ends of the intervals: those of counts hold more than their level.
    inside = pit_cdf(d, y, 0.5 + 0.5 * levels) - pit_cdf(d, y, 0.5 - 0.5 * levels)
    axes.plot([0, 1], [0, 1], color=GREY, ls="--")
    axes.plot(levels, inside, color=BLUE, marker="o", ms=3)
    axes.set(
        xlabel="interval", ylabel="share of rows inside", title="Coverage", xlim=(0, 1), ylim=(0, 1), aspect="equal"
    )


def reliability(axes: "Axes", probs: np.ndarray, codes: np.ndarray, bins: int = 10) -> None:
    """Draw how often the most probable class was right against how probable it was.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Where to draw.
    probs : ndarray, shape (n, K)
        Probabilities of the classes.
    codes : ndarray, shape (n,)
        Code of each observed class.
    bins : int
        Into how many equal bins of probability the rows are put.
    """
    confidence, hit = probs.max(1), probs.argmax(1) == codes
    index = equal_bins(confidence, bins)
    filled = np.unique(index)
    mean = [confidence[index == b].mean() for b in filled]
    right = [hit[index == b].mean() for b in filled]
    size = [4 + 60 * (index == b).mean() for b in filled]
    axes.plot([0, 1], [0, 1], color=GREY, ls="--")
    axes.plot(mean, right, color=BLUE, lw=1)
    axes.scatter(mean, right, s=size, color=BLUE, zorder=3)
    axes.set(xlabel="probability of the most probable class", ylabel="share that was right", title="Reliability")
    axes.set(xlim=(0, 1.02), ylim=(0, 1.02), aspect="equal")
