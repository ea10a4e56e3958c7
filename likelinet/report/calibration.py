"""Sections on whether observed values fall where predictions say, and on the distributions of single rows."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from likelinet.distributions import Interval
from likelinet.plots.calibration import coverage_curve, pit_histogram, reliability, reliability_of_class
from likelinet.plots.classes import CELL, by_class, confusion
from likelinet.plots.densities import densities
from likelinet.plots.discrimination import precision_recall, roc
from likelinet.plots.intervals import LEVELS as DRAWN
from likelinet.plots.intervals import SORTED, beyond, fan
from likelinet.plots.style import plain
from likelinet.plots.survival import has_survival, survival
from likelinet.report.case import Case
from likelinet.report.figures import WIDE, svg
from likelinet.report.html import Section, pictures, said, table
from likelinet.scores.angles import around
from likelinet.scores.calibration import marginals, pit_cdf
from likelinet.scores.metrics import class_probabilities

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LEVELS = (0.5, 0.8, 0.9, 0.95)
CHOSEN = 8  # rows whose distributions are drawn
OUTPUTS = 3  # drawn at most
BEYOND = (
    "a family with this bound, such as one of positive numbers, or 'clipped', gives what lies beyond no probability."
)
MATRIX = "The confusion matrix counts rows, whatever their weights; the other pictures weigh them."


def calibration(case: Case) -> Section:
    """Return pictures of calibration, and the coverage of some intervals."""
    return Section("calibration", "Calibration", _of_classes(case) if case.of_classes else _of_numbers(case))


def _of_classes(case: Case) -> list[str]:
    assert not isinstance(case.y, Interval)
    classes = case.d.class_marginals()
    assert classes is not None
    probs, codes = class_probabilities(classes, case.y)
    labels, weight = case.labels, case.weight
    side = min(max(3.6, CELL * len(labels) + 1.5), 12.0)
    matrix = svg(lambda a: confusion(a, probs, codes, labels), "confusion", (side + 0.6, side))
    if len(labels) == 2:
        one, was = probs[:, 1], codes == 1
        drawn = [
            (
                svg(lambda a: reliability_of_class(a, one, was, labels[1], weight=weight), "reliability"),
                "Reliability of the second class",
            ),
            (svg(lambda a: roc(a, one, was, weight), "roc"), "ROC curve"),
            (svg(lambda a: precision_recall(a, one, was, weight), "pr"), "Precision against recall"),
            (svg(lambda a: by_class(a, one, was, labels, weight), "apart"), "Probabilities in the rows of each class"),
        ]
    else:
        drawn = [
            (
                svg(lambda a: reliability(a, probs, codes, weight=weight), "reliability"),
                "Reliability of the most probable class",
            )
        ]
    count = np.bincount(codes, minlength=len(labels))
    share = [np.average(codes == k, weights=case.weight).item() for k in range(len(labels))]
    mean = np.average(probs, axis=0, weights=case.weight).tolist()
    rows = zip(labels, count.tolist(), share, mean, strict=True)
    shares = table(["class", "rows", "share", "mean probability"], rows)
    weighed = [said(MATRIX)] if (weight != weight[0]).any() else []
    return [pictures([*drawn, (matrix, "Confusion matrix")]), *weighed, shares]


def _of_numbers(case: Case) -> list[str]:
    if case.d.class_marginals() is not None:
        return [said("There is no picture of the calibration of several outputs that are classes.")]
    parts = []
    outputs = [(case.y_in_words, case.d.censored_outermost(), case.y)]
    if case.d.event_shape:
        each, names = marginals(case.d), case.model.target_names
        outputs = [(names[j], each[:, j], case.y[:, j]) for j in range(min(len(names), OUTPUTS))]
    for j, (name, d, y) in enumerate(outputs):
        centre = None
        if d.is_angle:
            assert not isinstance(y, Interval)
            centre = d.mean()
            d, y = d.turned(centre), around(y - centre)
        wide = svg(_labelled(partial(fan, d=d, y=y, centre=centre), SORTED, name), f"fan{j}", WIDE)
        drawn = [
            (svg(partial(pit_histogram, d=d, y=y, weight=case.weight), f"pit{j}"), f"Histogram of F(y) of {name}"),
            (
                svg(partial(coverage_curve, d=d, y=y, weight=case.weight), f"coverage{j}"),
                f"Coverage of intervals of {name}",
            ),
        ]
        if has_survival(y):
            assert isinstance(y, Interval)
            drawn.append(
                (
                    svg(partial(survival, d=d, y=y, weight=case.weight), f"survival{j}"),
                    "Survival, beside Kaplan and Meier",
                )
            )
        rows = []
        for level in LEVELS:
            inside = np.diff(pit_cdf(d, y, np.array([0.5 - 0.5 * level, 0.5 + 0.5 * level]), case.weight))
            low, high = d.interval(level)
            rows.append([f"{level:.0%}", float(inside[0]), float(np.average(high - low, weights=case.weight))])
        past = [said(f"Here {words}: {BEYOND}") for words in beyond(y, *d.interval(DRAWN[0]))]
        parts += [
            pictures([(wide, f"Intervals of {name}, with what was observed")]),
            *(past if centre is None else []),
            pictures(drawn),
            table(["interval", "share inside", "mean width"], rows, f"Central intervals of {name}."),
        ]
    return parts


def single_rows(case: Case) -> Section | None:
    """Return the distributions of some rows, spread evenly over the predicted medians; None of other y."""
    if not case.of_one_number or case.d.is_angle:
        return None
    order = np.argsort(case.d.median(), kind="stable")
    at = np.unique(order[np.linspace(0, len(order) - 1, CHOSEN).round().astype(int)])
    at = order[np.isin(order, at)]
    names = [f"row {case.rows.table.number_of(int(i))}" for i in at]
    some, y = case.d[at], case.y[at]
    draw = _labelled(partial(densities, d=some, y=y, names=names), case.y_in_words, "")
    drawn = svg(draw, "densities", (WIDE[0], 0.5 * len(at) + 1.0))
    words = "Rows spread evenly over the predicted medians, the lowest first; the strong line is what was observed."
    words += " A bar with a dot is the probability of a single value." if case.d.atoms else ""
    return Section("rows", "Distributions of single rows", [said(words), pictures([(drawn, "Densities of rows")])])


def _labelled(draw: Callable[["Axes"], object], x: str, y: str) -> Callable[["Axes"], None]:
    """Return what draws the same, with what is along the axes."""

    def labelled(axes: "Axes") -> None:
        draw(axes)
        axes.set(xlabel=plain(x), ylabel=plain(y))

    return labelled
