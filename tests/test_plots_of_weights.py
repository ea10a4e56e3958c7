"""Pictures of rows with weights: those of rows that are there as often, and in the report they are such."""

from functools import partial

import numpy as np
import pytest
from sklearn import metrics

import likelinet as ll
from likelinet import plots
from likelinet.model.predicted import Predicted
from likelinet.plots.calibration import binomial_band, wilson
from likelinet.report.calibration import calibration
from likelinet.report.case import Case
from likelinet.report.figures import svg
from likelinet.scores.metrics import equal_bins
from tests.small import labels, quick, table
from tests.test_plots import axes

RNG = np.random.default_rng(0)
N = 400
WEIGHT = RNG.integers(1, 4, N).astype(float)
OFTEN = np.repeat(np.arange(N), WEIGHT.astype(int))
Y = RNG.normal(0.3, 1.2, N)
D = ll.Gaussian(np.zeros(N), 1.0)
P = RNG.uniform(0.0, 1.0, N).round(2)  # with ties
HIT = RNG.random(N) < P
PROBS = np.column_stack([1.0 - P, P])
TIMES = ll.Interval.right_censored(RNG.exponential(2.0, N), RNG.random(N) < 0.7)
EXPONENTIAL = ll.Censored(ll.Exponential(RNG.uniform(0.2, 0.8, N)))


def test_bars_of_f_and_their_noise():
    ax, often = axes(plots.pit_histogram, D, Y, WEIGHT), axes(plots.pit_histogram, D[OFTEN], Y[OFTEN])
    np.testing.assert_allclose(*([p.get_height() for p in a.patches] for a in (ax, often)), rtol=1e-12)
    rows = round(WEIGHT.sum() ** 2 / (WEIGHT @ WEIGHT))
    band = ax.collections[0].get_paths()[0].vertices[:, 1]
    assert (band.min(), band.max()) == pytest.approx(tuple(20 * binomial_band(0.05, rows)), rel=1e-12)


DRAWN = {
    "coverage": (plots.coverage_curve, (D, Y), 1),
    "reliability": (plots.reliability, (PROBS, HIT.astype(int)), 1),
    "of a class": (plots.reliability_of_class, (P, HIT), 1),
    "Kaplan-Meier": (plots.survival, (EXPONENTIAL, TIMES), 0),
    "mean survival": (plots.survival, (EXPONENTIAL, TIMES), 1),
}


@pytest.mark.parametrize(("draw", "given", "which"), DRAWN.values(), ids=DRAWN)
def test_lines_are_those_of_rows_that_are_there_as_often(draw, given, which: int):
    ax, often = axes(draw, *given, weight=WEIGHT), axes(draw, *(part[OFTEN] for part in given))
    np.testing.assert_allclose(ax.lines[which].get_xydata(), often.lines[which].get_xydata(), rtol=1e-9)
    bare = axes(draw, *given).lines[which].get_ydata()
    assert np.abs(ax.lines[which].get_ydata() - bare).max() > 1e-3


def test_the_noise_of_a_share_is_that_of_its_weights():
    ax = axes(plots.reliability_of_class, P, HIT, weight=WEIGHT)
    index = equal_bins(P, 10)
    for segment, b in zip(ax.collections[0].get_segments(), np.unique(index), strict=True):
        w, hit = WEIGHT[index == b], HIT[index == b]
        ends = wilson(np.array([w @ hit / w.sum()]), np.array([w.sum() ** 2 / (w @ w)]))
        np.testing.assert_allclose(segment[:, 1], np.ravel(ends), rtol=1e-9, atol=1e-12)
    assert sum(int(t.get_text()) for t in ax.texts) == N  # counts of rows


def test_curves_of_two_classes_are_those_of_scikit_learn():
    false, found, _ = metrics.roc_curve(HIT, P, drop_intermediate=False, sample_weight=WEIGHT)
    ax = axes(plots.roc, P, HIT, WEIGHT)
    np.testing.assert_allclose(ax.lines[1].get_xydata(), np.column_stack([false, found]), atol=1e-12)
    assert f"{metrics.roc_auc_score(HIT, P, sample_weight=WEIGHT):.3f}" in ax.get_title()
    precision, recall, _ = metrics.precision_recall_curve(HIT, P, sample_weight=WEIGHT)
    ax = axes(plots.precision_recall, P, HIT, WEIGHT)
    expected = np.column_stack([recall, precision])[-2::-1]
    np.testing.assert_allclose(ax.lines[1].get_xydata(), expected[: len(ax.lines[1].get_xdata())], atol=1e-12)
    assert f"{metrics.average_precision_score(HIT, P, sample_weight=WEIGHT):.3f}" in ax.get_title()
    assert ax.lines[0].get_ydata()[0] == pytest.approx(WEIGHT @ HIT / WEIGHT.sum())


def test_shares_of_each_class():
    ax, often = axes(plots.by_class, P, HIT, ["a", "b"], WEIGHT), axes(plots.by_class, P[OFTEN], HIT[OFTEN], ["a", "b"])
    for one, other in zip(ax.patches, often.patches, strict=True):
        np.testing.assert_allclose(one.get_data().values, other.get_data().values, rtol=1e-12)


X, NUMBER = table(80)
W = np.where(X[:, 1] > 5.0, 4.0, 0.5)
LIVED = ll.Interval.right_censored(np.exp(0.1 * X[:, 0]), X[:, 1] > 4.0)
NUMBERS = {"pit0": plots.pit_histogram, "coverage0": plots.coverage_curve}
KINDS = {
    "number": ({}, NUMBER, NUMBERS),
    "time": ({"kind": "censored", "base": {"kind": "weibull"}}, LIVED, NUMBERS | {"survival0": plots.survival}),
    "two classes": (
        {"kind": "bernoulli"},
        labels(X, ["a", "b"]),
        {
            "reliability": partial(plots.reliability_of_class, name="b"),
            "roc": plots.roc,
            "pr": plots.precision_recall,
            "apart": partial(plots.by_class, labels=["a", "b"]),
        },
    ),
    "three classes": ({"kind": "categorical"}, labels(X, ["a", "b", "c"]), {"reliability": plots.reliability}),
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_pictures_of_a_report_weigh_rows_as_its_table_does(kind: str):
    declared, y, expected = KINDS[kind]
    model = quick(distribution={"kind": "gaussian", **declared}).fit(X, y, progress=False)
    rows, d = model.observed(X, y, W), model.predict_dist(X)
    case = Case(model, rows.table, 80, Predicted(rows, d), False, lambda table: table, lambda table: X, 0)
    if "classes" not in kind:
        given = {"d": d.censored_outermost(), "y": y}
    elif kind == "two classes":
        given = {"probability": d.class_probabilities()[:, 1], "observed": y == "b"}
    else:
        given = {"probs": d.class_probabilities(), "codes": np.unique(y, return_inverse=True)[1]}
    text = "".join(calibration(case).parts)
    for name, draw in expected.items():
        assert svg(partial(draw, **given, weight=W), name) in text
    assert ("confusion matrix counts rows" in text) == ("classes" in kind)
