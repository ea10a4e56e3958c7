r"""
Gradient descent, step by step
==============================

Training walks downhill: :math:`\theta \leftarrow \theta - \eta \nabla L`. Why downhill? Taylor says how the loss
changes when the step is small,

.. math:: \Delta L \approx \nabla L \cdot \Delta\theta = -\eta\,\lVert \nabla L \rVert^2 < 0,

and for a logistic regression the ratio of the two sides goes to 1 as η goes to 0. How far may one go? In the bowl
:math:`f = (x - 1)^2 + \tfrac32 (y - 1)^2` each step multiplies the distance to the minimum (1, 1) by :math:`1 - 2\eta`
along x and by :math:`1 - 3\eta` along y. In 20 steps from (0, 0), η = 0.01 crawls, 0.3 arrives, and 0.6 overshoots: it
jumps over the minimum again and again (beyond 2/3 it would leave the bowl). In a valley, one direction allows only
short steps while the other needs long ones; momentum adds up the steps that agree.

A log-likelihood is a sum over rows, so a few rows give an unbiased guess of its gradient, and one pass over the data in
minibatches takes many steps where the full batch takes one. A larger batch is less noisy and can bear a longer step:
eight times the batch with eight times the rate goes nearly the same way. When to stop? When held-out rows are no longer
predicted better, long before the training rows are learnt by heart. The library does so and keeps the best weights.

Run it: ``python examples/08_gradient_descent.py [--quick]``
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

import likelinet as ll
from likelinet.optim.schedules import constant
from likelinet.optim.sgd import SGD

OUTPUT = Path(__file__).parent / "output"
BLUE, VERMILLION, GREEN, PURPLE, GREY = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#8C9196"
BOWL = np.array([2.0, 3.0])  # curvatures of (x - 1)² + 3/2 (y - 1)²
VALLEY = np.array([2.0, 100.0])
BATCHES = [(512, 0.02), (128, 0.02), (128, 0.16), (16, 0.02), (1, 0.02)]  # rows and learning rate
STYLES, COLOURS = ("o-", "s-", "s--", "^-", "D:"), (GREY, PURPLE, PURPLE, BLUE, VERMILLION)


def descend(curvature: np.ndarray, rate: float, steps: int, momentum: float = 0.0) -> np.ndarray:
    """Return the points that the library's SGD visits from (0, 0), shape (steps + 1, 2)."""
    sgd = SGD(constant(rate, steps), momentum=momentum)
    at = np.zeros((1, 2))  # one member, two weights
    path, state = [at], sgd.init(at)
    for _ in range(steps):
        at, state = sgd.update(curvature * (at - 1.0), state, at)
        path.append(at)
    return np.concatenate(path)


def loss(w: np.ndarray, x: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the mean NLL of a logistic regression and its gradient in the weights."""
    nll, backward = ll.Bernoulli.loss((x @ w,), y)
    return nll.mean(), x.T @ backward(1.0 / len(y))[0]


def excess(x: np.ndarray, y: np.ndarray, batch: int, rate: float, epochs: int) -> np.ndarray:
    """Return the NLL of all rows, above its minimum, after every pass of SGD over them: a linear Gaussian model."""
    training = ll.TrainingConfig(
        optimizer=ll.SGDConfig(learning_rate=rate), schedule=None, gradient_clip=None, batch_size=batch, epochs=epochs
    )
    head = ll.GaussianConfig(scale=1.0)
    config = ll.ModelConfig(quality="plain", network=ll.MLPConfig(hidden=[]), distribution=head, training=training)
    model = ll.Model(config).fit(x, y, validation=(x, y))  # so that the training rows are scored after every epoch
    inputs = np.column_stack([x, np.ones(len(x))])
    best = ll.Gaussian(inputs @ np.linalg.lstsq(inputs, y)[0], 1.0).nll(y).mean()
    return np.array([e.validation_nll[0] for e in model.history.epochs if e.validation_nll]) - best


def noisy_sine(stopping: ll.EarlyStoppingConfig | None, epochs: int) -> ll.History:
    """Return the history of a large network on 40 noisy rows, with 500 held-out rows to stop by."""
    rng = np.random.default_rng(0)
    x = rng.uniform(-3.0, 3.0, (540, 1))
    y = np.sin(2.0 * x[:, 0]) + 0.4 * rng.standard_normal(540)
    training = ll.TrainingConfig(epochs=epochs, schedule=None, early_stopping=stopping)
    model = ll.Model(ll.ModelConfig(quality="plain", network=ll.MLPConfig(hidden=[64, 64]), training=training))
    return model.fit(x[:40], y[:40], validation=(x[40:], y[40:])).history


def main(quick: bool = False) -> dict[str, Any]:
    """Walk through the bowl and the valley, fit with batches of several sizes, and stop early."""
    rates = [1e-1, 1e-2, 1e-3, 1e-4]
    rng = np.random.default_rng(0)
    w, x, y = rng.standard_normal(3), rng.standard_normal((50, 3)), rng.integers(0, 2, 50).astype(float)
    before, grad = loss(w, x, y)
    ratios = [float((loss(w - rate * grad, x, y)[0] - before) / (-rate * grad @ grad)) for rate in rates]
    for rate, ratio in zip(rates, ratios, strict=True):
        print(f"rate {rate:6.4f}: dL / (-rate |grad L|^2) = {ratio:.6f}")
    assert abs(ratios[-1] - 1.0) < 1e-4

    paths = {rate: descend(BOWL, rate, 20) for rate in (0.01, 0.3, 0.6)}
    for rate, path in paths.items():
        print(f"bowl, rate {rate:4.2f}: after 20 steps at ({path[-1, 0]:.5f}, {path[-1, 1]:.5f})")
    assert np.abs(paths[0.3][-1] - 1.0).max() < 1e-7 < 0.5 < np.abs(paths[0.01][-1] - 1.0).min()
    assert np.all(np.diff(np.sign(paths[0.6][:, 1] - 1.0)) != 0)  # from one side to the other at every step

    valleys = {momentum: descend(VALLEY, 0.018, 200, momentum) for momentum in (0.0, 0.7)}
    # from which step on it stays within 0.001
    steps = {m: int(np.flatnonzero(np.abs(path - 1.0).max(axis=1) > 1e-3)[-1]) + 1 for m, path in valleys.items()}
    print(f"valley with curvatures 2 and 100: {steps[0.0]} steps without momentum, {steps[0.7]} with momentum 0.7")
    assert steps[0.7] < 0.5 * steps[0.0]

    x = rng.standard_normal((512, 5))
    y = x @ np.array([0.6, -0.5, 0.4, 0.3, -0.2]) + rng.standard_normal(512)
    curves = {(batch, rate): excess(x, y, batch, rate, 6) for batch, rate in BATCHES}
    for (batch, rate), nll in curves.items():
        print(f"batch of {batch:3d}, rate {rate}: nats above the minimum after 1, 3, 6 passes", nll[[0, 2, 5]].round(4))
    assert curves[16, 0.02][1] < 0.1 * curves[512, 0.02][1]  # many small steps beat one exact one
    assert abs(curves[128, 0.16][0] / curves[16, 0.02][0] - 1.0) < 0.7  # 8 times the batch and rate: much the same
    assert curves[1, 0.02][3:].min() > 5.0 * curves[16, 0.02][3:].max()  # a single row's noise keeps it from settling

    stopped, whole = noisy_sine(ll.EarlyStoppingConfig(patience=40), 200), noisy_sine(None, 150 if quick else 200)
    held_out, best = np.array([e.validation_nll or [np.nan] for e in whole.epochs])[:, 0], stopped.best_epoch[0]
    training = np.array([e.train_nll[0] for e in whole.epochs])
    print(f"early stopping keeps epoch {best}: held-out NLL {held_out.min():.3f}; the last epoch: {held_out[-1]:.3f}")
    print(f"and there {training[-1]:.3f} on the training rows, which it knows by heart")
    assert (stopped.stopped, best) == ("early stopping", int(held_out[: best + 40].argmin()) + 1)  # of what it saw
    assert held_out[-1] - training[-1] > 0.01

    figure = Figure(figsize=(10, 7.8), layout="constrained")
    (bowl, valley), (passes, stop) = figure.subplots(2, 2)
    at = np.linspace(-0.15, 1.9, 100)
    bowl.contour(at, at, (at - 1) ** 2 + 1.5 * (at[:, None] - 1) ** 2, levels=12, colors=GREY, linewidths=0.6)
    for (rate, path), style, colour in zip(paths.items(), ("^-", "o-", "s--"), (GREEN, BLUE, VERMILLION), strict=True):
        bowl.plot(*path.T, style, color=colour, ms=5, label=f"rate {rate}")
    bowl.set(xlabel="x", ylabel="y", title="20 steps in a bowl with its minimum at (1, 1)")
    for (momentum, path), style, colour in zip(valleys.items(), ("--", "-"), (VERMILLION, BLUE), strict=True):
        valley.semilogy(np.abs(path - 1).max(axis=1), style, color=colour, label=f"momentum {momentum}")
    valley.set(xlabel="step", ylabel="distance to the minimum", title="A valley: curvatures 2 and 100", ylim=(1e-4, 2))
    for ((batch, rate), nll), style, colour in zip(curves.items(), STYLES, COLOURS, strict=True):
        passes.semilogy(range(1, 7), nll, style, color=colour, label=f"batch of {batch}, rate {rate}")
    passes.set(xlabel="passes over 512 rows", ylabel="NLL above its minimum, nats", title="Rows in a batch")
    epochs = np.arange(1, len(held_out) + 1)
    stop.plot(epochs, held_out, color=VERMILLION, label="500 held-out rows")
    stop.plot(epochs, training, "--", color=BLUE, label="40 training rows")
    stop.axvline(best, color=GREY, lw=1, label=f"kept: epoch {best}")
    stop.set(xlabel="epoch", ylabel="NLL, nats per row", title="When to stop")
    passes.set_ylim(bottom=3e-6)
    for axis, place in ((bowl, "lower right"), (valley, "upper right"), (passes, "lower left"), (stop, (0.47, 0.3))):
        axis.legend(frameon=False, loc=place)
    OUTPUT.mkdir(exist_ok=True)
    path = OUTPUT / "08_gradient_descent.png"
    figure.savefig(path, dpi=120)
    print(f"Figure: {path}")
    return {"ratios": ratios, "paths": paths, "steps": steps, "curves": curves, "best": best, "figure": path}


if __name__ == "__main__":
    main(quick="--quick" in sys.argv[1:])
