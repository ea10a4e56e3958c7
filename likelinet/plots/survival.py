"""The survival curve that a model predicts for all rows together, beside that of Kaplan and Meier."""

from typing import TYPE_CHECKING

import numpy as np

from likelinet.distributions import Distribution, Interval
from likelinet.plots.style import BLUE, ORANGE
from likelinet.scores.survival import kaplan_meier

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TIMES, ROWS = 100, 2000


def has_survival(y: np.ndarray | Interval) -> bool:
    """Whether there are exact times, and some that are censored from the right and no others.

    Parameters
    ----------
    y : ndarray or Interval
        What was observed.
    """
    if not isinstance(y, Interval) or y.lower.ndim != 1:
        return False
    above = np.isfinite(y.lower) & (y.upper == np.inf)
    return bool(above.any() and y.exact.any() and (above | y.exact).all())


def survival(axes: "Axes", d: Distribution, y: Interval, weight: np.ndarray | None = None) -> None:
    """Draw the mean of P(Y > t) over the rows, and the Kaplan-Meier estimate of it from what was observed.

    They agree where the model is right and censoring depends on neither x nor y.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Where to draw.
    d : Distribution
        One distribution for each row.
    y : Interval, shape (n,)
        What was observed, exact or censored from the right.
    weight : ndarray, shape (n,), optional
        Of each row.
    """
    times, estimate = kaplan_meier(y.lower, y.exact, weight)
    start, end = min(0.0, float(y.lower.min())), float(y.lower.max())
    at = np.linspace(start, end, TIMES)
    rows = np.unique(np.linspace(0, len(y) - 1, min(len(y), ROWS)).round().astype(int))
    some, share = d.censored_outermost()[rows], None if weight is None else weight[rows]
    mean = [float(np.average(some.sf(t), weights=share)) for t in at]
    steps, shares = np.append(np.insert(times, 0, start), end), np.insert(estimate, 0, 1.0)
    axes.plot(steps, np.append(shares, shares[-1]), color=ORANGE, drawstyle="steps-post", label="Kaplan–Meier")
    axes.plot(at, mean, color=BLUE, label="mean of predictions")
    axes.set(xlabel="t", ylabel="P(Y > t)", ylim=(0, 1.02), title="Survival")
    axes.legend(framealpha=0.8, edgecolor="none", fontsize=8)
