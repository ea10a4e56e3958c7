"""Section on the rows that predictions fit worst, and that lie farthest out in them."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from likelinet.distributions import Distribution, Interval
from likelinet.explain.importance import Importance
from likelinet.report.case import Case
from likelinet.report.html import Section, said, table
from likelinet.scores.calibration import log_prob, pit_bounds
from likelinet.scores.metrics import class_probabilities

ROWS = 10
FEATURES = 4  # whose cells are shown beside
TAIL = (
    "The tail is the probability, by the prediction, of a y as far out as the observed one or farther, on either side: "
    "twice the smaller of P(Y ≤ y) and P(Y ≥ y), at most 1. Of a y between two ends it is that of the nearer one."
)


def surprising(case: Case, found: Importance | None) -> Section:
    """Return the rows of the lowest log score, and those with the least probability beyond y."""
    score = log_prob(case.d, case.y)
    worst = np.argsort(score, kind="stable")[:ROWS]
    names = [] if found is None else [found.names[int(i)] for i in found.order]
    names = [name for name in names if name in case.rows.table.columns]
    parts = [said(TAIL)] if case.of_one_number else []
    parts.append(_table(case, worst, score, names[:FEATURES], "The lowest log scores."))
    if case.of_one_number and not case.d.is_angle:
        tail = tails(case.d.censored_outermost(), case.y)
        least = np.argsort(tail, kind="stable")[:ROWS]
        parts.append(_table(case, least, score, names[:FEATURES], "The farthest out: the least probability beyond y."))
        n, far = len(tail), int((tail < 0.01).sum())
        parts.append(said(f"{far} of {n} rows have a tail below 1 %, of a right model about {n / 100:.3g}."))
    return Section("surprising", "Worst and most surprising rows", parts)


def tails(d: Distribution, y: np.ndarray | Interval) -> np.ndarray:
    """Return twice the smaller of P(Y ≤ y) and P(Y ≥ y), at most 1; of an interval, by its end that is less far out."""
    below, within = pit_bounds(d, y)
    return np.minimum(1.0, 2.0 * np.minimum(within, 1.0 - below))


def _table(case: Case, at: np.ndarray, score: np.ndarray, names: Sequence[str], caption: str) -> str:
    cells = {name: np.asarray(case.rows.table.column(name)[at].tolist(), dtype=object) for name in names}
    head, columns = ["row"], [[case.rows.table.number_of(int(i)) for i in at]]
    for name, values in _beside(case, at).items():
        head.append(name)
        columns.append(values)
    head += ["log score", *names]
    columns += [[float(s) for s in score[at]], *([_cell(v) for v in values] for values in cells.values())]
    return table(head, zip(*columns, strict=True), caption)


def _beside(case: Case, at: np.ndarray) -> dict[str, list[Any]]:
    """Return what was observed, and what was predicted, of some rows."""
    d, y = case.d[at], case.y[at]
    if case.of_classes:
        assert not isinstance(y, Interval)
        classes = d.class_marginals()
        assert classes is not None
        probs, codes = class_probabilities(classes, y)
        labels = case.labels
        likely = [labels[k] for k in probs.argmax(1)]
        true = probs[np.arange(len(at)), codes]
        return {"y": [labels[k] for k in codes], "its probability": true.tolist(), "most probable": likely}
    if not case.of_one_number:
        return {}
    plain = d.censored_outermost()
    low, high = plain.interval(0.8)
    return {
        "y": _observed(y),
        "median": plain.median().astype(float).tolist(),
        "80 % from": low.astype(float).tolist(),
        "to": high.astype(float).tolist(),
        "tail": tails(plain, y).tolist(),
    }


def _observed(y: np.ndarray | Interval) -> list[Any]:
    if not isinstance(y, Interval):
        return np.asarray(y, dtype=float).tolist()
    ends = zip(y.lower.tolist(), y.upper.tolist(), strict=True)
    return [f"{low:g}" if low == high else f"{low:g} … {high:g}" for low, high in ends]


def _cell(value: Any) -> Any:
    return float(value) if isinstance(value, float) else "" if value is None else str(value)
