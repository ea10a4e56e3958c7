"""Modes of what is made of counts, against scipy's masses of all numbers: they lie beside and between the peaks."""

import numpy as np
import pytest
import scipy.stats

import likelinet as ll

ROWS = 100
RNG = np.random.default_rng(7)
K = np.arange(400.0)[:, None, None]
WEIGHTS = RNG.dirichlet(np.ones(3), ROWS)


def powers(low: float, high: float) -> np.ndarray:
    """Return log-uniform parameters of the components of each row."""
    return np.exp(RNG.uniform(np.log(low), np.log(high), (ROWS, 3)))


RATE, R, A, B = powers(0.3, 100.0), powers(0.3, 20.0), powers(0.1, 10.0), powers(0.1, 10.0)
N, P = np.floor(powers(3.0, 200.0)), RNG.beta(2.0, 2.0, (ROWS, 3))
HALVES = powers(0.2, 0.9), powers(0.2, 0.9)  # with a valley
MIXED = {
    "Poisson": (ll.Poisson(RATE), scipy.stats.poisson(RATE)),
    "negative binomial": (ll.NegativeBinomial(R, probs=P), scipy.stats.nbinom(R, 1.0 - P)),
    "binomial": (ll.Binomial(N, probs=P), scipy.stats.binom(N, P)),
    "beta-binomial": (ll.BetaBinomial(N, A, B), scipy.stats.betabinom(N, A, B)),
    "beta-binomial of the same trials": (ll.BetaBinomial(100.0, A, B), scipy.stats.betabinom(100, A, B)),
    "with valleys": (ll.BetaBinomial(20.0, *HALVES), scipy.stats.betabinom(20, *HALVES)),
}


def check_highest(d: ll.distributions.Distribution, log_p: np.ndarray) -> None:
    """Check the modes of rows by the log masses of 0, 1, …, along a first axis."""
    mode = d.mode()
    assert (mode == np.floor(mode)).all()
    at_mode = np.take_along_axis(log_p, mode[None].astype(int), 0)[0]
    np.testing.assert_array_less(log_p.max(0) - 1e-9, at_mode)


@pytest.mark.parametrize("name", MIXED)
def test_a_mixture_is_highest_at_its_mode(name):
    components, oracle = MIXED[name]
    log_p = scipy.special.logsumexp(oracle.logpmf(K), axis=-1, b=WEIGHTS)
    d = ll.Mixture(components, probs=WEIGHTS)
    check_highest(d, log_p)
    within = np.where((K[..., 0] >= 2.0) & (K[..., 0] <= 17.0), log_p, -np.inf)
    some = d.log_prob_between(1.0, 17.0) > -50.0
    check_highest(ll.Truncated(d[some], 2.0, 17.0), within[:, some])
    above = np.concatenate([np.full((1, ROWS), np.log(0.03)), log_p[1:] + (np.log(0.97) - np.log1p(-np.exp(log_p[0])))])
    check_highest(ll.Hurdle(d, gate=0.03), above)


def test_a_valley_that_a_hill_outweighs_at_the_other_end():
    d = ll.Mixture(ll.BetaBinomial(20.0, [0.499, 4.0], [0.5, 3.0]), probs=[0.8, 0.2])
    p = 0.8 * scipy.stats.betabinom.pmf(np.arange(21), 20, 0.499, 0.5)
    p += 0.2 * scipy.stats.betabinom.pmf(np.arange(21), 20, 4, 3)
    assert d.mode() == p.argmax() == 20


def test_peaks_that_are_thousands_apart():
    k = np.arange(40_000.0)[:, None, None]
    r, mean = (
        np.array([[3.0, 8.0], [2.0, 40.0], [9.0, 9.0], [4.0, 6.0]]),
        np.array([[4e3, 7e3], [1e3, 8e3], [5e3, 8e3], [1.5e4, 3e4]]),
    )
    p = mean / (mean + r)
    log_p = scipy.special.logsumexp(scipy.stats.nbinom.logpmf(k, r, 1.0 - p), axis=-1, b=0.5)
    d = ll.Mixture(ll.NegativeBinomial(r, probs=p), probs=np.full(r.shape, 0.5))
    # Neighbours there are as probable to ten digits.
    np.testing.assert_allclose(d.mode(), log_p.argmax(0), rtol=0.0, atol=1.0)


def test_components_that_are_alike_have_the_mode_of_one():
    one = ll.BetaBinomial([3.0, 3.0, 700.0], [1.0, 2.0, 1.0], [1.0, 2.0, 1.0])
    alike = one.map_arrays(lambda a, n: np.stack([a, a], axis=-1))
    np.testing.assert_array_equal(ll.Mixture(alike, probs=np.full((3, 2), 0.5)).mode(), one.mode())


def test_of_peaks_that_are_as_high_as_each_other_it_is_the_last():
    n, k = np.arange(20.0, 80.0), np.arange(80.0)[:, None]
    p = scipy.stats.binom.pmf(k, n, 0.2) + scipy.stats.binom.pmf(k, n, 0.8)
    last = np.where(p > p.max(0) * (1.0 - 1e-12), k, 0.0).max(0)
    d = ll.Mixture(ll.Binomial(n[:, None], probs=[0.2, 0.8]), probs=[0.5, 0.5])
    np.testing.assert_array_equal(d.mode(), last)
    np.testing.assert_array_equal([one.mode() for one in (d[3], d[30])], last[[3, 30]])
