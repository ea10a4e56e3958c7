"""Central intervals of predicted distributions, from pale to strong, with what was observed."""

from typing import TYPE_CHECKING

import numpy as np

from likelinet.distributions import Distribution, Interval
from likelinet.plots.style import BLUE, ORANGE
from likelinet.scores.angles import around

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LEVELS = (0.95, 0.8, 0.5)  # central intervals drawn over each other, from pale to strong


def fan(
    axes: "Axes",
    d: Distribution,
    y: np.ndarray | Interval,
    x: np.ndarray | None = None,
    centre: np.ndarray | None = None,
) -> None:
    """Draw central intervals of each row and what was observed, along x or in the order of the median.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Where to draw.
    d : Distribution
        One distribution for each row.
    y : ndarray or Interval, shape (n,)
        What was observed.
    x : ndarray, shape (n,), optional
        Where each row is drawn; without it, rows are in the order of the median.
    centre : ndarray, shape (n,), optional
        Of angles, the mean direction of each row, to which `d` and `y` are relative.
    """
    if centre is not None and not isinstance(y, Interval):
        _fan_of_angles(axes, d, y, x, centre)
        return
    median = d.median()
    order = np.argsort(median if x is None else x, kind="stable")
    at = np.arange(len(order)) if x is None else x[order]
    for level in LEVELS:
        low, high = d.interval(level)
        strength = 0.12 + 0.5 * (1 - level)
        axes.fill_between(
            at, low[order], high[order], color=BLUE, alpha=strength, lw=0, label=f"{level:.0%} interval", step=None
        )
    axes.plot(at, median[order], color=BLUE, lw=1.5, label="median")
    _draw_observed(axes, at, y[order])
    # One wild interval must not squeeze the rest.
    low, high = d.interval(LEVELS[0])
    ends = np.concatenate([y.lower, y.upper]) if isinstance(y, Interval) else y
    ends = ends[np.isfinite(ends)]
    span = (ends.max() - ends.min()) or np.inf  # nor must tails beyond all that was seen
    bottom = min(max(np.quantile(low, 0.02), ends.min() - span), ends.min())
    top = max(min(np.quantile(high, 0.98), ends.max() + span), ends.max())
    axes.set_ylim(bottom - 0.05 * (top - bottom), top + 0.05 * (top - bottom))
    _legend(axes)


def _fan_of_angles(axes: "Axes", d: Distribution, y: np.ndarray, x: np.ndarray | None, centre: np.ndarray) -> None:
    """Draw everything once more for every turn, of which one is seen."""
    order = np.argsort(centre if x is None else x, kind="stable")
    at = np.arange(len(order)) if x is None else x[order]
    line = np.unwrap(centre[order])
    turns = range(int(np.floor(-line.max() / (2 * np.pi))) - 1, int(np.ceil(-line.min() / (2 * np.pi))) + 2)
    for level in LEVELS:
        low, high = d.interval(level)
        for turn in turns:
            middle = line + 2 * np.pi * turn
            label = f"{level:.0%} interval" if turn == turns[0] else None
            strength = 0.12 + 0.5 * (1 - level)
            axes.fill_between(
                at, middle + low[order], middle + high[order], color=BLUE, alpha=strength, lw=0, label=label
            )
    median = d.median()[order]
    for turn in turns:
        label = "median" if turn == turns[0] else None
        axes.plot(at, line + median + 2 * np.pi * turn, color=BLUE, lw=1.5, label=label)
    _draw_observed(axes, at, around(y + centre)[order])
    axes.set_ylim(-np.pi, np.pi)
    axes.set_yticks([-np.pi, -np.pi / 2, 0, np.pi / 2, np.pi], ["-π", "-π/2", "0", "π/2", "π"])
    _legend(axes)


def _legend(axes: "Axes") -> None:
    axes.legend(framealpha=0.8, edgecolor="none", fontsize=8, loc="upper left").set_zorder(5)
    axes.set_title("Predicted distributions")


def _draw_observed(axes: "Axes", at: np.ndarray, y: np.ndarray | Interval) -> None:
    """Draw a dot for what is exact, a triangle where there is one end, and a line between two."""
    if not isinstance(y, Interval):
        axes.scatter(at, y, s=9, color=ORANGE, label="observed", zorder=3, linewidths=0)
        return
    below, above = y.lower == -np.inf, y.upper == np.inf
    between = ~(y.exact | below | above)
    if between.any():
        axes.vlines(at[between], y.lower[between], y.upper[between], color=ORANGE, lw=1, label="between", zorder=3)
    for rows, ends, marker, name in (
        (above & ~below, y.lower, "^", "at least (censored)"),
        (below & ~above, y.upper, "v", "at most (censored)"),
    ):
        if rows.any():
            axes.scatter(
                at[rows], ends[rows], s=14, marker=marker, facecolors="none", edgecolors=ORANGE, label=name, zorder=3
            )
    if y.exact.any():
        axes.scatter(at[y.exact], y.lower[y.exact], s=9, color=ORANGE, label="observed", zorder=4, linewidths=0)
