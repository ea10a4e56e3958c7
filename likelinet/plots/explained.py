"""What moves predictions: bars of importance, lines of partial dependence."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from likelinet.explain.importance import Importance
from likelinet.explain.partial_dependence import PartialDependence
from likelinet.plots.style import BLUE, COLORS, ORANGE, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FEATURES = 15  # drawn at most
LONG = 22  # letters of a name that are shown


def importance(axes: "Axes", found: Importance, measure: str = "log_score") -> None:
    """Draw a bar for each of the most important features, those that bring the highest log score first.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Where to draw.
    found : Importance
        As `Model.importance` returns it.
    measure : {"log_score", "crps", "location", "spread"}
        What the bars are; those of the log score have two standard errors either way.
    """
    order = found.order[:FEATURES][::-1]
    values = getattr(found, measure)[order]
    most = np.max(np.abs(values[np.isfinite(values)]), initial=0.0) or 1.0
    names = [_short(found.names[int(i)]) for i in order]
    color = ORANGE if measure == "spread" else BLUE
    axes.barh(range(len(order)), np.clip(np.nan_to_num(values, nan=0.0), -most, 1.05 * most), color=color)
    if measure == "log_score":
        error = np.where(np.isfinite(found.standard_error[order]), found.standard_error[order], 0.0)
        middle = np.clip(values, -most, 1.05 * most)
        axes.hlines(range(len(order)), middle - 2 * error, middle + 2 * error, color=ORANGE, lw=1)
    axes.set_yticks(range(len(order)), names)
    words = {"log_score": "fall of the log score (nats)", "crps": "rise of the CRPS"}
    words |= {name: f"mean move of the {what}" for name, what in zip(("location", "spread"), found.of, strict=True)}
    axes.set(xlabel=words[measure], title=_TITLES[measure])


_TITLES = {"log_score": "For the score", "crps": "For the CRPS", "location": "For location", "spread": "For spread"}


def partial_dependence(axes: "Axes", found: PartialDependence, names: Sequence[str] = ()) -> None:
    """Draw the mean of median and 80 % interval, or of the probabilities of classes, along a feature.

    Of two classes the second one is drawn, and of many the first few.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Where to draw.
    found : PartialDependence
        As `Model.partial_dependence` returns it.
    names : sequence of str
        Of the outputs or classes, where there are several.
    """
    place = range(len(found.at)) if isinstance(found.at, list) else found.at
    many = found.centre.shape[1]
    drawn = [1] if many == 2 and found.of_classes else range(many)
    for k, color in zip(drawn, COLORS, strict=False):
        centre, low, high = found.centre[:, k], found.low[:, k], found.high[:, k]
        label = plain(names[k]) if k < len(names) else None
        if isinstance(found.at, list):
            if len(drawn) == 1:
                axes.vlines(place, low, high, color=color, lw=4, alpha=0.3)
            axes.plot(place, centre, "o", color=color, ms=5, label=label)
        else:
            if len(drawn) == 1:  # bands over each other say nothing
                axes.fill_between(place, low, high, color=color, alpha=0.2, lw=0)
            axes.plot(place, centre, color=color, label=label)
    if isinstance(found.at, list):
        axes.set_xticks(list(place), [_short(cell) for cell in found.at], rotation=40, ha="right")
    elif found.at.dtype.kind == "M":
        from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

        locator = AutoDateLocator(minticks=2, maxticks=5)  # or it warns of spans that it has no step for
        axes.xaxis.set_major_locator(locator)
        axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))
    axes.set_xlabel(_short(found.name))
    if found.of_classes:
        axes.set_ylabel(f"probability of {_short(names[1])}" if many == 2 and names else "probability")
    if len(drawn) > 1 and names:
        axes.legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1.0, 0.5))  # where it covers nothing


def _short(name: str) -> str:
    return plain(name if len(name) <= LONG else f"{name[: LONG - 1]}…")
