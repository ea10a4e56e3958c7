"""Bounds and shapes as far out as numbers go: integrals that nothing may be lost of."""

import numpy as np
import pytest
from mpmath import mp

import likelinet as ll
from likelinet.distributions.numerics import quadrature
from tests.distributions.test_numerical_defaults import pair

ON_THE_LINE = {
    "gaussian": lambda loc, scale: ll.Gaussian(loc, scale),
    "laplace": lambda loc, scale: ll.Laplace(loc, scale),
    "student t 3": lambda loc, scale: ll.StudentT(3.0, loc, scale),
    "student t 30": lambda loc, scale: ll.StudentT(30.0, loc, scale),
    "gumbel": lambda loc, scale: ll.Gumbel(loc, scale),
    "skew normal": lambda loc, scale: ll.SkewNormal(loc, scale, -2.0),
    "johnson su": lambda loc, scale: ll.JohnsonSU(1.0, 0.7, loc, scale),
    "logistic": lambda loc, scale: ll.Logistic(loc, scale),
    "asymmetric laplace": lambda loc, scale: ll.AsymmetricLaplace(loc, scale, 0.3),
}
FAR = 10.0 ** np.array([6, 9, 12, 13, 15, 20, 30, 60, 100, 200, 290])  # times the scale


@pytest.mark.parametrize("make", ON_THE_LINE.values(), ids=ON_THE_LINE)
def test_bounds_far_out_change_nothing(make):
    """Neither as the truncation that it is, nor as the integral that it is if there is anything beyond the bounds."""
    for loc, scale in ((0.0, 1.0), (-1e6, 1.0), (1e5, 1e9)):
        d = make(loc, scale)
        y, far = d.ppf(0.3), scale * FAR
        for low, high in ((loc - far, np.inf), (-np.inf, loc + far), (loc - far, loc + 1e4 * far)):
            t = ll.Truncated(d, low, high)
            with np.errstate(all="ignore"):
                integrals = quadrature.crps(t, y), quadrature.entropy(t), *quadrature.moments(t)
            for crps, entropy, mean, var in (integrals, (t.crps(y), t.entropy(), t.mean(), t.var())):
                np.testing.assert_allclose(crps, d.crps(y), rtol=2e-9)
                np.testing.assert_allclose(entropy, d.entropy(), rtol=1e-8)
                np.testing.assert_allclose(mean, d.mean(), rtol=1e-9, atol=1e-9 * scale)
                np.testing.assert_allclose(var, d.var(), rtol=2e-5)  # a tail of index 3 beyond 1e6


WHOLE = {
    "log-normal": (ll.LogNormal(0.0, 30.0), {"low": 0.0}),
    "logit-normal": (ll.LogitNormal(-30.0, 1e6), {"low": 0.0}),
    "weibull": (ll.Weibull(1e-3, 1e-3), {"low": 0.0}),
    "kumaraswamy": (ll.Kumaraswamy(1e-3, 8.0), {"high": 1.0}),
    "poisson": (ll.Poisson(30.0), {"low": 0.0, "high": 1e9}),
}


@pytest.mark.parametrize(("d", "bounds"), WHOLE.values(), ids=WHOLE)
def test_a_truncation_that_cuts_nothing_off_is_its_base(d, bounds):
    t = ll.Truncated(d, **bounds)
    y = d.ppf(0.4)
    for got, want in ((t.mean(), d.mean()), (t.var(), d.var()), (t.entropy(), d.entropy()), (t.crps(y), d.crps(y))):
        np.testing.assert_array_equal(got, want)
    assert t.kl_divergence(t) == t.kl_divergence(d) == 0.0


def test_rows_of_which_some_are_cut_and_others_not():
    low, high = np.array([-np.inf, -1.0, -np.inf]), np.array([np.inf, 2.0, 1e300])
    d = ll.StudentT([3.0, 5.0, 700.0], 0.0, 1.0)
    t, y = ll.Truncated(d, low, high), np.array([[0.3], [-0.7]]) + np.zeros(3)
    answers = (lambda d, y: d.mean(), lambda d, y: d.var(), lambda d, y: d.entropy(), lambda d, y: d.crps(y))
    for answer in answers:
        rows = np.stack([answer(t[i], y[:, i]) for i in range(3)], axis=-1)
        np.testing.assert_array_equal(answer(t, y), rows)
        np.testing.assert_allclose(answer(t, y)[..., [0, 2]], answer(d, y)[..., [0, 2]], rtol=1e-12)
    m = ll.Mixture(ll.StudentT([[3.0, 3.0], [3.0, 4.0], [5.0, 5.0]], 0.0, 1.0), np.zeros((3, 2)))
    alone = ll.StudentT([3.0, 5.0], 0.0, 1.0)
    np.testing.assert_array_equal(m.entropy()[[0, 2]], alone.entropy())
    np.testing.assert_array_equal(m.crps(y)[:, [0, 2]], alone.crps(y[:, :2]))
    np.testing.assert_array_equal(m.entropy()[1], m[1].entropy())
    np.testing.assert_array_equal(m.crps(y)[:, 1], m[1].crps(y[:, 0]))


EXTREME = {
    "gamma": ll.Gamma([1e-3, 1e-2], 1.0),
    "beta": ll.Beta([8.0, 1e-3, 1e-3], [1e-3, 8.0, 1e-3]),
    "log-normal": ll.LogNormal(0.0, [20.0, 30.0]),
    "skew normal": ll.SkewNormal(0.0, 1.0, [1e3, -1e6, 1e9]),
    "von mises": ll.VonMises(0.0, [1e3, 1e6]),
    "inverse gaussian": ll.InverseGaussian(1.0, [1e-3, 1e3]),
}


@pytest.mark.parametrize("d", EXTREME.values(), ids=EXTREME)
def test_extreme_shapes_of_components_that_differ_by_rounding(d):
    exact = d.entropy()
    np.testing.assert_allclose(pair(d).entropy(), exact, rtol=1e-8, atol=1e-9)
    for q in (0.05, 0.4, 0.7, 0.99):
        y = d.ppf(q)
        np.testing.assert_allclose(pair(d).crps(y), d.crps(y), rtol=1e-8)


def test_extreme_shapes_of_equal_components():
    """Whose mass lies outside the range of numbers."""
    extreme = (
        ll.Kumaraswamy(1e-3, 11.0),
        ll.LogLogistic(1.0, 1e-3),
        ll.Weibull(1e-3, 1e-3),
        ll.JohnsonSU(-20.0, 0.02, 0.0, 1.0),
    )
    for d in extreme:
        same = ll.Mixture(d.map_arrays(lambda a, n: np.stack([a, a], axis=a.ndim - n)), np.zeros(2))
        np.testing.assert_array_equal(same.entropy(), d.entropy())
        np.testing.assert_array_equal(same.crps(d.ppf(0.4)), d.crps(d.ppf(0.4)))


@pytest.mark.parametrize("shape", [0.0, 1e-6, 0.3, 1.0, 300.0, 1e9])
@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e9])
def test_pareto_as_far_as_numbers_go(scale, shape):
    d, y = ll.GeneralizedPareto(scale, shape), np.array([1e-300, 1e-5, 1.0, 1e3, 1e100, 1e160, 1e300, 1.7e308])
    with mp.workdps(340):
        z = [mp.mpf(v) / mp.mpf(scale) for v in y]
        log_1_x = [mp.log1p(mp.mpf(shape) * v) for v in z]
        w = [v / mp.mpf(shape) if shape else u for u, v in zip(z, log_1_x, strict=True)]
        np.testing.assert_allclose(
            d.log_prob(y), [float(-a - b - mp.log(mp.mpf(scale))) for a, b in zip(w, log_1_x, strict=True)], rtol=1e-12
        )
        np.testing.assert_allclose(d.log_sf(y), [float(-a) for a in w], rtol=1e-12)
        np.testing.assert_allclose(d.log_cdf(y), [float(mp.log(-mp.expm1(-a))) for a in w], rtol=1e-12)
    assert np.isfinite(d.log_prob(d.sample(1000, rng=0))).all()


def test_skew_normal_as_far_as_numbers_go():
    d = ll.SkewNormal(0.0, 1e-3, -1e6)
    np.testing.assert_array_equal(d.log_sf([-1e300, -1.0, 1e300]), [0.0, 0.0, -np.inf])
    np.testing.assert_array_equal(d.log_cdf([-1e300, 1.0, 1e300]), [-np.inf, 0.0, 0.0])
    half = ll.SkewNormal(0.0, 1.0, [1e150, 1e300])
    np.testing.assert_allclose(half.log_sf(1.0), ll.HalfNormal(1.0).log_sf(1.0), rtol=1e-12)
    np.testing.assert_allclose(
        ll.SkewNormal(1e20, 2.0, 3.0).entropy(), ll.SkewNormal(0.0, 2.0, 3.0).entropy(), rtol=1e-12
    )


@pytest.mark.parametrize("alpha", [0.0, 1e-300, -3.0, 1e300])
def test_skew_normal_farther_than_numbers_go(alpha):
    d, y = ll.SkewNormal(1e100, 1e-300, alpha), np.array([-1e300, 0.0, 1e100, 1e300])
    np.testing.assert_allclose(
        d.log_prob(y), [-np.inf, -np.inf, 300.0 * np.log(10.0) - 0.5 * np.log(2.0 * np.pi), -np.inf]
    )
    np.testing.assert_array_equal(d.crps(y)[[0, 1, 3]], np.abs(y - 1e100)[[0, 1, 3]])


@pytest.mark.parametrize("cls", [ll.Gaussian, ll.Cauchy, ll.Laplace, ll.Logistic, ll.Gumbel])
def test_crps_farther_from_the_location_than_numbers_go(cls):
    y = np.array([-1e300, 0.0, 1e300])
    np.testing.assert_array_equal(cls(1e100, 1e-300).crps(y), np.abs(y - 1e100))


@pytest.mark.parametrize(
    "d", [ll.StudentT([0.6, 1.0, 5.0, 1e9], 1e100, 1e-300), ll.AsymmetricLaplace(1e100, 1e-300, [0.01, 0.5])]
)
def test_crps_of_shapes_farther_from_the_location_than_numbers_go(d):
    y = np.array([[-1e300], [0.0], [1e300]])
    np.testing.assert_array_equal(d.crps(y), np.broadcast_to(np.abs(y - 1e100), (3, *d.batch_shape)))


def test_gumbel_far_below_its_location():
    np.testing.assert_array_less(ll.Gumbel(0.0, 1.0).log_prob([-1e3, -1e200, -1e290, -1e300]), -1e200)
