"""Every method against scipy.stats, or mpmath where scipy keeps fewer than ten digits."""

import numpy as np
import pytest
import scipy.special
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp

from tests.cases import COUNTS, FAMILIES, UNIVARIATE, Family
from tests.distributions.strategies import each, quantiles, rows

close = {"rtol": 1e-10, "atol": 1e-12}


def exactly(f, params, y):
    """Return f(*params, y) row by row from mpmath."""
    numbers = np.concatenate([a.reshape(len(y), -1) for a in (*params, y)], axis=-1)
    with mp.workdps(40):
        return np.array([float(f(*map(mp.mpf, row))) for row in numbers.tolist()])


@each(FAMILIES)
@given(data=st.data())
def test_log_prob(case: Family, data):
    params = data.draw(rows(case))
    y = case.observe(params, data.draw(quantiles))
    oracle = case.oracle(*params)
    want = oracle.logpmf(y) if case.integer else oracle.logpdf(y)
    np.testing.assert_allclose(case.distribution(params).log_prob(y), want, **close)
    np.testing.assert_allclose(case.distribution(params).nll(y), -want, **close)


@each(UNIVARIATE)
@pytest.mark.parametrize("method", ["cdf", "sf"])
@given(data=st.data())
def test_probabilities(case: Family, method, data):
    params = data.draw(rows(case))
    y = case.observe(params, data.draw(quantiles))
    got = getattr(case.distribution(params), method)(y)
    np.testing.assert_allclose(got, getattr(case.oracle(*params), method)(y), **close)


@each(UNIVARIATE)
@given(data=st.data())
def test_log_probabilities(case: Family, data):
    params = data.draw(rows(case))
    y = case.observe(params, data.draw(quantiles))
    d = case.distribution(params)
    with np.errstate(divide="ignore"):
        np.testing.assert_allclose(d.log_cdf(y), np.log(exactly(case.exact.cdf, params, y)), **close)
        np.testing.assert_allclose(d.log_sf(y), np.log(exactly(case.exact.sf, params, y)), **close)


@each(UNIVARIATE)
@pytest.mark.parametrize("method", ["ppf", "isf"])
@given(data=st.data())
def test_quantiles(case: Family, method, data):
    params, q = data.draw(rows(case)), data.draw(quantiles)
    got = getattr(case.distribution(params), method)(q)
    np.testing.assert_allclose(got, getattr(case.oracle(*params), method)(q), **close)


SUMMARIES = [(c, m) for c in UNIVARIATE for m in ("mean", "var", "std", "median") if m not in c.undefined]


@pytest.mark.parametrize(("case", "method"), SUMMARIES, ids=[f"{c}-{m}" for c, m in SUMMARIES])
@given(data=st.data())
def test_summaries(case: Family, method, data):
    params = data.draw(rows(case))
    want = getattr(case.oracle(*params), method)()
    np.testing.assert_allclose(getattr(case.distribution(params), method)(), want, **close)


@each(tuple(c for c in FAMILIES if c not in COUNTS))
@given(data=st.data())
def test_entropy(case: Family, data):
    params = data.draw(rows(case))
    np.testing.assert_allclose(case.distribution(params).entropy(), case.oracle(*params).entropy(), **close)


@each(COUNTS)
@given(data=st.data())
def test_entropy_of_counts_is_the_sum_over_all_masses(case: Family, data):
    params = data.draw(rows(case))
    oracle = case.oracle(*params)
    p = oracle.pmf(case.all_y(oracle)[:, None])
    want = scipy.special.entr(p).sum(0)
    np.testing.assert_allclose(case.distribution(params).entropy(), want, **close)
