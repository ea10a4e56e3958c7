"""Pictures of predicted distributions against what was observed."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from likelinet.distributions import Distribution, Interval
from likelinet.scores.angles import around
from likelinet.scores.calibration import marginals, pit_cdf, pit_shares
from likelinet.scores.metrics import class_probabilities

BLUE, ORANGE, GREY = "#2f6fb0", "#d9822b", "#9aa5b1"
OUTPUTS = 4  # drawn at most
LEVELS = (0.95, 0.8, 0.5)  # central intervals drawn over each other, from pale to strong


def plot_regression(
    d: Distribution, y: np.ndarray | Interval, x: np.ndarray | None = None, names: Sequence[str] = ("x", "y")
) -> Figure:
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
        Three panels for each output.
    """
    outputs = [(d.censored_outermost(), y)]
    if d.event_shape:
        each = marginals(d)
        outputs = [(each[:, j], y[:, j]) for j in range(min(d.event_shape[0], OUTPUTS))]
    figure = Figure(figsize=(13, 4 * len(outputs)), layout="constrained")
    panels = figure.subplots(len(outputs), 3, width_ratios=(2.2, 1, 1), squeeze=False)
    for (left, middle, right), (marginal, observed), name in zip(panels, outputs, names[1:], strict=False):
        centre = None
        if marginal.is_angle:
            assert not isinstance(observed, Interval)
            centre = marginal.mean()
            marginal, observed = marginal.turned(centre), around(observed - centre)
        fan(left, marginal, observed, x, centre)
        left.set_xlabel(names[0] if x is not None else "rows, sorted by predicted median")
        left.set_ylabel(name)
        pit_histogram(middle, marginal, observed)
        coverage_curve(right, marginal, observed)
    return figure


def plot_classes(d: Distribution, y: np.ndarray, labels: Sequence[str]) -> Figure:
    """Return a figure of the reliability diagram, the probabilities given to the true class, and the confusion matrix.

    Parameters
    ----------
    d : Distribution
        Bernoulli, Categorical or Labelled, one per row.
    y : ndarray
        Observed classes.
    labels : sequence of str
        Name of each class.

    Returns
    -------
    Figure
        Three panels.
    """
    probs, codes = class_probabilities(d, y)
    figure = Figure(figsize=(13, 4), layout="constrained")
    left, middle, right = figure.subplots(1, 3)
    reliability(left, probs, codes)
    middle.hist(probs[np.arange(len(codes)), codes], bins=np.linspace(0, 1, 21), color=BLUE, edgecolor="white")
    middle.set(xlabel="probability given to the true class", ylabel="rows", title="How sure, and rightly so")
    counts = np.zeros((len(labels), len(labels)), dtype=int)
    np.add.at(counts, (codes, probs.argmax(1)), 1)
    right.imshow(counts, cmap="Blues")
    for (i, j), count in np.ndenumerate(counts):
        if count:
            right.text(
                j, i, str(count), ha="center", va="center", color="white" if count > counts.max() / 2 else "black"
            )
    right.set(xlabel="most probable", ylabel="true", title="Confusion matrix")
    right.set_xticks(range(len(labels)), labels, rotation=90 if max(map(len, labels)) > 3 else 0)
    right.set_yticks(range(len(labels)), labels)
    return figure


def fan(
    axes: Axes,
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
    _observed(axes, at, y[order])
    # One wild interval must not squeeze the rest.
    low, high = d.interval(LEVELS[0])
    ends = np.concatenate([y.lower, y.upper]) if isinstance(y, Interval) else y
    ends = ends[np.isfinite(ends)]
    span = (ends.max() - ends.min()) or np.inf  # nor must tails beyond all that was seen
    bottom = min(max(np.quantile(low, 0.02), ends.min() - span), ends.min())
    top = max(min(np.quantile(high, 0.98), ends.max() + span), ends.max())
    axes.set_ylim(bottom - 0.05 * (top - bottom), top + 0.05 * (top - bottom))
    _legend(axes)


def _fan_of_angles(axes: Axes, d: Distribution, y: np.ndarray, x: np.ndarray | None, centre: np.ndarray) -> None:
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
    _observed(axes, at, around(y + centre)[order])
    axes.set_ylim(-np.pi, np.pi)
    axes.set_yticks([-np.pi, -np.pi / 2, 0, np.pi / 2, np.pi], ["-π", "-π/2", "0", "π/2", "π"])
    _legend(axes)


def _legend(axes: Axes) -> None:
    axes.legend(framealpha=0.8, edgecolor="none", fontsize=8, loc="upper left").set_zorder(5)
    axes.set_title("Predicted distributions")


def _observed(axes: Axes, at: np.ndarray, y: np.ndarray | Interval) -> None:
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


def pit_histogram(axes: Axes, d: Distribution, y: np.ndarray | Interval) -> None:
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


def coverage_curve(axes: Axes, d: Distribution, y: np.ndarray | Interval) -> None:
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


def reliability(axes: Axes, probs: np.ndarray, codes: np.ndarray, bins: int = 10) -> None:
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
    index = np.minimum((confidence * bins).astype(int), bins - 1)
    filled = np.unique(index)
    mean = [confidence[index == b].mean() for b in filled]
    right = [hit[index == b].mean() for b in filled]
    size = [4 + 60 * (index == b).mean() for b in filled]
    axes.plot([0, 1], [0, 1], color=GREY, ls="--")
    axes.plot(mean, right, color=BLUE, lw=1)
    axes.scatter(mean, right, s=size, color=BLUE, zorder=3)
    axes.set(xlabel="probability of the most probable class", ylabel="share that was right", title="Reliability")
    axes.set(xlim=(0, 1.02), ylim=(0, 1.02), aspect="equal")
