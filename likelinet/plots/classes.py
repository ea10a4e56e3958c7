"""Predicted classes: reliability, the probability of the true class, the confusion matrix."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from likelinet.distributions import Distribution
from likelinet.plots.calibration import reliability
from likelinet.plots.style import BLUE
from likelinet.scores.metrics import class_probabilities

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def plot_classes(d: Distribution, y: np.ndarray, labels: Sequence[str]) -> "Figure":
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
    from matplotlib.figure import Figure  # takes long to import

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
