"""Regression where the noise depends on x: least squares, one spread for all, and a spread for every row.

The data are made up after the motorcycle data (head acceleration after a crash; Silverman 1985): quiet at first, then
a violent swing. Three models share the same network and differ only in where the Gaussian's `scale` comes from:

    scale: 25.0         a fixed number, so that maximum likelihood is least squares
    scale: shared       one number, learned along with the network
    scale: predicted    an output of the network, so each row gets its own (the default)

    python examples/02_heteroscedastic.py [--quick]
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import likelinet as ll

OUTPUT = Path(__file__).parent / "output"
BLUE, ORANGE = "#2f6fb0", "#d9822b"


def crash(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return n times after the crash (ms), shape (n, 1), and head accelerations (g), shape (n,)."""
    rng = np.random.default_rng(seed)
    t = np.sort(rng.uniform(0.0, 60.0, n))
    mean = -110.0 * np.exp(-(((t - 21.0) / 5.0) ** 2)) + 40.0 * np.exp(-(((t - 33.0) / 5.0) ** 2))
    std = 2.0 + 26.0 / (1.0 + np.exp(-(t - 16.0) / 1.5)) - 14.0 / (1.0 + np.exp(-(t - 44.0) / 3.0))
    return t[:, None], mean + std * rng.standard_normal(n)


def main(quick: bool = False) -> dict[str, Any]:
    """Fit the three models, print their held-out scores and draw intervals and samples."""
    x, y = crash(500, seed=0)
    x_test, y_test = crash(1000, seed=1)
    grid = np.linspace(0.0, 60.0, 200)[:, None]
    training = ll.TrainingConfig(epochs=100 if quick else 400)

    figure = Figure(figsize=(11, 7), layout="constrained")
    axes = figure.subplots(2, 2, sharex=True, sharey=True)
    models: dict[str, ll.Model] = {}
    scores: dict[str, dict[str, float]] = {}
    print(f"{'scale':12s}{'test NLL':>10s}{'RMSE':>8s}{'90 % interval holds':>21s}")
    for axis, scale in zip(axes.flat, (25.0, "shared", "predicted"), strict=False):
        config = ll.ModelConfig(distribution=ll.GaussianConfig(scale=scale), training=training)
        name = str(scale)
        models[name] = model = ll.Model(config).fit(x, y)
        scores[name] = s = model.evaluate(x_test, y_test)  # NLL in nats per row, lower is better
        print(f"{name:12s}{s['nll']:10.3f}{s['rmse']:8.2f}{s['coverage_90']:20.1%}")
        draw_band(axis, grid[:, 0], model.predict_dist(grid))
        axis.plot(x, y, ".", color=ORANGE, ms=4)
        axis.set_title(f"scale: {name}   (test NLL {s['nll']:.2f})")
    # The overall coverage hides what is wrong with one spread for all: too wide early on, too narrow in the swing.
    # The last of the three knows better. A new data set from it looks like the one it was fitted to:
    best = models["predicted"]
    print("at 5, 25 and 55 ms the predicted std is", best.predict_dist([[5.0], [25.0], [55.0]]).std().round(1))
    new_y = best.sample(x, n=1, seed=0)[0]
    draw_band(axes[1, 1], grid[:, 0], best.predict_dist(grid))
    axes[1, 1].plot(x, new_y, ".", color="#3a3a3a", ms=4)
    axes[1, 1].set_title("samples y ~ P(y | x) from the last model")
    for axis in axes[1]:
        axis.set_xlabel("ms after the crash")
    for axis in axes[:, 0]:
        axis.set_ylabel("acceleration, g")
    axes[0, 0].legend(loc="lower right", frameon=False)

    OUTPUT.mkdir(exist_ok=True)
    path = OUTPUT / "02_heteroscedastic.png"
    figure.savefig(path, dpi=120)
    print(f"Figure: {path}")
    return {"scores": scores, "samples": new_y, "figure": path}


def draw_band(axis: Axes, at: np.ndarray, d: ll.Distribution) -> None:
    """Draw the central 90 % and 50 % intervals, and the mean."""
    for confidence, alpha in ((0.9, 0.22), (0.5, 0.35)):
        low, high = d.interval(confidence)
        axis.fill_between(at, low, high, color=BLUE, alpha=alpha, lw=0, label=f"{confidence:.0%} interval")
    axis.plot(at, d.mean(), color=BLUE, label="mean")


if __name__ == "__main__":
    main(quick="--quick" in sys.argv[1:])
