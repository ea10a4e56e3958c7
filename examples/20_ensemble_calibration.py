r"""
An ensemble, and whether its intervals hold what they promise
=============================================================

A single network knows one explanation of its data, and may be as sure of it where there are no rows as where there are
many. Train five networks from different starts, and where the rows leave the question open they will disagree. Their
prediction together is the mixture of their distributions, whose variance has two parts (the law of total variance):

.. math:: \operatorname{var}(y \mid x) = \underbrace{\tfrac15 \sum\nolimits_m \sigma_m^2(x)}_{\text{noise in y}}
    + \underbrace{\tfrac15 \sum\nolimits_m \big(\mu_m(x) - \bar\mu(x)\big)^2}_{\text{disagreement about the mean}}

On the left, a curve with a gap in its data shows the second part grow where nothing was measured.

Wider intervals are no merit by themselves. A 90 % interval should hold 90 % of new values, a 50 % interval 50 %, and so
on. In other words, if F is the predicted cumulative distribution function, the numbers F(y) of new values should be
uniform: their histogram, that of the probability integral transform (PIT), is flat. It piles up at both ends where a
model is too sure. We count on real data (progression of diabetes, 442 patients), over several random halves of them,
since one half alone would tell little. Five members help, in likelihood and in coverage. But they cannot mend what all
of them have in common: here a Gaussian, which is symmetric, for a progression that is not.

Run it: ``python examples/20_ensemble_calibration.py [--quick]``
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from sklearn.datasets import load_diabetes

import likelinet as ll

OUTPUT = Path(__file__).parent / "output"
BLUE, VERMILLION, GREY = "#0072B2", "#D55E00", "#8C9196"
LEVELS = np.linspace(0.1, 0.9, 9)


def curve_with_a_gap(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return n rows of a noisy sine wave, of which nothing was measured between -1 and 1.5."""
    rng = np.random.default_rng(0)
    x = np.where(rng.random(n) < 0.5, rng.uniform(-4.0, -1.0, n), rng.uniform(1.5, 4.0, n))
    return x[:, None], np.sin(1.5 * x) + 0.15 * rng.standard_normal(n)


def main(quick: bool = False) -> dict[str, Any]:
    """Compare one network with five: in a gap of the data, and by the coverage of their intervals."""
    x, y = curve_with_a_gap(200)
    further = ll.DataConfig(extrapolate=True)  # the picture goes beyond the data
    gap = ll.ModelConfig(
        quality="plain", data=further, training=ll.TrainingConfig(epochs=50 if quick else 200), ensemble=5
    )
    at = np.linspace(-5.0, 5.0, 301)
    mixture = ll.Model(gap).fit(x, y).predict_dist(at[:, None])
    assert isinstance(mixture, ll.Mixture)
    mean, std = mixture.components.mean(), mixture.components.std()  # of each member, shape (301, 5)
    noise, disagreement = (std**2).mean(axis=-1), mean.var(axis=-1)
    np.testing.assert_allclose(mixture.var(), noise + disagreement, rtol=1e-9)
    measured = ((at > -3.8) & (at < -1.2)) | ((at > 1.7) & (at < 3.8))
    inside, between = (float(np.sqrt(disagreement[where].max())) for where in (measured, (at > -1.0) & (at < 1.5)))
    print(f"the members' means differ by at most {inside:.2f} (std) among the rows, and up to {between:.2f} in the gap")
    assert between > 1.5 * inside

    features, target = (np.asarray(a) for a in load_diabetes(return_X_y=True))
    pit: dict[int, list[np.ndarray]] = {1: [], 5: []}
    nll: dict[int, list[float]] = {1: [], 5: []}
    average: list[float] = []  # NLL of the five members, each alone
    for seed in range(8 if quick else 20):
        order = np.random.default_rng(seed).permutation(len(target))
        train, test = order[:221], order[221:]
        for members in pit:
            training = ll.TrainingConfig(epochs=100, seed=seed)
            config = ll.ModelConfig(
                quality="plain", network=ll.MLPConfig(hidden=[50]), training=training, ensemble=members
            )
            d = ll.Model(config).fit(features[train], target[train]).predict_dist(features[test])
            pit[members].append(d.cdf(target[test]))
            nll[members].append(float(d.nll(target[test]).mean()))
            if isinstance(d, ll.Mixture):
                average.append(float(d.components.nll(target[test][:, None]).mean()))
    transform = {members: np.concatenate(values) for members, values in pit.items()}
    # The central interval of level c holds y just where F(y) lies within c/2 of one half.
    held = {m: (np.abs(u[:, None] - 0.5) <= LEVELS / 2.0).mean(axis=0) for m, u in transform.items()}
    score = {m: float(np.mean(values)) for m, values in nll.items()}
    print(f"{'':12s}{'NLL':>8s}{'in the 50 %':>14s}{'in the 90 % interval':>23s}")
    for m, name in ((1, "one network"), (5, "five")):
        print(f"{name:12s}{score[m]:8.3f}{held[m][4]:14.1%}{held[m][8]:23.1%}")
    gain = np.array(nll[1]) - np.array(nll[5])
    print(f"five gain {gain.mean():.2f} nats per row, in {np.mean(gain > 0):.0%} of {len(gain)} halves")
    assert np.mean(average) - score[5] > 0.02  # positive by Jensen's inequality, and not just so
    assert held[5][8] > held[1][8]
    assert abs(held[5][8] - 0.9) < 0.08

    figure = Figure(figsize=(12, 4), layout="constrained")
    left, middle, right = figure.subplots(1, 3, width_ratios=(1.5, 1, 1))
    total = np.sqrt(noise + disagreement)
    centre = mean.mean(axis=-1)
    left.fill_between(at, centre - 2 * total, centre + 2 * total, color=BLUE, alpha=0.2, lw=0, label="mixture ± 2 std")
    one = mean[:, 0], std[:, 0]
    for sign in (-2.0, 2.0):
        left.plot(
            at, one[0] + sign * one[1], "--", color=VERMILLION, lw=1.2, label="first member ± 2 std"[: 40 * (sign > 0)]
        )
    left.plot(at, mean, color=BLUE, lw=0.9)
    left.plot(x, y, ".", color=GREY, ms=4, label="data")
    left.set(xlabel="x", ylabel="y", ylim=(-3.2, 3.2), title="Five members and a gap")
    left.legend(frameon=False, loc="lower left")
    for m, colour, marker, name in ((1, VERMILLION, "s--", "one network"), (5, BLUE, "o-", "five")):
        middle.plot(LEVELS, held[m], marker, color=colour, ms=4, label=name)
        right.hist(
            transform[m],
            bins=10,
            range=(0, 1),
            density=True,
            histtype="step",
            color=colour,
            lw=1.8,
            ls="--" if m == 1 else "-",
            label=name,
        )
    middle.plot([0, 1], [0, 1], ":", color="black", label="as promised")
    middle.set(xlabel="level of the interval", ylabel="share of new values inside", title="Coverage", aspect="equal")
    middle.legend(frameon=False)
    right.axhline(1.0, ls=":", color="black")
    right.set(xlabel="F(y)", ylabel="density", title="PIT: flat is right", ylim=(0.0, None))
    right.legend(frameon=False, loc="lower center")
    OUTPUT.mkdir(exist_ok=True)
    path = OUTPUT / "20_ensemble_calibration.png"
    figure.savefig(path, dpi=120)
    print(f"Figure: {path}")
    result = {"inside": inside, "between": between, "held": held, "nll": score, "pit": transform, "mixture": mixture}
    return {**result, "average": float(np.mean(average)), "figure": path}


if __name__ == "__main__":
    main(quick="--quick" in sys.argv[1:])
