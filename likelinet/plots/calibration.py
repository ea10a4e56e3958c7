"""Whether observed values fall where predicted distributions say: PIT, coverage, reliability."""

from typing import TYPE_CHECKING

import numpy as np

from likelinet.distributions import Distribution, Interval
from likelinet.plots.style import BLUE, GREY, plain
from likelinet.scores.calibration import pit_cdf, pit_shares
from likelinet.scores.metrics import equal_bins

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FEW = 10  # rows of a bin below which its share is noise: drawn pale, and no line leads there
SURE = 0.95  # of what is drawn as noise


def pit_histogram(axes: "Axes", d: Distribution, y: np.ndarray | Interval, weight: np.ndarray | None = None) -> None:
    """Draw the histogram of F(y), flat where the predicted distributions are right, and how far noise moves a bar.

    The band holds a bar with 95 % probability where they are; of rows with weights it is that of as many rows as have
    the same noise.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Where to draw.
    d : Distribution
        One distribution for each row.
    y : ndarray or Interval, shape (n,)
        What was observed.
    weight : ndarray, shape (n,), optional
        Of each row.
    """
    bins = max(5, min(20, len(y) // 10))
    edges = np.linspace(0.0, 1.0, bins + 1)
    rows = len(y) if weight is None else round(effective(weight))
    low, high = bins * binomial_band(1.0 / bins, rows)
    axes.bar(
        edges[:-1], bins * pit_shares(d, y, bins, weight), np.diff(edges), align="edge", color=BLUE, edgecolor="white"
    )
    axes.axhline(1.0, color=GREY, ls="--")
    axes.fill_between([0.0, 1.0], low, high, color=GREY, alpha=0.35, lw=0, zorder=3)
    axes.set(xlabel="F(y)", ylabel="density", title="PIT: flat is right", xlim=(0, 1))


def binomial_band(share: np.ndarray | float, n: int) -> np.ndarray:
    """Return between which shares of n rows 95 % of all draws lie, if each row counts with this probability.

    Parameters
    ----------
    share : float or ndarray
        The probability.
    n : int
        How many rows.

    Examples
    --------
    >>> binomial_band(0.5, 100).tolist()
    [0.4, 0.6]
    """
    from scipy.stats import binom

    return np.stack(binom.interval(SURE, n, share)) / n


def effective(weight: np.ndarray) -> float:
    """Return how many rows of one weight have means as noisy as those of rows with these weights.

    Parameters
    ----------
    weight : ndarray, shape (n,)
        Of each row.

    References
    ----------
    Kish, *Survey Sampling*, 1965.

    Examples
    --------
    >>> effective(np.array([2.0, 2.0, 2.0])), effective(np.array([3.0, 1.0]))
    (3.0, 1.6)
    """
    return float(weight.sum() ** 2 / (weight**2).sum())


def coverage_curve(axes: "Axes", d: Distribution, y: np.ndarray | Interval, weight: np.ndarray | None = None) -> None:
    """Draw how often central intervals held y against how often they should.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Where to draw.
    d : Distribution
        One distribution for each row.
    y : ndarray or Interval, shape (n,)
        What was observed.
    weight : ndarray, shape (n,), optional
        Of each row.
    """
    levels = np.linspace(0.05, 0.95, 19)
    # Not by the ends of the intervals: those of counts hold more than their level.
    inside = pit_cdf(d, y, 0.5 + 0.5 * levels, weight) - pit_cdf(d, y, 0.5 - 0.5 * levels, weight)
    axes.plot([0, 1], [0, 1], color=GREY, ls="--")
    axes.plot(levels, inside, color=BLUE, marker="o", ms=3)
    axes.set(
        xlabel="interval", ylabel="share of rows inside", title="Coverage", xlim=(0, 1), ylim=(0, 1), aspect="equal"
    )


def reliability(
    axes: "Axes", probs: np.ndarray, codes: np.ndarray, bins: int = 10, weight: np.ndarray | None = None
) -> None:
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
    weight : ndarray, shape (n,), optional
        Of each row.
    """
    _reliability(axes, probs.max(1), probs.argmax(1) == codes, bins, weight)
    axes.set(xlabel="probability of the most probable class", ylabel="share that was right")


def reliability_of_class(
    axes: "Axes",
    probability: np.ndarray,
    observed: np.ndarray,
    name: str = "1",
    bins: int = 10,
    weight: np.ndarray | None = None,
) -> None:
    """Draw how often a class was observed against how probable it was.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Where to draw.
    probability : ndarray, shape (n,)
        Of the class.
    observed : ndarray of bool, shape (n,)
        Whether it was observed.
    name : str
        Of the class.
    bins : int
        Into how many equal bins of probability the rows are put.
    weight : ndarray, shape (n,), optional
        Of each row.
    """
    _reliability(axes, probability, observed, bins, weight)
    axes.set(xlabel=f"probability of {plain(name)}", ylabel=f"share of rows with {plain(name)}")


def _reliability(axes: "Axes", probability: np.ndarray, hit: np.ndarray, bins: int, weight: np.ndarray | None) -> None:
    """Draw the share of hits of each bin with its noise and its count; no line leads to bins of few rows."""
    index, both = equal_bins(probability, bins), (probability, hit)
    filled, count = np.unique(index, return_counts=True)
    weight = np.ones(len(hit)) if weight is None else weight
    mean, right = (np.array([np.average(v[index == b], weights=weight[index == b]) for b in filled]) for v in both)
    rows = np.array([effective(weight[index == b]) for b in filled])
    many = rows >= FEW
    axes.plot([0, 1], [0, 1], color=GREY, ls="--")
    axes.plot(mean[many], right[many], color=BLUE, lw=1)
    axes.vlines(mean, *wilson(right, rows), color=BLUE, lw=1, alpha=0.5)
    axes.scatter(mean, right, s=16, color=BLUE, zorder=3).set_alpha(np.where(many, 1.0, 0.35).tolist())
    upright = bins > 10 or bool(count.max() >= 1000)  # or they run into one another
    for x, n in zip(mean, count, strict=True):
        axes.text(x, 1.03, str(n), ha="center", va="bottom", fontsize=7, color=GREY, rotation=90 if upright else 0)
    axes.set_title("Reliability, with the rows of each bin", pad=26 if upright else 14)
    axes.set(xlim=(0, 1.02), ylim=(0, 1.02), aspect="equal")


def wilson(share: np.ndarray, n: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends of the 95 % Wilson interval of a share of n rows.

    Parameters
    ----------
    share, n : ndarray
        Of each bin.

    References
    ----------
    Wilson, *J. Am. Stat. Assoc.* 22, 1927.
    """
    z = 1.959963984540054
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return np.maximum(middle - half, 0.0), np.minimum(middle + half, 1.0)
