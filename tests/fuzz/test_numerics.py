"""Families, and what is made of them, at extreme parameters and y: numbers that agree with each other, inf or nan."""

from collections.abc import Callable
from typing import Any

import numpy as np

import likelinet as ll
from likelinet.core.domains import Domain, positive, real
from likelinet.distributions import Distribution
from tests.cases import UNIVARIATE
from tests.fuzz.harness import Refused, inputs, many_inputs, one_of, outcome

SIZES = (1e-300, 1e-100, 1e-20, 1e-8, 1e-3, 0.1, 0.5, 1.0, 2.0, 7.5, 100.0, 1e8, 1e20, 1e100, 1e300)
MOST = 1e8  # of counts and trials: beyond 2 ** 53 next ones cannot be told, and a search for a quantile is long
FEW = 1e4  # of those in wrappers and of scores, which take seconds for sums over more
SHARES = (0.0, 5e-324, 1e-300, 1e-16, 1e-3, 0.5, 0.999, 1.0 - 1.2e-16, 1.0)
TINIEST = 1e-290  # parameter below which the rate over y of an inverse gamma distribution may underflow
TOGETHER = 20  # rows that are asked at once
WRAPPERS = (
    "Mixture",
    "Truncated",
    "Clipped",
    "ZeroInflated",
    "Hurdle",
    "Discretised",
    "Log",
    "Logit",
    "Affine",
    "MixtureOf",
)
FAMILIES = {case.cls.__name__: case.cls for case in UNIVARIATE if case.cls.y == "number"}


def inside(domain: Domain, rng: np.random.Generator, most: float = MOST) -> float:
    """Return an extreme number of a domain."""
    for _ in range(20):
        x = one_of(rng, SIZES) * one_of(rng, (1.0, -1.0))
        x = one_of(rng, (x, domain.low, domain.high, domain.low + abs(x), domain.high - abs(x)))
        x = float(np.floor(np.clip(x, -most, most))) if domain.integer else float(x)
        if np.isfinite(x) and domain.contains(np.array(x)):
            return x
    return domain.anchor


def y_of(support: Domain, rng: np.random.Generator) -> float:
    """Return a y, mostly of the support."""
    return inside(support, rng) if rng.random() < 0.9 else one_of(rng, (-1.0, 0.5, np.inf, -np.inf, 1e308))


def check(make: Callable[[], Any], y: np.ndarray, u: np.ndarray, what: str) -> None:
    """Fail if what a distribution of one or several rows answers cannot be, or depends on how many rows are asked."""
    d = outcome(make, what)
    if d is Refused:
        assert len(y) == 1, f"{what}: refused"
        return

    def answer(call: Callable[[], Any], name: str, rows: int = len(y)) -> np.ndarray:
        found = outcome(call, f"{what}, {name}")
        assert found is not Refused or len(y) == 1, f"{what}, {name}: refused"
        return np.full(rows, np.nan) if found is Refused else np.asarray(found)

    log_prob = answer(lambda: d.log_prob(y), "log_prob")
    assert not np.isnan(log_prob).any(), f"{what}: log_prob is nan"
    others = np.zeros(2 if len(y) == 1 else 1, int)  # one row beside itself, or the first of several by itself
    assert (answer(lambda: d[others].log_prob(y[others]), "log_prob of others", len(others)) == log_prob[0]).all(), what
    below, above = answer(lambda: d.cdf(y), "cdf"), answer(lambda: d.sf(y), "sf")
    known = ~np.isnan(below + above)
    for tail in (below[known], above[known]):
        assert ((tail >= 0.0) & (tail <= 1.0)).all(), f"{what}: cdf {below}, sf {above}"
    assert (np.abs(below + above - 1.0)[known] < 1e-6).all(), f"{what}: cdf {below}, sf {above} do not add up to 1"
    for name, call in {"ppf": lambda: d.ppf(u), "mean": d.mean, "var": d.var, "entropy": d.entropy}.items():
        found = answer(call, name)
        assert name != "var" or (np.isnan(found) | (found >= 0.0)).all(), f"{what}: the variance is {found}"


def family(
    rng: np.random.Generator, many: int = 1, most: float = MOST
) -> tuple[type[Distribution], dict[str, list[float]]]:
    """Return a family and so many values of each parameter."""
    cls = FAMILIES[one_of(rng, sorted(FAMILIES))]
    return cls, {p.name: [inside(p.domain, rng, most) for _ in range(many)] for p in cls.parameters}


def wrapper(rng: np.random.Generator, depth: int = 1) -> tuple[Callable[[], Any], Domain, str]:
    """Return what makes one row of a family, or of that again, with the support of the family, and what was drawn."""
    kind, gate = one_of(rng, WRAPPERS), one_of(rng, (1e-300, 1e-16, 0.3, 1.0 - 1.2e-16))
    if kind == "Mixture":
        cls, pairs = family(rng, 2, FEW)
        logits = [[one_of(rng, SIZES), -one_of(rng, SIZES)]]
        text = f"Mixture({cls.__name__}(**{pairs}), {logits})"
        return lambda: ll.Mixture(cls(**{k: np.array([v]) for k, v in pairs.items()}), logits), cls.support, text
    cls, parameters = family(rng, most=FEW)
    make, support, text = lambda: cls(**parameters), cls.support, f"{cls.__name__}(**{parameters})"
    if depth and rng.random() < 0.2:
        make, support, text = wrapper(rng, depth - 1)
    low, high = sorted(y_of(support, rng) for _ in range(2))
    moved = [inside(real, rng), inside(positive, rng)]
    other, others = family(rng, most=FEW)
    made: dict[str, Callable[[Any], Any]] = {
        "Truncated": lambda d: ll.Truncated(d, low, high),
        "Clipped": lambda d: ll.Clipped(d, low, high),
        "ZeroInflated": lambda d: ll.ZeroInflated(d, gate),
        "Hurdle": lambda d: ll.Hurdle(d, gate),
        "Discretised": ll.Discretised,
        "Log": lambda d: ll.Transformed(d, ll.Log()),
        "Logit": lambda d: ll.Transformed(d, ll.Logit()),
        "Affine": lambda d: ll.Transformed(d, ll.Affine(*moved)),
        "MixtureOf": lambda d: ll.MixtureOf([d, other(**others)], [gate, 1.0 - gate]),
    }
    text = f"{kind} of {text}, low {low!r}, high {high!r}, gate {gate!r}, affine {moved}"
    text = f"{text}, other {other.__name__}(**{others})" if kind == "MixtureOf" else text
    return lambda: made[kind](make()), support, text


@many_inputs
def test_families(many: int):
    drawn: dict[type[Distribution], list[tuple[dict[str, list[float]], float, float, str]]] = {}
    for i, rng in inputs(many):
        cls, parameters = family(rng)
        y, u = y_of(cls.support, rng), one_of(rng, SHARES)
        what = f"{i}: {cls.__name__}(**{parameters}) at y={y!r}, u={u!r}"
        drawn.setdefault(cls, []).append((parameters, y, u, what))
    for cls, rows in drawn.items():
        for start in range(0, len(rows), TOGETHER):
            some = rows[start : start + TOGETHER]
            try:  # each by itself takes many times as long
                check_rows(cls, some)
            except Exception:
                for row in some:
                    check_rows(cls, [row])


def check_rows(cls: type[Distribution], rows: list[tuple[dict[str, list[float]], float, float, str]]) -> None:
    """Check rows of a family together."""
    parameters = {name: np.concatenate([row[0][name] for row in rows]) for name in rows[0][0]}
    y, u = (np.array([row[j] for row in rows]) for j in (1, 2))
    check(lambda: cls(**parameters), y, u, "; ".join(row[3] for row in rows))


@many_inputs
def test_wrappers(many: int):
    for i, rng in inputs(many // 10):  # most of whose answers are integrals
        make, support, what = wrapper(rng)
        y, u = y_of(support, rng), one_of(rng, SHARES)
        check(make, np.array([y]), np.array([u]), f"{i}: {what} at y={y!r}, u={u!r}")


@many_inputs
def test_scores(many: int):
    for i, rng in inputs(many // 10):
        cls, parameters = family(rng, most=FEW)
        y = np.array([y_of(cls.support, rng)])
        what = f"{i}: crps of {cls.__name__}(**{parameters}) at y={y}"
        crps = outcome(lambda cls=cls, parameters=parameters, y=y: cls(**parameters).crps(y), what)
        assert crps is Refused or not crps < 0.0, f"{what} is {crps}"


@many_inputs
def test_censored(many: int):
    """An interval has the probability between its ends, whichever of them are open."""
    for i, rng in inputs(many):
        cls, parameters = family(rng, most=FEW)
        if any(0.0 < abs(value) < TINIEST for values in parameters.values() for value in values):
            continue
        low, high = sorted(y_of(cls.support, rng) for _ in range(2))
        what = f"{i}: {cls.__name__}(**{parameters}) between {low!r} and {high!r}"
        d = outcome(lambda cls=cls, parameters=parameters: cls(**parameters), what)
        if d is Refused or not -np.inf < low < high < np.inf:
            continue
        ends = ll.Interval(np.array([-np.inf, low, low]), np.array([high, high, np.inf]))
        found = outcome(lambda d=d, ends=ends: ll.Censored(d).log_prob(ends), what)
        tails = outcome(lambda d=d, low=low, high=high: (d.cdf(high), d.cdf(low), d.sf(low), d.log_prob(low)), what)
        if found is Refused or tails is Refused or np.isnan(tails[:3]).any():
            continue
        assert not np.isnan(found).any(), f"{what}: log_prob is {found}"
        below, beneath, above, density = (float(np.squeeze(each)) for each in tails)
        at_low = float(np.exp(density)) if cls.support.integer else 0.0  # an interval of counts has both of its ends
        expected = [below, below - beneath + at_low, above + at_low]
        assert np.allclose(np.exp(found), expected, rtol=1e-9, atol=1e-6), f"{what}: {np.exp(found)} for {expected}"
