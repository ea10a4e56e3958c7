"""Quadrature over rows: digits of close distributions, bends far out, tails, and the numbering of panels."""

import itertools
from typing import Literal

import numpy as np
import pytest
import scipy.integrate
import scipy.stats
from mpmath import mp

import likelinet as ll
from likelinet.distributions.numerics import quadrature
from likelinet.distributions.numerics.layers import layers_of
from likelinet.distributions.numerics.legendre import times
from tests.distributions.test_numerical_defaults import pair

CLOSE = {  # a family by its parameters, and minus its log density but for constants, in mpmath
    "student t": (
        ll.StudentT,
        (3.7, 0.4, 1.3),
        lambda y, v, m, s: (
            (v + 1) / 2 * mp.log1p(((y - m) / s) ** 2 / v) + mp.log(s) + mp.log(v) / 2 + mp.log(mp.beta(v / 2, 0.5))
        ),
    ),
    "johnson su": (
        ll.JohnsonSU,
        (0.6, 1.1, 0.2, 1.4),
        lambda y, g, t, m, s: (
            (g + t * mp.asinh((y - m) / s)) ** 2 / 2 + mp.log1p(((y - m) / s) ** 2) / 2 + mp.log(s / t)
        ),
    ),
    "skew normal": (
        ll.SkewNormal,
        (0.3, 1.2, 1.5),
        lambda y, m, s, a: ((y - m) / s) ** 2 / 2 - mp.log(mp.ncdf(a * (y - m) / s)) + mp.log(s / 2),
    ),
}


@pytest.mark.parametrize(("family", "params", "nll"), CLOSE.values(), ids=CLOSE)
def test_divergences_of_close_distributions(family, params, nll):
    moved = [p * (1.0 + 1e-6 * (0.3 + 0.4 * i)) for i, p in enumerate(params)]
    constant = 0.0 if family is ll.StudentT else np.log(2.0 * np.pi) / 2.0
    with mp.workdps(34):
        first, second = ([mp.mpf(p) for p in v] for v in (params, moved))
        shift = mp.log(2 * mp.pi) / 2 if constant else mp.mpf(0)

        def integrand(u):
            y = mp.sinh(u)
            a = nll(y, *first)
            return mp.exp(-a - shift) * (nll(y, *second) - a) * mp.cosh(u)

        want = float(mp.quad(integrand, [-34, -12, -5, -2, 0, 1, 2, 5, 12, 34]))
    d, other = (family(*(np.full(2, p) for p in v)) for v in (params, moved))
    np.testing.assert_allclose(d.kl_divergence(other), want, rtol=1e-6)
    np.testing.assert_allclose(pair(d).kl_divergence(pair(other)), want, rtol=1e-6)
    np.testing.assert_array_equal(pair(d).kl_divergence(pair(d)), 0.0)


def test_a_divergence_from_a_mixture_whose_tail_changes_hands():
    p = ll.Mixture(ll.Weibull([0.85, 1.34, 3.75, 1.86, 1.93], [2.34, 1.85, 1.316, 2.11, 1.98]), np.zeros(5))
    q = ll.Mixture(ll.Weibull([2.07, 0.64, 2.56, 0.63, 2.76], [4.12, 2.54, 4.31, 1.91, 4.33]), np.zeros(5))

    def integrand(t):
        log_p = p.log_prob(np.exp(t))
        return np.exp(log_p + t) * (log_p - q.log_prob(np.exp(t)))

    ends = [-40.0, -8.0, -3.0, -1.0, 0.0, 0.7, 1.3, 1.8, 2.0, 2.1, 2.2, 2.3, 2.5, 3.0, 3.6, 4.3]
    want = sum(
        scipy.integrate.quad(integrand, a, b, epsabs=1e-12, epsrel=1e-11, limit=100)[0]
        for a, b in itertools.pairwise(ends)
    )
    np.testing.assert_allclose(p.kl_divergence(q), want, rtol=1e-8)


def test_crps_of_a_y_beyond_a_short_tail():
    df = np.array([10.0, 30.0, 50.0, 100.0, 1e4])
    d = ll.StudentT(df, np.zeros(5), 1.0)
    for y in (0.3, 8.0, 20.0, 1e4):
        np.testing.assert_allclose(pair(d).crps(y), d.crps(y), rtol=1e-9)


def test_a_tail_along_which_the_integrand_comes_through_0():
    logit_normal = ll.LogitNormal([1.651, 0.4265, 0.918, 0.1745, 1.7403], [3.1642, 1.7583, 3.0848, 4.455, 1.2228])
    d = ll.Mixture(logit_normal, np.zeros(5))
    mirrored = ll.Mixture(ll.LogitNormal(-logit_normal.loc, logit_normal.scale), np.zeros(5))
    assert np.isfinite(d.entropy())
    np.testing.assert_allclose(d.entropy(), mirrored.entropy(), rtol=1e-9)
    p = ll.Mixture(ll.StudentT([2.93, 0.979, 0.6819], [1.695, -1.392, 0.785], [1.63, 1.56, 0.8576]), np.zeros(3))
    q = ll.Mixture(ll.StudentT([2.03, 2.25, 0.6911], [-1.41, -0.8765, 0.2728], [3.06, 3.72, 1.6343]), np.zeros(3))
    got = p.kl_divergence(q)

    def integrand(u):
        y = np.sinh(u)
        log_p = p.log_prob(y)
        return np.exp(log_p) * np.cosh(u) * (log_p - q.log_prob(y))

    ends = [-60.0, -20.0, -8.0, -4.0, -2.0, -1.0, 0.0, 1.0, 2.0, 4.0, 8.0, 20.0, 60.0]
    want = sum(
        scipy.integrate.quad(integrand, a, b, epsabs=1e-13, epsrel=1e-11, limit=200)[0]
        for a, b in itertools.pairwise(ends)
    )
    np.testing.assert_allclose(got, want, rtol=1e-8)


def test_divergences_far_out_of_the_mass():
    # E exp(-Z) of a Gaussian of 12 standard units has its mass 12 standard deviations out.
    wide, gumbel = ll.Gaussian(0.0, 12.0), ll.Gumbel(0.0, 1.0)
    with np.errstate(all="ignore"):
        got = quadrature.kl_divergence(wide, gumbel)
    want = np.exp(72.0) - 0.5 * np.log(2.0 * np.pi * np.e * 144.0)
    np.testing.assert_allclose(got, want, rtol=1e-8)


@pytest.mark.parametrize("gap", [0.1, 1e-4])
def test_a_divergence_from_what_has_mass_in_a_gap(gap):
    normal = scipy.stats.norm
    pieces = normal.cdf([0.4, 2.0]) - normal.cdf([-1.0, 0.4 + gap])
    p = ll.Mixture(
        ll.Truncated(ll.Gaussian([0.0, 0.0], 1.0), [-1.0, 0.4 + gap], [0.4, 2.0]), probs=pieces / pieces.sum()
    )
    q = ll.Truncated(ll.Gaussian(0.0, 1.0), -1.0, 2.0)
    whole = normal.cdf(2.0) - normal.cdf(-1.0)
    np.testing.assert_allclose(p.kl_divergence(q), np.log(whole) - np.log(pieces.sum()), rtol=1e-8)


def test_panels_in_layers():
    rng = np.random.default_rng(0)
    many = rng.integers(0, 40, 300)
    layers = layers_of(many)
    counts = layers.counts
    np.testing.assert_array_equal(np.bincount(layers.row[counts], minlength=300), many)
    values = np.where(counts, rng.random(len(counts)), 0.0)
    total, before, after = layers.total(values), layers.before(values), layers.after(values)
    for row in (0, 17, 299):
        own = np.flatnonzero((layers.row == row) & counts)
        assert layers.rank[own].tolist() == list(range(many[row]))
        np.testing.assert_allclose(before[own], np.cumsum(values[own]) - values[own], atol=1e-12)
        np.testing.assert_allclose((before + values + after)[own], total[row], rtol=1e-12)
    some = many > 0
    assert (layers.rank[layers.first] == 0).all()
    np.testing.assert_array_equal(layers.rank[layers.last][some], many[some] - 1)
    for part, rows in layers.tables:
        own = np.arange(300) if rows == 300 else layers.order[:rows]
        np.testing.assert_array_equal(
            layers.row[part].reshape(-1, rows), own[None].repeat(layers.row[part].size // rows, axis=0)
        )


def test_divergence_where_a_part_of_the_other_takes_over_within_a_panel():
    loc = np.array([[5.453, -6.072, 1.268, -8.923], [2.429, 18.014, -7.645, -10.791], [1.696, -1.103, 7.634, 0.284]])
    scale = np.array([[0.262, 12.807, 1.853, 0.078], [0.131, 2.991, 10.76, 5.258], [0.433, 0.136, 7.757, 0.144]])
    at = np.array([[18.595, 8.521, -7.618, -7.66], [-13.558, 7.554, 8.161, -26.856], [-1.531, -6.194, -13.061, 1.544]])
    width = np.array([[2.71, 1.992, 0.097, 0.265], [0.531, 0.127, 0.124, 0.604], [0.162, 0.469, 0.104, 0.128]])
    p, q = (ll.Mixture(ll.Gaussian(m, s), np.zeros(m.shape)) for m, s in ((loc, scale), (at, width)))
    y = np.arange(-130.0, 130.0, 4e-3)[:, None]
    log_p = p.log_prob(y)
    want = 4e-3 * np.sum(np.exp(log_p) * (log_p - q.log_prob(y)), axis=0)
    np.testing.assert_allclose(p.kl_divergence(q), want, rtol=2e-8)


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("many", [1, 2, 3, 17])
def test_matrix_products_have_the_same_bits_for_some_of_the_columns(many: int, order: Literal["C", "F"]):
    rng = np.random.default_rng(0)
    matrix, columns = rng.normal(size=(11, 28)), rng.normal(size=(28, 40))
    some = np.array(columns[:, 5 : 5 + many], order=order)
    np.testing.assert_array_equal(times(matrix, some), times(matrix, columns)[:, 5 : 5 + many])
    np.testing.assert_allclose(times(matrix, columns), matrix @ columns, rtol=0.0, atol=1e-13)
