"""How well the probability of a class tells it from the others: ROC and precision-recall curves."""

from typing import TYPE_CHECKING

import numpy as np

from likelinet.plots.style import BLUE, GREY
from likelinet.scores.discrimination import average_precision, roc_auc

if TYPE_CHECKING:
    from matplotlib.axes import Axes

POINTS = 500  # of a curve that are drawn, at most


def roc(axes: "Axes", probability: np.ndarray, observed: np.ndarray, weight: np.ndarray | None = None) -> None:
    """Draw the share of the class that is found against that of the others which are taken for it.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Where to draw.
    probability : ndarray, shape (n,)
        Of the class.
    observed : ndarray of bool, shape (n,)
        Whether it was observed.
    weight : ndarray, shape (n,), optional
        Of each row.
    """
    hits, false = _thresholds(probability, observed, weight)
    area = roc_auc(probability, observed, weight)
    axes.plot([0, 1], [0, 1], color=GREY, ls="--")
    if area is not None:
        axes.plot(*_thinned(false / false[-1], hits / hits[-1]), color=BLUE)
    axes.set(xlabel="share of the others", ylabel="share of the class that is found", xlim=(0, 1), ylim=(0, 1.01))
    axes.set(aspect="equal", title=_with_area("ROC", area))


def precision_recall(
    axes: "Axes", probability: np.ndarray, observed: np.ndarray, weight: np.ndarray | None = None
) -> None:
    """Draw which share of the rows above a threshold is of the class against the share of it that is found.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Where to draw.
    probability : ndarray, shape (n,)
        Of the class.
    observed : ndarray of bool, shape (n,)
        Whether it was observed.
    weight : ndarray, shape (n,), optional
        Of each row.
    """
    hits, false = _thresholds(probability, observed, weight)
    area = average_precision(probability, observed, weight)
    axes.axhline(float(np.average(observed, weights=weight)), color=GREY, ls="--")
    if area is not None:
        recall, precision = hits[1:] / hits[-1], hits[1:] / (hits[1:] + false[1:])
        axes.plot(*_thinned(recall, precision), color=BLUE, drawstyle="steps-pre")
    axes.set(xlabel="share of the class that is found", ylabel="precision", xlim=(0, 1), ylim=(0, 1.01))
    axes.set(aspect="equal", title=_with_area("Precision and recall", area))


def _thresholds(
    probability: np.ndarray, observed: np.ndarray, weight: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the weight of the rows of the class, and of the others, above each probability or at it, from none on."""
    order = np.argsort(-probability, kind="stable")
    last = np.append(np.diff(probability[order]) != 0.0, True)  # of the rows that are alike
    each = 1.0 if weight is None else weight
    hits, false = (np.cumsum(np.where(of, each, 0.0)[order])[last] for of in (observed, ~observed))
    return np.append(0.0, hits), np.append(0.0, false)


def _thinned(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    at = np.unique(np.linspace(0, len(x) - 1, min(len(x), POINTS)).round().astype(int))
    return x[at], y[at]


def _with_area(name: str, area: float | None) -> str:
    return f"{name} (none: all rows are of one class)" if area is None else f"{name}, area {area:.3f}"
