"""log_cdf and log_sf far out in both tails, against mpmath."""

import numpy as np
import pytest
from mpmath import mp

import likelinet as ll
from tests.cases import UNIVARIATE, Family
from tests.distributions.strategies import each

TAILED = tuple(c for c in UNIVARIATE if c.cls is not ll.Bernoulli)
DEPTHS = 10.0 ** -np.array([3.0, 8.0, 20.0, 50.0, 100.0, 200.0, 300.0])


def tail_points(case: Family, tail: str):
    """Return one distribution for each depth, and a y with about that much probability beyond it."""
    params = case.parameters(np.random.default_rng(3).random((40, len(case.columns))))
    params = tuple(np.repeat(p, len(DEPTHS)) for p in params)
    d = case.distribution(params)
    y = (d.ppf if tail == "log_cdf" else d.isf)(np.tile(DEPTHS, 40))
    return d, params, np.maximum(y, 1e-300) if case.cls is ll.Gamma else y


@each(TAILED)
@pytest.mark.parametrize("tail", ["log_cdf", "log_sf"])
def test_far_tails(case: Family, tail):
    d, params, y = tail_points(case, tail)
    f = case.exact.cdf if tail == "log_cdf" else case.exact.sf
    with mp.workdps(40):
        want = [float(mp.log(f(*map(mp.mpf, row)))) for row in np.stack([*params, y], axis=-1).tolist()]
    reachable = case.support_is_unbounded_below if tail == "log_cdf" else True
    assert min(want) < -600.0 or not reachable
    np.testing.assert_allclose(getattr(d, tail)(y), want, rtol=1e-9, atol=1e-12)
