"""Links: forward, backward and inverse."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp

from likelinet.links import Exp, Identity, Link, Sigmoid, Softplus
from tests import exact
from tests.differences import central

LINKS = {
    "identity": (Identity(), lambda raw: raw),
    "exp": (Exp(), mp.exp),
    "softplus": (Softplus(), exact.softplus),
    "softplus_floor": (Softplus(0.01), lambda raw: mp.mpf(0.01) + exact.softplus(raw)),
    "sigmoid": (Sigmoid(), exact.sigmoid),
}
each = pytest.mark.parametrize(("link", "formula"), LINKS.values(), ids=LINKS)
raws = st.floats(-50.0, 50.0)


def test_every_link_is_in_the_table():
    assert {type(link) for link, _ in LINKS.values()} == set(Link.__subclasses__())


@each
@given(raw=raws)
def test_forward_and_backward_are_exact(link, formula, raw):
    value, backward = link.forward(np.array([raw]))
    with mp.workdps(50):
        want, slope = float(formula(mp.mpf(raw))), float(mp.diff(formula, mp.mpf(raw)))
    np.testing.assert_allclose(value[0], want, rtol=1e-13)
    np.testing.assert_allclose(backward(np.array([3.0]))[0], 3.0 * slope, rtol=1e-13)


@each
@given(raw=st.floats(-8.0, 8.0))
def test_backward_against_differences(link, formula, raw):
    x = np.array([raw])
    want = central(lambda t: link.forward(t)[0], x, 1e-3)
    np.testing.assert_allclose(link.forward(x)[1](np.ones(1)), want, rtol=1e-8, atol=1e-11)


@each
@given(raw=st.floats(-8.0, 8.0))
def test_inverse_undoes_forward(link, formula, raw):
    value, _ = link.forward(np.array([raw]))
    np.testing.assert_allclose(link.inverse(value), [raw], rtol=1e-9, atol=1e-9)
    assert link.domain.contains(value).all()


def test_inverse_of_softplus_below_its_floor_is_finite():
    raw = Softplus(0.1).inverse(np.array([0.01, 0.1, 0.2]))
    assert np.isfinite(raw).all()
    np.testing.assert_allclose(Softplus(0.1).forward(raw[2:])[0], [0.2], rtol=1e-12)


@each
def test_single_precision_stays_single(link, formula):
    value, backward = link.forward(np.array([-3.0, 0.5], dtype=np.float32))
    assert value.dtype == backward(np.ones(2, dtype=np.float32)).dtype == np.float32
