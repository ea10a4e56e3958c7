"""Data drawn from known parameters, fitted by an MLP: what the fit loses against the truth, for every family.

    python benchmarks/recovery.py [--families student_t,censored_weibull] [--rows 20000]

The parameters are smooth functions of two inputs. A model is fitted to `--rows` rows, and the gap is the mean of
nll(model) − nll(truth) over 40,000 fresh rows, in nats per row. It should be at most 0.01 for each number that the
network predicts; a row that misses this is marked. One setting for all: the library's defaults but for the network's
width, the batch and the number of epochs.
"""

import argparse
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import pandas as pd

import likelinet as ll
from likelinet.config import families

LIMIT = 0.01  # nats per row and predicted number
TEST_ROWS = 40_000
SETTINGS: dict[str, Any] = {
    "network": {"hidden": [64, 64]},
    "training": {"epochs": 40, "batch_size": 256, "optimizer": {"kind": "adamw", "learning_rate": 0.005}},
}
CLASSES = {c.model_fields["kind"].default: c.distribution for c in families.FAMILY_CONFIGS}
WAVES = ((1.5, 0.7, 0.0), (-0.8, 1.4, 1.0), (1.1, -1.2, 2.0), (0.6, 1.6, 3.0), (1.6, 0.2, 4.5), (-0.3, 1.5, 5.5))

Observe = Callable[[np.ndarray, np.random.Generator], Any]


@dataclass(frozen=True)
class Case:
    """A family with its true parameters.

    Parameters
    ----------
    config : mapping
        The family, as in a config.
    ranges : mapping
        For each parameter the ends between which it varies with x, positive ones on a log scale; a number where it is
        constant, a list of these for a vector.
    observe : callable, optional
        From y to what is seen of it.
    outputs : bool
        Whether y is several outputs of the family.
    """

    config: Mapping[str, Any]
    ranges: Mapping[str, Any]
    observe: Observe | None = None
    outputs: bool = False

    @property
    def predicted(self) -> int:
        """How many numbers the network has to find for each row."""

        def count(of: Any) -> int:
            return sum(map(count, of)) if isinstance(of, list) else int(isinstance(of, tuple))

        return sum(map(count, self.ranges.values()))

    def truth(self, x: np.ndarray, n: np.ndarray) -> Any:
        """Return the true distributions of rows with inputs x, shape (rows, 2), and numbers of trials n."""
        waves = iter(WAVES * 3)

        def value(of: Any) -> np.ndarray:
            if isinstance(of, list):
                return np.stack([value(part) for part in of], axis=1)
            if isinstance(of, str):
                return n
            if not isinstance(of, tuple):
                return np.full(len(x), float(of))
            a, b, phase = next(waves)
            height = 0.5 + 0.5 * np.sin(a * x[:, 0] + b * x[:, 1] + phase)
            low, high = of
            return low * (high / low) ** height if low > 0.0 else low + (high - low) * height

        d = _build(self.config, {name: value(of) for name, of in self.ranges.items()})
        return ll.Independent(d) if self.outputs else d


def _build(config: Mapping[str, Any], values: dict[str, np.ndarray]) -> Any:
    kind = config["kind"]
    if kind in CLASSES:
        return CLASSES[kind](**values)
    gate, logits = values.pop("gate_logits", None), values.pop("weights", None)
    base = _build(config["base"], values)
    match kind:
        case "truncated":
            return ll.Truncated(base, config.get("low", -np.inf), config.get("high", np.inf))
        case "zero_inflated":
            return ll.ZeroInflated(base, gate_logits=gate)
        case "hurdle":
            return ll.Hurdle(base, gate_logits=gate)
        case "mixture":
            return ll.Mixture(base, logits)
        case "transformed":
            maps = {"log": ll.Log(), "logit": ll.Logit()}
            return ll.Transformed(base, maps.get(config["transform"]) or ll.Affine(config["loc"], config["scale"]))
        case wrapper:
            return {"censored": ll.Censored, "discretised": ll.Discretised}[wrapper](base)


def right(scale: float) -> Observe:
    """Return an observer who leaves before some of the events, at times that are exponential."""

    def observe(y: np.ndarray, rng: np.random.Generator) -> ll.Interval:
        end = scale * rng.standard_exponential(len(y))
        return ll.Interval.right_censored(np.minimum(y, end), y <= end)

    return observe


def left(limit: float) -> Observe:
    """Return an observer who cannot see below a limit."""
    return lambda y, _: ll.Interval(np.where(y < limit, -np.inf, y), np.maximum(y, limit))


def visits(between: float) -> Observe:
    """Return an observer who looks now and then, and knows of the event only after which visit it was."""

    def observe(y: np.ndarray, rng: np.random.Generator) -> ll.Interval:
        offset = between * rng.random(len(y))
        number = np.floor((y - offset) / between)
        return ll.Interval(np.maximum(number * between + offset, 0.0), (number + 1.0) * between + offset)

    return observe


def over(kind: str, base: Mapping[str, Any] | str, **options: Any) -> dict[str, Any]:
    """Return the config of a wrapper."""
    return {"kind": kind, "base": {"kind": base} if isinstance(base, str) else base, **options}


LOC, SCALE = (-3.0, 3.0), (0.3, 3.0)
SIMPLE: dict[str, dict[str, Any]] = {
    "gaussian": {"loc": LOC, "scale": SCALE},
    "laplace": {"loc": LOC, "scale": SCALE},
    "logistic": {"loc": LOC, "scale": SCALE},
    "student_t": {"df": (1.5, 15.0), "loc": LOC, "scale": SCALE},
    "cauchy": {"loc": LOC, "scale": SCALE},
    "gumbel": {"loc": LOC, "scale": SCALE},
    "skew_normal": {"loc": LOC, "scale": SCALE, "alpha": (-5.0, 5.0)},
    "asymmetric_laplace": {"loc": LOC, "scale": SCALE, "tau": (0.15, 0.85)},
    "johnson_su": {"skewness": (-1.5, 1.5), "tailweight": (1.0, 3.0), "loc": LOC, "scale": SCALE},
    "exponential": {"rate": (0.01, 0.2)},
    "gamma": {"concentration": (0.7, 10.0), "rate": (0.01, 0.1)},
    "inverse_gamma": {"concentration": (1.5, 8.0), "rate": (1.0, 10.0)},
    "inverse_gaussian": {"loc": (0.5, 4.0), "concentration": (1.0, 10.0)},
    "log_normal": {"loc": (-1.0, 3.0), "scale": (0.2, 1.2)},
    "log_logistic": {"scale": (100.0, 1000.0), "concentration": (1.2, 6.0)},
    "weibull": {"scale": (100.0, 1000.0), "concentration": (0.7, 4.0)},
    "generalized_pareto": {"scale": (0.5, 5.0), "concentration": (0.05, 0.6)},
    "half_normal": {"scale": (0.3, 3.0)},
    "beta": {"concentration1": (0.7, 8.0), "concentration0": (0.7, 8.0)},
    "kumaraswamy": {"concentration1": (0.7, 6.0), "concentration0": (0.7, 6.0)},
    "logit_normal": {"loc": (-2.0, 2.0), "scale": (0.3, 2.0)},
    "von_mises": {"loc": (-2.5, 2.5), "concentration": (0.5, 20.0)},
    "poisson": {"rate": (0.5, 30.0)},
    "negative_binomial": {"total_count": (0.7, 8.0), "logits": (-1.0, 1.5)},
    "geometric": {"logits": (-2.0, 2.0)},
    "bernoulli": {"logits": (-3.0, 3.0)},
    "categorical": {"logits": [(-2.0, 2.0), (-2.0, 2.0), (-2.0, 2.0), 0.0]},
    "ordered_logistic": {"loc": LOC, "cutpoints": [-1.5, 0.0, 1.0]},
    "dirichlet": {"concentration": [(0.5, 6.0), (0.5, 6.0), (0.5, 6.0)]},
    "multivariate_gaussian": {"loc": [LOC, (100.0, 300.0)], "scale_tril": [[SCALE, 0.0], [(-30.0, 30.0), (5.0, 30.0)]]},
}
TRIALS = {"column": "trials"}
POSITIVE = {"scale": (0.3, 3.0), "concentration": (0.8, 4.0)}
COUNT = {"total_count": (1.0, 8.0), "logits": (-1.0, 1.5)}
GATE, WEIGHTS = (-2.0, 1.0), [(-1.0, 1.0), 0.0]
CASES: dict[str, Case] = {
    **{kind: Case({"kind": kind}, ranges) for kind, ranges in SIMPLE.items()},
    "binomial": Case({"kind": "binomial", "total_count": TRIALS}, {"total_count": "trials", "logits": (-2.0, 2.0)}),
    "beta_binomial": Case(
        {"kind": "beta_binomial", "total_count": TRIALS},
        {"total_count": "trials", "concentration1": (0.7, 8.0), "concentration0": (0.7, 8.0)},
    ),
    "multinomial": Case(
        {"kind": "multinomial", "total_count": TRIALS},
        {"total_count": "trials", "logits": [(-2.0, 2.0), (-2.0, 2.0), 0.0]},
    ),
    "independent_gamma": Case(
        {"kind": "gamma"},
        {"concentration": [(0.7, 10.0), (2.0, 20.0)], "rate": [(0.01, 0.1), (1.0, 3.0)]},
        outputs=True,
    ),
    "truncated_gaussian": Case(
        over("truncated", "gaussian", low=0.0, high=4.0), {"loc": (-1.0, 4.0), "scale": (0.7, 2.0)}
    ),
    "truncated_student_t": Case(
        over("truncated", "student_t", low=0.0), {"df": (2.0, 10.0), "loc": (0.0, 4.0), "scale": (0.5, 2.0)}
    ),
    "truncated_weibull": Case(over("truncated", "weibull", high=3.0), POSITIVE),
    "truncated_poisson": Case(over("truncated", "poisson", low=1), {"rate": (0.5, 15.0)}),
    "censored_gaussian": Case(over("censored", "gaussian"), {"loc": LOC, "scale": SCALE}, left(-0.5)),
    "censored_weibull": Case(
        over("censored", "weibull"), {"scale": (100.0, 1000.0), "concentration": (0.7, 4.0)}, right(600.0)
    ),
    "censored_log_normal": Case(over("censored", "log_normal"), {"loc": (-1.0, 3.0), "scale": (0.2, 1.2)}, visits(3.0)),
    "censored_truncated_gaussian": Case(
        over("censored", over("truncated", "gaussian", low=0.0)), {"loc": (0.0, 4.0), "scale": (0.7, 2.0)}, right(6.0)
    ),
    "zero_inflated_poisson": Case(over("zero_inflated", "poisson"), {"gate_logits": GATE, "rate": (0.5, 15.0)}),
    "zero_inflated_negative_binomial": Case(over("zero_inflated", "negative_binomial"), {"gate_logits": GATE, **COUNT}),
    "zero_inflated_gamma": Case(
        over("zero_inflated", "gamma"), {"gate_logits": GATE, "concentration": (0.7, 10.0), "rate": (0.01, 0.1)}
    ),
    "hurdle_negative_binomial": Case(over("hurdle", "negative_binomial"), {"gate_logits": GATE, **COUNT}),
    "hurdle_log_normal": Case(
        over("hurdle", "log_normal"), {"gate_logits": GATE, "loc": (-1.0, 3.0), "scale": (0.2, 1.2)}
    ),
    "discretised_gaussian": Case(over("discretised", "gaussian"), {"loc": LOC, "scale": SCALE}),
    "discretised_log_normal": Case(over("discretised", "log_normal"), {"loc": (0.0, 4.0), "scale": (0.2, 1.2)}),
    "transformed_log_student_t": Case(
        over("transformed", "student_t", transform="log"), {"df": (2.0, 15.0), "loc": (-1.0, 3.0), "scale": (0.2, 1.0)}
    ),
    "transformed_logit_skew_normal": Case(
        over("transformed", "skew_normal", transform="logit"),
        {"loc": (-1.0, 1.0), "scale": (0.5, 1.5), "alpha": (-4.0, 4.0)},
    ),
    "transformed_affine_gamma": Case(
        over("transformed", "gamma", transform="affine", loc=10.0, scale=3.0),
        {"concentration": (0.7, 10.0), "rate": (0.5, 5.0)},
    ),
    "mixture_gaussian": Case(
        over("mixture", "gaussian", components=2),
        {"weights": WEIGHTS, "loc": [(-3.0, -1.0), (1.0, 3.0)], "scale": [(0.3, 1.0), (0.3, 1.0)]},
    ),
    "mixture_poisson": Case(
        over("mixture", "poisson", components=2), {"weights": WEIGHTS, "rate": [(0.5, 4.0), (8.0, 30.0)]}
    ),
    "mixture_truncated_gaussian": Case(
        over("mixture", over("truncated", "gaussian", low=0.0), components=2),
        {"weights": WEIGHTS, "loc": [(0.0, 1.5), (3.0, 6.0)], "scale": [(0.3, 1.0), (0.5, 1.5)]},
    ),
}


@dataclass(frozen=True)
class Recovered:
    """What became of a case."""

    predicted: int
    truth: float
    fitted: float
    seconds: float
    model: ll.Model = field(repr=False)

    @property
    def gap(self) -> float:
        """Nats per row above the truth."""
        return self.fitted - self.truth

    @property
    def each(self) -> float:
        """The gap for each predicted number."""
        return self.gap / self.predicted


def draw(case: Case, rows: int, rng: np.random.Generator) -> tuple[pd.DataFrame, Any, Any]:
    """Return a table, y as observed, and the true distributions."""
    x, trials = rng.uniform(-2.0, 2.0, (rows, 2)), rng.integers(5, 40, rows).astype(np.float64)
    d = case.truth(x, trials)
    y = (d.base if isinstance(d, ll.Censored) else d).sample(rng=rng)
    table = pd.DataFrame({"a": x[:, 0], "b": x[:, 1]})
    if "total_count" in case.config:
        table["trials"] = trials
    return table, y if case.observe is None else case.observe(y, rng), d


def recover(case: Case, rows: int = 20_000, seed: int = 0, settings: Mapping[str, Any] = SETTINGS) -> Recovered:
    """Fit a case and compare the fit with the truth on fresh rows."""
    rng = np.random.default_rng(seed)
    x, y, _ = draw(case, rows, rng)
    new_x, new_y, truth = draw(case, TEST_ROWS, rng)
    start = time.perf_counter()
    model = ll.Model({"quality": "plain", "distribution": dict(case.config), **settings}).fit(x, y, progress=False)
    seconds = time.perf_counter() - start
    nll = [float(-np.mean(d.log_prob(new_y))) for d in (truth, model.predict_dist(new_x))]
    return Recovered(case.predicted, nll[0], nll[1], seconds, model)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--families", default=",".join(CASES), help="names, with commas between")
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    names = options.families.split(",")
    if unknown := [name for name in names if name not in CASES]:
        parser.error(f"no case {', '.join(unknown)}; there are {', '.join(CASES)}")
    print("| family | predicted | true NLL | fitted NLL | gap | gap / predicted | seconds | |")
    print("|---|---:|---:|---:|---:|---:|---:|---|")
    for name in names:
        r = recover(CASES[name], options.rows, options.seed)
        numbers = f"{r.predicted} | {r.truth:.4f} | {r.fitted:.4f} | {r.gap:.4f} | {r.each:.4f} | {r.seconds:.1f}"
        print(f"| {name} | {numbers} | {'' if r.each <= LIMIT else 'missed'} |", flush=True)


if __name__ == "__main__":
    main()
