"""Divergences that are nearly infinite: most of them lies where a tail is nearly as thin as what it is weighed by."""

import numpy as np
import pytest
from scipy.special import digamma, gammaln

import likelinet as ll

CLOSE = np.array([1.1, 1.02, 1.005, 1.001, 1.0001])  # how much faster the one falls than the other grows


def test_laplace_to_gumbel():
    """E[exp(-Y/σ)] = 1/(1 - 1/σ²), of Y from the one, goes beyond all that numbers hold of its density."""
    exact = -np.log(2.0) - 1.0 + np.log(CLOSE) + 1.0 / (1.0 - CLOSE**-2.0)
    np.testing.assert_allclose(ll.Laplace(0.0, 1.0).kl_divergence(ll.Gumbel(0.0, CLOSE)), exact, rtol=1e-9)
    np.testing.assert_allclose(ll.Laplace(3.0, 2.0).kl_divergence(ll.Gumbel(3.0, 2.0 * CLOSE)), exact, rtol=1e-9)
    assert ll.Laplace(0.0, 1.0).kl_divergence(ll.Gumbel(0.0, 0.99)) == np.inf


def test_logistic_to_gumbel_and_mixtures():
    t = 1.0 / CLOSE
    exact = -2.0 + np.log(CLOSE) + np.pi * t / np.sin(np.pi * t)
    np.testing.assert_allclose(ll.Logistic(0.0, 1.0).kl_divergence(ll.Gumbel(0.0, CLOSE)), exact, rtol=1e-9)
    two = ll.Mixture(ll.Laplace([0.0, 1.0], 1.0), np.zeros(2))
    cross = 0.5 * (1.0 + np.exp(-t)) / (1.0 - t * t) + np.log(CLOSE) + 0.5 * t
    np.testing.assert_allclose(two.kl_divergence(ll.Gumbel(0.0, CLOSE)), cross - two.entropy(), rtol=1e-9)


def test_powers_of_y():
    r = 1.0 / CLOSE
    exact = -2.0 - np.log(r) + np.pi * r / np.sin(np.pi * r)
    d = ll.LogLogistic(1.0, 1.0).kl_divergence(ll.Weibull(concentration=r, scale=1.0))
    np.testing.assert_allclose(d, exact, rtol=1e-9)
    d = ll.GeneralizedPareto(1.0, r).kl_divergence(ll.Exponential(1.0))
    np.testing.assert_allclose(d, -(1.0 + r) + 1.0 / (1.0 - r), rtol=1e-9)
    df = 2.0 * CLOSE
    t = ll.StudentT(df, 0.0, 1.0)
    exact = -t.entropy() + 0.5 * np.log(2.0 * np.pi) + 0.5 * df / (df - 2.0)
    np.testing.assert_allclose(t.kl_divergence(ll.Gaussian(0.0, 1.0)), exact, rtol=1e-9)


@pytest.mark.parametrize("mixed", [False, True])
def test_next_to_zero(mixed):
    """E[1/Y] of a gamma distribution whose density falls to 0 only just fast enough."""
    entropy = CLOSE + gammaln(CLOSE) + (1.0 - CLOSE) * digamma(CLOSE)
    exact = -entropy + 3.0 * digamma(CLOSE) + 1.0 / (CLOSE - 1.0)
    d = ll.Gamma(CLOSE, 1.0)
    if mixed:
        d = ll.Mixture(ll.Gamma(CLOSE[:, None], [1.0, 1.0 + 1e-15]), np.zeros((5, 2)))
    np.testing.assert_allclose(d.kl_divergence(ll.InverseGamma(2.0, 1.0)), exact, rtol=1e-9)


def test_log_ratio_that_changes_its_sign_next_to_the_outermost_node():
    """Where it passes 0 it grows by any factor from node to node: that is no power of y, and has an integral."""
    p = ll.Mixture(ll.Gamma([1.08, 0.943, 0.671, 3.15, 4.24], [4.43, 0.845, 1.5, 0.848, 2.21]), np.zeros(5))
    q = ll.Mixture(ll.Gamma([0.672, 2.23, 0.735, 1.46, 0.954], [0.704, 2.95, 2.64, 1.9, 2.11]), np.zeros(5))
    np.testing.assert_allclose(p.kl_divergence(q), 0.3887531649169667, rtol=1e-11)  # by scipy.integrate.quad
    np.testing.assert_allclose(q.kl_divergence(p), 0.24184815966018985, rtol=1e-11)
