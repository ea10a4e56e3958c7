"""Truncated distributions against scipy's and against plain sums."""

import numpy as np
import pytest
import scipy.stats
from mpmath import mp

import likelinet as ll

LOW, HIGH = np.array([-1.0, 0.5, -np.inf, 2.0, 8.0]), np.array([2.0, 0.6, -1.0, np.inf, 9.0])
D = ll.Truncated(ll.Gaussian(0.3, 1.7), LOW, HIGH)
ORACLE = scipy.stats.truncnorm((LOW - 0.3) / 1.7, (HIGH - 0.3) / 1.7, loc=0.3, scale=1.7)


def test_gaussian_against_scipy():
    y = ORACLE.ppf(np.array([0.01, 0.3, 0.9])[:, None])
    for mine, theirs in [
        ("log_prob", "logpdf"),
        ("cdf", "cdf"),
        ("sf", "sf"),
        ("log_cdf", "logcdf"),
        ("log_sf", "logsf"),
    ]:
        np.testing.assert_allclose(getattr(D, mine)(y), getattr(ORACLE, theirs)(y), rtol=1e-9, atol=1e-12)
    q = np.array([1e-6, 0.2, 0.5, 0.99])[:, None]
    np.testing.assert_allclose(D.ppf(q), ORACLE.ppf(q), rtol=1e-9)
    np.testing.assert_allclose(D.isf(q), ORACLE.isf(q), rtol=1e-9)
    np.testing.assert_allclose(D.mean(), ORACLE.mean(), rtol=1e-9)
    np.testing.assert_allclose(D.var()[[0, 2, 3, 4]], ORACLE.var()[[0, 2, 3, 4]], rtol=1e-6)  # theirs cancels
    finite = [0, 1, 4]  # theirs is nan with an infinite bound
    theirs = scipy.stats.truncnorm(*(e[finite] for e in ORACLE.args), loc=0.3, scale=1.7)
    np.testing.assert_allclose(D.entropy()[finite], theirs.entropy(), rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(D.mode(), [0.3, 0.5, -1.0, 2.0, 8.0], rtol=1e-7)


@pytest.mark.parametrize("bound", [5.0, 30.0, 60.0])
def test_far_tails_against_mpmath(bound):
    for sign, d in (
        (1.0, ll.Truncated(ll.Gaussian(0.0, 1.0), bound)),
        (-1.0, ll.Truncated(ll.Gaussian(0, 1), high=-bound)),
    ):
        with mp.workdps(40):
            mass = mp.ncdf(-bound)
            for q in (1e-12, 0.3, 0.9, 1e-300):
                y = sign * float(d.isf(q) if sign > 0.0 else d.ppf(q))
                np.testing.assert_allclose(float(mp.log(mp.ncdf(-y) / mass)), np.log(q), rtol=1e-10)
                np.testing.assert_allclose(d.log_sf(y) if sign > 0 else d.log_cdf(-y), np.log(q), rtol=1e-9)
            density = mp.npdf(bound) / mass
            np.testing.assert_allclose(d.log_prob(sign * bound), float(mp.log(density)), rtol=1e-11)
            mean = density
            var = 1 + bound * density - density**2
            np.testing.assert_allclose(d.mean(), sign * float(mean), rtol=1e-11)
            np.testing.assert_allclose(d.var(), float(var), rtol=1e-8)
        drawn = d.sample(1000, rng=0)
        assert scipy.stats.kstest(drawn, d.cdf).pvalue > 1e-4


FAR = [
    ll.Truncated(ll.Gaussian(60.0, 1.0), 0.0, 1.0),
    ll.Truncated(ll.Gaussian(60.0, 1.0), high=1.0),
    ll.Truncated(ll.Gaussian(0.0, 1.0), -40.0, -39.0),
    ll.Truncated(ll.Gaussian(0.0, 1.0), 39.0, 40.0),
    ll.Truncated(ll.Gaussian([60.0, 0.0, 0.5], 1.0), 0.0, [1.0, np.inf, 1.0]),
    ll.Truncated(ll.Laplace(1000.0, 1.0), 0.0, 1.0),
    ll.Truncated(ll.Laplace(1000.0, 1.0), high=1.0),
    ll.Truncated(ll.Gamma(200.0, 0.001), 0.0, 0.01),
    ll.Truncated(ll.LogNormal(10.0, 0.2), 0.0, 1.0),
    ll.Truncated(ll.Weibull(1.0, 50.0), 0.0, 1e-8),
    ll.Truncated(ll.Beta(300.0, 1.0), 0.0, 0.05),
    ll.Truncated(ll.Transformed(ll.Gaussian(60.0, 1.0), ll.Log()), 0.0, 3.0),
]


@pytest.mark.parametrize("d", FAR, ids=repr)
def test_quantiles_where_the_base_has_none(d):
    q = np.array([2e-6, 1e-3, 0.01, 0.3, 0.5, 0.8, 0.99, 1.0 - 2e-6]).reshape((-1,) + (1,) * len(d.batch_shape))
    y = d.ppf(q)
    np.testing.assert_allclose(d.cdf(y), np.broadcast_to(q, y.shape), rtol=0.0, atol=1e-9)
    np.testing.assert_allclose(d.sf(d.isf(q)), np.broadcast_to(q, y.shape), rtol=0.0, atol=1e-9)
    np.testing.assert_allclose(d.cdf(d.median()), 0.5, rtol=1e-9)
    for end, p in zip(d.interval(0.9), (0.05, 0.95), strict=True):
        np.testing.assert_allclose(d.cdf(end), p, rtol=1e-9)
    assert np.all(np.diff(y, axis=0) > 0.0)
    for u in np.moveaxis(d.cdf(d.sample(500, rng=3)).reshape(500, -1), -1, 0):
        assert scipy.stats.kstest(u, "uniform").pvalue > 1e-4


def test_far_quantiles_against_closed_forms():
    q = np.array([1e-6, 0.01, 0.5, 0.99])
    y = ll.Truncated(ll.Laplace(1000.0, 1.0), 0.0, 1.0).ppf(q)
    np.testing.assert_allclose(y, np.log1p(q * np.expm1(1.0)), rtol=1e-10)
    y = ll.Truncated(ll.Beta(300.0, 1.0), 0.0, 0.05).ppf(q)
    np.testing.assert_allclose(y, 0.05 * q ** (1.0 / 300.0), rtol=1e-12)


def test_counts_hold_both_ends():
    d = ll.Truncated(ll.Poisson(3.5), 2.0, 5.0)
    k = np.arange(2.0, 6.0)
    p = scipy.stats.poisson(3.5).pmf(k)
    p /= p.sum()
    np.testing.assert_allclose(np.exp(d.log_prob(np.arange(8.0))), [0.0, 0.0, *p, 0.0, 0.0], rtol=1e-12)
    np.testing.assert_allclose(d.cdf(k), np.cumsum(p), rtol=1e-12)
    np.testing.assert_allclose(d.mean(), (p * k).sum(), rtol=1e-12)
    assert (float(d.ppf(0.0)), float(d.ppf(1.0)), float(d.mode())) == (2.0, 5.0, 3.0)
    assert d.support.contains(np.array([1.0, 2.0, 2.5, 5.0, 6.0])).tolist() == [False, True, False, True, False]


def test_counts_beyond_all_that_can_be_summed():
    base = ll.Discretised(ll.Laplace(0.0, [1e300, 3.0]))
    d = ll.Truncated(base, [1e300, 3.0])
    with pytest.warns(UserWarning, match="entropy is nan"):
        entropy = d.entropy()
    rate = 1.0 / 3.0  # from a bound on, the rest is geometric
    want = -np.log(-np.expm1(-rate)) + rate * np.exp(-rate) / -np.expm1(-rate)
    np.testing.assert_allclose(entropy, [np.nan, want], rtol=1e-12)


def test_moments_that_do_not_exist():
    one_sided = ll.Truncated(ll.Cauchy(0.0, 1.0), 0.0)
    assert (float(one_sided.mean()), float(one_sided.var())) == (np.inf, np.inf)
    assert float(ll.Truncated(ll.StudentT(1.5, 0.0, 1.0), 0.0).var()) == np.inf
    both = ll.Truncated(ll.Cauchy(0.0, 1.0), -1.0, 1.0)
    np.testing.assert_allclose(both.var(), 4.0 / np.pi - 1.0, rtol=1e-10)


MISTAKES = {
    "order": (lambda: ll.Truncated(ll.Gaussian(0.0, 1.0), 2.0, [3.0, 1.0]), "low must be below high, got 2.0 and 1.0"),
    "nan": (lambda: ll.Truncated(ll.Gaussian(0.0, 1.0), np.nan), "low must be below high"),
    "empty": (lambda: ll.Truncated(ll.Gamma(1.0, 1.0), -2.0, -1.0), "Gamma has no probability between -2.0 and -1.0"),
    "between counts": (lambda: ll.Truncated(ll.Poisson(1.0), 0.2, 0.8), "Poisson has no probability between"),
    "classes": (lambda: ll.Truncated(ll.Categorical(np.zeros(3)), 0.0, 1.0), "Categorical is one of classes"),
    "vectors": (
        lambda: ll.Truncated(ll.Independent(ll.Gaussian([0.0], 1.0)), 0.0),
        "one number, and each y of Independent has shape",
    ),
    "Censored": (lambda: ll.Truncated(ll.Censored(ll.Poisson(1.0)), 0.0), "base must not be Censored"),
    "no distribution": (lambda: ll.Truncated(3.0, 0.0), "base must be a distribution, not 3.0"),
    "shapes": (lambda: ll.Truncated(ll.Gaussian(np.zeros(3), 1.0), [0.0, 1.0]), "does not go with parameters"),
}


@pytest.mark.parametrize(("mistake", "message"), MISTAKES.values(), ids=MISTAKES)
def test_mistakes(mistake, message):
    with pytest.raises(ll.ParameterError, match=message):
        mistake()
