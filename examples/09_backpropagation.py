r"""
Backpropagation by hand
=======================

A network is a circuit of simple gates. Forward, each gate computes its value; backward, it takes the gradient of the
output in its value and hands it on to each of its inputs, times its own slope there. This is the chain rule,

.. math:: \frac{\partial L}{\partial x} = \frac{\partial L}{\partial y}\,\frac{\partial y}{\partial x} .

An add gate passes the gradient on as it is; a multiply gate times the other input; a max gate to the larger input; the
gradients of the copies of a value add up. That is all of ``backpropagate`` below; the library's layers do the same with
matrices, ``forward(params, x) -> (y, backward)``. Differences test both without any derivation, but cost passes for
every weight, and a large step h is wrong by h² (with four points h⁴), a small one divides rounding errors by h.

Run it: ``python examples/09_backpropagation.py [--quick]``
"""

import sys
from functools import partial
from pathlib import Path
from timeit import repeat
from typing import Any

import numpy as np
from matplotlib.figure import Figure

import likelinet as ll
from likelinet.networks.activations import SIGMOID
from likelinet.networks.dense import Dense
from likelinet.networks.mlp import mlp

OUTPUT = Path(__file__).parent / "output"
NETWORK = mlp(4, [3], 1, SIGMOID)
BLUE, VERMILLION, GREY = "#0072B2", "#D55E00", "#8C9196"
GATES: dict[str, Any] = {
    "+": lambda x, y: (x + y, lambda d: (d, d)),
    "×": lambda x, y: (x * y, lambda d: (d * y, d * x)),
    "max": lambda x, y: (max(x, y), lambda d: (d * (x >= y), d * (x < y))),
    "−": lambda x: (-x, lambda d: (-d,)),
    "exp": lambda x: (np.exp(x), lambda d: (d * np.exp(x),)),
    "+1": lambda x: (x + 1.0, lambda d: (d,)),
    "1/x": lambda x: (1.0 / x, lambda d: (-d / x**2,)),
}
NEURON = "p × w0 x0; q × w1 x1; s + p q; z + s w2; n − z; e exp n; d +1 e; a 1/x d"
FRUIT = "A × apples apple; O × oranges orange; sum + A O; price × sum tax"
CIRCUITS = {  # wires "out gate in in; …", inputs, and the values and gradients known by hand
    "(x + y) z": ("q + x y; f × q z", "x=-2 y=5 z=-4", "f=-12", "x=-4 y=-4 z=3"),
    "(x + y)²": ("q + x y; f × q q", "x=-2 y=5", "f=9", "x=6 y=6"),
    "xy + max(z, w)": ("q × x y; m max z w; f + q m", "x=3 y=-4 z=2 w=-1", "f=-10", "x=-4 y=3 z=1 w=0"),
    "neuron": (NEURON, "w0=2 x0=-1 w1=-3 x1=-2 w2=-3", "a=0.73", "w0=-0.20 x0=0.39 w1=-0.39 x1=-0.59 w2=0.20"),
    "apples": ("A × apples apple; price × A tax", "apples=2 apple=100 tax=1.1", "price=220", "apple=2.2 tax=200"),
    "fruit": (FRUIT, "apples=2 apple=100 oranges=3 orange=150 tax=1.1", "price=715", "apple=2.2 apples=110 tax=650"),
}
POINTS = {2: [(-1, -1 / 2), (1, 1 / 2)], 4: [(-2, 1 / 12), (-1, -2 / 3), (1, 2 / 3), (2, -1 / 12)]}  # k, factor


def backpropagate(circuit: str, inputs: str) -> tuple[dict[str, float], dict[str, float]]:
    """Return the value of every wire, and the gradient of the last one in it."""
    values = {name: float(value) for name, value in (pair.split("=") for pair in inputs.split())}
    steps, out = [], ""
    for step in circuit.split(";"):
        out, gate, *sources = step.split()
        values[out], backward = GATES[gate](*(values[s] for s in sources))
        steps.append((out, sources, backward))
    gradients = {**dict.fromkeys(values, 0.0), out: 1.0}
    for wire, sources, backward in reversed(steps):
        for source, d in zip(sources, backward(gradients[wire]), strict=True):
            gradients[source] += d  # the gradients of copies add up
    return values, gradients


def draw(axis: Any, title: str, circuit: str, inputs: str) -> None:
    """Draw a circuit, each wire with its value above and its gradient below."""
    values, gradients = backpropagate(circuit, inputs)
    at, gates = {pair.split("=")[0]: (0.0, -float(i)) for i, pair in enumerate(inputs.split())}, {}
    for step in circuit.split(";"):
        out, gates[out], *sources = step.split()
        at[out] = max(at[s][0] for s in sources) + 1.0, float(np.mean([at[s][1] for s in sources]))
        for s in sources:
            axis.annotate("", at[out], at[s], arrowprops={"arrowstyle": "->", "ec": GREY, "shrinkA": 20, "shrinkB": 16})
    for wire, (x, y) in at.items():
        axis.text(x, y, gates.get(wire, wire), ha="center", va="center", bbox={"fc": "white", "ec": GREY})
        side, up = (x, 0.3) if x else (-0.45, 0.02)  # beside an input, above and below a gate
        axis.text(side, y + up, f"{values[wire]:.4g}", color=BLUE, ha="center", va="bottom")
        axis.text(side, y - up, f"{gradients[wire]:.3g}", color=VERMILLION, ha="center", va="top")
    axis.set(xlim=(-0.6, max(x for x, _ in at.values()) + 0.4), ylim=(-4.5, 0.5), title=title)
    axis.axis("off")


def loss(w: tuple[np.ndarray, ...], x: np.ndarray, y: np.ndarray) -> tuple[float, Any]:
    """Return half the squared error of all rows, up to a constant, and the way back to its gradients in the weights."""
    output, network_backward = NETWORK.forward(w, x)
    nll, loss_backward = ll.Gaussian.loss((output[:, 0], 1.0), y)
    return nll.sum(), lambda: network_backward(loss_backward(1.0)[0][:, None])[1]


def numerical(h: float, points: Any, w: tuple[np.ndarray, ...], x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the gradient in the first matrix by differences with step h, two or four passes for each weight."""
    moves = h * np.eye(12).reshape(12, 4, 3)
    return np.reshape([sum(c * loss((w[0] + k * e, *w[1:]), x, y)[0] for k, c in points) / h for e in moves], (4, 3))


def main(quick: bool = False) -> dict[str, Any]:
    """Run the circuits, compare layers with what is known by hand, and test differences against backpropagation."""
    results, steps, rng = {}, 10.0 ** -np.arange(1, 11), np.random.default_rng(0)
    for name, (circuit, inputs, value, known) in CIRCUITS.items():
        values, gradients = results[name] = backpropagate(circuit, inputs)
        for found, (wire, digits) in [(values, value.split("=")), *((gradients, k.split("=")) for k in known.split())]:
            assert f"{found[wire]:.{len(digits.partition('.')[2])}f}" == digits
        print(f"{name:16s}{value:10s} gradients {known}")
    x, y = rng.standard_normal((30, 4)), rng.standard_normal(30)
    w = w1, b1, w2, b2 = tuple(rng.standard_normal(weight.shape) for weight in NETWORK.weights())
    h = 1.0 / (1.0 + np.exp(-(x @ w1 + b1)))
    by_hand = float((((h @ w2 + b2)[:, 0] - y) * w2[0, 0] * h[:, 0] * (1.0 - h[:, 0]) * x[:, 0]).sum())
    exact = loss(w, x, y)[1]()[0]
    print(f"4-3-1 network   dL/dw11 = {by_hand:.12f} by hand, {exact[0, 0]:.12f} by the library")
    assert abs(by_hand - exact[0, 0]) < 1e-13
    worst, fast = {}, min(repeat(lambda: loss(w, x, y)[1](), number=5, repeat=10))
    for order, points in POINTS.items():
        worst[order] = [float(np.abs(numerical(h, points, w, x, y) - exact).max()) for h in steps]
        slow = min(repeat(partial(numerical, 1e-3, points, w, x, y), number=5, repeat=10)) / fast
        print(f"  differences   order {order}: error {min(worst[order]):.0e} at best, in {slow:.0f} times the time")
    assert min(worst[4]) < min(worst[2]) < 1e-8
    print("  in the notes ", table := [round((value - 1.25347) / 0.0001, 6) for value in (1.25322, 1.25353, 1.25347)])
    assert table == [-2.5, 0.6, 0.0]
    out, dense_backward = Dense(3, 2, 1.0).forward((np.ones((3, 2)), np.ones(2)), np.ones((5, 3)))
    dx, (dw, db) = dense_backward(out)
    print("affine layer   ", shapes := [a.shape for a in (out, dx, dw, db) if a is not None], "y, dx, dW, db")
    assert shapes == [(5, 2), (5, 3), (3, 2), (2,)]
    for p, known in (((0.3, 0.2, 0.5), (0.3, -0.8, 0.5)), ((0.01, 0.99, 0.0), (0.01, -0.01, 0.0))):
        errors = ll.Categorical.loss((ll.Categorical(probs=p).logits,), np.array(1))[1](np.array(1.0))[0]
        print(f"softmax         output {p}, label (0, 1, 0): errors {errors.round(12)}")
        np.testing.assert_allclose(errors, known, atol=1e-15)
    figure = Figure(figsize=(11, 7.6), layout="constrained")
    axes = figure.subplot_mosaic([["neuron", "neuron"], ["fruit", "error"]])
    draw(axes["neuron"], "A sigmoid neuron: values (blue, above), gradients (red, below)", *CIRCUITS["neuron"][:2])
    draw(axes["fruit"], "Apples, oranges and tax", *CIRCUITS["fruit"][:2])
    for order, style, colour in ((2, "o-", BLUE), (4, "s--", VERMILLION)):
        axes["error"].loglog(steps, worst[order], style, color=colour, label=f"order {order}")
    axes["error"].set(xlabel="step h", ylabel="largest error of a gradient", title="Numerical gradients")
    axes["error"].legend(frameon=False)
    OUTPUT.mkdir(exist_ok=True)
    path = OUTPUT / "09_backpropagation.png"
    figure.savefig(path, dpi=120)
    print(f"Figure: {path}")
    return {"circuits": results, "dw11": (by_hand, float(exact[0, 0])), "table": table, "worst": worst, "figure": path}


if __name__ == "__main__":
    main(quick="--quick" in sys.argv[1:])
