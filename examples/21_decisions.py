r"""
What to do: orders, warnings, and when to replace a part
========================================================

A prediction is not yet a decision. What to do depends on what it costs to be wrong, and seldom costs too little as much
as too much. With a loss :math:`L(a, y)` of doing a where y comes true, the best that can be done about a row is the
*Bayes action*

.. math:: a^*(x) = \arg\min_a \int L(a, y)\, p(y \mid x)\, dy ,

and all it needs of y is the predicted distribution. ``model.decide(X, loss)`` finds it. Three classics, on generated
rows of which we know the true distribution, and so what the best decisions cost:

- *How many to order?* What is missing costs 4 a piece, what is left over 1: the order is the 80 % quantile of the
  demand (the newsvendor). Whoever orders the mean, however exact, pays more, and most where the demand varies most.
- *Whether to warn?* A flood above 3 m without a warning costs 100, a warning 4: warn from a probability of 4 % on.
- *When to stop?* A part that fails costs 10, one that is replaced in time 1. The longer it runs, the less this costs by
  the hour, and the more probable a failure is (Barlow & Hunter 1960). A ratio of two means is least where
  :math:`E[\text{cost} - \lambda\,\text{time}] = 0`, so that a few rounds of ordinary decisions find it, each with the
  :math:`\lambda` of the last one. The lives to learn from are censored: most parts were replaced before they failed.

With the true distribution, decisions cost what the closed forms say, to far less than 1 %. A fitted one costs a little
more. How much more, over what is the best, is printed here, beside those who do not ask for the distribution.

Run it: ``python examples/21_decisions.py [--quick]``
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy import special, stats

import likelinet as ll
from likelinet.decisions import Newsvendor, Threshold

OUTPUT = Path(__file__).parent / "output"
BLUE, VERMILLION, GREY = "#0072B2", "#D55E00", "#8C9196"
UNDER, OVER = 4.0, 1.0
LEVEL, COSTS = 3.0, np.array([[0.0, 100.0], [4.0, 4.0]])  # no warning, or one: below the level, above it
PLANNED, FAILED, SHAPE = 1.0, 10.0, 3.0


def demand(x: np.ndarray) -> ll.Gamma:
    """Return the true demand: it rises with x, and varies more in the middle."""
    mean, spread = 20.0 + 30.0 * x, 0.15 + 0.6 * np.exp(-0.5 * ((x - 0.5) / 0.15) ** 2)
    return ll.Gamma(1.0 / spread**2, rate=1.0 / (spread**2 * mean))


def flood(x: np.ndarray) -> ll.Gumbel:
    """Return the true highest level of a river in a day, in m."""
    return ll.Gumbel(0.5 + 1.6 * x, 0.25 + 0.3 * x)


def life(x: np.ndarray) -> ll.Weibull:
    """Return the true life of a part, in hours: short under a heavy load x."""
    return ll.Weibull(scale=200.0 * np.exp(-1.5 * x), concentration=SHAPE)


def cost_of_order(order: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return the true expected cost of orders, by the closed form."""
    d = demand(x)
    y, mean = stats.gamma(d.concentration, scale=1.0 / d.rate), d.mean()
    sold = mean * stats.gamma(d.concentration + 1.0, scale=1.0 / d.rate).cdf(order) + order * y.sf(order)
    return UNDER * (mean - sold) + OVER * (order - sold)


def cost_of_warning(warn: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return the true expected cost of warning or not."""
    d = flood(x)
    p = stats.gumbel_r(d.loc, d.scale).sf(LEVEL)
    return np.where(warn, COSTS[1, 0] * (1.0 - p) + COSTS[1, 1] * p, COSTS[0, 1] * p)


def cost_by_the_hour(age: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return the true mean cost of an hour, of parts that are replaced at an age or when they fail."""
    scale = life(x).scale
    z = (age / scale) ** SHAPE
    hours = scale * special.gamma(1.0 + 1.0 / SHAPE) * special.gammainc(1.0 / SHAPE, z)
    return (PLANNED * np.exp(-z) - FAILED * np.expm1(-z)) / hours


def least(cost: Callable[[np.ndarray, np.ndarray], np.ndarray], actions: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return the least true cost of each row over a fine grid of actions."""
    return np.min([cost(np.full(len(x), a), x) for a in actions], axis=0)


def replacement(decide: Callable[[Any], ll.Decision], d: ll.Distribution) -> np.ndarray:
    """Return the age at which to replace each part: the ratio of two means is least where their difference is 0."""
    rate, age = FAILED / d.mean(), d.mean()
    for _ in range(4):
        found = decide(lambda a, y, r=rate: np.where(y > a, PLANNED, FAILED) - r * np.minimum(a, y))
        age = found.action
        ages = age * np.linspace(0.0, 1.0, 101)[:, None]
        hours = np.trapezoid(d.sf(ages), ages, axis=0)
        rate = rate + found.expected_loss / hours
    return age


def main(quick: bool = False) -> dict[str, Any]:
    """Decide by the truth, by what was fitted, and without a distribution; compare what it costs."""
    n, rng = 1000 if quick else 4000, np.random.default_rng(0)
    x, new = rng.uniform(size=n), np.linspace(0.01, 0.99, 99)
    training = ll.TrainingConfig(epochs=40)
    network = ll.MLPConfig(hidden=[32])

    def fitted(d: ll.Distribution, distribution: Any, until: np.ndarray | None = None) -> ll.Model:
        y = d.sample(rng=rng)
        seen = y if until is None else ll.Interval.right_censored(np.minimum(y, until), y <= until)
        config = ll.ModelConfig(quality="plain", distribution=distribution, network=network, training=training)
        return ll.Model(config).fit(x[:, None], seen)

    at, ages = new[:, None], np.linspace(1.0, 400.0, 800)
    costs: dict[str, dict[str, float]] = {}

    stock, order = fitted(demand(x), ll.GammaConfig()), Newsvendor(UNDER, OVER)
    orders = {
        "truth": ll.decide(demand(new), order).action,
        "fitted": stock.decide(at, order).action,
        "mean": stock.predict(at),
    }
    best = cost_of_order(demand(new).ppf(UNDER / (UNDER + OVER)), new)
    costs["order"] = {name: np.mean(cost_of_order(a, new)) / best.mean() for name, a in orders.items()}

    river, warning = fitted(flood(x), ll.GumbelConfig()), Threshold(LEVEL, COSTS)
    warnings = {
        "truth": ll.decide(flood(new), warning).action,
        "fitted": river.decide(at, warning).action,
        "mean": river.predict(at) > LEVEL,
    }
    best = least(cost_of_warning, np.array([False, True]), new)
    costs["warning"] = {name: np.mean(cost_of_warning(a, new)) / best.mean() for name, a in warnings.items()}

    until = rng.uniform(20.0, 150.0, n)
    parts = fitted(life(x), ll.CensoredConfig(base=ll.WeibullConfig(concentration="shared")), until)
    lives = parts.predict_dist(at)
    replaced = {
        "truth": replacement(lambda loss: ll.decide(life(new), loss), life(new)),
        "fitted": replacement(lambda loss: parts.decide(at, loss), lives),
        "mean": np.asarray(lives.mean()),
    }
    best = least(cost_by_the_hour, ages, new)
    costs["replacement"] = {name: np.mean(cost_by_the_hour(a, new)) / best.mean() for name, a in replaced.items()}

    print(f"{'cost above the best':22s}{'by the truth':>14s}{'as fitted':>12s}{'by the mean':>14s}")
    for name, c in costs.items():
        print(f"{name:22s}{c['truth'] - 1.0:13.2%}{c['fitted'] - 1.0:13.2%}{c['mean'] - 1.0:13.0%}")
        assert abs(c["truth"] - 1.0) < 0.01
        assert c["fitted"] < c["mean"]
    worth = float(np.mean(stock.decide(at, order).value_of_perfect_information))
    print(f"whoever knew the demand would save {worth:.1f} a day: more than that no further column can be worth")

    figure = Figure(figsize=(13, 4.2), layout="constrained")
    left, middle, right = figure.subplots(1, 3)
    draw(left, new, stock.predict_dist(at), orders, ("demand", "the order"))
    draw(middle, new, river.predict_dist(at), {}, ("highest level (m)", ""))
    middle.axhline(LEVEL, color=GREY, lw=1)
    for name, color in (("truth", "black"), ("fitted", VERMILLION)):
        style = "--" if name == "truth" else "-"
        middle.axvline(new[np.argmax(warnings[name])], color=color, ls=style, label=f"warn from here on: {name}")
    middle.legend(frameon=False, fontsize=8, loc="upper left")
    draw(right, new, lives, replaced, ("life of a part (h)", "when to replace it"))
    right.set_ylim(0.0, 320.0)
    figure.supxlabel("x")
    OUTPUT.mkdir(exist_ok=True)
    path = OUTPUT / "21_decisions.png"
    figure.savefig(path, dpi=120)
    print(f"Figure: {path}")
    return {
        "x": new,
        "costs": costs,
        "orders": orders,
        "warnings": warnings,
        "replaced": replaced,
        "worth": worth,
        "figure": path,
    }


def draw(axis: Axes, x: np.ndarray, d: ll.Distribution, actions: dict[str, np.ndarray], says: tuple[str, str]) -> None:
    """Draw the fitted 90 % interval, and what is done by the truth, as fitted, and by the mean."""
    low, high = d.interval(0.9)
    axis.fill_between(x, low, high, color=BLUE, alpha=0.2, lw=0, label="90 % interval, fitted")
    styles = {"truth": ("black", "--"), "fitted": (VERMILLION, "-"), "mean": (GREY, ":")}
    for name, action in actions.items():
        color, style = styles[name]
        axis.plot(x, action, color=color, ls=style, label=f"{says[1]}: {name}")
    axis.set_ylabel(says[0])
    axis.legend(frameon=False, fontsize=8, loc="upper left" if says[0] != "life of a part (h)" else "upper right")


if __name__ == "__main__":
    main(quick="--quick" in sys.argv[1:])
