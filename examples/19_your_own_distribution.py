r"""
Your own distribution in five lines
===================================

The speeds of the molecules of a gas follow the Maxwell-Boltzmann distribution. likelinet does not have it, so we write
it down, and five lines are all that training needs:

.. math:: \log p(v) = \log\sqrt{\tfrac{2}{\pi}} + 2 \log v - 3 \log a - \frac{v^2}{2 a^2}, \qquad v > 0 .

A name and a domain for each parameter, the set in which v may lie, and the logarithm of the density. The gradient that
training needs is taken by differences of it. What does not follow from the density alone, such as the mean or the
quantiles, can be added, method by method (``docs/plugins.md``).

It is easy to write a density down wrong, and a wrong one trains without a complaint. ``likelinet.testing`` integrates
it, takes it through extreme parameters and says in one sentence what is wrong. We show what it says of a density whose
:math:`3 \log a` was forgotten.

Then we measure the speed of argon atoms at different temperatures, with a network that is told nothing about physics.
Kinetic theory says :math:`a = \sqrt{k T / m}`: does the network find the square root? And does the family of one
parameter that is right do better than the built-in families of two that are only flexible?

Run it: ``python examples/19_your_own_distribution.py [--quick]``
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

import likelinet as ll
from likelinet.testing import CheckError, check_distribution, check_gradients

OUTPUT = Path(__file__).parent / "output"
BLUE, VERMILLION, GREEN, GREY = "#0072B2", "#D55E00", "#009E73", "#8C9196"
BOLTZMANN, ARGON = 1.380649e-23, 39.948 * 1.66053907e-27  # J/K, kg


class Maxwell(ll.Distribution):
    """The length of a vector of three independent Gaussians with standard deviation `scale`."""

    parameters = (ll.Parameter("scale", ll.positive, role="scale", symbol="a"),)
    support = ll.positive
    scale: np.ndarray  # only for editors and type checkers

    def log_prob(self, y: Any) -> np.ndarray:
        return 0.5 * np.log(2.0 / np.pi) + 2.0 * np.log(y) - 3.0 * np.log(self.scale) - 0.5 * (y / self.scale) ** 2


class Forgetful(Maxwell):
    """The same with a slip."""

    def log_prob(self, y: Any) -> np.ndarray:
        return 0.5 * np.log(2.0 / np.pi) + 2.0 * np.log(y) - 0.5 * (y / self.scale) ** 2


def theory(kelvin: np.ndarray) -> np.ndarray:
    """Return a of argon, in m/s."""
    return np.sqrt(BOLTZMANN * kelvin / ARGON)


def measure(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return temperatures in K, shape (n, 1), and the speed of one atom at each, in m/s."""
    rng = np.random.default_rng(seed)
    kelvin = rng.uniform(50.0, 1000.0, n)
    return kelvin[:, None], np.linalg.norm(theory(kelvin)[:, None] * rng.standard_normal((n, 3)), axis=1)


def main(quick: bool = False) -> dict[str, Any]:
    """Check the class, train it, and compare it with built-in families and with kinetic theory."""
    check_distribution(Maxwell(scale=[0.5, 1.0, 4.0]))
    check_gradients(Maxwell(scale=[0.5, 1.0, 4.0]))
    complaint = ""
    try:
        check_distribution(Forgetful(scale=[0.5, 1.0, 4.0]))
    except CheckError as error:
        complaint = str(error)
    print(f"Maxwell passes all checks. Without the term with a: {complaint}")
    assert "integrate" in complaint or "density" in complaint

    (x, y), (x_test, y_test) = measure(2000 if quick else 3000, seed=0), measure(4000, seed=1)
    training = ll.TrainingConfig(epochs=40 if quick else 150, batch_size=64)
    network = ll.MLPConfig(hidden=[32, 32])
    families = {"gaussian": ll.GaussianConfig(), "gamma": ll.GammaConfig()}
    models = {
        name: ll.Model(ll.ModelConfig(quality="plain", network=network, distribution=family, training=training)).fit(
            x, y
        )
        for name, family in families.items()
    }
    own = ll.Model(ll.ModelConfig(quality="plain", network=network, training=training), distribution=Maxwell)
    models["Maxwell"] = own.fit(x, y)
    nll = {name: -model.score(x_test, y_test) for name, model in models.items()}
    nll["theory"] = -float(Maxwell(scale=theory(x_test[:, 0])).log_prob(y_test).mean())
    kelvin = np.linspace(100.0, 900.0, 81)
    a = own.predict_dist(kelvin[:, None])
    assert isinstance(a, Maxwell)
    slope = float(np.polyfit(np.log(kelvin), np.log(a.scale), 1)[0])
    off = float(np.abs(a.scale / theory(kelvin) - 1.0).max())
    print(f"{'':14s}" + "".join(f"{name:>10s}" for name in nll))
    print(f"{'held-out NLL':14s}" + "".join(f"{value:10.4f}" for value in nll.values()))
    print(f"a grows like T to the power of {slope:.3f} (theory: 0.5); from 100 to 900 K it is off by {off:.1%} at most")
    assert nll["Maxwell"] < min(nll["gaussian"], nll["gamma"])
    assert abs(nll["Maxwell"] - nll["theory"]) < 0.03
    assert abs(slope - 0.5) < 0.06

    figure = Figure(figsize=(10, 4.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    left.plot(x[:1000], y[:1000], ".", color=GREY, ms=3, label="measured speeds")
    left.plot(kelvin, theory(kelvin), color="black", lw=4, alpha=0.35, label="theory: a = √(kT/m)")
    left.plot(kelvin, a.scale, color=BLUE, label="learned a")
    left.set(xlabel="temperature (K)", ylabel="speed (m/s)", ylim=(0.0, 1800.0))
    left.legend(frameon=False, loc="upper left")
    speed = np.linspace(1.0, 1000.0, 400)
    right.fill_between(
        speed,
        np.exp(Maxwell(scale=theory(np.array(200.0))).log_prob(speed)),
        color=GREY,
        alpha=0.4,
        lw=0,
        label="theory",
    )
    for (name, model), colour, style in zip(models.items(), (VERMILLION, GREEN, BLUE), ("--", ":", "-"), strict=True):
        density = np.exp(model.predict_dist([[200.0]])[0].log_prob(speed))
        right.plot(speed, density, style, color=colour, lw=2, label=f"{name}: held-out NLL {nll[name]:.3f}")
    right.set(xlabel="speed at 200 K (m/s)", ylabel="density (s/m)", ylim=(0.0, 0.0044))
    right.legend(frameon=False)
    OUTPUT.mkdir(exist_ok=True)
    path = OUTPUT / "19_your_own_distribution.png"
    figure.savefig(path, dpi=120)
    print(f"Figure: {path}")
    result = {"nll": nll, "slope": slope, "off": off, "complaint": complaint, "x": x_test[:, 0], "y": y_test}
    at_test = own.predict_dist(x_test)
    assert isinstance(at_test, Maxwell)
    return {**result, "scale": at_test.scale, "figure": path}


if __name__ == "__main__":
    main(quick="--quick" in sys.argv[1:])
