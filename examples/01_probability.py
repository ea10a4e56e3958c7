r"""
Probability and likelihood
==========================

A noodle shop sells :math:`X` kg of noodles a day, Gaussian with mean 32 and standard deviation 2.5. *Probability* asks
about data while the parameters stand still: how probable is a day between 32 and 34 kg? It is an **area** under the
density. *Likelihood* turns the question round: a day of 34 kg has been seen, and we ask how well each mean explains it.
It is the **height** of the density at 34, read as a function of the parameters:

.. math:: L(\mu, \sigma \mid y) = p(y \mid \mu, \sigma)
          = \frac{1}{\sigma\sqrt{2\pi}} \exp\left(-\frac{(y - \mu)^2}{2\sigma^2}\right).

A likelihood is no probability: it may exceed 1, and over the parameters it need not integrate to 1. The lecture notes
print 0.21 as the likelihood of mean 34, where the formula gives 0.1596. The tail area :math:`P(X > 34)` under mean 32
is 0.2119, so most likely an area slipped in where a height was meant; it is an easy slip, and the left panel shows why
the two are different things. (A peak of height 0.21 would need a standard deviation of 1.90.)

For many days we assume that they are *i.i.d.* **Independent** buys the product: the density of all days together is
the product of the densities of each. **Identically distributed** buys that one pair :math:`(\mu, \sigma)` serves in
all factors. The logarithm makes a sum of it, which a computer can hold and whose derivatives are easy:

.. math:: \log L(\mu, \sigma) = \sum_i \log p(y_i \mid \mu, \sigma), \qquad
          \hat\mu = \bar y, \quad \hat\sigma^2 = \frac1n \sum_i (y_i - \bar y)^2.

A model without features has nothing to predict from, so fitting it finds exactly this maximum.

Run it: ``python examples/01_probability.py [--quick]``
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

import likelinet as ll

OUTPUT = Path(__file__).parent / "output"
BLUE, VERMILLION, ORANGE, GREY = "#0072B2", "#D55E00", "#E69F00", "#8C9196"


def main(quick: bool = False) -> dict[str, Any]:
    """Compute areas and heights of the density, fit forty days by maximum likelihood and draw the surface."""
    shop, rival = ll.Gaussian(loc=32.0, scale=2.5), ll.Gaussian(loc=34.0, scale=2.5)
    r: dict[str, Any] = {
        "between": float(shop.cdf(34.0) - shop.cdf(32.0)),
        "above": float(shop.sf(34.0)),
        "likelihood_32": float(np.exp(shop.log_prob(34.0))),
        "likelihood_34": float(np.exp(rival.log_prob(34.0))),
        "std_for_0.21": float(1.0 / (0.21 * np.sqrt(2.0 * np.pi))),
    }
    print(f"areas    P(32 <= X <= 34) = {r['between']:.4f}      P(X > 34) = {r['above']:.4f}")
    print(f"heights  L(mean 32 | 34)  = {r['likelihood_32']:.4f}      L(mean 34 | 34) = {r['likelihood_34']:.4f}")
    print(f"the notes' 0.21 is P(X > 34) = {r['above']:.4f}; a peak so high needs std {r['std_for_0.21']:.2f}")
    expected = {"between": 0.2881, "above": 0.2119, "likelihood_32": 0.1159, "likelihood_34": 0.1596}
    assert all(abs(r[name] - value) < 5e-5 for name, value in expected.items())

    # i.i.d.: the log-density of all days is a sum. The product itself underflows for a few years of days.
    days = shop.sample((2000,), rng=0)
    r["product"], r["sum_of_logs"] = float(np.prod(np.exp(shop.log_prob(days)))), float(shop.log_prob(days).sum())
    print(f"2000 days: product of densities {r['product']:.1f} (underflow), sum of logs {r['sum_of_logs']:.1f}")
    # Not independent, two neighbouring days with correlation 0.8: the second day is half told by the first, but the
    # product takes it for news.
    pair = np.array([34.0, 34.0])
    joint = ll.MultivariateGaussian(loc=[32.0, 32.0], covariance_matrix=2.5**2 * np.array([[1.0, 0.8], [0.8, 1.0]]))
    r["joint"], r["as_if_independent"] = float(np.exp(joint.log_prob(pair))), float(np.exp(shop.log_prob(pair).sum()))
    print(f"two days of 34 kg, correlation 0.8: joint density {r['joint']:.4f}, product {r['as_if_independent']:.4f}")

    # Maximum likelihood of forty days: no columns to predict from, all rows at once, none held out.
    y = shop.sample((40,), rng=1)
    x = np.empty((len(y), 0))
    training = ll.TrainingConfig(optimizer=ll.LBFGSConfig(), validation_fraction=0.0)
    model = ll.Model(ll.ModelConfig(distribution=ll.GaussianConfig(), training=training)).fit(x, y)
    fitted = model.predict_dist(x[:1])[0]
    mean, std = float(fitted.mean()), float(fitted.std())
    print(f"{'':22s}{'mean':>12s}{'std':>12s}")
    print(f"{'maximum likelihood':22s}{mean:12.6f}{std:12.6f}")
    print(f"{'sample (divide by n)':22s}{y.mean():12.6f}{y.std():12.6f}")
    assert np.allclose([mean, std], [y.mean(), y.std()], rtol=1e-6)

    # The surface: parameters broadcast, so one Gaussian holds the whole grid; the days' log-densities add up.
    n = 41 if quick else 201
    means, stds = np.linspace(29.5, 34.5, n), np.linspace(1.4, 5.0, n)
    grid = ll.Gaussian(loc=means[None, :, None], scale=stds[:, None, None])
    below = grid.log_prob(y).sum(axis=-1) - fitted.log_prob(y).sum()
    assert below.max() > -0.1
    assert below.max() <= 0.0  # certain: nothing on the grid is above the maximum

    figure = Figure(figsize=(10, 4.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    at = np.linspace(21.0, 45.0, 481)
    for d, style, color, name in ((shop, "-", BLUE, "mean 32"), (rival, "--", VERMILLION, "mean 34")):
        left.plot(at, np.exp(d.log_prob(at)), style, color=color, lw=2)
        left.plot(34.0, np.exp(d.log_prob(34.0)), "o", color=color, ms=8)
        peak = float(d.mean())
        side = -1.4 if peak < 33.0 else 2.4
        left.text(peak + side, 0.145, name, color=color, ha="right" if side < 0 else "left")
    for low, high, alpha in ((32.0, 34.0, 0.35), (34.0, 45.0, 0.15)):
        inside = at[(at >= low) & (at <= high)]
        left.fill_between(inside, np.exp(shop.log_prob(inside)), color=BLUE, alpha=alpha, lw=0)
    line = {"arrowstyle": "-", "color": GREY}
    left.annotate(f"area {r['between']:.4f}", (32.8, 0.08), (21.4, 0.095), arrowprops=line)
    left.annotate(f"area {r['above']:.4f}", (35.0, 0.03), (39.2, 0.055), arrowprops=line)
    for height, where in ((r["likelihood_32"], (38.4, 0.11)), (r["likelihood_34"], (38.4, 0.172))):
        left.annotate(f"height {height:.4f}", (34.0, height), where, arrowprops={**line, "shrinkB": 5})
    left.set(
        xlabel="sales y (kg a day)",
        ylabel="density (per kg)",
        ylim=(0, 0.19),
        xlim=(21, 45),
        xticks=[24, 28, 32, 34, 38, 42],
    )
    left.set_title("Probability is an area, likelihood a height")
    # Ten nats below the maximum the surface is all one colour: such parameters are out of the question.
    shades = right.contourf(means, stds, np.maximum(below, -10.0), levels=np.linspace(-10.0, 0.0, 21), cmap="Blues")
    lines = right.contour(means, stds, below, levels=[-5.0, -3.0, -1.0], colors="white", linewidths=1.2, linestyles="-")
    right.clabel(lines, fmt="%g", fontsize=10)
    right.plot(mean, std, "o", color=ORANGE, ms=10, label="maximum likelihood by the model")
    right.plot(y.mean(), y.std(), "+", color="black", ms=14, mew=1.5, label="sample mean and std")
    right.set(xlabel="mean (kg)", ylabel="std (kg)", title="Log-likelihood of 40 days")
    right.legend(frameon=False, loc="upper right")
    figure.colorbar(shades, ax=right, label="nats below the maximum", ticks=[-10, -8, -6, -4, -2, 0])
    OUTPUT.mkdir(exist_ok=True)
    path = OUTPUT / "01_probability.png"
    figure.savefig(path, dpi=120)
    print(f"Figure: {path}")
    return {**r, "mean": mean, "std": std, "y": y, "highest": float(below.max()), "figure": path}


if __name__ == "__main__":
    main(quick="--quick" in sys.argv[1:])
