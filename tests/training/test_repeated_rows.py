"""Rows of weight 2 are rows that stand there twice, and those of weight 0 are absent, whatever the family."""

import numpy as np
import pandas as pd
import pytest

import likelinet as ll
from tests.families.declared import DECLARED, as_seen, columns_for, declared, head_of, observed

N = 40
TIMES = np.random.default_rng(2).integers(0, 4, N)
# Families of which the likelihood of the first draw has no maximum, or one that is as good as flat.
SEEDS = {
    "mixture of gammas": 3,
    "zero inflated truncated": 3,
    "hurdle negative binomial": 3,
    "discretised mixture": 6,
    "zero inflated discretised": 3,
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
