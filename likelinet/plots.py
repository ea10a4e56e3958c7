"""Pictures of predicted distributions against what was observed."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from likelinet.distributions import Distribution, Independent
from likelinet.metrics import class_probabilities, pit

BLUE, ORANGE, GREY = "#2f6fb0", "#d9822b", "#9aa5b1"
LEVELS = (0.95, 0.8, 0.5)  # central intervals drawn over each other, from pale to strong


def plot_regression(
    d: Distribution, y: np.ndarray, x: np.ndarray | None = None, names: Sequence[str] = ("x", "y")
) -> Figure:
    """Return a figure of intervals with the observed values, the PIT histogram and the coverage curve.

    Parameters
    ----------
    d : Distribution
        One univariate distribution per row, or `Independent` outputs, whose marginals are drawn.
    y : ndarray
        Observed values.
    x : ndarray, shape (n,), optional
        The only feature, for the horizontal axis; without it rows are sorted by their predicted median.
    names : sequence of str
        Of x and y.

    Returns
    -------
    Figure
        Three panels.
    """
    if isinstance(d, Independent):
        d, y, x = d.base._flat(d.base.batch_shape), np.asarray(y).reshape(-1), None
    figure = Figure(figsize=(13, 4), layout="constrained")
    left, middle, right = figure.subplots(1, 3, width_ratios=(2.2, 1, 1))
    fan(left, d, y, x)
    left.set_xlabel(names[0] if x is not None else "rows, sorted by predicted median")
    left.set_ylabel(names[1])
    pit_histogram(middle, d, y)
    coverage_curve(right, d, y)
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


def fan(axes: Axes, d: Distribution, y: np.ndarray, x: np.ndarray | None = None) -> None:
    """Draw central intervals of each row and the observed values, along x or in the order of the median."""
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
    axes.scatter(at, y[order], s=9, color=ORANGE, label="observed", zorder=3, linewidths=0)
    # One wild interval must not squeeze the rest.
    low, high = d.interval(LEVELS[0])
    bottom, top = min(np.quantile(low, 0.02), y.min()), max(np.quantile(high, 0.98), y.max())
    axes.set_ylim(bottom - 0.05 * (top - bottom), top + 0.05 * (top - bottom))
    axes.legend(frameon=False, fontsize=8, loc="upper left")
    axes.set_title("Predicted distributions")


def pit_histogram(axes: Axes, d: Distribution, y: np.ndarray) -> None:
    """Draw the histogram of F(y), flat where the predicted distributions are right."""
    values = pit(d, y)
    bins = max(5, min(20, len(values) // 10))
    axes.hist(values, bins=np.linspace(0, 1, bins + 1).tolist(), density=True, color=BLUE, edgecolor="white")
    axes.axhline(1.0, color=GREY, ls="--")
    axes.set(xlabel="F(y)", ylabel="density", title="PIT: flat is right", xlim=(0, 1))


def coverage_curve(axes: Axes, d: Distribution, y: np.ndarray) -> None:
    """Draw how often central intervals held y against how often they should."""
    levels = np.linspace(0.05, 0.95, 19)
    inside = [np.mean((low <= y) & (y <= high)) for low, high in map(d.interval, levels)]
    axes.plot([0, 1], [0, 1], color=GREY, ls="--")
    axes.plot(levels, inside, color=BLUE, marker="o", ms=3)
    axes.set(
        xlabel="interval", ylabel="share of rows inside", title="Coverage", xlim=(0, 1), ylim=(0, 1), aspect="equal"
    )


def reliability(axes: Axes, probs: np.ndarray, codes: np.ndarray, bins: int = 10) -> None:
    """Draw how often the most probable class was right against how probable it was."""
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
