"""Pictures show the numbers of the distributions: checked on what is drawn, not on pixels."""

from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

import likelinet as ll
from likelinet import metrics, plots
from likelinet.commands import save_figure

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
    for level, vertices in zip(plots.LEVELS, bands.values(), strict=True):
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


def test_pit_histogram():
    ax = axes(plots.pit_histogram, D, Y)
    expected, _ = np.histogram(metrics.pit(D, Y), bins=len(ax.patches), range=(0, 1), density=True)
    np.testing.assert_allclose([p.get_height() for p in ax.patches], expected)
    assert sum(p.get_height() * p.get_width() for p in ax.patches) == pytest.approx(1.0)


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


def test_several_outputs_are_drawn_as_one_batch():
    d = ll.Independent(ll.Gaussian(np.stack([LOC, LOC + 1], 1), np.stack([SCALE, SCALE], 1)))
    figure = plots.plot_regression(d, np.stack([Y, Y + 1], 1))
    np.testing.assert_allclose(line(figure.axes[0], "median").get_ydata(), np.sort(np.concatenate([LOC, LOC + 1])))


@pytest.mark.parametrize(("name", "start"), [("p.png", b"\x89PNG\r\n\x1a\n"), ("p.pdf", b"%PDF"), ("p.svg", b"<?xml")])
def test_files(tmp_path: Path, name: str, start: bytes):
    save_figure(plots.plot_regression(D, Y), tmp_path / name)
    assert (tmp_path / name).read_bytes().startswith(start)


def test_cannot_write(tmp_path: Path):
    with pytest.raises(ll.DataError, match=r"cannot write the picture \(No such file or directory\)"):
        save_figure(Figure(), tmp_path / "no" / "p.png")
