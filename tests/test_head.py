"""The head as training runs it: float32 raw outputs anywhere in ±50, losses and gradients as in double precision."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from likelinet.config import GaussianConfig, parse_config
from likelinet.heads.build import build_head
from likelinet.heads.head import Head

FAMILIES = {
    "gaussian": {"kind": "gaussian"},
    "gaussian, exp": {"kind": "gaussian", "links": {"scale": "exp"}},
    "gaussian, shared scale": {"kind": "gaussian", "scale": "shared"},
    "gaussian, fixed loc": {"kind": "gaussian", "loc": 0.5},
    "student_t": {"kind": "student_t"},
    "student_t, exp": {"kind": "student_t", "links": {"df": "exp", "scale": "exp"}},
    "gamma": {"kind": "gamma"},
    "gamma, exp": {"kind": "gamma", "links": {"concentration": "exp", "rate": "exp"}},
    "poisson": {"kind": "poisson"},
    "negative_binomial": {"kind": "negative_binomial"},
    "bernoulli": {"kind": "bernoulli"},
    "categorical": {"kind": "categorical"},
    "mixture": {"kind": "mixture", "components": 3},
    "mixture of student_t": {"kind": "mixture", "components": 2, "base": {"kind": "student_t"}},
    "truncated": {"kind": "truncated", "base": {"kind": "gaussian"}, "low": -10.0},
    "zero_inflated": {"kind": "zero_inflated", "base": {"kind": "poisson"}},
    "hurdle of gamma": {"kind": "hurdle", "base": {"kind": "gamma"}},
    "discretised": {"kind": "discretised", "base": {"kind": "gaussian"}},
}
COUNTS = ("categorical", "poisson", "negative_binomial", "zero_inflated", "discretised")


def head_of(name: str) -> Head:
    head = build_head(parse_config({"distribution": FAMILIES[name]}).distribution, None, 4, None)
    return head.standardised(np.zeros(()), np.ones(()), np.ones(()))


def observed(name: str) -> st.SearchStrategy[float]:
    if name == "bernoulli":
        return st.sampled_from([0.0, 1.0])
    if name in COUNTS:
        return st.integers(0, 3).map(float)
    return st.floats(0.01 if "gamma" in name else -10.0, 10.0)


@pytest.mark.parametrize("name", FAMILIES)
@given(st.data())
def test_float32_raw_outputs_give_the_losses_of_double_precision(name, data):
    head = head_of(name)
    numbers = st.floats(-50.0, 50.0, width=32)
    raw = np.array(data.draw(st.lists(numbers, min_size=head.predicted, max_size=head.predicted)))
    shared = np.array(data.draw(st.lists(numbers, min_size=head.shared, max_size=head.shared)))
    y = np.array([[data.draw(observed(name))]])
    with np.errstate(all="ignore"):
        wide, wide_back = head.loss(raw[None, None], shared[None], y)
        single, single_back = head.loss(raw[None, None].astype("f4"), shared[None].astype("f4"), y)
        gradients = wide_back(np.ones((1, 1))), single_back(np.ones((1, 1), single.dtype))
    assert not np.isnan(single).any()
    small = np.abs(wide) < 1e30
    # A softmax in single precision rounds differences of logits, here up to 100, which is 4e-6 of their exponentials.
    rtol = 5e-6 if name == "categorical" else 1e-6
    np.testing.assert_allclose(single[small], wide[small], rtol=rtol)
    for exact, got in zip(*gradients, strict=True):
        if exact is None:
            assert got is None
            continue
        assert got.dtype == np.float32
        assert not np.isnan(got).any()
        small = np.abs(exact) < 1e30
        # Entries of the softmax that vanish beside the others are known up to the largest.
        np.testing.assert_allclose(got[small], exact[small], rtol=rtol, atol=1e-37)


@pytest.mark.parametrize("spread", [1e-6, 1e4])
def test_the_floor_of_a_scale_is_relative_to_the_spread(spread):
    head = build_head(GaussianConfig(), None, 0, 2)
    spreads = np.array([spread, 3.0 * spread])
    head = head.standardised(np.zeros(2), np.ones(2), spreads)
    d = head.distribution(np.full((1, 1, 4), -1000.0), np.zeros((1, 0)))
    np.testing.assert_allclose(d.base.scale[0, 0], 1e-3 * spreads, rtol=1e-12)


@pytest.mark.parametrize("shared", [False, True])
def test_exposure_multiplies_the_rate(shared):
    declared = {"kind": "poisson", "exposure": "days", "rate": "shared" if shared else "predicted"}
    head = build_head(parse_config({"distribution": declared}).distribution, None, 0, None)
    days, z = np.array([[[1.0], [2.5], [7.0]]]), 0.4
    raw, constants = (np.zeros((1, 3, 0)), np.array([[z]])) if shared else (np.full((1, 3, 1), z), np.zeros((1, 0)))
    assert head.columns == ("days",)
    np.testing.assert_allclose(head.distribution(raw, constants, days).rate, np.exp(z) * days[..., 0], rtol=1e-14)


@pytest.mark.parametrize("unit", [1e-12, 1e12])
@pytest.mark.parametrize("name", sorted({*FAMILIES} - {"truncated"}))  # whose interval may have no probability at all
def test_every_finite_raw_output_gives_a_distribution_in_the_units_of_y(name, unit):
    head = build_head(parse_config({"distribution": FAMILIES[name]}).distribution, None, 4, None)
    if name not in (*COUNTS, "bernoulli"):
        head = head.standardised(np.zeros(()), np.asarray(unit), np.ones(()))
    for size in (1e3, 1e30, 1e300):
        for sign in (-1.0, 1.0):
            raw, shared = np.full((1, 2, head.predicted), sign * size), np.full((1, head.shared), sign * size)
            assert head.distribution(raw, shared).batch_shape[-1] == 2  # none of its parameters is refused
