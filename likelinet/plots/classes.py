"""Predicted classes: reliability, the probability of the true class, the confusion matrix; of two classes, ROC."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from likelinet.distributions import Distribution
from likelinet.plots.calibration import reliability, reliability_of_class
from likelinet.plots.discrimination import precision_recall, roc
from likelinet.plots.style import BLUE, ORANGE, plain
from likelinet.scores.metrics import class_probabilities

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CELL = 0.28  # inches that a class needs in a confusion matrix, for its name and counts of four digits
LONG = 18  # letters of the name of a class that are shown


def plot_classes(d: Distribution, y: np.ndarray, labels: Sequence[str]) -> "Figure":
    """Return a figure of the reliability diagram, the probabilities given to the true class, and the confusion matrix.

    Of two classes, reliability is that of the second one, and there are its ROC curve, precision against recall, and
    its probability in the rows of each class as well.

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
        Three panels, of two classes six.
    """
    probs, codes = class_probabilities(d, y)
    from matplotlib.figure import Figure  # takes long to import

    two, side = len(labels) == 2, max(4.0, CELL * len(labels) + 1.5)
    figure = Figure(figsize=(9 + side, 2 * 4.2 if two else side + 0.8 * (side > 4.0)), layout="constrained")
    panels = figure.subplots(2 if two else 1, 3, width_ratios=(1, 1, side / 4.5), squeeze=False)
    left, middle, right = panels[0]
    middle.hist(probs[np.arange(len(codes)), codes], bins=np.linspace(0, 1, 21), color=BLUE, edgecolor="white")
    middle.set(xlabel="probability given to the true class", ylabel="rows", title="How sure, and rightly so")
    confusion(right, probs, codes, labels)
    if not two:
        reliability(left, probs, codes)
        return figure
    probability, observed = probs[:, 1], codes == 1
    reliability_of_class(left, probability, observed, labels[1])
    roc(panels[1, 0], probability, observed)
    precision_recall(panels[1, 1], probability, observed)
    by_class(panels[1, 2], probability, observed, labels)
    return figure


def confusion(axes: "Axes", probs: np.ndarray, codes: np.ndarray, labels: Sequence[str]) -> None:
    """Draw how many rows of each class have which one as their most probable; the shade is the share of the class.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Where to draw.
    probs : ndarray, shape (n, K)
        Probabilities of the classes.
    codes : ndarray, shape (n,)
        Code of each observed class.
    labels : sequence of str
        Name of each class.
    """
    from matplotlib import rcParams
    from matplotlib.colors import to_rgb  # takes long to import

    many = len(labels)
    counts = np.zeros((many, many), dtype=int)
    np.add.at(counts, (codes, probs.argmax(1)), 1)
    shade = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    axes.imshow(counts, cmap="Blues", alpha=0.0)  # the counts, under their shades
    axes.imshow(
        np.dstack([np.broadcast_to(to_rgb(BLUE), (many, many, 3)), shade])
    )  # none is the paper, also a dark one
    size = 9 if many <= 8 else 6.5
    for (i, j), count in np.ndenumerate(counts):
        if count:
            color = "white" if shade[i, j] > 0.5 else rcParams["text.color"]
            axes.text(j, i, str(count), ha="center", va="center", fontsize=size, color=color)
    short = [label if len(label) <= LONG else f"{label[: LONG - 1]}…" for label in labels]
    written = [plain(label) for label in short]
    axes.set(xlabel="most probable", ylabel="true", title="Confusion matrix")
    axes.set_xticks(range(many), written, rotation=90 if max(map(len, short)) > 3 else 0, fontsize=size)
    axes.set_yticks(range(many), written, fontsize=size)


def by_class(
    axes: "Axes",
    probability: np.ndarray,
    observed: np.ndarray,
    labels: Sequence[str],
    weight: np.ndarray | None = None,
) -> None:
    """Draw how the probability of the second of two classes lies in the rows of either class, as shares of these.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Where to draw.
    probability : ndarray, shape (n,)
        Of the second class.
    observed : ndarray of bool, shape (n,)
        Whether it was observed.
    labels : sequence of str
        Name of each class.
    weight : ndarray, shape (n,), optional
        Of each row.
    """
    edges, rows = np.linspace(0.0, 1.0, 21), np.ones(len(observed)) if weight is None else weight
    for those, label, color in ((~observed, labels[0], BLUE), (observed, labels[1], ORANGE)):
        if those.any():
            shares = np.histogram(probability[those], edges, weights=rows[those])[0] / rows[those].sum()
            axes.stairs(shares, edges, color=color, fill=True, alpha=0.45, label=f"{plain(label)} ({those.sum()} rows)")
    xlabel = f"probability of {plain(labels[1])}"
    axes.set(xlabel=xlabel, ylabel="share of the rows of a class", title="Told apart", xlim=(0, 1))
    axes.legend(framealpha=0.8, edgecolor="none", fontsize=8)
