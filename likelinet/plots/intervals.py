"""Central intervals of predicted distributions, from pale to strong, with what was observed."""

from typing import TYPE_CHECKING

import numpy as np

from likelinet.core.errors import UndefinedError
from likelinet.core.wording import readable
from likelinet.distributions import Distribution, Interval
from likelinet.plots.style import BLUE, ORANGE
from likelinet.scores.angles import around

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LEVELS = (0.95, 0.8, 0.5)  # central intervals drawn over each other, from pale to strong
FEW = 0.01  # share of rows below which nothing is said of them
LEAST, BESIDE = 5, 3.0  # rows on a bound of y, and times as many as on the number next to it
SORTED = "rows, sorted by predicted median"
ROWS = 500  # drawn at most: of more, bands are noise, and dots lie over all


def fan(
    axes: "Axes",
    d: Distribution,
    y: np.ndarray | Interval,
    x: np.ndarray | None = None,
    centre: np.ndarray | None = None,
) -> None:
    """Draw central intervals of each row and what was observed, along x or in the order of the median.

    Of more than 500 rows every so many is drawn. Counts with the same median are in the order of their mean. Where
    intervals reach beyond all that was observed, below 0 or past a bound that many rows lie on, the title says so.

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
    median = d.median()
    along = x if x is not None else median if centre is None else centre
    order = np.lexsort((_mean(d), along)) if d.support.integer and x is None else np.argsort(along, kind="stable")
    all_rows = len(order)
    if all_rows > ROWS:
        order = order[np.linspace(0, all_rows - 1, ROWS).round().astype(int)]
    at = np.arange(len(order)) if x is None else x[order]
    lines = [0.0] if centre is None else _turns(centre[order])
    for level in LEVELS:
        low, high = (end[order] for end in d.interval(level))
        for i, line in enumerate(lines):
            label = None if i else f"{level:.0%} interval"
            strength = 0.12 + 0.5 * (1 - level)
            axes.fill_between(at, line + low, line + high, color=BLUE, alpha=strength, lw=0, label=label)
    for i, line in enumerate(lines):
        axes.plot(at, line + median[order], color=BLUE, lw=1.5, label=None if i else "median")
    if centre is None:
        _draw_observed(axes, at, y[order])
        axes.set_ylim(*_limits(y[order], *(end[order] for end in d.interval(LEVELS[0]))))
    else:
        assert not isinstance(y, Interval)
        _draw_observed(axes, at, around(y + centre)[order])
        axes.set_ylim(-np.pi, np.pi)
        axes.set_yticks([-np.pi, -np.pi / 2, 0, np.pi / 2, np.pi], ["-π", "-π/2", "0", "π/2", "π"])
    # Below the axis, where it covers no data; wider than the axes, it would squeeze these or be cut off.
    axes.legend(frameon=False, fontsize=8, loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=3, columnspacing=1.2)
    some = f", {ROWS} of {all_rows:,} rows" if all_rows > ROWS else ""
    past = [] if centre is not None else beyond(y, *d.interval(LEVELS[0]))
    axes.set_title("\n".join([f"Predicted distributions{some}", *past]))


def beyond(y: np.ndarray | Interval, low: np.ndarray, high: np.ndarray) -> list[str]:
    """Return what to say of intervals that reach below 0, where no y does, or past a number that many y are.

    Parameters
    ----------
    y : ndarray or Interval, shape (n,)
        What was observed.
    low, high : ndarray, shape (n,)
        The ends of the intervals.

    Examples
    --------
    >>> beyond(np.array([0.5, 1.0, 2.0]), np.array([-1.0, 0.5, 1.0]), np.array([1.0, 2.0, 3.0]))
    ['intervals of 33 % of rows reach below 0, where no y is']
    """
    ends = np.concatenate([y.lower, y.upper]) if isinstance(y, Interval) else y
    ends = ends[np.isfinite(ends)]
    least, most = float(ends.min()), float(ends.max())
    at_least, at_most = _is_bound(ends, 1), _is_bound(ends, -1)
    bounds = [(low < least, least, "below")] if at_least else [(low < 0.0, 0.0, "below")] if least >= 0.0 else []
    bounds += [(high > most, most, "above")] if at_most else []
    said = []
    for where, end, side in bounds:
        there, rows = float(np.mean(ends == end)), float(where.mean())
        if rows >= FEW:
            what = f"which {100 * there:.2g} % of y are" if there else "where no y is"
            said.append(f"intervals of {100 * rows:.2g} % of rows reach {side} {readable(end)}, {what}")
    return said


def _is_bound(y: np.ndarray, step: int) -> bool:
    """Whether the first or the last of numbers is one that rows come to lie on: far more than on the one beside it."""
    count = np.unique(y, return_counts=True)[1][::step]
    return len(count) > 1 and count[0] >= max(LEAST, FEW * len(y), BESIDE * count[1])


def _mean(d: Distribution) -> np.ndarray:
    try:
        return d.mean()
    except UndefinedError:  # a family of the user's may have quantiles alone
        return d.median()


def _turns(angles: np.ndarray) -> list[np.ndarray]:
    """Return angles as a line without jumps, once for every turn of which something is seen."""
    line, turn = np.unwrap(angles), 2 * np.pi
    return [line + turn * k for k in range(int(-line.max() // turn) - 1, int(-(line.min() // turn)) + 2)]


def _limits(y: np.ndarray | Interval, low: np.ndarray, high: np.ndarray) -> tuple[float, float]:
    """Return what is shown: one wild interval must not squeeze the rest, nor tails beyond all that was seen."""
    ends = np.concatenate([y.lower, y.upper]) if isinstance(y, Interval) else y
    ends = ends[np.isfinite(ends)]
    span = (ends.max() - ends.min()) or np.inf
    bottom = min(max(np.quantile(low, 0.02), ends.min() - span), ends.min())
    top = max(min(np.quantile(high, 0.98), ends.max() + span), ends.max())
    return bottom - 0.05 * (top - bottom), top + 0.05 * (top - bottom)


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
