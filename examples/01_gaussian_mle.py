"""Likelihood, and its maximum, for a plain Gaussian: no x, only y.

The likelihood of (mean, std) is the probability density that this Gaussian gives to the data that were seen. A model
without features has nothing to predict from, so fitting it by maximum likelihood finds one Gaussian for all rows. For
this family the maximum is known on paper: the sample mean, and the sample standard deviation (divided by n, not n - 1).

    python examples/01_gaussian_mle.py [--quick]
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

import likelinet as ll

OUTPUT = Path(__file__).parent / "output"


def main(quick: bool = False) -> dict[str, Any]:
    """Fit a Gaussian to 40 numbers, compare with the closed form and draw the likelihood surface."""
    y = np.random.default_rng(1).normal(loc=170.0, scale=8.0, size=40)  # 40 body heights in cm, say
    x = np.empty((len(y), 0))  # 40 rows, no columns: an intercept-only model

    # L-BFGS works on all rows at once and in double precision, so it finds the maximum to many digits. No rows are held
    # out: the maximum of the likelihood of *all* rows is what we are after. (From a CSV, write data: {features: []}.)
    config = ll.ModelConfig(
        distribution=ll.GaussianConfig(),
        training=ll.TrainingConfig(optimizer=ll.LBFGSConfig(), validation_fraction=0.0),
    )
    model = ll.Model(config).fit(x, y)
    fitted = model.predict_dist(x[:1])[0]  # every row has the same distribution; take the first

    mean, std = float(fitted.mean()), float(fitted.std())
    print(f"{'':22s}{'mean':>16s}{'std':>16s}")
    print(f"{'maximum likelihood':22s}{mean:16.10f}{std:16.10f}")
    print(f"{'sample mean and std':22s}{y.mean():16.10f}{y.std():16.10f}")
    print(f"log-likelihood of the 40 rows at the maximum: {fitted.log_prob(y).sum():.4f}")

    # The surface: parameters broadcast, so one Gaussian object holds a whole grid of them, and log_prob of all rows
    # under all of them is one call. Rows are independent given the parameters, so their log-densities add up.
    n = 41 if quick else 201
    means, stds = np.linspace(163.0, 177.0, n), np.linspace(5.0, 13.0, n)
    grid = ll.Gaussian(loc=means[None, :, None], scale=stds[:, None, None])
    surface = grid.log_prob(y).sum(axis=-1)  # shape (stds, means)
    below = surface - fitted.log_prob(y).sum()  # 0 at the maximum, negative elsewhere
    print(f"highest point of the grid, relative to the maximum: {below.max():.5f} (never above 0)")

    figure = Figure(figsize=(11, 4.4), layout="constrained")
    left, right = figure.subplots(1, 2)
    left.hist(y, bins=12, density=True, color="#c9d6e4", edgecolor="white", label="40 rows")
    at = np.linspace(145.0, 195.0, 300)
    left.plot(at, np.exp(fitted.log_prob(at)), color="#2f6fb0", lw=2, label=f"fitted: mean {mean:.1f}, std {std:.1f}")
    left.plot(y, np.full(len(y), 0.02), "|", color="#d9822b", ms=10, transform=left.get_xaxis_transform())
    left.set(xlabel="y", ylabel="density", title="The Gaussian of highest likelihood")
    left.legend(frameon=False, loc="upper left")
    # Beyond 10 nats below the maximum the surface is all one colour: such parameters are out of the question.
    filled = right.contourf(means, stds, np.maximum(below, -10.0), levels=np.linspace(-10.0, 0.0, 21), cmap="Blues")
    # With many rows the true parameters lie within 3.00 nats of the maximum with probability 95 %, within 1.15 with
    # 68 % (half the quantiles of a chi-squared variable with two degrees of freedom).
    lines = right.contour(means, stds, below, levels=[-3.0, -1.15], colors="white", linewidths=1.2, linestyles="solid")
    right.clabel(lines, fmt={-3.0: "95 %", -1.15: "68 %"}, fontsize=8)
    right.plot(mean, std, "o", color="#d9822b", ms=9, label="fitted by the model")
    right.plot(y.mean(), y.std(), "+", color="black", ms=16, mew=1.5, label="sample mean and std")
    right.plot(170.0, 8.0, "x", color="#b03060", ms=9, mew=2, label="what the rows were drawn from")
    right.set(xlabel="mean", ylabel="std", title="Log-likelihood of (mean, std)")
    right.legend(loc="upper right", framealpha=0.9)
    figure.colorbar(filled, ax=right, label="nats below the maximum", ticks=[-10, -8, -6, -4, -2, 0])
    OUTPUT.mkdir(exist_ok=True)
    path = OUTPUT / "01_gaussian_mle.png"
    figure.savefig(path, dpi=120)
    print(f"Figure: {path}")
    return {"mean": mean, "std": std, "y": y, "highest": float(below.max()), "figure": path}


if __name__ == "__main__":
    main(quick="--quick" in sys.argv[1:])
