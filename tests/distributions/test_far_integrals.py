"""Integrals where numbers are coarse for a scale, or hold little of the mass: right, or nan, but never wrong."""

import numpy as np
import pytest

import likelinet as ll
from likelinet.distributions.numerics import quadrature

FAMILIES = {
    "student t": lambda loc, scale: ll.StudentT(3.0, loc, scale),
    "laplace": ll.Laplace,
    "logistic": ll.Logistic,
    "gumbel": ll.Gumbel,
    "skew normal": lambda loc, scale: ll.SkewNormal(loc, scale, 3.0),
    "johnson su": lambda loc, scale: ll.JohnsonSU(1.0, 2.0, loc, scale),
}
APART = 1.2345 * np.array([1e6, 1e9, 1e11, 1e13])


def both(d: ll.Distribution) -> ll.Mixture:
    return ll.Mixture(d, np.zeros(d.batch_shape))


def far_apart(make, apart: np.ndarray, scale: float = 1.0) -> ll.Mixture:
    """Return mixtures of two that are so far apart, of which the one farther from 0 has another scale."""
    loc = np.stack([np.zeros(apart.shape), apart], axis=-1)
    return both(make(loc, np.broadcast_to([1.0, scale], loc.shape)))


def pair(d: ll.Distribution) -> ll.Mixture:
    return both(d.map_arrays(lambda a, n: np.stack([a, np.nextafter(a, 0.0)], axis=a.ndim - n)))


@pytest.mark.parametrize("make", FAMILIES.values(), ids=FAMILIES)
def test_of_components_that_are_very_far_apart(make):
    """Each is half of the mixture: entropies add up to log 2 and more, divergences to half of the one that there is."""
    one, d = make(0.0, 1.0), far_apart(make, APART)
    np.testing.assert_allclose(d.entropy(), np.full(4, one.entropy() + np.log(2.0)), rtol=1e-10)
    kl = 0.5 * one.kl_divergence(make(0.0, 1.3))
    np.testing.assert_allclose(d.kl_divergence(far_apart(make, APART, 1.3)), np.full(4, kl), rtol=1e-8)
    # E|Y - y| and E|Y - Y'| are those of one, and distances between the two.
    for y in (0.5, 5.0):
        want = 0.25 * APART + 0.5 * (one.crps(y) + one.mean() - y)
        np.testing.assert_allclose(d.crps(y), want, rtol=1e-9)


def test_nan_where_a_number_takes_in_much_of_a_component():
    for make in (ll.Logistic, ll.Laplace, ll.Cauchy):
        d = far_apart(make, np.array([1e17, 1e18]))
        with pytest.warns(UserWarning, match=r"is nan in 2 rows of 2 \(rows 1, 2\), as"):
            values = d.entropy(), d.kl_divergence(far_apart(make, np.array([1e17, 1e18]), 1.3))
        for value in values:
            np.testing.assert_array_equal(value, np.full(2, np.nan))


def test_a_ratio_of_densities_that_only_comes_to_its_own_end_far_out():
    """From where the far component is the larger one on, as a power law of both: there it grows as a power of y."""
    p, q = (far_apart(FAMILIES["student t"], APART[:1], s) for s in (1.0, 1.3))
    one, other = ll.StudentT(3.0, 0.0, 1.0), ll.StudentT(3.0, 0.0, 1.3)
    np.testing.assert_allclose(p.kl_divergence(q), [0.5 * one.kl_divergence(other)], rtol=1e-9)
    np.testing.assert_allclose(q.kl_divergence(p), [0.5 * other.kl_divergence(one)], rtol=1e-9)


SHARES = np.array([0.1, 0.03, 0.01, 3e-3, 1e-3])


@pytest.mark.parametrize("make", [ll.Beta, ll.Kumaraswamy])
def test_crps_of_shares_with_nearly_all_mass_next_to_an_end(make):
    """With F(t) = tˢ next to 0, at y = 0, and its mirror image."""
    want = 2.0 * SHARES**2 / (1.0 + SHARES) / (1.0 + 2.0 * SHARES)
    np.testing.assert_allclose(pair(make(SHARES, 1.0)).crps(0.0), want, rtol=1e-8)
    np.testing.assert_allclose(pair(make(1.0, SHARES)).crps(1.0), want, rtol=1e-8)


BEYOND = {  # with at least 1e-5 of the mass beyond the largest number or below the least one
    "johnson su": (ll.JohnsonSU(0.0, 5e-3, 0.0, 1.0), ll.JohnsonSU(0.0, 6e-3, 0.0, 1.0)),
    "log-normal": (ll.LogNormal(0.0, 200.0), ll.LogNormal(0.0, 220.0)),
    "weibull": (ll.Weibull(concentration=5e-3, scale=1.0), ll.Weibull(concentration=6e-3, scale=1.0)),
    "log-logistic": (ll.LogLogistic(1.0, 5e-3), ll.LogLogistic(1.0, 6e-3)),
}


@pytest.mark.parametrize(("d", "other"), BEYOND.values(), ids=BEYOND)
def test_nan_where_much_of_the_mass_is_beyond_numbers(d, other):
    with pytest.warns(UserWarning, match="entropy is nan, as its parameters"):
        assert np.isnan(pair(d).entropy())
    with pytest.warns(UserWarning, match="kl_divergence is nan, as its parameters"):
        assert np.isnan(pair(d).kl_divergence(pair(other)))


def test_log_normals_of_which_a_part_is_no_number():
    np.testing.assert_allclose(ll.LogNormal(0.0, 40.0).crps(1.0), 1.4711150798024e172, rtol=1e-11)  # by mpmath
    np.testing.assert_allclose(ll.LogNormal(0.0, 53.0).crps(1.0), 2.0472479189467e303, rtol=1e-11)
    # Most of the integral is beyond the largest number, and most of E[Y²] beyond the last node.
    with pytest.warns(UserWarning, match="crps is nan, as its parameters, or y,"):
        assert np.isnan(pair(ll.LogNormal(0.0, 40.0)).crps(1.0))
    mean, var = quadrature.moments(ll.LogNormal(0.0, np.array([10.0, 18.5])))
    np.testing.assert_allclose(mean, ll.LogNormal(0.0, np.array([10.0, 18.5])).mean(), rtol=1e-8)
    np.testing.assert_allclose(var[0], ll.LogNormal(0.0, 10.0).var(), rtol=1e-8)
    assert np.isnan(var[1])


DEEP = {
    "johnson su": ll.JohnsonSU(1.83, 10.8, 0.15, 1.39),
    "student t": ll.StudentT(99.6, 1.5, 0.09),
    "skew normal": ll.SkewNormal(0.0, 1.0, -7.2),
    "gumbel": ll.Gumbel(0.0, 1.0),
    "mixture": ll.Mixture(ll.Logistic([3.0, 0.2, -4.5], [17.0, 0.14, 0.34]), np.zeros(3)),
}


@pytest.mark.parametrize("d", DEEP.values(), ids=DEEP)
def test_truncations_deep_in_a_tail(d):
    """Next to a bound within the core of a density: where some thought that its tail sets in at infinity."""
    t, w = np.polynomial.legendre.leggauss(200)
    t, w = 25.0 * (1.0 + t), 25.0 * w * np.exp(-25.0 * (1.0 + t))
    for p in (0.5, 1e-6, 1e-12, 1e-14):
        given = d.given(low=d.isf(p))
        np.testing.assert_allclose(given.kl_divergence(d), -np.log(p), rtol=1e-9)
        if p < 0.5:  # the probability above y is p times a uniform number
            np.testing.assert_allclose(given.entropy(), w @ given.nll(d.isf(p * np.exp(-t))), rtol=1e-8)
