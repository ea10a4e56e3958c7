"""A parameter that is read from a column is in the units of y, whatever training makes of these."""

import numpy as np
import pandas as pd
import pytest

import likelinet as ll
from likelinet.config.distribution import FAMILY_CONFIGS
from likelinet.distributions import Univariate

N = 60
ROLES = ("location", "scale", "rate", "log_location")
CASES = [
    pytest.param(config.model_fields["kind"].default, p.name, id=f"{config.model_fields['kind'].default} {p.name}")
    for config in FAMILY_CONFIGS
    if issubclass(config.distribution, Univariate) and config.distribution is not ll.OrderedLogistic
    for p in config.distribution.parameters
    if p.role in ROLES
]
WRAPPERS = {
    "plain": lambda base: base,
    "mixture": lambda base: {"kind": "mixture", "components": 2, "base": base},
    "censored": lambda base: {"kind": "censored", "base": base},
    "truncated": lambda base: {"kind": "truncated", "high": 5000.0, "base": base},
    "hurdle": lambda base: {"kind": "hurdle", "base": base},
}


def innermost(d: ll.Distribution) -> ll.Distribution:
    match d:
        case ll.Mixture(components=inner) | ll.Censored(base=inner) | ll.Truncated(base=inner) | ll.Hurdle(base=inner):
            return innermost(inner)
        case _:
            return d


@pytest.mark.parametrize("wrapper", WRAPPERS)
@pytest.mark.parametrize(("kind", "name"), CASES)
def test_a_column_is_taken_as_it_is(kind: str, name: str, wrapper: str):
    rng = np.random.default_rng(0)
    known = rng.uniform(1.0, 3.0, N)
    y = np.abs(known) if kind == "von_mises" else 300.0 + 50.0 * rng.uniform(-1.0, 1.0, N)
    table = pd.DataFrame({"x": rng.normal(size=N), "known": known})
    config = {
        "quality": "plain",
        "data": {"features": ["x"]},
        "distribution": WRAPPERS[wrapper]({"kind": kind, name: {"column": "known"}}),
        "network": {"hidden": [2]},
        "training": {"steps": 1, "validation_fraction": 0.0},
    }
    d = ll.Model(config).fit(table, y, progress=False).predict_dist(table)
    got = getattr(innermost(d), name)
    want = np.stack([known, known], axis=1) if wrapper == "mixture" else known
    np.testing.assert_allclose(got, want, rtol=1e-12)
