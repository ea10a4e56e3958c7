"""Pictures show the numbers of the distributions: checked on what is drawn, not on pixels."""

from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

import likelinet as ll
from likelinet import plots
from likelinet.cli.output import save_figure
from likelinet.plots.intervals import LEVELS
from likelinet.scores import calibration

RNG = np.random.default_rng(0)
N = 100
LOC, SCALE = RNG.normal(size=N), RNG.uniform(0.5, 2.0, N)
D, Y = ll.Gaussian(LOC, SCALE), LOC + SCALE * RNG.standard_normal(N)
LOGITS = RNG.normal(size=(N, 3))
CODES = RNG.integers(0, 3, N)


def axes(draw, *arguments, **more):
    """Return the axes that a function has drawn on."""
    found = Figure().subplots()
    draw(found, *arguments, **more)
    return found


def line(ax, label: str):
    return next(artist for artist in ax.lines if artist.get_label() == label)


@pytest.mark.parametrize("x", [None, RNG.uniform(-3.0, 3.0, N)], ids=["by median", "by x"])
def test_fan(x: np.ndarray | None):
    ax = axes(plots.fan, D, Y, x)
    order = np.argsort(LOC if x is None else x, kind="stable")
    at = np.arange(N) if x is None else x[order]
    median = line(ax, "median")
    np.testing.assert_allclose(median.get_xdata(), at)
    np.testing.assert_allclose(median.get_ydata(), D.median()[order])
    observed = ax.collections[-1].get_offsets()
    np.testing.assert_allclose(observed, np.column_stack([at, Y[order]]))


def test_fan_bands_are_the_intervals():
    ax = axes(plots.fan, D, Y)
    order = np.argsort(LOC, kind="stable")
    bands = {c.get_label(): c.get_paths()[0].vertices for c in ax.collections if "interval" in c.get_label()}
    assert list(bands) == ["95% interval", "80% interval", "50% interval"]
    for level, vertices in zip(LEVELS, bands.values(), strict=True):
        low, high = D.interval(level)
        for bound in (low, high):
            drawn = np.column_stack([np.arange(N), bound[order]])
            assert (np.abs(vertices[:, None] - drawn).max(-1).min(0) < 1e-9).all()


def test_one_wild_interval_does_not_squeeze_the_rest():
    scale = SCALE.copy()
    scale[0] = 1e6
    low, high = axes(plots.fan, ll.Gaussian(LOC, scale), Y).get_ylim()
    assert high - low < 100.0
    assert low < Y.min() < Y.max() < high


def test_tails_beyond_all_that_was_seen_do_not_squeeze_it():
    y = ll.Interval.right_censored(np.linspace(1.0, 3.0, N), np.arange(N) % 2)
    low, high = axes(plots.fan, ll.Censored(ll.LogNormal(np.full(N, 1.0), 3.0)), y).get_ylim()
    assert (low, high) == pytest.approx((-0.25, 5.25), abs=0.3)


def test_pit_histogram():
    ax = axes(plots.pit_histogram, D, Y)
    expected, _ = np.histogram(D.cdf(Y), bins=len(ax.patches), range=(0, 1), density=True)
    np.testing.assert_allclose([p.get_height() for p in ax.patches], expected)
    assert sum(p.get_height() * p.get_width() for p in ax.patches) == pytest.approx(1.0)
    assert list(ax.lines[0].get_ydata()) == [1.0, 1.0]  # where it is flat


def test_coverage_curve():
    ax = axes(plots.coverage_curve, D, Y)
    levels, inside = ax.lines[1].get_data()
    i = int(np.argmin(np.abs(levels - 0.9)))
    low, high = D.interval(levels[i])
    assert inside[i] == pytest.approx(np.mean((low <= Y) & (high >= Y)))
    assert (np.diff(inside) >= 0.0).all()


def test_reliability():
    probs = ll.Categorical(LOGITS).probs
    ax = axes(plots.reliability, probs, CODES)
    confidence, hit = probs.max(1), probs.argmax(1) == CODES
    drawn_x, drawn_y = ax.lines[1].get_data()
    for x, share in zip(drawn_x, drawn_y, strict=True):
        here = np.floor(confidence * 10) == np.floor(x * 10)
        assert x == pytest.approx(confidence[here].mean())
        assert share == pytest.approx(hit[here].mean())


@pytest.mark.parametrize("labels", [["a", "b", "c"], ["apple", "banana", "cherry"]])
def test_classes(labels: list[str]):
    d = ll.Labelled(ll.Categorical(LOGITS), labels)
    figure = plots.plot_classes(d, np.array(labels)[CODES], labels)
    _, middle, right = figure.axes
    counts = np.array(right.images[0].get_array())
    expected = [[np.sum((i == CODES) & (LOGITS.argmax(1) == j)) for j in range(3)] for i in range(3)]
    np.testing.assert_array_equal(counts, expected)
    assert {t.get_text() for t in right.texts} == {str(c) for c in np.ravel(expected) if c}
    assert [t.get_text() for t in right.get_xticklabels()] == labels
    assert sum(p.get_height() for p in middle.patches) == N


def test_two_classes():
    figure = plots.plot_classes(ll.Bernoulli(LOGITS[:, 0]), CODES % 2, ["0", "1"])
    assert np.array(figure.axes[2].images[0].get_array()).sum() == N


def test_regression_names_its_axes():
    figure = plots.plot_regression(D, Y, LOC, ("times", "accel"))
    assert (figure.axes[0].get_xlabel(), figure.axes[0].get_ylabel()) == ("times", "accel")
    assert figure.axes[0].get_legend() is not None
    assert plots.plot_regression(D, Y).axes[0].get_xlabel() == "rows, sorted by predicted median"


COVARIANCE = np.array([[1.0, 0.5], [0.5, 4.0]])
SEVERAL = {
    "independent": ll.Independent(ll.Gaussian(np.stack([LOC, LOC + 1], 1), [1.0, 2.0])),
    "correlated": ll.MultivariateGaussian(np.stack([LOC, LOC + 1], 1), np.linalg.cholesky(COVARIANCE)),
}
SEVERAL["mixture"] = ll.Mixture(SEVERAL["correlated"][:, None], np.zeros((N, 1)))


@pytest.mark.parametrize("d", SEVERAL.values(), ids=SEVERAL)
def test_several_outputs_have_panels_of_their_own(d: ll.Distribution):
    figure = plots.plot_regression(d, np.stack([Y, Y + 1], 1), None, ("x", "weight", "height"))
    first, second = figure.axes[0], figure.axes[3]
    assert (first.get_ylabel(), second.get_ylabel()) == ("weight", "height")
    np.testing.assert_allclose(line(first, "median").get_ydata(), np.sort(LOC), atol=1e-9)
    np.testing.assert_allclose(line(second, "median").get_ydata(), np.sort(LOC + 1), atol=1e-9)
    band = next(c for c in second.collections if c.get_label() == "95% interval").get_paths()[0].vertices[:, 1]
    assert band.max() == pytest.approx(LOC.max() + 1 + 1.959964 * 2.0, rel=1e-6)


def test_no_more_than_a_few_outputs_are_drawn():
    d = ll.Independent(ll.Gaussian(np.zeros((N, 9)), 1.0))
    figure = plots.plot_regression(d, np.zeros((N, 9)), None, ["x", *"abcdefghi"])
    assert [ax.get_ylabel() for ax in figure.axes[::3]] == ["a", "b", "c", "d"]


LOWER = np.where(np.arange(N) % 4 == 2, -np.inf, Y - (np.arange(N) % 4 == 3))
UPPER = np.where(np.arange(N) % 4 == 1, np.inf, Y + (np.arange(N) % 4 == 3))


def test_censored_values_are_told_from_exact_ones():
    y = ll.Interval(LOWER, UPPER)
    figure = plots.plot_regression(ll.Censored(D), y, LOC)
    drawn = {c.get_label(): c for c in figure.axes[0].collections}
    for kind, name in ((0, "observed"), (1, "at least (censored)"), (2, "at most (censored)")):
        rows = np.argsort(LOC)[(np.argsort(LOC) % 4) == kind]
        np.testing.assert_allclose(drawn[name].get_offsets(), np.column_stack([LOC[rows], Y[rows]]))
    ends = [[s[0, 1], s[1, 1]] for s in drawn["between"].get_segments()]
    np.testing.assert_allclose(np.sort(ends, 0), np.sort(np.column_stack([LOWER, UPPER])[3::4], 0))
    bars = figure.axes[1].patches
    assert sum(p.get_height() * p.get_width() for p in bars) == pytest.approx(1.0)
    levels, inside = figure.axes[2].lines[1].get_data()
    np.testing.assert_allclose(inside, [calibration.covered(ll.Censored(D), y, q).mean() for q in levels])


def test_the_coverage_of_counts_is_on_the_diagonal_for_a_true_model():
    rate = RNG.uniform(0.3, 3.0, 20_000)
    levels, inside = axes(plots.coverage_curve, ll.Poisson(rate), RNG.poisson(rate)).lines[1].get_data()
    np.testing.assert_allclose(inside, levels, atol=0.01)


def test_angles_go_around():
    x = np.linspace(0.0, 3.0, N)
    loc = (3.0 + x + np.pi) % (2.0 * np.pi) - np.pi  # from 3.0 through the cut
    figure = plots.plot_regression(ll.VonMises(loc, 50.0), loc, x)
    left, _, right = figure.axes
    assert left.get_ylim() == pytest.approx((-np.pi, np.pi))
    drawn = np.array([ln.get_ydata() for ln in left.lines])
    assert np.abs(np.diff(drawn, axis=1)).max() < 0.1  # no line jumps
    inside = np.abs(drawn - loc).min(0)
    np.testing.assert_allclose(inside, 0.0, atol=1e-9)
    assert (right.lines[1].get_ydata() == 1.0).all()  # every y is at the mean direction


def test_an_ensemble_of_censored_members_is_drawn():
    members = ll.Mixture(ll.Censored(ll.Gaussian(np.stack([LOC, LOC], 1), 1.0)), np.zeros(2))
    figure = plots.plot_regression(members, ll.Interval(LOWER, UPPER))
    np.testing.assert_allclose(line(figure.axes[0], "median").get_ydata(), np.sort(LOC), atol=1e-9)


@pytest.mark.parametrize(("name", "start"), [("p.png", b"\x89PNG\r\n\x1a\n"), ("p.pdf", b"%PDF"), ("p.svg", b"<?xml")])
def test_files(tmp_path: Path, name: str, start: bytes):
    save_figure(plots.plot_regression(D, Y), tmp_path / name)
    assert (tmp_path / name).read_bytes().startswith(start)


def test_cannot_write(tmp_path: Path):
    with pytest.raises(ll.DataError, match=r"cannot write the picture \(No such file or directory\)"):
        save_figure(Figure(), tmp_path / "no" / "p.png")
