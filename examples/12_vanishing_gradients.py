r"""
Vanishing gradients: what reaches the first layer
=================================================

Backpropagation multiplies. On its way from the loss to the first layer, a gradient goes through every weight matrix and
every slope of an activation function,

.. math:: \frac{\partial L}{\partial h_1} = \frac{\partial L}{\partial h_k}
          \operatorname{diag} f'(z_k)\, W_k \cdots \operatorname{diag} f'(z_2)\, W_2

(for columns h), and a product of many factors either vanishes or explodes unless each is close to 1. The slope of the
sigmoid is at most 1/4: after nine of them 1/4⁹ = 4 · 10⁻⁶ is left, and the first layers, on which all others stand, do
not learn.

We measure it on the library's own networks before any training: the norm of :math:`\partial L / \partial W` for each of
ten hidden layers, with 100 units each. The library draws initial weights with variance gain² / inputs, where the gain
belongs to the activation (√2 for relu, after He et al.; 5/3 for tanh), so that signals keep their size. We compare this
with a standard deviation of 0.01 or 1 for all weights. At 0.01 all layers have equal gradients, but equally hopeless
ones, of 1e-11: the gradient at a layer is the signal that comes from below times the error that comes from above, and
each layer shrinks both tenfold. So look at the height of a line, not only at its slope.

The remedies are tried on the worst case, sigmoid: a skip around each layer, :math:`h + f(hW + b)`, gives the gradient a
path whose factor is exactly 1; layer normalisation rescales the signal in each layer. Here normalisation wins a factor
of about 50, which is not enough, and the skip nearly all of it.

Run it: ``python examples/12_vanishing_gradients.py [--quick]``
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

import likelinet as ll
from likelinet.networks.activations import RELU, SIGMOID, TANH
from likelinet.networks.mlp import mlp
from likelinet.objective.layout import Layout

OUTPUT = Path(__file__).parent / "output"
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7")
FIXED = ["relu, std 1", "tanh, std 1", "tanh, std 0.01", "relu, std 0.01"]
REMEDIES = ["sigmoid", "sigmoid, normalised", "sigmoid, residual", "sigmoid, both"]
STYLES = ("o-", "s--", "^-.", "D:")
WIDTH, DEPTH, ROWS = 100, 10, 100


def gradient_norms(activation: Any, depth: int, draws: int, **options: Any) -> np.ndarray:
    """Return the norm of dL/dW of each hidden layer, the geometric mean over draws of weights and rows."""
    network = mlp(WIDTH, [WIDTH] * depth, 1, activation, **options)
    layout = Layout(network.weights())
    logs = []
    for seed in range(draws):
        rng = np.random.default_rng(seed)
        x, y = rng.standard_normal((ROWS, WIDTH)), rng.standard_normal(ROWS)
        weights = tuple(w[0] for w in layout.views(layout.initial(rng)[None]))
        output, network_backward = network.forward(weights, x)
        _, loss_backward = ll.Gaussian.loss((output[:, 0], 1.0), y)
        d_output = loss_backward(1.0 / len(y))[0]  # the loss is the mean over the rows
        _, grads = network_backward(d_output[:, None])
        matrices = [g for g in grads if g.ndim == 2][:-1]  # the last one is the output layer
        logs.append([np.log10(np.linalg.norm(g)) for g in matrices])
    return 10.0 ** np.mean(logs, axis=0)


def main(quick: bool = False) -> dict[str, Any]:
    """Measure gradients by layer and depth, print first against last, and draw them on a log axis."""
    draws = 2 if quick else 10
    cases: dict[str, tuple[Any, dict[str, Any]]] = {
        "sigmoid": (SIGMOID, {}),
        "tanh": (TANH, {}),
        "relu": (RELU, {}),
        "tanh, std 0.01": (TANH, {"std": 0.01}),
        "tanh, std 1": (TANH, {"std": 1.0}),
        "relu, std 0.01": (RELU, {"std": 0.01}),
        "relu, std 1": (RELU, {"std": 1.0}),
        "sigmoid, normalised": (SIGMOID, {"layer_norm": True}),
        "sigmoid, residual": (SIGMOID, {"residual": True}),
        "sigmoid, both": (SIGMOID, {"layer_norm": True, "residual": True}),
    }
    norms = {name: gradient_norms(activation, DEPTH, draws, **o) for name, (activation, o) in cases.items()}
    ratio = {name: float(n[0] / n[-1]) for name, n in norms.items()}
    print(f"{'':22s}{'first layer':>12s}{'last hidden':>13s}{'first / last':>14s}")
    for name, n in norms.items():
        print(f"{name:22s}{n[0]:12.1e}{n[-1]:13.1e}{ratio[name]:14.1e}")
    depths = [2, 5, 10] if quick else [2, 3, 5, 7, 10, 14, 20]
    by_depth: dict[str, list[float]] = {}
    for name in ("sigmoid", "tanh", "relu", "sigmoid, residual"):
        activation, options = cases[name]
        by_depth[name] = [
            float(n[0] / n[-1]) for n in (gradient_norms(activation, d, draws, **options) for d in depths)
        ]

    # The sigmoid loses about a factor 1/4 a layer; relu with He's gain and networks with skips lose about nothing.
    assert ratio["sigmoid"] < 1e-4
    assert 0.01 < ratio["sigmoid"] / 0.25 ** (DEPTH - 1) < 100.0
    assert 0.2 < ratio["relu"] < 5.0
    assert 1.0 < ratio["tanh"] < 10.0  # a gain of 5/3 is a little too much: the gradient grows by 15 % a layer
    assert all(0.01 < ratio[name] < 1.0 for name in ("sigmoid, residual", "sigmoid, both"))
    assert ratio["sigmoid, normalised"] < 0.1
    assert norms["relu, std 0.01"].max() < 1e-10  # vanished everywhere
    assert norms["relu, std 1"].min() > 1e15  # exploded everywhere

    figure = Figure(figsize=(10, 7.6), layout="constrained")
    axes = figure.subplots(2, 2)
    layers = np.arange(1, DEPTH + 1)
    panels = [  # title, cases, and their labels where the title says the rest
        ("Initial weights of the library", ["sigmoid", "tanh", "relu"], ["sigmoid", "tanh", "relu"]),
        ("The same standard deviation everywhere", FIXED, FIXED),
        ("Remedies for sigmoid", REMEDIES, ["none", "normalisation", "residual", "both"]),
    ]
    for axis, (title, names, labels) in zip(axes.flat, panels, strict=False):
        for name, label, style, colour in zip(names, labels, STYLES, COLOURS, strict=False):
            axis.semilogy(layers, norms[name], style, color=colour, ms=5, label=label)
        axis.set(xlabel="hidden layer (1 is next to x)", ylabel="norm of dL/dW", title=title, xticks=layers)
    for (name, values), style, colour in zip(by_depth.items(), STYLES, COLOURS, strict=True):
        axes[1, 1].semilogy(depths, values, style, color=colour, ms=5, label=name)
    axes[1, 1].set(
        xlabel="number of hidden layers",
        ylabel="first / last hidden layer",
        title="Deeper networks",
        xticks=[2, 5, 10, 15, 20],
    )
    for axis, place in zip(axes.flat, ("lower right", "center right", "lower right", "lower left"), strict=True):
        axis.legend(frameon=False, loc=place)
    axes[0, 1].legend(frameon=False, loc="upper left", bbox_to_anchor=(0.0, 0.9))
    OUTPUT.mkdir(exist_ok=True)
    path = OUTPUT / "12_vanishing_gradients.png"
    figure.savefig(path, dpi=120)
    print(f"Figure: {path}")
    return {"norms": norms, "ratio": ratio, "depths": depths, "by_depth": by_depth, "figure": path}


if __name__ == "__main__":
    main(quick="--quick" in sys.argv[1:])
