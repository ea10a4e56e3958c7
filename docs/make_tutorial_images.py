"""Make the pictures of the tutorial, with the models that its own code fits.

python docs/make_tutorial_images.py
"""

import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from run_pages import run_page

from likelinet.distributions import Distribution

DOCS = Path(__file__).parent
IMAGES = DOCS / "images"
BLUE, VERMILLION, GREEN = "#0072B2", "#D55E00", "#009E73"


def main() -> list[Path]:
    """Run the tutorial and draw."""
    names: dict[str, Any] = {}
    home = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            for printed in run_page((DOCS / "tutorial.md").read_text(encoding="utf-8"), names):
                if "print(d)\n" in printed.code:
                    first = names["d"]
        finally:
            os.chdir(home)
    figures = {
        "tutorial_one_row": one_row(first[0]),
        "tutorial_pit": pit(names["baseline"].predict_dist(names["test"]), names["held_out"], names["used"]),
        "tutorial_decision": decision(names["d"][0], names["over"], names["short"]),
    }
    paths = []
    for name, figure in figures.items():
        paths.append(IMAGES / f"{name}.png")
        figure.savefig(paths[-1], dpi=110)
    return paths


def one_row(d: Distribution) -> Figure:
    """Draw a density with its central interval and the probability of a tail."""
    figure = Figure(figsize=(7.5, 3.6), layout="constrained")
    axes = figure.subplots()
    y = np.linspace(40.0, 450.0, 800)
    density, (low, high) = np.exp(d.log_prob(y)), d.interval(0.9)
    axes.plot(y, density, color=BLUE, lw=2)
    axes.fill_between(y, density, where=(y >= low) & (y <= high), color=BLUE, alpha=0.18, lw=0, label="90 % interval")
    tail = f"P(y > 300 MWh) = {d.sf(300.0):.3f}"
    axes.fill_between(
        y, density, where=y > 300.0, facecolor="none", edgecolor=VERMILLION, hatch="////", lw=0, label=tail
    )
    axes.axvline(d.mean(), color=GREEN, ls="--", lw=1.5, label=f"mean {d.mean():.0f} MWh")
    finish(axes, "heat y of one day (MWh)", "density p(y | x) (1/MWh)")
    return figure


def pit(baseline: Distribution, model: Distribution, y: np.ndarray) -> Figure:
    """Draw the PIT histograms of two models."""
    figure = Figure(figsize=(7.5, 3.3), layout="constrained")
    for axes, d, name, color in zip(
        figure.subplots(1, 2, sharey=True),
        (baseline, model),
        ("baseline", "log-normal network"),
        (VERMILLION, BLUE),
        strict=True,
    ):
        axes.hist(d.cdf(y), bins=10, range=(0.0, 1.0), color=color, edgecolor="white")
        label = None if d is baseline else "if the probabilities are right"
        axes.axhline(len(y) / 10, color="black", ls="--", lw=1.2, label=label)
        axes.set_title(name, fontsize=10)
        finish(axes, "F(y), predicted probability below the observed y", "days" if d is baseline else "")
    return figure


def decision(d: Distribution, over: float, short: float) -> Figure:
    """Draw the expected cost of an action, by the mean over many draws."""
    figure = Figure(figsize=(7.5, 3.6), layout="constrained")
    axes = figure.subplots()
    q = np.linspace(150.0, 450.0, 301)
    y = d.sample(20_000, rng=0)[:, None]
    cost = np.concatenate(
        [(over * np.maximum(p - y, 0.0) + short * np.maximum(y - p, 0.0)).mean(0) for p in np.array_split(q, 10)]
    )
    axes.plot(q, cost, color=BLUE, lw=2)
    best = d.ppf(short / (over + short))
    axes.axvline(d.mean(), color=VERMILLION, ls="--", lw=1.5, label=f"mean, {d.mean():.0f} MWh")
    axes.axvline(best, color=GREEN, lw=1.5, label=f"80 % quantile, {best:.0f} MWh")
    finish(axes, "bought q (MWh)", "expected cost (euros)")
    return figure


def finish(axes: Axes, x: str, y: str) -> None:
    """Label a pair of axes."""
    axes.set(xlabel=x, ylabel=y)
    axes.set_ylim(bottom=0.0)
    if axes.get_legend_handles_labels()[1]:
        axes.legend(frameon=False, fontsize=9)
    axes.spines[["top", "right"]].set_visible(False)


if __name__ == "__main__":
    print(*main(), sep="\n")
