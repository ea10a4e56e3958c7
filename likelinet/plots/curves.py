"""How the loss fell while a model was trained."""

from typing import TYPE_CHECKING

import numpy as np

from likelinet.plots.style import BLUE, ORANGE
from likelinet.training.history import Epoch, History

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MEMBERS = 8  # of which each has a line of its own


def learning_curves(axes: "Axes", history: History) -> None:
    """Draw the loss of training and of held-out rows in each epoch: the mean of the members, and some of them pale.

    Groups of members follow one another, each with a line of its own.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Where to draw.
    history : History
        Of a fit.
    """
    groups: dict[int | None, list[Epoch]] = {}
    for epoch in history.epochs:
        groups.setdefault(epoch.group, []).append(epoch)
    shown = []
    for g, epochs in enumerate(groups.values()):
        for name, color in (("train", BLUE), ("validation", ORANGE)):
            curves = _by_member(epochs, name)
            if not curves:
                continue
            at = [e.epoch for e in epochs]
            for values in list(curves.values())[:MEMBERS]:
                axes.plot(at, values, color=color, lw=0.7, alpha=0.3)
            mean = _mean(list(curves.values()))
            axes.plot(at, mean, color=color, lw=1.6, label=None if g else _WORDS[name])
            shown.append(mean[np.isfinite(mean)])
    if shown and (values := np.concatenate(shown)).size:
        low, high = values.min(), np.quantile(values, 0.97)  # the first epochs must not squeeze the rest
        margin = 0.05 * ((high - low) or 1.0)
        axes.set_ylim(low - margin, high + margin)
    if history.best_epoch:
        best = float(np.median(history.best_epoch))
        axes.axvline(best, color=BLUE, ls=":", lw=1, label="kept")
    axes.set(xlabel="epoch", ylabel="negative log-likelihood", title="Learning curves")
    if shown:
        axes.legend(framealpha=0.8, edgecolor="none", fontsize=8, loc="upper right")


_WORDS = {"train": "training rows", "validation": "held-out rows"}


def _by_member(epochs: list[Epoch], name: str) -> dict[int, np.ndarray]:
    """Return the loss of each member in each epoch, NaN where it had ended."""
    members = sorted({m for e in epochs for m in e.members})
    found = {m: np.full(len(epochs), np.nan) for m in members}
    for i, e in enumerate(epochs):
        values = e.train_nll if name == "train" else e.validation_nll
        for m, value in zip(e.members, values or [], strict=False):
            found[m][i] = value
    return {m: values for m, values in found.items() if np.isfinite(values).any()}


def _mean(curves: list[np.ndarray]) -> np.ndarray:
    """Return the mean over those members that still train."""
    each = np.array(curves)
    there = np.isfinite(each)
    return np.where(there, each, 0.0).sum(0) / np.where(there.any(0), there.sum(0), np.nan)
