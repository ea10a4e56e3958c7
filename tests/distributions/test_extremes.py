"""Raw outputs anywhere in ±50 through every sensible link: value and gradient stay those of exact arithmetic."""

import itertools

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from mpmath import mp

from likelinet.core.domains import nonnegative, open_unit_interval, positive
from likelinet.core.links import Exp, Identity, Sigmoid, Softplus
from likelinet.distributions import Bernoulli
from tests import exact
from tests.cases import FAMILIES, Family

DIGITS = 80  # log Γ(e⁵⁰) alone takes 24 of them
ENOUGH = 1e30  # larger numbers need only be large
SATURATED = 14.0  # raw output above which 1 - sigmoid(raw) has lost nine digits
raw_output = st.floats(-50.0, 50.0, width=32)
EXACT_LINKS = {
    Identity(): lambda raw: raw,
    Exp(): mp.exp,
    Softplus(): exact.softplus,
    Softplus(1e-3): lambda raw: mp.mpf(1e-3) + exact.softplus(raw),
    Sigmoid(): exact.sigmoid,
}


def head(case: Family, scale_link):
    """Return the link of each column: `scale_link` for positive parameters, the identity for those on the line."""
    links = {positive: scale_link, nonnegative: scale_link, open_unit_interval: Sigmoid()}
    return [links.get(p.domain, Identity()) for p in case.columns]


def apart(y: float) -> float:
    """Return y, or 0 if it is so small that the differences in mpmath would step across a kink there."""
    return y if abs(y) > 1e-30 else 0.0


def observed(case: Family) -> st.SearchStrategy:
    if case.event:
        return st.sampled_from(case.few)
    low, high = case.few
    return st.integers(int(low), int(high)).map(float) if case.integer else st.floats(low, high).map(apart)


def through_head(case: Family, links, raw: np.ndarray, y):
    """Return the loss of one row at these raw outputs, and its gradient in them, as training computes them."""
    values, backs = zip(*(link.forward(raw[..., i]) for i, link in enumerate(links)), strict=True)
    values = np.stack(values, axis=-1)
    params = case.split(values)
    with np.errstate(all="ignore"):  # as the engines do
        loss, backward = case.cls.loss(params, np.asarray([y]))
        grads = backward(np.ones_like(loss))
    columns = np.moveaxis(case.unlinked(values, grads), -1, 0)
    return loss[0], np.array([back(g)[0] for back, g in zip(backs, columns, strict=True)])


def exactly(case: Family, links, raw: np.ndarray, y):
    """Return the same two from mpmath, the gradient by its own differences in many more digits."""

    def loss(*z):
        return case.exact_nll(*(EXACT_LINKS[link](v) for link, v in zip(links, z, strict=True)), exact.number(y))

    z = tuple(map(mp.mpf, raw[0].tolist()))
    with mp.workdps(DIGITS):
        order = np.eye(len(z), dtype=int).tolist()
        moved = zip(order, case.columns, strict=True)
        return float(loss(*z)), np.array([float(mp.diff(loss, z, tuple(n))) if c.learned else 0.0 for n, c in moved])


def ends(case: Family) -> list[tuple[float, float]]:
    """Return the least and the largest raw output of each column; of what is not learned, the typical values."""
    return [(-50.0, 50.0) if c.learned else case.ranges[c.name] for c in case.columns]


def raw_outputs(case: Family) -> st.SearchStrategy:
    known = st.integers if case.integer else st.floats
    return st.tuples(
        *(raw_output if c.learned else known(*map(int, case.ranges[c.name])).map(float) for c in case.columns)
    )


VARIANTS = [
    pytest.param(case, link, id=f"{case}-{type(link).__name__}{getattr(link, 'floor', '')}")
    for case, link in itertools.product([c for c in FAMILIES if c.sharp], [Softplus(), Softplus(1e-3), Exp()])
    if link == Exp() or any(p.domain in (positive, nonnegative) for p in case.columns)
]


@pytest.mark.parametrize(("case", "link"), VARIANTS)
@given(data=st.data())
def test_value_and_gradient_at_extreme_raw_outputs(case: Family, link, data):
    links = head(case, link)
    raw = np.array([data.draw(raw_outputs(case))], dtype=np.float32).astype(np.float64)
    check(case, links, raw, data.draw(observed(case)))


@pytest.mark.parametrize(("case", "link"), VARIANTS)
def test_value_and_gradient_at_every_corner(case: Family, link):
    links = head(case, link)
    for corner in itertools.product(*ends(case)):
        for y in case.few:
            check(case, links, np.array([corner]), y)


def check(case: Family, links, raw: np.ndarray, y) -> None:
    raw = np.minimum(raw, [SATURATED if link == Sigmoid() else np.inf for link in links])
    for got, true in zip(through_head(case, links, raw, y), exactly(case, links, raw, y), strict=True):
        got, true = (np.clip(a, -ENOUGH, ENOUGH) for a in (got, true))
        np.testing.assert_allclose(got, true, rtol=1e-9, atol=1e-9)


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
