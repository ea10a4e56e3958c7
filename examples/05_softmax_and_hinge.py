r"""
Softmax against the hinge loss
==============================

A classifier gives each class :math:`k` a score :math:`s_k`; the loss judges the scores, given the true class :math:`y`.
Two famous losses take the same scores:

.. math:: \ell_{\text{softmax}} = -\log \frac{e^{s_y}}{\sum_k e^{s_k}}, \qquad
          \ell_{\text{hinge}} = \sum_{k \neq y} \max(0,\; 1 + s_k - s_y) .

**Which of them is a likelihood?** If a loss is :math:`-\log P(y \mid x)`, then :math:`e^{-\ell}`, summed over all the
classes that might have been true, must be 1. For the softmax it is, whatever the scores. For the hinge loss of the
support vector machine (here in the form of Weston and Watkins) the sum changes with the scores: it is the NLL of no
distribution over classes, so there is nothing to sample from, and no probability to report. (Dividing by the sum would
mend that, but the result is another loss.)

The gradients say what each of them learns from an example. For the softmax it is :math:`p - \text{one-hot}(y)`: every
class is pushed by its probability, and never stops being pushed a little. The hinge loss counts: +1 for each class that
comes nearer than the margin of 1, minus their number for the true one, and exactly 0 when all are far enough away.

The lecture notes turn the scores of ten digits into probabilities, 5.3 into 0.008 and 10.1 into 0.991; the other
eight scores are our own.

Run it: ``python examples/05_softmax_and_hinge.py [--quick]``
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

import likelinet as ll

OUTPUT = Path(__file__).parent / "output"
BLUE, VERMILLION, GREY = "#0072B2", "#D55E00", "#8C9196"
SCORES = np.array([-1.2, 0.3, 2.1, -0.7, 5.3, 0.8, -2.0, 1.5, 1.1, 10.1])  # of the digits 0, …, 9: nearly surely a 9


def hinge(scores: np.ndarray, y: int) -> tuple[float, np.ndarray]:
    """Return the hinge loss of several classes and its gradient in the scores."""
    slack = 1.0 + scores - scores[y]
    slack[y] = 0.0
    gradient = (slack > 0.0).astype(float)  # each class within the margin
    gradient[y] -= gradient.sum()
    return float(np.maximum(slack, 0.0).sum()), gradient


def softmax_loss(scores: np.ndarray, y: int) -> tuple[float, np.ndarray]:
    """Return the NLL of the library's categorical distribution and its gradient in the scores."""
    value, backward = ll.Categorical.loss((scores[None],), np.array([y]))
    return float(value[0]), backward(np.ones(1))[0][0]


def differences(loss: Any, scores: np.ndarray, y: int) -> np.ndarray:
    """Return the gradient once more, by central differences."""
    steps = 1e-5 * np.eye(len(scores))
    return np.array([(loss(scores + step, y)[0] - loss(scores - step, y)[0]) / 2e-5 for step in steps])


def main(quick: bool = False) -> dict[str, Any]:
    """Compare both losses on ten digits: values, gradients, sums of exp(-loss), and as functions of the margin."""
    p = ll.Categorical(logits=SCORES).probs
    assert abs(p[4] - 0.008) < 0.0005
    assert abs(p[9] - 0.991) < 0.0005

    losses = {"softmax": softmax_loss, "hinge": hinge}
    r: dict[str, Any] = {"p": p}
    print(f"{'digit':24s}" + "".join(f"{digit:8d}" for digit in range(10)))
    for name, row in (("score", SCORES), ("softmax", p)):
        print(f"{name:24s}" + "".join(f"{number:8.3f}" for number in row))
    for y in (9, 4):
        for name, loss in losses.items():
            r[f"{name}, y = {y}"] = value, gradient = loss(SCORES, y)
            pushes = "".join(f"{g:z8.3f}" for g in gradient)
            print(f"{f'{name} gradient, y = {y}':24s}{pushes}   loss {value:.3f}")
            assert np.allclose(gradient, differences(loss, SCORES, y), rtol=0.0, atol=1e-8)
        assert np.allclose(r[f"softmax, y = {y}"][1], p - np.eye(10)[y], rtol=0.0, atol=1e-12)

    # The sum of exp(-loss) over the ten classes, for these scores, for smaller ones, and with all scores equal.
    print("sum over classes of exp(-loss)     softmax       hinge")
    factors, r["sums"] = (1.0, 0.3, 0.1, 0.0), {}
    for factor in factors:
        sums = {n: sum(np.exp(-loss(factor * SCORES, y)[0]) for y in range(10)) for n, loss in losses.items()}
        r["sums"][factor] = sums
        print(f"scores times {factor:3.1f}              {sums['softmax']:12.6f}{sums['hinge']:12.6f}")
        assert abs(sums["softmax"] - 1.0) < 1e-12
    assert max(s["hinge"] for s in r["sums"].values()) > 1.0 > min(s["hinge"] for s in r["sums"].values())

    # Two classes with scores m and 0: both losses depend on the margin m alone, and so do their derivatives.
    margin = np.linspace(-3.0, 4.0, 281 if quick else 1401)
    soft, flat = ll.Bernoulli(logits=margin).nll(1.0), np.maximum(0.0, 1.0 - margin)
    other_soft, other_flat = ll.Bernoulli(logits=margin).nll(0.0), np.maximum(0.0, 1.0 + margin)
    total = {"softmax": np.exp(-soft) + np.exp(-other_soft), "hinge": np.exp(-flat) + np.exp(-other_flat)}
    assert np.allclose(total["softmax"], 1.0, rtol=0.0, atol=1e-12)
    r |= {"margin": margin, "total": total}
    print(f"two classes: sum of exp(-hinge) runs from {total['hinge'].min():.3f} to {total['hinge'].max():.3f}")

    figure = Figure(figsize=(10, 4.2), layout="constrained")
    gradients = -ll.Bernoulli(logits=-margin).mean(), -(margin < 1.0).astype(float)
    panels = (
        ("Two losses", "loss", soft, flat),
        ("Their gradients", "d loss / d margin", *gradients),
        ("Only one is a likelihood", "sum of exp(−loss) over both classes", total["softmax"], total["hinge"]),
    )
    for axis, (title, label, a, b) in zip(figure.subplots(1, 3), panels, strict=True):
        axis.plot(margin, a, color=BLUE, lw=2, label="softmax")
        axis.plot(margin, b, "--", color=VERMILLION, lw=2, label="hinge")
        axis.axvline(1.0, color=GREY, lw=0.8, ls=":", zorder=0)
        axis.set(xlabel="margin: true score − other score", ylabel=label, title=title)
    OUTPUT.mkdir(exist_ok=True)
    path = OUTPUT / "05_softmax_and_hinge.png"
    figure.axes[0].legend(frameon=False)
    figure.savefig(path, dpi=120)
    print(f"Figure: {path}")
    return {**r, "figure": path}


if __name__ == "__main__":
    main(quick="--quick" in sys.argv[1:])
