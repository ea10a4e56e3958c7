"""CRPS, entropy, divergence and moments by quadrature: exact values, existence, and one law written in several ways."""

import itertools

import numpy as np
import pytest
import scipy.integrate
from mpmath import mp

import likelinet as ll
from likelinet.distributions.numerics import quadrature
from tests.cases import CONTINUOUS, Family
from tests.distributions.strategies import each


def pair(d: ll.Distribution) -> ll.Distribution:
    """Return the mixture of two distributions that are equal but for rounding: the same law, without closed forms."""
    components = d.map_arrays(lambda a, n: np.stack([a, np.nextafter(a, 0.0)], axis=a.ndim - n))
    return ll.Mixture(components, np.zeros((*d.batch_shape, 2)))


CRPS = {  # one law, y and the integral in mpmath
    "pareto 1.2": (ll.GeneralizedPareto(1.0, 1.2), 2.0, 0.987477436494),
    "pareto 1.7": (ll.GeneralizedPareto(1.0, 1.7), 2.0, 2.93171974007),
    "pareto 1.9": (ll.GeneralizedPareto(1.0, 1.9), 2.0, 9.55046028545),
    "log-logistic": (ll.LogLogistic(1.0, 1.0), 2.0, 0.802775422664),
    "inverse gamma": (ll.InverseGamma(1.0, 1.0), 2.0, 0.6928698104),
    "log-normal 12": (ll.LogNormal(0.0, 12.0), 1.0, 399981265934749.4),
}


@pytest.mark.parametrize(("d", "y", "want"), CRPS.values(), ids=CRPS)
def test_crps_of_heavy_tails(d, y, want):
    np.testing.assert_allclose(d.crps(y), want, rtol=1e-9)
    np.testing.assert_allclose(pair(d).crps(y), want, rtol=1e-9)
    np.testing.assert_allclose(ll.ZeroInflated(d, gate=0.0).crps(y), want, rtol=1e-9)


WITH_INDEX = {  # of a tail index: P(Y > y) falls as its power of 1 / y
    "pareto": lambda a: ll.GeneralizedPareto(2.0, 1.0 / a),
    "log-logistic": lambda a: ll.LogLogistic(2.0, a),
    "inverse gamma": lambda a: ll.InverseGamma(a, 2.0),
    "student t": lambda a: ll.StudentT(a, 0.3, 2.0),
}
INDEX = np.array([0.3, 0.45, 0.5, 0.51, 0.6, 0.9, 1.0, 1.0002, 1.3, 1.7, 2.5])


@pytest.mark.parametrize("make", WITH_INDEX.values(), ids=WITH_INDEX)
def test_crps_exists_where_the_integral_of_the_squared_tail_does(make):
    d, finite = make(INDEX), INDEX > 0.5
    for y in (0.05, 1.5, 1e4):
        np.testing.assert_array_equal(np.isfinite(d.crps(y)), finite)
        np.testing.assert_allclose(pair(d).crps(y), d.crps(y), rtol=3e-9)
        gated = ll.ZeroInflated(d, gate=0.3).crps(y)
        exact = 0.3 * y + 0.7 * (d.crps(y) - 0.3 * np.where(finite, d.crps(0.0), 0.0))
        np.testing.assert_allclose(gated, exact, rtol=1e-12)
        np.testing.assert_array_equal(np.isfinite(ll.Truncated(d, low=0.5).crps(y)), finite)


def test_crps_of_heavy_tails_that_are_rounded():
    d = ll.GeneralizedPareto(1e5, [1.2, 1.9, 2.0, 2.5])
    for rounded in (ll.Discretised(d), pair(ll.Discretised(d))):
        np.testing.assert_allclose(rounded.crps(2e5), d.crps(2e5), rtol=1e-9)


@pytest.mark.parametrize("make", WITH_INDEX.values(), ids=WITH_INDEX)
def test_moments_exist_where_the_tail_says(make):
    index = np.array([0.4, 1.0, 1.5, 2.0, 2.1, 3.5])
    mean, var = ll.Truncated(make(index), low=0.1).mean(), ll.Truncated(make(index), low=0.1).var()
    np.testing.assert_array_equal(np.isfinite(mean), index > 1.0)
    np.testing.assert_array_equal(np.isfinite(var), index > 2.0)


@each(CONTINUOUS)
def test_one_law_written_in_four_ways(case: Family):
    d, y = case.batch(4, seed=3)
    entropy, crps = d.entropy(), d.crps(y)
    for same in (pair(d), ll.ZeroInflated(d, gate=0.0), ll.Truncated(d)):
        np.testing.assert_allclose(same.entropy(), entropy, rtol=1e-8, atol=1e-9)
        np.testing.assert_allclose(same.crps(y), crps, rtol=1e-8)
    if case.cls is not ll.VonMises:  # whose mean is a direction
        finite = np.isfinite(d.var())
        np.testing.assert_allclose(ll.Truncated(d).mean(), d.mean(), rtol=1e-8, atol=1e-9)
        np.testing.assert_allclose(ll.Truncated(d).var()[finite], d.var()[finite], rtol=1e-7)
    other = case.batch(4, seed=4)[0]
    np.testing.assert_allclose(pair(d).kl_divergence(pair(other)), d.kl_divergence(other), rtol=1e-7, atol=1e-10)


AT_UPPER_END = {  # as wrong as half their size before the distance to 1 was kept beside y
    "beta 3, .1": (ll.Beta(3.0, 0.1), -8.0107842781859),
    "beta .1, .1": (ll.Beta(0.1, 0.1), -6.2611255978388),
    "beta .5, .5": (ll.Beta(0.5, 0.5), -0.2415644752705),
    "kumaraswamy": (ll.Kumaraswamy(0.1, 0.1), -5.7759763344),
    "logit-normal": (ll.LogitNormal(0.0, 10.0), -4.3871024361439),
}


@pytest.mark.parametrize(("d", "want"), AT_UPPER_END.values(), ids=AT_UPPER_END)
def test_entropy_next_to_the_upper_end(d, want):
    for same in (d, pair(d), ll.Truncated(d), ll.ZeroInflated(d, gate=0.0)):
        np.testing.assert_allclose(same.entropy(), want, rtol=1e-8)


def test_divergence_and_moments_next_to_the_upper_end():
    a, b = ll.Beta(3.0, 0.1), ll.Beta(3.9, 0.08)
    np.testing.assert_allclose(pair(a).kl_divergence(pair(b)), a.kl_divergence(b), rtol=1e-8)
    small = ll.Beta([0.1, 0.3, 0.05], [0.1, 0.3, 0.05])
    np.testing.assert_allclose(ll.Truncated(small, high=1.0).mean(), 0.5, rtol=1e-9)
    np.testing.assert_allclose(ll.Truncated(small, high=1.0).var(), small.var(), rtol=1e-9)


def test_mirror_images():
    a, b = np.exp(np.random.default_rng(0).uniform(np.log(0.02), np.log(1e5), (2, 40)))
    one, mirrored = ll.Beta(a, b), ll.Beta(b, a)
    np.testing.assert_allclose(pair(one).entropy(), pair(mirrored).entropy(), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(pair(one).entropy(), one.entropy(), rtol=1e-8, atol=1e-9)
    np.testing.assert_allclose(ll.Truncated(one).mean(), 1.0 - ll.Truncated(mirrored).mean(), rtol=1e-9, atol=1e-12)


def log_uniform(low: float, high: float, n: int, seed: int = 0) -> np.ndarray:
    return np.exp(np.random.default_rng(seed).uniform(np.log(low), np.log(high), n))


WIDE = {
    "gaussian": lambda: ll.Gaussian(0.0, log_uniform(1e-6, 1e9, 20)),
    "student t": lambda: ll.StudentT(log_uniform(0.05, 1e9, 40), 1.0, 3.0),
    "gumbel": lambda: ll.Gumbel(-3.0, log_uniform(1e-6, 1e9, 20)),
    "gamma": lambda: ll.Gamma(log_uniform(1e-2, 1e9, 60), log_uniform(1e-6, 1e6, 60, 1)),
    "inverse gamma": lambda: ll.InverseGamma(log_uniform(2e-2, 1e9, 60), log_uniform(1e-6, 1e6, 60, 1)),
    "inverse gaussian": lambda: ll.InverseGaussian(log_uniform(1e-4, 1e4, 60), log_uniform(1e-4, 1e4, 60, 1)),
    "weibull": lambda: ll.Weibull(concentration=log_uniform(0.05, 1e4, 30), scale=2.0),
    "log-logistic": lambda: ll.LogLogistic(2.0, log_uniform(0.05, 1e4, 30)),
    "log-normal": lambda: ll.LogNormal(1.0, log_uniform(1e-5, 12.0, 30)),
    "pareto": lambda: ll.GeneralizedPareto(2.0, log_uniform(1e-6, 12.0, 30)),
    "asymmetric laplace": lambda: ll.AsymmetricLaplace(1.0, 2.0, np.linspace(0.001, 0.999, 11)),
    "beta": lambda: ll.Beta(log_uniform(1e-2, 1e8, 60), log_uniform(1e-2, 1e8, 60, 1)),
    "kumaraswamy": lambda: ll.Kumaraswamy(log_uniform(0.3, 1e3, 40), log_uniform(0.3, 1e3, 40, 1)),
    "johnson su": lambda: ll.JohnsonSU(np.linspace(-12.0, 12.0, 30), log_uniform(0.3, 1e4, 30), 1.0, 2.0),
    "von mises": lambda: ll.VonMises(1.0, log_uniform(1e-6, 1e8, 30)),
}


@pytest.mark.parametrize("make", WIDE.values(), ids=WIDE)
def test_a_wide_range_of_parameters_against_closed_forms(make):
    d = make()
    exact = d.entropy()
    scale = np.maximum(np.abs(exact), 1.0)
    np.testing.assert_allclose(pair(d).entropy() / scale, exact / scale, rtol=1e-8, atol=1e-8)
    if not d.is_angle:
        with np.errstate(all="ignore"):
            mean, var = quadrature.moments(d)
        sd = np.where(np.isfinite(d.std()), d.std(), 0.0)
        for got, want, size in ((mean, d.mean(), sd), (var, d.var(), 0.0)):
            some = np.isfinite(want) & (sd > 1e-9 * np.abs(d.mean()))  # else y has not the digits
            size = np.broadcast_to(np.abs(want) + size, some.shape)[some]
            np.testing.assert_allclose(got[some] / size, want[some] / size, rtol=1e-7, atol=1e-8)


def test_a_mixture_of_two_heavy_tails_against_mpmath():
    shape, scale, w, y = (0.6, 1.6), (3.0, 0.2), (0.3, 0.7), 1.7
    d = ll.Mixture(ll.GeneralizedPareto(np.array(scale), np.array(shape)), probs=np.array(w))

    def sf(t):
        return sum(v * (1 + x * t / s) ** (-1 / mp.mpf(x)) for v, x, s in zip(w, shape, scale, strict=True))

    with mp.workdps(20):
        lower = mp.quad(lambda t: (1 - sf(t)) ** 2, [0, 0.1, y])
        upper = mp.quad(lambda u: sf(mp.exp(u)) ** 2 * mp.exp(u), [mp.log(y), 3, 8, 20, 50, 150])
        np.testing.assert_allclose(d.crps(y), float(lower + upper), rtol=1e-9)


def test_crps_of_a_mixture_of_laplace_distributions():
    d = ll.Mixture(ll.Laplace([0.0, 3.0, -1.0, 0.5], [1.0, 0.2, 1.000001, 1.15]), probs=[0.2, 0.3, 0.4, 0.1])
    for y in (-4.0, 0.1, 3.0, 50.0):
        with np.errstate(all="ignore"):
            np.testing.assert_allclose(d.crps(y), quadrature.crps(d, np.array(y)), rtol=1e-9)
    one = ll.Laplace(1.0, 2.0)
    np.testing.assert_allclose(pair(one).crps(0.3), one.crps(0.3), rtol=1e-12)


TRUNCATED = ((1e6, 0.0, 1e3), (0.3, -1.0, 2.0), (0.3, 0.2999, 0.3001), (-40.0, 0.0, np.inf), (0.0, 2.0, 2.5))


@pytest.mark.parametrize(("loc", "low", "high"), TRUNCATED)
def test_moments_of_a_truncated_gaussian(loc, low, high):
    d = ll.Truncated(ll.Gaussian(loc, 1.0), low, high)
    with mp.workdps(50):
        a, b = mp.mpf(low) - mp.mpf(loc), mp.mpf(high) - mp.mpf(loc)
        pdf = [mp.exp(-(min(t * t, 1e30) - min(a * a, b * b)) / 2) for t in (a, b)]  # without what divides out
        mass = mp.sqrt(2 * mp.pi) * mp.exp(min(a * a, b * b) / 2)
        mass *= (
            (mp.erfc(a / mp.sqrt(2)) - mp.erfc(b / mp.sqrt(2))) / 2
            if b > 0
            else (mp.erfc(-b / mp.sqrt(2)) - mp.erfc(-a / mp.sqrt(2))) / 2
        )
        shift = (pdf[0] - pdf[1]) / mass
        ends = [t * p if p > 0 and abs(t) < 1e20 else 0 for t, p in zip((a, b), pdf, strict=True)]
        var = 1 + (ends[0] - ends[1]) / mass - shift**2
        np.testing.assert_allclose(d.mean(), float(mp.mpf(loc) + shift), rtol=1e-12)
        np.testing.assert_allclose(d.var(), float(var), rtol=1e-10)


def test_components_of_weight_0_and_gates_that_never_open():
    d = ll.Mixture(ll.StudentT([1.0, 5.0], [0.0, 2.0], 1.0), probs=[0.0, 1.0])
    np.testing.assert_allclose([d.mean(), d.var()], [2.0, 5.0 / 3.0], rtol=1e-12)
    assert ll.Mixture(ll.StudentT([1.0, 5.0], [0.0, 2.0], 1.0), logits=[-800.0, 0.0]).mean() == 2.0
    closed = ll.ZeroInflated(ll.GeneralizedPareto(1.0, 2.5), gate=1.0)
    assert [closed.mean(), closed.var(), closed.crps(2.0)] == [0.0, 0.0, 2.0]
    assert ll.Mixture(ll.InverseGamma([0.9, 3.0], [1.0, 1.0]), probs=[0.5, 0.5]).var() == np.inf


@each(CONTINUOUS)
def test_crps_of_an_infinite_y(case: Family):
    d = case.batch(2)[0]
    for one in (d, pair(d), ll.ZeroInflated(d, gate=0.2), ll.Truncated(d)):
        for y in (-np.inf, np.inf):
            assert (one.crps(y) == np.inf).all()
        assert np.isnan(one.crps(np.nan)).all()


def test_symmetry_where_a_moment_overflows():
    assert ll.JohnsonSU(0.0, 0.02, 3.0, 1.0).mean() == 3.0


GATED = [
    (ll.Hurdle, ll.Gamma, (900.0, 1.0)),
    (ll.Hurdle, ll.Beta, (900.0, 90.0)),
    (ll.ZeroInflated, ll.Gamma, (20.0, 1.0)),
    (ll.ZeroInflated, ll.LogNormal, (3.0, 0.1)),
    (ll.ZeroInflated, ll.InverseGamma, (50.0, 1.0)),
    (ll.ZeroInflated, ll.Gamma, (0.4, 1.0)),
]


@pytest.mark.parametrize(("wrapper", "family", "params"), GATED)
def test_crps_across_the_gap_between_an_atom_and_the_rest(wrapper, family, params):
    single = wrapper(family(*params), gate=0.3)
    mixed = ll.Mixture(wrapper(family(*([p, p] for p in params)), gate=0.3), probs=[0.5, 0.5])
    y = np.array([0.0, 0.5 * single.ppf(0.4), single.ppf(0.7), 3.0 * single.ppf(0.99)])
    np.testing.assert_allclose(mixed.crps(y), single.crps(y), rtol=1e-7)


@pytest.mark.parametrize(
    ("family", "first", "second"),
    [(ll.Gamma, (2.0, 1.0), (1e4, 1.0)), (ll.Gumbel, (0.0, 1.0), (1e4, 1.0)), (ll.Weibull, (1.0, 2.0), (1e4, 30.0))],
)
def test_crps_across_the_gap_between_components(family, first, second):
    d = ll.Mixture(family(*(np.array(p) for p in zip(first, second, strict=True))), probs=[0.5, 0.5])
    y = 2.0
    cuts = [-40.0, -5.0, 0.0, y, 10.0, 60.0, 1e3, 6e3, 8e3, 9e3, 9.5e3, 9.9e3, 1e4, 1.01e4, 1.05e4, 1.2e4]
    pieces = (
        scipy.integrate.quad(lambda t: (d.cdf(t) - (t >= y)) ** 2, a, b, epsabs=1e-12, epsrel=1e-12, limit=200)[0]
        for a, b in itertools.pairwise(cuts)
    )
    np.testing.assert_allclose(d.crps(y), sum(pieces), rtol=1e-8)


def test_a_quantile_next_to_a_bound():
    d = ll.Truncated(ll.Gamma(0.8, 1.0), low=0.6)
    np.testing.assert_allclose(d.ppf([1e-30, 1e-20, 1e-17, 1e-10]), 0.6, rtol=1e-9)
    np.testing.assert_allclose(ll.Gamma(0.8, 1.0).log_sf([1e154, 1e300]), [-1e154, -1e300], rtol=1e-14)
    whole, k = ll.Discretised(d), np.arange(1.0, 60.0)
    log_masses = whole.log_prob(k)
    np.testing.assert_allclose(whole.entropy(), -np.sum(np.exp(log_masses) * log_masses), rtol=1e-9)
    np.testing.assert_allclose(whole.mean(), np.sum(k * np.exp(log_masses)), rtol=1e-9)
