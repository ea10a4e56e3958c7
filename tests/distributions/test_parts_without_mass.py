"""Mixtures of counts of which a component has no mass in a window, against sums of scipy's masses."""

import numpy as np
import pytest
import scipy.stats

import likelinet as ll

K = np.arange(41.0)


def within(p: np.ndarray, low: float) -> np.ndarray:
    """Return the masses from low on, as shares of their sum."""
    return np.where(low <= K, p, 0.0) / p[low <= K].sum()


def hurdle(p: np.ndarray, gate: float) -> np.ndarray:
    """Return the masses with that of 0 put in the place of the one that there is."""
    return np.where(K == 0.0, gate, (1.0 - gate) * within(p, 1.0))


N = np.array([[10.0, 20.0], [20.0, 40.0], [40.0, 0.0]])  # trials of the pairs of components
BINOMIALS = ll.Mixture(ll.Binomial(N, np.full(N.shape, -0.25)), probs=[0.5, 0.5])
BETA_BINOMIALS = ll.Mixture(ll.BetaBinomial(N, 2.0, 3.0), probs=[0.25, 0.75])
BINOMIAL_P = np.stack([scipy.stats.binom.pmf(K, n[:, None], scipy.special.expit(-0.25)).mean(0) for n in N])
BETA_BINOMIAL_P = np.stack([np.average(scipy.stats.betabinom.pmf(K, n[:, None], 2, 3), 0, [1.0, 3.0]) for n in N])
LOW = np.array([12.0, 20.0, 5.0])

CASES = {
    "truncated binomials": (
        ll.Truncated(BINOMIALS, low=LOW),
        [within(p, a) for p, a in zip(BINOMIAL_P, LOW, strict=True)],
    ),
    "truncated beta-binomials": (
        ll.Truncated(BETA_BINOMIALS, low=LOW),
        [within(p, a) for p, a in zip(BETA_BINOMIAL_P, LOW, strict=True)],
    ),
    "hurdle": (ll.Hurdle(BINOMIALS, gate=0.2), [hurdle(p, 0.2) for p in BINOMIAL_P]),
    "truncated hurdle": (
        ll.Truncated(ll.Hurdle(BINOMIALS, gate=0.2), low=LOW),
        [within(hurdle(p, 0.2), a) for p, a in zip(BINOMIAL_P, LOW, strict=True)],
    ),
}


@pytest.mark.parametrize(("d", "p"), CASES.values(), ids=CASES)
def test_what_has_no_mass_there_adds_nothing(d, p):
    p = np.stack(p)
    mean = p @ K
    np.testing.assert_allclose(d.mean(), mean, rtol=1e-12)
    np.testing.assert_allclose(d.var(), (p * (K - mean[:, None]) ** 2).sum(1), rtol=1e-11)
    np.testing.assert_allclose(d.entropy(), scipy.stats.entropy(p, axis=1), rtol=1e-11)
    cdf = p.cumsum(1)
    crps = np.where(K < 13.0, cdf**2, (1.0 - cdf) ** 2).sum(1)
    np.testing.assert_allclose(d.crps(13.0), crps, rtol=1e-11)
    np.testing.assert_array_equal(d.ppf(0.37), K[(cdf < 0.37).sum(1)])
    np.testing.assert_allclose(d.kl_divergence(d), 0.0, atol=1e-14)


def test_of_two_that_reach_to_different_ends_only_the_longer_one_is_left():
    d = ll.Truncated(ll.Mixture(ll.BetaBinomial([20, 10], 2.0, 2.0), probs=[0.5, 0.5]), low=20)
    assert (d.mean(), d.var(), d.entropy(), d.mode()) == (20.0, 0.0, 0.0, 20.0)
