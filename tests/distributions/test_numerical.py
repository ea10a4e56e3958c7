"""Large parameters, far tails and hard integrals, against closed forms and mpmath."""

import numpy as np
import pytest
from mpmath import mp

import likelinet as ll
from tests import exact_counts


def test_entropy_and_crps_of_large_counts_take_little_memory():
    rate = np.array([1.0, 1e9])
    np.testing.assert_allclose(
        ll.Poisson(rate).entropy(), [1.3048422422562, 0.5 * np.log(2e9 * np.pi * np.e)], rtol=1e-9
    )
    one = ll.Mixture(ll.Poisson([1e9]), [0.0])
    np.testing.assert_allclose(one.crps(1e9 + 2e4), ll.Poisson(1e9).crps(1e9 + 2e4), rtol=1e-6)


@pytest.mark.parametrize(("total_count", "probs"), [(0.1, 0.9999), (2.0, 0.999), (50.0, 0.99)])
def test_long_sums_against_every_term(total_count, probs):
    d = ll.NegativeBinomial(total_count, probs=probs)
    k = np.arange(d.isf(1e-18) + 2.0)
    assert len(k) > 4096
    cdf, sf = d.cdf(k), d.sf(k)
    for y in (0.0, 37.0, 5000.0, 2.5):
        below = np.clip(y - k, 0.0, 1.0)
        np.testing.assert_allclose(d.crps(y), np.sum(below * cdf**2 + (1.0 - below) * sf**2), rtol=1e-8)
    np.testing.assert_allclose(d.entropy(), np.sum(np.exp(d.log_prob(k)) * d.nll(k)), rtol=1e-8)


TAILS = {
    "gamma sf": (lambda: ll.Gamma(2.0, 1.0).log_sf(2000.0), lambda: mp.gammainc(2, 2000) / mp.gamma(2)),
    "gamma cdf": (lambda: ll.Gamma(50.0, 1.0).log_cdf(1e-8), lambda: mp.gammainc(50, 0, mp.mpf(1e-8)) / mp.gamma(50)),
    "large gamma": (lambda: ll.Gamma(500.0, 1.0).log_cdf(1.0), lambda: mp.gammainc(500, 0, 1) / mp.gamma(500)),
    "poisson cdf": (
        lambda: ll.Poisson(1000.0).log_cdf(10.0),
        lambda: sum(mp.exp(-1000) * mp.mpf(1000) ** k / mp.factorial(k) for k in range(11)),
    ),
    "poisson sf": (
        lambda: ll.Poisson(1.0).log_sf(300.0),
        lambda: sum(mp.exp(-1) / mp.factorial(k) for k in range(301, 400)),
    ),
    "negative binomial": (
        lambda: ll.NegativeBinomial(50.0, logits=20.0).log_cdf(3.0),
        lambda: sum(mp.binomial(49 + k, k) / (1 + mp.exp(20)) ** 50 * (1 / (1 + mp.exp(-20))) ** k for k in range(4)),
    ),
}


@pytest.mark.parametrize(("got", "exact"), TAILS.values(), ids=TAILS)
def test_log_tails_below_the_smallest_float(got, exact):
    with mp.workdps(60):
        np.testing.assert_allclose(got(), float(mp.log(exact())), rtol=1e-8)


def test_weights_of_a_larger_batch_than_the_components():
    d = ll.Mixture(ll.Gaussian([0.0, 1.0], [1.0, 2.0]), np.zeros((5, 2)))
    one = ll.Mixture(ll.Gaussian([0.0, 1.0], [1.0, 2.0]), np.zeros(2))
    for method in ("mode", "entropy"):
        np.testing.assert_allclose(getattr(d, method)(), np.full(5, getattr(one, method)()), rtol=1e-9)
    assert d.kl_divergence(ll.Gaussian(0.0, 1.0)).shape == (5,)
    assert ll.Mixture(one.components, np.zeros((1, 2))).mode().shape == (1,)


def test_a_mixture_of_mixtures_is_one_mixture():
    inner = ll.Mixture(ll.Gaussian([[0.0, 1.0], [3.0, 4.0]], 1.0), probs=[[0.5, 0.5], [0.2, 0.8]])
    d = ll.Mixture(inner, probs=[0.25, 0.75])
    flat = ll.Mixture(ll.Gaussian([0.0, 1.0, 3.0, 4.0], 1.0), probs=[0.125, 0.125, 0.15, 0.6])
    assert isinstance(d.components, ll.Gaussian)
    for method in ("log_prob", "crps", "cdf"):
        np.testing.assert_allclose(getattr(d, method)(0.3), getattr(flat, method)(0.3), rtol=1e-12)


@pytest.mark.parametrize("df", [1.5, 2.0, 4.0, 50.0])
def test_numerical_crps_of_a_mixture_of_one(df):
    y = np.array([-20.0, 0.0, 0.7, 300.0])
    d = ll.StudentT(df, 0.5, 2.0)
    np.testing.assert_allclose(ll.Mixture(d.map_arrays(lambda a, _: a[None]), [0.0]).crps(y), d.crps(y), rtol=1e-6)


def test_large_parameters():
    d = ll.StudentT(1e14, 0.0, 1.0)
    np.testing.assert_allclose(d.sf(5.0), 2.866515718791939e-7, rtol=1e-9)
    np.testing.assert_allclose(d.isf(d.sf(5.0)), 5.0, rtol=1e-12)
    np.testing.assert_allclose(d.entropy(), 0.5 * np.log(2.0 * np.pi * np.e), rtol=1e-12)
    np.testing.assert_allclose(d.crps(1.5), ll.Gaussian(0.0, 1.0).crps(1.5), rtol=1e-12)
    np.testing.assert_allclose(ll.Gamma(1e14, 1.0).entropy(), 0.5 * np.log(2e14 * np.pi * np.e), rtol=1e-12)
    np.testing.assert_allclose(ll.Poisson(1e12).log_prob(1e12), -0.5 * np.log(2e12 * np.pi), rtol=1e-12)
    np.testing.assert_allclose(ll.Poisson(1e12).kl_divergence(ll.Poisson(1e12 + 1e3)), 5e-7, rtol=1e-8)
    assert abs(ll.Poisson(1e20).sample(1000, rng=0) / 1e20 - 1.0).max() < 1e-9
    assert ll.NegativeBinomial(1.0, logits=50.0).sample(rng=0) > 0.0


def test_a_singular_density_and_a_tail_without_an_expectation():
    np.testing.assert_allclose(
        ll.Mixture(ll.Gamma([0.1], [1.0]), [0.0]).entropy(), ll.Gamma(0.1, 1.0).entropy(), rtol=1e-9
    )
    normal = ll.Gaussian(0.0, 1.0)
    for df in (0.5, 1.0, 2.0):
        assert ll.StudentT(df, 0.0, 1.0).kl_divergence(normal) == np.inf
    three = ll.StudentT(3.0, 0.0, 1.0)
    exact = 0.5 * np.log(2.0 * np.pi) + 0.5 * three.var() - three.entropy()
    np.testing.assert_allclose(three.kl_divergence(normal), exact, rtol=1e-6)


def test_modes_of_several_outputs():
    labelled = ll.Labelled(ll.Categorical(probs=[[[0.9, 0.1], [0.2, 0.8]]] * 2), ["a", "b"])
    d = ll.Mixture(ll.Independent(labelled), np.zeros(2))
    assert d.mode().tolist() == ["a", "b"]
    with pytest.raises(ll.UndefinedError, match="has no crps"):
        d.crps(["a", "b"])
    numbers = ll.Mixture(ll.Independent(ll.Gaussian([[0.0, 5.0], [0.0, 5.0]], 1.0)), np.zeros(2))
    np.testing.assert_allclose(numbers.mode(), [0.0, 5.0], atol=1e-7)


def test_what_is_no_number_or_no_distribution():
    with pytest.raises(ll.UndefinedError, match="needs a distribution on the other side, not 3"):
        ll.Gaussian(0.0, 1.0).kl_divergence(3)
    with pytest.raises(ll.ParameterError, match="loc must be a finite number, not 'a'"):
        ll.Gaussian("a", 1.0)
    with pytest.raises(ll.DataError, match="y must be numbers"):
        ll.Gaussian(0.0, 1.0).log_prob("a")


BINOMIALS = {
    "binomial": (ll.Binomial, (1e9, 0.3), lambda n, y: exact_counts.binomial.nll(n, mp.mpf(0.3), y)),
    "beta-binomial": (ll.BetaBinomial, (1e9, 3e5, 2e5), lambda n, y: exact_counts.beta_binomial.nll(n, 3e5, 2e5, y)),
}


@pytest.mark.parametrize(("family", "params", "nll"), BINOMIALS.values(), ids=BINOMIALS)
def test_many_trials(family, params, nll):
    d = family(*params)
    y = np.array([0.0, 1.0, d.mean().round() - 2e4, d.mean().round(), 1e9 - 1.0, 1e9])
    with mp.workdps(40):
        want = [float(nll(mp.mpf(1e9), mp.mpf(k))) for k in y]
    np.testing.assert_allclose(d.nll(y), want, rtol=1e-11)
    loss, backward = family.loss(tuple(np.array([p]) for p in params), np.array([1e9 + 1.0]))
    assert loss == np.inf
    assert all(g == 0.0 for g in backward(np.ones(1)))
    np.testing.assert_array_equal(d.cdf([1e9, 2e9]), 1.0)
    np.testing.assert_array_equal(d.sf([1e9, 2e9]), 0.0)


def test_tails_of_a_long_beta_binomial_are_those_of_its_limits():
    uniform = ll.BetaBinomial(1e6, 1.0, 1.0)
    y = np.array([0.0, 10.0, 12345.0, 9e5, 1e6 - 1.0])
    np.testing.assert_allclose(uniform.cdf(y), (y + 1.0) / (1e6 + 1.0), rtol=1e-10)
    np.testing.assert_allclose(uniform.sf(y), (1e6 - y) / (1e6 + 1.0), rtol=1e-10)
    narrow, limit = ll.BetaBinomial(1e4, 3e15, 7e15), ll.Binomial(1e4, probs=0.3)
    y = np.array([2000.0, 2900.0, 3000.0, 3150.0, 4500.0])
    np.testing.assert_allclose(narrow.log_cdf(y), limit.log_cdf(y), rtol=1e-7, atol=1e-100)
    np.testing.assert_allclose(narrow.log_sf(y), limit.log_sf(y), rtol=1e-7)
