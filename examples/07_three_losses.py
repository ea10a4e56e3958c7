r"""
Three losses are one
====================

Textbooks give a loss for numbers, one for yes or no, one for classes. All are the negative log-likelihood of y,

.. math:: -\log p(y \mid x) =
          \begin{cases}
          \tfrac12 (y - z)^2 + \tfrac12 \log 2\pi & \text{Gaussian with mean } z,\ \sigma = 1 \\
          -y \log p - (1 - y) \log (1 - p) & \text{Bernoulli, } p = \operatorname{sigmoid}(z) \\
          -\log p_y & \text{categorical, } p = \operatorname{softmax}(z)
          \end{cases}

and differ only in the distribution. A constant moves no minimum, so equal gradients mean equal fits. We check values
and gradients on drawn inputs, and fitted models against scikit-learn's, which minimise the textbook's losses. In all
three the gradient at the network's output z is the plain error, prediction minus y.

Backpropagation asks two things of a loss. It is a **sum over the samples**, so that the gradients of minibatches add up
to that of all rows; and a **function of output and target only**, so that the error signal starts at the output. The
negative log-likelihood of independent rows is both. A loss that ranks pairs of rows,
:math:`\sum_{y_i > y_j} \log(1 + e^{z_j - z_i})`, is not the first: minibatches of B of the n rows lose every pair that
they cut apart, so that on average the share (B − 1) / (n − 1) of the gradient is left, and nothing at all with one row
at a time. A penalty on hidden units is not the second: the signal that starts at the output misses it.

Run it: ``python examples/07_three_losses.py [--quick]``
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from scipy.special import expit, softmax
from sklearn.linear_model import LinearRegression, LogisticRegression

import likelinet as ll

OUTPUT = Path(__file__).parent / "output"
BLUE, VERMILLION, GREEN = "#0072B2", "#D55E00", "#009E73"
STYLES: list[Any] = [{"color": BLUE}, {"color": VERMILLION, "ls": "--"}, {"color": GREEN, "ls": "-."}]


def squared_error(z: Any, y: Any) -> tuple[Any, Any]:
    """Return half the squared error and its gradient in z, as the textbook has it."""
    return 0.5 * (y - z) ** 2, z - y


def cross_entropy(z: Any, y: Any) -> tuple[Any, Any]:
    """Return the cross-entropy and its gradient in z."""
    p = expit(z)
    return -y * np.log(p) - (1 - y) * np.log(1 - p), p - y


def softmax_cross_entropy(z: Any, y: Any) -> tuple[Any, Any]:
    """Return the cross-entropy of K classes, shape (n,), and its gradient in z, shape (n, K)."""
    p, one_hot = softmax(z, axis=-1), np.eye(z.shape[-1])[y]
    return -np.log((one_hot * p).sum(axis=-1)), p - one_hot


def ranking_gradient(z: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the gradient in z of the loss of all pairs with y_i > y_j."""
    push = (y[:, None] > y) * expit(z - z[:, None])
    return push.sum(axis=0) - push.sum(axis=1)


def kept_share(size: int, draws: int, n: int = 64) -> float:
    """Return the share of the ranking loss's gradient that is left in the sum over minibatches, on average."""
    rng = np.random.default_rng(size)
    z, y = rng.standard_normal(n), rng.standard_normal(n)
    full = ranking_gradient(z, y)
    batches = [rows for _ in range(draws) for rows in rng.permutation(n).reshape(-1, size)]
    return float(sum(ranking_gradient(z[rows], y[rows]) @ full[rows] for rows in batches) / draws / (full @ full))


def penalised(w: float, x: np.ndarray, y: np.ndarray) -> tuple[float, float, float]:
    """Return the loss of z = 2 h, h = tanh(w x), with a penalty h² / 2; dL/dw from the output; what that misses."""
    h = np.tanh(w * x)
    value, error = squared_error(2.0 * h, y)
    slope = (1.0 - h**2) * x
    return (value + 0.5 * h**2).sum(), (error * 2.0 * slope).sum(), (h * slope).sum()


def main(quick: bool = False) -> dict[str, Any]:
    """Compare values, gradients and fits, then break each of the two conditions."""
    rng, n = np.random.default_rng(0), 300
    x = rng.standard_normal((n, 2))
    signal = x @ np.array([[1.5, 0.5, -1.0], [-1.0, 0.5, 1.0]])
    number = signal[:, 0] + rng.standard_normal(n)
    yes = rng.binomial(1, expit(signal[:, 0])).astype(float)
    label = (signal + rng.gumbel(size=signal.shape)).argmax(axis=1)  # the largest has the softmax's probabilities
    plain = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000)  # the two cross-entropies, without a penalty
    binary, softmaxed = plain.fit(x, yes).predict_proba(x)[:, 1], plain.fit(x, label).predict_proba(x)
    other = [LinearRegression().fit(x, number).predict(x), binary, softmaxed]
    cases: list[tuple[Any, ...]] = [  # loss, distribution, its config, fixed parameters, y, shape of z, constant
        (squared_error, ll.Gaussian, ll.GaussianConfig(scale=1.0), (1.0,), number, (n,), 0.5 * np.log(2.0 * np.pi)),
        (cross_entropy, ll.Bernoulli, ll.BernoulliConfig(), (), yes, (n,), 0.0),
        (softmax_cross_entropy, ll.Categorical, ll.CategoricalConfig(), (), label, (n, 3), 0.0),
    ]
    training, differences = ll.TrainingConfig(optimizer=ll.LBFGSConfig(), validation_fraction=0.0), []
    print("largest difference of:    values  gradients      fits")
    for (loss, family, head, fixed, y, shape, constant), theirs in zip(cases, other, strict=True):
        z = rng.normal(scale=2.0, size=shape)
        (value, gradient), (nll, backward) = loss(z, y), family.loss((z, *fixed), y)
        config = ll.ModelConfig(network=ll.MLPConfig(hidden=[]), distribution=head, training=training)
        fitted = ll.Model(config).fit(x, y).predict_dist(x)
        ours = fitted.probs if isinstance(fitted, ll.Categorical) else fitted.mean()
        pairs = (nll - constant, value), (backward(np.ones(n))[0], gradient), (ours, theirs)
        values, gradients, fits = (float(np.abs(a - b).max()) for a, b in pairs)
        print(f"{loss.__name__:24s}{values:10.0e}{gradients:11.0e}{fits:10.0e}")
        assert max(values, gradients, 1e-6 * fits) < 1e-12  # fits agree to 1e-6, as far as both minimisers go
        differences.append([values, gradients, fits])

    # The first condition: the minibatches of a ranking loss do not add up to its gradient.
    sizes = [1, 2, 4, 8, 16, 32, 64]
    kept, expected = [kept_share(b, 50 if quick else 500) for b in sizes], [(b - 1) / 63 for b in sizes]
    for text, row in (("rows in a minibatch, of 64", sizes), ("left of a ranking", kept), ("(B-1)/(n-1)", expected)):
        print(f"{text:28s}" + "".join(f"{k:8.3g}" for k in row))
    np.testing.assert_allclose(kept, expected, atol=0.01)
    # The second condition: a penalty on the hidden unit does not pass through the output.
    (above, _, _), (_, alone, missed), (below, _, _) = (penalised(w, x[:, 0], number) for w in (0.80001, 0.8, 0.79999))
    true = (above - below) / 2e-5
    print(f"penalty on a hidden unit: dL/dw = {true:.3f}; from the output {alone:.3f}, which misses {missed:.3f}")
    assert abs(alone + missed - true) < 1e-6 * abs(true)

    figure = Figure(figsize=(10, 4.2), layout="constrained")
    (left, right), at = figure.subplots(1, 2), np.linspace(-4.0, 4.0, 193)
    for (loss, family, _, fixed, _, shape, constant), style in zip(cases, STYLES, strict=True):
        z, y = (at, np.ones(193)) if len(shape) == 1 else (np.outer(at, [1, 0, 0]), np.zeros(193, dtype=int))
        left.plot(at, loss(z, y)[0], lw=2, label=loss.__name__.replace("_", " "), **style)
        left.plot(at[::12], (family.loss((z, *fixed), y)[0] - constant)[::12], "o", color=style["color"], mfc="white")
    left.set(xlabel="output z (y = 1, or the class of z)", ylabel="loss of one row, nats", ylim=(-0.2, 8))
    left.set_title("Lines: textbook; rings: −log p(y) without constant")
    right.plot(sizes, np.ones(7), color=BLUE, lw=2, label="any loss that is a sum over rows")
    right.plot(sizes, kept, "s--", color=VERMILLION, label="pairs ranked: (B − 1) / (n − 1)")
    right.set(xscale="log", xlabel="rows B in a minibatch, of n = 64", ylabel="share of the full gradient")
    right.set_xticks(sizes, sizes)
    right.set_xticks([], minor=True)
    right.set_title("What the minibatches add up to")
    right.legend(frameon=False, loc="center left")
    left.legend(frameon=False)
    OUTPUT.mkdir(exist_ok=True)
    path = OUTPUT / "07_three_losses.png"
    figure.savefig(path, dpi=120)
    print(f"Figure: {path}")
    return {"differences": differences, "kept": kept, "penalised": (alone, missed, true), "figure": path}


if __name__ == "__main__":
    main(quick="--quick" in sys.argv[1:])
