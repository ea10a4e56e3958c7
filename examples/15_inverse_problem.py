r"""
An inverse problem: one x, several answers
==========================================

Forward is easy. A cause y, uniform on [0, 1], has the effect

.. math:: x = g(y) + \varepsilon, \qquad g(y) = y + 0.3 \sin 2 \pi y, \qquad \varepsilon \sim \mathcal{N}(0, 0.05^2) .

The inverse problem asks for the cause of an observed effect: which angles of the joints put the hand of a robot there?
It often has several answers: :math:`x = 0.35` may have had two different causes, and :math:`x = 0.5` three.

Least squares learns the mean of the answers, which need not be an answer itself: halfway between two ways around a
tree stands the tree. What is wanted is the whole conditional distribution, and samples from it,
:math:`y_\text{new} \sim P(y \mid f(x_\text{new}))`, where the network f predicts the parameters. With a mixture of
Gaussians on top, it is a mixture density network (Bishop 1994).

There are two ways to tell that it works. An answer can be sent forward again: does :math:`g(y)` come back to x? And as
we know the process, Bayes' rule gives the true density, so we know which negative log-likelihood (NLL) nobody can beat:

.. math:: p(y \mid x) = \frac{\mathcal{N}(x; g(y), 0.05^2)}{\int_0^1 \mathcal{N}(x; g(u), 0.05^2)\, du} .

Run it: ``python examples/15_inverse_problem.py [--quick]``
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

import likelinet as ll

OUTPUT = Path(__file__).parent / "output"
BLUE, VERMILLION, GREEN, GREY = "#0072B2", "#D55E00", "#009E73", "#8C9196"
NOISE = 0.05


def forward(y: np.ndarray) -> np.ndarray:
    """Return the effect g(y) without noise."""
    return y + 0.3 * np.sin(2.0 * np.pi * y)


def observe(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return n effects, shape (n, 1), and their causes, shape (n,)."""
    rng = np.random.default_rng(seed)
    y = rng.uniform(0.0, 1.0, n)
    return (forward(y) + NOISE * rng.standard_normal(n))[:, None], y


def true_density(y: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return p(y | x) by Bayes' rule; the causes are uniform, so the integral is a mean over a grid of midpoints."""
    causes = (np.arange(2000) + 0.5) / 2000
    evidence = np.exp(ll.Gaussian(forward(causes)[:, None], NOISE).log_prob(x)).mean(axis=0)
    return np.exp(ll.Gaussian(forward(y), NOISE).log_prob(x)) / evidence


def main(quick: bool = False) -> dict[str, Any]:
    """Invert with a Gaussian and with a mixture, send the answers forward again, and draw samples beside the data."""
    (x, y), (x_test, y_test) = observe(1500 if quick else 4000, seed=0), observe(2000, seed=1)
    training = ll.TrainingConfig(epochs=60 if quick else 100, batch_size=64)
    families = {"gaussian": ll.GaussianConfig(), "mixture": ll.MixtureConfig(components=5)}
    models = {
        name: ll.Model(ll.ModelConfig(quality="plain", distribution=family, training=training)).fit(x, y)
        for name, family in families.items()
    }
    predicted = {name: model.predict_dist(x_test) for name, model in models.items()}
    samples = {name: d.sample((), rng=0) for name, d in predicted.items()}  # one y for each x

    def miss(answer: np.ndarray) -> float:
        """Return how far the effects of these answers are from the effects observed, as a root mean square."""
        return float(np.sqrt(np.mean((forward(answer) - x_test[:, 0]) ** 2)))

    nll = {name: float(d.nll(y_test).mean()) for name, d in predicted.items()}
    density = true_density(y_test, x_test[:, 0])
    nll["truth"] = float(-np.log(density).mean())
    off = {"mean": miss(predicted["mixture"].mean()), "true cause": miss(y_test)}
    off |= {name: miss(s) for name, s in samples.items()}
    print(f"{'held-out NLL':40s}" + "".join(f"{name:>10s}{value:7.3f}" for name, value in nll.items()))
    print("sent forward again, the answers miss x by")
    for name, text in {
        "mean": "the mean, as least squares would say",
        "gaussian": "samples of the Gaussian",
        "mixture": "samples of the mixture",
        "true cause": "the true causes (the noise)",
    }.items():
        print(f"    {text:40s}{off[name]:8.3f}")
    assert abs(off["true cause"] - NOISE) < 0.005
    assert abs(nll["mixture"] - nll["truth"]) < 0.15
    assert nll["mixture"] < nll["gaussian"] - 0.3
    assert off["mixture"] < 0.8 * min(off["mean"], off["gaussian"])

    figure = Figure(figsize=(10, 7), layout="constrained")
    axes = figure.subplots(2, 2)
    for axis, name in zip(axes[0], models, strict=True):
        axis.plot(x_test, y_test, ".", color=GREY, ms=4, label="data")
        axis.plot(x_test[:500], samples[name][:500], "x", color=BLUE, ms=4, mew=0.8, label="samples")
        line = np.linspace(-0.1, 1.1, 200)
        axis.plot(line, models[name].predict_dist(line[:, None]).mean(), color=VERMILLION, lw=2, label="mean")
        axis.set(xlabel="x (effect)", ylabel="y (cause)", xlim=(-0.15, 1.15), ylim=(-0.5, 1.5))
        axis.set_title(f"{name}: held-out NLL {nll[name]:.2f}")
        axis.legend(frameon=False, loc="lower right", markerscale=2)
    at = np.linspace(-0.2, 1.2, 500)
    for axis, effect in zip(axes[1], (0.35, 0.5), strict=True):
        inside = at[(at >= 0.0) & (at <= 1.0)]
        axis.fill_between(
            inside, true_density(inside, np.full(len(inside), effect)), color=GREY, alpha=0.4, lw=0, label="truth"
        )
        for name, style in (("mixture", "-"), ("gaussian", "--")):
            d = models[name].predict_dist([[effect]])[0]
            axis.plot(at, np.exp(d.log_prob(at)), style, color=BLUE if name == "mixture" else GREEN, label=name)
        axis.axvline(float(d.mean()), color=VERMILLION, lw=2, ls=":", label="mean")
        axis.set(xlabel="y (cause)", ylabel=f"p(y | x = {effect:g})", ylim=(0.0, None))
        axis.set_title(f"what may have caused x = {effect:g}")
    axes[1, 0].legend(frameon=False)
    OUTPUT.mkdir(exist_ok=True)
    path = OUTPUT / "15_inverse_problem.png"
    figure.savefig(path, dpi=120)
    print(f"Figure: {path}")
    result = {"nll": nll, "off": off, "x": x_test[:, 0], "y": y_test, "predicted": predicted, "samples": samples}
    return {**result, "density": density, "figure": path}


if __name__ == "__main__":
    main(quick="--quick" in sys.argv[1:])
