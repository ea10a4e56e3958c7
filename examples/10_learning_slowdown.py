r"""
Squared error learns slowly when it is badly wrong
==================================================

One sigmoid neuron, :math:`a = \sigma(wx + b)`, has one thing to learn: for the input 1, say 0. Started at
:math:`a \approx 0.8` it does so at once; started at :math:`a \approx 0.98`, where it is most wrong, it hardly moves for
150 updates. People learn fastest from their worst mistakes. Why does the neuron not?

The gradients with respect to :math:`z = wx + b` show why. Squared error has the slope of the sigmoid as a factor, which
is nearly 0 where the neuron is sure of itself, rightly or wrongly. Cross-entropy does not:

.. math:: \frac{\partial}{\partial z}\,\tfrac12 (a - y)^2 = (a - y)\,\sigma'(z), \qquad
          \frac{\partial}{\partial z}\bigl[-y \log a - (1 - y) \log (1 - a)\bigr] = a - y.

Read as likelihoods, the two differ in what they take y for. Half the squared error is the negative log-likelihood of
a Gaussian with standard deviation 1 around the probability a, as if y could be 0.3 or −2: the wrong noise model for
something that is 0 or 1, and it never charges more than 1/2 for a wrong certainty. Cross-entropy is the negative
log-likelihood of a Bernoulli, the right one; it charges without bound, and its gradient is the plain error a − y.

The lecture notes use the learning rate 0.15 for squared error. The cross-entropy reaches their final output 0.012 from
both starts with the same rate, 0.15 (Nielsen's book draws it with 0.005, which after 300 updates gives 0.42 and 0.78).

Run it: ``python examples/10_learning_slowdown.py [--quick]``
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

import likelinet as ll
from likelinet.networks.activations import SIGMOID

OUTPUT = Path(__file__).parent / "output"
BLUE, VERMILLION = "#0072B2", "#D55E00"
Y = 0.0  # the target; the input is x = 1, so that w and b have the same gradient


def squared_error(z: np.ndarray) -> Any:
    """Return the gradient at z of a Gaussian's negative log-likelihood (scale 1) of y, through the sigmoid."""
    a, sigmoid_backward = SIGMOID.forward((), z)
    _, backward = ll.Gaussian.loss((a, 1.0), np.asarray(Y))
    return sigmoid_backward(backward(1.0)[0])[0]


def cross_entropy(z: np.ndarray) -> Any:
    """Return the gradient at z of a Bernoulli's negative log-likelihood of y."""
    _, backward = ll.Bernoulli.loss((z,), np.asarray(Y))
    return backward(1.0)[0]


def train(gradient: Any, rate: float, updates: int = 300) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the final w and b from both starts, and the output a before and after every update."""
    w, b = np.array([0.6, 2.0]), np.array([0.9, 2.0])
    outputs = [ll.Bernoulli(logits=w + b).probs]
    for _ in range(updates):
        dz = gradient(w + b)
        w, b = w - rate * dz, b - rate * dz  # x = 1
        outputs.append(ll.Bernoulli(logits=w + b).probs)
    return w, b, np.array(outputs)


def main(quick: bool = False) -> dict[str, Any]:
    """Train the neuron from both starts with both losses, print where it ends and draw the way."""
    z = np.linspace(-8.0, 8.0, 201)
    a = ll.Bernoulli(logits=z).probs
    np.testing.assert_allclose(squared_error(z), (a - Y) * a * (1.0 - a), rtol=1e-12)
    np.testing.assert_allclose(cross_entropy(z), a - Y, rtol=1e-12)

    runs = {
        "squared error": train(squared_error, 0.15),
        "cross-entropy": train(cross_entropy, 0.15),
        "cross-entropy, slow": train(cross_entropy, 0.005),
    }
    print(f"{'':22s}{'start w, b':>12s}{'end w':>9s}{'end b':>9s}{'end a':>9s}{'a after 50':>12s}")
    for name, (w, b, outputs) in runs.items():
        for i, start in enumerate(("0.6, 0.9", "2.0, 2.0")):
            print(f"{name:22s}{start:>12s}{w[i]:9.2f}{b[i]:9.2f}{outputs[-1, i]:9.3f}{outputs[50, i]:12.3f}")
    w, b, outputs = runs["squared error"]
    assert np.array_equal(np.round([w, b, outputs[-1]], 2), [[-1.28, -0.68], [-0.98, -0.68], [0.09, 0.20]])
    assert np.array_equal(np.round(runs["cross-entropy"][2][-1], 3), [0.012, 0.012])
    assert np.array_equal(np.round(runs["cross-entropy, slow"][2][-1], 2), [0.42, 0.78])

    figure = Figure(figsize=(10, 4.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    for name, colour in (("squared error", BLUE), ("cross-entropy", VERMILLION)):
        left.plot(runs[name][2][:, 0], "-", color=colour, lw=2)
        left.plot(runs[name][2][:, 1], "--", color=colour, lw=2)
    left.text(15, 0.88, "squared error from (2, 2)", color=BLUE)
    left.text(72, 0.32, "squared error from (0.6, 0.9)", color=BLUE)
    left.text(82, 0.068, "cross-entropy from either", color=VERMILLION)
    left.set(xlabel="update", ylabel="output a (the target is 0)", title="Learning, step by step", ylim=(0, 1))
    right.plot(a, cross_entropy(z), color=VERMILLION, lw=2)
    right.plot(a, squared_error(z), color=BLUE, lw=2)
    right.text(0.60, 0.68, "cross-entropy: a − y", color=VERMILLION, ha="right")
    right.text(0.60, 0.19, "squared error: (a − y) σ′(z)", color=BLUE, ha="center")
    right.annotate(
        "surely wrong,\nand no gradient",
        xy=(0.985, 0.018),
        xytext=(0.80, 0.36),
        arrowprops={"arrowstyle": "->"},
        ha="center",
    )
    right.set(xlabel="output a (the target is 0)", ylabel="gradient at z", title="What each loss says to the neuron")
    OUTPUT.mkdir(exist_ok=True)
    path = OUTPUT / "10_learning_slowdown.png"
    figure.savefig(path, dpi=120)
    print(f"Figure: {path}")
    return {"runs": runs, "figure": path}


if __name__ == "__main__":
    main(quick="--quick" in sys.argv[1:])
