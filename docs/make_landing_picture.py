"""Make the picture of the landing page: a row of a table, a network, and the distribution that it predicts.

python docs/make_landing_picture.py
"""

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from sklearn.datasets import load_diabetes

import likelinet as ll

IMAGES = Path(__file__).parent / "images"
BLUE, VERMILLION, INK, GREY, PALE = "#0072B2", "#D55E00", "#22272E", "#8C9196", "#EEF3F8"
SPREADS = (1.0, 1.4)  # the row shown is the first held-out one whose y is so many standard deviations above its mean


def predicted() -> tuple[dict[str, str], ll.Distribution, float]:
    """Return some of a patient's measurements, what a model fitted to others predicts, and what was observed."""
    X, y = (np.asarray(a) for a in load_diabetes(return_X_y=True, scaled=False))
    model = ll.Model({"quality": "plain", "distribution": {"kind": "gaussian"}}).fit(X[40:], y[40:])
    d = model.predict_dist(X[:40])
    z = (y[:40] - d.mean()) / d.std()
    i = int(np.argmax((z > SPREADS[0]) & (z < SPREADS[1])))
    cells = {"age": f"{X[i, 0]:.0f}", "bmi": f"{X[i, 2]:.1f}", "bp": f"{X[i, 3]:.0f}", "…": "…"}
    return cells, ll.Gaussian(d.mean()[i], d.std()[i]), float(y[i])


def canvas(axes: Axes, title: str) -> None:
    """Turn axes into an empty unit square with a title."""
    axes.set(xlim=(0.0, 1.0), ylim=(0.0, 1.0))
    axes.axis("off")
    axes.set_title(title, fontsize=13, fontweight="bold", color=INK, pad=8)


def table(axes: Axes, row: dict[str, str]) -> None:
    """Draw one row of a table, a cell below the other."""
    canvas(axes, "a row x")
    for i, (name, value) in enumerate(row.items()):
        low = 0.76 - 0.235 * i
        axes.add_patch(FancyBboxPatch((0.08, low), 0.84, 0.19, "round,pad=0,rounding_size=0.03", fc=PALE, ec=GREY))
        axes.text(0.14, low + 0.095, name, va="center", fontsize=12, color=INK)
        axes.text(0.86, low + 0.095, value, va="center", ha="right", fontsize=12, color=INK, fontweight="bold")


def network(axes: Axes) -> None:
    """Draw three layers of a network."""
    canvas(axes, "a network")
    layers = [np.linspace(0.12, 0.88, n) for n in (4, 5, 2)]
    layers[2] = np.array([0.68, 0.32])
    at = (0.08, 0.5, 0.92)
    for i in range(2):
        for a in layers[i]:
            for b in layers[i + 1]:
                axes.plot(at[i : i + 2], (a, b), color=GREY, lw=0.7, zorder=1)
    for x, ys, colour in zip(at, layers, (GREY, INK, BLUE), strict=True):
        axes.scatter([x] * len(ys), ys, s=130, color=colour, zorder=2, clip_on=False)


def parameters(axes: Axes, d: ll.Gaussian) -> None:
    """Draw the two parameters as boxes."""
    canvas(axes, "parameters")
    for low, name, value in ((0.56, "mean", float(d.loc)), (0.20, "std", float(d.scale))):
        axes.add_patch(
            FancyBboxPatch((0.04, low), 0.92, 0.24, "round,pad=0,rounding_size=0.03", fc="white", ec=BLUE, lw=2)
        )
        axes.text(0.5, low + 0.12, f"{name} {value:.0f}", va="center", ha="center", fontsize=13, color=BLUE)


def distribution(axes: Axes, d: ll.Gaussian, y: float) -> None:
    """Draw the density with what can be asked of it, and the loss at what was observed."""
    at = np.linspace(float(d.loc - 2.9 * d.scale), float(d.loc + 5.2 * d.scale), 400)
    density = np.exp(d.log_prob(at))
    low, high = (float(e) for e in d.interval(0.9))
    inside = (at >= low) & (at <= high)
    top = float(density.max())
    axes.set_title("a distribution of y", fontsize=13, fontweight="bold", color=INK, pad=8)
    axes.fill_between(at[inside], density[inside], color=BLUE, alpha=0.18, lw=0)
    axes.plot(at, density, color=BLUE, lw=2.4)
    axes.text(at[100], density[100] + 0.03 * top, "density ", fontsize=11, color=BLUE, ha="right")
    axes.annotate("", (low, 0.07 * top), (high, 0.07 * top), arrowprops={"arrowstyle": "<->", "color": BLUE})
    axes.text(0.5 * (low + y), 0.1 * top, f"90 %: {low:.0f} to {high:.0f}", ha="center", fontsize=11, color=BLUE)
    samples = d.sample((40,), rng=1)
    axes.plot(samples, np.full(40, -0.07 * top), "|", color=BLUE, ms=9, alpha=0.7)
    axes.text(at[0], -0.19 * top, "samples", fontsize=11, color=BLUE, va="center")
    height = float(np.exp(d.log_prob(y)))
    axes.plot([y, y], [0.0, height], color=VERMILLION, lw=2.2)
    axes.plot(y, height, "o", color=VERMILLION, ms=8)
    x = y + 0.15 * float(d.scale)
    label = {"color": VERMILLION, "ha": "left", "va": "center"}
    axes.text(x, height + 0.28 * top, "loss = −log p(y | x)", fontsize=12, fontweight="bold", **label)
    axes.text(x, height + 0.15 * top, f"= {float(d.nll(y)):.2f}  at the observed", fontsize=11, **label)
    axes.text(x, height + 0.04 * top, f"y = {y:.0f}", fontsize=11, **label)
    axes.set(xlim=(at[0], at[-1]), ylim=(-0.26 * top, 1.12 * top), yticks=[])
    axes.spines[["left", "right", "top", "bottom"]].set_visible(False)
    axes.axhline(0.0, color=INK, lw=1.0)
    axes.set_xticks([])


def arrow(figure: Figure, start: tuple[float, float], end: tuple[float, float]) -> None:
    figure.add_artist(FancyArrowPatch(start, end, arrowstyle="-|>", mutation_scale=22, lw=2.2, color=INK))


def draw(narrow: bool) -> Figure:
    """Return the picture, in a row or, for phones, in two."""
    row, d, y = predicted()
    figure = Figure(figsize=(4.4, 5.9) if narrow else (12.0, 3.3))
    if narrow:
        places = [
            (0.01, 0.60, 0.28, 0.33),
            (0.37, 0.60, 0.25, 0.33),
            (0.70, 0.60, 0.28, 0.33),
            (0.03, 0.02, 0.94, 0.43),
        ]
        arrows = [((0.285, 0.765), (0.36, 0.765)), ((0.62, 0.765), (0.70, 0.765)), ((0.84, 0.62), (0.84, 0.50))]
    else:
        places = [
            (0.01, 0.06, 0.12, 0.82),
            (0.185, 0.06, 0.155, 0.82),
            (0.40, 0.06, 0.115, 0.82),
            (0.575, 0.02, 0.42, 0.86),
        ]
        arrows = [((0.137, 0.47), (0.177, 0.47)), ((0.352, 0.47), (0.397, 0.47)), ((0.522, 0.47), (0.57, 0.47))]
    first, second, third, last = (figure.add_axes(place) for place in places)
    table(first, row)
    network(second)
    parameters(third, d)
    distribution(last, d, y)
    for start, end in arrows:
        arrow(figure, start, end)
    return figure


def main() -> None:
    """Draw both forms."""
    import matplotlib as mpl

    mpl.rcParams["svg.hashsalt"] = "likelinet"  # the same file from the same numbers
    for name, narrow in (("how_it_works", False), ("how_it_works_narrow", True)):
        draw(narrow).savefig(IMAGES / f"{name}.svg", metadata={"Date": None})


if __name__ == "__main__":
    main()
