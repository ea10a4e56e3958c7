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
