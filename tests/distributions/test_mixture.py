"""Mixtures against formulas written out by hand."""

import itertools

import numpy as np
import pytest
import scipy.integrate
import scipy.stats
from scipy.special import softmax

import likelinet as ll
from likelinet.distributions.over.mixture_formulas import log_interval_of_mixture
from tests.differences import assert_gradients, gradients

LOGITS = np.array([[0.3, -1.0, 0.5], [1.0, 0.0, -2.0]])
W = softmax(LOGITS, axis=-1)
LOC = np.array([[-3.0, 0.0, 4.0], [1.0, 1.5, 20.0]])
SCALE = np.array([[0.5, 1.0, 2.0], [0.1, 3.0, 0.2]])
RATE = np.array([[0.5, 5.0, 50.0], [1.0, 2.0, 3.0]])
MIXTURES = {
    "Gaussian": (ll.Mixture(ll.Gaussian(LOC, SCALE), LOGITS), scipy.stats.norm(LOC, SCALE)),
    "StudentT": (ll.Mixture(ll.StudentT(4.0, LOC, SCALE), LOGITS), scipy.stats.t(4.0, LOC, SCALE)),
    "Gamma": (ll.Mixture(ll.Gamma(2.0, RATE), LOGITS), scipy.stats.gamma(2.0, scale=1.0 / RATE)),
    "Poisson": (ll.Mixture(ll.Poisson(RATE), LOGITS), scipy.stats.poisson(RATE)),
}
each = pytest.mark.parametrize("name", MIXTURES)


def points(d) -> np.ndarray:
    y = d.ppf(np.array([0.001, 0.1, 0.4, 0.5, 0.8, 0.999])[:, None])
    return y if d.support.integer else y + 0.01


@each
def test_densities_and_probabilities(name):
    d, oracle = MIXTURES[name]
    y = points(d)
    density = oracle.pmf if d.support.integer else oracle.pdf
    np.testing.assert_allclose(d.log_prob(y), np.log((W * density(y[..., None])).sum(-1)), rtol=1e-10, atol=1e-12)
    cdf, sf = (W * oracle.cdf(y[..., None])).sum(-1), (W * oracle.sf(y[..., None])).sum(-1)
    np.testing.assert_allclose(d.cdf(y), cdf, rtol=1e-11)
    np.testing.assert_allclose(d.sf(y), sf, rtol=1e-10, atol=1e-14)
    np.testing.assert_allclose(d.log_cdf(y), np.log(cdf), rtol=1e-10, atol=1e-13)
    np.testing.assert_allclose(d.log_sf(y), np.log(sf), rtol=1e-10, atol=1e-13)


@each
def test_moments(name):
    d, oracle = MIXTURES[name]
    mean = (W * oracle.mean()).sum(-1)
    second = (W * (oracle.var() + oracle.mean() ** 2)).sum(-1)
    np.testing.assert_allclose(d.mean(), mean, rtol=1e-13)
    np.testing.assert_allclose(d.var(), second - mean**2, rtol=1e-11)
    np.testing.assert_allclose(d.std(), np.sqrt(second - mean**2), rtol=1e-11)


@each
def test_quantiles(name):
    d, oracle = MIXTURES[name]
    q = np.array([1e-6, 0.01, 0.3, 0.5, 0.7, 0.99, 1 - 1e-6])[:, None]

    def cdf(y):
        return (W * oracle.cdf(y[..., None])).sum(-1)

    def sf(y):
        return (W * oracle.sf(y[..., None])).sum(-1)

    low, high = d.ppf(q), d.isf(q)
    assert low.shape == high.shape == (7, 2)
    if d.support.integer:
        assert ((cdf(low) >= q) & (cdf(low - 1.0) < q) & (sf(high) <= q) & (sf(high - 1.0) > q)).all()
    else:
        np.testing.assert_allclose(cdf(low), np.broadcast_to(q, (7, 2)), rtol=1e-9)
        np.testing.assert_allclose(sf(high), np.broadcast_to(q, (7, 2)), rtol=1e-9)
    np.testing.assert_array_equal(d.median(), d.ppf(0.5))


@each
def test_crps_and_entropy(name):
    d, oracle = MIXTURES[name]
    y = points(d)[3]
    for i in range(2):

        def cdf(t, i=i):
            return float((W * oracle.cdf(t)).sum(-1)[i])

        def sf(t, i=i):
            return float((W * oracle.sf(t)).sum(-1)[i])

        def surprise(t, i=i):
            log_p = d[i].log_prob(t)
            return -np.exp(log_p) * log_p

        if d.support.integer:
            k = np.arange(200.0)
            crps, entropy = sum(cdf(t) ** 2 if t < y[i] else sf(t) ** 2 for t in k), surprise(k).sum()
        else:
            far = 1e-4 if name == "StudentT" else 1e-9
            cuts = [d[i].ppf(far), *(d[i].ppf(p) for p in (0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99)), d[i].isf(far)]
            ends = {"Gamma": (0.0, np.inf)}.get(name, (-np.inf, np.inf))
            edges = sorted({ends[0], *cuts, float(y[i]), ends[1]})
            pieces = list(itertools.pairwise(edges))

            def total(f, pieces):
                return sum(scipy.integrate.quad(f, a, b, epsabs=1e-12, limit=100)[0] for a, b in pieces)

            crps = total(lambda t: cdf(t) ** 2, [p for p in pieces if p[1] <= y[i]])
            crps += total(lambda t: sf(t) ** 2, [p for p in pieces if p[0] >= y[i]])
            entropy = total(surprise, [p for p in pieces if np.isfinite(p).all()] if name == "Gaussian" else pieces)
        np.testing.assert_allclose(d.crps(y)[i], crps, rtol=1e-7)
        np.testing.assert_allclose(d.entropy()[i], entropy, rtol=1e-6)


@each
def test_mode_is_the_highest_point_of_a_fine_grid(name):
    d, _ = MIXTURES[name]
    low, high = d.ppf(1e-3), d.isf(1e-3)
    grid = (
        np.arange(100.0)[:, None] if d.support.integer else low + (high - low) * np.linspace(0.0, 1.0, 20_001)[:, None]
    )
    highest = d.log_prob(grid).max(0)
    assert (d.log_prob(d.mode()) >= highest - 1e-9).all()


@each
def test_kl_divergence(name):
    d, _ = MIXTURES[name]
    np.testing.assert_allclose(d.kl_divergence(d), 0.0, atol=1e-12)
    kl = d.kl_divergence(d[::-1])
    draws = d.sample(100_000, rng=0)
    ratio = d.log_prob(draws) - d[::-1].log_prob(draws)
    np.testing.assert_array_less(np.abs(kl - ratio.mean(0)), 5.0 * ratio.std(0) / np.sqrt(len(draws)))


@each
def test_rows(name):
    d, _ = MIXTURES[name]
    y = points(d)
    for rows in (1, slice(0, 1), np.array([1, 0])):
        np.testing.assert_allclose(d[rows].log_prob(y[:, rows]), d.log_prob(y)[:, rows], rtol=1e-14)


def test_parameters_shared_between_components_and_rows():
    w = np.array([0.25, 0.75])
    shared, full = (
        ll.Mixture(ll.Gaussian([-1.0, 1.0], 0.5), probs=w),
        ll.Mixture(ll.Gaussian([-1.0, 1.0], [0.5, 0.5]), probs=w),
    )
    q = np.array([0.1, 0.5, 0.9])
    for method, argument in [("ppf", q), ("isf", q), ("crps", q), ("log_prob", q)]:
        np.testing.assert_allclose(getattr(shared, method)(argument), getattr(full, method)(argument), rtol=1e-12)
    np.testing.assert_allclose(shared.mode(), full.mode())
    np.testing.assert_allclose(shared.entropy(), full.entropy())
    np.testing.assert_array_equal(shared.sample(9, rng=1), full.sample(9, rng=1))


def test_a_weight_of_zero_and_a_single_component_change_nothing():
    y = np.linspace(-3.0, 3.0, 7)
    for d in (ll.Mixture(ll.Gaussian([0.0, 50.0], 1.0), probs=[1.0, 0.0]), ll.Mixture(ll.Gaussian([0.0], 1.0), [0.0])):
        np.testing.assert_allclose(d.log_prob(y), ll.Gaussian(0.0, 1.0).log_prob(y), rtol=1e-13)
        np.testing.assert_allclose(d.ppf([0.1, 0.9]), ll.Gaussian(0.0, 1.0).ppf([0.1, 0.9]), rtol=1e-12)
        np.testing.assert_allclose(d.crps(y), ll.Gaussian(0.0, 1.0).crps(y), rtol=1e-12)
    outside = ll.Mixture(ll.Gamma([1.0, 2.0], 1.0), [0.0, 0.0])
    assert outside.log_prob(-1.0) == -np.inf
    assert outside.cdf(-1.0) == 0.0


INTERVALS = {
    "Gaussian": ((LOC, SCALE), [-4.0, 0.0], [0.5, 1.2]),
    "StudentT": ((np.full((2, 3), 4.0), LOC, SCALE), [-np.inf, 19.0], [-2.0, np.inf]),
    "Gamma": ((np.full((2, 3), 2.0), RATE), [0.0, 0.3], [0.4, 0.3 + 1e-9]),
    "Poisson": ((RATE,), [-1.0, 3.0], [4.0, 20.0]),
}


@each
def test_intervals_and_their_gradients(name):
    params, low, high = INTERVALS[name]
    low, high = np.array(low), np.array(high)
    oracle, d = MIXTURES[name][1], np.array([0.7, 2.0])
    log_interval = log_interval_of_mixture(getattr(ll, name).log_interval, 0)
    values, backward = log_interval((LOGITS, *params), low, high)
    want = np.sum(W * (oracle.cdf(high[:, None]) - oracle.cdf(low[:, None])), axis=-1)
    np.testing.assert_allclose(np.exp(values), want, rtol=1e-10, atol=1e-15)
    steps = (np.float64(1e-3), *(1e-4 * np.abs(p) + 1e-5 for p in params))

    def log_p(p, y):
        return log_interval(p, low, high)

    want = gradients(log_p, (LOGITS, *params), low, tuple(np.broadcast_to(h, LOGITS.shape) for h in steps))
    assert_gradients(backward(d), [d[:, None] * w for w in want], atol=1e-7)


def test_an_interval_of_a_mixture_has_numbers_as_ends_and_may_be_empty():
    log_interval = log_interval_of_mixture(ll.Gaussian.log_interval, 0)
    values, backward = log_interval((LOGITS, LOC, SCALE), 0.5, np.inf)
    np.testing.assert_allclose(values, ll.Mixture(ll.Gaussian(LOC, SCALE), LOGITS).log_sf(0.5), rtol=1e-13)
    assert [g.shape for g in backward(np.ones(2))] == [(2, 3)] * 3
    values, backward = log_interval((LOGITS, LOC, SCALE), np.array([1.0, 0.0]), np.array([0.0, 1.0]))
    assert values[0] == -np.inf < values[1]
    for g in backward(np.ones(2)):
        np.testing.assert_array_equal(g[0], np.zeros(3))
        assert (g[1, :2] != 0.0).all()
    # A component without weight has no part in it.
    logits = np.array([[-np.inf, 0.0, 1.0]])
    values, backward = log_interval((logits, LOC[:1], SCALE[:1]), 0.5, 2.0)
    pair, back = log_interval((logits[:, 1:], LOC[:1, 1:], SCALE[:1, 1:]), 0.5, 2.0)
    np.testing.assert_allclose(values, pair, rtol=1e-14)
    for g, h in zip(backward(np.ones(1)), back(np.ones(1)), strict=True):
        np.testing.assert_allclose(g, np.insert(h, 0, 0.0, axis=-1), rtol=1e-12)


@pytest.mark.parametrize("batch", [(), (1,), (2,), (0,), (2, 3), (3, 1)])
@pytest.mark.parametrize("sample_shape", [(), (5,), (2, 3)])
def test_every_draw_comes_from_a_component_of_its_own_row(batch, sample_shape):
    n = int(np.prod(batch))
    loc = 100.0 * np.arange(n * 3.0).reshape(*batch, 3)
    draws = ll.Mixture(ll.Gaussian(loc, 1.0), np.zeros(3)).sample(sample_shape, rng=0)
    assert np.shape(draws) == (*sample_shape, *batch)
    row = np.floor(np.round(draws / 100.0) / 3.0)
    np.testing.assert_array_equal(row, np.broadcast_to(np.arange(n).reshape(batch), row.shape))
    pairs = ll.Mixture(ll.Independent(ll.Gaussian(np.stack([loc, -loc], axis=-1), 1.0)), np.zeros(3))
    draws = pairs.sample(sample_shape, rng=0)
    assert draws.shape == (*sample_shape, *batch, 2)
    np.testing.assert_allclose(draws.sum(-1), 0.0, atol=10.0)
