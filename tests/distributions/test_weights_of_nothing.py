"""A component of weight 0 and what a closed gate lets through count for nothing, whatever they are; inf stays inf."""

import numpy as np
import pytest

import likelinet as ll

HEAVY = ll.StudentT([0.8, 5.0], [0.0, 2.0], 1.0)
CLOSED = {"probs": {"probs": [0.0, 1.0]}, "logits": {"logits": [-np.inf, 0.0]}, "far logits": {"logits": [-800.0, 0.0]}}


@pytest.mark.parametrize("weights", CLOSED.values(), ids=CLOSED)
def test_of_weight_0(weights):
    d, alone = ll.Mixture(HEAVY, **weights), HEAVY[1]
    y = np.array([-3.0, 0.5, 4.0])
    for method in ("mean", "var", "std", "median", "mode", "entropy"):
        np.testing.assert_allclose(getattr(d, method)(), getattr(alone, method)(), rtol=1e-9, atol=1e-9, err_msg=method)
    for method in ("log_prob", "cdf", "sf", "crps"):
        np.testing.assert_allclose(getattr(d, method)(y), getattr(alone, method)(y), rtol=1e-8, err_msg=method)


@pytest.mark.parametrize("cls", [ll.ZeroInflated, ll.Hurdle])
def test_a_closed_gate(cls):
    d = cls(ll.GeneralizedPareto([1.0, 1.0, 1.0], 1.5), gate=[1.0, 0.0, 0.5])
    np.testing.assert_array_equal(d.mean(), [0.0, np.inf, np.inf])
    np.testing.assert_array_equal(d.var(), [0.0, np.inf, np.inf])
    np.testing.assert_array_equal(d[0].crps([0.0, 3.0, -2.0]), [0.0, 3.0, 2.0])
    assert d[0].entropy() == 0.0
    np.testing.assert_array_equal(d[0].log_prob([0.0, 1.0]), [0.0, -np.inf])
    np.testing.assert_array_equal(d[0].ppf([0.0, 0.3, 1.0])[:2], [0.0, 0.0])


def test_an_open_gate_is_the_base():
    base = ll.Gamma([0.7, 2.0], 1.5)
    d, y = ll.ZeroInflated(base, gate_logits=-np.inf), np.array([[0.3], [4.0], [9.0]])
    for method in ("mean", "var", "entropy"):
        np.testing.assert_allclose(getattr(d, method)(), getattr(base, method)(), rtol=1e-14, err_msg=method)
    for method in ("log_prob", "cdf", "log_sf", "crps"):
        np.testing.assert_allclose(getattr(d, method)(y), getattr(base, method)(y), rtol=1e-13, err_msg=method)


def test_an_infinite_variance_is_infinite():
    mixed = ll.Mixture(ll.InverseGamma([[0.9, 3.0], [1.5, 3.0], [2.5, 3.0]], 1.0), probs=[0.5, 0.5])
    np.testing.assert_array_equal(mixed.mean()[0], np.inf)
    np.testing.assert_array_equal(mixed.var()[:2], [np.inf, np.inf])
    means, second = np.array([1.0 / 1.5, 0.5]), np.array([1.0 / (1.5 * 0.5), 1.0 / 2.0])
    np.testing.assert_allclose(mixed.var()[2], second.mean() - means.mean() ** 2, rtol=1e-13)
    of_logs = ll.Transformed(ll.Mixture(ll.Gaussian([0.0, 1.0], [60.0, 1.0]), probs=[0.0, 1.0]), ll.Log())
    np.testing.assert_allclose(of_logs.mean(), np.exp(1.5), rtol=1e-12)
