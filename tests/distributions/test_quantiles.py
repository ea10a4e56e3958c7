"""ppf and isf undo cdf and sf; for counts they are the generalised inverse."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import likelinet as ll
from tests.cases import CONTINUOUS, COUNTS, UNIVARIATE, Family
from tests.distributions.strategies import each, quantiles, rows


@each(CONTINUOUS)
@given(data=st.data())
def test_ppf_undoes_cdf_and_isf_undoes_sf(case: Family, data):
    params, q = data.draw(rows(case)), data.draw(quantiles)
    d, y = case.distribution(params), case.observe(params, q)
    low = q < 0.9  # past that the cdf itself has lost digits of y, as 1 - cdf has for isf
    np.testing.assert_allclose(np.where(low, d.ppf(d.cdf(y)), y), y, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(np.where(q > 0.1, d.isf(d.sf(y)), y), y, rtol=1e-9, atol=1e-9)


@each(CONTINUOUS)
def test_quantiles_undo_probabilities_far_out(case: Family):
    rng = np.random.default_rng(1)
    d = case.distribution(case.parameters(rng.random((200, len(case.columns)))))
    q = 10.0 ** rng.uniform(-10.0, np.log10(0.9), 200)
    low, high = d.ppf(q), d.isf(q)
    least = 1e-3 * np.abs(d.isf(0.25) - d.ppf(0.25))  # where y itself is near 0
    assert (np.abs(d.ppf(d.cdf(low)) - low) <= 1e-9 * np.maximum(np.abs(low), least)).all()
    assert (np.abs(d.isf(d.sf(high)) - high) <= 1e-9 * np.maximum(np.abs(high), least)).all()


@each(COUNTS)
@given(data=st.data())
def test_generalised_inverse_of_counts(case: Family, data):
    params, q = data.draw(rows(case)), data.draw(quantiles)
    d = case.distribution(params)
    y = d.ppf(q)
    assert (d.cdf(y) >= q).all()
    assert (d.cdf(y - 1.0) < q).all()
    z = d.isf(q)
    assert (d.sf(z) <= q).all()
    assert (d.sf(z - 1.0) > q).all()


COUNTS_WITH_ZERO = (
    ll.Poisson(2.0),
    ll.NegativeBinomial(2.0, 0.0),
    ll.Binomial(3, 0.0),
    ll.Discretised(ll.Gaussian(0.0, 1.0)),
)


@pytest.mark.parametrize("d", COUNTS_WITH_ZERO, ids=lambda d: type(d).__name__)
def test_a_quantile_of_zero_has_no_sign(d):
    q = np.linspace(0.01, 0.5, 50)
    for k in (d.ppf(q), d.isf(1.0 - q)):
        assert (k == 0.0).any()
        assert not np.signbit(k[k == 0.0]).any()


@each(COUNTS)
@given(data=st.data())
def test_ppf_of_the_cdf_of_a_count_is_the_count(case: Family, data):
    params = data.draw(rows(case))
    d, y = case.distribution(params), case.observe(params, data.draw(quantiles))
    seen = d.cdf(y) < 1.0
    np.testing.assert_array_equal(d.ppf(d.cdf(y))[seen], y[seen])
    np.testing.assert_array_equal(d.isf(d.sf(y))[d.sf(y) > 0.0], y[d.sf(y) > 0.0])


@each(UNIVARIATE)
@pytest.mark.parametrize("confidence", [0.1, 0.5, 0.9, 0.999])
def test_interval_is_central(case: Family, confidence):
    d, _ = case.batch(20)
    low, high = d.interval(confidence)
    tail = 0.5 - 0.5 * confidence
    np.testing.assert_array_equal(low, d.ppf(tail))
    np.testing.assert_array_equal(high, d.isf(tail))
    inside = d.cdf(high) - d.cdf(low) + np.where(case.integer, np.exp(d.log_prob(low)), 0.0)
    assert (inside >= confidence - 1e-12).all()
    if case in CONTINUOUS:
        np.testing.assert_allclose(inside, confidence, rtol=1e-10)


@pytest.mark.parametrize("confidence", [0.0, 1.0, -0.1, 95, np.nan])
def test_interval_refuses_what_is_no_probability(confidence):
    with pytest.raises(ll.ParameterError, match="confidence must lie between 0 and 1"):
        ll.Gaussian(0.0, 1.0).interval(confidence)


@each(UNIVARIATE)
def test_ends_and_nonsense(case: Family):
    d, _ = case.batch(3)
    low, high = d.support.low, case.highest(d)
    for q, lower, upper in [
        (0.0, low, high),
        (1.0, high, low),
        (-0.1, *[np.nan] * 2),
        (1.1, *[np.nan] * 2),
        (np.nan, *[np.nan] * 2),
    ]:
        np.testing.assert_array_equal(d.ppf(q), np.broadcast_to(lower, 3))
        np.testing.assert_array_equal(d.isf(q), np.broadcast_to(upper, 3))


@each(UNIVARIATE)
def test_several_quantiles_of_a_batch(case: Family):
    d, _ = case.batch(4)
    q = np.array([0.1, 0.5, 0.9])[:, None]
    got = d.ppf(q)
    assert got.shape == (3, 4)
    for i, level in enumerate(q[:, 0]):
        np.testing.assert_array_equal(got[i], d.ppf(level))
    np.testing.assert_array_equal(d.median(), got[1])
