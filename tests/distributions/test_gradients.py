"""The backward function of every loss, element by element in float64, against differences of order 4."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import likelinet as ll
from likelinet.distributions.over.mixture_formulas import loss_of_mixture
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
    steps = case.steps(params, relative=1e-3)
    want = gradients(case.cls.loss, params, y, steps)
    units = [np.where(h > 0.0, 1e3 * h, 1.0) for h in steps]  # of what a slope near 0 is small against
    weighted = [u * w * d.reshape(-1, *(1,) * (w.ndim - 1)) for u, w in zip(units, want, strict=True)]
    assert_gradients([u * g for u, g in zip(units, backward(d), strict=True)], weighted, least=1.0)


@each(UNIVARIATE)
@given(data=st.data())
def test_gradient_of_a_mixture(case: Family, data):
    columns, k = len(case.columns), 3
    params = case.parameters(data.draw(uniform(ROWS, k, columns, low=0.3, high=0.7)))
    logits = 4.0 * data.draw(uniform(ROWS, k)) - 2.0
    y, d = case.observe(tuple(p[:, 0] for p in params), data.draw(quantiles)), data.draw(incoming)
    for j in [*range(k)] * k:
        y = case.off_kink(tuple(p[:, j] for p in params), y)
    loss = loss_of_mixture(case.cls.loss, 0)
    values, backward = loss((logits, *params), y)
    np.testing.assert_allclose(values, ll.Mixture(case.distribution(params), logits).nll(y), rtol=1e-12, atol=1e-12)
    steps = (np.float64(1e-3), *case.steps(params, relative=1e-3))
    want = [w * d.reshape(-1, *(1,) * (w.ndim - 1)) for w in gradients(loss, (logits, *params), y, steps)]
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
    for side, weights in ((0, (d, 0.0 * d)), (1, (0.0 * d, d))):
        check_probability(lambda p, y, side=side: case.cls.tails(p, y)[side], backward(*weights), case, params, y, d)


def check_probability(log_p, got, case: Family, params, y, d):
    """Compare the gradient of d · log_p with differences of p itself: those of log p have no digits where p is near 1.

    Their rounding errors (of the incomplete beta function) are up to 1e-12 of p over the step: no more can be told.
    """
    p, steps = np.exp(log_p(params, y)), case.steps(params, relative=3e-4)
    want = gradients(lambda p, y: (np.exp(log_p(p, y)),), params, y, steps)
    for g, w, h in zip(got, want, steps, strict=True):
        assert np.isfinite(g).all()
        each, weight = (v.reshape(-1, *(1,) * (w.ndim - 1)) for v in (p, d))
        error = 1e-6 * np.abs(w) + 1e-8 * np.abs(w).max() + 1e-12 * each / np.where(h > 0.0, h, np.inf)
        np.testing.assert_array_less(np.abs(g * each - w * weight), weight * error + 1e-300)


@each(UNIVARIATE)
@given(data=st.data())
def test_intervals(case: Family, data):
    params, (a, b) = data.draw(rows(case)), np.sort(data.draw(uniform(2, ROWS, low=1e-3, high=1.0 - 1e-3)), axis=0)
    low, high, d = case.observe(params, a), case.observe(params, b), data.draw(incoming)
    values, backward = case.cls.log_interval(params, low, high)
    own = case.distribution(params)
    np.testing.assert_allclose(np.exp(values), own.cdf(high) - own.cdf(low), rtol=1e-9, atol=1e-13)
    check_probability(lambda p, _: case.cls.log_interval(p, low, high)[0], backward(d), case, params, low, d)
    for ends, tail in (((-np.inf, high), own.log_cdf(high)), ((low, np.inf), own.log_sf(low))):
        values, backward = case.cls.log_interval(params, *ends)
        np.testing.assert_allclose(values, tail, rtol=1e-12, atol=1e-14)
        assert all(np.isfinite(g).all() for g in backward(d))


@each(UNIVARIATE)
@given(data=st.data())
def test_short_intervals_have_the_probability_of_their_density(case: Family, data):
    params, d = data.draw(rows(case)), data.draw(incoming)
    y = case.observe(params, data.draw(quantiles))
    if case.integer:
        low, high, points = y - 1.0, y, y[None]
    else:
        width = case.observe(params, np.full(ROWS, 0.75)) - case.observe(params, np.full(ROWS, 0.25))
        width = 1e-6 * np.minimum(width, np.minimum(y - case.cls.support.low, case.cls.support.high - y))
        low, high = y - width, y + width
        # Gauss's two points average a density with a kink at y, too.
        points = y + (0.5 * (high - low)) * np.array([[-1.0], [1.0]]) / np.sqrt(3.0)
    values, backward = case.cls.log_interval(params, low, high)
    losses = [case.cls.loss(params, t) for t in points]
    want = np.log(np.mean([np.exp(-loss[0]) for loss in losses], axis=0) * (high - low))
    np.testing.assert_allclose(values, want, rtol=1e-9, atol=1e-9)
    for got, *each_side in zip(backward(d), *(loss[1](-d) for loss in losses), strict=True):
        np.testing.assert_allclose(got, np.mean(each_side, axis=0), rtol=1e-5, atol=1e-6 * np.abs(each_side).max())
