"""How the loss fell while a model was trained."""

from typing import TYPE_CHECKING

import numpy as np

from likelinet.plots.style import BLUE, GREY, ORANGE
from likelinet.training.history import Epoch, History

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FAR = 3.0  # times the distance of the median loss from the lowest, up to which losses are shown
MEMBERS = 8  # of which each has a line of its own
HELD = 3  # epochs of one rate
SHOWN = 1.3  # times the last of the best epochs, up to which losses set the limits of the picture


def learning_curves(axes: "Axes", history: History, group: int | None = None) -> None:
    """Draw the loss of training and of held-out rows in each epoch: the mean of the members, and some of them pale.

    A line marks the epoch whose weights are kept, in the middle of the members; another one where a rate that was held
    begins to fall, from the best weights so far.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Where to draw.
    history : History
        Of a fit.
    group : int, optional
        Which of the config's `groups` to draw, counted from 0; by default all, one over the other.
    """
    groups: dict[int | None, list[Epoch]] = {}
    for epoch in history.epochs:
        if group is None or epoch.group == group:
            groups.setdefault(epoch.group, []).append(epoch)
    members = {m for epochs in groups.values() for epoch in epochs for m in epoch.members}
    best = [epoch for m, epoch in enumerate(history.best_epoch) if m in members]
    shown, reach = [], SHOWN * max(best, default=0)
    for g, epochs in enumerate(groups.values()):
        at = np.array([e.epoch for e in epochs])
        for name, color in (("train", BLUE), ("validation", ORANGE)):
            curves = _by_member(epochs, name)
            if not curves:
                continue
            for values in list(curves.values())[:MEMBERS]:
                axes.plot(at, values, color=color, lw=0.7, alpha=0.3)
            mean = _mean(list(curves.values()))
            axes.plot(at, mean, color=color, lw=1.6, label=None if g else _WORDS[name])
            near = np.isfinite(mean) & ((at <= reach) | (reach == 0.0))
            shown.append(mean[near])
        if len(groups) == 1 and (turn := _turn(np.array([e.learning_rate for e in epochs]))):
            axes.axvline(at[turn], color=GREY, ls="--", lw=1, label="the rate falls, from the best weights")
    if shown and (values := np.concatenate(shown)).size:
        # Neither the first epochs must squeeze the rest, nor what comes long after the best ones.
        low, middle, high = np.quantile(values, [0.0, 0.5, 0.97])
        high = min(high, low + FAR * (middle - low)) if middle > low else high
        margin = 0.05 * ((high - low) or 1.0)
        axes.set_ylim(low - margin, high + margin)
    if best:
        axes.axvline(float(np.median(best)), color=BLUE, ls=":", lw=1, label="kept")
    axes.set(xlabel="epoch", ylabel="negative log-likelihood", title="Learning curves")
    if shown:
        # Below the axis, where it covers no line.
        axes.legend(frameon=False, fontsize=8, loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=2)


def _turn(rates: np.ndarray) -> int:
    """Return the epoch in which a rate begins to fall that was held for some; 0 where there is none."""
    highest = int(np.argmax(rates)) if len(rates) else 0
    falling = np.flatnonzero(rates[highest:] < rates[highest])
    return highest + int(falling[0]) if len(falling) and falling[0] >= HELD else 0


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
