r"""
Noise that depends on x: the motorcycle data
============================================

A dummy on a motorcycle hits a wall, and its head is measured for 60 milliseconds (Silverman 1985). It is quiet at
first, then swings violently. How large is the noise? That depends on the time, so no single number answers it.

All four models below share the same network and the same loss, the negative log-likelihood (NLL)

.. math:: -\log p(y \mid x) = \tfrac12 \left(\frac{y - \mu(x)}{\sigma}\right)^2 + \log \sigma + \tfrac12 \log 2\pi ,

and differ in one line: where :math:`\sigma` comes from. If it is a *fixed* number, the second and third term are
constants and what is left is least squares: the model predicts a mean only. If it is *shared*, it is one more number to
learn. If it is *predicted*, the network has a second output, and each time has a noise of its own. The fourth model
predicts a *mixture* of two Gaussians, which may even be skewed or have two peaks.

Which is best? The rows that a model was not fitted to decide: each row is held out once (5-fold cross-validation), and
we compare the mean NLL. A table of 133 rows cannot settle small differences, but here they are large. The means of
the shared and the predicted model hardly differ; what differs is what they say about the noise.

Run it: ``python examples/14_heteroscedastic.py [--quick]``
"""

import csv
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import likelinet as ll

OUTPUT = Path(__file__).parent / "output"
BLUE, VERMILLION = "#0072B2", "#D55E00"
MODELS = {
    "fixed": ll.GaussianConfig(scale=25.0),
    "shared": ll.GaussianConfig(scale="shared"),
    "predicted": ll.GaussianConfig(scale="predicted"),  # the default
    "mixture": ll.MixtureConfig(components=2, base=ll.GaussianConfig()),
}


def motorcycle() -> tuple[np.ndarray, np.ndarray]:
    """Return times in ms, shape (n, 1), and accelerations in g: the data, or where they are absent some like them."""
    path = Path(os.environ.get("LIKELINET_DATA", ""), "tables", "mcycle.csv")
    if path.is_file():
        with path.open(newline="", encoding="utf-8") as file:
            rows = np.array([[float(row["times"]), float(row["accel"])] for row in csv.DictReader(file)])
        return rows[:, :1], rows[:, 1]
    rng = np.random.default_rng(0)
    t = np.sort(rng.uniform(2.0, 58.0, 300))
    mean = -110.0 * np.exp(-(((t - 21.0) / 5.0) ** 2)) + 40.0 * np.exp(-(((t - 33.0) / 5.0) ** 2))
    std = 2.0 + 26.0 / (1.0 + np.exp(-(t - 16.0) / 1.5)) - 14.0 / (1.0 + np.exp(-(t - 44.0) / 3.0))
    return t[:, None], mean + std * rng.standard_normal(len(t))


def main(quick: bool = False) -> dict[str, Any]:
    """Compare the four models on held-out rows and draw their intervals, and samples of one."""
    x, y = motorcycle()
    fold = np.random.default_rng(1).permutation(len(y)) % 5
    network = ll.MLPConfig(hidden=[32, 32])
    # No validation rows: 133 are too few to give some away. So training ends after a number of epochs, and early: after
    # 40 the mixture's NLL of one far row may already outweigh all others.
    optimizer = ll.AdamWConfig(learning_rate=0.02)
    training = ll.TrainingConfig(epochs=30, optimizer=optimizer, validation_fraction=0.0)
    held: dict[str, dict[str, Any]] = {}
    print(f"{len(y)} rows  {'held-out NLL':>14s}{'RMSE':>8s}{'in the 90 % interval':>22s}")
    for name, distribution in MODELS.items():
        config = ll.ModelConfig(quality="plain", network=network, distribution=distribution, training=training)
        nll, error, inside = np.empty(len(y)), np.empty(len(y)), np.empty(len(y), dtype=bool)
        for k in range(5):
            out = fold == k
            d = ll.Model(config).fit(x[~out], y[~out]).predict_dist(x[out])
            low, high = d.interval(0.9)
            nll[out], error[out], inside[out] = d.nll(y[out]), y[out] - d.mean(), (low <= y[out]) & (y[out] <= high)
        held[name] = {"nll": nll.mean(), "rmse": np.sqrt(np.mean(error**2)), "inside": inside.mean(), "rows": nll}
        print(f"{name:10s}{nll.mean():14.3f}{held[name]['rmse']:8.1f}{inside.mean():21.1%}")
    better = held["shared"]["rows"] - held["predicted"]["rows"]
    gain, error = better.mean(), better.std() / np.sqrt(len(y))
    print(f"a predicted scale gains {gain:.2f} ± {error:.2f} nats per row over a shared one")
    # A mixture's mean NLL hangs on its few worst rows, so it is asked on how many rows it is the better one.
    mixed = float(np.mean(held["mixture"]["rows"] < held["shared"]["rows"]))
    print(f"a mixture is better than a shared scale on {mixed:.0%} of the rows")
    assert gain > 0.05
    assert mixed > 0.4

    at = np.linspace(0.0, 60.0, 241)[:, None]
    figure = Figure(figsize=(10, 7), layout="constrained")
    axes = figure.subplots(2, 2, sharex=True, sharey=True)
    models: dict[str, ll.Model] = {}
    titles = {"shared": "one σ for all", "predicted": "a predicted σ", "mixture": "a mixture of two"}
    for axis, (name, title) in zip(axes.flat, titles.items(), strict=False):
        config = ll.ModelConfig(quality="plain", network=network, distribution=MODELS[name], training=training)
        models[name] = ll.Model(config).fit(x, y)
        draw(axis, at[:, 0], models[name].predict_dist(at))
        axis.plot(x, y, ".", color=VERMILLION, ms=5, label="measured")
        axis.set_title(f"{title}: held-out NLL {held[name]['nll']:.2f}")
    predicted = models["predicted"].predict_dist(x)
    samples = predicted.sample((1000,), rng=0)  # 1000 new experiments: y ~ P(y | x), one for each measured time
    draw(axes[1, 1], at[:, 0], models["predicted"].predict_dist(at))
    axes[1, 1].plot(x, samples[0], "x", color="black", ms=4, label="sampled")
    axes[1, 1].set_title("the predicted σ: a new experiment, sampled")
    axes[0, 0].legend(frameon=False, loc="lower right")
    axes[1, 1].legend(handles=axes[1, 1].lines[-1:], frameon=False, loc="lower right")
    figure.supxlabel("time after the impact (ms)")
    figure.supylabel("acceleration of the head (g)")
    OUTPUT.mkdir(exist_ok=True)
    path = OUTPUT / "14_heteroscedastic.png"
    figure.savefig(path, dpi=120)
    print(f"Figure: {path}")
    return {"x": x, "y": y, "held": held, "predicted": predicted, "samples": samples, "figure": path}


def draw(axis: Axes, at: np.ndarray, d: ll.Distribution) -> None:
    """Draw central intervals, pale for 90 % and strong for 50 %, and the mean."""
    for confidence, alpha in ((0.9, 0.22), (0.5, 0.4)):
        low, high = d.interval(confidence)
        axis.fill_between(at, low, high, color=BLUE, alpha=alpha, lw=0, label=f"{confidence:.0%} interval")
    axis.plot(at, d.mean(), color=BLUE, label="mean")


if __name__ == "__main__":
    main(quick="--quick" in sys.argv[1:])
