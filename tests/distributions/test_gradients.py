"""The backward function of every loss, element by element in float64, against differences of order 4."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import likelinet as ll
from tests.cases import FAMILIES, UNIVARIATE, Family
from tests.differences import assert_gradients, gradients
from tests.distributions.strategies import ROWS, each, quantiles, rows, uniform

incoming = uniform(ROWS, low=0.1, high=3.0)


@each(FAMILIES)
@given(data=st.data())
def test_gradient_of_a_family(case: Family, data):
    params = data.draw(rows(case))
    y, d = case.observe(params, data.draw(quantiles)), data.draw(incoming)
    _, backward = case.cls.loss(params, y)
    want = gradients(case.cls.loss, params, y, case.steps(params))
    weighted = [w * (d[:, None] if w.ndim > 1 else d) for w in want]
    assert_gradients(backward(d), weighted)


@each(UNIVARIATE)
@given(data=st.data())
def test_gradient_of_a_mixture(case: Family, data):
    columns, k = len(case.columns), 3
    params = case.parameters(data.draw(uniform(ROWS, k, columns, low=0.3, high=0.7)))
    logits = 4.0 * data.draw(uniform(ROWS, k)) - 2.0
    y, d = case.observe(tuple(p[:, 0] for p in params), data.draw(quantiles)), data.draw(incoming)
    loss = ll.Mixture.loss_of(case.cls.loss, 0)
    values, backward = loss((logits, *params), y)
    np.testing.assert_allclose(values, ll.Mixture(case.distribution(params), logits).nll(y), rtol=1e-12, atol=1e-12)
    steps = (np.float64(1e-3), *case.steps(params, relative=1e-3))
    want = [w * d[:, None] for w in gradients(loss, (logits, *params), y, steps)]
    assert_gradients(backward(d), want)


def test_the_loss_is_the_negative_log_probability():
    for case in FAMILIES:
        d, y = case.batch(50)
        params = tuple(getattr(d, p.name) for p in case.cls.parameters)
        np.testing.assert_allclose(case.cls.loss(params, y)[0], d.nll(y), rtol=1e-13, atol=1e-13)


@each(UNIVARIATE)
@given(data=st.data())
def test_gradient_of_the_tails(case: Family, data):
    params = data.draw(rows(case))
    y, d = case.observe(params, data.draw(quantiles)), data.draw(incoming)
    log_cdf, log_sf, backward = case.cls.tails(params, y)
    np.testing.assert_allclose(log_cdf, case.distribution(params).log_cdf(y), rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(log_sf, case.distribution(params).log_sf(y), rtol=1e-12, atol=1e-14)
    sides = (lambda p, y: case.cls.tails(p, y)[:1], lambda p, y: case.cls.tails(p, y)[1:2])
    for side, weights in zip(sides, ((d, 0.0 * d), (0.0 * d, d)), strict=True):
        with np.errstate(all="ignore"):
            want = [np.where(np.isfinite(side(params, y)[0]), w * d, 0.0) for w in tail_slopes(case, side, params, y)]
            assert_gradients(backward(*weights), want)


def tail_slopes(case: Family, side, params, y):
    """Return the gradient of one tail; larger steps, since a small one leaves no digits where a tail is close to 1."""
    return gradients(side, params, y, case.steps(params, relative=5e-3))


@each(UNIVARIATE)
@given(data=st.data())
def test_intervals(case: Family, data):
    params, (a, b) = data.draw(rows(case)), np.sort(data.draw(uniform(2, ROWS, low=1e-3, high=1.0 - 1e-3)), axis=0)
    low, high, d = case.observe(params, a), case.observe(params, b), data.draw(incoming)
    values, backward = case.cls.log_interval(params, low, high)
    oracle = case.distribution(params)
    np.testing.assert_allclose(np.exp(values), oracle.cdf(high) - oracle.cdf(low), rtol=1e-9, atol=1e-13)
    want = [
        np.where(np.isfinite(values), w * d, 0.0)
        for w in gradients(
            lambda p, _: (np.nan_to_num(case.cls.log_interval(p, low, high)[0]),), params, low, case.steps(params)
        )
    ]
    assert_gradients(backward(d), want)
    for whole in (case.cls.log_interval(params, -np.inf, high), case.cls.log_interval(params, low, np.inf)):
        assert np.isfinite(whole[1](d)).all()
    np.testing.assert_allclose(
        case.cls.log_interval(params, -np.inf, high)[0], oracle.log_cdf(high), rtol=1e-12, atol=1e-14
    )
    np.testing.assert_allclose(
        case.cls.log_interval(params, low, np.inf)[0], oracle.log_sf(low), rtol=1e-12, atol=1e-14
    )


@each(UNIVARIATE)
@given(data=st.data())
def test_short_intervals_have_the_probability_of_their_density(case: Family, data):
    params, d = data.draw(rows(case)), data.draw(incoming)
    y = case.observe(params, data.draw(quantiles))
    if case.integer:
        low, high, want = y - 1.0, y, case.distribution(params).log_prob(y)
    else:
        width = 1e-9 * (case.observe(params, np.full(ROWS, 0.75)) - case.observe(params, np.full(ROWS, 0.25)))
        low, high = y - width, y + width
        want = case.distribution(params).log_prob(y) + np.log(high - low)
    values, backward = case.cls.log_interval(params, low, high)
    np.testing.assert_allclose(values, want, rtol=1e-7, atol=1e-7)
    for got, loss in zip(backward(d), case.cls.loss(params, y)[1](-d), strict=True):
        np.testing.assert_allclose(got, loss, rtol=1e-5, atol=1e-6 * np.abs(loss).max())
