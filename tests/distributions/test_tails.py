"""log_cdf and log_sf far out in both tails, against mpmath."""

import numpy as np
import pytest
from mpmath import mp

import likelinet as ll
from tests import exact
from tests.cases import CONTINUOUS, UNIVARIATE, Family
from tests.distributions.strategies import each

TAILED = tuple(c for c in UNIVARIATE if c.top is None and c.tails)
DEPTHS = 10.0 ** -np.array([3.0, 8.0, 20.0, 50.0, 100.0, 200.0, 300.0])


def tail_points(case: Family, tail: str):
    """Return one distribution for each depth, and a y with about that much probability beyond it."""
    params = case.parameters(np.random.default_rng(3).random((12, len(case.columns))))
    params = tuple(np.repeat(p, len(DEPTHS)) for p in params)
    d = case.distribution(params)
    y = (d.ppf if tail == "log_cdf" else d.isf)(np.tile(DEPTHS, 12))
    return d, params, np.maximum(y, 1e-300) if case in CONTINUOUS and case.cls.support.low == 0.0 else y


@each(TAILED)
@pytest.mark.parametrize("tail", ["log_cdf", "log_sf"])
def test_far_tails(case: Family, tail):
    d, params, y = tail_points(case, tail)
    f = case.exact.cdf if tail == "log_cdf" else case.exact.sf
    with mp.workdps(40):
        want = [float(mp.log(f(*map(mp.mpf, row)))) for row in np.stack([*params, y], axis=-1).tolist()]
    if tail == "log_sf" or case in CONTINUOUS:  # P(Y = 0) bounds the lower tail of a count
        assert min(want) < -690.0
    np.testing.assert_allclose(getattr(d, tail)(y), want, rtol=1e-11)


@each(tuple(c for c in TAILED if c in CONTINUOUS))
@pytest.mark.parametrize(("inverse", "tail"), [("ppf", "log_cdf"), ("isf", "log_sf")])
def test_quantiles_reach_the_far_tails(case: Family, inverse, tail):
    d, _, _ = tail_points(case, tail)
    q = np.tile(DEPTHS, 12)
    y = getattr(d, inverse)(q)
    support = case.cls.support
    shown = (y > support.low) & (y < support.high)  # a quantile may lie closer to an end than any float
    log_p, want = getattr(d, tail)(y), np.log(q)
    with np.errstate(all="ignore"):
        rounded = np.spacing(np.abs(y)) * np.exp(d.log_prob(y) - log_p)  # what the last digit of y is worth
    np.testing.assert_array_less(np.abs(log_p - want)[shown], (rounded - 1e-10 * want)[shown])
    assert shown.mean() > (0.8 if support.high == np.inf else 0.3)


def test_the_tails_of_student_t_where_z_squared_overflows():
    df = np.array([1.0, 1.5])
    d = ll.StudentT(df, 0.0, 1.0)
    y = np.array([1e250, 1e170])
    with mp.workdps(30):
        want = [float(mp.log(exact.student_t.sf(mp.mpf(v), 0, 1, mp.mpf(t)))) for v, t in zip(df, y, strict=True)]
    np.testing.assert_allclose(d.log_sf(y), want, rtol=1e-12)
    np.testing.assert_allclose(d.log_cdf(-y), want, rtol=1e-12)
