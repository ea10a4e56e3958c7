"""Names from data are written in pictures as they are: dollar signs begin no formula."""

import html
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from matplotlib import rc_context
from matplotlib.figure import Figure

import likelinet as ll
from likelinet import plots
from likelinet.explain import Importance, PartialDependence
from tests.small import labels, quick, table
from tests.test_report import checked

WILD = "<$50k_{$"  # matplotlib would read a formula between the signs, and fails at its brace
ODD = r"a\$b_$c$"  # with a backslash of its own, and three signs
RNG = np.random.default_rng(0)
N = 40
P, CODES = RNG.uniform(0.05, 0.95, N), np.arange(N) % 2
BERNOULLI = ll.Bernoulli(probs=P)
TIMES = ll.Interval.right_censored(RNG.uniform(1.0, 3.0, N), CODES == 1)
AT = np.array([0.0, 1.0])
ONE = PartialDependence(WILD, [WILD, ODD], *[AT[:, None]] * 3, rows=5)
TWO = PartialDependence("x", AT, *[np.full((2, 2), 0.5)] * 3, rows=5, of_classes=True)
SEVERAL = PartialDependence("x", AT, *[np.eye(3)[:2]] * 3, rows=5, of_classes=True)
BARS = Importance([WILD, ODD], *[np.ones(2)] * 5, rows=5, of=("mean", "entropy"))
NAMES = {
    "classes": lambda: plots.plot_classes(BERNOULLI, CODES, [WILD, ODD]),
    "numbers": lambda: plots.plot_regression(ll.Gaussian(P, 1.0), P, P, [WILD, ODD]),
    "times": lambda: plots.plot_regression(ll.Censored(ll.Weibull(2.0, np.ones(N))), TIMES, P, [WILD, ODD]),
    "rows": lambda: alone(lambda a: plots.densities(a, ll.Gaussian([0.0, 1.0], 1.0), AT, [WILD, ODD])),
    "bars": lambda: alone(lambda a: plots.importance(a, BARS)),
    "cells": lambda: alone(lambda a: plots.partial_dependence(a, ONE)),
    "one of two": lambda: alone(lambda a: plots.partial_dependence(a, TWO, [ODD, WILD])),
    "several": lambda: alone(lambda a: plots.partial_dependence(a, SEVERAL, [ODD, WILD, "c"])),
}


def alone(draw: Callable) -> Figure:
    """Return a figure of one panel that a function draws."""
    figure = Figure()
    draw(figure.subplots())
    return figure


@pytest.mark.parametrize("figure", NAMES.values(), ids=NAMES)
def test_names_are_written_letter_by_letter(figure: Callable[[], Figure]):
    file = io.StringIO()
    with rc_context({"svg.fonttype": "none"}):
        figure().savefig(file, format="svg")
    text = html.unescape(file.getvalue())
    assert WILD in text
    assert "\\$" not in text.replace(ODD, "")
    assert (ODD in text) == (figure is not NAMES["one of two"])  # of which the second class alone is named


def test_a_report_of_such_names(tmp_path: Path):
    X, _ = table(40)
    columns = {"$a_{$": X[:, 0], "kind": labels(X, [WILD, "b", "c"]), "$y^$": labels(X, [WILD, ODD])}
    declared = {"data": {"target": "$y^$"}, "distribution": {"kind": "bernoulli"}}
    model = quick(**declared).fit(columns, progress=False)
    path = model.report(columns, path=tmp_path / "r.html")
    checked(path)
    text = html.unescape(path.read_text(encoding="utf-8"))
    for name in ("$a_{$", "kind", WILD, ODD):
        assert f">{name}</text>" in text or f"of {name}</text>" in text
