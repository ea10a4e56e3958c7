"""Sections on features: what each does for score, location and spread, and how predictions move along some."""

from functools import partial

import numpy as np

from likelinet.explain.importance import Importance
from likelinet.plots.explained import importance, partial_dependence
from likelinet.report.case import Case
from likelinet.report.figures import svg
from likelinet.report.html import Section, pictures, said, table

CELLS = 60_000  # rows times features that are predicted again, at most
LEAST, MOST = 100, 1000  # rows for importance
SHOWN = 6  # features with a line of partial dependence
LISTED = 40


def measured(case: Case) -> Importance:
    """Return the importance of each feature."""
    features = max(1, sum(1 for kind in case.model.kinds if kind.width))
    rows = int(np.clip(CELLS // features, LEAST, MOST))
    return case.model.importance(*case.given, rows=rows, seed=case.seed)


def features(case: Case, found: Importance) -> Section:
    """Return what each feature does."""
    size = (4.8, 0.24 * min(len(found.names), 15) + 1.2)
    drawn = [
        (svg(partial(importance, found=found, measure=measure), f"importance-{measure}", size), words)
        for measure, words in (
            ("log_score", "Features by the log score that they bring"),
            ("location", "By how much each feature moves the location"),
            ("spread", "By how much each feature moves the spread"),
        )
    ]
    rows = [
        [
            found.names[i],
            *(float(v[i]) for v in (found.log_score, found.standard_error, found.crps, found.location, found.spread)),
        ]
        for i in found.order[:LISTED]
    ]
    words = (
        f"The cells of one feature after the other change places among {found.rows} rows. What the log score falls by "
        "is what the feature is worth; how far the predicted location and spread move says for what. Features that say "
        "the same stand in for one another, and each by itself seems to do little."
    )
    error = "Brier score rises" if case.of_classes else "CRPS rises"
    head = ["feature", "log score falls", "std. error", error, *(f"{what} moves" for what in found.of)]
    return Section("importance", "What each feature does", [said(words), pictures(drawn), table(head, rows)])


def dependence(case: Case, found: Importance) -> Section | None:
    """Return how predictions move along the features that move location or spread most; None where there are none."""
    each = [
        np.argsort(-np.nan_to_num(values), kind="stable") for values in (found.log_score, found.location, found.spread)
    ]
    turns = [int(i) for trio in zip(*each, strict=True) for i in trio]
    names = [found.names[i] for i in dict.fromkeys(turns)][:SHOWN]
    if not names:
        return None
    outputs = case.labels if case.of_classes else case.model.target_names if case.d.event_shape else []
    drawn = []
    for j, name in enumerate(names):
        line = case.model.partial_dependence(case.rows.table, name, points=20, rows=100)
        picture = svg(partial(partial_dependence, found=line, names=outputs), f"partial{j}", (4.8, 3.2))
        drawn.append((picture, f"Predictions along {name}"))
    what = "probability" if case.of_classes else f"{found.of[0]} and 80 % interval"
    words = f"Means over rows of the predicted {what}, where one feature is set to each value and all others stay."
    return Section("partial", "Predictions along a feature", [said(words), pictures(drawn)])
