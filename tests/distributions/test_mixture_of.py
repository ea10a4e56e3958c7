"""Mixtures of several families against formulas of SciPy and mpmath, and against plain mixtures where all are one."""

import copy
import pickle

import numpy as np
import pytest
import scipy.stats
from mpmath import mp
from scipy.special import logsumexp

import likelinet as ll
from tests.distributions.test_sampling import ALPHA, kolmogorov_smirnov_p
from tests.integrals import over

N = 40_000
LOC, SCALE, RATE = np.array([-1.0, 0.7]), np.array([0.6, 1.5]), np.array([0.8, 4.0])
W = np.array([[0.2, 0.5, 0.3], [0.6, 0.0, 0.4]])
Q = np.array([1e-12, 1e-5, 0.02, 0.5, 0.8])[:, None]
CASES = {
    "line": (
        [ll.Gaussian(LOC, SCALE), ll.StudentT(3.5, LOC + 1.0, SCALE), ll.Logistic(0.3, RATE)],
        [scipy.stats.norm(LOC, SCALE), scipy.stats.t(3.5, LOC + 1.0, SCALE), scipy.stats.logistic(0.3, RATE)],
    ),
    "positive and all": (
        [ll.Gamma(2.5, RATE), ll.LogNormal(0.2 * LOC, 0.5), ll.Gaussian(LOC, SCALE)],
        [
            scipy.stats.gamma(2.5, scale=1.0 / RATE),
            scipy.stats.lognorm(0.5, scale=np.exp(0.2 * LOC)),
            scipy.stats.norm(LOC, SCALE),
        ],
    ),
    "counts": (
        [ll.Poisson(RATE), ll.NegativeBinomial(2.0, logits=np.log(RATE)), ll.Binomial(6, probs=[0.3, 0.6])],
        [
            scipy.stats.poisson(RATE),
            scipy.stats.nbinom(2.0, 1.0 / (1.0 + RATE)),
            scipy.stats.binom(6, np.array([0.3, 0.6])),
        ],
    ),
}
each = pytest.mark.parametrize("name", CASES)
dense = pytest.mark.parametrize("name", [n for n in CASES if n != "counts"])


def made(name):
    parts, oracles = CASES[name]
    return ll.MixtureOf(parts, W), oracles


def of_all(oracles, method, *args):
    """Return the weighted sum of what SciPy says of each part."""
    values = [
        np.broadcast_to(getattr(o, method)(*args), np.broadcast_shapes((2,), *map(np.shape, args))) for o in oracles
    ]
    return sum(w * np.where(w > 0.0, v, 0.0) for w, v in zip(W.T, values, strict=True))


@each
def test_densities_and_probabilities(name):
    d, oracles = made(name)
    y = d.ppf(np.array([0.001, 0.1, 0.5, 0.9, 0.999])[:, None])
    density = of_all(oracles, "pmf" if d.support.integer else "pdf", y)
    np.testing.assert_allclose(d.log_prob(y), np.log(density), rtol=1e-11, atol=1e-12)
    for method in ("cdf", "sf"):
        np.testing.assert_allclose(getattr(d, method)(y), of_all(oracles, method, y), rtol=1e-11)
    between = of_all(oracles, "cdf", y[3]) - of_all(oracles, "cdf", y[1])
    np.testing.assert_allclose(np.exp(d.log_prob_between(y[1], y[3])), between, rtol=1e-10)


def test_tails_have_the_digits_of_the_parts():
    d = ll.MixtureOf([ll.Gaussian(0.0, 1.0), ll.Gumbel(0.0, 0.1)], [0.25, 0.75])
    for y in (-0.6, -20.0, -38.0, 8.0, 30.0):
        with mp.workdps(400):
            inner = mp.exp(-mp.mpf(y) / mp.mpf(0.1))
            log_cdf = mp.log(mp.ncdf(y) / 4 + 3 * mp.exp(-inner) / 4)
            log_sf = mp.log(mp.ncdf(-y) / 4 - 3 * mp.expm1(-inner) / 4)
        np.testing.assert_allclose(d.log_cdf(y), float(log_cdf), rtol=1e-12, atol=1e-300)
        np.testing.assert_allclose(d.log_sf(y), float(log_sf), rtol=1e-12, atol=1e-300)


@each
def test_quantiles(name):
    d, oracles = made(name)
    for quantile, tail, sign in ((d.ppf, "cdf", 1.0), (d.isf, "sf", -1.0)):
        y = quantile(Q)
        at = of_all(oracles, tail, y)
        if d.support.integer:
            assert (sign * (at - Q) >= 0.0).all()
            assert (sign * (of_all(oracles, tail, y - 1.0) - Q) < 0.0).all()
        else:
            np.testing.assert_allclose(at, np.broadcast_to(Q, at.shape), rtol=1e-11)
    np.testing.assert_array_equal(d.median(), d.ppf(0.5))
    low, high = d.interval(0.9)
    np.testing.assert_allclose((low, high), (d.ppf(0.05), d.isf(0.05)), rtol=1e-12)


@each
def test_moments(name):
    d, oracles = made(name)
    mean = of_all(oracles, "mean")
    second = sum(w * (o.var() + o.mean() ** 2) for w, o in zip(W.T, oracles, strict=True))
    np.testing.assert_allclose(d.mean(), mean, rtol=1e-12)
    np.testing.assert_allclose(d.var(), second - mean**2, rtol=1e-11)
    np.testing.assert_allclose(d.std(), np.sqrt(second - mean**2), rtol=1e-11)


def row(oracles, i, method):
    """Return a function of numbers: the weighted sum over the parts of one row."""
    return lambda t: of_all(oracles, method, np.asarray(t)[..., None])[..., i]


@dense
def test_scores_and_divergences(name):
    d, oracles = made(name)
    y, other = d.ppf(0.3), d[::-1]
    crps, entropy, kl = d.crps(y), d.entropy(), d.kl_divergence(other)
    for i in range(2):
        p, q = row(oracles, i, "pdf"), row(oracles, 1 - i, "pdf")
        cdf, sf = row(oracles, i, "cdf"), row(oracles, i, "sf")
        outer = np.concatenate([d[i].ppf([1e-12, 1e-6, 1e-3, 0.05, 0.5, 0.95]), d[i].isf([1e-3, 1e-6, 1e-12])])
        points = sorted({*outer.tolist(), 0.0})
        below, above = [t for t in points if t < y[i]], [t for t in points if t > y[i]]
        want = over(lambda t, f=cdf: f(t) ** 2, [*below, y[i]]) + over(lambda t, f=sf: f(t) ** 2, [y[i], *above])
        np.testing.assert_allclose(crps[i], want, rtol=1e-7)
        np.testing.assert_allclose(entropy[i], over(lambda t, p=p: -p(t) * np.log(p(t)), points), rtol=1e-7)
        np.testing.assert_allclose(kl[i], over(lambda t, p=p, q=q: p(t) * np.log(p(t) / q(t)), points), rtol=1e-7)


def test_scores_and_divergences_of_counts():
    d, oracles = made("counts")
    k, y = np.arange(400.0)[:, None], np.array([2.0, 3.0])
    p, cdf, sf = (of_all(oracles, m, k) for m in ("pmf", "cdf", "sf"))
    q = p[:, ::-1]
    np.testing.assert_allclose(d.entropy(), -(p * np.log(np.maximum(p, 1e-300))).sum(0), rtol=1e-11)
    np.testing.assert_allclose(d.crps(y), (np.where(k < y, cdf, sf) ** 2).sum(0), rtol=1e-11)
    terms = np.where(p > 0.0, p * np.log(np.maximum(p, 1e-300) / np.maximum(q, 1e-300)), 0.0)
    np.testing.assert_allclose(d.kl_divergence(d[::-1])[0], terms[:, 0].sum(), rtol=1e-9)


def test_wide_counts():
    d = ll.MixtureOf([ll.Poisson(9000.0), ll.Mixture(ll.Binomial([24000, 30000], 0.0), probs=[0.3, 0.7])], [0.6, 0.4])
    k, y = np.arange(32_000.0), np.array([9050.0, 13_000.0])
    oracles = scipy.stats.poisson(9000.0), scipy.stats.binom(24000, 0.5), scipy.stats.binom(30000, 0.5)
    p = sum(w * o.pmf(k) for w, o in zip((0.6, 0.12, 0.28), oracles, strict=True))
    cdf, sf = p.cumsum(), 1.0 - p.cumsum()
    np.testing.assert_allclose(d.entropy(), scipy.stats.entropy(p), rtol=1e-9)
    want = [(np.where(k < t, cdf, sf) ** 2).sum() for t in y]
    np.testing.assert_allclose(d.crps(y), want, rtol=1e-9)
    np.testing.assert_array_equal(d.ppf([0.3, 0.601, 0.9]), np.searchsorted(cdf, [0.3, 0.601, 0.9]))


@each
def test_draws(name):
    d, oracles = made(name)
    draws = d.sample(N, rng=3)
    assert draws.shape == (N, 2)
    np.testing.assert_array_equal(d.sample((4, 5), rng=7).reshape(20, 2), d.sample(20, rng=7))
    assert d.sample((2, 0), rng=1).shape == (2, 0, 2)
    for i in range(2):
        if d.support.integer:  # of a sum of independent choices, each has a binomial number
            for k in d[i].ppf([0.1, 0.5, 0.9]):
                assert scipy.stats.binomtest(int((draws[:, i] <= k).sum()), N, row(oracles, i, "cdf")(k)).pvalue > ALPHA
        else:
            assert kolmogorov_smirnov_p(draws[:, i], row(oracles, i, "cdf")) > ALPHA


@dense
def test_mode_is_the_highest_point_of_a_fine_grid(name):
    d, oracles = made(name)
    grid = np.linspace(d.ppf(1e-3), d.isf(1e-3), 4001)
    assert (np.exp(d.log_prob(d.mode())) >= of_all(oracles, "pdf", grid).max(0) * (1.0 - 1e-9)).all()


def test_a_density_without_bound_where_a_part_begins():
    d = ll.MixtureOf([ll.Gamma([0.3, 2.0], 1.0), ll.Gaussian(-2.0, 1.0)], [0.4, 0.6])
    mode = d.mode()
    assert mode[0] == 0.0
    np.testing.assert_allclose(mode[1], -2.0, atol=1e-9)


# ---- parts that are of one family: as a plain mixture ----------------------------------------------------------------

ROWS = np.array([[0.5, 2.0], [1.5, 0.7], [4.0, 1.0]])
PAIRS = {
    "Gaussian": lambda p: ll.Gaussian(p, 0.3 * p),
    "Gamma": lambda p: ll.Gamma(p, 1.3),
    "Beta": lambda p: ll.Beta(p, 1.8),
    "Poisson": lambda p: ll.Poisson(3.0 * p),
    "Hurdle": lambda p: ll.Hurdle(ll.Gamma(p, 1.3), 0.4),
}
SHARES = np.array([[0.3, 0.7], [1.0, 0.0], [0.5, 0.5]])


@pytest.mark.parametrize("name", PAIRS)
def test_as_a_plain_mixture(name):
    make = PAIRS[name]
    plain, d = ll.Mixture(make(ROWS), probs=SHARES), ll.MixtureOf([make(ROWS[:, 0]), make(ROWS[:, 1])], SHARES)
    y = np.concatenate([plain.ppf(np.array([1e-9, 0.1, 0.6, 0.999])[:, None]), np.array([[-9.0, np.inf, np.nan]])])
    for method in ("log_prob", "nll", "cdf", "sf", "log_cdf", "log_sf", "crps"):
        np.testing.assert_allclose(getattr(d, method)(y), getattr(plain, method)(y), rtol=1e-7, err_msg=method)
    for method in ("mean", "var", "std", "median", "mode", "entropy"):
        np.testing.assert_allclose(getattr(d, method)(), getattr(plain, method)(), rtol=1e-8, atol=1e-9, err_msg=method)
    q = np.array([0.0, 1e-9, 0.3, 0.999, 1.0, np.nan, 1.5])[:, None]
    for method in ("ppf", "isf"):
        np.testing.assert_allclose(getattr(d, method)(q), getattr(plain, method)(q), rtol=1e-10, err_msg=method)
    np.testing.assert_allclose(d.interval(0.8), plain.interval(0.8), rtol=1e-10)
    np.testing.assert_allclose(d.endpoints(), plain.endpoints())
    np.testing.assert_allclose(d.kl_divergence(plain), 0.0, atol=1e-9)
    low, high = plain.ppf(0.2), plain.ppf(0.95)
    np.testing.assert_allclose(d.log_prob_between(low, high), plain.log_prob_between(low, high), rtol=1e-10)
    np.testing.assert_allclose(d.given(low, high).mean(), plain.given(low, high).mean(), rtol=1e-8)
    np.testing.assert_allclose(d.linear_moments(), plain.linear_moments(), rtol=1e-10)


def test_angles_as_a_plain_mixture():
    plain = ll.Mixture(ll.VonMises(ROWS, 2.0), probs=SHARES)
    d, y = (
        ll.MixtureOf([ll.VonMises(ROWS[:, 0], 2.0), ll.VonMises(ROWS[:, 1], 2.0)], SHARES),
        np.array([-1.0, 0.5, 3.0]),
    )
    by = np.array([0.3, 1.0, -2.0])
    for a, b in ((d, plain), (d.turned(by), plain.turned(by))):
        for method in ("mean", "var", "mode"):
            np.testing.assert_allclose(getattr(a, method)(), getattr(b, method)(), rtol=1e-10, err_msg=method)
        np.testing.assert_allclose(a.log_prob(y), b.log_prob(y), rtol=1e-12)
    np.testing.assert_allclose(d.linear_moments(), plain.linear_moments(), rtol=1e-9)


# ---- weights, rows and copies ----------------------------------------------------------------------------------------


def test_a_part_of_weight_0_counts_for_nothing():
    alone = ll.Gaussian([2.0, 3.0], 1.0)
    d, y = ll.MixtureOf([ll.StudentT(0.8, 0.0, 1.0), alone], [0.0, 1.0]), np.array([-3.0, 4.0])
    for method in ("mean", "var", "median", "mode", "entropy"):
        np.testing.assert_allclose(getattr(d, method)(), getattr(alone, method)(), rtol=1e-9, atol=1e-9, err_msg=method)
    for method in ("log_prob", "cdf", "sf", "crps"):
        np.testing.assert_allclose(getattr(d, method)(y), getattr(alone, method)(y), rtol=1e-8, err_msg=method)


def test_between_and_beyond_all_parts_there_is_nothing():
    d = ll.MixtureOf(
        [ll.Truncated(ll.Gaussian(0.0, 1.0), -1.0, 1.0), ll.Truncated(ll.Gamma(2.0, 0.5), 4.0)], [0.3, 0.7]
    )
    np.testing.assert_array_equal(d.log_prob([-2.0, 2.0]), [-np.inf, -np.inf])
    np.testing.assert_allclose(d.cdf([-2.0, 2.0, 3.9]), [0.0, 0.3, 0.3], rtol=1e-14)
    assert (d.support.low, d.support.high, d.ppf(0.0), d.ppf(1.0)) == (-1.0, np.inf, -1.0, np.inf)
    np.testing.assert_array_equal(d.log_prob_between([1.5, 3.0], [2.0, 3.5]), [-np.inf, -np.inf])
    from_0 = ll.MixtureOf([ll.Gamma(2.0, 1.0), ll.HalfNormal(1.0)], [0.5, 0.5])
    assert from_0.support.contains(np.zeros(()))


def test_a_row_in_which_a_part_is_nan():
    with pytest.warns(UserWarning, match="row 2"):
        part = ll.Truncated(ll.Weibull([1.0, 1e-7], [2.0, 50.0]), 1.0)
    d, whole = (
        ll.MixtureOf([part, ll.Gamma(2.0, 1.0)], [0.5, 0.5]),
        ll.MixtureOf([part[0], ll.Gamma(2.0, 1.0)], [0.5, 0.5]),
    )
    for method in ("mean", "var", "entropy", "median"):
        values = getattr(d, method)()
        np.testing.assert_allclose(values[0], getattr(whole, method)(), rtol=1e-12, err_msg=method)
        assert np.isnan(values[1])
    assert np.isnan(d.sample(3, rng=0)[:, 1]).all()


def test_rows_and_copies():
    d, _ = made("line")
    y = np.array([0.3, -1.2])
    for other in (pickle.loads(pickle.dumps(d)), copy.deepcopy(d)):
        np.testing.assert_array_equal(other.log_prob(y), d.log_prob(y))
        assert repr(other) == repr(d)
    assert repr(d[0]).startswith("MixtureOf([Gaussian(")
    for i in range(2):
        for method in ("log_prob", "cdf", "crps"):
            assert getattr(d[i], method)(y[i]) == getattr(d, method)(y)[i]
    assert d[[1, 0, 1]].batch_shape == (3,)
    assert ll.MixtureOf([ll.Gaussian(0.0, 1.0), ll.Laplace(LOC, 1.0)], W[:1, :2] / W[0, :2].sum()).batch_shape == (2,)
    names = d.values_by_name()
    np.testing.assert_allclose(names["weight"], W)
    np.testing.assert_array_equal(names["part_2_loc"], LOC + 1.0)


def test_within_other_distributions():
    d, oracles = made("line")
    y = np.array([0.4, 2.0])
    moved = ll.Transformed(d, ll.Affine(10.0, 2.0))
    np.testing.assert_allclose(moved.log_prob(10.0 + 2.0 * y), np.log(of_all(oracles, "pdf", y) / 2.0), rtol=1e-12)
    rounded = ll.Discretised(d)
    mass = of_all(oracles, "cdf", y.round() + 0.5) - of_all(oracles, "cdf", y.round() - 0.5)
    np.testing.assert_allclose(np.exp(rounded.log_prob(y.round())), mass, rtol=1e-10)
    two = ll.Mixture(d, probs=[0.3, 0.7])
    np.testing.assert_allclose(two.log_prob(0.4), logsumexp(d.log_prob(0.4), b=[0.3, 0.7]), rtol=1e-12)
    np.testing.assert_allclose(two.mean(), d.mean() @ [0.3, 0.7], rtol=1e-12)
    both = d[0].kl_divergence(two), two.entropy()
    assert np.isfinite(both).all()
