"""What is special about angles: concentrations of any size, far tails of large ones, and directions modulo 2π."""

import numpy as np
import pytest
from mpmath import mp

import likelinet as ll

TINY_TO_HUGE = 10.0 ** np.array([-20.0, -8.0, -1.0, 0.0, 1.0, np.log10(60.0), 3.0, 6.0, 12.0, 22.0])


@pytest.mark.parametrize("k", [200.0, 1e4, 1e8, 1e14])
@pytest.mark.parametrize("log_p", [-1.0, -50.0, -150.0])
def test_far_tails(k, log_p):
    loc = 0.25
    y = loc - np.arccos(max(1.0 + log_p / k, -0.9)) if k < 1e8 else loc - np.sqrt(-2.0 * log_p / k)
    with mp.workdps(45):
        t, unit, k_mp = mp.mpf(loc) - mp.mpf(y), 1 / mp.sqrt(mp.mpf(k)), mp.mpf(k)
        edges = [e for e in (t, *(t + v * unit for v in (1, 3, 9, 27)), mp.pi) if e <= mp.pi]
        ratio = mp.quad(lambda s: mp.exp(k_mp * (mp.cos(s) - mp.cos(t))), edges)  # of order 1, for its error estimate
        want = mp.log(ratio / (2 * mp.pi * mp.besseli(0, k_mp))) + k_mp * mp.cos(t)
    np.testing.assert_allclose(ll.VonMises(loc, k).log_cdf(y), float(want), rtol=1e-11)
    np.testing.assert_allclose(ll.VonMises(-loc, k).log_sf(-y), float(want), rtol=1e-11)


@pytest.mark.parametrize("k", [1e4, 1e8])
def test_quantiles_of_tiny_probabilities(k):
    d, q = ll.VonMises(0.5, k), 10.0 ** -np.array([3.0, 20.0, 100.0, 300.0])
    np.testing.assert_allclose(d.log_cdf(d.ppf(q)), np.log(q), rtol=1e-9)
    np.testing.assert_allclose(d.log_sf(d.isf(q)), np.log(q), rtol=1e-9)


def test_concentrations_from_tiny_to_huge():
    d = ll.VonMises(0.0, TINY_TO_HUGE)
    np.testing.assert_allclose(d.cdf(d.ppf(0.1)), 0.1, rtol=1e-12)
    np.testing.assert_allclose(d.ppf(0.5), 0.0, atol=1e-14)
    np.testing.assert_allclose(d[0].ppf(0.1), -0.8 * np.pi, rtol=1e-14)  # all angles alike
    np.testing.assert_allclose(d[-1].ppf([0.1, 1e-300]) * 1e11, ll.Gaussian(0.0, 1.0).ppf([0.1, 1e-300]), rtol=1e-12)
    np.testing.assert_allclose(d[-1].entropy(), ll.Gaussian(0.0, 1e-11).entropy(), rtol=1e-12)
    np.testing.assert_allclose(d[-1].var(), 0.5e-22, rtol=1e-12)
    np.testing.assert_allclose(d[0].entropy(), np.log(2.0 * np.pi), rtol=1e-14)
    draws = d.sample(1000, rng=0)
    assert (np.abs(draws) <= np.pi).all()
    np.testing.assert_allclose(draws[:, -1].std() * 1e11, 1.0, rtol=0.1)


@pytest.mark.parametrize("turns", [-3, 1, 7])
def test_directions_are_taken_modulo_a_turn(turns):
    y, loc = np.linspace(-3.1, 3.1, 9), np.array([-3.0, 0.4, 3.1])[:, None]
    d, same = ll.VonMises(loc, 5.0), ll.VonMises(loc + 2.0 * np.pi * turns, 5.0)
    for method in ("log_prob", "cdf", "log_sf"):
        np.testing.assert_allclose(getattr(same, method)(y), getattr(d, method)(y), rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(same.mean(), loc, rtol=1e-13)


@pytest.mark.parametrize("loc", [10.0, -10.0, 3.5, -4.0, 100.0])
def test_draws_around_a_direction_beyond_a_turn(loc):
    draws = ll.VonMises(loc, 50.0).sample(20_000, rng=0)
    assert (np.abs(draws) <= np.pi).all()
    mean = np.exp(1j * draws).mean()
    # The sine of the deviation from the mean direction has the variance A(κ)/κ, about 1/50.
    assert abs(np.sin(np.angle(mean) - loc)) < 5.0 * np.sqrt(1.0 / 50.0 / 20_000)
    assert np.cos(np.angle(mean) - loc) > 0.99
    np.testing.assert_allclose(np.abs(mean), 1.0 - ll.VonMises(0.0, 50.0).var(), rtol=1e-3)


def test_both_ends_belong_to_the_support():
    d = ll.VonMises(3.0, 2.0)
    np.testing.assert_allclose(d.log_prob(np.pi), d.log_prob(-np.pi), rtol=1e-14)
    assert (d.cdf(np.pi), d.sf(-np.pi), d.log_prob(3.2)) == (1.0, 1.0, -np.inf)


@pytest.mark.parametrize("angle", [0.0, -3.0, np.pi])
def test_estimates_of_a_constant_are_finite(angle):
    loc, concentration = ll.VonMises.estimate(np.full(5, angle), np.ones(5))
    np.testing.assert_allclose(loc, angle)
    assert 0.0 < concentration < np.inf


def test_the_mean_of_a_mixture_of_angles_is_a_direction():
    d = ll.Mixture(ll.VonMises([3.0, -3.0, 0.5], [10.0, 10.0, 2.0]), probs=[[0.5, 0.5, 0.0], [0.2, 0.3, 0.5]])
    draws = np.exp(1j * d.sample(400_000, rng=0)).mean(0)
    np.testing.assert_allclose(np.abs(d.mean()[0]), np.pi, rtol=1e-12)
    np.testing.assert_allclose(np.exp(1j * d.mean()), draws / np.abs(draws), atol=2e-2)
    np.testing.assert_allclose(d.var(), 1.0 - np.abs(draws), atol=5e-3)
