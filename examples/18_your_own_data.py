r"""
Your own data in ten lines
==========================

A bakery asks each evening how many croissants to bake for tomorrow. Its table has mixed columns: the day of the week as
text, the temperature as a number, and whether there is school as yes or no. To get from a CSV file to a decision takes
the ten lines between the two rulers in the code below; put in your own file and the name of your own column.

What should the bakery do? Too few croissants are lost profit, too many are waste. With price p and cost c of each, a
day with demand Y earns :math:`p \min(q, Y) - c\, q` if q are baked. One more pays as long as it is sold often enough,
:math:`p\, P(Y > q) > c`, so the best q is a quantile of the predicted distribution F:

.. math:: q^* = F^{-1}\left(\frac{p - c}{p} \,\middle|\, x\right) .

(This is known as the newsvendor problem.) A model that predicts the mean alone cannot answer it, however good its mean
is. The file is made up here, so that the example runs anywhere and the true demand is known: three years to learn
from, and 1000 later days on which we count the profit.

Run it: ``python examples/18_your_own_data.py [--quick]``
"""

import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

import likelinet as ll

OUTPUT = Path(__file__).parent / "output"
BLUE, VERMILLION, GREY = "#0072B2", "#D55E00", "#8C9196"
PRICE, COST = 3.0, 0.3  # euros
BUSY = {"Mon": 1.0, "Tue": 1.0, "Wed": 1.05, "Thu": 1.0, "Fri": 1.2, "Sat": 1.9, "Sun": 2.3}
SHAPE = 12.0  # of the gamma distribution by which the demand of like days varies


def true_mean(table: pd.DataFrame) -> np.ndarray:
    """Return the mean demand of each day."""
    school = np.where(table["school"] == "yes", 1.0, 0.75)
    busy = np.array([BUSY[day] for day in table["weekday"]])
    return 60.0 * busy * np.exp(-0.02 * (table["celsius"].to_numpy() - 12.0)) * school


def made_up(n: int, seed: int) -> pd.DataFrame:
    """Return n days with weekday, temperature, whether there is school, and how many croissants were asked for."""
    rng = np.random.default_rng(seed)
    days = {"weekday": np.resize(list(BUSY), n), "celsius": rng.normal(12.0, 7.0, n).round(1)}
    table = pd.DataFrame({**days, "school": np.where(rng.random(n) < 0.25, "no", "yes")})
    return table.assign(demand=rng.poisson(true_mean(table) * rng.gamma(SHAPE, 1.0 / SHAPE, n)))


def main(quick: bool = False) -> dict[str, Any]:
    """Fit a model to a CSV file, ask it for intervals and a decision, and count what the decision earns."""
    with tempfile.TemporaryDirectory() as folder:
        history, later = Path(folder, "history.csv"), Path(folder, "later.csv")
        made_up(1095, seed=0).to_csv(history, index=False)
        made_up(1000, seed=1).to_csv(later, index=False)
        # ------------------------------------------------------------------------------------------------ from here
        table, new = pd.read_csv(history), pd.read_csv(later)
        config = ll.ModelConfig(
            quality="plain",  # one network, which takes a second
            data=ll.DataConfig(target="demand"),
            distribution=ll.NegativeBinomialConfig(total_count="shared"),  # a count: docs/families.md helps to choose
            training=ll.TrainingConfig(epochs=200, optimizer=ll.AdamWConfig(learning_rate=0.01)),
        )
        model = ll.Model(config).fit(table)
        d = model.predict_dist(new)
        low, high = d.interval(0.9)
        bake = d.ppf((PRICE - COST) / PRICE)
        # ------------------------------------------------------------------------------------------------- to here
    demand = new["demand"].to_numpy()
    mean = true_mean(new)
    decisions = {
        "one number for all days": np.full(len(new), np.quantile(table["demand"], (PRICE - COST) / PRICE)),
        "the predicted mean": d.mean().round(),
        "the predicted quantile": bake,
        "the true quantile": ll.NegativeBinomial(SHAPE, logits=np.log(mean / SHAPE)).ppf((PRICE - COST) / PRICE),
        "the demand, if one knew it": demand,
    }
    profit = {name: float(np.mean(PRICE * np.minimum(q, demand) - COST * q)) for name, q in decisions.items()}
    scores = model.evaluate(new)
    print(f"columns: {', '.join(model.feature_names)} -> {', '.join(model.target_names)}")
    print(f"{scores['coverage_90']:.1%} of {len(new)} later days lie in their 90 % interval")
    print(f"{'bake':28s}{'profit per day':>16s}{'sold out':>10s}")
    for name, q in decisions.items():
        print(f"{name:28s}{profit[name]:14.2f} €{np.mean(demand > q):10.0%}")
    assert 0.01 <= 1.0 - scores["coverage_90"] <= 0.2  # a tenth of the days lie outside
    assert profit["the predicted quantile"] > profit["the predicted mean"]
    assert profit["the predicted quantile"] > profit["one number for all days"]
    assert profit["the predicted quantile"] > 0.95 * profit["the true quantile"]

    figure = Figure(figsize=(10, 4.2), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=(1.5, 1))
    days = np.arange(21)
    left.vlines(days, low[:21], high[:21], color=BLUE, lw=7, alpha=0.3, label="90 % interval")
    left.plot(days, bake[:21], "_", color=BLUE, ms=13, mew=2.5, label="bake")
    left.plot(days, demand[:21], "o", color=VERMILLION, ms=5, label="was asked for")
    left.set_xticks(days, [name[0] for name in new["weekday"][:21]])
    left.set(xlabel="first three weeks after the last day of the table", ylabel="croissants", ylim=(0.0, 260.0))
    left.legend(frameon=False, loc="upper left")
    names = list(decisions)[::-1]
    colours = [BLUE if name == "the predicted quantile" else GREY for name in names]
    bars = right.barh(names, [profit[name] for name in names], color=colours)
    right.bar_label(bars, fmt="%.0f €", padding=-34, color="white", fontsize=10)
    right.set(xlabel="profit per day (€)", title="What baking so many earns")
    OUTPUT.mkdir(exist_ok=True)
    path = OUTPUT / "18_your_own_data.png"
    figure.savefig(path, dpi=120)
    print(f"Figure: {path}")
    result = {"profit": profit, "d": d, "interval": (low, high), "bake": bake, "mean": mean, "demand": demand}
    return {**result, "true": decisions["the true quantile"], "scores": scores, "figure": path}


if __name__ == "__main__":
    main(quick="--quick" in sys.argv[1:])
