"""Where training starts: estimates from y of few distinct values are parameters, under which every y is possible."""

import numpy as np
import pytest

import likelinet as ll
from likelinet.config import parse_config
from likelinet.distributions.over.mixture import MixtureFamily
from likelinet.targets.build import targets_of
from likelinet.targets.target import Naming
from tests.families.declared import DECLARED, LEAVES, NESTED, as_seen, declared, head_of, observed

ROWS = 24
NUMBERS = {name: f for name, f in {**DECLARED, **NESTED}.items() if declared(f).y == "number"}
MIXED = {
    f"mixture of truncated {name}": {
        "kind": "mixture",
        "components": 3,
        "base": {"kind": "truncated", "base": family, "low": 0.1, "high": 20.0},
    }
    for name, family in LEAVES.items()
    if name in NUMBERS
}
ALL = {**NUMBERS, **MIXED}
POSITIVE = [n for n in MIXED if declared(MIXED[n]).leaf_class(None).support == ll.positive]


def few(name: str, seed: int):
    """Return a head standardised for y of two or three distinct values, what it reads, these y and their weights."""
    rng, config = np.random.default_rng(seed), declared(ALL[name])
    head = head_of(config)
    columns = np.full((1, ROWS, len(head.columns)), 9.0)
    raw, shared = 0.5 * rng.normal(size=(1, ROWS, head.predicted)), 0.5 * rng.normal(size=(1, head.shared))
    drawn = observed(head, raw, shared, columns, rng)[0]
    distinct = drawn[: 2 + seed % 2]
    y = as_seen(head, distinct[np.resize([0, 0, 0, 0, 1, *range(len(distinct))], ROWS)])
    weight, naming = rng.choice([0.5, 1.0, 2.0], ROWS), Naming("y", name)
    kind = targets_of(config, None)
    y = kind.clean(y, naming)
    targets = kind.learn(y, weight, parse_config({"distribution": ALL[name]}), None, naming)
    return head.standardised(targets.loc, targets.scale, targets.spread), columns, targets.encode(y), weight


@pytest.mark.parametrize("name", ALL)
def test_estimates_of_few_values(name: str):
    count = 0
    for seed in range(2):
        try:
            head, columns, y, weight = few(name, seed)
        except ll.DataError:  # one value alone, of which no spread can be learned
            continue
        count += 1
        estimates = head.family.estimate(y, weight)
        for (parameter, _), value in zip(head.family.openings, estimates, strict=True):
            if value is not None:
                assert parameter.domain.contains(np.asarray(value)).all(), parameter.name
        raw, shared = head.raw_start(y, weight)
        with np.errstate(all="ignore"):
            values = head.loss(np.broadcast_to(raw, (1, ROWS, len(raw))), shared[None], y[None], columns)[0]
        assert np.isfinite(values).all()
    assert count >= 1


@pytest.mark.parametrize("name", POSITIVE)
def test_no_component_starts_as_a_spike(name: str):
    """Each of three values fills a slice: the range of a component is a part of that of all y, not of one value."""
    weight, base = np.ones(ROWS), head_of(declared(ALL[name])).family.base.base
    for seed in range(4):
        y = np.repeat(np.random.default_rng(seed).uniform(0.2, 4.0, 3), 8)
        _, *each = MixtureFamily(base, 3).estimate(y, weight)
        whole, components = (base.distribution(tuple(p)) for p in (base.estimate(y, weight), each))
        width, most = (d.ppf(0.9) - d.ppf(0.1) for d in (components, whole))
        assert (width > 0.05 * most).all()
