"""Entropies and divergences of counts as integrals of smooth masses, against sums of all of them."""

import numpy as np
import pytest

import likelinet as ll

# From next to Poisson to next to a power of k that is cut off far out.
R = np.array([1e-3, 0.3, 1.0, 2.5, 40.0, 900.0, 1e5])
THETA = np.array([3e3, 500.0, 300.0, 60.0, 9.0, 0.4, 0.01])


def masses(d):
    k = np.arange(float(d.isf(1e-20)) + 2.0)
    return k, np.exp(d.log_prob(k))


@pytest.mark.parametrize("i", range(len(R)))
def test_negative_binomials(i):
    d, other = ll.NegativeBinomial(R[i], np.log(THETA[i])), ll.NegativeBinomial(1.3 * R[i], np.log(0.8 * THETA[i]))
    k, p = masses(d)
    nll = np.nan_to_num(d.nll(k), posinf=0.0)
    np.testing.assert_allclose(d.entropy(), np.sum(p * nll), rtol=1e-9)
    np.testing.assert_allclose(d.kl_divergence(other), np.sum(p * (other.nll(k) - nll)), rtol=1e-7)
    assert abs(float(d.kl_divergence(d))) < 1e-15


def test_entropy_of_poissons():
    rate = np.array([1e-3, 3.0, 60.0, 75.0, 500.0, 1e4])
    want = [
        np.sum(p * np.nan_to_num(ll.Poisson(r).nll(k), posinf=0.0)) for r in rate for k, p in [masses(ll.Poisson(r))]
    ]
    np.testing.assert_allclose(ll.Poisson(rate).entropy(), want, rtol=1e-10)
    # Its series in the inverse of the rate.
    rate = np.array([1e6, 1e12])
    series = 0.5 * np.log(2.0 * np.pi * np.e * rate) - 1.0 / (12.0 * rate)
    np.testing.assert_allclose(ll.Poisson(rate).entropy(), series, rtol=1e-10)


def test_rows_and_shapes():
    d, other = ll.NegativeBinomial(R[:, None], np.log([0.5, 200.0])), ll.NegativeBinomial(R[:, None], 2.0)
    assert d.entropy().shape == (7, 2)
    together = d.kl_divergence(other)
    alone = [[d[i, j].kl_divergence(other[i, 0]) for j in range(2)] for i in range(7)]
    np.testing.assert_allclose(together, alone, rtol=1e-13)
    np.testing.assert_allclose(d.entropy(), [[d[i, j].entropy() for j in range(2)] for i in range(7)], rtol=1e-13)
