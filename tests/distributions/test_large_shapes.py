"""Incomplete gamma functions of large shapes far from the mean, and what is made of them, against mpmath."""

import functools

import numpy as np
import pytest
from mpmath import mp

import likelinet as ll
from tests import exact_tails

SHAPES = np.array([7e4, 3e7, 1e12])
AWAY = np.array([4.45, 4.6, 15.0, 45.0])  # standard deviations below or above the mean


@functools.cache
def far_points(sign: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return shapes, points below or above their means, and the logarithms of the tails there."""
    a, away = (v.ravel() for v in np.meshgrid(SHAPES, AWAY))
    x = np.floor(a + sign * away * np.sqrt(a))
    with mp.workdps(28):
        rows = zip(a.tolist(), x.tolist(), strict=True)
        return a, x, np.array([float(exact_tails.log_gamma_tail(*row)) for row in rows])


@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_both_tails_of_a_gamma(sign):
    a, x, want = far_points(sign)
    d = ll.Gamma(a, 1.0)
    log_near, near, log_far, far = (
        (d.log_cdf(x), d.cdf(x), d.log_sf(x), d.sf(x)) if sign < 0.0 else (d.log_sf(x), d.sf(x), d.log_cdf(x), d.cdf(x))
    )
    np.testing.assert_allclose(log_near, want, rtol=1e-11)
    shown = want > -690.0
    np.testing.assert_allclose(near[shown], np.exp(want[shown]), rtol=1e-10)
    np.testing.assert_allclose(log_far, np.log1p(-np.exp(want)), rtol=1e-10, atol=1e-300)
    np.testing.assert_allclose(near + far, 1.0, rtol=1e-15)
    inverse = ll.InverseGamma(a, 1.0)
    np.testing.assert_allclose(inverse.log_sf(1.0 / x) if sign < 0.0 else inverse.log_cdf(1.0 / x), want, rtol=1e-9)


def test_quantiles_of_a_gamma():
    a, x, log_p = far_points(-1.0)
    shown = log_p > -690.0
    a, x, p = a[shown], x[shown], np.exp(log_p[shown])
    np.testing.assert_allclose((ll.Gamma(a, 2.0).ppf(p) * 2.0 - a) / np.sqrt(a), (x - a) / np.sqrt(a), rtol=1e-8)
    np.testing.assert_allclose((1.0 / ll.InverseGamma(a, 1.0).isf(p) - a) / np.sqrt(a), (x - a) / np.sqrt(a), rtol=1e-8)


EXACT_VALUES = {
    "poisson 1e6": (lambda: ll.Poisson(1e6).sf(1e6 + 4600), 2.141589e-6),
    "poisson 1e8": (lambda: ll.Poisson(1e8).sf(1e8 + 46000), 2.115356e-6),
    "gamma 1e8": (lambda: ll.Gamma(1e8, 1.0).cdf(1e8 - 4.6e4), 2.105649e-6),
    "gamma 1e9": (lambda: ll.Gamma(1e9, 1.0).cdf(1e9 - 4.6 * 1e9**0.5), 2.110301e-6),
    "isf": (lambda: ll.Poisson(1e8).isf(1e-6), 100047538.0),
    "censored": (
        lambda: ll.Censored(ll.Poisson(1e8)).nll(ll.Interval(np.array([1e8 + 46000]), np.array([np.inf]))),
        13.06580735,
    ),
}


@pytest.mark.parametrize(("got", "want"), EXACT_VALUES.values(), ids=EXACT_VALUES)
def test_exact_values(got, want):
    np.testing.assert_allclose(got(), want, rtol=4e-7 if want < 1.0 else 1e-9)


def test_the_tail_of_a_poisson_is_the_sum_of_its_masses():
    d, low = ll.Poisson(1e8), 1e8 + 46000.0
    k = low + np.arange(60000.0)
    masses = np.exp(ll.Truncated(d, low=low).log_prob(k))
    np.testing.assert_allclose(masses.sum(), 1.0, rtol=1e-11)
    k = 1e8 + np.arange(43000.0, 47000.0, 100.0)  # across where another formula takes over
    np.testing.assert_allclose(
        d.sf(k) - d.sf(k + 100.0), [np.exp(d.log_prob(v + np.arange(1.0, 101.0))).sum() for v in k], rtol=1e-9
    )


@pytest.mark.parametrize("logits", [-18.2, -13.2, 10.7, 16.1])
@pytest.mark.parametrize("n", [3e8, 8e8])
def test_the_tails_of_many_trials_are_the_sums_of_their_masses(n, logits):
    d = ll.Binomial(n, logits)
    for q in (1e-3, 1e-20, 1e-200):
        k = d.isf(q)
        beyond = np.exp(d.log_prob(np.arange(k + 1.0, min(k + 20000.0, n) + 1.0)))
        np.testing.assert_allclose(d.sf(k), beyond.sum(), rtol=1e-10)
        k = d.ppf(q)
        below = np.exp(d.log_prob(np.arange(max(k - 20000.0, 0.0), k + 1.0)))
        np.testing.assert_allclose(d.log_cdf(k), np.log(below.sum()), rtol=1e-10)


@pytest.mark.parametrize("rate", [1e14, 1e16, 1e20, 1e30])
def test_quantiles_of_a_huge_poisson(rate):
    low, high = ll.Poisson(rate).interval(0.9)
    want = 1.6448536269514722 * np.sqrt(rate)
    np.testing.assert_allclose([rate - low, high - rate], want, rtol=1e-6, atol=2.0 * np.spacing(rate))


def test_quantiles_of_a_huge_negative_binomial():
    d = ll.NegativeBinomial([0.5, 3.0, 1e5], logits=[50.0, 60.0, 45.0])
    q = np.array([0.05, 0.5, 0.95])[:, None]
    np.testing.assert_allclose(d.cdf(d.ppf(q)), np.broadcast_to(q, (3, 3)), rtol=1e-9)
    np.testing.assert_allclose(d.sf(d.isf(q)), np.broadcast_to(q, (3, 3)), rtol=1e-9)


def test_entropy_of_a_poisson_that_is_nearly_always_zero():
    rate = np.array([1e-300, 1e-30, 1e-9, 1e-3])
    k = np.arange(8.0)[:, None]
    with np.errstate(divide="ignore"):
        log_p = k * np.log(rate) - rate - np.cumsum(np.log(np.maximum(k, 1.0)), axis=0)
    np.testing.assert_allclose(ll.Poisson(rate).entropy(), -np.sum(np.exp(log_p) * log_p, axis=0), rtol=1e-9)


def test_gradients_of_the_tails_of_a_large_shape():
    a, rate, away = np.full(4, 1e8), np.ones(4), np.array([-4.3, -4.6, -10.0, 4.6])
    y = a + away * np.sqrt(a)
    log_cdf, log_sf, backward = ll.Gamma.tails((a, rate), y)
    for upper, tail in enumerate((log_cdf, log_sf)):
        d = np.ones(4)
        d_a, d_rate = backward(0.0 * d, d) if upper else backward(d, 0.0 * d)
        slope = np.exp(ll.Gamma(a, rate).log_prob(y) - tail) * (-1.0 if upper else 1.0)
        np.testing.assert_allclose(d_rate, slope * y, rtol=1e-9)
        # Of a large shape the tail goes with (y - a) / √a: this is its slope to order 1 / √a.
        np.testing.assert_allclose(d_a, -slope, rtol=3e-3)
