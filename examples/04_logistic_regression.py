r"""
Logistic regression, and why squared error fails
================================================

Thirty guests with an income of :math:`x` (in 1000 € a year) took the tasting menu (1) or did not (0). Where is the
boundary, the income at which one is as likely as the other? One can fit a line to the labels by least squares and cut
it at 1/2. Logistic regression fits a probability instead, by maximum likelihood of a Bernoulli distribution:

.. math:: P(y = 1 \mid x) = \sigma(wx + b), \qquad
          \text{NLL} = -\sum_i \bigl[y_i \log \sigma(wx_i + b) + (1 - y_i) \log(1 - \sigma(wx_i + b))\bigr] .

Now one more guest comes, with an income of 500, and takes the tasting menu, of course. No sensible boundary should
move: the point lies far on its right side. But squared error wants the line to be 1 there, not more, and tilts it. The
Gaussian likelihood behind squared error finds "far above 1" as bad as "far below", as if a label could be 10. For the
Bernoulli, far on the right side is simply probable: its gradient in the score is :math:`p - y`, here about 0.

With labels :math:`\pm 1` instead of 0 and 1 the same NLL has the short form :math:`\log(1 + e^{-y\,w^\top x})`, since
:math:`1 - \sigma(z) = \sigma(-z)`. The reader will see that the two agree to the last digits, and both boundaries move,
or not.

Run it: ``python examples/04_logistic_regression.py [--quick]``
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from scipy.special import logit, ndtri

import likelinet as ll

OUTPUT = Path(__file__).parent / "output"
BLUE, VERMILLION, GREY = "#0072B2", "#D55E00", "#8C9196"
FAR = 500.0  # income of the additional guest


def fitted(x: np.ndarray, y: np.ndarray, distribution: Any) -> ll.Model:
    """Return a linear model of this family by maximum likelihood; a Gaussian of fixed scale is least squares."""
    training = ll.TrainingConfig(optimizer=ll.LBFGSConfig(), validation_fraction=0.0)
    data = ll.DataConfig(extrapolate=True)  # the line goes on beyond the data
    network = ll.MLPConfig(hidden=[])
    config = ll.ModelConfig(data=data, network=network, distribution=distribution, training=training)
    return ll.Model(config).fit(x[:, None], y)


def line(model: ll.Model, score: Any) -> tuple[float, float]:
    """Return slope and intercept of the score of the mean, which is linear in x."""
    at_zero, at_one = score(model.predict_dist([[0.0], [1.0]]).mean())
    return float(at_one - at_zero), float(at_zero)


def main(quick: bool = False) -> dict[str, Any]:
    """Fit both models without and with the far guest, compare their boundaries and draw them."""
    rng = np.random.default_rng(3)
    y = np.repeat([0.0, 1.0], 15)
    # One guest in each fifteenth of a normal distribution: no draw keeps the two groups apart, which has no maximum.
    deviates = ndtri((np.tile(np.arange(15), 2) + rng.random(30)) / 15)
    x = np.where(y == 1.0, 60.0, 36.0) + 10.0 * deviates
    x_far, y_far = np.append(x, FAR), np.append(y, 1.0)

    families = {
        "squared error": (ll.GaussianConfig(scale=1.0), lambda m: m),
        "Bernoulli": (ll.BernoulliConfig(), logit),
    }
    r: dict[str, Any] = {"x": x, "y": y}
    print(f"{'':32s}{'slope':>10s}{'intercept':>12s}{'boundary':>12s}{'of 30 right':>13s}{'mean at 500':>14s}")
    for name, (distribution, score) in families.items():
        for rows, xs, ys in (("30 guests", x, y), ("and the far one", x_far, y_far)):
            model = fitted(xs, ys, distribution)
            slope, intercept = line(model, score)
            boundary = (float(score(0.5)) - intercept) / slope
            right = int(np.sum((x > boundary) == (y == 1.0)))
            mean = float(model.predict_dist([[FAR]]).mean()[0])
            fit = {"slope": slope, "intercept": intercept, "boundary": boundary, "right": right, "mean": mean}
            r[f"{name}, {rows}"] = {**fit, "model": model}
            print(f"{name + ', ' + rows:32s}{slope:10.4f}{intercept:12.4f}{boundary:12.2f}{right:13d}{mean:14.4f}")
    moved = {n: abs(r[f"{n}, and the far one"]["boundary"] - r[f"{n}, 30 guests"]["boundary"]) for n in families}
    print("the boundary moves by ", ", ".join(f"{name} {by:.4f}" for name, by in moved.items()))
    assert moved["squared error"] > 1.0
    assert moved["Bernoulli"] < 0.001

    # The ±1 form and the Bernoulli NLL, at the scores of all guests and at extreme ones.
    b = r["Bernoulli, 30 guests"]
    z = np.concatenate([b["slope"] * x_far + b["intercept"], [-700.0, -30.0, 0.0, 30.0, 700.0]])
    sign = np.concatenate([2.0 * y_far - 1.0, [1.0, -1.0, 1.0, 1.0, -1.0]])
    short = np.logaddexp(0.0, -sign * z)  # log(1 + exp(-y z)) without overflow
    nll = ll.Bernoulli(logits=z).nll((sign + 1.0) / 2.0)
    gap = float(np.max(np.abs(short - nll) / np.maximum(1.0, nll)))
    pull = {"squared error": r["squared error, 30 guests"]["mean"] - 1.0, "Bernoulli": b["mean"] - 1.0}
    print(f"±1 form against the Bernoulli NLL, largest difference: {gap:.1e}")
    print("gradient of the far guest's loss in the score:", ", ".join(f"{n} {v:z.4f}" for n, v in pull.items()))
    assert gap < 1e-12

    figure = Figure(figsize=(10, 4.2), layout="constrained")
    axes = figure.subplots(1, 2, sharey=True)
    at = np.linspace(0.0, 100.0, 400)[:, None]
    for axis, name in zip(axes, families, strict=True):
        for rows, color, style, height in (("30 guests", BLUE, "-", 1.42), ("and the far one", VERMILLION, "--", 1.28)):
            fit = r[f"{name}, {rows}"]
            axis.plot(at[:, 0], fit["model"].predict_dist(at).mean(), style, color=color, lw=2)
            axis.plot([fit["boundary"]] * 2, [-0.4, 0.5], style, color=color, lw=1.2)
            axis.text(3.0, height, f"{rows}: boundary at {fit['boundary']:.1f}", color=color)
        axis.axhline(0.5, color=GREY, lw=0.8, zorder=0)
        axis.plot(x, y, "o", mec="black", mfc="none", ms=6)
        axis.annotate("", (100.0, 0.93), (85.0, 0.93), arrowprops={"arrowstyle": "->", "color": "black"})
        axis.text(100.0, 0.9, f"far guest,\nat {FAR:.0f}", ha="right", va="top")
        axis.set(xlabel="income (1000 € a year)", ylim=(-0.4, 1.6), xlim=(0, 101))
    axes[0].set(ylabel="tasting menu: yes (1) or no (0)", title="Squared error: a line through the labels")
    axes[1].set_title("Bernoulli likelihood: logistic regression")
    OUTPUT.mkdir(exist_ok=True)
    path = OUTPUT / "04_logistic_regression.png"
    figure.savefig(path, dpi=120)
    print(f"Figure: {path}")
    return {**r, "moved": moved, "gap": gap, "z": z, "sign": sign, "nll": nll, "figure": path}


if __name__ == "__main__":
    main(quick="--quick" in sys.argv[1:])
