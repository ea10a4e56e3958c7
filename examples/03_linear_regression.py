r"""
Linear regression, three ways
=============================

A line :math:`b + mx` is to pass close to some points. Three ways lead to the same answer:

1. **algebra**: the normal equations :math:`X^\top X w = X^\top y`, solved by the pseudo-inverse, :math:`w = X^+ y`;
2. **gradient descent**, :math:`w \leftarrow w - \eta \nabla S(w)`, on the sum :math:`S(w) = \lVert Xw - y \rVert^2`;
3. **maximum likelihood**: if :math:`y = b + mx + \varepsilon` with Gaussian noise, then

.. math:: -\log L(w, \sigma) = \frac{S(w)}{2\sigma^2} + n \log \sigma + \frac n2 \log 2\pi,

so the :math:`w` of highest likelihood has the least sum of squares, whatever :math:`\sigma` is, and then
:math:`\hat\sigma^2 = S(\hat w) / n`. *Least squares is a likelihood.*

The lecture notes start at slope = intercept = 1 with :math:`\eta = 0.1` and the points (0, 0), (1, 1), (1, 2). Their
first step, intercept 0.6 and slope 0.8, is right; in the second a slip of the pen makes 0.54 out of 0.52. It does no
harm: every step goes down from wherever it stands. With more columns than rows many :math:`w` fit perfectly. The
pseudo-inverse picks the shortest, and so does gradient descent from 0; the likelihood has no opinion: with a fixed
:math:`\sigma` all of them are maxima, and with a learned one it grows without bound as :math:`\sigma \to 0`. Last come
several variables: sales against three advertising budgets, if the folder ``LIKELINET_DATA`` has that table.

Run it: ``python examples/03_linear_regression.py [--quick]``
"""

import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

import likelinet as ll

OUTPUT = Path(__file__).parent / "output"
BLUE, VERMILLION, GREY = "#0072B2", "#D55E00", "#8C9196"


def descend(X: np.ndarray, y: np.ndarray, w: np.ndarray, eta: float, steps: int) -> np.ndarray:
    """Return the path of gradient descent on the sum of squares, with its start: shape (steps + 1, columns)."""
    path = [w]
    for _ in range(steps):
        w = w - eta * 2.0 * X.T @ (X @ w - y)
        path.append(w)
    return np.array(path)


def fitted(features: np.ndarray, y: np.ndarray, scale: Any, seed: int = 0) -> tuple[np.ndarray, float]:
    """Return intercept and slopes, and the standard deviation, of a linear Gaussian model by maximum likelihood."""
    training = ll.TrainingConfig(optimizer=ll.LBFGSConfig(), validation_fraction=0.0, seed=seed)
    gaussian = ll.GaussianConfig(scale=scale)
    data = ll.DataConfig(extrapolate=True)  # the line goes on beyond the data
    config = ll.ModelConfig(data=data, network=ll.MLPConfig(hidden=[]), distribution=gaussian, training=training)
    model = ll.Model(config).fit(features, y)
    # The mean at 0 is the intercept, and what each unit vector adds to it is a slope.
    d = model.predict_dist(np.vstack([np.zeros(features.shape[1]), np.eye(features.shape[1])]))
    at_zero, *at_units = d.mean()
    return np.array([at_zero, *(np.array(at_units) - at_zero)]), float(d.std()[0])


def advertising() -> dict[str, Any]:
    """Return the coefficients and R² of sales against three budgets; nothing where the table is not at hand."""
    path = Path(os.environ.get("LIKELINET_DATA", "")) / "tables" / "advertising.csv"
    if "LIKELINET_DATA" not in os.environ or not path.is_file():
        print("The advertising part is left out: set LIKELINET_DATA to a folder that has tables/advertising.csv.")
        return {}
    table = np.genfromtxt(path, delimiter=",", skip_header=1)  # row number, TV, radio, newspaper, sales
    budgets, sales = table[:, 1:4], table[:, 4]
    ols = np.linalg.pinv(np.column_stack([np.ones(len(sales)), budgets])) @ sales
    w, std = fitted(budgets, sales, scale="shared")
    r2 = float(1.0 - std**2 / sales.var())
    print(f"{'advertising':16s}{'intercept':>12s}{'TV':>12s}{'radio':>12s}{'newspaper':>12s}")
    for name, numbers in (("pseudo-inverse", ols), ("likelihood", w)):
        print(f"{name:16s}" + "".join(f"{number:12.4f}" for number in numbers))
    print(f"std of the noise {std:.4f}, R² = 1 - std² / var(sales) = {r2:.4f}")
    assert np.allclose(w, ols, rtol=0.0, atol=1e-5)
    assert abs(r2 - 0.8972) < 5e-5
    return {"ols": ols, "advertising": w, "r2": r2}


def main(quick: bool = False) -> dict[str, Any]:
    """Fit three points three ways, look at more columns than rows, and at the advertising table."""
    x, y = np.array([0.0, 1.0, 1.0]), np.array([0.0, 1.0, 2.0])
    X = np.stack([np.ones(3), x], axis=1)  # a column of ones for the intercept
    path = descend(X, y, np.array([1.0, 1.0]), eta=0.1, steps=100)
    # The notes' path: their second step ends at 0.54; from there on the arithmetic is exact again.
    slipped = np.vstack([path[:2], descend(X, y, np.array([0.54, path[2, 1]]), eta=0.1, steps=98)])
    (fixed, _), (shared, std) = fitted(x[:, None], y, scale=1.0), fitted(x[:, None], y, scale="shared")

    answers = {"normal equations": np.linalg.solve(X.T @ X, X.T @ y), "pseudo-inverse": np.linalg.pinv(X) @ y}
    answers |= {"likelihood, std fixed at 1": fixed, "likelihood, std learned": shared}
    rows = {f"gradient descent, step {step}": path[step] for step in (0, 1, 2, 10, 100)}
    rows |= {f"the notes with 0.54, step {step}": slipped[step] for step in (2, 10, 100)}
    print(f"{'':34s}{'intercept':>14s}{'slope':>14s}")
    for name, w in (rows | answers).items():
        print(f"{name:34s}{w[0]:z14.7f}{w[1]:14.7f}")  # z: no minus sign before a zero
    print(f"learned std {std:.6f}, sqrt(S / n) = {np.sqrt(0.5 / 3):.6f}")
    assert np.allclose(path[1:3], [[0.6, 0.8], [0.52, 0.84]], rtol=0.0, atol=1e-12)
    assert np.allclose(path[100], [0.0000642, 1.4999178], rtol=0.0, atol=5e-8)
    assert all(np.allclose(w, [0.0, 1.5], rtol=0.0, atol=1e-6) for w in answers.values())
    assert abs(std - np.sqrt(0.5 / 3)) < 1e-6

    # More columns (8) than rows (5): every w with Xw = y has the same, highest likelihood.
    rng = np.random.default_rng(0)
    features, target = rng.standard_normal((5, 8)), rng.standard_normal(5)
    wide = np.column_stack([np.ones(5), features])
    ws = {"pseudo-inverse": np.linalg.pinv(wide) @ target}
    ws["descent from 0"] = descend(wide, target, np.zeros(9), eta=0.02, steps=20_000)[-1]
    ws |= {f"likelihood, seed {seed}": fitted(features, target, scale=1.0, seed=seed)[0] for seed in (0, 1)}
    print("5 rows and 8 columns       length of w    largest misfit")
    for name, w in ws.items():
        print(f"{name:22s}{np.linalg.norm(w):16.6f}{np.abs(wide @ w - target).max():18.1e}")
    assert all(np.allclose(wide @ w, target, rtol=0.0, atol=1e-6) for w in ws.values())
    assert np.allclose(ws["descent from 0"], ws["pseudo-inverse"], rtol=0.0, atol=1e-8)
    # Without misfit, a smaller std is always better: each factor of 10 is worth log(10) nats for every row.
    rising = [float(ll.Gaussian(target, scale).log_prob(target).sum()) for scale in (1.0, 0.1, 0.01)]
    print("log-likelihood of such a w at std 1, 0.1, 0.01:", np.round(rising, 2))

    result = {"path": path, "slipped": slipped, **answers, "std": std, **advertising()}

    figure = Figure(figsize=(10, 4.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    for step, style in ((0, ":"), (1, "-."), (2, (0, (7, 2))), (10, "--")):
        left.axline((0.0, path[step, 0]), slope=path[step, 1], color=BLUE, ls=style, label=f"step {step}")
    left.axline((0.0, 0.0), slope=1.5, color="black", lw=2, label="least squares")
    left.plot(x, y, "o", color=VERMILLION, ms=9, label="points")
    left.set(xlabel="x", ylabel="y", title="Gradient descent turns the line", xlim=(-0.15, 1.35), ylim=(-0.3, 2.5))
    left.legend(frameon=False)
    b, m = np.meshgrid(np.linspace(-0.2, 1.1, 121), np.linspace(0.6, 1.9, 121))
    squares = ((b[..., None] + m[..., None] * x - y) ** 2).sum(-1)
    inset = right.inset_axes((0.56, 0.56, 0.42, 0.42), xlim=(0.36, 0.7), ylim=(0.76, 0.98), xticks=[], yticks=[])
    for axis in (right, inset):
        axis.contour(b, m, squares, levels=[0.51, 0.55, 0.65, 0.8, 1.1, 1.6, 2.4, 3.6], colors="#D0D3D6", linewidths=1)
        axis.plot(*path.T, "o-", color=BLUE, ms=4, lw=1.5)
    inset.plot(*slipped[1:].T, "X--", color=VERMILLION, ms=6, lw=1.5)
    inset.text(0.513, 0.83, "exact: 0.52", color=BLUE, ha="right", va="top")
    inset.text(0.545, 0.86, "notes: 0.54", color=VERMILLION)
    right.indicate_inset_zoom(inset, edgecolor=GREY)
    right.plot(0.0, 1.5, "*", color="black", ms=14)
    right.text(0.05, 1.51, "least squares")
    right.set(xlabel="intercept", ylabel="slope", title="The path over the sum of squares", ylim=(0.6, 1.9))
    OUTPUT.mkdir(exist_ok=True)
    file = OUTPUT / "03_linear_regression.png"
    figure.savefig(file, dpi=120)
    print(f"Figure: {file}")
    return {**result, "wide": wide, "target": target, "ws": ws, "rising": rising, "figure": file}


if __name__ == "__main__":
    main(quick="--quick" in sys.argv[1:])
