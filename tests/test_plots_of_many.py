"""Pictures of many rows, counts, bins of few rows, two classes and many, survival, training and importance."""

from functools import partial

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from scipy import stats
from sklearn import metrics

import likelinet as ll
from likelinet import plots
from likelinet.explain import Importance, PartialDependence
from likelinet.plots.calibration import binomial_band, wilson
from likelinet.plots.survival import has_survival
from likelinet.report.figures import WIDE
from likelinet.scores.survival import kaplan_meier
from tests.test_plots import axes, line

RNG = np.random.default_rng(0)
MANY = 20_000
LOC = RNG.normal(size=MANY)


def drawn(figure: Figure):
    """Return the renderer of a figure, after it has been drawn."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return canvas.get_renderer()


def test_of_many_rows_some_are_drawn_over_all_their_range():
    ax = axes(plots.fan, ll.Gaussian(LOC, 1.0), LOC + RNG.standard_normal(MANY))
    observed = ax.collections[-1].get_offsets()
    assert len(observed) == 500
    shown = line(ax, "median").get_ydata()
    assert (shown[0], shown[-1]) == (LOC.min(), LOC.max())
    assert (np.diff(shown) >= 0.0).all()
    assert "500 of 20,000 rows" in ax.get_title()


def past(d: ll.Distribution, y: np.ndarray | ll.Interval) -> list[str]:
    """Return what the title of intervals says of bounds."""
    return axes(plots.fan, d, y).get_title().split("\n")[1:]


def test_intervals_beyond_what_y_can_be_are_said():
    """As of prices above 0 that are capped."""
    n = 400
    loc = np.linspace(1.0, 11.0, n)
    y = np.clip(loc + RNG.standard_normal(n), 0.01, 10.0)
    z = stats.norm.isf(0.025)
    capped, below, above = np.mean(y == 10.0), np.mean(loc < z), np.mean(loc + z > 10.0)
    d = ll.Gaussian(loc, 1.0)
    y[0] = 0.005  # so that no bound is at the lower end
    assert past(d, y) == [
        f"intervals of {100 * below:.2g} % of rows reach below 0, where no y is",
        f"intervals of {100 * above:.2g} % of rows reach above 10, which {100 * capped:.2g} % of y are",
    ]
    assert past(ll.Clipped(d, 0.0, 10.0), y) == []
    assert past(d, y - 5.0)[0].startswith("intervals of")  # of the upper end alone
    assert len(past(d, y - 5.0)) == 1


def test_of_other_numbers_no_bound_is_said():
    rate = RNG.uniform(0.5, 4.0, 300)
    assert past(ll.Poisson(rate), RNG.poisson(rate).astype(float)) == []
    assert past(ll.Gaussian(np.zeros(300), 1.0), RNG.normal(size=300).round(1)) == []
    y = np.exp(RNG.normal(size=300))
    assert past(ll.LogNormal(np.zeros(300), 1.0), ll.Interval.right_censored(y, y < 2.0)) == []


@pytest.mark.parametrize("slope", [-3.0, 3.0])
def test_the_legend_covers_no_data(slope: float):
    x = np.linspace(0.0, 10.0, 60)
    figure = plots.plot_regression(ll.Gaussian(30.0 + slope * x, 2.0), 30.0 + slope * x, x)
    renderer = drawn(figure)
    left = figure.axes[0]
    legend = left.get_legend().get_window_extent(renderer)
    assert legend.y1 < left.get_window_extent(renderer).y0
    assert legend.y0 >= 0.0


def test_the_legend_of_censored_times_squeezes_no_picture():
    lower = np.linspace(1.0, 9.0, 60)
    y = ll.Interval(lower, np.where(lower > 5.0, np.inf, lower))
    figure = Figure(figsize=WIDE, layout="constrained")
    ax = figure.subplots()
    plots.fan(ax, ll.Censored(ll.Gaussian(lower, 1.0)), y)
    renderer = drawn(figure)
    assert ax.get_window_extent(renderer).width > 0.8 * figure.bbox.width
    legend = ax.get_legend().get_window_extent(renderer)
    assert figure.bbox.x0 <= legend.x0 < legend.x1 <= figure.bbox.x1


def test_counts_of_one_median_are_in_the_order_of_their_mean():
    rate = RNG.uniform(0.01, 0.6, 100)  # all medians are 0
    y = np.arange(100.0)  # which row is where
    observed = axes(plots.fan, ll.Poisson(rate), y).collections[-1].get_offsets()
    np.testing.assert_array_equal(observed[:, 1], np.argsort(rate, kind="stable"))


def test_the_band_of_the_pit_is_that_of_its_bars():
    low, high = binomial_band(0.05, 400)
    assert stats.binom.cdf(round(400 * high), 400, 0.05) - stats.binom.cdf(round(400 * low) - 1, 400, 0.05) > 0.95
    y = LOC[:400] + RNG.standard_normal(400)
    ax = axes(plots.pit_histogram, ll.Gaussian(LOC[:400], 1.0), y)
    band = ax.collections[0].get_paths()[0].vertices[:, 1]
    assert (band.min(), band.max()) == pytest.approx((20 * low, 20 * high))


def test_the_ends_of_a_share_are_those_of_wilson():
    shares, counts = np.array([0.0, 0.3, 1.0]), np.array([4, 10, 7])
    low, high = wilson(shares, counts)
    for share, n, ends in zip(shares, counts, zip(low, high, strict=True), strict=True):
        found = stats.binomtest(round(share * n), n).proportion_ci(0.95, method="wilson")
        assert ends == pytest.approx((found.low, found.high), abs=1e-12)


PROBABILITY = np.concatenate([RNG.uniform(0.0, 0.4, 99), [0.88]])
OBSERVED = np.append(RNG.random(99) < PROBABILITY[:99], False)


def test_no_line_leads_to_a_bin_of_one_row():
    ax = axes(plots.reliability_of_class, PROBABILITY, OBSERVED, "ill")
    x, y = ax.lines[1].get_data()
    assert x.max() < 0.4
    points = ax.collections[1].get_offsets()
    assert points[-1].tolist() == [0.88, 0.0]
    np.testing.assert_allclose(points[:-1], np.column_stack([x, y]))
    index = np.minimum((PROBABILITY * 10).astype(int), 9)
    assert [int(t.get_text()) for t in ax.texts] == np.unique(index, return_counts=True)[1].tolist()
    assert "ill" in ax.get_xlabel()


def test_curves_of_two_classes_are_those_of_scikit_learn():
    probability = PROBABILITY.round(2)  # with ties
    false, found, _ = metrics.roc_curve(OBSERVED, probability, drop_intermediate=False)
    ax = axes(plots.roc, probability, OBSERVED)
    np.testing.assert_allclose(ax.lines[1].get_xydata(), np.column_stack([false, found]))
    assert f"{metrics.roc_auc_score(OBSERVED, probability):.3f}" in ax.get_title()
    precision, recall, _ = metrics.precision_recall_curve(OBSERVED, probability)
    ax = axes(plots.precision_recall, probability, OBSERVED)
    expected = np.column_stack([recall, precision])[-2::-1]
    np.testing.assert_allclose(ax.lines[1].get_xydata(), expected[: len(ax.lines[1].get_xdata())])
    assert f"{metrics.average_precision_score(OBSERVED, probability):.3f}" in ax.get_title()


def test_rows_of_one_class_have_no_curve():
    for draw in (plots.roc, plots.precision_recall):
        ax = axes(draw, PROBABILITY, np.zeros(100, bool))
        assert len(ax.lines) == 1
        assert "none" in ax.get_title()


def test_a_figure_of_two_classes_has_its_six_panels():
    figure = plots.plot_classes(ll.Bernoulli(np.log(PROBABILITY / (1.0 - PROBABILITY))), OBSERVED * 1, ["well", "ill"])
    assert [ax.get_title().split(",")[0] for ax in figure.axes] == [
        "Reliability",
        "How sure",
        "Confusion matrix",
        "ROC",
        "Precision and recall",
        "Told apart",
    ]
    shares = [patch.get_data().values for patch in figure.axes[5].patches]
    np.testing.assert_allclose([s.sum() for s in shares], 1.0)


def test_thirty_classes_with_long_names_are_legible():
    labels = [f"class number {i}, with a long name" for i in range(30)]
    codes = RNG.integers(0, 30, 3000)
    logits = RNG.normal(size=(3000, 30)) + 3.0 * np.eye(30)[codes]
    figure = plots.plot_classes(ll.Labelled(ll.Categorical(logits), labels), np.array(labels)[codes], labels)
    renderer = drawn(figure)
    matrix = figure.axes[2]
    boxes = [t.get_window_extent(renderer) for t in matrix.texts if t.get_text()]
    places = np.array([[b.x0, b.x1, b.y0, b.y1] for b in boxes])
    x0, x1, y0, y1 = places.T
    over = (x0[:, None] < x1) & (x0 < x1[:, None]) & (y0[:, None] < y1) & (y0 < y1[:, None])
    assert over.sum() == len(boxes)  # each with itself alone
    for ticks, side in ((matrix.get_yticklabels(), "y"), (matrix.get_xticklabels(), "x")):
        ends = np.sort([[getattr(t.get_window_extent(renderer), side + e) for e in "01"] for t in ticks], axis=0)
        assert (ends[1:, 0] > ends[:-1, 1] - 1.0).all()
    assert all(t.get_text().endswith("…") for t in matrix.get_yticklabels())


TIMES = stats.expon(scale=3.0).rvs(200, random_state=0)
CENSORED = ll.Interval.right_censored(np.minimum(TIMES, 4.0), TIMES < 4.0)


def test_survival_is_the_mean_beside_kaplan_and_meier():
    rate = RNG.uniform(0.2, 0.5, 200)
    ax = axes(plots.survival, ll.Censored(ll.Exponential(rate)), CENSORED)
    times, estimate = kaplan_meier(np.minimum(TIMES, 4.0), TIMES < 4.0)
    x, y = line(ax, "Kaplan–Meier").get_data()
    np.testing.assert_allclose(x, [0.0, *times, 4.0])
    np.testing.assert_allclose(y, [1.0, *estimate, estimate[-1]])
    t, mean = line(ax, "mean of predictions").get_data()
    np.testing.assert_allclose(mean, np.exp(-rate[:, None] * t).mean(0))


@pytest.mark.parametrize(
    ("y", "has"),
    [
        (CENSORED, True),
        (TIMES, False),
        (ll.Interval(TIMES, TIMES), False),
        (ll.Interval([0.0, 1.0], [1.0, np.inf]), False),
    ],
)
def test_survival_is_of_times_that_are_censored_from_the_right(y, has: bool):
    assert has_survival(y) == has
    if has:
        figure = plots.plot_regression(ll.Censored(ll.Exponential(np.full(200, 0.3))), y)
        assert figure.axes[3].get_title() == "Survival"


def test_densities_have_their_shape_and_y():
    d = ll.Gaussian([0.0, 10.0], [1.0, 2.0])
    ax = axes(plots.densities, d, np.array([0.5, 9.0]), ["row 1", "row 2"])
    for row, base in ((0, 1.0), (1, 0.0)):
        curve, mark = ax.lines[2 * row], ax.lines[2 * row + 1]
        density = stats.norm.pdf(curve.get_xdata(), [0.0, 10.0][row], [1.0, 2.0][row])
        np.testing.assert_allclose(curve.get_ydata(), base + 0.85 * density / density.max(), atol=1e-9)
        assert list(mark.get_xdata()) == [[0.5, 9.0][row]] * 2
    assert [t.get_text() for t in ax.get_yticklabels()] == ["row 2", "row 1"]


def test_a_probability_among_a_density_is_a_bar_beside_it():
    d = ll.Hurdle(ll.Gamma([3.0], 0.5), gate=[0.8])
    curve, bar, mark = axes(plots.densities, d, np.array([4.0]), ["a"]).lines
    density = stats.gamma.pdf(curve.get_xdata(), 3.0, scale=2.0)
    np.testing.assert_allclose(curve.get_ydata(), 0.85 * density / density.max(), atol=1e-9)
    np.testing.assert_allclose(bar.get_xydata(), [[0.0, 0.0], [0.0, 0.85 * 0.8]])
    assert list(mark.get_xdata()) == [4.0, 4.0]
    curve, *_ = axes(plots.densities, ll.Clipped(ll.Gaussian([0.0], 1.0), 0.0, 1.0), np.array([0.0]), ["a"]).lines
    assert curve.get_ydata()[0] == pytest.approx(0.85, rel=1e-3)  # the density is largest next to 0


def test_densities_of_counts_are_bars_and_intervals_have_ends():
    ax = axes(plots.densities, ll.Poisson([2.0]), np.array([1.0]), ["a"])
    ends = np.array([segment[1] for segment in ax.collections[0].get_segments()])
    mass = stats.poisson.pmf(ends[:, 0], 2.0)
    np.testing.assert_allclose(ends[:, 1], 0.85 * mass / mass.max())
    ax = axes(plots.densities, ll.Censored(ll.Exponential([1.0])), ll.Interval([0.5], [np.inf]), ["a"])
    assert ax.lines[1].get_xdata()[0] == 0.5
    assert list(ax.lines[2].get_xdata()) == [0.5, 0.5]


def test_learning_curves_are_the_means_of_the_members():
    losses = [([3.0, 2.0], [3.5, 2.5]), ([1.0, 2.0], [2.0, 2.0]), ([0.5], [4.0])]
    epochs = [ll.Epoch(i + 1, 3, train, held, [0, 1][: len(train)], 0.1, 1.0) for i, (train, held) in enumerate(losses)]
    ax = axes(plots.learning_curves, ll.History(epochs, [2, 2]))
    assert line(ax, "training rows").get_ydata().tolist() == [2.5, 1.5, 0.5]
    assert line(ax, "held-out rows").get_ydata().tolist() == [3.0, 2.0, 4.0]
    assert line(ax, "kept").get_xdata()[0] == 2.0
    assert axes(plots.learning_curves, ll.History()).get_legend() is None


def test_learning_curves_of_one_group_mark_its_own_turn_and_end():
    rates = [0.1, 0.2, 0.2, 0.2, 0.1, 0.05]
    first = [ll.Epoch(i + 1, 6, [2.0 - 0.1 * i], [3.0], [0], rate, 1.0, 0) for i, rate in enumerate(rates)]
    other = [ll.Epoch(i + 1, 3, [9.0], [8.0], [1], 0.1, 1.0, 1) for i in range(3)]
    history = ll.History([*first, *other], [6, 2])
    ax = axes(partial(plots.learning_curves, group=0), history)
    assert line(ax, "training rows").get_ydata().tolist() == [2.0 - 0.1 * i for i in range(6)]
    assert line(ax, "the rate falls, from the best weights").get_xdata()[0] == 5
    assert line(ax, "kept").get_xdata()[0] == 6.0
    ax = axes(partial(plots.learning_curves, group=1), history)
    assert line(ax, "held-out rows").get_ydata().tolist() == [8.0] * 3
    assert line(ax, "kept").get_xdata()[0] == 2.0
    assert all("falls" not in drawn.get_label() for drawn in ax.lines)


NAMES = [f"a feature of a long name {i}" for i in range(20)]
SCORES = RNG.normal(size=20)
FOUND = Importance(NAMES, SCORES, np.full(20, 0.1), SCORES, np.abs(SCORES), SCORES**2, rows=9, of=("mean", "entropy"))


@pytest.mark.parametrize(
    ("measure", "values"), [("log_score", SCORES), ("location", np.abs(SCORES)), ("spread", SCORES**2)]
)
def test_bars_of_importance(measure: str, values: np.ndarray):
    ax = axes(plots.importance, FOUND, measure)
    first = np.argsort(-SCORES)[:15][::-1]
    np.testing.assert_allclose([p.get_width() for p in ax.patches], values[first])
    assert ax.get_yticklabels()[-1].get_text().endswith("…")
    assert ("entropy" in ax.get_xlabel()) == (measure == "spread")


def test_lines_of_partial_dependence():
    at = np.array([0.0, 1.0, 2.0])
    one = PartialDependence("x", at, at[:, None] + 1.0, at[:, None], at[:, None] + 3.0, rows=5)
    ax = axes(plots.partial_dependence, one)
    assert ax.lines[0].get_ydata().tolist() == [1.0, 2.0, 3.0]
    band = ax.collections[0].get_paths()[0].vertices[:, 1]
    assert (band.min(), band.max()) == (0.0, 5.0)
    probs = np.array([[0.2, 0.8], [0.4, 0.6]])
    two = PartialDependence("c", ["a", "b"], probs, probs, probs, rows=5, of_classes=True)
    ax = axes(plots.partial_dependence, two, ["no", "yes"])
    assert [list(ln.get_ydata()) for ln in ax.lines] == [[0.8, 0.6]]
    assert ax.get_ylabel() == "probability of yes"
    assert [t.get_text() for t in ax.get_xticklabels()] == ["a", "b"]
    three = PartialDependence("x", at, *[np.eye(3)] * 3, rows=5, of_classes=True)
    ax = axes(plots.partial_dependence, three, ["a", "b", "c"])
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["a", "b", "c"]


@pytest.mark.parametrize("last", ["2024-01-01T03", "2024-01-14", "2024-12-01", "2026-03-01", "2028-11-01"])
def test_partial_dependence_over_time(last: str):
    days = np.array(["2024-01-01", "2024-01-01T01", last], "datetime64[s]")
    ax = axes(plots.partial_dependence, PartialDependence("day", days, *[np.arange(3.0)[:, None]] * 3, rows=5))
    drawn(ax.figure)
    assert 2 <= len(ax.get_xticks()) <= 6
