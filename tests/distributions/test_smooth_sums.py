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


SHARES = np.array([0.2, -0.3, 0.4])
MEAN = np.array([[700.0, 1500.0, 2500.0]])
WIDE = {
    "negative binomials": (ll.NegativeBinomial(2.5, np.log(MEAN / 2.5)), ll.NegativeBinomial(3.0, np.log(MEAN / 2.7))),
    "poissons": (ll.Poisson(4.0 * MEAN), ll.Poisson(4.3 * MEAN)),
    "binomials": (ll.Binomial(2e4, np.log(MEAN / 2e4)), ll.Binomial(2e4, np.log(1.1 * MEAN / 2e4))),
    "beta-binomials": (ll.BetaBinomial(9e3, MEAN / 1e3, 0.6), ll.BetaBinomial(9e3, MEAN / 900.0, 0.7)),
}
MADE = {
    "mixture": lambda d: ll.Mixture(d, SHARES),
    "truncated": lambda d: ll.Truncated(ll.Mixture(d, SHARES), 300.0, 11000.0),
    "zeros": lambda d: ll.Mixture(ll.ZeroInflated(d, gate=0.2), SHARES),
}


@pytest.mark.parametrize("made", MADE.values(), ids=MADE.keys())
@pytest.mark.parametrize("pair", WIDE.values(), ids=WIDE.keys())
def test_long_sums_of_what_is_made_of_counts(pair, made):
    d, other = (made(e) for e in pair)
    k = np.arange(42_000.0 if d.endpoints()[1].max() == np.inf else 20_001.0)[:, None]
    log_p, log_q = d.log_prob(k), other.log_prob(k)
    p = np.exp(log_p)
    log_p, log_q = (np.where(p > 0.0, v, 0.0) for v in (log_p, log_q))
    entropy, kl = -(p * log_p).sum(0), (p * (log_p - log_q)).sum(0)
    np.testing.assert_allclose(d.entropy(), entropy, rtol=1e-9)
    np.testing.assert_allclose(d.kl_divergence(other), kl, rtol=1e-8)
    mean = (k * p).sum(0)
    np.testing.assert_allclose(d.mean(), mean, rtol=1e-10)
    np.testing.assert_allclose(d.var(), ((k - mean) ** 2 * p).sum(0), rtol=1e-9)
    below, above = p.cumsum(0), p[::-1].cumsum(0)[::-1] - p
    for y in (2.25, 350.0, 3000.5):
        share = np.clip(y - k, 0.0, 1.0)
        want = (share * below**2 + (1.0 - share) * above**2).sum(0)
        np.testing.assert_allclose(d.crps(y), want, rtol=1e-9)
