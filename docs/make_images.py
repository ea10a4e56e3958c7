"""Make the picture in the README: a fitted predictive density, on made-up data.

python docs/make_images.py
"""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

import likelinet as ll

IMAGES = Path(__file__).parent / "images"
BLUE, ORANGE = "#2f6fb0", "#d9822b"
SLICES = (1.0, 4.3, 8.0)  # x at which the density is drawn by itself


def data(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return x, shape (n, 1), and y whose mean and noise both depend on x."""
    rng = np.random.default_rng(seed)
    x = np.sort(rng.uniform(0.0, 10.0, n))
    noise = 0.12 + 0.55 / (1.0 + np.exp(-(x - 5.0) / 0.5))
    return x[:, None], np.sin(1.2 * x) + 0.25 * x + noise * rng.standard_normal(n)


def main() -> Path:
    """Fit five networks and draw the density of their mixture."""
    x, y = data(400, seed=0)
    model = ll.Model(ll.ModelConfig(quality="plain", ensemble=5)).fit(x, y)
    at, values = np.linspace(0.0, 10.0, 240), np.linspace(-1.3, 4.7, 280)
    d = model.predict_dist(at[:, None])
    density = np.exp(d.log_prob(values[:, None]))  # shape (values, x)
    low, high = d.interval(0.9)

    figure = Figure(figsize=(9.5, 3.9), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=(2.3, 1), sharey=True)
    # The square root lifts the faint parts; without it the narrow, high ridge on the left would outshine the rest.
    left.contourf(at, values, np.sqrt(density), levels=np.linspace(0.0, 1.8, 19), cmap="Blues", extend="max")
    left.plot(at, low, color=BLUE, lw=0.9, ls="--", label="90 % interval")
    left.plot(at, high, color=BLUE, lw=0.9, ls="--")
    left.plot(x, y, ".", color=ORANGE, ms=3.5, label="training rows")
    left.set(xlabel="x", ylabel="y", title="density p(y | x) of the fitted model")
    left.legend(loc="upper left", framealpha=0.85, fontsize=8)
    for i, row in enumerate(SLICES):
        left.axvline(row, color="black", lw=0.8, ls=":")
        p = np.exp(model.predict_dist([[row]]).log_prob(values))
        right.plot(p, values, color=BLUE, alpha=(0.45, 0.7, 1.0)[i], lw=1.8, label=f"x = {row:g}")
        right.fill_betweenx(values, 0.0, p, color=BLUE, alpha=0.1, lw=0)
    right.set(xlabel="density", title="three rows by themselves")
    right.set_xlim(left=0.0)
    right.legend(frameon=False, fontsize=8)
    IMAGES.mkdir(exist_ok=True)
    path = IMAGES / "predictive_density.png"
    figure.savefig(path, dpi=100)
    return path


if __name__ == "__main__":
    print(main())
