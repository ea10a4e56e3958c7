"""Wrappers of families with known tails, at raw outputs anywhere in ±50: value and gradient of exact arithmetic."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp

from likelinet.heads.head import Head
from tests import exact, exact_positive
from tests.examples import at_least
from tests.families.declared import declared, head_of

DIGITS = 60
ENOUGH = 1e30
Real = Any


def with_floor(z: Real) -> Real:
    return mp.mpf(1e-3) + exact.softplus(z)


def _ncdf_between(a: Real, b: Real) -> Real:
    return mp.log(mp.ncdf(-a) - mp.ncdf(-b)) if a > 0 else mp.log(mp.ncdf(b) - mp.ncdf(a))


def _gaussian(loc: Real, scale: Real, a: Real, b: Real) -> Real:
    return _ncdf_between((a - loc) / scale, (b - loc) / scale)


def _log_normal(loc: Real, scale: Real, a: Real, b: Real) -> Real:
    return _gaussian(loc, scale, mp.log(a) if a > 0 else mp.ninf, mp.log(b))


def _weibull(scale: Real, k: Real, a: Real, b: Real) -> Real:
    low, high = (((e / scale) ** k if e > 0 else mp.mpf(0)) for e in (a, b))
    return -low + mp.log(-mp.expm1(-min(high - low, mp.mpf(10) ** 15)))


def _poisson(rate: Real, a: Real, b: Real) -> Real:
    def mass(low: int, high: int) -> Real:
        return mp.fsum(mp.exp(-exact.poisson.nll(rate, mp.mpf(k))) for k in range(low, high + 1))

    low = int(mp.ceil(a))
    if b < mp.inf:
        return mp.log(mass(low, int(mp.floor(b))))
    return mp.log(mp.gammainc(low, 0, rate, regularized=True) if rate < 30 else 1 - mass(0, low - 1))


# The formulas of each base: -log p(y), log P(a ≤ Y ≤ b), and the links of its parameters.
BASES: dict[str, tuple[Callable[..., Real], Callable[..., Real], list[Callable[[Real], Real]]]] = {
    "gaussian": (exact.gaussian.nll, _gaussian, [lambda z: z, with_floor]),
    "log_normal": (exact_positive.log_normal.nll, _log_normal, [lambda z: z, with_floor]),
    "weibull": (exact_positive.weibull.nll, _weibull, [with_floor, exact.softplus]),
    "poisson": (exact.poisson.nll, _poisson, [mp.exp]),
}


def wrapped(kind: str, base: str) -> tuple[dict[str, Any], Callable[[Callable, Callable, list, Real], Real], Any]:
    """Return a config, the loss in mpmath from (nll, log P, parameters, gate, y), and a strategy for y."""
    inner = {"kind": base}
    number = st.integers(0, 9).map(float) if base == "poisson" else st.floats(0.01, 9.0).map(lambda v: round(v, 4))
    match kind:
        case "truncated below":
            family = {"kind": "truncated", "base": inner, "low": 1.0}

            def loss(nll, log_p, p, gate, y):
                return nll(*p, y) + log_p(*p, mp.mpf(1), mp.inf)

            return family, loss, number.filter(lambda v: v >= 1.0)
        case "truncated":
            family = {"kind": "truncated", "base": inner, "low": 1.0, "high": 4.0}

            def loss(nll, log_p, p, gate, y):
                return nll(*p, y) + log_p(*p, mp.mpf(1), mp.mpf(4))

            return family, loss, number.filter(lambda v: 1.0 <= v <= 4.0)
        case "right-censored":

            def loss(nll, log_p, p, gate, y):
                return -log_p(*p, y, mp.inf)

            return {"kind": "censored", "base": inner}, loss, number.filter(lambda v: v > 0.0)
        case "interval-censored":

            def loss(nll, log_p, p, gate, y):
                return -log_p(*p, y, y + 2)

            return {"kind": "censored", "base": inner}, loss, number
        case "zero_inflated":

            def loss(nll, log_p, p, gate, y):
                rest = nll(*p, y) if y or base == "poisson" else mp.inf
                return -mp.log((exact.sigmoid(gate) if y == 0 else 0) + exact.sigmoid(-gate) * mp.exp(-rest))

            return {"kind": "zero_inflated", "base": inner}, loss, st.one_of(st.just(0.0), number)
        case "hurdle":

            def loss(nll, log_p, p, gate, y):
                if y == 0:
                    return exact.softplus(-gate)
                some = log_p(*p, mp.mpf(1), mp.inf) if base == "poisson" else 0
                return exact.softplus(gate) + nll(*p, y) + some

            return {"kind": "hurdle", "base": inner}, loss, st.one_of(st.just(0.0), number)
        case _:

            def loss(nll, log_p, p, gate, y):
                half = mp.mpf(1) / 2
                return -log_p(*p, y - half, y + half)

            return {"kind": "discretised", "base": inner}, loss, st.integers(0, 9).map(float)


def trained(family: dict[str, Any]) -> Head:
    head = head_of(declared(family))
    return head.standardised(np.zeros(()), np.ones(()), np.ones(()))


def computed(head: Head, raw: np.ndarray, y: float, kind: str) -> tuple[float, np.ndarray]:
    seen = {"right-censored": [y, np.inf], "interval-censored": [y, y + 2.0]}.get(kind, y)
    with np.errstate(all="ignore"):
        value, backward = head.loss(raw[None, None], np.zeros((1, 0)), np.array([[seen]]))
        return value[0, 0], backward(np.ones((1, 1)))[0][0, 0]


def exactly(kind: str, base: str, raw: np.ndarray, y: float) -> tuple[float, np.ndarray, float]:
    """Return value and gradient; and how large the loss of the base is, of which a truncated one is what is left."""
    (nll, log_p, links), loss, gated = BASES[base], wrapped(kind, base)[1], kind in ("zero_inflated", "hurdle")

    def at(*z: Real) -> Real:
        gate, inner = (z[0], z[1:]) if gated else (None, z)
        return loss(nll, log_p, [link(v) for link, v in zip(links, inner, strict=True)], gate, mp.mpf(y))

    z = tuple(map(mp.mpf, raw.tolist()))
    with mp.workdps(DIGITS):
        slopes = [mp.diff(at, z, tuple(n)) for n in np.eye(len(z), dtype=int).tolist()]
        inner = [link(v) for link, v in zip(links, z[gated:], strict=True)]
        untruncated = abs(float(nll(*inner, mp.mpf(y)))) if kind.startswith(("truncated", "hurdle")) and y else 0.0
        return float(at(*z)), np.array([float(s) for s in slopes]), untruncated


KINDS = ["truncated below", "truncated", "right-censored", "interval-censored", "zero_inflated", "hurdle"]
CASES = [(k, b) for b in BASES for k in [*KINDS, *(["discretised"] if b != "poisson" else [])]]


@pytest.mark.parametrize(("kind", "base"), CASES)
@at_least(15)
@given(data=st.data())
def test_any_raw_outputs(kind: str, base: str, data):
    family, _, values = wrapped(kind, base)
    head = trained(family)
    number = st.floats(-50.0, 50.0, width=32)
    raw = np.array(data.draw(st.lists(number, min_size=head.predicted, max_size=head.predicted)))
    y = data.draw(values)
    true, slopes, untruncated = exactly(kind, base, raw, y)
    value, gradient = computed(head, raw, y, kind)
    assert not np.isnan([value, *gradient]).any()
    if abs(true) < ENOUGH:
        # What is left of two numbers that cancel is known as well as they are.
        digits = {"rtol": 1e-6, "atol": 1e-8 + 1e-13 * untruncated}
        np.testing.assert_allclose(value, true, **digits)
        small = np.abs(slopes) < ENOUGH
        np.testing.assert_allclose(gradient[small], slopes[small], **digits)
