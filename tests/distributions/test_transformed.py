"""Distributions seen through loc + scale · x, its logarithm or its logit."""

import numpy as np
import pytest
import scipy.stats

import likelinet as ll
from tests.on_jax import run

A, B = np.array([10.0, -3.0, 0.5]), np.array([0.5, 2.0, 30.0])
D = ll.Transformed(ll.Gamma(2.5, [0.5, 1.0, 4.0]), ll.Affine(A, B))
ORACLE = scipy.stats.gamma(2.5, loc=A, scale=B / np.array([0.5, 1.0, 4.0]))
Q = np.array([0.01, 0.3, 0.99])


def test_against_scipy_with_its_own_loc_and_scale():
    y = ORACLE.ppf(Q)
    for name, oracle in [
        ("log_prob", "logpdf"),
        ("cdf", "cdf"),
        ("sf", "sf"),
        ("log_cdf", "logcdf"),
        ("log_sf", "logsf"),
    ]:
        np.testing.assert_allclose(getattr(D, name)(y), getattr(ORACLE, oracle)(y), rtol=1e-10, atol=1e-12)
    for name in ["mean", "var", "std", "median", "entropy"]:
        np.testing.assert_allclose(getattr(D, name)(), getattr(ORACLE, name)(), rtol=1e-11)
    np.testing.assert_allclose(D.ppf(Q), y, rtol=1e-11)
    np.testing.assert_allclose(D.isf(Q), ORACLE.isf(Q), rtol=1e-11)
    np.testing.assert_allclose(D.mode(), A + B * 1.5 / np.array([0.5, 1.0, 4.0]), rtol=1e-14)
    np.testing.assert_allclose(D.crps(y), B * D.base.crps((y - A) / B), rtol=1e-14)


def test_outside_the_moved_support():
    np.testing.assert_array_equal(D.log_prob(A - 1.0), np.full(3, -np.inf))
    np.testing.assert_array_equal(D.cdf(A - 1.0), np.zeros(3))
    np.testing.assert_array_equal(D.ppf(0.0), A)
    assert np.isnan(D.log_prob([np.nan, 11.0, 11.0])).tolist() == [True, False, False]


def test_rows():
    y = ORACLE.ppf(Q)
    for rows in (1, slice(0, 2), np.array([2, 0])):
        np.testing.assert_allclose(D[rows].log_prob(y[rows]), D.log_prob(y)[rows], rtol=1e-14)


def test_kl_divergence_does_not_depend_on_the_map():
    other = ll.Transformed(ll.Gamma(3.0, 1.0), ll.Affine(A.copy(), B.copy()))
    np.testing.assert_allclose(D.kl_divergence(other), D.base.kl_divergence(other.base), rtol=1e-14)
    with pytest.raises(ll.UndefinedError, match="the same transform"):
        D.kl_divergence(ll.Transformed(ll.Gamma(3.0, 1.0), ll.Affine(A + 1.0, B)))


def test_every_result_has_the_batch_shape():
    d = ll.Transformed(ll.Gamma(2.0, 1.0), ll.Affine(A, 2.0))
    for name in ["mean", "var", "std", "median", "mode", "entropy"]:
        assert getattr(d, name)().shape == (3,), name
    assert d.kl_divergence(d).shape == (3,)


MEAN, SD = np.array([-1.0, 0.3, 2.0]), np.array([0.1, 0.8, 1.5])


def test_the_log_of_y_is_gaussian():
    d, oracle = ll.Transformed(ll.Gaussian(MEAN, SD), ll.Log()), scipy.stats.lognorm(SD, scale=np.exp(MEAN))
    y = oracle.ppf(np.array([1e-6, 0.3, 0.99])[:, None])
    for name, theirs in [
        ("log_prob", "logpdf"),
        ("cdf", "cdf"),
        ("sf", "sf"),
        ("log_cdf", "logcdf"),
        ("log_sf", "logsf"),
    ]:
        np.testing.assert_allclose(getattr(d, name)(y), getattr(oracle, theirs)(y), rtol=1e-10, atol=1e-12)
    for name in ["mean", "var", "std", "median", "entropy"]:
        np.testing.assert_allclose(getattr(d, name)(), getattr(oracle, name)(), rtol=1e-10)
    np.testing.assert_allclose(d.ppf(Q), oracle.ppf(Q), rtol=1e-11)
    np.testing.assert_allclose(d.mode(), np.exp(MEAN - SD**2), rtol=1e-6)
    np.testing.assert_allclose(d.crps(y), ll.LogNormal(MEAN, SD).crps(y), rtol=1e-9)
    np.testing.assert_array_equal(d.log_prob([-1.0, 0.0, np.inf]), np.full(3, -np.inf))
    np.testing.assert_array_equal(d.cdf([-1.0, 0.0, np.inf]), [0.0, 0.0, 1.0])
    assert (d.support.low, d.support.high) == (0.0, np.inf)
    for y0 in (-2.0, 0.0):  # the score grows by the distance
        np.testing.assert_allclose(d.crps(y0), d.crps(0.0) - y0, rtol=1e-9)


def test_moments_by_quadrature_of_what_has_closed_forms():
    one = ll.Truncated(ll.Gaussian(MEAN, SD), -1e3, 1e3)  # no closed form is known for it here
    d, exact = ll.Transformed(one, ll.Log()), ll.LogNormal(MEAN, SD)
    np.testing.assert_allclose(d.mean(), exact.mean(), rtol=1e-9)
    np.testing.assert_allclose(d.var(), exact.var(), rtol=1e-8)
    # log Y ~ Laplace-like right tails of rate r: E[Y] exists for r > 1, E[Y²] for r > 2.
    heavy = ll.Transformed(ll.Gamma(1.0, [0.9, 1.5, 3.0]), ll.Log())
    np.testing.assert_allclose(heavy.mean(), [np.inf, 3.0, 1.5], rtol=1e-8)
    np.testing.assert_allclose(heavy.var(), [np.inf, np.inf, 0.75], rtol=1e-8)


HEAVY = [
    ll.StudentT(3.0, 0.0, 1.0),
    ll.StudentT(200.0, 0.0, 1.0),
    ll.StudentT([3.0, 9.0], [0.0, -1e6], [1e-12, 5.0]),
    ll.Cauchy(0.0, 1.0),
    ll.Laplace(0.0, 2.0),
]


@pytest.mark.parametrize("base", HEAVY, ids=repr)
def test_an_integral_that_diverges_is_infinite(base):
    d = ll.Transformed(base, ll.Log())
    for value in (d.mean(), d.var(), d.crps(1.0), d.crps(0.0), d.crps(1e300)):
        np.testing.assert_array_equal(value, np.full(base.batch_shape, np.inf))
    assert np.all(np.isnan(d.crps(np.nan)))
    # There the density is unbounded; with 200 degrees of freedom only past all y that there are.
    np.testing.assert_allclose(
        d.mode(), np.full(base.batch_shape, np.exp(-1.0) if base is HEAVY[1] else 0.0), rtol=1e-6
    )


def test_an_integral_that_converges_is_finite():
    d = ll.Transformed(ll.Laplace(0.0, [0.4, 0.5, 0.9, 1.9]), ll.Log())
    np.testing.assert_array_equal(np.isfinite(d.mean()), [True, True, True, False])
    np.testing.assert_allclose(d.mean()[:3], 1.0 / (1.0 - np.array([0.4, 0.5, 0.9]) ** 2), rtol=1e-8)
    np.testing.assert_array_equal(np.isfinite(d.var()), [True, False, False, False])
    # ∫ (1 - sf)² e^x below 0 and ∫ sf² e^x above it, where sf is exp(-x / b) / 2.
    b = np.array([0.4, 0.5, 0.9, 1.9])
    np.testing.assert_allclose(d.crps(1.0), 0.25 / (2.0 / b + 1.0) + 0.25 / (2.0 / b - 1.0), rtol=1e-8)
    np.testing.assert_allclose(d.mode(), [1.0, 1.0, 1.0, 0.0])
    bounded = ll.Transformed(ll.Truncated(ll.Cauchy(0.0, 1.0), -1.0, 1.0), ll.Log())
    assert np.isfinite([bounded.mean(), bounded.var(), bounded.crps(1.0)]).all()
    np.testing.assert_allclose(bounded.mode(), np.exp(-1.0), rtol=1e-9)


def test_the_mode_may_lie_far_out_in_the_base():
    mean, sd = np.array([3.0, -3.0, 0.0, 1.0, 2.0, 0.3, -4.0]), np.array([4.0, 4.0, 1.0, 0.01, 1.3, 1.4, 6.0])
    d, exact = ll.Transformed(ll.Gaussian(mean, sd), ll.Logit()), ll.LogitNormal(mean, sd)
    np.testing.assert_allclose(d.mode(), exact.mode(), rtol=1e-6)
    np.testing.assert_allclose(1.0 - d.mode(), 1.0 - exact.mode(), rtol=1e-6)
    np.testing.assert_allclose(d.log_prob(d.mode()), exact.log_prob(exact.mode()), rtol=1e-12)
    sd = np.array([0.01, 1.0, 10.0, 25.0])
    np.testing.assert_allclose(
        np.log(ll.Transformed(ll.Gaussian(1.0, sd), ll.Log()).mode()), 1.0 - sd**2, rtol=1e-7, atol=1e-7
    )
    skewed = ll.Transformed(ll.StudentT(3.0, [5.0, -5.0], 1.0), ll.Logit())
    assert np.isin(skewed.mode(), [0.0, 1.0]).all()


def test_the_logit_of_y_is_gaussian():
    d, exact = ll.Transformed(ll.Gaussian(MEAN, SD), ll.Logit()), ll.LogitNormal(MEAN, SD)
    y = exact.ppf(np.array([1e-6, 0.3, 0.99])[:, None])
    for name in ("log_prob", "cdf", "sf", "log_cdf", "log_sf"):
        np.testing.assert_allclose(getattr(d, name)(y), getattr(exact, name)(y), rtol=1e-9, atol=1e-12)
    for name in ("mean", "var", "entropy"):
        np.testing.assert_allclose(getattr(d, name)(), getattr(exact, name)(), rtol=1e-7)
    np.testing.assert_array_equal(d.log_prob([-0.5, 1.0, 2.0]), np.full(3, -np.inf))
    np.testing.assert_array_equal(d.cdf([-0.5, 1.0, 2.0]), [0.0, 1.0, 1.0])


@pytest.mark.parametrize("transform", [ll.Affine(1.0, 2.0), ll.Log(), ll.Logit()], ids=repr)
def test_transforms(transform):
    x = np.array([-3.0, -0.2, 1.7])
    y = transform.forward(x)
    np.testing.assert_allclose(transform.inverse(y), x, rtol=1e-13)
    h = 1e-4
    slope = (
        8 * (transform.forward(x + h) - transform.forward(x - h))
        - transform.forward(x + 2 * h)
        + transform.forward(x - 2 * h)
    ) / (12 * h)
    np.testing.assert_allclose(transform.log_slope(x), np.log(slope), rtol=1e-9, atol=1e-11)
    np.testing.assert_allclose(run(transform.inverse, y), x, rtol=1e-12)
    assert transform.same(transform)
    assert not transform.same(ll.Affine(1.0, 3.0))


def test_an_atom_is_not_transformed():
    with pytest.raises(ll.ParameterError, match="without an atom"):
        ll.Transformed(ll.ZeroInflated(ll.Gamma(1.0, 1.0), 0.5), ll.Log())
