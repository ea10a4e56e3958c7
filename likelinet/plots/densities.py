"""The distributions of single rows, each beside what was observed."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from likelinet.distributions import Distribution, Interval
from likelinet.plots.style import BLUE, ORANGE, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes

POINTS = 200
BARS = 60  # masses of counts that are drawn as bars, at most
REACH = 0.005  # left out at either end


def densities(axes: "Axes", d: Distribution, y: np.ndarray | Interval, names: Sequence[str]) -> None:
    """Draw the density, or the masses, of each of a few rows above one another, with a mark where y was.

    Each has the same height; of an interval of y the ends are marked, and what lies between. A single value among a
    density that has a probability, such as the zero of a hurdle, is a bar with a dot as high as that, of 1 for all.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Where to draw.
    d : Distribution
        One distribution for each row, of one number.
    y : ndarray or Interval, shape (n,)
        What was observed.
    names : sequence of str
        Of the rows.
    """
    d = d.censored_outermost()
    low, high = d.ppf(REACH), d.isf(REACH)
    exact = y if not isinstance(y, Interval) else None
    first, last = float(np.min(low)), float(np.max(high))
    ends = np.concatenate([y.lower, y.upper]) if isinstance(y, Interval) else np.asarray(y, dtype=float)
    ends = ends[np.isfinite(ends)]
    first, last = float(min(first, ends.min(initial=first))), float(max(last, ends.max(initial=last)))
    for i in range(len(names)):
        base = float(len(names) - 1 - i)
        if d.support.integer and high[i] - low[i] <= BARS:
            at = np.arange(np.floor(low[i]), np.ceil(high[i]) + 1.0)
            mass = np.exp(d[np.full(len(at), i)].log_prob(at))
            axes.vlines(at, base, base + 0.85 * mass / mass.max(), color=BLUE, lw=2)
        else:
            at = _points(low[i], high[i], integer=d.support.integer)
            at = at[~np.isin(at, d.atoms)]  # where there is a probability, no density
            density = np.exp(d[np.full(len(at), i)].log_prob(at))
            most = np.max(density[np.isfinite(density)], initial=0.0) or 1.0
            height = base + 0.85 * np.minimum(density / most, 1.0)
            axes.fill_between(at, base, height, color=BLUE, alpha=0.35, lw=0)
            axes.plot(at, height, color=BLUE, lw=1)
            for atom in (a for a in d.atoms if low[i] <= a <= high[i]):
                tip = base + 0.85 * float(np.exp(d[i].log_prob(atom)))
                axes.plot([atom] * 2, [base, tip], color=BLUE, lw=2, marker="o", markersize=4, markevery=[1])
        if exact is not None:
            axes.plot([exact[i]] * 2, [base, base + 0.9], color=ORANGE, lw=1.5)
        else:
            assert isinstance(y, Interval)
            _mark_interval(axes, float(y.lower[i]), float(y.upper[i]), base, first, last)
    axes.set_yticks(np.arange(len(names)) + 0.1, [plain(name) for name in reversed(names)])
    axes.tick_params(axis="y", length=0)
    axes.set(ylim=(-0.1, len(names)), title="Distributions of single rows, and y")


def _points(low: float, high: float, *, integer: bool) -> np.ndarray:
    at = np.linspace(low, high, POINTS)
    return np.unique(np.round(at)) if integer else at


def _mark_interval(axes: "Axes", low: float, high: float, base: float, first: float, last: float) -> None:
    """Mark the ends of an interval of y that are finite, and what lies between as far as is shown."""
    if low == high:
        axes.plot([low] * 2, [base, base + 0.9], color=ORANGE, lw=1.5)
        return
    axes.plot([max(low, first), min(high, last)], [base + 0.02] * 2, color=ORANGE, lw=2.5)
    for end in (low, high):
        if np.isfinite(end):
            axes.plot([end] * 2, [base, base + 0.5], color=ORANGE, lw=1.5, ls=":")
