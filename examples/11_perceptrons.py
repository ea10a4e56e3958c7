r"""
Perceptrons: what one line can do, and what it cannot
=====================================================

A perceptron weighs its inputs and says 1 if the sum is above 0:

.. math:: y = \begin{cases} 1 & w_1 x_1 + w_2 x_2 + b > 0 \\ 0 & \text{else} \end{cases}

Its boundary is a straight line. That is enough for AND, OR and NAND: we first write weights down, and then let the
perceptron find its own by Rosenblatt's rule, :math:`w \leftarrow w + (t - y)\,x`, :math:`b \leftarrow b + t - y`, which
changes nothing where the answer t is right and is sure to stop if any line separates the classes (its convergence
theorem).

No line separates XOR, so the rule never stops. The best that a linear model with a probability on top can do is to say
1/2 everywhere, a loss of log 2 = 0.693 nats a row. One hidden layer solves it: by hand, as the AND of a NAND and an OR,
or learnt, by a Bernoulli model with four hidden units.

The hidden layer must not be linear. Two affine layers are one: :math:`(x W_1 + b_1) W_2 + b_2 = x (W_1 W_2) + (b_1 W_2
+ b_2)`, for rows x; with columns, as in the lecture notes, the product reads :math:`W_2 W_1`. We check it on the
library's layers.

Run it: ``python examples/11_perceptrons.py [--quick]``
"""

import math
import sys
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

import likelinet as ll
from likelinet.networks.chain import Chain
from likelinet.networks.dense import Dense

OUTPUT = Path(__file__).parent / "output"
BLUE, VERMILLION = "#0072B2", "#D55E00"
X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
TRUTH = {"AND": [0, 0, 0, 1], "OR": [0, 1, 1, 1], "NAND": [1, 1, 1, 0], "XOR": [0, 1, 1, 0]}
GIVEN = {"AND": (0.5, 0.5, -0.7), "OR": (0.5, 0.5, -0.2), "NAND": (-0.5, -0.5, 0.7)}  # w1, w2, b


def perceptron(weights: Any, x: np.ndarray) -> np.ndarray:
    """Return 1 for the rows of x on the positive side of the line, else 0."""
    w1, w2, b = weights
    return (w1 * x[:, 0] + w2 * x[:, 1] + b > 0).astype(int)


def xor_by_hand(x: np.ndarray) -> np.ndarray:
    """Return XOR as AND of NAND and OR: a hidden layer of two perceptrons and one on top."""
    hidden = np.column_stack([perceptron(GIVEN["NAND"], x), perceptron(GIVEN["OR"], x)])
    return perceptron(GIVEN["AND"], hidden)


def learn(target: list[int], sweeps: int = 1000) -> tuple[np.ndarray, int]:
    """Return the weights that the perceptron rule finds from 0, and the sweeps until all rows were right, or -1."""
    weights, inputs = np.zeros(3), np.column_stack([X, np.ones(4)])  # the bias is a weight of the constant input 1
    for sweep in range(sweeps):
        wrong = 0
        for x, t in zip(inputs, target, strict=True):
            error = t - int(weights @ x > 0)
            weights += error * x
            wrong += abs(error)
        if not wrong:
            return weights, sweep
    return weights, -1


def main(quick: bool = False) -> dict[str, Any]:
    """Compute the gates by hand, by the rule and by models, collapse linear layers, and draw the boundaries."""
    learnt = {gate: learn(target) for gate, target in TRUTH.items()}
    print(f"{'':6s}{'table':14s}{'given weights':22s}{'learnt weights':22s}{'sweeps until all rows are right':s}")
    for gate, (weights, sweeps) in learnt.items():
        given = f"{GIVEN[gate]}" if gate in GIVEN else "none exist"
        found, after = (f"{tuple(weights.tolist())}", f"{sweeps}") if sweeps >= 0 else ("none", "never (1000 tried)")
        print(f"{gate:6s}{TRUTH[gate]!s:14s}{given:22s}{found:22s}{after}")
        if gate in GIVEN:
            assert perceptron(GIVEN[gate], X).tolist() == perceptron(weights, X).tolist() == TRUTH[gate]
    assert learnt["XOR"][1] == -1
    assert xor_by_hand(X).tolist() == TRUTH["XOR"]

    # A Bernoulli model of the same four rows: without a hidden layer, and with four hidden units.
    y, models = np.array(TRUTH["XOR"], dtype=float), {}
    for hidden in ([], [4]):
        config = ll.ModelConfig(
            quality="plain",
            data=ll.DataConfig(extrapolate=True),  # the picture goes beyond the four corners
            network=ll.MLPConfig(hidden=hidden, activation="tanh"),
            distribution=ll.BernoulliConfig(),
            training=ll.TrainingConfig(optimizer=ll.LBFGSConfig(), validation_fraction=0.0, epochs=200),
        )
        models[len(hidden)] = ll.Model(config).fit(X, y)
    nll = {k: float(m.predict_dist(X).nll(y).mean()) for k, m in models.items()}
    p = {k: np.asarray(m.predict_dist(X).mean()) for k, m in models.items()}
    print(f"XOR by a linear model: {nll[0]:.6f} nats a row (log 2 = {math.log(2):.6f}), probabilities {p[0].round(3)}")
    print(f"XOR with four hidden units: {nll[1]:.6f} nats a row, probabilities {p[1].round(3)}")
    assert abs(nll[0] - math.log(2)) < 1e-8
    assert nll[1] < 1e-3

    rng = np.random.default_rng(0)
    w1, b1, w2, b2 = (rng.standard_normal(s) for s in ((3, 5), (5,), (5, 2), (2,)))
    x = rng.standard_normal((100, 3))
    two, _ = Chain((Dense(3, 5, 1.0), Dense(5, 2, 1.0))).forward((w1, b1, w2, b2), x)
    one, _ = Dense(3, 2, 1.0).forward((w1 @ w2, b1 @ w2 + b2), x)
    difference = float(np.abs(two - one).max())
    print(f"two linear layers against their product as one layer: largest difference {difference:.0e}")
    assert difference < 1e-12

    figure = Figure(figsize=(11, 3.3), layout="constrained")
    axes = figure.subplots(1, 4, sharex=True, sharey=True)
    at = np.linspace(-0.5, 1.5, 401)
    grid = np.stack(np.meshgrid(at, at), axis=-1).reshape(-1, 2)
    panels = [
        ("AND: one line", "AND", perceptron(GIVEN["AND"], grid)),
        ("OR: one line", "OR", perceptron(GIVEN["OR"], grid)),
        ("XOR: NAND and OR", "XOR", xor_by_hand(grid)),
        ("XOR: learnt, 4 hidden units", "XOR", models[1].predict_dist(grid).mean()),
    ]
    for axis, (title, gate, value) in zip(axes, panels, strict=True):
        value = np.asarray(value, dtype=float).reshape(401, 401)
        axis.contourf(at, at, value, levels=np.linspace(0, 1, 11), cmap="Blues", alpha=0.4)
        for mark, colour, label in ((0, VERMILLION, "0"), (1, BLUE, "1")):
            rows = X[np.array(TRUTH[gate]) == mark]
            axis.plot(*rows.T, "so"[mark], color=colour, ms=11, mec="white", mew=1.2)
            for row in rows:
                axis.text(*row, label, color="white", ha="center", va="center_baseline", fontsize=9, weight="bold")
        axis.set(xlabel="$x_1$", title=title, xticks=[0, 1], yticks=[0, 1], aspect="equal")
    axes[0].set_ylabel("$x_2$")
    OUTPUT.mkdir(exist_ok=True)
    path = OUTPUT / "11_perceptrons.png"
    figure.savefig(path, dpi=120)
    print(f"Figure: {path}")
    return {
        "learnt": learnt,
        "nll": nll,
        "probabilities": p,
        "two": two,
        "weights": (x, w1, b1, w2, b2),
        "figure": path,
    }


if __name__ == "__main__":
    main(quick="--quick" in sys.argv[1:])
