"""Rows of weight 2 are rows that stand there twice, and those of weight 0 are absent, whatever the family."""

import numpy as np
import pandas as pd
import pytest

import likelinet as ll
from likelinet.config import ModelConfig
from likelinet.networks.build import build_network
from likelinet.objective.layout import pack
from likelinet.objective.objective import Objective
from likelinet.targets.build import targets_of
from likelinet.targets.target import Naming
from tests.families.declared import DECLARED, as_seen, columns_for, declared, head_of, observed

N = 40
TIMES = np.random.default_rng(2).integers(0, 4, N)
# Families of which the likelihood of the first draw has no maximum, or one that is as good as flat or a kink.
SEEDS = {
    "mixture of gammas": 3,
    "zero inflated truncated": 3,
    "hurdle negative binomial": 8,
    "asymmetric laplace": 2,
    "discretised mixture": 6,
    "zero inflated discretised": 3,
    "clipped mixture": 5,
    "mixture of clipped": 5,
}
EXACT = {"optimizer": {"kind": "lbfgs"}, "epochs": 300}


def rows_of(family: str) -> tuple[pd.DataFrame, np.ndarray | ll.Interval]:
    """Return what the head reads of each row, and its y: drawn around the middle of what the family predicts."""
    rng = np.random.default_rng(SEEDS.get(family, 1))
    head = head_of(declared(DECLARED[family]))
    raw, shared = 0.3 * rng.normal(size=(1, N, head.predicted)), 0.3 * rng.normal(size=(1, head.shared))
    columns = columns_for(head, rng, (1, N))
    y = observed(head, raw, shared, columns, rng)[0]
    return pd.DataFrame(columns[0], columns=list(head.columns), index=range(N)), as_seen(head, y)


def fitted(family: str, table: pd.DataFrame, y: np.ndarray | ll.Interval, weight: np.ndarray | None) -> ll.Model:
    config = {"distribution": DECLARED[family], "data": {"features": []}, "training": EXACT}
    return ll.Model(config).fit(table, y, weight, progress=False)


def at(y: np.ndarray | ll.Interval, rows: np.ndarray) -> np.ndarray | ll.Interval:
    return ll.Interval(y.lower[rows], y.upper[rows]) if isinstance(y, ll.Interval) else y[rows]


@pytest.mark.parametrize("family", DECLARED)
def test_whole_weights_are_repeated_rows(family):
    table, y = rows_of(family)
    again = np.repeat(np.arange(N), TIMES)
    weighted = fitted(family, table, y, TIMES)
    repeated = fitted(family, table.iloc[again], at(y, again), None)
    kept = TIMES > 0
    table, y = table[kept], at(y, kept)
    one, other = (m.predict_dist(table).log_prob(y) for m in (weighted, repeated))
    np.testing.assert_allclose(one, other, rtol=0.0, atol=1e-8)


@pytest.mark.parametrize("family", DECLARED)
def test_with_inputs_every_step_is_the_same(family):
    """So are the estimates it starts from and what it descends.

    At its end weights are less alike: the loss of a johnson_su, say, is flat to 1e-14 where log p differs by 1e-6.
    """
    table, y = rows_of(family)
    again, rng = np.repeat(np.arange(N), TIMES), np.random.default_rng(5)
    config = ModelConfig.model_validate({"distribution": DECLARED[family]})
    naming, kind = Naming("y", family), targets_of(config.distribution, None)
    weighted, repeated = (
        kind.learn(kind.clean(at(y, rows), naming), weight, config, None, naming)
        for rows, weight in ((np.flatnonzero(TIMES), TIMES[TIMES > 0] / TIMES.mean()), (again, np.ones(len(again))))
    )
    for name in ("loc", "scale", "spread"):
        np.testing.assert_allclose(getattr(weighted, name), getattr(repeated, name), rtol=1e-12, atol=1e-14)
    head = head_of(config.distribution).standardised(weighted.loc, weighted.scale, weighted.spread)
    encoded = weighted.encode(kind.clean(y, naming))
    columns = table.to_numpy() if head.columns else None
    kept = np.flatnonzero(TIMES)
    starts = (
        head.raw_start(encoded[kept], TIMES[kept] / TIMES.mean()),
        head.raw_start(encoded[again], np.ones(len(again))),
    )
    for one, other in zip(*starts, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-9)

    objective = Objective(build_network(config.network, 2, head.predicted), head)
    theta, x = objective.layout.initial(rng)[None], rng.normal(size=(N, 2))

    def value_and_gradient(rows, share):
        known = None if columns is None else columns[None, rows]
        value, backward = objective(objective.layout.views(theta), (), x[None, rows], known, encoded[None, rows], share)
        return value[0], pack(backward(), objective.layout)[0]

    with np.errstate(all="ignore"):
        one = value_and_gradient(np.arange(N), TIMES[None] / TIMES.sum())
        other = value_and_gradient(again, np.full((1, len(again)), 1.0 / len(again)))
    assert np.isfinite(one[0])
    for a, b in zip(one, other, strict=True):
        np.testing.assert_allclose(a, b, rtol=0.0, atol=1e-12 * max(np.abs(b).max(), 1.0))
