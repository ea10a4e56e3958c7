"""Quantiles that are searched for: of mixtures, of truncations, of families and counts without a closed form."""

import numpy as np
import pytest
import scipy.special
from mpmath import mp

import likelinet as ll
from likelinet.distributions.numerics.count_quantiles import least_count
from tests.cases import CONTINUOUS, COUNTS, Family
from tests.distributions.strategies import each

ROWS, K = 8, 3
LEVELS = np.array([1e-300, 1e-30, 1e-9, 1e-3, 0.1, 0.4, 0.5])[:, None]


def mixture_of(case: Family, seed: int = 0) -> ll.Mixture:
    rng = np.random.default_rng(seed)
    # With as many trials in each component, one of them is not the end of the others.
    u = rng.random((ROWS, K, len(case.columns)))
    if case.bound:
        u[..., [c.name == case.bound for c in case.columns]] = u[:, :1, [c.name == case.bound for c in case.columns]]
    return ll.Mixture(case.distribution(case.parameters(u)), 2.0 * rng.standard_normal((ROWS, K)))


@each(CONTINUOUS)
def test_mixtures_at_all_levels(case: Family):
    d, q = mixture_of(case), LEVELS if case.tails else LEVELS[3:]
    for quantile, log_tail in ((d.ppf, d.log_cdf), (d.isf, d.log_sf)):
        each = getattr(d.components, quantile.__name__)(np.broadcast_to(q[..., None], (len(q), ROWS, K)))
        y = quantile(q)
        assert ((each.min(-1) <= y) & (y <= each.max(-1))).all()
        # The two numbers next to y have the level between them, up to the rounding of tails.
        here, beside = log_tail(y), [log_tail(np.nextafter(y, s * np.inf)) for s in (-1.0, 1.0)]
        step = np.abs(beside[1] - beside[0])
        seen = np.isfinite(step) & (each.min(-1) < y) & (y < each.max(-1)) & (np.abs(y) > 1e-290)
        assert seen.mean() > 0.5
        gap = np.abs(here - np.log(q))
        assert (gap <= 1e-9 + 1e-12 * np.abs(np.log(q)) + 4.0 * step)[seen].all()


@each(CONTINUOUS)
def test_a_mixture_of_equals_has_the_quantiles_of_one(case: Family):
    d = case.distribution(case.parameters(np.random.default_rng(1).random((ROWS, len(case.columns)))))
    twice = ll.Mixture(d.map_arrays(lambda a, n: np.stack([a, a], axis=a.ndim - n)), probs=[0.3, 0.7])
    for q in (1e-200 if case.tails else 1e-9, 1e-5, 0.3, 0.9):
        np.testing.assert_array_equal(twice.ppf(q), d.ppf(q))
        np.testing.assert_array_equal(twice.isf(q), d.isf(q))


@each(COUNTS)
def test_mixtures_of_counts(case: Family):
    d = mixture_of(case)
    q = np.concatenate([LEVELS, [[0.8], [0.99]]])
    for quantile, tail, sign in ((d.ppf, d.cdf, 1.0), (d.isf, d.sf, -1.0)):
        y = quantile(q)
        assert (sign * (tail(y) - q) >= 0.0).all()
        assert ((sign * (tail(y - 1.0) - q) < 0.0) | (y == 0.0)).all()


def test_quantiles_do_not_leave_the_support():
    gammas = ll.Mixture(ll.Gamma([[0.5, 3.0]] * 20, np.geomspace(0.1, 10.0, 20)[:, None]), probs=[0.4, 0.6])
    assert (gammas.isf(1.0 - 2.0**-53) > 0.0).all()
    between = ll.Mixture(ll.Truncated(ll.Gaussian([0.0, 4.0], 1.0), 1.0, 6.0), probs=[0.4, 0.6])
    q = 1.0 - np.array([1e-3, 1e-12, 1e-15, 2.0**-53])
    assert (between.ppf(q) <= 6.0).all()
    assert (between.isf(q) >= 1.0).all()


def test_a_mixture_of_gaussians_against_mpmath():
    w, loc, scale = [0.9, 0.1], [0.0, 3.0], [1.0, 20.0]
    d = ll.Mixture(ll.Gaussian(loc, scale), probs=w)
    with mp.workdps(40):
        for q in (1e-300, 1e-20, 1e-4, 0.3, 0.5):
            target = mp.log(mp.mpf(q))

            def gap(y, sign, target=target):
                tails = (v * mp.ncdf(sign * (y - m) / s) for v, m, s in zip(w, loc, scale, strict=True))
                return mp.log(sum(tails)) - target

            for sign, got in ((1, d.ppf(q)), (-1, d.isf(q))):
                want = mp.findroot(lambda y, sign=sign: gap(y, sign), float(got) * (1.0 + 1e-3))
                np.testing.assert_allclose(float(got), float(want), rtol=1e-13)


def test_components_far_apart_and_weights_of_zero():
    d = ll.Mixture(ll.Gaussian([-1e6, 1e-300, 1e6], [1.0, 1e-300, 1.0]), probs=[0.25, 0.5, 0.25])
    q = np.array([0.1, 0.3, 0.5, 0.7, 0.9])
    want = [-1e6 + scipy.special.ndtri(0.4), 1e-300 * (1.0 + scipy.special.ndtri(0.1)), 1e-300]
    np.testing.assert_allclose(d.ppf(q)[:3], want, rtol=1e-13)
    np.testing.assert_allclose(d.isf(q)[::-1], d.ppf(q), rtol=1e-13)
    alone = ll.Mixture(ll.Gaussian([[0.0, 9.0]], 1.0), [[0.0, -np.inf]])
    np.testing.assert_array_equal(alone.ppf(0.2), ll.Gaussian([0.0], 1.0).ppf(0.2))


@pytest.mark.parametrize("rate", [1e3, 1e9, 1e15, 1e20])
def test_large_counts(rate):
    low, high = ll.Poisson(rate).interval(0.9)
    z = scipy.special.ndtri(0.95)
    # The Cornish-Fisher expansion, to the next term and one count.
    np.testing.assert_allclose(
        [low, high], rate + np.array([-z, z]) * np.sqrt(rate) + (z * z - 1.0) / 6.0, atol=1.5, rtol=1e-15
    )


def test_counts_past_a_valley():
    # Between the two peaks there is next to no mass to tell how far it is to the other one.
    d = ll.Mixture(ll.Poisson([[3.5, 1.6e5], [3.5, 1e12]]), probs=[0.7, 0.3])
    for q in (0.1, 1e-16):
        far = ll.Poisson([1.6e5, 1e12]).isf(q / 0.3)
        np.testing.assert_allclose(d.isf(q), far, atol=1.0, rtol=1e-15)
    np.testing.assert_array_equal(d.ppf(0.5), ll.Poisson([3.5, 3.5]).ppf(0.5 / 0.7))


def test_a_truncation_of_what_is_left_of_a_tail():
    d = ll.Truncated(ll.StudentT(3.0, 0.0, 1.0), 100.0)
    # Far out the tail falls with the cube of y.
    np.testing.assert_allclose(d.isf(1e-30), 1e12, rtol=3e-4)
    np.testing.assert_allclose(
        d.log_sf(d.isf(np.array([1e-300, 1e-30, 0.3]))), np.log([1e-300, 1e-30, 0.3]), rtol=1e-11
    )


def test_counts_from_a_guess_that_is_far_off():
    rates = np.array([1e-3, 3.0, 500.0, 1e4])
    for start in (0.0, -7.0, 800.0, 1e60, 1e300, np.inf, np.nan):
        for q, upper in ((1e-20, True), (1e-200, False), (0.7, False)):
            k = least_count(ll.Poisson(rates), np.array(q), np.full(4, start), upper=upper)
            np.testing.assert_array_equal(k, ll.Poisson(rates).isf(q) if upper else ll.Poisson(rates).ppf(q))
    whole = ll.Discretised(ll.Gaussian([-1e9, 0.0, 1e9], [1.0, 1e-3, 1e5]))
    for start in (0.0, -1e200, 1e200):
        np.testing.assert_array_equal(
            least_count(whole, np.array(0.5), np.full(3, start), upper=False), [-1e9, 0.0, 1e9]
        )


@pytest.mark.parametrize("start", [0.0, 1e20, np.inf, np.nan])
def test_a_search_for_a_count_beyond_all_numbers_ends(start, monkeypatch: pytest.MonkeyPatch):
    asked, cdf = [], ll.NegativeBinomial.cdf
    monkeypatch.setattr(ll.NegativeBinomial, "cdf", lambda d, y: asked.append(y) or cdf(d, y))
    vast = ll.NegativeBinomial([1e8, 1e4], [1e8, 800.0])
    np.testing.assert_array_equal(least_count(vast, np.array(0.3), np.full(2, start), upper=False), np.inf)
    assert len(asked) <= 110
    np.testing.assert_array_equal(ll.Hurdle(vast, 0.3).ppf([[0.2], [0.7]]), [[0.0, 0.0], [np.inf, np.inf]])


def test_quick_tails_are_the_general_ones():
    # Owen's T and the Fourier series stand in for quadratures where they have digits enough.
    rng, n = np.random.default_rng(2), 2000
    sign = np.sign(rng.standard_normal((2, n)))
    z, alpha = sign * 10.0 ** np.stack([rng.uniform(-6.0, 1.5, n), rng.uniform(-6.0, 9.0, n)])
    loc, k, y = rng.uniform(-4.0, 4.0, n), 10.0 ** rng.uniform(-6.0, 3.0, n), rng.uniform(-np.pi, np.pi, n)
    for d, at in ((ll.SkewNormal(np.zeros(n), 1.0, alpha), z), (ll.VonMises(loc, k), y)):
        with np.errstate(all="ignore"):
            log_cdf, log_sf = d.tails(tuple(np.broadcast_to(getattr(d, p.name), n) for p in d.parameters), at)[:2]
        for got, want in ((d.log_cdf(at), log_cdf), (d.log_sf(at), log_sf)):
            np.testing.assert_allclose(got, want, rtol=1e-11, atol=1e-300)
        np.testing.assert_allclose(d.cdf(at), np.exp(log_cdf), rtol=1e-11, atol=1e-300)
        np.testing.assert_allclose(d.sf(at), np.exp(log_sf), rtol=1e-11, atol=1e-300)
