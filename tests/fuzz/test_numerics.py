"""Families at extreme parameters and y: numbers that agree with each other, inf or nan, and no warning."""

from typing import Any

import numpy as np

from likelinet.core.domains import Domain
from likelinet.distributions import Distribution, Univariate
from tests.cases import UNIVARIATE
from tests.fuzz.harness import Refused, inputs, many_inputs, one_of, outcome

SIZES = (1e-20, 1e-8, 1e-3, 0.1, 0.5, 1.0, 2.0, 7.5, 100.0, 1e8, 1e20)
MOST = 1e8  # of counts and trials: beyond 2 ** 53 next ones cannot be told, and a search for a quantile is long
SHARES = (0.0, 5e-324, 1e-300, 1e-16, 1e-3, 0.5, 0.999, 1.0 - 1.2e-16, 1.0)
FAMILIES = {case.cls.__name__: case.cls for case in UNIVARIATE if case.cls.y == "number"}


def inside(domain: Domain, rng: np.random.Generator) -> float:
    """Return an extreme number of a domain."""
    for _ in range(20):
        x = one_of(rng, SIZES) * one_of(rng, (1.0, -1.0))
        x = one_of(rng, (x, domain.low, domain.high, domain.low + abs(x), domain.high - abs(x)))
        x = float(np.floor(np.clip(x, -MOST, MOST))) if domain.integer else float(x)
        if np.isfinite(x) and domain.contains(np.array(x)):
            return x
    return domain.anchor


def y_of(support: Domain, rng: np.random.Generator) -> float:
    """Return a y, mostly of the support."""
    return inside(support, rng) if rng.random() < 0.9 else one_of(rng, (-1.0, 0.5, np.inf, -np.inf, 1e308))


def same(a: float, b: float) -> bool:
    return a == b or (np.isnan(a) and np.isnan(b))


def check(cls: type[Univariate], parameters: dict[str, float], y: float, u: float, what: str) -> None:
    """Fail if what a distribution answers cannot be, or is not the same when it is asked of several rows at once."""
    d = outcome(lambda: cls(**{name: np.array([value]) for name, value in parameters.items()}), what)
    if d is Refused:
        return
    twice = cls(**{name: np.array([value, value]) for name, value in parameters.items()})
    at, rows, chance = np.array([y]), np.array([y, y]), np.array([u])
    log_prob = answer(lambda: d.log_prob(at), f"{what}, log_prob")
    assert not np.isnan(log_prob), f"{what}: log_prob is nan"
    assert same(log_prob, answer(lambda: twice.log_prob(rows), f"{what}, log_prob of two rows")), what
    below, above = (answer(lambda of=of: of(at), f"{what}, tails") for of in (d.cdf, d.sf))
    if not np.isnan(below + above):
        assert 0.0 <= min(below, above) <= max(below, above) <= 1.0, f"{what}: cdf {below}, sf {above}"
        assert abs(below + above - 1.0) < 1e-6, f"{what}: cdf {below} and sf {above} do not add up to 1"
    for name, call in {"ppf": lambda: d.ppf(chance), "mean": d.mean, "var": d.var, "entropy": d.entropy}.items():
        found = answer(call, f"{what}, {name}")
        assert name != "var" or np.isnan(found) or found >= 0.0, f"{what}: the variance is {found}"


def answer(call: Any, what: str) -> float:
    """Return the one number of an answer; nan where it is refused."""
    found = outcome(call, what)
    return np.nan if found is Refused else float(np.asarray(found).ravel()[0])


def drawn(i: int, rng: np.random.Generator) -> tuple[type[Distribution], dict[str, float], float, float]:
    """Return a family, extreme parameters, y and a probability."""
    cls = FAMILIES[one_of(rng, sorted(FAMILIES))]
    parameters = {p.name: inside(p.domain, rng) for p in cls.parameters}
    return cls, parameters, y_of(cls.support, rng), one_of(rng, SHARES)


@many_inputs
def test_families(many: int):
    for i, rng in inputs(many):
        cls, parameters, y, u = drawn(i, rng)
        check(cls, parameters, y, u, f"{i}: {cls.__name__}(**{parameters}) at y={y!r}, u={u!r}")


@many_inputs
def test_scores(many: int):
    for i, rng in inputs(many // 10):
        cls, parameters, y, _ = drawn(i, rng)
        what = f"{i}: crps of {cls.__name__}(**{parameters}) at y={y!r}"
        d = outcome(lambda: cls(**{name: np.array([v]) for name, v in parameters.items()}), what)
        if d is not Refused:
            crps = answer(lambda: d.crps(np.array([y])), what)
            assert np.isnan(crps) or crps >= 0.0, f"{what} is {crps}"
