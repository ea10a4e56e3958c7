"""Raw outputs anywhere in ±50 through every sensible link: value and gradient stay those of exact arithmetic."""

import itertools

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from mpmath import mp

from likelinet.distributions import Bernoulli
from likelinet.domains import positive
from likelinet.links import Exp, Identity, Softplus
from tests import exact
from tests.cases import FAMILIES, Family

DIGITS = 80  # log Γ(e⁵⁰) alone takes 24 of them
raw_output = st.floats(-50.0, 50.0, width=32)
EXACT_LINKS = {
    Identity(): lambda raw: raw,
    Exp(): mp.exp,
    Softplus(): exact.softplus,
    Softplus(1e-3): lambda raw: mp.mpf(1e-3) + exact.softplus(raw),
}


def head(case: Family, scale_link):
    """Return the link of each column: `scale_link` for positive parameters, the identity for the others."""
    return [scale_link if p.domain is positive else Identity() for p in case.columns]


def observed(case: Family) -> st.SearchStrategy[float]:
    low, high = case.few
    return st.integers(int(low), int(high)).map(float) if case.integer else st.floats(low, high)


def through_head(case: Family, links, raw: np.ndarray, y):
    """Return the loss of one row at these raw outputs, and its gradient in them, as training computes them."""
    values, backs = zip(*(link.forward(raw[..., i]) for i, link in enumerate(links)), strict=True)
    params = case.split(np.stack(values, axis=-1))
    loss, backward = case.cls.loss(params, np.asarray([y]))
    grads = backward(np.ones_like(loss))
    columns = np.moveaxis(grads[0], -1, 0) if case.classes else grads
    return loss[0], np.array([back(g)[0] for back, g in zip(backs, columns, strict=True)])


def exactly(case: Family, links, raw: np.ndarray, y):
    """Return the same two from mpmath, the gradient by its own differences in many more digits."""

    def loss(*z):
        return case.exact.nll(*(EXACT_LINKS[link](v) for link, v in zip(links, z, strict=True)), mp.mpf(y))

    z = tuple(map(mp.mpf, raw[0].tolist()))
    with mp.workdps(DIGITS):
        order = np.eye(len(z), dtype=int).tolist()
        return float(loss(*z)), np.array([float(mp.diff(loss, z, tuple(n))) for n in order])


VARIANTS = [
    pytest.param(case, link, id=f"{case}-{type(link).__name__}{getattr(link, 'floor', '')}")
    for case, link in itertools.product(FAMILIES, [Softplus(), Softplus(1e-3), Exp()])
    if link == Exp() or any(p.domain is positive for p in case.columns)
]


@pytest.mark.parametrize(("case", "link"), VARIANTS)
@settings(max_examples=60)
@given(data=st.data())
def test_value_and_gradient_at_extreme_raw_outputs(case: Family, link, data):
    links = head(case, link)
    raw = np.array([[data.draw(raw_output) for _ in links]], dtype=np.float32).astype(np.float64)
    check(case, links, raw, data.draw(observed(case)))


@pytest.mark.parametrize(("case", "link"), VARIANTS)
def test_value_and_gradient_at_every_corner(case: Family, link):
    links = head(case, link)
    for corner in itertools.product([-50.0, 50.0], repeat=len(links)):
        for y in case.few:
            check(case, links, np.array([corner]), y)


def check(case: Family, links, raw: np.ndarray, y) -> None:
    value, gradient = through_head(case, links, raw, y)
    true_value, true_gradient = exactly(case, links, raw, y)
    np.testing.assert_allclose(value, true_value, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(gradient, true_gradient, rtol=1e-9, atol=1e-9)


@given(z=raw_output, y=st.sampled_from([0.0, 1.0]))
@example(z=50.0, y=0.0)
@example(z=-50.0, y=1.0)
def test_bernoulli_in_pure_single_precision(z, y):
    raw, target = np.array([z], dtype=np.float32), np.array([y], dtype=np.float32)
    loss, backward = Bernoulli.loss((raw,), target)
    (gradient,) = backward(np.ones_like(loss))
    assert loss.dtype == gradient.dtype == np.float32
    with mp.workdps(DIGITS):
        true_value, p = float(exact.bernoulli.nll(mp.mpf(z), y)), exact.sigmoid(mp.mpf(z))
        true_gradient = float(p - y)
    np.testing.assert_allclose(loss[0], true_value, rtol=1e-6)
    np.testing.assert_allclose(gradient[0], true_gradient, rtol=1e-6, atol=1e-7)
