r"""
From Bayes' rule to sigmoid and softmax
=======================================

Why does a classifier end in a sigmoid or a softmax? Because Bayes' rule does. In a noodle shop 60 % of the guests are
men; 20 % of the men and 60 % of the women order cold noodles. Cold noodles are being served: to a man or to a woman?

.. math:: P(\text{man} \mid \text{cold})
          = \frac{P(\text{man})\,P(\text{cold} \mid \text{man})}{\sum_g P(g)\,P(\text{cold} \mid g)}
          = \frac{0.6 \cdot 0.2}{0.6 \cdot 0.2 + 0.4 \cdot 0.6} = \frac13 .

Divide numerator and denominator by the numerator, and the posterior is the **sigmoid** of the log odds :math:`z`.
Keep all the terms, and it is the **softmax** of the logarithms :math:`z_k = \log P(k)\,P(x \mid k)`, for any number of
classes:

.. math:: \sigma(z) = \frac{1}{1 + e^{-z}}, \quad z = \log\frac{P(1)\,p(x \mid 1)}{P(0)\,p(x \mid 0)},
          \qquad \operatorname{softmax}(z)_k = \frac{e^{z_k}}{\sum_j e^{z_j}} .

Now the other way round: a guest orders on a day of temperature :math:`x`. If the temperatures of cold and of hot orders
are Gaussian **with one variance**, the squares cancel in the log odds, and the posterior *is* logistic regression:

.. math:: P(\text{cold} \mid x) = \sigma(wx + b), \quad w = \frac{\mu_1 - \mu_0}{\sigma^2}, \quad
          b = \frac{\mu_0^2 - \mu_1^2}{2\sigma^2} + \log\frac{P(1)}{P(0)} .

With two variances the square stays: a linear model is then wrong, and one with the feature :math:`x^2` is right. The
reader will see a network without hidden layers find these numbers from orders alone.

Run it: ``python examples/02_bayes_to_softmax.py [--quick]``
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from scipy.special import expit, logit, softmax

import likelinet as ll

OUTPUT = Path(__file__).parent / "output"
BLUE, VERMILLION, GREEN, ORANGE = "#0072B2", "#D55E00", "#009E73", "#E69F00"
COLD = 0.4  # share of cold noodles among all orders


def bayes(x: np.ndarray, cold: ll.Gaussian, hot: ll.Gaussian) -> np.ndarray:
    """Return P(cold | x) by Bayes' rule, from the two densities."""
    joint_cold, joint_hot = COLD * np.exp(cold.log_prob(x)), (1.0 - COLD) * np.exp(hot.log_prob(x))
    return joint_cold / (joint_cold + joint_hot)


def log_odds(cold: ll.Gaussian, hot: ll.Gaussian) -> np.ndarray:
    """Return (a, w, b) of the log odds a x² + w x + b; a is 0 where the variances are equal."""
    (m1, v1), (m0, v0) = (cold.mean(), cold.var()), (hot.mean(), hot.var())
    constant = 0.5 * np.log(v0 / v1) + 0.5 * (m0**2 / v0 - m1**2 / v1) + logit(COLD)
    return np.array([0.5 / v0 - 0.5 / v1, m1 / v1 - m0 / v0, constant])


def orders(cold: ll.Gaussian, hot: ll.Gaussian, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the temperatures of n orders and whether each was cold noodles."""
    rng = np.random.default_rng(0)
    y = ll.Bernoulli(probs=COLD).sample((n,), rng)
    return np.where(y == 1.0, cold.sample((n,), rng), hot.sample((n,), rng)), y


def fitted(features: np.ndarray, y: np.ndarray) -> ll.Model:
    """Return logistic regression: a Bernoulli whose logit is linear in the features."""
    training = ll.TrainingConfig(optimizer=ll.LBFGSConfig(), validation_fraction=0.0)
    linear = ll.MLPConfig(hidden=[])
    data = ll.DataConfig(extrapolate=True)  # the line goes on beyond the data
    config = ll.ModelConfig(data=data, network=linear, distribution=ll.BernoulliConfig(), training=training)
    return ll.Model(config).fit(features, y)


def main(quick: bool = False) -> dict[str, Any]:
    """Go from Bayes to sigmoid and softmax, then fit what two Gaussians imply, and draw the posteriors."""
    # Two classes: Bayes, the sigmoid of the log odds, and the library's Bernoulli with these odds are one number.
    joint = np.array([0.6 * 0.2, 0.4 * 0.6])  # P(man) P(cold | man), P(woman) P(cold | woman)
    posterior, z = joint / joint.sum(), np.log(joint[0] / joint[1])
    print(f"P(man | cold) {posterior[0]:.4f}, P(woman | cold) {posterior[1]:.4f}, sigmoid({z:.4f}) = {expit(z):.4f}")
    assert np.allclose(posterior, [1 / 3, 2 / 3], rtol=1e-14)
    assert np.allclose([expit(z), ll.Bernoulli(logits=z).mean()], 1 / 3, rtol=1e-14)
    # Three: men, women and children, with shares 0.5, 0.3, 0.2, of whom 20 %, 60 % and 50 % order cold noodles.
    joint3 = np.array([0.5, 0.3, 0.2]) * np.array([0.2, 0.6, 0.5])
    three = ll.Categorical(logits=np.log(joint3)).probs
    print("men, women, children given cold, by the softmax of the log joint:", three.round(4))
    assert np.allclose(three, joint3 / joint3.sum(), rtol=1e-14)
    assert np.allclose(softmax([z, 0.0])[0], expit(z), rtol=1e-14)  # two classes: softmax is the sigmoid again

    n = 5_000 if quick else 50_000
    hot, same, narrow = ll.Gaussian(20.0, 4.0), ll.Gaussian(27.0, 4.0), ll.Gaussian(27.0, 2.0)  # temperatures in °C
    at = np.linspace(8.0, 38.0, 301)
    a, w, b = log_odds(same, hot)
    gap = float(np.abs(bayes(at, same, hot) - expit(w * at + b)).max())
    assert a == 0.0
    assert gap < 1e-12

    x, y = orders(same, hot, n)
    model = fitted(x[:, None], y)
    at_zero, at_one = logit(model.predict_dist([[0.0], [1.0]]).mean())  # log odds there: b, and w + b
    w_fit, b_fit = float(at_one - at_zero), float(at_zero)
    # The standard errors from the Fisher information say how near "near" must be for so many orders.
    p, design = bayes(x, same, hot), np.stack([x, np.ones(n)], axis=1)
    errors = np.sqrt(np.diag(np.linalg.inv(design.T @ (design * (p * (1.0 - p))[:, None]))))
    print(f"{'equal variances':24s}{'w':>10s}{'b':>10s}   largest gap to Bayes: {gap:.1e}")
    print(f"{'closed form':24s}{w:10.4f}{b:10.4f}")
    print(f"{f'fitted to {n} orders':24s}{w_fit:10.4f}{b_fit:10.4f}   standard errors: {errors.round(4)}")
    assert np.all(np.abs([w_fit - w, b_fit - b]) < 4.0 * errors)

    # Unequal variances: the log odds are a parabola, and the linear model pays for lacking its square.
    parabola = log_odds(narrow, hot)
    quadratic_gap = float(np.abs(bayes(at, narrow, hot) - expit(np.polyval(parabola, at))).max())
    assert quadratic_gap < 1e-12
    x2, y2 = orders(narrow, hot, n)
    powers, powers_at = x2[:, None] ** [1, 2], at[:, None] ** [1, 2]
    line, square = fitted(powers[:, :1], y2), fitted(powers, y2)
    nll = {"linear": -line.score(powers[:, :1], y2), "quadratic": -square.score(powers, y2)}
    nll["Bayes"] = float(ll.Bernoulli(probs=bayes(x2, narrow, hot)).nll(y2).mean())
    print("unequal variances, NLL per order: ", ", ".join(f"{name} {value:.4f}" for name, value in nll.items()))
    assert nll["linear"] > nll["quadratic"] + 0.01
    assert abs(nll["quadratic"] - nll["Bayes"]) < 0.002

    figure = Figure(figsize=(10, 4.2), layout="constrained")
    axes = figure.subplots(1, 2, sharey=True)
    for axis, cold in zip(axes, (same, narrow), strict=True):
        for d, share, color, name in ((hot, 1.0 - COLD, VERMILLION, "hot orders"), (cold, COLD, BLUE, "cold orders")):
            axis.fill_between(at, 4.0 * share * np.exp(d.log_prob(at)), color=color, alpha=0.25, lw=0, label=name)
        axis.plot(at, bayes(at, cold, hot), color="black", lw=2.5, label="P(cold | x) by Bayes")
        axis.set(xlabel="temperature x (°C)", ylim=(0, 1.02), xlim=(8, 38))
    axes[0].plot(at, model.predict_dist(at[:, None]).mean(), "--", color=GREEN, lw=2.5, label="logistic regression")
    axes[1].plot(at, line.predict_dist(at[:, None]).mean(), "--", color=GREEN, lw=2.5, label="logistic regression")
    axes[1].plot(at, square.predict_dist(powers_at).mean(), ":", color=ORANGE, lw=3.5, label="… with x² as well")
    axes[0].set(ylabel="P(cold noodles | x)", title="Equal variances: a sigmoid of a line")
    axes[1].set_title("Unequal variances: of a parabola")
    for axis in axes:
        axis.legend(frameon=False, loc="upper left", title="areas: densities × share, scaled", alignment="left")
    OUTPUT.mkdir(exist_ok=True)
    path = OUTPUT / "02_bayes_to_softmax.png"
    figure.savefig(path, dpi=120)
    print(f"Figure: {path}")
    r = {"posterior": posterior, "sigmoid": expit(z), "three": three, "closed_form": np.array([w, b]), "gap": gap}
    r |= {"fitted": np.array([w_fit, b_fit]), "errors": errors, "parabola": parabola, "quadratic_gap": quadratic_gap}
    return {**r, "nll": nll, "figure": path}


if __name__ == "__main__":
    main(quick="--quick" in sys.argv[1:])
